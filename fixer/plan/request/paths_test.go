package request

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
)

// Each path of each row becomes the new one: alone, at the end of a URL, with and without a slash at either end, with another
// version, as arguments, and at the end of arguments. What is no such path stays.
func TestPathSwaps(t *testing.T) {
	rows := 0
	for _, v := range provider.All() {
		swaps := pathSwaps(&v.Target)
		in := func(s string) string {
			for _, w := range swaps {
				s = w.in(s)
			}
			return s
		}
		joined := func(s string) string {
			for _, w := range swaps {
				s = w.inJoined(s)
			}
			return s
		}
		for _, c := range v.Target.Paths {
			rows++
			bare := strings.Trim(c.New, "/")
			for old, want := range map[string]string{
				c.Old:                         c.New,
				c.Old + "/":                   c.New,
				strings.Trim(c.Old, "/"):      bare,
				"https://%s" + c.Old + "?x=1": "https://%s" + c.New + "?x=1",
				strings.ReplaceAll(c.Old, "/v1/", "/v23/"): c.New,
				c.New:         c.New,
				"/oauth" + "": "/oauth",
			} {
				if got := in(old); got != want {
					t.Errorf("%s: %q becomes %q, want %q", v.ID, old, got, want)
				}
			}
			args := "f(" + quoted(elements(c.Old)) + ")"
			if got := joined(args); got != "f("+quoted(elements(c.New))+")" {
				t.Errorf("%s: %s becomes %s", v.ID, args, got)
			}
			call := expr(t, "f(base, "+quoted(elements(c.Old))+", last)").(*ast.CallExpr)
			words := make([]string, len(call.Args))
			for i, a := range call.Args {
				if lit, ok := a.(*ast.BasicLit); ok {
					words[i] = strings.Trim(lit.Value, `"`)
				}
			}
			set, done := change.NewSet(), false
			for i := range words {
				for _, s := range swaps {
					if !done && s.at(words[i:]) {
						s.arguments(call.Args[i:i+len(s.old)], set)
						done = true
					}
				}
			}
			var got []string
			for _, a := range call.Args[1 : len(call.Args)-1] {
				if text, ok := set.Replace[a]; ok {
					got = append(got, text.Src)
				} else if _, gone := set.Remove[a]; !gone {
					got = append(got, a.(*ast.BasicLit).Value)
				}
			}
			if strings.Join(got, ", ") != quoted(elements(c.New)) {
				t.Errorf("%s: the arguments become %s", v.ID, got)
			}
		}
	}
	if rows == 0 {
		t.Error("no row has a path")
	}
}

// A new path may have more elements than the old one.
func TestLongerPath(t *testing.T) {
	s := pathSwaps(&provider.Target{Paths: []provider.PathChange{{Old: "/old", New: "/a/b"}}})[0]
	call := expr(t, `f("old")`).(*ast.CallExpr)
	set := change.NewSet()
	s.arguments(call.Args, set)
	if got := set.Replace[call.Args[0]].Src; got != `"a", "b"` {
		t.Errorf("got %s", got)
	}
}

func expr(t *testing.T, src string) ast.Expr {
	t.Helper()
	e, err := parser.ParseExprFrom(token.NewFileSet(), "x.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
