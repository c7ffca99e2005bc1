package slice

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A list of names can be a roster, too: a loop looks each of them up in a map, and complains where there is nothing,
// or reads what they name into a map.
//
//	for _, k := range []string{"id", "key.pem"} { if len(secret.Data[k]) == 0 { return errMissing } }
//	values, err := readAll("id", "key.pem")     … values["key.pem"]
//
// Such a name lives while other code says it. Comparisons do not count, because what is compared came from a list,
// and neither does a value that is put into a map under the name.

// listNames finds the names in lists whose elements are keys of maps, or arguments of a variadic function.
// Only these are followed: the strings of a program are many.
func (p *prog) listNames() {
	p.listed = map[string]bool{}
	add := func(f *file, list []ast.Expr) {
		for _, e := range list {
			if name := f.constString(e); name != "" {
				p.listed[name] = true
			}
		}
	}
	for _, f := range p.files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.RangeStmt:
				if id, ok := n.Value.(*ast.Ident); ok && p.indexes(f, n.Body, p.object(f, id)) {
					if lit := p.listOf(f, n.X); lit != nil {
						add(f, lit.Elts)
					}
				}
			case *ast.CallExpr:
				if fn := f.callee(n); fn != nil && p.own(fn) && !n.Ellipsis.IsValid() {
					if fn.Signature().Variadic() {
						add(f, n.Args[min(len(n.Args), fn.Signature().Params().Len()-1):])
					}
					for _, arg := range n.Args {
						if lit := p.listOf(f, arg); lit != nil {
							add(f, lit.Elts)
						}
					}
				}
			}
			return true
		})
	}
}

// indexes reports whether code looks up in a map what a variable names.
func (p *prog) indexes(f *file, body ast.Node, key types.Object) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		x, ok := n.(*ast.IndexExpr)
		if id, isIdent := indexOf(x, ok); isIdent && key != nil && p.object(f, id) == key {
			if t := f.pkg.Info.TypeOf(x.X); t != nil {
				_, isMap := t.Underlying().(*types.Map)
				found = found || isMap
			}
		}
		return !found
	})
	return found
}

func indexOf(x *ast.IndexExpr, ok bool) (*ast.Ident, bool) {
	if !ok {
		return nil, false
	}
	id, ok := ast.Unparen(x.Index).(*ast.Ident)
	return id, ok
}

// says needs the listed name that an expression is.
func (w *walker) says(e ast.Expr, conds []key) {
	p := w.b.p
	if len(p.listed) == 0 {
		return
	}
	name := w.file().constString(e)
	if !p.listed[name] {
		return
	}
	switch up := p.parent[e].(type) {
	case *ast.CaseClause:
		return
	case *ast.KeyValueExpr:
		if up.Key == e {
			return // what is put there is no reason for somebody to look
		}
	case *ast.IndexExpr:
		if as, ok := p.parent[up].(*ast.AssignStmt); ok && position(as.Lhs, ast.Expr(up)) >= 0 {
			return
		}
	case *ast.ValueSpec:
		if gd, ok := p.parent[up].(*ast.GenDecl); ok && gd.Tok == token.CONST {
			return // its uses say it
		}
	case *ast.BinaryExpr:
		if up.Op == token.EQL || up.Op == token.NEQ {
			return
		}
	}
	w.need(need{key: nameKey(name)}, conds)
}

// gathers reports whether a loop over a parameter only reads what its elements name into a map, which all callers
// take out of one by one, by constant names: what nobody takes out need not be read.
func (g *graph) gathers(s *ast.RangeStmt) bool {
	x := g.enclosing(s)
	if x == nil || x.obj == nil || x.nres == 0 || g.p.api(x.obj) || s.Tok != token.DEFINE || !g.quiet(x, 3) {
		return false
	}
	p, f := g.p, x.file
	id, ok := s.Value.(*ast.Ident)
	if !ok {
		return false
	}
	key := p.object(f, id)
	var into types.Object
	for _, st := range s.Body.List {
		as, ok := st.(*ast.AssignStmt)
		if !ok || as.Tok != token.ASSIGN || len(as.Lhs) != 1 {
			continue
		}
		ix, ok := as.Lhs[0].(*ast.IndexExpr)
		if k, isIdent := indexOf(ix, ok); isIdent && p.object(f, k) == key {
			into = p.object(f, rootIdent(ix.X))
		}
	}
	if into == nil || !isLocal(into) {
		return false
	}
	returned := false
	for _, use := range p.uses[into] {
		switch up := p.parent[use].(type) {
		case *ast.ReturnStmt:
			if position(up.Results, ast.Expr(use)) != 0 {
				return false
			}
			returned = true
		case *ast.IndexExpr:
			if as, ok := p.parent[up].(*ast.AssignStmt); !ok || up.X != ast.Expr(use) || position(as.Lhs, ast.Expr(up)) < 0 {
				return false
			}
		default:
			return false
		}
	}
	return returned && len(p.uses[x.obj]) > 0 && g.takenByName(x)
}

// takenByName reports whether all callers of a function take single values out of the map that it returns.
func (g *graph) takenByName(x *fn) bool {
	p := g.p
	for _, id := range p.uses[x.obj] {
		var n ast.Node = id
		if sel, ok := p.parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
			n = sel
		}
		c, ok := p.parent[n].(*ast.CallExpr)
		if !ok || c.Fun != n {
			return false
		}
		as, ok := p.parent[c].(*ast.AssignStmt)
		if !ok || len(as.Rhs) != 1 || len(as.Lhs) == 0 {
			return false
		}
		to, ok := as.Lhs[0].(*ast.Ident)
		if !ok {
			return false
		}
		f := p.fileFor(to)
		obj := p.object(f, to)
		if obj == nil || !isLocal(obj) {
			return false
		}
		for _, use := range p.uses[obj] {
			ix, ok := p.parent[use].(*ast.IndexExpr)
			if !ok || ix.X != ast.Expr(use) || f.constString(ix.Index) == "" {
				return false
			}
			if as, ok := p.parent[ix].(*ast.AssignStmt); ok && position(as.Lhs, ast.Expr(ix)) >= 0 {
				return false
			}
		}
	}
	return true
}

// quiet reports whether a function does nothing that others see but write log lines.
func (g *graph) quiet(x *fn, depth int) bool {
	quiet := depth > 0 && !g.changedBy(x.node)
	w := newWalker(g, x, &atom{fn: x})
	ast.Inspect(x.node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if fns := w.callees(n); len(fns) > 0 {
				for _, y := range fns {
					quiet = quiet && g.quiet(y, depth-1)
				}
				return quiet
			}
			switch c, _ := g.p.classify(x.file, n); c {
			case pure, log, closes:
			default:
				quiet = false
			}
		case *ast.SendStmt, *ast.GoStmt:
			quiet = false
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				root := rootIdent(l)
				if obj := g.p.object(x.file, root); obj != nil && !isLocal(obj) {
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
