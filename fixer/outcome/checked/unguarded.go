package checked

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/syntax"
)

// unguarded reports whether g uses a pointer or an interface value that a call returned although the call may have failed:
//
//	answer, err := fetch()
//	if err != nil {
//		log.Print(err)
//	}
//	use(answer.AccessToken)
//
// With an error for a refusal it would be nil there, and the program would crash.
func (s *search) unguarded(g *syntax.Func, call *ast.CallExpr) bool {
	f := g.File
	var failure types.Object
	lhs, _ := syntax.Assigned(f.StmtOf(call))
	for _, l := range lhs {
		if obj := f.Denoted(l); obj != nil && syntax.IsError(obj.Type()) {
			failure = obj
		}
	}
	results, _ := s.results(f, call)
	for _, obj := range results {
		switch syntax.Under(obj.Type()).(type) {
		case *types.Pointer, *types.Interface:
		default:
			continue
		}
		if !syntax.IsLocal(obj) {
			if !s.handled(g, call, failure, nil) {
				return true // others may use it
			}
			continue
		}
		for _, id := range s.ix.Uses[obj] {
			if id.Pos() > call.End() && id.Pos() < g.Node.End() && f.Assigned(id) == nil && !s.handled(g, call, failure, id) {
				return true
			}
		}
	}
	return false
}

// handled reports whether the failure of a call is dealt with before a use, or at it. Without a use it is asked for the end of g.
func (s *search) handled(g *syntax.Func, call *ast.CallExpr, failure types.Object, use *ast.Ident) bool {
	if failure == nil {
		return false
	}
	f := g.File
	end := g.Node.End()
	if use != nil {
		end = use.Pos()
		for n := ast.Node(use); n != g.Node; n = f.Parent[n] {
			switch p := f.Parent[n].(type) {
			case *ast.IfStmt:
				if n != p.Cond && n != p.Init && f.Mentions(p.Cond, failure) {
					return true
				}
			case *ast.SwitchStmt:
				if f.Mentions(p, failure) {
					return true
				}
			case *ast.ReturnStmt:
				if f.Mentions(p, failure) {
					return true // the caller gets both
				}
			}
		}
	}
	found := false
	ast.Inspect(g.Body, func(n ast.Node) bool {
		if n == nil || found || n.Pos() >= end || n.End() <= call.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.IfStmt:
			found = n.End() <= end && f.Mentions(n.Cond, failure) && leaves(f, n.Body) && (use == nil || s.ix.Within(use, f.Parent[n]))
		case *ast.ReturnStmt:
			found = use == nil && (f.Mentions(n, failure) || len(n.Results) == 0 && isResult(g, failure))
		}
		return !found
	})
	return found
}

// leaves reports whether the end of a block is not reached.
func leaves(f *syntax.File, b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch last := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return last.Tok != token.FALLTHROUGH
	case *ast.ExprStmt:
		c, ok := ast.Unparen(last.X).(*ast.CallExpr)
		return ok && (f.Builtin(c) == "panic" || library.Ends(f.Callee(c)))
	}
	return false
}

// isResult reports whether a variable is a named result of a function.
func isResult(g *syntax.Func, obj types.Object) bool {
	return g.Type.Results != nil && obj.Pos() >= g.Type.Results.Pos() && obj.Pos() < g.Type.Results.End()
}
