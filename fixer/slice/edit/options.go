package edit

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/fixer/slice/build"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// options removes options without an effect from the remaining lists of options.
func (e *Editor) options() {
	for _, f := range e.After.Funcs {
		for _, a := range f.Atoms {
			if a.Removed || !e.Is.Live[a.Key] {
				continue
			}
			w := build.NewWalker(e.After, f, a)
			for _, r := range a.Calls {
				for i, arg := range r.Expr.Args {
					if o := w.VariadicOption(r.Expr, r, i); o != nil && e.Died(graph.DoesKey{Func: o.Node}) {
						e.dropOption(f.File, arg)
					}
				}
			}
			e.optionElements(w, a)
			if s, ok := a.Node.(*ast.ReturnStmt); ok {
				for _, x := range s.Results {
					if o := w.Applies(x); o != nil && e.Died(graph.DoesKey{Func: o.Node}) && !e.gone(x) {
						e.put[x] = "nil"
					}
				}
			}
		}
	}
}

// optionElements removes dead options from the literals of an atom.
func (e *Editor) optionElements(w *build.Walker, a *graph.Atom) {
	n := a.Node
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
				if o := w.Option(el); o != nil && e.Died(graph.DoesKey{Func: o.Node}) {
					if _, isStruct := syntax.Under(w.File().Pkg.Info.TypeOf(n)).(*types.Struct); !isStruct {
						e.dropOption(w.File(), e.rosterNode(el).(ast.Expr))
					}
				}
			}
		}
		return true
	})
}

// idleOptions adds a doc comment to options that stay without an effect: their old doc comments
// describe removed code.
func (e *Editor) idleOptions() {
	for o := range e.After.IsOption {
		d := o.Node.(*ast.FuncDecl)
		if !e.Died(graph.DoesKey{Func: o.Node}) || e.gone(d) || !e.lives(o) {
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

func (e *Editor) dropOption(f *syntax.File, x ast.Expr) {
	if _, ok := e.prog.Set.Replace[x]; !ok && !e.gone(x) {
		e.remove(x, "the option does nothing any more")
	}
}

// rosterNode returns the element that an expression is the value of.
func (e *Editor) rosterNode(x ast.Expr) ast.Node {
	if kv, ok := e.prog.Parent[x].(*ast.KeyValueExpr); ok && kv.Value == x {
		return kv
	}
	return x
}
