package fixer

import (
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/internal/load"
)

// maxOthers bounds the additional platforms for which a result is checked.
const maxOthers = 8

func (t target) String() string {
	var parts []string
	for _, v := range [][2]string{{"GOOS=", t.goos}, {"GOARCH=", t.goarch}, {"-tags ", t.tags}} {
		if v[1] != "" {
			parts = append(parts, v[0]+v[1])
		}
	}
	return strings.Join(parts, " ")
}

// check makes go.mod and go.sum and type-checks the result with its importers: as it was loaded, and for every
// platform and set of tags with an affected file that is excluded here. why is added to errors.
//
// A go.mod with only the new import is sufficient for the type check. Without go mod tidy, an attempt in which
// one flow of many does not type-check costs an eighth less.
func (t *attempt) check(got *result, about *concern, why string) error {
	if !t.require(got.content) {
		if err := t.modules(got, got.content); err != nil {
			return reason.Of(reason.ModuleFiles, err)
		}
		return t.types(got, about, why)
	}
	wrong := t.types(got, about, why)
	if wrong != nil && !strings.Contains(wrong.Error(), "could not import") {
		return wrong
	}
	required := t.mods
	t.mods = nil
	defer func() {
		for _, m := range required {
			m.Close()
		}
	}()
	if err := t.modules(got, got.content); err != nil {
		return reason.Of(reason.ModuleFiles, err)
	}
	if wrong == nil && gomod.SameVersions(required, t.mods) {
		return nil
	}
	t.proofs = nil
	return t.types(got, about, why)
}

// types type-checks a result with the go.mod and go.sum of this attempt.
func (t *attempt) types(got *result, about *concern, why string) error {
	files := got.content
	modfile := ""
	if len(t.mods) == 1 {
		modfile = t.mods[0].ModFile
	}
	mods := map[string][]byte{}
	for _, m := range t.mods {
		for _, f := range []gomod.File{m.GoMod, m.GoSum} {
			if f.Path != "" && f.Changed() {
				mods[f.Path] = f.New
			}
		}
	}
	pkgs, errs := t.retype(t.res, files, mods, modfile)
	if len(errs) > 0 {
		return t.mistyped(errs, "", files, about, why)
	}
	got.packages, got.unchecked = pkgs, nil
	seen := map[string]bool{}
	for _, p := range affected(t.res.Packages, files) {
		for _, file := range p.Ignored {
			if seen[file] || t.opts.Joined != nil && t.opts.Joined(file) || !belongs(file, p.Name) {
				continue
			}
			seen[file] = true
			if !t.covered(file) {
				if err := t.load(file); err != nil {
					return reason.New(reason.ResultTypes, "the rewritten code does not type-check: %v%s", err, why)
				}
			}
			if !t.covered(file) || t.flawed(file) {
				got.unchecked = append(got.unchecked, file)
			}
		}
	}
	slices.Sort(got.unchecked)
	for _, at := range slices.SortedFunc(maps.Keys(t.others), func(a, b target) int { return strings.Compare(a.String(), b.String()) }) {
		if _, errs := t.retype(t.others[at], files, mods, modfile); len(errs) > 0 {
			return t.mistyped(errs, " for "+at.String(), files, about, why)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.opts.Beside)) {
		if _, errs := t.retype(t.opts.Beside[name], files, mods, modfile); len(errs) > 0 {
			return t.mistyped(errs, " for "+name, files, about, why)
		}
	}
	return nil
}

