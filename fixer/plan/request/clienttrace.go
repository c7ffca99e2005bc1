package request

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// A clientTrace follows a client to its constructor, and checks every use of the variables with the client.
type clientTrace struct {
	p    *find.Finder
	lc   *place.Library
	set  *change.Set
	seen map[types.Object]bool

	carried bool // it has settings of its own
	shared  bool // it sends other requests, too, and may have cookies
}

func (t *clientTrace) lost(f *syntax.File, n ast.Node) error {
	return reason.New(reason.NoClient, "the place that creates the client of %s was not found (%s)", t.lc.Lib.Name, f.Place(n))
}

func (t *clientTrace) expr(f *syntax.File, e ast.Expr, depth int) error {
	if depth == 0 {
		return t.lost(f, e)
	}
	e = ast.Unparen(e)
	switch e := e.(type) {
	case *ast.Ident:
		return t.variable(f, e, f.Object(e), depth)
	case *ast.SelectorExpr:
		return t.variable(f, e, f.Object(e.Sel), depth)
	case *ast.CallExpr:
		return t.call(f, e, depth)
	}
	return t.lost(f, e)
}

func (t *clientTrace) call(f *syntax.File, c *ast.CallExpr, depth int) error {
	lib := t.lc.Lib
	if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
		if r := f.TypeOf(sel.X); r != nil && r.String() == lib.Client {
			if err := t.method(f, c); err != nil {
				return err
			}
			return t.expr(f, sel.X, depth)
		}
	}
	fn := f.Callee(c)
	if fn == nil {
		return t.lost(f, c)
	}
	if slices.Contains(lib.Makes, fn.FullName()) {
		t.carried = t.carried || len(c.Args) > 0
		return nil
	}
	d := t.p.Index.Target(f, c)
	if d == nil {
		return t.lost(f, c)
	}
	found := false
	for _, r := range syntax.Returns(d.Body) {
		if len(r.Results) > 0 && !syntax.IsNil(r.Results[0]) {
			found = true
			if err := t.expr(d.File, r.Results[0], depth-1); err != nil {
				return err
			}
		}
	}
	if !found {
		return t.lost(f, c)
	}
	return nil
}

// method checks one method that is called on the client.
func (t *clientTrace) method(f *syntax.File, c *ast.CallExpr) error {
	lib := t.lc.Lib
	switch name := syntax.CalleeName(c); {
	case slices.Contains(lib.Requests, name), slices.Contains(lib.Gets, name):
	case slices.Contains(lib.Base, name):
		if t.lc.Base != nil && t.lc.Base != c.Args[0] {
			return t.lc.Unknown(f, c) // the effective one is unknown
		}
		t.lc.Base, t.lc.BaseIn = c.Args[0], f
	case slices.Contains(lib.Carried, name):
		t.carried = true
	case slices.Contains(lib.Headers, name):
		place.Header(f, c, t.set)
	case slices.Contains(lib.Zero, name) && len(c.Args) == 1 && isZero(f, c.Args[0]):
	default:
		return t.lc.Unknown(f, c)
	}
	return nil
}

func isZero(f *syntax.File, e ast.Expr) bool {
	v := f.Pkg.Info.Types[e].Value
	return v != nil && v.ExactString() == "0"
}

// variable checks all uses of a variable or a field with the client, and its values.
func (t *clientTrace) variable(f *syntax.File, e ast.Expr, obj types.Object, depth int) error {
	v, ok := obj.(*types.Var)
	if !ok {
		return t.lost(f, e)
	}
	if t.seen[v] {
		return nil
	}
	t.seen[v] = true
	requests := 0
	for _, use := range t.p.Index.Uses[v] {
		n, err := t.use(v, use, depth)
		if err != nil {
			return err
		}
		requests += n
	}
	t.shared = t.shared || requests > 1
	d := t.p.Index.Enclosing(f, e)
	if d != nil && d.Obj != nil {
		if i, ok := d.Param(v); ok {
			sites, all := t.p.Index.Callers(d.Obj)
			if !all || len(sites) == 0 {
				return t.lost(f, e)
			}
			for _, s := range sites {
				arg := syntax.Argument(s.Call, i)
				if arg == nil {
					return t.lost(f, e)
				}
				if err := t.expr(s.File, arg, depth-1); err != nil {
					return err
				}
			}
			return nil
		}
	}
	sources := t.p.Index.Sources(v)
	if len(sources) == 0 || v.Exported() && (v.IsField() || syntax.IsPackageLevel(v)) && !t.p.Index.PrivatePath(v.Pkg().Path()) {
		return t.lost(f, e)
	}
	for _, s := range sources {
		if err := t.expr(s.File, s.Expr, depth-1); err != nil {
			return err
		}
	}
	return nil
}

// use checks one use of a variable with the client, and counts the requests that begin there.
func (t *clientTrace) use(v *types.Var, use *ast.Ident, depth int) (requests int, err error) {
	g := t.p.Index.FileOf(use)
	n := g.Whole(use)
	switch s := g.Parent[n].(type) {
	case *ast.SelectorExpr:
		c, called := g.Parent[s].(*ast.CallExpr)
		if !called || c.Fun != ast.Expr(s) {
			return 0, t.lost(g, n)
		}
		for called { // and the calls after it in the chain
			if r := g.TypeOf(s.X); r == nil || r.String() != t.lc.Lib.Client {
				break
			}
			if err := t.method(g, c); err != nil {
				return 0, err
			}
			if slices.Contains(t.lc.Lib.Requests, s.Sel.Name) {
				requests++
			}
			if s, called = g.Parent[c].(*ast.SelectorExpr); called {
				c, called = g.Parent[s].(*ast.CallExpr)
			}
		}
	case *ast.AssignStmt:
		if slices.Contains(s.Lhs, n) {
			return 0, nil
		}
		if id := syntax.IdentOf(assignedTo(s, n)); id == nil {
			if sel, ok := assignedTo(s, n).(*ast.SelectorExpr); !ok || t.variable(g, sel, g.Object(sel.Sel), depth-1) != nil {
				return 0, t.lost(g, n)
			}
		} else if err := t.variable(g, id, g.Object(id), depth-1); err != nil {
			return 0, err
		}
	case *ast.KeyValueExpr:
		if s.Key == n {
			return 0, nil
		}
		if id := syntax.IdentOf(s.Key); id == nil || t.variable(g, id, g.Object(id), depth-1) != nil {
			return 0, t.lost(g, n)
		}
	case *ast.ReturnStmt:
		if v.IsField() || syntax.IsPackageLevel(v) {
			return 0, t.lost(g, n) // other code gets the same client, and may configure it
		}
	case *ast.BinaryExpr: // compared
	default:
		return 0, t.lost(g, n)
	}
	return requests, nil
}

// assignedTo returns the left side that gets the value of n.
func assignedTo(s *ast.AssignStmt, n ast.Expr) ast.Expr {
	if i := slices.Index(s.Rhs, n); i >= 0 && len(s.Lhs) == len(s.Rhs) {
		return s.Lhs[i]
	}
	return nil
}

// maxClient bounds the steps between an HTTP library's client and the call that makes it.
const maxClient = 6
