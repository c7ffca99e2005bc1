package reason

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"testing"
)

// Every constant is in the list, once, in the form that the JSON report promises.
func TestCodes(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(f, func(node ast.Node) bool {
		if g, ok := node.(*ast.GenDecl); ok && g.Tok == token.CONST {
			n += len(g.Specs)
		}
		return true
	})
	if n != len(Codes) {
		t.Errorf("%d constants, and %d codes in the list", n, len(Codes))
	}
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	seen := map[Code]bool{}
	for _, c := range Codes {
		if seen[c] || !form.MatchString(string(c)) {
			t.Errorf("%q is there twice, or has another form", c)
		}
		seen[c] = true
	}
	if !slices.Contains(Codes, Internal) {
		t.Error("the list is not that of the constants")
	}
}

func TestOf(t *testing.T) {
	with := New(NoURL, "the token URL was not found")
	if got := Of(Internal, fmt.Errorf("a.go: %w", with)); !errors.Is(got, with) {
		t.Errorf("%v has lost its error", got)
	}
	if got, ok := errors.AsType[*Error](Of(Internal, errors.New("text"))); !ok || got.Code != Internal || got.Text != "text" {
		t.Errorf("got %+v", got)
	}
}
