package fleet_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwtretire.example/internal/document"
	"jwtretire.example/internal/fleet"
)

// A ledger is a report in short.
type ledger struct {
	run      document.Run
	findings []document.Finding
	todo     []document.Todo
	spots    []document.BlindSpot
}

func finding(id, status string, steps int) document.Finding {
	return document.Finding{ID: id, Verdict: "retire", Status: status, Message: "m " + id, Trace: make([]document.Step, steps), Position: document.Position{File: id + ".go", Line: steps + 1, Column: 1}}
}

// write writes ledgers as files and returns their names.
func write(t testing.TB, list ...ledger) []string {
	t.Helper()
	dir := t.TempDir()
	var names []string
	for i, l := range list {
		d := document.Document{
			Head:     document.Head{Tool: document.Tool{Name: "jwtretire"}, Runs: []document.Run{l.run}},
			Findings: document.Each(l.findings), BlindSpots: document.Each(l.spots), Problems: document.Each[document.Problem](nil),
			Todo: document.Each(l.todo), Patch: document.Each[document.FilePatch](nil),
		}
		name := filepath.Join(dir, fmt.Sprintf("%d.json", i))
		f, err := os.Create(name)
		if err = errors.Join(err, d.Write(f), f.Close()); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// shown lists the findings of a merged report, in short.
func shown(t *testing.T, m *fleet.Merged) string {
	t.Helper()
	var out []string
	for f, err := range m.Findings {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%d:%s:%s", f.Run, f.ID, f.Status))
	}
	return strings.Join(out, " ")
}

func merge(t *testing.T, files []string, all bool) *fleet.Merged {
	t.Helper()
	m, err := fleet.Merge(files, all)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTheSameFlowCountsOnce(t *testing.T) {
	old, now := "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
	run := func(repository, time string) document.Run { return document.Run{Repository: repository, Time: time} }
	in := func(repository, directory string) document.Run {
		return document.Run{Repository: repository, Directory: directory}
	}
	below := func(dir string, f document.Finding) document.Finding {
		f.Position.File = dir + "/" + f.Position.File
		return f
	}
	for name, row := range map[string]struct {
		ledgers []ledger
		want    string
	}{
		"the newer run counts, wherever it stands": {[]ledger{{run: run("r", now), findings: []document.Finding{finding("a", "fixed", 1)}}, {run: run("r", old), findings: []document.Finding{finding("a", "manual", 5)}}}, "0:a:fixed"},
		"of one time the one with more steps":      {[]ledger{{run: run("r", now), findings: []document.Finding{finding("a", "manual", 1)}}, {run: run("r", now), findings: []document.Finding{finding("a", "fixable", 3)}}}, "1:a:fixable"},
		"else the first":                           {[]ledger{{run: run("r", now), findings: []document.Finding{finding("a", "manual", 1)}}, {run: run("r", now), findings: []document.Finding{finding("a", "fixable", 1)}}}, "0:a:manual"},
		"another repository is another flow":       {[]ledger{{run: run("r", now), findings: []document.Finding{finding("a", "manual", 1)}}, {run: run("s", now), findings: []document.Finding{finding("a", "manual", 1)}}}, "0:a:manual 1:a:manual"},
		"no repository is none of its own":         {[]ledger{{findings: []document.Finding{finding("a", "manual", 1)}}, {findings: []document.Finding{finding("a", "manual", 1)}}}, "0:a:manual"},
		"two folders of one repository are two":    {[]ledger{{run: in("r", "svc/a"), findings: []document.Finding{finding("a", "manual", 1)}}, {run: in("r", "svc/b"), findings: []document.Finding{finding("a", "manual", 1)}}}, "0:a:manual 1:a:manual"},
		"a folder and the top above it are one":    {[]ledger{{run: in("r", "svc"), findings: []document.Finding{finding("a", "manual", 1)}}, {run: in("r", ""), findings: []document.Finding{below("svc", finding("a", "manual", 2))}}}, "1:a:manual"},
		"without an id the place counts":           {[]ledger{{findings: []document.Finding{finding("", "manual", 1), finding("", "manual", 2)}}, {findings: []document.Finding{finding("", "manual", 1)}}}, "0::manual 0::manual"},
	} {
		t.Run(name, func(t *testing.T) {
			m := merge(t, write(t, row.ledgers...), false)
			if got := shown(t, m); got != row.want {
				t.Errorf("shown is %s, want %s", got, row.want)
			}
			if again := shown(t, m); again != row.want {
				t.Errorf("the second time it is %s", again)
			}
			if n := len(strings.Fields(row.want)); m.Summary.Findings != n || m.Summary.Listed != n {
				t.Errorf("summary is %+v, want %d findings", m.Summary, n)
			}
		})
	}
}

func TestOnlyWhatIsWanted(t *testing.T) {
	kept := finding("k", "manual", 1)
	kept.Verdict = "keep"
	files := write(t, ledger{findings: []document.Finding{finding("a", "suppressed", 1), kept, finding("b", "fixed", 1)}})
	m := merge(t, files, false)
	if got := shown(t, m); got != "0:a:suppressed 0:b:fixed" || m.Open != 0 {
		t.Errorf("shown is %s, %d open", got, m.Open)
	}
	if got := shown(t, merge(t, files, true)); got != "0:a:suppressed 0:k:manual 0:b:fixed" {
		t.Errorf("all: %s", got)
	}
}

// A ledger that cannot be read is named and left out whole; nothing of the others is lost.
func TestDamaged(t *testing.T) {
	files := write(t, ledger{findings: []document.Finding{finding("a", "manual", 1)}}, ledger{findings: []document.Finding{finding("b", "manual", 1), finding("c", "manual", 1)}}, ledger{findings: []document.Finding{finding("d", "manual", 1)}})
	text, err := os.ReadFile(files[1])
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"cut off":       text[:bytes.Index(text, []byte(`"id": "c"`))],
		"empty":         nil,
		"newer schema":  bytes.Replace(text, []byte(`"schema": 1`), []byte(`"schema": 2`), 1),
		"no such run":   bytes.Replace(text, []byte(`"run": 0`), []byte(`"run": 7`), 1),
		"not a ledger":  []byte("<html></html>"),
		"missing comma": bytes.Replace(text, []byte(`"id": "b",`), []byte(`"id": "b"`), 1),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(files[1], damaged, 0o666); err != nil {
				t.Fatal(err)
			}
			m := merge(t, files, false)
			if got := shown(t, m); got != "0:a:manual 2:d:manual" || m.Open != 2 {
				t.Errorf("shown is %s, %d open", got, m.Open)
			}
			if len(m.Damaged) != 1 || m.Damaged[0].File != files[1] || m.Runs[1].Error == "" {
				t.Errorf("damaged are %+v, runs %+v", m.Damaged, m.Runs)
			}
			if newer := errors.Is(m.Damaged[0].Err, document.ErrNewer); newer != (name == "newer schema") {
				t.Errorf("error is %v", m.Damaged[0].Err)
			}
		})
	}
	if _, err := fleet.Merge([]string{files[1], filepath.Join(t.TempDir(), "nosuch.json")}, false); err == nil || !strings.Contains(err.Error(), files[1]) || !strings.Contains(err.Error(), "nosuch.json") {
		t.Errorf("where nothing can be read: %v", err)
	}
}

