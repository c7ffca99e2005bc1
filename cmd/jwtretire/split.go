package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/fixer"
	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/git"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/scan"
)

// checkSplit checks -split, which needs a directory.
func (c *command) checkSplit() error {
	switch {
	case c.split == "":
		return nil
	case !c.diff || c.output == "":
		return fmt.Errorf("-split %s makes several patches: use it with -diff, and with -o for their directory", c.split)
	}
	return nil
}

// A series is a fix as patches for git am.
//
// Each patch is independent: it applies to the original tree, and the result builds. If a module has several patches, all
// of them have the same additions to go.mod and go.sum. A three-way merge (git am -3) accepts repeated
// additions. A last patch drops the unused requirements. Rejected: patches relative to the previous one, because the
// second could not be applied without the first, which is the purpose of a series.
type series struct {
	*command
	w     *rewriting
	root  string // base directory of the names in patches
	parts []*mailing
}

// A mailing is one patch of a series.
type mailing struct {
	records []*ledger.Record
	files   []patch.File
	closing bool // it only drops requirements
}

// writeSeries writes the patches to the directory of -o and reports like printPatch.
func (c *command) writeSeries(res *scan.Result, w *rewriting, files []patch.File) (int, error) {
	s := &series{command: c, w: w, root: c.repository()}
	if err := s.part(files); err != nil {
		return exitError, err
	}
	c.relativePaths(res.Ledger)
	mails := map[string][]byte{}
	date := s.date()
	for i, m := range s.parts {
		subject, body := s.message(m)
		mail, err := patch.Mail(patch.Message{Subject: subject, Body: body, Number: i + 1, Total: len(s.parts), Date: date}, m.files, s.root)
		if err != nil {
			return exitError, err
		}
		mails[fmt.Sprintf("%04d-%s.patch", i+1, slug(subject))] = mail
	}
	if err := writeAll(c.output, mails); err != nil {
		return exitError, err
	}
	c.output = "" // the directory was for the patches
	return c.reportPatch(res, files, len(mails) > 0)
}

// part divides the files into mailings.
func (s *series) part(files []patch.File) error {
	if len(files) == 0 {
		return nil
	}
	var changed []*part
	for _, t := range s.w.parts {
		if t.out.About != nil {
			changed = append(changed, t)
		}
	}
	if len(changed) == 1 {
		t := changed[0]
		units, err := fixer.Split(s.ctx, t.platform.Load, t.out, s.fixOptions(t.platform, s.w.platforms), s.key)
		if err != nil {
			return err
		}
		for _, u := range units {
			s.parts = append(s.parts, &mailing{records: t.recordsOf(u.Plans), files: u.Files})
		}
	} else {
		// Flows of several platforms usually share files, so they have one patch.
		one := &mailing{files: slices.DeleteFunc(slices.Clone(files), func(f patch.File) bool { return !strings.HasSuffix(f.Path, ".go") })}
		for _, t := range changed {
			one.records = append(one.records, t.recordsOf(t.out.Plans)...)
		}
		s.parts = append(s.parts, one)
	}
	return s.requirements(files)
}

func (t *part) recordsOf(plans []*plan.Plan) []*ledger.Record {
	var out []*ledger.Record
	for i, pl := range t.out.Plans {
		if pl.Fixable() && slices.Contains(plans, pl) {
			out = append(out, t.records[i])
		}
	}
	return out
}

func (s *series) key(pl *plan.Plan) string {
	if s.split == "package" {
		return pl.Flow.Package
	}
	return fmt.Sprintf("%s %s:%d", pl.Flow.ID, pl.Flow.Assertion.File, pl.Flow.Assertion.Offset)
}

// requirements assigns the changes of go.mod and go.sum to the patches.
func (s *series) requirements(files []patch.File) error {
	last := &mailing{closing: true}
	for _, m := range s.modules() {
		var sharers []*mailing
		for _, p := range s.parts {
			if slices.ContainsFunc(p.files, func(f patch.File) bool { return s.owner(f.Path) == m }) {
				sharers = append(sharers, p)
			}
		}
		var whole []patch.File
		for _, f := range files {
			if f.Path == m.GoMod || m.GoMod != "" && f.Path == filepath.Join(filepath.Dir(m.GoMod), "go.sum") {
				whole = append(whole, f)
			}
		}
		if len(whole) == 0 || len(sharers) == 0 {
			continue
		}
		if len(sharers) == 1 {
			sharers[0].files = append(sharers[0].files, whole...)
			continue
		}
		added, err := s.additions(m, sharers)
		if err != nil {
			return err
		}
		for _, p := range sharers {
			p.files = append(p.files, slices.Collect(maps.Values(added))...)
		}
		for _, f := range whole {
			old := f.Old
			if a, ok := added[f.Path]; ok {
				old = a.New
			}
			last.files = append(last.files, patch.File{Path: f.Path, Old: old, New: f.New, Mode: f.Mode})
		}
	}
	if diff, err := patch.Unified(last.files, s.root); err != nil || len(diff) == 0 {
		return err
	}
	s.parts = append(s.parts, last)
	return nil
}

