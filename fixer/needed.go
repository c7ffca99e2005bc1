package fixer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/syntax"
)

// needed describes the code that still uses the assertion of a flow whose key stays: a log line, a field, a second request. It is "" if there
// is none nearby. The parse of the key stays, too, but does not explain the reason.
func (t *attempt) needed(pl *plan.Plan, set *change.Set) string {
	u := &users{ix: t.indexOf(pl), pl: pl, set: set, seen: map[ast.Node]bool{}}
	spans := []flow.Span{pl.Flow.Assertion}
	for _, s := range pl.Flow.Steps {
		if s.Role == flow.Sign {
			spans = append(spans, s.Span)
		}
	}
	for _, s := range spans {
		if f, n := u.ix.Node(s); n != nil {
			if id, ok := n.(*ast.Ident); ok {
				u.object(f.Object(id))
			} else if e, ok := n.(ast.Expr); ok {
				u.value(f, e)
			}
		}
	}
	if u.place == nil {
		return ""
	}
	return fmt.Sprintf("; %s uses the assertion: %s", u.file.Place(u.place), syntax.Line(u.file.Text(u.place)))
}

// A users follows a value to the first statement that stays and uses it.
type users struct {
	ix   *syntax.Index
	pl   *plan.Plan
	set  *change.Set
	seen map[ast.Node]bool

	file  *syntax.File
	place ast.Node
}

// object follows the uses of a variable, a parameter or a function.
func (u *users) object(obj types.Object) {
	for _, id := range u.ix.Uses[obj] {
		f := u.ix.FileOf(id)
		var e ast.Expr = id
		if _, ok := obj.(*types.Func); ok {
			if sel, ok := f.Parent[id].(*ast.SelectorExpr); ok {
				e = sel
			}
			call, ok := f.Parent[e].(*ast.CallExpr)
			if !ok || call.Fun != e {
				continue
			}
			e = call
		}
		u.value(f, e)
	}
}

func (u *users) value(f *syntax.File, e ast.Expr) {
	if u.place != nil || u.seen[e] || strings.HasSuffix(f.Path, "_test.go") || u.pl.Gone(u.set, f.Span(e)) {
		return
	}
	u.seen[e] = true
	switch up := f.Parent[e].(type) {
	case *ast.ParenExpr:
		u.value(f, up)
	case *ast.AssignStmt:
		for i, l := range up.Lhs {
			id, ok := l.(*ast.Ident)
			switch own := i < len(up.Rhs) && up.Rhs[i] == e; {
			case l == e:
				return
			case len(up.Rhs) == len(up.Lhs) && !own, len(up.Rhs) == 1 && i > 0:
				continue
			case ok && id.Name == "_":
			case ok && f.Object(id) != nil && f.Object(id).Parent() != f.Pkg.Types.Scope():
				u.object(f.Object(id))
			default:
				u.file, u.place = f, up
			}
		}
	case *ast.ValueSpec:
		for _, id := range up.Names {
			u.object(f.Object(id))
		}
	case *ast.ReturnStmt:
		if d := u.ix.Enclosing(f, up); d != nil && d.Obj != nil {
			u.object(d.Obj)
		}
	case *ast.CallExpr:
		d := u.ix.Target(f, up)
		if d == nil {
			u.uses(f, up)
			return
		}
		params := d.Params()
		for i, a := range up.Args {
			if a == e && i < len(params) {
				u.object(d.File.Object(params[i]))
			}
		}
	case *ast.BinaryExpr:
		if up.Op == token.ADD {
			u.value(f, up)
		}
	case *ast.ExprStmt:
	default:
		u.uses(f, up)
	}
}

// uses records the statement of a node. The statement that stores the assertion in the form does not count: it stays because the key stays.
func (u *users) uses(f *syntax.File, n ast.Node) {
	s := f.Stmt(n)
	if s == nil || u.pl.Gone(u.set, f.Span(s)) {
		return
	}
	at, own := f.Span(s), u.pl.Flow.Assertion
	if at.File == own.File && at.Offset <= own.Offset && own.End <= at.End {
		return
	}
	u.file, u.place = f, s
}