// A merged report is a ledger again.
func TestMergeOfMerged(t *testing.T) {
	files := write(t, ledger{run: document.Run{Repository: "r"}, findings: []document.Finding{finding("a", "manual", 1)}, spots: []document.BlindSpot{{File: "x"}}},
		ledger{run: document.Run{Repository: "s"}, findings: []document.Finding{finding("a", "manual", 1)}})
	first := filepath.Join(t.TempDir(), "merged.json")
	f, err := os.Create(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(merge(t, files, false).Write(f), f.Close()); err != nil {
		t.Fatal(err)
	}
	third := write(t, ledger{run: document.Run{Repository: "s"}, findings: []document.Finding{finding("a", "manual", 9), finding("b", "fixed", 1)}})
	m := merge(t, append(third, first), false)
	if got := shown(t, m); got != "0:a:manual 0:b:fixed 1:a:manual" || m.Of(1).Repository != "r" {
		t.Errorf("shown is %s of %+v", got, m.Runs)
	}
	spots, err := document.All(m.BlindSpots)
	if err != nil || len(spots) != 1 || spots[0].Run != 1 {
		t.Errorf("blind spots are %+v (%v)", spots, err)
	}
}

func TestTodo(t *testing.T) {
	todo := []document.Todo{{Kind: "console", Provider: "p", Text: "step", Findings: []string{"a"}}, {Kind: "decision", Text: "scopes", Findings: []string{"a"}}}
	m := merge(t, write(t, ledger{run: document.Run{Repository: "r", Time: "2026-01-01T00:00:00Z"}, findings: []document.Finding{finding("a", "manual", 1)}, todo: todo},
		ledger{run: document.Run{Repository: "r", Time: "2026-01-02T00:00:00Z"}, findings: []document.Finding{finding("a", "manual", 1)}, todo: todo}), false)
	list, err := document.All(m.Todo)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range list {
		got = append(got, fmt.Sprintf("%d:%s", x.Run, x.Kind))
	}
	if strings.Join(got, " ") != "0:console 1:decision" {
		t.Errorf("to do is %q: a step once, a decision of what is shown", got)
	}
}

func TestRevisionsAreTold(t *testing.T) {
	one := ledger{run: document.Run{Repository: "r", Revision: "1"}, findings: []document.Finding{finding("a", "manual", 1)}}
	two := one
	two.run.Revision = "2"
	if m := merge(t, write(t, one, two, one), false); len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], "different revisions") {
		t.Errorf("warnings are %q", m.Warnings)
	}
	if m := merge(t, write(t, one, one), false); len(m.Warnings) != 0 {
		t.Errorf("warnings are %q", m.Warnings)
	}
}