// additions makes go.mod and go.sum with the additions of all patches and without removals: for an additional
// file with all their new imports.
func (s *series) additions(m *load.Module, sharers []*mailing) (map[string]patch.File, error) {
	paths := map[string]bool{}
	dir, name := "", ""
	for _, p := range sharers {
		for _, f := range p.files {
			if pkg := s.pkg(f.Path); pkg != nil && pkg.Module == m && f.New != nil {
				dir, name = pkg.Dir, pkg.Name
				before := imports(f.Old)
				for _, path := range imports(f.New) {
					if !slices.Contains(before, path) {
						paths[path] = true
					}
				}
			}
		}
	}
	var src strings.Builder
	fmt.Fprintf(&src, "package %s\n", strings.TrimSuffix(name, "_test"))
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		fmt.Fprintf(&src, "import _ %q\n", path)
	}
	res, err := gomod.Prepare(s.ctx, m, gomod.Options{Overlay: map[string][]byte{filepath.Join(dir, "jwtretire_requires.go"): []byte(src.String())}})
	if err != nil {
		return nil, fmt.Errorf("-split: %w", err)
	}
	defer res.Close()
	out := map[string]patch.File{}
	for _, f := range []gomod.File{res.GoMod, res.GoSum} {
		if f.Path != "" && f.Changed() {
			out[f.Path] = patch.File{Path: f.Path, Old: f.Old, New: f.New, Mode: mode(f.Path)}
		}
	}
	return out, nil
}

// modules returns the modules that the patches change, sorted by directory.
func (s *series) modules() []*load.Module {
	var out []*load.Module
	for _, p := range s.parts {
		for _, f := range p.files {
			if m := s.owner(f.Path); m != nil && !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	slices.SortFunc(out, func(a, b *load.Module) int { return strings.Compare(a.Dir, b.Dir) })
	return out
}

func (s *series) pkg(file string) *load.Package {
	for _, platform := range s.w.platforms {
		for _, p := range platform.Load.Packages {
			if slices.Contains(p.Files, file) {
				return p
			}
		}
	}
	return nil
}

// owner returns the module of a file, the same value on all platforms.
func (s *series) owner(file string) *load.Module {
	p := s.pkg(file)
	if p == nil || p.Module == nil {
		return nil
	}
	for _, platform := range s.w.platforms {
		for _, q := range platform.Load.Packages {
			if q.Module != nil && q.Module.Dir == p.Module.Dir {
				return q.Module
			}
		}
	}
	return p.Module
}

// message is the message of a patch.
func (s *series) message(m *mailing) (subject string, body []string) {
	alone := "This patch stands alone. The whole series applies by git am -3, in order."
	if m.closing {
		return "go.mod: drop what nothing needs any more", []string{
			"The patches before this one keep the requirements that others among them still need. With all of them applied these can go.",
			"This patch needs all others of its series.",
		}
	}
	var places []string
	for _, r := range m.records {
		place := s.rel(r.Position().File)
		if s.split == "package" {
			if place = filepath.ToSlash(filepath.Dir(place)); place == "." {
				place = r.Flow.Package
			}
		}
		if !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	where := places[0]
	if n := len(places) - 1; n > 0 {
		where = fmt.Sprintf("%s and %d more", where, n)
	}
	for _, r := range m.records {
		for _, p := range report.Commit(r, s.rel) {
			if !slices.Contains(body, p) { // several flows may have the same paragraph
				body = append(body, p)
			}
		}
	}
	if len(s.parts) > 1 {
		body = append(body, alone)
	}
	return where + ": move to OAuth client credentials", body
}

// repository returns the top of the repository, or the directory of the run if there is none. Names in patches
// are relative to it, for git am and for git apply there.
func (c *command) repository() string {
	if top := git.Top(c.dir); top != "" {
		return top
	}
	return c.dir
}

// date is the date of the commit HEAD, "" if there is none.
func (s *series) date() string {
	repo, err := git.Open(s.dir, s.started)
	if err != nil {
		return ""
	}
	t, ok := repo.Date(s.ctx)
	if !ok {
		return ""
	}
	return t.Format("Mon, 2 Jan 2006 15:04:05 -0700")
}

// slug converts a subject to a file name, like git format-patch.
func slug(subject string) string {
	words := strings.FieldsFunc(subject, func(r rune) bool {
		return !(r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z')
	})
	s := strings.Join(words, "-")
	if len(s) > 52 {
		s = s[:52]
	}
	return strings.Trim(s, "-.")
}

// writeAll writes the patches to a directory, which it makes. Another patch in it is an error, because it would
// be taken for a part of the series.
func writeAll(dir string, mails map[string][]byte) error {
	if len(mails) == 0 {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("-o %s: %w", dir, err)
	}
	there, err := filepath.Glob(filepath.Join(dir, "*.patch"))
	if err != nil {
		return fmt.Errorf("-o %s: %w", dir, err)
	}
	for _, name := range there {
		if _, ok := mails[filepath.Base(name)]; !ok {
			return fmt.Errorf("-o %s: the directory already has %s, which is not a patch of this series; give another directory, or remove the file", dir, filepath.Base(name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(mails)) {
		mail := mails[name]
		err := replace(filepath.Join(dir, name), func(w io.Writer) error {
			_, err := w.Write(mail)
			return err
		})
		if err != nil {
			return fmt.Errorf("-o %s: %w", dir, err)
		}
	}
	return nil
}
