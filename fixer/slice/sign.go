package slice

import (
	"fmt"
	"go/ast"
	"go/types"
	"sort"
	"strings"

	"jwtretire.example/fixer/change"
)

// signature takes parameters and results without a use out of a function and its calls.
func (e *emitter) signature(f *fn) {
	d := f.node.(*ast.FuncDecl)
	if f.untouched || e.gone(d) {
		return
	}
	calls := e.calls(f)
	for i, v := range f.params {
		if !e.g.dropsParam(f, i) || e.is.live[v] {
			continue
		}
		switch {
		case f.drops:
			e.remove(e.fieldOf(d.Type.Params, i), "unused parameter")
			for _, c := range calls {
				e.dropArgument(f, c, i, v)
			}
			e.rep.Removed = append(e.rep.Removed, fmt.Sprintf("parameter %s of %s", v.Name(), funcName(f)))
		case e.was.live[v]:
			if f.zeroes && zeroValue(v.Type()) != "" {
				for _, c := range calls {
					e.zeroArgument(f, c, i, v)
				}
			}
			why := "the function is exported"
			if f.dynamic && !e.p.api(f.obj) {
				why = "the method satisfies an interface"
			} else if !e.p.api(f.obj) {
				why = "the function is used as a value"
			}
			e.rep.Kept = append(e.rep.Kept, Kept{Name: fmt.Sprintf("parameter %s of %s", v.Name(), funcName(f)), Why: why, Pos: f.file.pos(d.Name)})
			if e.p.api(f.obj) {
				e.deprecate(d, fmt.Sprintf("the parameter %s is not used any more.", v.Name()))
			}
		}
	}
	if !f.drops || !e.g.resultGoes(f) {
		return
	}
	for i := range f.nres {
		rk := resKey{f.node, i}
		if e.is.live[rk] || !e.was.live[rk] {
			continue
		}
		e.remove(e.fieldOf(d.Type.Results, i), "unused result")
		e.rep.Removed = append(e.rep.Removed, fmt.Sprintf("result %d of %s", i+1, funcName(f)))
		for _, a := range f.atoms {
			if s, ok := a.node.(*ast.ReturnStmt); ok && i < len(s.Results) && !a.removed {
				e.remove(s.Results[i], "unused result")
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

// calls returns the calls of f in the code, those in what goes included.
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

func (e *emitter) zeroIface(c *callRec, n need) {
	for _, k := range n.conds {
		ik, ok := k.(ifaceKey)
		if !ok || ik.m != c.obj || e.is.live[ik] || !e.was.live[ik] || ik.i >= len(c.expr.Args) {
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

func (e *emitter) deprecate(n ast.Node, text string) {
	set := e.p.set
	if set.Deprecated == nil {
		set.Deprecated = map[ast.Node]string{}
	}
	if old, ok := set.Deprecated[n]; ok {
		if strings.Contains(old, text) {
			return
		}
		text = old + " " + text
	}
	set.Deprecated[n] = text
}

// deprecateFunc marks an exported function that the module itself used for the flow only.
func (e *emitter) deprecateFunc(f *file, fd *fn) {
	if len(e.p.uses[fd.obj]) == 0 || !e.g.hadUses(fd, e.was) || e.hasUses(fd.obj) {
		return
	}
	e.deprecate(fd.node, "it served an exchange of a signed JWT for an access token that is not made any more.")
	e.rep.Kept = append(e.rep.Kept, Kept{Name: funcName(fd), Why: "it is exported", Pos: f.pos(fd.node.(*ast.FuncDecl).Name)})
}

// hadUses reports whether something live called f before the change.
func (g *graph) hadUses(f *fn, was *marking) bool {
	for _, id := range g.p.uses[f.obj] {
		if o := g.enclosing(id); o != nil && o != f && was.live[fnKey{o.node}] {
			return true
		}
	}
	return false
}

// hasUses reports whether an identifier for obj is left.
func (e *emitter) hasUses(obj types.Object) bool {
	for _, id := range e.p.uses[obj] {
		if e.remains(id) {
			return true
		}
	}
	return false
}

// remains reports whether a node will still be in the source, texts that repeat it included.
func (e *emitter) remains(n ast.Node) bool {
	if e.p.pinned[n] {
		return true
	}
	for m := n; m != nil; m = e.p.parent[m] {
		if e.gone(m) {
			return false
		}
		if _, ok := e.p.set.Replace[m]; ok {
			return false
		}
		if s, ok := e.put[m]; ok {
			if s != "" {
				return false
			}
			if k := e.keeps[m]; k != nil && !e.p.within(n, k) {
				return false
			}
		}
		if up, ok := e.p.parent[m].(*ast.IfStmt); ok {
			if to, ok := e.unwrap[up]; ok && m != to && !(m == up.Init && to == ast.Stmt(up.Body)) {
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

// exported marks the exported constants, types and variables that have lost their last use.
func (e *emitter) exported() {
	for _, f := range e.p.files {
		for _, d := range f.syntax.Decls {
			gd, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range gd.Specs {
				var names []*ast.Ident
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = []*ast.Ident{s.Name}
				case *ast.ValueSpec:
					names = s.Names
				}
				for _, id := range names {
					obj := f.pkg.Info.Defs[id]
					if obj != nil && e.p.api(obj) && !e.p.unused(obj) && !e.hasUses(obj) && !e.gone(s) {
						e.keptObject(obj, "it is exported")
					}
				}
			}
		}
	}
}

func (e *emitter) keptObject(obj types.Object, why string) {
	f := e.p.inFile[obj]
	e.rep.Kept = append(e.rep.Kept, Kept{Name: kindOf(obj) + " " + e.qualified(obj), Why: why, Pos: f.pos(e.p.names[obj])})
	n := e.p.decls[obj]
	switch n := n.(type) {
	case *ast.TypeSpec, *ast.ValueSpec, *ast.Field:
		e.deprecate(n, "not used any more.")
	}
}

func kindOf(obj types.Object) string {
	switch o := obj.(type) {
	case *types.TypeName:
		return "type"
	case *types.Const:
		return "const"
	case *types.Func:
		return "func"
	case *types.Var:
		if o.IsField() {
			return "field"
		}
	}
	return "var"
}

func (e *emitter) qualified(obj types.Object) string {
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		if o := e.p.owner[v]; o != "" {
			return o + "." + v.Name()
		}
	}
	return obj.Name()
}

// fields takes the fields out that nobody reads any more.
func (e *emitter) fields() {
	var vars []*types.Var
	for obj := range e.p.decls {
		if v, ok := obj.(*types.Var); ok && v.IsField() && !e.is.live[v] && e.p.reads(v) {
			vars = append(vars, v)
		}
	}
	sort.Slice(vars, func(i, j int) bool { return vars[i].Pos() < vars[j].Pos() })
	for _, v := range vars {
		fl, ok := e.p.decls[v].(*ast.Field)
		if !ok || !e.remains(fl) || !e.inStruct(fl) {
			continue
		}
		if e.is.live[pinKey{v}] {
			continue
		}
		if !e.p.fieldGoes(v) {
			if e.was.live[v] {
				e.keepField(v, fl)
			}
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

func (e *emitter) keepField(v *types.Var, fl *ast.Field) {
	why := "it is exported"
	kind := ""
	switch {
	case fl.Tag != nil || e.p.isDecoded(v):
		why, kind = "it is a setting that is filled by reflection", "setting"
	case e.p.converted(v):
		why = "its struct is converted to another type"
	}
	f := e.p.inFile[v]
	e.rep.Kept = append(e.rep.Kept, Kept{Name: "field " + e.qualified(v), Why: why, Pos: f.pos(fl)})
	if kind != "" {
		name := v.Name()
		if fl.Tag != nil {
			name = tagName(fl.Tag.Value, name)
		}
		e.rep.Leftovers = append(e.rep.Leftovers, Leftover{Kind: kind, Name: name, Pos: f.pos(fl)})
	}
	if v.Exported() && len(fl.Names) == 1 {
		e.deprecate(fl, "not used any more.")
	}
}

// tagName returns the first name in a struct tag.
func tagName(tag, name string) string {
	if i := strings.Index(tag, `:"`); i >= 0 {
		rest := tag[i+2:]
		if j := strings.IndexAny(rest, `",`); j > 0 {
			return rest[:j]
		}
	}
	return name
}

// elements takes the values of dead fields out of the literals that are left.
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
				if v == nil || !e.p.own(v) || e.is.live[v] || !e.p.reads(v) {
					continue
				}
				if fn := e.g.enclosing(lit); fn != nil && fn.untouched {
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

var _ = change.NewSet
