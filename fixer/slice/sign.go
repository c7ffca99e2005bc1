package slice

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"sort"
	"strings"
)

// signature removes parameters and results without a use from a function and its calls.
func (e *emitter) signature(f *fn) {
	d := f.node.(*ast.FuncDecl)
	if f.untouched || e.gone(d) {
		return
	}
	calls := e.calls(f)
	for i, v := range f.params {
		if !e.g.dropsParam(f, i) || !e.died(v) {
			continue
		}
		if _, ok := e.p.set.Replace[e.p.names[v]]; ok {
			continue // the core change makes something else of it
		}
		switch {
		case f.drops:
			e.remove(e.fieldOf(d.Type.Params, i), "unused parameter")
			for _, c := range calls {
				e.dropArgument(f, c, i, v)
			}
			e.rep.Removed = append(e.rep.Removed, fmt.Sprintf("parameter %s of %s", v.Name(), funcName(f)))
		default:
			if f.zeroes && zeroValue(v.Type()) != "" {
				for _, c := range calls {
					e.zeroArgument(f, c, i, v)
				}
			}
			why := "the function is exported"
			switch {
			case e.p.elsewhere[f.obj]:
				why = behindConstraints
			case f.dynamic && !e.p.api(f.obj):
				why = "the method satisfies an interface"
			case !e.p.api(f.obj):
				continue // whoever takes the function as a value says what it looks like
			}
			e.rep.Kept = append(e.rep.Kept, Kept{Name: fmt.Sprintf("parameter %s of %s", v.Name(), funcName(f)), Why: why, Pos: f.file.pos(d.Name)})
			if e.p.api(f.obj) && !e.p.elsewhere[f.obj] {
				article := "the"
				if e.hasUses(f.obj) { // who still calls the function should not be told not to
					article = "The"
				}
				e.deprecate(d, fmt.Sprintf("%s parameter %s is not used any more.", article, v.Name()))
			}
		}
	}
	if !f.drops || !e.g.resultGoes(f) {
		return
	}
	for i := range f.nres {
		rk := resKey{f.node, i}
		if !e.died(rk) {
			continue
		}
		e.remove(e.fieldOf(d.Type.Results, i), "unused result")
		e.rep.Removed = append(e.rep.Removed, fmt.Sprintf("result %d of %s", i+1, funcName(f)))
		for _, a := range f.atoms {
			s, ok := a.node.(*ast.ReturnStmt)
			switch {
			case !ok || a.removed || i >= max(len(s.Results), f.nres) || len(s.Results) == 0:
			case f.nres == 1 && len(f.body.List) > 0 && f.body.List[len(f.body.List)-1] == ast.Stmt(s):
				e.remove(s, "unused result")
			case len(s.Results) == f.nres:
				e.remove(s.Results[i], "unused result")
			case a.loses && i == onlyValue(f.results):
				e.put[s.Results[0]] = strings.TrimSuffix(strings.Repeat("nil, ", f.nres-1), ", ")
			}
		}
		for _, c := range calls {
			if s, ok := e.p.parent[c].(*ast.AssignStmt); ok && len(s.Rhs) == 1 {
				if e.cut[s] == nil {
					e.cut[s] = map[int]bool{}
				}
				e.cut[s][i] = true
			}
		}
	}
}

// calls returns the calls of f, including those in removed code.
func (e *emitter) calls(f *fn) []*ast.CallExpr {
	var out []*ast.CallExpr
	for _, id := range e.p.uses[f.obj] {
		n := e.p.parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel == id {
			n = e.p.parent[sel]
		}
		for {
			switch n.(type) {
			case *ast.ParenExpr, *ast.IndexExpr, *ast.IndexListExpr:
				n = e.p.parent[n]
				continue
			}
			break
		}
		if c, ok := n.(*ast.CallExpr); ok {
			out = append(out, c)
		}
	}
	return out
}

// zeroThroughInterfaces passes zero values for parameters that no implementation reads.
func (e *emitter) zeroThroughInterfaces() {
	for _, f := range e.g.fns {
		for _, a := range f.atoms {
			if a.removed || !e.is.live[a.key] || f.untouched {
				continue
			}
			for _, c := range a.calls {
				for _, n := range a.needs {
					e.zeroIface(c, n)
				}
			}
		}
	}
}

func (e *emitter) zeroIface(c *call, n need) {
	for _, k := range n.conds {
		ik, ok := k.(ifaceKey)
		if !ok || ik.m != c.obj || !e.died(ik) || ik.i >= len(c.expr.Args) {
			continue
		}
		arg := c.expr.Args[ik.i]
		if _, ok := e.p.set.Replace[arg]; !ok && !e.gone(arg) {
			e.put[arg] = zeroValue(ik.m.Signature().Params().At(ik.i).Type())
		}
	}
}