// Ledgers without a repository may be of one tree or of two copies. A warning says that their common flows
// count once.
func TestNoRepositoryIsNoted(t *testing.T) {
	one := ledger{findings: []document.Finding{finding("a", "manual", 1)}}
	files := write(t, one, one, ledger{findings: []document.Finding{finding("b", "manual", 1)}}, one, one)
	if m := merge(t, files, false); len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], files[0]+", "+files[1]+", "+files[3]+" and 1 more have flows in common and contain no repository URL") {
		t.Errorf("warnings are %q", m.Warnings)
	}
	if m := merge(t, []string{files[0], files[0], files[2]}, false); len(m.Warnings) != 0 {
		t.Errorf("of the same file twice: %q", m.Warnings)
	}
}

// Whoever has seen enough can stop.
func TestSequencesStop(t *testing.T) {
	m := merge(t, write(t, ledger{findings: []document.Finding{finding("a", "manual", 1), finding("b", "manual", 1)}}), false)
	n := 0
	for range m.Findings {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d findings", n)
	}
}

func TestDiff(t *testing.T) {
	gone, came := finding("gone", "manual", 1), finding("came", "fixable", 1)
	kept := finding("kept", "manual", 1)
	kept.Verdict = "keep"
	files := write(t,
		ledger{findings: []document.Finding{gone, finding("same", "manual", 1), finding("fixed", "fixable", 1), finding("better", "manual", 1), finding("silenced", "manual", 1), finding("back", "suppressed", 1), finding("again", "fixed", 1), finding("old", "fixed", 1)}},
		ledger{findings: []document.Finding{came, finding("same", "manual", 9), finding("fixed", "fixed", 1), finding("better", "fixable", 1), finding("silenced", "suppressed", 1), finding("back", "manual", 1), finding("again", "manual", 1), kept, finding("quiet", "suppressed", 1)}})
	d, err := fleet.Diff(files[0], files[1])
	if err != nil {
		t.Fatal(err)
	}
	text := func(list []fleet.Change) string {
		var out []string
		for _, c := range list {
			out = append(out, fmt.Sprintf("%s(%s→%s)", c.ID, c.Before, c.Now))
		}
		return strings.Join(out, " ")
	}
	if got, want := text(d.Came), "again(fixed→manual) back(suppressed→manual) came(→fixable)"; got != want {
		t.Errorf("came: %s, want %s", got, want)
	}
	if got, want := text(d.Went), "fixed(fixable→fixed) gone(manual→)"; got != want {
		t.Errorf("went: %s, want %s", got, want)
	}
	if got, want := text(d.Changed), "better(manual→fixable) silenced(manual→suppressed)"; got != want {
		t.Errorf("changed: %s, want %s", got, want)
	}
	same, err := fleet.Diff(files[1], files[1])
	if err != nil || len(same.Came)+len(same.Went)+len(same.Changed) != 0 {
		t.Errorf("with itself: %+v (%v)", same, err)
	}
	if _, err := fleet.Diff(files[0], filepath.Join(t.TempDir(), "nosuch")); err == nil {
		t.Error("a file that is not there is no error")
	}
}

