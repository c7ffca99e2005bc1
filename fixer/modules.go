package fixer

import (
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/load"
)

// modules computes go.mod and go.sum of every module with a changed file, and of modules that replace
// such a module by its directory: without a workspace, they need its new requirements.
func (t *attempt) modules(got *result, files map[string][]byte) error {
	mods, changed, replaces := t.changed(files)
	done := map[*load.Module]map[string][]byte{}
	for len(mods) > 0 {
		// Each module after those that it replaces; in any order if they replace each other.
		i := max(0, slices.IndexFunc(mods, func(m *load.Module) bool {
			return !slices.ContainsFunc(replaces[m], func(o *load.Module) bool { return done[o] == nil })
		}))
		m := mods[i]
		mods = slices.Delete(mods, i, i+1)
		below := map[string][]byte{}
		for _, o := range replaces[m] {
			maps.Copy(below, changed[o])
			maps.Copy(below, done[o])
		}
		if changed[m] == nil && len(below) == 0 {
			continue
		}
		var err error
		if done[m], err = t.module(got, m, changed[m], below); err != nil {
			return err
		}
	}
	return nil
}

// changed returns the modules of the tree by directory, the changed files of each, and the changed modules that
// each module replaces by their directories.
func (t *attempt) changed(files map[string][]byte) (mods []*load.Module, changed map[*load.Module]map[string][]byte, replaces map[*load.Module][]*load.Module) {
	changed, replaces = map[*load.Module]map[string][]byte{}, map[*load.Module][]*load.Module{}
	known := map[*load.Module]bool{}
	for _, p := range t.res.Packages {
		if p.Module != nil {
			known[p.Module] = true
		}
	}
	for path, content := range files {
		p := t.home[path]
		if p == nil || p.Module == nil {
			continue
		}
		if changed[p.Module] == nil {
			changed[p.Module] = map[string][]byte{}
		}
		changed[p.Module][path] = content
	}
	mods = slices.SortedFunc(maps.Keys(known), func(a, b *load.Module) int { return strings.Compare(a.Dir, b.Dir) })
	for _, m := range mods {
		for o := range changed {
			if m != o && m.GoMod != "" && gomod.Replaces(m.GoMod, []string{o.Dir}) {
				replaces[m] = append(replaces[m], o)
			}
		}
	}
	return mods, changed, replaces
}

// require sets the go.mod of each changed module to one that requires the new imports and is not tidy. It
// reports false if that costs as much as [attempt.modules], or fails.
func (t *attempt) require(files map[string][]byte) bool {
	mods, changed, replaces := t.changed(files)
	if t.opts.Modules != nil || len(replaces) > 0 {
		return false
	}
	for _, m := range mods {
		if changed[m] == nil {
			continue
		}
		res, err := gomod.Require(t.ctx, m, gomod.Options{Overlay: changed[m], Env: t.opts.Env})
		if err != nil || res == nil {
			t.close()
			return false
		}
		t.mods = append(t.mods, res)
	}
	return true
}

// module computes go.mod and go.sum of one module. It returns the new go.mod if it changes.
func (t *attempt) module(got *result, m *load.Module, files, below map[string][]byte) (map[string][]byte, error) {
	prepare := t.opts.Modules
	if prepare == nil {
		prepare = gomod.Prepare
	}
	all := maps.Clone(below)
	maps.Copy(all, files)
	res, err := prepare(t.ctx, m, gomod.Options{Overlay: files, Below: below, MaybeUnused: t.dropped(all), Env: t.opts.Env})
	if err != nil {
		return nil, err
	}
	got.roots = append(got.roots, m.Dir)
	t.mods = append(t.mods, res)
	for _, n := range res.Notes {
		got.remarks = append(got.remarks, remark{look: safety.Module, text: n})
	}
	goMod := map[string][]byte{}
	for _, f := range []gomod.File{res.GoMod, res.GoSum} {
		if f.Path != "" && f.Changed() {
			if err := t.within(map[string][]byte{f.Path: f.New}); err != nil {
				return nil, err
			}
			got.files = append(got.files, patch.File{Path: f.Path, Old: f.Old, New: f.New, Mode: mode(f.Path)})
		}
	}
	if res.GoMod.Path != "" && res.GoMod.Changed() {
		goMod[res.GoMod.Path] = res.GoMod.New
	}
	return goMod, nil
}

// dropped returns the import paths that a file no longer imports.
func (t *attempt) dropped(files map[string][]byte) []string {
	gone := map[string]bool{}
	for path, content := range files {
		if filepath.Ext(path) != ".go" {
			continue
		}
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