// fieldOf returns the node of the i-th name of a list: the *ast.Field if it has that name only.
func (e *emitter) fieldOf(l *ast.FieldList, i int) ast.Node {
	for _, fl := range l.List {
		n := max(1, len(fl.Names))
		if i < n {
			if n == 1 {
				return fl
			}
			return fl.Names[i]
		}
		i -= n
	}
	return nil
}

func (e *emitter) dropArgument(f *fn, c *ast.CallExpr, i int, v *types.Var) {
	if f.obj.Signature().Variadic() && i == len(f.params)-1 {
		for k := i; k < len(c.Args); k++ {
			e.remove(c.Args[k], "unused argument")
		}
		return
	}
	if i < len(c.Args) {
		e.remove(c.Args[i], "unused argument")
	}
}

func (e *emitter) zeroArgument(f *fn, c *ast.CallExpr, i int, v *types.Var) {
	if i >= len(c.Args) || f.obj.Signature().Variadic() && i == len(f.params)-1 {
		return
	}
	arg := c.Args[i]
	zero := zeroValue(v.Type())
	file := e.p.fileFor(arg)
	if file == nil || file.text(arg) == zero {
		return
	}
	if _, ok := e.p.set.Replace[arg]; ok {
		return
	}
	e.put[arg] = zero
}

// hasUses reports whether an identifier for obj is left.
func (e *emitter) hasUses(obj types.Object) bool {
	return e.p.inText[obj] || slices.ContainsFunc(e.p.uses[obj], func(id *ast.Ident) bool { return e.stands(id) })
}

// stands reports whether a node stays at its place.
func (e *emitter) stands(n ast.Node) bool {
	for m := n; m != nil; m = e.p.parent[m] {
		if e.gone(m) {
			return false
		}
		if _, ok := e.p.set.Replace[m]; ok {
			return false
		}
		if _, ok := e.put[m]; ok {
			return false
		}
		if s, ok := m.(ast.Stmt); ok && e.alone[s] != nil && !slices.ContainsFunc(e.alone[s], func(c *ast.CallExpr) bool { return e.p.within(n, c) }) {
			return false
		}
		if to, ok := e.unwrap[m]; ok && !e.p.within(n, to) {
			s, isIf := m.(*ast.IfStmt)
			if !isIf || n != m && !(s.Init != nil && e.p.within(n, s.Init)) {
				return false
			}
		}
		if up, ok := e.p.parent[m].(*ast.AssignStmt); ok {
			if cut := e.cut[up]; cut != nil {
				for i, l := range up.Lhs {
					if l == m && cut[i] {
						return false
					}
				}
			}
		}
	}
	return true
}

// fields removes the fields without readers.
func (e *emitter) fields() {
	var vars []*types.Var
	for obj := range e.p.decls {
		if v, ok := obj.(*types.Var); ok && v.IsField() && e.died(v) && e.p.reads(v) {
			vars = append(vars, v)
		}
	}
	sort.Slice(vars, func(i, j int) bool { return vars[i].Pos() < vars[j].Pos() })
	for _, v := range vars {
		fl, ok := e.p.decls[v].(*ast.Field)
		if !ok || !e.stands(fl) || !e.inStruct(fl) {
			continue
		}
		if !e.p.fieldGoes(v) {
			e.keepField(v, fl)
			continue
		}
		if e.is.live[pinKey{v}] {
			continue
		}
		if len(fl.Names) == 1 {
			e.remove(fl, "no use left")
		} else {
			e.remove(e.p.names[v], "no use left")
			e.allNames(fl)
		}
		e.rep.Removed = append(e.rep.Removed, "field "+e.qualified(v))
	}
}

func (e *emitter) allNames(fl *ast.Field) {
	for _, id := range fl.Names {
		if !e.gone(id) {
			return
		}
	}
	for _, id := range fl.Names {
		delete(e.drop, id)
	}
	e.remove(fl, "no use left")
}

func (e *emitter) inStruct(fl *ast.Field) bool {
	l, ok := e.p.parent[fl].(*ast.FieldList)
	if !ok {
		return false
	}
	_, ok = e.p.parent[l].(*ast.StructType)
	return ok
}

// elements removes the values of dead fields from the remaining literals.
func (e *emitter) elements() {
	for _, f := range e.p.files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if n == nil || e.gone(n) {
				return false
			}
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			for i, el := range lit.Elts {
				v, _ := e.g.element(f, lit, i, el)
				if v == nil || !e.died(v) {
					continue
				}
				_, keyed := el.(*ast.KeyValueExpr)
				if !keyed && !e.p.fieldGoes(v) {
					continue
				}
				if _, ok := e.p.set.Replace[el]; !ok {
					e.remove(el, "no use left")
				}
			}
			return true
		})
	}
}
