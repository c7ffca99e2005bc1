package slice

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/syntax"
)

// Whatever statement a core change takes out, the result type-checks or something is blocked.
func TestEveryStatement(t *testing.T) {
	deps := readDeps(t)
	i := 0
	for name, src := range inputs(t) {
		if i++; testing.Short() && i%8 != 0 {
			continue
		}
		t.Run(name, func(t *testing.T) { everyStatement(t, src, deps) })
	}
}

// inputs returns the modules of testdata without their markers.
func inputs(t *testing.T) map[string]map[string][]byte {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string][]byte{}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		if name == "deps" {
			continue
		}
		ar, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		src := map[string][]byte{}
		for _, f := range ar.Files {
			if f.Name == "report" || strings.HasPrefix(f.Name, "want/") {
				continue
			}
			lines := strings.Split(string(f.Data), "\n")
			for i, l := range lines {
				lines[i] = marker.ReplaceAllString(l, "")
			}
			src[f.Name] = []byte(strings.Join(lines, "\n"))
		}
		out[name] = src
	}
	return out
}

func everyStatement(t *testing.T, src map[string][]byte, deps map[string][]*ast.File) {
	for i := 0; ; i += 3 { // a sample: together the modules have all shapes
		m := newModule(t, src, deps)
		set := change.NewSet()
		what, ok := removeNth(m, set, i)
		if !ok {
			return
		}
		if msg := applies(m, set, deps); msg != "" {
			t.Errorf("without %s:\n%s", what, msg)
		}
	}
}

// removeNth removes the n-th statement that stands in a block.
func removeNth(m *testModule, set *change.Set, n int) (what string, ok bool) {
	for _, pkg := range m.pkgs {
		for _, f := range pkg.Syntax {
			ast.Inspect(f, func(x ast.Node) bool {
				var list []ast.Stmt
				switch x := x.(type) {
				case *ast.BlockStmt:
					list = x.List
				case *ast.CaseClause:
					list = x.Body
				}
				for _, s := range list {
					switch s.(type) {
					case *ast.AssignStmt, *ast.ExprStmt, *ast.IfStmt, *ast.DeferStmt, *ast.RangeStmt, *ast.ForStmt:
					default:
						continue
					}
					if n == 0 && !ok {
						pos := m.fset.Position(s.Pos())
						set.Remove[s] = "core"
						what, ok = fmt.Sprintf("%s:%d", pos.Filename, pos.Line), true
					}
					n--
				}
				return !ok
			})
		}
	}
	return what, ok
}

// applies extends and applies a set, and returns what is wrong with the result.
func applies(m *testModule, set *change.Set, deps map[string][]*ast.File) string {
	rep, err := Extend(syntax.NewIndex(m.pkgs), set, Options{})
	if err != nil {
		return err.Error()
	}
	if len(rep.Blocked) > 0 {
		return ""
	}
	out, err := rewrite.Files(m.pkgs, set)
	if err != nil {
		return "rewrite: " + err.Error()
	}
	after := map[string][]byte{}
	for n, s := range m.src {
		after[n] = s
	}
	for n := range set.Remove {
		if f, ok := n.(*ast.File); ok {
			delete(after, strings.TrimPrefix(m.fset.Position(f.Package).Filename, "/m/"))
		}
	}
	for n, s := range out {
		n = strings.TrimPrefix(n, "/m/")
		if after[n] != nil && len(bytes.TrimSpace(s)) > 0 {
			after[n] = s
		} else {
			delete(after, n)
		}
	}
	if _, err := typeCheck(token.NewFileSet(), after, deps); err != nil {
		var b strings.Builder
		fmt.Fprintf(&b, "%v\n", err)
		for n, s := range after {
			if !bytes.Equal(s, m.src[n]) {
				fmt.Fprintf(&b, "-- %s --\n%s", n, s)
			}
		}
		return b.String()
	}
	return ""
}
