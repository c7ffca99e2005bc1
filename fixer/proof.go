package fixer

import (
	"bytes"
	"maps"

	"jwtretire.example/internal/load"
)

// retype type-checks a result in one load of the tree, only the components with other files than in an earlier
// attempt. mods are the changed go.mod and go.sum.
func (t *attempt) retype(res *load.Result, files, mods map[string][]byte, modfile string) (pkgs []*load.Package, errs []error) {
	p := t.proofs[res]
	if p == nil {
		p = &proof{parts: t.parts, proved: map[string]*proved{}}
		if res != t.res {
			p.parts = partsOf(res.Packages)
			p.parts.joinAll(t.parts) // packages without a difference have no bodies there, but connect others
		}
		if t.proofs == nil {
			t.proofs = map[*load.Result]*proof{}
		}
		t.proofs[res] = p
	}
	changed := map[string]map[string][]byte{}
	for name, src := range files {
		part := p.parts.ofFile(name)
		if changed[part] == nil {
			changed[part] = map[string][]byte{}
		}
		changed[part][name] = src
	}
	overlay := maps.Clone(mods)
	for part, files := range changed {
		if old := p.proved[part]; old != nil && maps.EqualFunc(old.files, files, same) {
			continue
		}
		delete(p.proved, part)
		maps.Copy(overlay, files)
	}
	if len(overlay) > len(mods) {
		fresh, found := res.Retype(t.ctx, overlay, modfile)
		errs = found
		p.note(changed, fresh, errs)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	for part := range changed {
		pkgs = append(pkgs, p.proved[part].pkgs...)
	}
	return pkgs, nil
}

// note records the components without an error. If an error has no place in a checked component, it records
// none.
func (p *proof) note(changed map[string]map[string][]byte, pkgs []*load.Package, errs []error) {
	wrong := map[string]bool{}
	for _, err := range errs {
		place := compilerPlace.FindStringSubmatch(err.Error())
		if place == nil || changed[p.parts.ofFile(place[1])] == nil {
			return
		}
		wrong[p.parts.ofFile(place[1])] = true
	}
	for part, files := range changed {
		if !wrong[part] && p.proved[part] == nil {
			p.proved[part] = &proved{files: files}
		}
	}
	for _, pkg := range pkgs {
		if now := p.proved[p.parts.find(pkg.Dir)]; now != nil {
			now.pkgs = append(now.pkgs, pkg)
		}
	}
}

func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }
