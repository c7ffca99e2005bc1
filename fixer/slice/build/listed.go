package build

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// says adds a need for a listed name, if the expression is one.
func (w *Walker) says(e ast.Expr, conds []graph.Key) {
	p := w.b.p
	if len(p.Listed) == 0 {
		return
	}
	name := w.File().ConstString(e)
	if !p.Listed[name] {
		return
	}
	switch up := p.Parent[e].(type) {
	case *ast.CaseClause:
		return
	case *ast.KeyValueExpr:
		if up.Key == e {
			return // a store is no lookup
		}
	case *ast.IndexExpr:
		if w.File().Assigned(up) != nil {
			return
		}
	case *ast.ValueSpec:
		if gd, ok := p.Parent[up].(*ast.GenDecl); ok && gd.Tok == token.CONST {
			return // its uses mention it
		}
	case *ast.BinaryExpr:
		if up.Op == token.EQL || up.Op == token.NEQ {
			return
		}
	}
	w.need(graph.Need{Key: program.NameKey(name)}, conds)
}

// gathers reports whether a loop over a parameter only reads what its elements name into a map, which all callers
// take out of one by one, by constant names: other entries need not be read.
func gathers(g *graph.Graph, s *ast.RangeStmt) bool {
	x := g.Enclosing(s)
	if x == nil || x.Obj == nil || x.NumResults == 0 || g.Prog.Api(x.Obj) || s.Tok != token.DEFINE || !isQuiet(g, x, 3) {
		return false
	}
	p, f := g.Prog, x.File
	id, ok := s.Value.(*ast.Ident)
	if !ok {
		return false
	}
	key := f.Object(id)
	var into types.Object
	for _, st := range s.Body.List {
		as, ok := st.(*ast.AssignStmt)
		if !ok || as.Tok != token.ASSIGN || len(as.Lhs) != 1 {
			continue
		}
		ix, ok := as.Lhs[0].(*ast.IndexExpr)
		if k, isIdent := program.IndexOf(ix, ok); isIdent && f.Object(k) == key {
			into = f.Object(rootIdent(ix.X))
		}
	}
	if into == nil || !syntax.IsLocal(into) {
		return false
	}
	returned := false
	for _, use := range p.Uses[into] {
		switch up := p.Parent[use].(type) {
		case *ast.ReturnStmt:
			if slices.Index(up.Results, ast.Expr(use)) != 0 {
				return false
			}
			returned = true
		case *ast.IndexExpr:
			if up.X != ast.Expr(use) || f.Assigned(up) == nil {
				return false
			}
		default:
			return false
		}
	}
	return returned && len(p.Uses[x.Obj]) > 0 && g.TakenByName(x)
}

// isQuiet reports whether a function does nothing that others see but write log lines.
func isQuiet(g *graph.Graph, x *graph.Func, depth int) bool {
	quiet := depth > 0 && !g.ChangedBy(x.Node)
	w := NewWalker(g, x, &graph.Atom{Func: x})
	ast.Inspect(x.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if fns := w.callees(n); len(fns) > 0 {
				for _, y := range fns {
					quiet = quiet && isQuiet(g, y, depth-1)
				}
				return quiet
			}
			switch c, _ := g.Prog.Classify(x.File, n); c {
			case program.Pure, program.Log, program.Closes:
			default:
				quiet = false
			}
		case *ast.SendStmt, *ast.GoStmt:
			quiet = false
		case *ast.AssignStmt, *ast.IncDecStmt, *ast.RangeStmt:
			for _, l := range syntax.Targets(n) {
				if root := syntax.Root(l); root == nil || root.Name != "_" && !syntax.IsLocal(x.File.Object(root)) {
					quiet = false
				}
				switch ast.Unparen(l).(type) {
				case *ast.StarExpr, *ast.SelectorExpr:
					quiet = false
				}
			}
		}
		return quiet
	})
	return quiet
}
