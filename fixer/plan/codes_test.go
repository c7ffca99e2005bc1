package plan

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/internal/load"
)

// Every code that the planner gives has an example: an archive of testdata, or a test of this file.
func TestEveryCode(t *testing.T) {
	shown := map[string]bool{string(reason.Overlap): true, string(reason.Internal): true} // TestCompose, TestPanic
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archives {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			if f.Name == "want" {
				for _, line := range strings.Split(string(f.Data), "\n") {
					word, _, _ := strings.Cut(line, " ")
					shown[word] = true
				}
			}
		}
	}
	names := codeConstants(t)
	files := sources(t, ".")
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || len(c.Args) == 0 {
				return true
			}
			fun, ok := c.Fun.(*ast.SelectorExpr)
			code, isCode := c.Args[0].(*ast.SelectorExpr)
			if ok && isCode && (fun.Sel.Name == "New" || fun.Sel.Name == "Of") && names[code.Sel.Name] != "" && !shown[names[code.Sel.Name]] {
				t.Errorf("%s gives %s, of which there is no example", file, names[code.Sel.Name])
			}
			return true
		})
	}
}

// codeConstants returns the codes by the names of their constants.
func codeConstants(t *testing.T) map[string]string {
	t.Helper()
	src, err := os.ReadFile("../reason/reason.go")
	if err != nil {
		t.Fatal(err)
	}
	f, err := parser.ParseFile(token.NewFileSet(), "reason.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.ValueSpec); ok && len(s.Values) == 1 {
			if lit, ok := s.Values[0].(*ast.BasicLit); ok {
				out[s.Names[0].Name] = strings.Trim(lit.Value, `"`)
			}
		}
		return true
	})
	return out
}

// Plans that want the same of a node agree; one that wants something else is dropped, and what it alone wanted is not done.
func TestCompose(t *testing.T) {
	call, other := &ast.Ident{Name: "call"}, &ast.Ident{Name: "other"}
	stmt, cond := &ast.ExprStmt{X: call}, &ast.IfStmt{Cond: call}
	text := func(s string) change.Text { return change.Text{Src: s} }
	for _, c := range []struct {
		name          string
		first, second func(*change.Set)
		conflict      bool
	}{
		{"same text", func(s *change.Set) { s.Replace[call] = text("a") }, func(s *change.Set) { s.Replace[call] = text("a") }, false},
		{"other text", func(s *change.Set) { s.Replace[call] = text("a") }, func(s *change.Set) { s.Replace[call] = text("b") }, true},
		{"other statements before", func(s *change.Set) { s.Before[stmt] = text("a") }, func(s *change.Set) { s.Before[stmt] = text("b") }, true},
		{"other branch", func(s *change.Set) { s.Unwrap[cond] = change.Part{Node: stmt} }, func(s *change.Set) { s.Unwrap[cond] = change.Part{Node: &ast.EmptyStmt{}} }, true},
		{"same branch", func(s *change.Set) { s.Unwrap[cond] = change.Part{Node: stmt} }, func(s *change.Set) { s.Unwrap[cond] = change.Part{Node: stmt} }, false},
		{"other nodes", func(s *change.Set) { s.Replace[call] = text("a") }, func(s *change.Set) { s.Replace[other] = text("b") }, false},
	} {
		first, second := &Plan{Set: change.NewSet()}, &Plan{Set: change.NewSet()}
		c.first(first.Set)
		c.second(second.Set)
		second.Set.Remove[other] = "alone"
		all := Compose([]*Plan{first, second})
		if got := second.ReasonCode == string(reason.Overlap); got != c.conflict || second.Fixable() == c.conflict {
			t.Errorf("%s: conflict %v, want %v", c.name, got, c.conflict)
		}
		if _, done := all.Remove[other]; done == c.conflict || !first.Fixable() {
			t.Errorf("%s: what the second plan alone wants is done: %v", c.name, done)
		}
	}
}

// A flow that makes the planner fail is reported as such and leaves the others alone.
func TestPanic(t *testing.T) {
	p := &find.Finder{} // without an index
	pl := plan(p, &flow.Flow{Kind: flow.AdobeExchange})
	if pl.Fixable() || pl.ReasonCode != string(reason.Internal) || !strings.Contains(pl.Reason, "please report") {
		t.Errorf("got %q (%s)", pl.Reason, pl.ReasonCode)
	}
}

// What does not type-check names its cause where that is not its own code.
func TestRemedy(t *testing.T) {
	for _, c := range []struct {
		module *load.Module
		err    string
		want   string
	}{
		{&load.Module{GoVersion: "1.21"}, "main.go:3:5: undefined: x", ""},
		{&load.Module{GoVersion: "1.999"}, "main.go:3:5: undefined: x", "go.mod says go 1.999"},
		{&load.Module{GoMod: "/m/go.mod", GoVersion: "1.21"}, `main.go:3:5: could not import example.com/x (not found)`, "run go mod download"},
		{&load.Module{GoMod: "/m/go.mod", GoVersion: "1.21"}, `main.go:3:5: could not import example.com/x (no required module provides package example.com/x; to add it: go get example.com/x)`, "run go mod tidy"},
		{nil, `main.go:3:5: could not import example.com/x (not found)`, "run go mod init && go mod tidy"},
		{nil, "main.go:3:5: undefined: x", ""},
	} {
		got := remedy(&load.Package{Module: c.module, Errors: []string{c.err}})
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%q: %q, want %q", c.err, got, c.want)
		}
	}
}

// A decision that is missing is no reason by itself, and an error without a code stays without one.
func TestDecline(t *testing.T) {
	for _, c := range []struct {
		err   error
		code  string
		needs []string
	}{
		{&decision.Needed{What: "client_id client_secret", Msg: "two are missing"}, "", []string{"client_id", "client_secret"}},
		{reason.New(reason.NoURL, "no URL"), string(reason.NoURL), nil},
		{errors.New("text"), "", nil},
	} {
		pl := &Plan{Set: change.NewSet()}
		pl.Decline(c.err)
		if pl.Fixable() || pl.Reason != c.err.Error() || pl.ReasonCode != c.code || !slices.Equal(pl.Needs, c.needs) {
			t.Errorf("%v: %+v", c.err, pl)
		}
	}
}
