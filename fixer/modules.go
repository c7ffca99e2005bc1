package fixer

import (
	"go/parser"
	"go/token"
	"sort"
	"strconv"

	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/load"
)

// modules works out go.mod and go.sum of every module that has a changed file.
func (t *attempt) modules(got *result, files map[string][]byte) error {
	byModule := map[*load.Module]map[string][]byte{}
	owner := map[string]*load.Module{}
	for _, p := range t.res.Packages {
		for _, f := range p.Files {
			owner[f] = p.Module
		}
	}
	var mods []*load.Module
	for path, content := range files {
		m := owner[path]
		if m == nil {
			continue
		}
		if byModule[m] == nil {
			byModule[m] = map[string][]byte{}
			mods = append(mods, m)
		}
		byModule[m][path] = content
	}
	sort.Slice(mods, func(i, j int) bool { return mods[i].Dir < mods[j].Dir })
	prepare := t.opts.Modules
	if prepare == nil {
		prepare = gomod.Prepare
	}
	for _, m := range mods {
		got.roots = append(got.roots, m.Dir)
		res, err := prepare(t.ctx, m, gomod.Options{Overlay: byModule[m], MaybeUnused: t.dropped(byModule[m]), Env: t.opts.Env})
		if err != nil {
			return err
		}
		t.mods = append(t.mods, res)
		for _, n := range res.Notes {
			got.remarks = append(got.remarks, remark{look: safety.Module, text: n})
		}
		for _, f := range []gomod.File{res.GoMod, res.GoSum} {
			if f.Path != "" && f.Changed() {
				if err := t.within(map[string][]byte{f.Path: f.New}); err != nil {
					return err
				}
				got.files = append(got.files, patch.File{Path: f.Path, Old: f.Old, New: f.New, Mode: mode(f.Path)})
			}
		}
	}
	return nil
}

// dropped returns the import paths that some file has no more.
func (t *attempt) dropped(files map[string][]byte) []string {
	gone := map[string]bool{}
	for path, content := range files {
		after := imports(content)
		for p := range imports(t.old(path)) {
			if !after[p] {
				gone[p] = true
			}
		}
	}
	var out []string
	for p := range gone {
		out = append(out, p)
	}
	sort.Strings(out)
	return out
}

func imports(src []byte) map[string]bool {
	out := map[string]bool{}
	if src == nil {
		return out
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ImportsOnly)
	if f == nil || err != nil {
		return out
	}
	for _, s := range f.Imports {
		if p, err := strconv.Unquote(s.Path.Value); err == nil {
			out[p] = true
		}
	}
	return out
}
