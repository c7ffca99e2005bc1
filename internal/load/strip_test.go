package load

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestBlankBodies(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"body", "func f() { g() }", "func f() {     }"},
		{"lines stay", "func f() {\n\tg()\n}\nvar x int", "func f() {\n    \n}\nvar x int"},
		{"CRLF stays", "func f() {\r\n\tg()\r\n}", "func f() {\r\n    \r\n}"},
		{"method", "func (r *R) M() (a, b int) { return }", "func (r *R) M() (a, b int) {        }"},
		{"struct result", "func f() struct{ a int } { x }", "func f() struct{ a int } {   }"},
		{"interface result", "func f() interface { M() } { x }", "func f() interface { M() } {   }"},
		{"struct parameter", "func f(a struct{ b func() }) { x }", "func f(a struct{ b func() }) {   }"},
		{"type parameter", "func f[T interface{ ~[]E }, E any](x T) { x }", "func f[T interface{ ~[]E }, E any](x T) {   }"},
		{"brace in string", "func f() { g(\"}\") }\nvar x = 1", "func f() {        }\nvar x = 1"},
		{"brace in rune", "func f() { g('}', '\\'') }\nvar x = 1", "func f() {              }\nvar x = 1"},
		{"brace in raw string", "func f() { g(`}\n{`) }\nvar x = 1", "func f() {     \n    }\nvar x = 1"},
		{"brace in comment", "func f() { // }\n/* } */ }\nvar x = 1", "func f() {     \n        }\nvar x = 1"},
		{"no body", "func f()\nvar x = struct{ a int }{1}", "func f()\nvar x = struct{ a int }{1}"},
		{"function literal", "var f = func() { g() }", "var f = func() { g() }"},
		{"function literal on its own line", "var f =\nfunc() { g() }", "var f =\nfunc() { g() }"},
		{"function type", "type F func() struct{ x int }", "type F func() struct{ x int }"},
		{"name with func in it", "functional := x", "functional := x"},
		{"func in a comment", "/*\nfunc f() { g() }\n*/", "/*\nfunc f() { g() }\n*/"},
		{"func in a raw string", "var s = `\nfunc f() { g() }\n`", "var s = `\nfunc f() { g() }\n`"},
		{"unterminated", "func f() { g() ", "func f() { g() "},
		{"comment before the body", "func f() /* { */ { x }", "func f() /* { */ {   }"},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := []byte(test.src)
			blankBodies(src)
			if string(src) != test.want {
				t.Errorf("got  %q\nwant %q", src, test.want)
			}
		})
	}
}

// All files of the standard library have the same declarations at the same places with
// blank bodies, and no function has a statement left.
func TestBlankBodiesOfStandardLibrary(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the standard library")
	}
	n := 0
	err := filepath.WalkDir(filepath.Join(build.Default.GOROOT, "src"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "testdata" {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		before, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			return nil
		}
		blankBodies(src)
		after, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return nil
		}
		if !slices.Equal(declarations(before, false), declarations(after, true)) {
			t.Errorf("%s: other declarations", name)
		}
		n++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(n, "files")
}

// declarations returns the places of all declarations and of what is in them, function
// bodies left out; with a mark where a body is not empty and should be.
func declarations(f *ast.File, blank bool) []int {
	var list []int
	base := int(f.FileStart)
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			if blank && len(fn.Body.List) > 0 {
				list = append(list, -1)
			}
			fn.Body.List = nil
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if n != nil {
				list = append(list, int(n.Pos())-base, int(n.End())-base)
			}
			return true
		})
	}
	return list
}
