package slice

import (
	"go/ast"
	"go/types"
	"strings"
)

// An option is a function of the module that returns a function which sets values:
//
//	func WithKeyFile(name string) Option { return func(c *Client) error { c.keyFile = name; return nil } }
//
// If all of these values are dead, the option has no effect, and it is removed from lists of options.

// findOptions finds the options and their literals.
func (g *graph) findOptions() {
	g.optionOf, g.isOption = map[*fn]*fn{}, map[*fn]bool{}
	for _, f := range g.fns {
		d, ok := f.node.(*ast.FuncDecl)
		if !ok || f.nres != 1 || f.body == nil || f.dynamic {
			continue
		}
		for _, s := range d.Body.List {
			r, ok := s.(*ast.ReturnStmt)
			if !ok || len(r.Results) != 1 {
				continue
			}
			fs, known := g.functions(f.file, r.Results[0], nil)
			if known && len(fs) == 1 && fs[0] != nil && fs[0].outer == f {
				g.optionOf[fs[0]], g.isOption[f] = f, true
			}
		}
	}
}

// option returns the option that an expression calls for, nil if it is something else.
func (w *walker) option(e ast.Expr) *fn {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	fo := w.file().callee(c)
	if fo == nil {
		return nil
	}
	f := w.b.g.byObj[w.b.g.p.canon(w.file(), fo)]
	if !w.b.g.isOption[f] {
		return nil
	}
	return f
}

// variadicOption returns the option that argument i of a call is, where it is one of any number.
func (w *walker) variadicOption(c *ast.CallExpr, rec *call, i int) *fn {
	sig, ok := under(w.file().pkg.Info.TypeOf(c.Fun)).(*types.Signature)
	if rec.class != module || !ok || !sig.Variadic() || i < sig.Params().Len()-1 || c.Ellipsis.IsValid() {
		return nil
	}
	return w.option(c.Args[i])
}

// appends records that an atom only appends options to a list.
func (w *walker) appends(c *ast.CallExpr) {
	s, ok := w.b.p.parent[c].(*ast.AssignStmt)
	if !ok || w.file().builtin(c) != "append" || len(s.Rhs) != 1 || len(c.Args) < 2 || c.Ellipsis.IsValid() {
		return
	}
	var list []*fn
	for _, arg := range c.Args[1:] {
		o := w.option(arg)
		if o == nil {
			return
		}
		list = append(list, o)
	}
	w.a.options, w.a.args = list, c.Args[1:]
}

// optionsLost reports whether all options that an atom appends have no effect any more.
func (v *view) optionsLost(a *atom) bool {
	for _, o := range a.options {
		if !v.lost(doesKey{o.node}) {
			return false
		}
	}
	return len(a.options) > 0
}

// applies returns the option that an expression applies at once: WithKey(pem)(c).
func (w *walker) applies(e ast.Expr) *fn {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || zeroValue(w.file().pkg.Info.TypeOf(c)) != "nil" {
		return nil
	}
	return w.option(c.Fun)
}

// does marks the option whose effect an atom is. A return of nil is no effect.
func (m *marking) does(a *atom) {
	o := m.g.optionOf[a.fn]
	if o == nil || a.kind == declares {
		return
	}
	s, ok := a.node.(*ast.ReturnStmt)
	if !ok {
		m.set(doesKey{o.node})
		return
	}
	w := newWalker(m.g, a.fn, a)
	for _, x := range s.Results {
		if isZero(a.fn.file.pkg.Info, x) || w.ownError(x) {
			continue
		}
		other := w.applies(x)
		if other == nil || other == o {
			m.set(doesKey{o.node})
			return
		}
		m.when(doesKey{other.node}, func() { m.set(doesKey{o.node}) })
	}
}

// ownError reports whether x is an error that its function gave a value by itself: what did that is an atom of its own.
func (w *walker) ownError(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := w.b.p.object(w.file(), id).(*types.Var)
	return ok && isError(v.Type()) && w.b.g.enclosingVar(v) == w.b.f && !w.b.f.isParam(v)
}

// options removes options without an effect from the remaining lists of options.
func (e *emitter) options() {
	for _, f := range e.g.fns {
		for _, a := range f.atoms {
			if a.removed || !e.is.live[a.key] {
				continue
			}
			w := newWalker(e.g, f, a)
			for _, r := range a.calls {
				for i, arg := range r.expr.Args {
					if o := w.variadicOption(r.expr, r, i); o != nil && e.died(doesKey{o.node}) {
						e.dropOption(f.file, arg)
					}
				}
			}
			e.optionElements(w, a)
			if s, ok := a.node.(*ast.ReturnStmt); ok {
				for _, x := range s.Results {
					if o := w.applies(x); o != nil && e.died(doesKey{o.node}) && !e.gone(x) {
						e.put[x] = "nil"
					}
				}
			}
		}
	}
}

// optionElements removes dead options from the literals of an atom.
func (e *emitter) optionElements(w *walker, a *atom) {
	n := a.node
	if s, ok := n.(*ast.RangeStmt); ok {
		n = s.X
	}
	if _, ok := n.(*ast.File); ok {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.BlockStmt:
			return false
		case *ast.CompositeLit:
			for _, el := range n.Elts {
				if kv, ok := el.(*ast.KeyValueExpr); ok {
					el = kv.Value
				}
				if o := w.option(el); o != nil && e.died(doesKey{o.node}) {
					if _, isStruct := under(w.file().pkg.Info.TypeOf(n)).(*types.Struct); !isStruct {
						e.dropOption(w.file(), e.rosterNode(el).(ast.Expr))
					}
				}
			}
		}
		return true
	})
}

// idleOptions adds a doc comment to options that stay without an effect: their old doc comments
// describe removed code.
func (e *emitter) idleOptions() {
	for o := range e.g.isOption {
		d := o.node.(*ast.FuncDecl)
		if !e.died(doesKey{o.node}) || e.gone(d) || !e.lives(o) {
			continue
		}
		if d.Doc != nil {
			for _, c := range d.Doc.List {
				if !isDirective(c.Text) {
					e.uncomment[c] = "the option does nothing any more"
				}
			}
		}
		e.deprecated[d] = d.Name.Name + " does nothing any more.\n\nDeprecated: it served an exchange of a signed JWT for an access token that is not made any more."
		if !ast.IsExported(d.Name.Name) {
			e.deprecated[d] = "This does nothing any more."
		}
	}
}

// isDirective reports whether a comment is one for tools, such as //go:noinline.
func isDirective(c string) bool {
	rest, ok := strings.CutPrefix(c, "//")
	return ok && rest != "" && rest[0] != ' ' && rest[0] != '\t' && strings.Contains(rest, ":")
}

func (e *emitter) dropOption(f *file, x ast.Expr) {
	if _, ok := e.p.set.Replace[x]; !ok && !e.gone(x) {
		e.remove(x, "the option does nothing any more")
	}
}
