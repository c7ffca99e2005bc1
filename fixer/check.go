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

// maxOthers bounds the platforms for which a result is checked beside the one it was made for.
const maxOthers = 8

// A target is a platform and a set of tags, in the words of the go command; "" is this machine's.
type target struct{ goos, goarch, tags string }

func (t target) String() string {
	var parts []string
	for _, v := range [][2]string{{"GOOS=", t.goos}, {"GOARCH=", t.goarch}, {"-tags ", t.tags}} {
		if v[1] != "" {
			parts = append(parts, v[0]+v[1])
		}
	}
	return strings.Join(parts, " ")
}

// check type-checks the result together with what imports it: as it was loaded, and for every
// platform and set of tags that brings in a file which is left out here. What an error is about is told with why.
func (t *attempt) check(got *result, files map[string][]byte, about *concern, why string) error {
	modfile := ""
	if len(t.mods) == 1 {
		modfile = t.mods[0].ModFile
	}
	overlay := maps.Clone(files)
	for _, m := range t.mods {
		for _, f := range []gomod.File{m.GoMod, m.GoSum} {
			if f.Path != "" && f.Changed() {
				overlay[f.Path] = f.New
			}
		}
	}
	pkgs, errs := t.res.Retype(t.ctx, overlay, modfile)
	if len(errs) > 0 {
		return t.mistyped(errs, "", files, about, why)
	}
	got.packages = pkgs
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
		if errs := t.others[at].Recheck(t.ctx, overlay, modfile); len(errs) > 0 {
			return t.mistyped(errs, " for "+at.String(), files, about, why)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.opts.Beside)) {
		if errs := t.opts.Beside[name].Recheck(t.ctx, overlay, modfile); len(errs) > 0 {
			return t.mistyped(errs, " for "+name, files, about, why)
		}
	}
	return nil
}

// mistyped returns the errors of the type checker with the plans that they are about: that their files concern, or else
// whose changes the packages of these files import.
func (t *attempt) mistyped(errs []error, at string, files map[string][]byte, about *concern, why string) error {
	b := &blame{}
	for _, e := range errs {
		err := reason.New(reason.ResultTypes, "the rewritten code does not type-check%s: %v%s", at, e, why)
		var of []*plan.Plan
		if place := compilerPlace.FindStringSubmatch(e.Error()); place != nil {
			if of = about.near(place[1]); len(of) == 0 {
				for _, f := range t.below(place[1], files) {
					of = append(of, about.near(f)...)
				}
			}
		}
		b.add(err, of...)
	}
	return b
}

// below returns those of some files that are in packages which the package of a file imports, to any depth.
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
	for _, p := range pkgs { // each after those that it imports
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

// belongs reports whether a file is of the package by its package clause; a program that is run by
// itself (//go:build ignore) is not.
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

// flawed reports whether the package of a file has errors wherever the file was loaded: there it is compared with what it
// was, no more.
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

// load loads the tree for a platform that has the file: with the tags of this run, or without them
// where they keep the file out. Where there is no such platform the file stays uncovered.
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
		res, err := t.res.On(t.ctx, goos, goarch, all)
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
