package rewrite

import (
	"bytes"
	"errors"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dave/dst"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

func gofmted(src []byte) bool {
	_, text := cutMark(src)
	if wholly(src, "\r\n") {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	}
	out, err := format.Source(text)
	return err == nil && bytes.Equal(out, text)
}

// trees are what the properties are tested over: the standard library, x/tools and this module.
func trees(t *testing.T) []string {
	t.Helper()
	var roots []string
	for _, args := range [][]string{{"env", "GOROOT"}, {"list", "-m", "-f", "{{.Dir}}", "golang.org/x/tools"}} {
		out, err := exec.Command("go", args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, strings.TrimSpace(string(out)))
	}
	return []string{filepath.Join(roots[0], "src"), filepath.Join(roots[0], "test"), roots[1], filepath.Join("..", "..")}
}

// sampled is how many files there are to one that is looked at. WHOLE_TREES=1 in the environment looks at all.
const sampled = 64

// eachFile calls fn with the files of trees that parse: those that something is odd about, and a sample of the
// others.
func eachFile(t *testing.T, fn func(path string, src []byte)) {
	eachOf(t, trees(t), sampled, fn)
}

// eachOf calls fn with the odd files of some trees, and with one of so many others.
func eachOf(t *testing.T, roots []string, sampled int, fn func(path string, src []byte)) {
	whole := os.Getenv("WHOLE_TREES") != ""
	n := 0
	for _, root := range roots {
		all := 0
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // GOROOT/test does not come with every distribution
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if all++; !whole && all%sampled != 0 && !(odd(src) && len(src) < 64<<10) {
				return nil
			}
			if _, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution); err == nil {
				n++
				fn(path, src)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d files", n)
}

// odd reports whether a file has what few have: line ends, marks, directives.
func odd(src []byte) bool {
	for _, text := range []string{"\r", "\ufeff", "\n//line ", "/*line ", "import \"C\""} {
		if bytes.Contains(src, []byte(text)) {
			return true
		}
	}
	return len(src) > 0 && src[len(src)-1] != '\n'
}

func untyped(t *testing.T, path string, src []byte) *load.Package {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return &load.Package{
		Path: "p", Fset: fset, Files: []string{path}, Syntax: []*ast.File{syntax},
		Source: map[string][]byte{path: src},
	}
}

func TestEmptySetChangesNothing(t *testing.T) {
	eachFile(t, func(path string, src []byte) {
		out, err := Files([]*load.Package{untyped(t, path, src)}, change.NewSet())
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %d files changed, error %v", path, len(out), err)
		}
	})
}

// unchanged sends every declaration through decorate, print and merge and returns the file.
func unchanged(t *testing.T, path string, src []byte, viaBase bool) []byte {
	pkg := untyped(t, path, src)
	f := &file{path: path, pkg: pkg, orig: pkg.Syntax[0], src: src, set: change.NewSet()}
	if err := f.parse(); err != nil {
		t.Fatal(err)
	}
	if err := f.decorate(); err != nil {
		t.Fatal(err)
	}
	out := bytes.Clone(src)
	for i := len(f.orig.Decls) - 1; i >= 0; i-- {
		d := f.orig.Decls[i]
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		start, end := f.region(f.syntax.Decls[i])
		tree := f.dst(d).(dst.Decl)
		trim(tree, docLen(f.norm[d].(ast.Decl)))
		printed, err := printDecls(tree)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		old := src[start:end]
		base := printed
		if !viaBase {
			base = old // as if the print itself were the change
		}
		out = replaceBytes(out, start, end, merge(base, printed, old, eol(src)))
	}
	return out
}

func TestForcedRewriteKeepsBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("decorates two trees")
	}
	eachFile(t, func(path string, src []byte) {
		if out := unchanged(t, path, src, true); !bytes.Equal(out, src) {
			t.Errorf("%s changes when nothing is changed:\n%s", path, firstDifference(src, out))
		}
	})
}

// TestPrintIsFaithful is the harder half of the above: the print of a declaration alone
// equals its bytes in a file that is gofmt-ed, but for the alignment of one-line functions
// with their neighbours, which finish restores. Files with CRLF are left to the test above: gofmt itself
// makes LF of it, so there is nothing to compare with here.
func TestPrintIsFaithful(t *testing.T) {
	if testing.Short() {
		t.Skip("decorates two trees")
	}
	eachFile(t, func(path string, src []byte) {
		if !gofmted(src) || bytes.Contains(src, []byte("\n//line ")) || bytes.Contains(src, []byte("\r\n")) {
			return
		}
		out, err := format.Source(unchanged(t, path, src, false))
		if err != nil || !bytes.Equal(out, src) {
			t.Errorf("%s is printed differently:\n%s", path, firstDifference(src, out))
		}
	})
}

func TestForcedRewriteOfOddFormatting(t *testing.T) {
	for name, src := range map[string]string{
		"crlf":       "package p\r\n\r\n// F is.\r\nfunc F() {\r\n\tx := `a\r\nb`\r\n\r\n\t_ = x // c\r\n}\r\n",
		"bom":        "\ufeffpackage p\n\nfunc F() {}\n",
		"no newline": "package p\n\nfunc F() {\n\tx()\n}",
		"spaces":     "package p\n\nfunc F( ) {\n    if x {y()}\n\n\n    z() ;  \n}\n",
		"one line":   "package p; func F() {}; var x, y = 1,2 // c\n",
		"line":       "package p\n\nfunc F() {\n//line a.y:10\n\tx()\n\n//line a.y:30\n\ty()\n}\n",
		"blanks":     "package p\n\nfunc F() {\n\tx()   \n \t \n\ty()\n}\n",
		"parens":     "package p\n\nfunc F() {\n\tif (x) {\n\t}\n\tfor ; ; {\n\t}\n}\n",
		"trailing":   "package p\n\nvar x = 1 // a\n// b\n\n/* c */ var y = 2 /* d */ // e\n",
	} {
		t.Run(name, func(t *testing.T) {
			if out := unchanged(t, "a.go", []byte(src), true); string(out) != src {
				t.Errorf("got %q\nwant %q", out, src)
			}
		})
	}
}

func firstDifference(a, b []byte) string {
	as, bs := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range as {
		if i >= len(bs) || !bytes.Equal(as[i], bs[i]) {
			hi := func(s [][]byte) []byte { return bytes.Join(s[i:min(i+4, len(s))], []byte("\n")) }
			return "- " + string(hi(as)) + "\n+ " + string(hi(bs))
		}
	}
	return ""
}
