package build

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// findFuncs makes a Func of every function, literal and file.
func findFuncs(g *graph.Graph) {
	p := g.Prog
	for _, f := range p.Files {
		top := &graph.Func{File: f, Node: f.Syntax, Root: true, Eligible: true}
		add(g, top)
		var walk func(n ast.Node, outer *graph.Func)
		walk = func(n ast.Node, outer *graph.Func) {
			ast.Inspect(n, func(m ast.Node) bool {
				if m == n {
					return true
				}
				switch m := m.(type) {
				case *ast.FuncDecl:
					fd := &graph.Func{File: f, Node: m, Type: m.Type, Body: m.Body}
					fd.Obj, _ = f.Pkg.Info.Defs[m.Name].(*types.Func)
					add(g, fd)
					setSignature(g, fd, f.Pkg.Info.Defs[m.Name])
					if m.Body != nil {
						walk(m.Body, fd)
					}
					return false
				case *ast.FuncLit:
					fl := &graph.Func{File: f, Node: m, Type: m.Type, Body: m.Body, Outer: outer}
					add(g, fl)
					if t, ok := f.Pkg.Info.TypeOf(m).(*types.Signature); ok {
						params(g, fl, t)
					}
					walk(m.Body, fl)
					return false
				case *ast.CaseClause:
					if obj := f.Pkg.Info.Implicits[m]; obj != nil {
						g.Implicit[obj] = m
					}
				}
				return true
			})
		}
		walk(f.Syntax, top)
	}
	for _, f := range g.Funcs {
		if f.Obj != nil {
			rooted(g, f)
		}
	}
	// A variable is shared when a function other than the one that declares it uses it.
	for _, f := range p.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			obj := f.Pkg.Info.Uses[id]
			if obj == nil || !syntax.IsLocal(obj) {
				return true
			}
			obj = f.Canon(obj)
			var d ast.Node = p.Names[obj]
			if n, ok := g.Implicit[obj]; ok {
				d = n
			} else if p.Names[obj] == nil {
				return true
			}
			if user, owner := g.Enclosing(id), g.Enclosing(d); user != owner {
				if known := g.SharedVars[obj]; !known || g.AtExit[obj] {
					g.AtExit[obj] = deferredIn(g, user, owner)
				}
				g.SharedVars[obj] = true
			}
			return true
		})
	}
}

// deferredIn reports whether a function is a literal that another one defers, so it runs after the rest of that
// function.
func deferredIn(g *graph.Graph, lit, owner *graph.Func) bool {
	if lit == nil || owner == nil {
		return false
	}
	c, ok := g.Prog.Parent[lit.Node].(*ast.CallExpr)
	if !ok || c.Fun != lit.Node {
		return false
	}
	d, ok := g.Prog.Parent[c].(*ast.DeferStmt)
	return ok && g.Enclosing(d) == owner
}

func add(g *graph.Graph, f *graph.Func) {
	f.Loops = map[ast.Stmt]*graph.Atom{}
	f.Switches = map[ast.Stmt][]*graph.Atom{}
	f.Fills = map[int]bool{}
	g.Funcs = append(g.Funcs, f)
	g.ByNode[f.Node] = f
	if f.Obj != nil {
		g.ByObj[f.Obj] = f
	}
}

func setSignature(g *graph.Graph, f *graph.Func, obj types.Object) {
	if fo, ok := obj.(*types.Func); ok {
		params(g, f, fo.Signature())
	}
}

func params(g *graph.Graph, f *graph.Func, sig *types.Signature) {
	for i := range sig.Params().Len() {
		f.Params = append(f.Params, sig.Params().At(i))
	}
	for i := range sig.Results().Len() {
		f.Results = append(f.Results, sig.Results().At(i))
	}
	f.NumResults = len(f.Results)
	if sig.Recv() != nil {
		f.Recv = sig.Recv()
	}
}

// rooted determines which code may call a declared function.
func rooted(g *graph.Graph, f *graph.Func) {
	p := g.Prog
	d := f.Node.(*ast.FuncDecl)
	outside := 0
	for _, id := range p.Uses[f.Obj] {
		if !p.Within(id, d) {
			outside++
		}
	}
	tn := program.ReceiverType(f.Obj)
	f.Dynamic = p.Dynamic[f.Obj]
	switch {
	case tn == nil && (d.Name.Name == "init" || d.Name.Name == "main" && f.File.Pkg.Name == "main" || d.Name.Name == "_"):
		f.Root = true
	case tn != nil && f.Dynamic, tn != nil && p.Api(f.Obj):
		f.Dynamic = true
		g.TypeMethods[tn] = append(g.TypeMethods[tn], f)
	case p.Api(f.Obj):
		f.Root = true
	case outside == 0:
		f.Root = true
		f.Untouched = !f.Obj.Exported() && !g.Changed(d) && !f.File.Test
	}
	if g.Set != nil {
		if _, gone := g.Set.Remove[d]; gone {
			f.Root, f.Untouched, f.Gone = false, false, true
		}
	}
	f.Eligible = f.Root
	f.Drops, f.Zeroes = droppable(g, f)
	if _, declared := p.Opts.Declared.Of(f.Obj); declared {
		// Its effects count for its callers, and no function is called only for it.
		f.Dynamic, f.Drops, f.Zeroes = true, false, false
	}
}

// droppable reports whether parameters and results of f may be removed, and if not, whether callers may pass
// zero values for parameters without reads.
func droppable(g *graph.Graph, f *graph.Func) (drops, zeroes bool) {
	p := g.Prog
	d := f.Node.(*ast.FuncDecl)
	if d.Body == nil {
		return false, false
	}
	if p.Dynamic[f.Obj] || p.Api(f.Obj) || f.Obj.Signature().TypeParams().Len() > 0 || f.Root && f.Obj.Name() == "main" {
		return false, true
	}
	if p.InText[f.Obj] {
		return false, true // the text cannot be changed
	}
	for _, id := range p.Uses[f.Obj] {
		var e ast.Expr = id
		n := p.Parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel == id {
			e, n = sel, p.Parent[sel]
			uf := p.FileOf(sel)
			if s, ok := uf.Pkg.Info.Selections[sel]; ok && s.Kind() == types.MethodExpr {
				return false, true
			}
		}
		for {
			switch x := n.(type) {
			case *ast.ParenExpr:
				e, n = x, p.Parent[x]
				continue
			case *ast.IndexExpr:
				if x.X == e {
					e, n = x, p.Parent[x]
					continue
				}
			case *ast.IndexListExpr:
				e, n = x, p.Parent[x]
				continue
			}
			break
		}
		c, ok := n.(*ast.CallExpr)
		if !ok || c.Fun != e {
			return false, true
		}
		if len(c.Args) == 1 && len(f.Params) > 1 {
			return false, true // f(g())
		}
	}
	return true, false
}

// usedAsValue reports whether a function is used without being called.
func usedAsValue(g *graph.Graph, f *graph.Func) bool {
	for _, id := range g.Prog.Uses[f.Obj] {
		var e ast.Node = id
		n := g.Prog.Parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel == id {
			e, n = sel, g.Prog.Parent[sel]
		}
		if c, ok := n.(*ast.CallExpr); !ok || c.Fun != e {
			return true
		}
	}
	return false
}
