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
	"strconv"
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
		{"no body", "func f()\nvar x = struct{ a int }{1}", "func f()\nvar x = struct{ a int }{ }"},
		{"function literal", "var f = func() { g() }", "var f = func() {     }"},
		{"function literal on its own line", "var f =\nfunc() { g() }", "var f =\nfunc() {     }"},
		{"function type", "type F func() struct{ x int }", "type F func() struct{ x int }"},
		{"struct literal", "var x = T{a: U{1}, b: \"}\"}", "var x = T{               }"},
		{"map of structs", "var x = map[K]struct{ a int }{\n\tk: {1},\n}", "var x = map[K]struct{ a int }{\n        \n}"},
		{"map of interfaces", "var x = map[K]interface{}{k: 1}", "var x = map[K]interface{}{    }"},
		{"array of so many", "var x = [3]int{1, 2, 3}", "var x = [3]int{       }"},
		{"array that is counted", "var x = [...]T{{1}, U{2}, f(a, b),}\nvar y = T{1}", "var x = [  3]T{                   }\nvar y = T{ }"},
		{"array of nothing", "var x = [...]T{ /* 1, */ }", "var x = [  0]T{          }"},
		{"array with keys", "var x = [...]T{{1}, 5: U{2}, f{}}\nvar y = T{1}", "var x = [...]T{{ }, 5: U{ }, f{}}\nvar y = T{ }"},
		{"array of structs that is counted", "var x = [...]struct{ a int }{{1}, {a: 2}}", "var x = [  2]struct{ a int }{           }"},
		{"long array", "var x = [...]T{\n" + strings.Repeat("{},\n", 1234) + "}\nvar y int", "var x = [1234]T{\n" + strings.Repeat("   \n", 1233) + "  \n}\nvar y int"},
		{"call", "var x, y = f(T{1}), []U{{2}}[0].a", "var x, y = f(T{ }), []U{   }[0].a"},
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
// blank bodies, no function has a statement left, and no literal an element whose number does not count.
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

// declarations returns the positions of all declarations and their parts, except bodies of functions and
// elements of literals, with a mark if some of these are left. For an array literal it has the number of
// elements instead.
func declarations(f *ast.File, blank bool) []int {
	var list []int
	base := int(f.FileStart)
	for _, d := range f.Decls {
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt:
				if blank && len(n.List) > 0 {
					list = append(list, -1)
				}
				n.List = nil
			case *ast.CompositeLit:
				keyed := slices.ContainsFunc(n.Elts, func(e ast.Expr) bool { _, ok := e.(*ast.KeyValueExpr); return ok })
				if t, ok := n.Type.(*ast.ArrayType); ok && t.Len != nil {
					_, uncounted := t.Len.(*ast.Ellipsis)
					if uncounted && keyed {
						return false
					}
					length := len(n.Elts)
					if lit, ok := t.Len.(*ast.BasicLit); ok {
						number, _ := strconv.ParseInt(lit.Value, 0, 64)
						length = int(number)
					} else if !uncounted {
						length = 0 // some constant
					}
					list = append(list, int(n.Pos())-base, int(n.End())-base, length)
					if blank && len(n.Elts) > 0 {
						list = append(list, -1)
					}
					return false
				}
				if blank && len(n.Elts) > 0 {
					list = append(list, -1)
				}
				n.Elts = nil
			}
			if n != nil {
				list = append(list, int(n.Pos())-base, int(n.End())-base)
			}
			return true
		})
	}
	return list
}
