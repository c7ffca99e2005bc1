package slice

import (
	"go/ast"
	"go/types"
)

// findFuncs makes a fn of every function, literal and file.
func (g *graph) findFuncs() {
	p := g.p
	for _, f := range p.files {
		top := &fn{file: f, node: f.syntax, root: true, eligible: true}
		g.add(top)
		var walk func(n ast.Node, outer *fn)
		walk = func(n ast.Node, outer *fn) {
			ast.Inspect(n, func(m ast.Node) bool {
				if m == n {
					return true
				}
				switch m := m.(type) {
				case *ast.FuncDecl:
					fd := &fn{file: f, node: m, typ: m.Type, body: m.Body}
					fd.obj, _ = f.pkg.Info.Defs[m.Name].(*types.Func)
					g.add(fd)
					g.setSignature(fd, f.pkg.Info.Defs[m.Name])
					if m.Body != nil {
						walk(m.Body, fd)
					}
					return false
				case *ast.FuncLit:
					fl := &fn{file: f, node: m, typ: m.Type, body: m.Body, outer: outer}
					g.add(fl)
					if t, ok := f.pkg.Info.TypeOf(m).(*types.Signature); ok {
						g.params(fl, t)
					}
					walk(m.Body, fl)
					return false
				case *ast.CaseClause:
					if obj := f.pkg.Info.Implicits[m]; obj != nil {
						g.implicit[obj] = m
					}
				}
				return true
			})
		}
		walk(f.syntax, top)
	}
	for _, f := range g.fns {
		if f.obj != nil {
			g.rooted(f)
		}
	}
	// A variable is shared when a function other than the one that declares it uses it.
	for _, f := range p.files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			obj := f.pkg.Info.Uses[id]
			if obj == nil || !isLocal(obj) {
				return true
			}
			obj = p.canon(f, obj)
			var d ast.Node = p.names[obj]
			if n, ok := g.implicit[obj]; ok {
				d = n
			} else if p.names[obj] == nil {
				return true
			}
			if user, owner := g.enclosing(id), g.enclosing(d); user != owner {
				if known := g.sharedVars[obj]; !known || g.atExit[obj] {
					g.atExit[obj] = g.deferredIn(user, owner)
				}
				g.sharedVars[obj] = true
			}
			return true
		})
	}
}

// deferredIn reports whether a function is a literal that another one defers: it runs after the rest of that function.
func (g *graph) deferredIn(lit, owner *fn) bool {
	if lit == nil || owner == nil {
		return false
	}
	c, ok := g.p.parent[lit.node].(*ast.CallExpr)
	if !ok || c.Fun != lit.node {
		return false
	}
	d, ok := g.p.parent[c].(*ast.DeferStmt)
	return ok && g.enclosing(d) == owner
}

func (g *graph) add(f *fn) {
	f.loops = map[ast.Stmt]*atom{}
	f.switches = map[ast.Stmt][]*atom{}
	f.fills = map[int]bool{}
	g.fns = append(g.fns, f)
	g.byNode[f.node] = f
	if f.obj != nil {
		g.byObj[f.obj] = f
	}
}

func (g *graph) setSignature(f *fn, obj types.Object) {
	if fo, ok := obj.(*types.Func); ok {
		g.params(f, fo.Signature())
	}
}

func (g *graph) params(f *fn, sig *types.Signature) {
	for i := range sig.Params().Len() {
		f.params = append(f.params, sig.Params().At(i))
	}
	for i := range sig.Results().Len() {
		f.results = append(f.results, sig.Results().At(i))
	}
	f.nres = len(f.results)
	if sig.Recv() != nil {
		f.recv = sig.Recv()
	}
}

// enclosing returns the fn that a node is in.
func (g *graph) enclosing(n ast.Node) *fn {
	if id, ok := n.(*ast.Ident); ok {
		n = g.p.home[id]
	}
	for ; n != nil; n = g.p.parent[n] {
		if f, ok := g.byNode[n]; ok {
			// Parameters belong to the function, the name of a function does not.
			return f
		}
	}
	return nil
}

// rooted decides who may call a declared function.
func (g *graph) rooted(f *fn) {
	p := g.p
	d := f.node.(*ast.FuncDecl)
	outside := 0
	for _, id := range p.uses[f.obj] {
		if !p.within(id, d) {
			outside++
		}
	}
	tn := receiverType(f.obj)
	f.dynamic = p.dynamic[f.obj]
	switch {
	case tn == nil && (d.Name.Name == "init" || d.Name.Name == "main" && f.file.pkg.Name == "main" || d.Name.Name == "_"):
		f.root = true
	case tn != nil && f.dynamic, tn != nil && p.api(f.obj):
		f.dynamic = true
		g.typeMethods[tn] = append(g.typeMethods[tn], f)
	case p.api(f.obj):
		f.root = true
	case outside == 0:
		f.root = true
		f.untouched = !f.obj.Exported() && !g.changed(d) && !f.file.test
	}
	if g.set != nil {
		if _, gone := g.set.Remove[d]; gone {
			f.root, f.untouched, f.gone = false, false, true
		}
	}
	f.eligible = f.root
	f.drops, f.zeroes = g.droppable(f)
	if _, declared := p.opts.Declared.Of(f.obj); declared {
		// What it does counts where it is called at all, and nobody is called for it.
		f.dynamic, f.drops, f.zeroes = true, false, false
	}
}

// changed reports whether the core change changes a node in n.
func (g *graph) changed(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || found {
			return false
		}
		_, rem := g.p.set.Remove[m]
		_, rep := g.p.set.Replace[m]
		found = found || rem || rep
		if s, ok := m.(ast.Stmt); ok {
			if _, ok := g.p.set.Before[s]; ok {
				found = true
			}
		}
		return !found
	})
	return found
}

// droppable reports whether parameters and results of f may go, and if not, whether callers
// may pass zero values for parameters that nobody reads.
func (g *graph) droppable(f *fn) (drops, zeroes bool) {
	p := g.p
	d := f.node.(*ast.FuncDecl)
	if d.Body == nil {
		return false, false
	}
	if p.dynamic[f.obj] || p.api(f.obj) || f.obj.Signature().TypeParams().Len() > 0 || f.root && f.obj.Name() == "main" {
		return false, true
	}
	if p.inText[f.obj] {
		return false, true // the text cannot be changed
	}
	for _, id := range p.uses[f.obj] {
		var e ast.Expr = id
		n := p.parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel == id {
			e, n = sel, p.parent[sel]
			uf := p.fileFor(sel)
			if s, ok := uf.pkg.Info.Selections[sel]; ok && s.Kind() == types.MethodExpr {
				return false, true
			}
		}
		for {
			switch x := n.(type) {
			case *ast.ParenExpr:
				e, n = x, p.parent[x]
				continue
			case *ast.IndexExpr:
				if x.X == e {
					e, n = x, p.parent[x]
					continue
				}
			case *ast.IndexListExpr:
				e, n = x, p.parent[x]
				continue
			}
			break
		}
		c, ok := n.(*ast.CallExpr)
		if !ok || c.Fun != e {
			return false, true
		}
		if len(c.Args) == 1 && len(f.params) > 1 {
			return false, true // f(g())
		}
	}
	return true, false
}

// usedAsValue reports whether a function is used without being called.
func (g *graph) usedAsValue(f *fn) bool {
	for _, id := range g.p.uses[f.obj] {
		var e ast.Node = id
		n := g.p.parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel == id {
			e, n = sel, g.p.parent[sel]
		}
		if c, ok := n.(*ast.CallExpr); !ok || c.Fun != e {
			return true
		}
	}
	return false
}