// mistyped returns the errors of the type checker with the plans that cause them: those that change a
// declaration which the error names, or that concern its file, or whose changes the package of its file
// imports.
func (t *attempt) mistyped(errs []error, at string, files map[string][]byte, about *concern, why string) error {
	b := &blame{}
	l := &lineup{t: t, files: files, about: about, parsed: map[string][]declared{}, changed: map[string]map[string]map[string]bool{}}
	for _, e := range errs {
		err := reason.New(reason.ResultTypes, "the rewritten code does not type-check%s: %v%s", at, e, why)
		var of []*plan.Plan
		if place := compilerPlace.FindStringSubmatch(e.Error()); place != nil {
			file, line, msg := place[1], place[2], e.Error()[len(place[0]):]
			below := t.below(file, files)
			dirs := []string{filepath.Dir(file)}
			for _, f := range below {
				if dir := filepath.Dir(f); !slices.Contains(dirs, dir) {
					dirs = append(dirs, dir)
				}
			}
			if of = about.near(file); len(of) != 1 {
				if named := l.named(file, line, msg, dirs); len(named) > 0 {
					of = named
				}
			}
			if len(of) == 0 {
				for _, f := range below {
					of = append(of, about.near(f)...)
				}
			}
		}
		b.add(err, of...)
	}
	return b
}

// below returns the files of packages that the package of a file imports, to any depth.
func (t *attempt) below(file string, files map[string][]byte) []string {
	seen := map[*load.Package]bool{}
	var out []string
	var walk func(p *load.Package)
	walk = func(p *load.Package) {
		if seen[p] {
			return
		}
		seen[p] = true
		for _, f := range p.Files {
			if _, ok := files[f]; ok {
				out = append(out, f)
			}
		}
		for _, q := range p.Imports {
			walk(q)
		}
	}
	for _, p := range t.res.Packages {
		if slices.Contains(p.Files, file) || slices.Contains(p.Ignored, file) {
			walk(p)
		}
	}
	return out
}

// affected returns the packages that own one of the files and those that import them, to any depth.
func affected(pkgs []*load.Package, files map[string][]byte) []*load.Package {
	hit := map[*load.Package]bool{}
	for _, p := range pkgs { // dependencies first
		for _, f := range p.Files {
			if _, ok := files[f]; ok {
				hit[p] = true
			}
		}
		if slices.ContainsFunc(p.Imports, func(q *load.Package) bool { return hit[q] }) {
			hit[p] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(pkgs), func(p *load.Package) bool { return !hit[p] })
}

// belongs reports whether a file belongs to the package by its package clause. A standalone program (//go:build
// ignore) does not.
func belongs(file, name string) bool {
	f, _ := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly)
	return f != nil && strings.TrimSuffix(f.Name.Name, "_test") == strings.TrimSuffix(name, "_test")
}

func (t *attempt) covered(file string) bool {
	for _, res := range t.others {
		if res.Has(file) {
			return true
		}
	}
	return false
}

// flawed reports whether the package of a file has errors on all platforms where it was loaded. Then the check
// only compares its errors.
func (t *attempt) flawed(file string) bool {
	for _, res := range t.others {
		if !res.Has(file) {
			continue
		}
		if !slices.ContainsFunc(res.Packages, func(p *load.Package) bool { return p.Source[file] != nil && len(p.Errors) > 0 }) {
			return false
		}
	}
	return true
}

// load loads the tree for a platform that includes the file: with the tags of this run, or without them if they
// exclude it. If there is no such platform, the file stays unchecked.
func (t *attempt) load(file string) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	goos, goarch, tags, ok := load.Satisfy(file, src)
	if !ok {
		return nil
	}
	for _, all := range slices.Compact([]string{strings.Trim(t.opts.Tags+","+tags, ","), tags}) {
		at := target{goos, goarch, all}
		if t.others[at] != nil || len(t.others) == maxOthers {
			continue
		}
		res, err := t.on(goos, goarch, all)
		if err != nil {
			return fmt.Errorf("loading %s for %s: %w", filepath.Base(file), at, err)
		}
		if t.others == nil {
			t.others = map[target]*load.Result{}
		}
		t.others[at] = res
		if res.Has(file) {
			break
		}
	}
	return nil
}

// on loads the tree for another platform. If it only differs by tags, only the packages that differ and their
// importers are loaded with bodies.
func (t *attempt) on(goos, goarch, tags string) (*load.Result, error) {
	if goos != "" || goarch != "" {
		return t.res.On(t.ctx, goos, goarch, tags)
	}
	return t.res.Elsewhere(goos, goarch, tags).Load(t.ctx, load.Visit{})
}
