package build

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// A builder makes the atoms of one function.
type builder struct {
	g       *graph.Graph
	p       *program.Program
	f       *graph.Func
	targets []ast.Stmt // enclosing statements that break and continue may refer to
	labels  map[string]ast.Stmt
	gone    bool // inside of a node that the core change removes
}

// A Walker collects what one atom needs, calls and writes.
type Walker struct {
	b         *builder
	a         *graph.Atom
	statement bool // the expression is a statement, so its result is not needed
	multi     bool // the results of the call are needed one by one
}

// maxConds bounds the conditions of one need. Nested calls have one more at each level, so without a limit the graph
// grows with the square of the depth. A need without its innermost conditions is live too early, so more code stays.
const maxConds = 64

func (b *builder) add(k graph.Kind, n ast.Node, i int, s ast.Stmt, c *graph.Control) *graph.Atom {
	a := &graph.Atom{Key: graph.AtomKey{Node: n, Index: i}, Kind: k, Func: b.f, Node: n, Stmt: s, Control: c, Removed: b.gone}
	b.g.Atoms[a.Key] = a
	b.f.Atoms = append(b.f.Atoms, a)
	return a
}

func (b *builder) walk(a *graph.Atom) *Walker { return &Walker{b: b, a: a} }

// removes reports whether the core change removes n.
func (b *builder) removes(n ast.Node) bool {
	if b.g.Set == nil || n == nil {
		return false
	}
	_, ok := b.g.Set.Remove[n]
	return ok
}

// replaces reports whether a text replaces n.
func (b *builder) replaces(n ast.Node) bool {
	if b.g.Set == nil {
		return false
	}
	_, ok := b.g.Set.Replace[n]
	return ok
}

func (w *Walker) put(t graph.Target) {
	for _, o := range w.a.Targets {
		if o.How == t.How && o.Var == t.Var && o.Ident == t.Ident {
			return
		}
	}
	w.a.Targets = append(w.a.Targets, t)
	if t.How == graph.Outside && !w.a.Removed {
		w.a.Strong = true
	}
}

func (w *Walker) isParam(obj types.Object) bool {
	for f := w.b.f; f != nil; f = f.Outer {
		if f.IsParam(obj) {
			return true
		}
	}
	return false
}

func (w *Walker) File() *syntax.File { return w.b.f.File }

func (w *Walker) need(n graph.Need, conds []graph.Key) {
	if w.a.Removed {
		return
	}
	n.Conds = append(n.Conds, conds...)
	w.a.Needs = append(w.a.Needs, n)
}

// object needs the object of an identifier. A name in a text has no identifier.
func (w *Walker) object(id *ast.Ident, obj types.Object, conds []graph.Key, base bool) {
	var at ast.Node // a nil *ast.Ident in it would not be nil
	if id != nil {
		at = id
	}
	switch o := obj.(type) {
	case nil, *types.PkgName, *types.Builtin, *types.Nil:
		return
	case *types.Var:
		if syntax.IsLocal(o) {
			w.need(graph.Need{Var: o, Key: o, At: at, Base: base}, conds)
			return
		}
	}
	if w.b.p.Own(obj) {
		w.need(graph.Need{Key: obj, At: at, Base: base}, conds)
		if fn, ok := obj.(*types.Func); ok {
			if f := w.b.g.ByObj[fn]; f != nil {
				f.Refs = append(f.Refs, w.a)
			}
		}
	}
}

// DropsParam reports whether parameter i may be removed: it had a use before.
func DropsParam(g *graph.Graph, f *graph.Func, i int) bool {
	return i < len(f.Params) && len(g.Prog.Uses[f.Params[i]]) > 0
}

// NewWalker returns a walker for an atom of f outside of the building of f.
func NewWalker(g *graph.Graph, f *graph.Func, a *graph.Atom) *Walker {
	return &Walker{b: &builder{g: g, p: g.Prog, f: f}, a: a}
}

// OnlyValue returns the index of the only result that is not an error, -1 if there are none or several.
func OnlyValue(results []*types.Var) int {
	at := -1
	for i, v := range results {
		if syntax.IsError(v.Type()) {
			continue
		}
		if at >= 0 {
			return -1
		}
		at = i
	}
	return at
}

func IsBool(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

// rootIdent returns the identifier at the beginning of a selection, an empty one if there is none.
func rootIdent(e ast.Expr) *ast.Ident {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		default:
			return &ast.Ident{}
		}
	}
}

// children returns the direct subexpressions of e.
func children(e ast.Node) []ast.Expr {
	var out []ast.Expr
	ast.Inspect(e, func(n ast.Node) bool {
		if n == e {
			return true
		}
		if x, ok := n.(ast.Expr); ok {
			out = append(out, x)
			return false
		}
		return n != nil
	})
	return out
}

func with(conds []graph.Key, k graph.Key) []graph.Key {
	if len(conds) >= maxConds || slices.Contains(conds, k) {
		return conds
	}
	return append(append([]graph.Key{}, conds...), k)
}