// Copies of a module share IDs: each is compared with that of its file. A baseline of one repository is compared with a report of several.
func TestDiffOfCopies(t *testing.T) {
	a := finding("x", "manual", 1)
	b, c, moved := a, a, a
	b.Position.File, c.Position.File, moved.Position.File = "b/token.go", "c/token.go", "new/token.go"
	r := document.Run{Repository: "r"}
	for name, row := range map[string]struct {
		old, now   []document.Finding
		came, went string
	}{
		"one more":   {[]document.Finding{a, b}, []document.Finding{c, b, a}, "c/token.go", ""},
		"one less":   {[]document.Finding{c, b, a}, []document.Finding{a, c}, "", "b/token.go"},
		"moved":      {[]document.Finding{a, b}, []document.Finding{moved, b}, "", ""},
		"same files": {[]document.Finding{a, b}, []document.Finding{b, a}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := write(t, ledger{run: r, findings: row.old}, ledger{run: r, findings: row.now}, ledger{run: document.Run{Repository: "s"}})
			m := merge(t, files[1:], false)
			both := filepath.Join(t.TempDir(), "merged.json")
			var text bytes.Buffer
			if err := errors.Join(m.Write(&text), os.WriteFile(both, text.Bytes(), 0o666)); err != nil {
				t.Fatal(err)
			}
			for _, now := range []string{files[1], both} {
				d, err := fleet.Diff(files[0], now)
				if err != nil {
					t.Fatal(err)
				}
				names := func(list []fleet.Change) string {
					var out []string
					for _, c := range list {
						out = append(out, c.Position.File)
					}
					return strings.Join(out, " ")
				}
				if names(d.Came) != row.came || names(d.Went) != row.went || len(d.Changed) != 0 {
					t.Errorf("%s: came %q, went %q, changed %q", filepath.Base(now), names(d.Came), names(d.Went), names(d.Changed))
				}
			}
		})
	}
}

// A finding that is gone may be in a place that was not analysed, which the difference notes.
func TestDiffNotesBlindSpots(t *testing.T) {
	files := write(t, ledger{findings: []document.Finding{finding("a", "manual", 1)}}, ledger{spots: make([]document.BlindSpot, 2)})
	d, err := fleet.Diff(files[0], files[1])
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	if err := d.WriteText(&said); err != nil || !strings.Contains(said.String(), "note: 2 places were not analysed in the new report, 0 in the old one; a finding that is gone may be there\n0 came, 1 went") {
		t.Errorf("it says %q (%v)", said.String(), err)
	}
}

// BenchmarkMerge merges 1,000 ledgers of 20 findings into each format that streams.
func BenchmarkMerge(b *testing.B) {
	var list []ledger
	for i := range 1000 {
		l := ledger{run: document.Run{Repository: fmt.Sprint("h/o/", i)}}
		for k := range 20 {
			f := finding(fmt.Sprint(k), "manual", 12)
			for s := range f.Trace {
				f.Trace[s] = document.Step{Role: "exchange", What: "http.PostForm", Position: document.Position{File: "a.go", Line: s}}
			}
			f.Excerpts = []document.Excerpt{{File: "a.go", Lines: make([]document.Line, 20)}}
			l.findings = append(l.findings, f)
		}
		list = append(list, l)
	}
	files := write(b, list...)
	b.ResetTimer()
	for b.Loop() {
		m, err := fleet.Merge(files, false)
		if err != nil {
			b.Fatal(err)
		}
		if err := m.Write(discard{}); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
