package main

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer"
	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/scan"
)

// A rewriting is the work of one fix over all platforms of a tree.
//
// The flows of each platform are rewritten in the original code, and the results are joined: a file
// that two of them change must have the same new contents. Rejected: each platform on top of the result of another one,
// because the first rewrite may remove a helper that both use, and the second platform does not type-check then.
type rewriting struct {
	*command
	platforms []*scan.Platform
	parts     []*part
}

// A part is the result of the fixer for one platform.
type part struct {
	platform *scan.Platform
	records  []*ledger.Record
	out      *fixer.Outcome
}

// plan runs the fixer for a platform.
func (w *rewriting) plan(p *scan.Platform) error {
	t := &part{platform: p}
	for _, r := range p.Records {
		if r.Counts() {
			t.records = append(t.records, r)
		}
	}
	if len(t.records) == 0 {
		return nil
	}
	opts := w.fixOptions(p, w.platforms)
	if p.GOOS != "" || p.GOARCH != "" {
		opts.Verify = min(opts.Verify, prove.Build) // the tests of another platform cannot run here
	}
	sub := scan.Platform{Records: t.records}
	var err error
	if t.out, err = fixer.Fix(w.ctx, p.Load, sub.Flows(), opts); err != nil {
		return err
	}
	w.parts = append(w.parts, t)
	return nil
}

// join joins the files of the platforms if the result is right for every platform. If not, it discards
// rewrites.
func (w *rewriting) join() ([]patch.File, []string) {
	var changed []*part
	for _, t := range w.parts {
		if len(t.out.Files) > 0 {
			changed = append(changed, t)
		}
	}
	if len(changed) == 0 {
		return nil, nil
	}
	if len(w.platforms) == 1 {
		return changed[0].out.Files, nil
	}
	files, notes, err := w.compose(changed)
	if err == nil {
		return files, notes
	}
	others := ""
	for _, t := range w.parts {
		for i, pl := range t.out.Plans {
			if !pl.Fixable() && pl.Reason != "" && !t.out.Failed[pl] {
				others += fmt.Sprintf("; %s:%d is not rewritten: %s", w.rel(t.records[i].Position().File), t.records[i].Position().Line, pl.Reason)
			}
		}
	}
	for _, t := range changed {
		for _, pl := range t.out.Plans {
			if pl.Fixable() {
				t.takeBack(pl, err, others)
			}
		}
		t.out.Files, t.out.About = nil, nil
	}
	return nil, nil
}

// takeBack declines a plan that was carried out. others is added to the text of the reason.
func (t *part) takeBack(pl *plan.Plan, err error, others string) {
	pl.Decline(err)
	pl.Reason += others
	t.out.Failed[pl] = true
}

// compose joins the files of parts and type-checks the result. Its errors have codes.
func (w *rewriting) compose(parts []*part) ([]patch.File, []string, error) {
	source := map[string][]byte{}
	byPath := map[string]patch.File{}
	for _, t := range parts {
		for _, f := range t.out.Files {
			if !strings.HasSuffix(f.Path, ".go") && len(parts) > 1 {
				continue // modules makes go.mod and go.sum from all Go files
			}
			if old, ok := byPath[f.Path]; ok && !bytes.Equal(old.New, f.New) {
				return nil, nil, reason.New(reason.TakenBack, "the rewrites for several platforms contradict each other: %s would be different for %s; move code of one platform to a file of that platform", w.rel(f.Path), t.platform.Name())
			}
			byPath[f.Path] = f
			if strings.HasSuffix(f.Path, ".go") {
				source[f.Path] = f.New
			}
		}
	}
	var notes []string
	if len(parts) > 1 {
		var err error
		if notes, err = w.modules(byPath, source); err != nil {
			return nil, nil, reason.Of(reason.ModuleFiles, err)
		}
	}
	all := map[string][]byte{}
	for path, f := range byPath {
		all[path] = f.New
	}
	for _, p := range w.platforms {
		if errs := p.Load.Recheck(w.ctx, all, ""); len(errs) > 0 {
			name := p.Name()
			if name == "" {
				name = "this platform"
			}
			return nil, nil, reason.New(reason.ResultTypes, "the rewritten code does not type-check for %s: %v", name, errs[0])
		}
	}
	var files []patch.File
	for _, f := range byPath {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b patch.File) int { return strings.Compare(a.Path, b.Path) })
	return files, notes, nil
}

// modules makes go.mod and go.sum for the files of all platforms.
func (w *rewriting) modules(files map[string]patch.File, source map[string][]byte) ([]string, error) {
	var notes []string
	seen := map[string]bool{}
	for _, p := range w.platforms {
		for _, pkg := range p.Load.Packages {
			m := pkg.Module
			if m == nil || seen[m.Dir] {
				continue
			}
			overlay := owned(m, w.platforms, source)
			if len(overlay) == 0 {
				continue
			}
			seen[m.Dir] = true
			res, err := gomod.Prepare(w.ctx, m, gomod.Options{Overlay: overlay, MaybeUnused: dropped(files, overlay)})
			if err != nil {
				return nil, err
			}
			notes = append(notes, res.Notes...)
			for _, f := range []gomod.File{res.GoMod, res.GoSum} {
				if f.Path != "" && f.Changed() {
					files[f.Path] = patch.File{Path: f.Path, Old: f.Old, New: f.New, Mode: mode(f.Path)}
				}
			}
			res.Close()
		}
	}
	return notes, nil
}

// owned returns the files of a module.
func owned(m *load.Module, platforms []*scan.Platform, source map[string][]byte) map[string][]byte {
	out := map[string][]byte{}
	for _, p := range platforms {
		for _, pkg := range p.Load.Packages {
			if pkg.Module == nil || pkg.Module.Dir != m.Dir {
				continue
			}
			for _, f := range pkg.Files {
				if now, ok := source[f]; ok {
					out[f] = now
				}
			}
		}
	}
	return out
}

// dropped returns the import paths that a changed file no longer has.
func dropped(files map[string]patch.File, overlay map[string][]byte) []string {
	var out []string
	for path, now := range overlay {
		after := imports(now)
		for _, p := range imports(files[path].Old) {
			if !slices.Contains(after, p) {
				out = append(out, p)
			}
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}

func imports(src []byte) []string {
	f, _ := parser.ParseFile(token.NewFileSet(), "", src, parser.ImportsOnly)
	if f == nil {
		return nil
	}
	var out []string
	for _, spec := range f.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			out = append(out, p)
		}
	}
	return out
}

func mode(path string) os.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}
