package scan

import (
	"context"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
)

// Each archive of testdata/kinds is a module with programs of one kind. Comments have the findings of a scan:
//
//	// flow: PROVIDER VERDICT    a finding has its position here; any other position of a finding is an error
//	// want: ROLE...             a finding has a step of each role here
//	// not: ROLE...              no finding has
//
// Three more properties hold: a scan with the prefilter has the same findings and steps as the analysis without it; a
// scan without flags has the findings that are to be retired; and neither depends on other packages of the tree.
func TestKinds(t *testing.T) {
	files, err := filepath.Glob("testdata/kinds/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no archives")
	}
	for i, file := range files {
		if testing.Short() && i%8 != 0 {
			continue // each is loaded three times
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			dir := unpackKind(t, file)
			found := scanKind(t, options(dir))
			checkKind(t, dir, found)
			every, _ := lettingAll(t, dir)
			a, b := toldEach(dir, every), toldEach(dir, found)
			for _, one := range a {
				if !slices.Contains(b, one) {
					t.Errorf("only without the sift there is\n%s", one)
				}
			}
			for _, one := range b {
				if !slices.Contains(a, one) {
					t.Errorf("only with the sift there is\n%s", one)
				}
			}
			usual := options(dir)
			usual.All = false
			seen := map[string]bool{}
			for _, r := range scanKind(t, usual) {
				seen[r.Flow.ID] = true
			}
			for _, r := range found {
				if r.Flow.Verdict == "retire" && !seen[r.Flow.ID] {
					t.Errorf("a scan that is asked for nothing misses %s", told(r))
				}
			}
		})
	}
}

func scanKind(t *testing.T, opts Options) []*ledger.Record {
	t.Helper()
	res, err := Run(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range res.Ledger.BlindSpots {
		if b.Kind != "build-tags" {
			t.Errorf("blind spot %s: %s", b.File, b.Detail)
		}
	}
	return res.Ledger.Records
}

// unpackKind writes an archive into a directory. The module is that of testdata/kinds unless the archive has its own.
func unpackKind(t *testing.T, file string) string {
	t.Helper()
	dir := t.TempDir()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	files := a.Files
	if !slices.ContainsFunc(files, func(f txtar.File) bool { return f.Name == "go.mod" }) {
		for _, name := range []string{"go.mod", "go.sum"} {
			content, err := os.ReadFile(filepath.Join("testdata/kinds", name))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, txtar.File{Name: name, Data: content})
		}
	}
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// checkKind holds findings against the comments of the sources.
func checkKind(t *testing.T, dir string, found []*ledger.Record) {
	t.Helper()
	at := map[string][]string{} // what findings have, by line
	have := func(file string, line int, what string) {
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			t.Fatal(err)
		}
		key := fmt.Sprintf("%s:%d", filepath.ToSlash(rel), line)
		at[key] = append(at[key], what)
	}
	for _, r := range found {
		have(r.Position().File, r.Position().Line, fmt.Sprintf("flow %s %s", r.Flow.Provider, r.Flow.Verdict))
		for _, m := range slices.Concat(r.Flow.Metascopes, r.Flow.AllMetascopes) {
			have(r.Position().File, r.Position().Line, "metascope:"+m)
		}
		for _, s := range r.Flow.Steps {
			have(s.Span.File, s.Span.Line, string(s.Role))
		}
	}
	marked := map[string]bool{}
	failed := false
	fail := func(format string, args ...any) {
		failed = true
		t.Errorf(format, args...)
	}
	for _, m := range marksOf(t, dir) {
		for _, what := range m.what {
			switch has := slices.Contains(at[m.place], what); {
			case m.verb == "not" && has:
				fail("%s: has %s", m.place, what)
			case m.verb != "not" && !has:
				fail("%s: has no %s, but %q", m.place, what, at[m.place])
			}
			if m.verb == "flow" {
				marked[m.place+what] = true
			}
		}
	}
	for place, list := range at {
		for _, what := range list {
			if strings.HasPrefix(what, "flow ") && !marked[place+what] {
				fail("%s: is a finding: %s", place, what)
			}
		}
	}
	if failed {
		t.Logf("found\n%s", strings.Join(toldEach(dir, found), "\n"))
	}
}

// A mark is one comment of an archive.
type mark struct {
	place string // file:line
	verb  string // flow, want, not
	what  []string
}

func marksOf(t *testing.T, dir string) (marks []mark) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		var s scanner.Scanner
		fset := token.NewFileSet()
		s.Init(fset.AddFile(path, -1, len(src)), src, nil, scanner.ScanComments)
		for {
			pos, tok, lit := s.Scan()
			if tok == token.EOF {
				return nil
			}
			if tok != token.COMMENT {
				continue
			}
			for part := range strings.SplitSeq(strings.TrimPrefix(lit, "//"), ";") {
				verb, rest, ok := strings.Cut(strings.TrimSpace(part), ": ")
				m := mark{place: fmt.Sprintf("%s:%d", filepath.ToSlash(rel), fset.Position(pos).Line), verb: verb, what: strings.Fields(rest)}
				switch {
				case !ok || verb != "flow" && verb != "want" && verb != "not":
					continue
				case verb == "flow":
					m.what = []string{"flow " + rest}
				}
				marks = append(marks, m)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return marks
}

// toldEach describes findings with their steps, by paths relative to dir.
func toldEach(dir string, found []*ledger.Record) (list []string) {
	for _, r := range found {
		list = append(list, strings.ReplaceAll(told(r), dir+string(filepath.Separator), ""))
	}
	sort.Strings(list)
	return list
}

// The comments of the archives are read as they are meant.
func TestKindsAreMarked(t *testing.T) {
	files, err := filepath.Glob("testdata/kinds/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if len(marksOf(t, unpackKind(t, file))) == 0 {
			t.Errorf("%s says nothing of what is to be found", file)
		}
	}
}

// A fix loads all implementations of an interface that gets a form, in any package of the tree.
func TestImplementationsAreLoaded(t *testing.T) {
	opts := options(unpackKind(t, "testdata/kinds/doubles.txtar"))
	opts.Changes = true
	res, err := Run(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(res.Platforms[0].Load.Packages, func(p *load.Package) bool { return p.Path == "example.com/kind/transport" }) {
		t.Error("the package of the sender has no bodies")
	}
}

// Opting in to a vendor, or configuring its client secret, does not opt in to an API that still takes signed
// tokens.
func TestOptIn(t *testing.T) {
	opts := options(unpackKind(t, "testdata/kinds/zoomapis.txtar"))
	opts.Config = &config.Config{OptIns: map[string]config.OptIn{"zoom": {}}}
	wanted, kept := 0, 0
	for _, r := range scanKind(t, opts) {
		switch {
		case r.Flow.Verdict == provider.Keep && r.Wanted():
			t.Errorf("asked for: %s", told(r))
		case r.Flow.Verdict == provider.Keep:
			kept++
		case r.Wanted():
			wanted++
		}
	}
	if kept < 3 || wanted < 3 {
		t.Errorf("%d stay, %d move", kept, wanted)
	}
}
