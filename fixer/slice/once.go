package slice

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/cfg"
)

// runOnce takes the way past a loop out of a control-flow graph where the loop certainly runs: for i := 0; i < 3; i++, or a
// range over a number. What its body assigns for certain then ends the definitions in front of it. Retry loops are of that kind.
func runOnce(info *types.Info, graph *cfg.CFG) {
	for _, loop := range graph.Blocks {
		if loop.Kind != cfg.KindForLoop && loop.Kind != cfg.KindRangeLoop || len(loop.Succs) != 2 {
			continue
		}
		var enters func(*cfg.Block) bool
		switch s := loop.Stmt.(type) {
		case *ast.ForStmt:
			if s.Post == nil || !startsTrue(info, s) {
				continue
			}
			enters = func(b *cfg.Block) bool { return b.Kind != cfg.KindForPost || b.Stmt != loop.Stmt }
		case *ast.RangeStmt:
			if !positive(info, s.X) {
				continue
			}
			enters = func(b *cfg.Block) bool { return slices.Contains(b.Nodes, ast.Node(s.X)) }
		}
		for _, b := range graph.Blocks {
			if !enters(b) {
				continue
			}
			for i, to := range b.Succs {
				if to == loop {
					b.Succs[i] = loop.Succs[0]
				}
			}
		}
	}
}

// startsTrue reports whether the condition of a loop holds at its beginning: i := constant; i op constant.
func startsTrue(info *types.Info, s *ast.ForStmt) bool {
	init, ok := s.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE || len(init.Lhs) != 1 || len(init.Rhs) != 1 {
		return false
	}
	cond, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	switch cond.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.NEQ:
	default:
		return false
	}
	v, isVar := init.Lhs[0].(*ast.Ident)
	x, isIdent := ast.Unparen(cond.X).(*ast.Ident)
	if !isVar || !isIdent || info.Defs[v] == nil || info.Uses[x] != info.Defs[v] {
		return false
	}
	from, to := info.Types[init.Rhs[0]].Value, info.Types[cond.Y].Value
	return from != nil && to != nil && from.Kind() == constant.Int && to.Kind() == constant.Int && constant.Compare(from, cond.Op, to)
}

// positive reports whether an expression is a constant number above zero.
func positive(info *types.Info, e ast.Expr) bool {
	v := info.Types[e].Value
	return v != nil && v.Kind() == constant.Int && constant.Sign(v) > 0
}
