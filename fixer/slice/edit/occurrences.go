package edit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"sort"

	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// An occurrence is one place where a local variable remains in the source.
type occurrence struct {
	id    *ast.Ident
	at    ast.Node // the identifier, or the statement whose text names the variable
	write bool
}

// occurrences returns the remaining places of every local variable of a function, in order of position. Texts
// count by name.
func (e *Editor) occurrences(f *syntax.File, fd *ast.FuncDecl) map[types.Object][]occurrence {
	out := map[types.Object][]occurrence{}
	add := func(n ast.Node) {
		ast.Inspect(n, func(m ast.Node) bool {
			id, ok := m.(*ast.Ident)
			if !ok {
				return true
			}
			obj := f.Object(id)
			if obj == nil || id.Name == "_" || !syntax.IsLocal(obj) || !e.stands(id) {
				return true
			}
			if _, decl := e.prog.Parent[id].(*ast.Field); decl {
				return true
			}
			out[obj] = append(out[obj], occurrence{id: id, at: id, write: e.writes(id)})
			return true
		})
	}
	add(fd)
	text := func(n ast.Node, sn *program.Snippet) {
		for _, v := range sn.Reads {
			out[v] = append(out[v], occurrence{at: n})
		}
		for _, w := range sn.Writes {
			out[w.Var] = append(out[w.Var], occurrence{at: n, write: true})
		}
	}
	ast.Inspect(fd, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		if s, ok := n.(ast.Stmt); ok {
			if _, ok := e.prog.Set.Before[s]; ok && !e.inGone(s) {
				text(n, e.prog.Fronts[s])
			}
		}
		if e.gone(n) {
			return false
		}
		if _, ok := e.prog.Set.Replace[n]; ok {
			text(n, e.prog.Texts[n])
		}
		return true
	})
	for _, list := range out {
		sort.SliceStable(list, func(i, j int) bool { return list[i].at.Pos() < list[j].at.Pos() })
	}
	return out
}

// writes reports whether an identifier is a plain target or a declaration, which the compiler does not count as
// a use.
func (e *Editor) writes(id *ast.Ident) bool {
	switch x := e.prog.Parent[id].(type) {
	case *ast.AssignStmt:
		return (x.Tok == token.ASSIGN || x.Tok == token.DEFINE) && slices.Contains(x.Lhs, ast.Expr(id))
	case *ast.ValueSpec:
		return slices.Contains(x.Names, id)
	case *ast.RangeStmt:
		return x.Key == id || x.Value == id
	}
	return false
}
