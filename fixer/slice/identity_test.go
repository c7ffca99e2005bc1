package slice

import (
	"fmt"
	"go/ast"
	"sort"
	"testing"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
)

// A core change that puts a statement in its own place leaves everything as it is.
func TestIdentity(t *testing.T) {
	deps := readDeps(t)
	for name, src := range inputs(t) {
		t.Run(name, func(t *testing.T) { identity(t, src, deps) })
	}
}

func identity(t *testing.T, src map[string][]byte, deps map[string][]*ast.File) {
	m := newModule(t, src, deps)
	set := change.NewSet()
	for _, pkg := range m.pkgs {
		for _, f := range pkg.Syntax {
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.ExprStmt); ok && set.Empty() {
					pos, end := m.fset.Position(s.Pos()), m.fset.Position(s.End())
					set.Replace[s] = change.Text{Src: string(pkg.Source[pos.Filename][pos.Offset:end.Offset])}
				}
				return true
			})
		}
	}
	rep, err := Extend(syntax.NewIndex(m.pkgs), set, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for n, why := range set.Remove {
		got = append(got, fmt.Sprintf("%s: %T removed: %s", m.fset.Position(n.Pos()), n, why))
	}
	for n, text := range set.Replace {
		if len(set.Replace) > 1 {
			got = append(got, fmt.Sprintf("%s: %T replaced by %s", m.fset.Position(n.Pos()), n, text.Src))
		}
	}
	for n, text := range set.Before {
		got = append(got, fmt.Sprintf("%s: %T gets %s in front", m.fset.Position(n.Pos()), n, text.Src))
	}
	for n, text := range set.Deprecated {
		got = append(got, fmt.Sprintf("%s: %T deprecated: %s", m.fset.Position(n.Pos()), n, text))
	}
	got = append(got, reportText(rep))
	sort.Strings(got)
	for _, g := range got {
		if g != "" {
			t.Error(g)
		}
	}
}
