package redact_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"jwtretire.example/internal/redact"
)

// Messages of the parser and the type checker contain no string literal of the program, in any place; import
// paths stay.
func TestCompiler(t *testing.T) {
	const secret = `p8e "quoted" \n secret`
	for _, src := range []string{
		`var n int = %s`,
		`const c = %s; var n int = c`,
		`const c = %s; var n = c + 1`,
		`var s = struct{ ID, Secret int }{1, %s}`,
		`func f(int) {}; var _ = f(%s)`,
		`var n = %s.field`,
		`var n = %s()`,
		`var n = map[string]int{"a": 1, %[1]s: 1, %[1]s: 2}`,
		`func f(s string) { switch s { case %[1]s: case %[1]s: } }`,
		`var n = -%s`,
		`var n = %s[100]`,
		`func f() { %s }`,
		`func f() { for range 1 { break %s } }`,
		`var n = f %s`,
		`type t struct { a int %s b int }`,
		`var n = "a" %s`,
		`import %s + 1`,
		`func f() (string, int) { return %s }`,
		`var _ = [...]int{%s: 1}`,
		`type t[P any] struct{}; var _ t[%s]`,
	} {
		for name, literal := range map[string]string{"quoted": fmt.Sprintf("%q", secret), "raw": "`" + secret + "`", "lines": "`a\np8e\nb`"} {
			for _, said := range compile(fmt.Sprintf("package p\n"+src+"\n", literal)) {
				if got := redact.Compiler(said); strings.Contains(got, "p8e") || strings.Contains(got, "quoted") {
					t.Errorf("%s, %s: %s", src, name, got)
				}
			}
		}
	}
	for _, text := range []string{
		`"fmt" imported and not used`,
		`"example.com/a" imported as b and not used`,
		`could not import example.com/a (no such package)`,
		`invalid character U+0022 '"'`,
		`import "example.com/a" is a program, not an importable package`,
	} {
		if got := redact.Compiler(text); got != text {
			t.Errorf("%s became %s", text, got)
		}
	}
}

// compile returns the errors in a file.
func compile(src string) []string {
	var said []string
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.AllErrors)
	if err != nil {
		said = append(said, err.Error())
	}
	if file == nil {
		return said
	}
	conf := types.Config{Error: func(err error) { said = append(said, err.Error()) }}
	conf.Check("p", fset, []*ast.File{file}, nil)
	return said
}
