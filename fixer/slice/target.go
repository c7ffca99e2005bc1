package slice

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
)

// outer stands for memory that others know of: a variable of another package, what a call with
// effects returned, what an unknown caller gave. Writing there is an effect.
var outer types.Object = types.NewVar(token.NoPos, nil, "outside", types.Typ[types.Invalid])

func (w *walker) put(t target) {
	for _, o := range w.a.targets {
		if o.how == t.how && o.v == t.v && o.id == t.id {
			return
		}
	}
	w.a.targets = append(w.a.targets, t)
	if t.how == outside && !w.a.removed {
		w.a.strong = true
	}
}

// target notes a variable, field or element that gets the value of rhs (nil for a zero value).
func (w *walker) target(l ast.Expr, rhs ast.Expr) {
	p, f := w.b.p, w.file()
	l = ast.Unparen(l)
	id, ok := l.(*ast.Ident)
	if !ok {
		w.deep(l)
		if rhs != nil {
			w.aliasExpr(l, rhs)
		}
		return
	}
	if id.Name == "_" {
		w.put(target{how: blank, id: id})
		return
	}
	obj := p.object(f, id)
	switch {
	case obj == nil:
		w.put(target{how: outside, id: id})
	case isLocal(obj) && !w.b.g.sharedVars[obj]:
		w.put(target{how: local, v: obj, id: id})
	case isLocal(obj) || p.own(obj):
		w.put(target{how: shared, v: obj, id: id})
	default:
		w.put(target{how: outside, id: id})
	}
	if w.b.removes(id) {
		w.a.targets[len(w.a.targets)-1].how = blank
	}
	if rhs != nil && obj != nil {
		w.alias(obj, rhs)
	}
}

// result notes that l gets result i of the call (or of a comma-ok form) rhs.
func (w *walker) result(l ast.Expr, rhs ast.Expr, i, n int) {
	w.target(l, rhs)
	if len(w.a.targets) == 0 {
		return
	}
	t := &w.a.targets[len(w.a.targets)-1]
	if c, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
		for _, x := range w.callees(c) {
			t.resf = append(t.resf, resKey{x.node, i})
		}
		if t.how == field || t.how == outside || t.how == fill || t.how == fillShared {
			for _, r := range t.resf {
				w.need(need{key: r}, nil)
			}
		}
	}
}

// deep notes a write to a field, an element or what a pointer refers to.
func (w *walker) deep(l ast.Expr) {
	p, f := w.b.p, w.file()
	switch x := ast.Unparen(l).(type) {
	case *ast.SelectorExpr:
		sel, ok := f.pkg.Info.Selections[x]
		if !ok {
			if obj := p.object(f, x.Sel); obj != nil && p.own(obj) {
				w.put(target{how: shared, v: obj})
			} else {
				w.put(target{how: outside})
			}
			return
		}
		v := p.canon(f, sel.Obj())
		if !p.own(v) {
			w.operands(x.X)
			w.fills(x.X)
			return
		}
		w.operands(x.X)
		w.put(target{how: field, v: v, base: w.root(x.X)})
	case *ast.IndexExpr:
		w.operands(x.X)
		w.expr(x.Index, nil)
		w.fills(x.X)
	case *ast.StarExpr:
		w.operands(x.X)
		w.fills(x.X)
	default:
		w.expr(l, nil)
		w.put(target{how: outside})
	}
}

// operands walks the expressions on the way to what is written, fields on the way included.
func (w *walker) operands(e ast.Expr) {
	w.base(e, nil, true)
}

// root returns the local variable that holds the memory e names, nil if that is not local.
func (w *walker) root(e ast.Expr) types.Object {
	p, f := w.b.p, w.file()
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			obj := p.object(f, x)
			if obj == nil || !isLocal(obj) || w.b.g.sharedVars[obj] || w.isParam(obj) {
				return nil
			}
			return obj
		case *ast.SelectorExpr:
			if sel, ok := f.pkg.Info.Selections[x]; !ok || p.own(p.canon(f, sel.Obj())) && carries(sel.Obj().Type()) {
				return nil
			}
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		default:
			return nil
		}
	}
}

func (w *walker) isParam(obj types.Object) bool {
	for f := w.b.f; f != nil; f = f.outer {
		if f.isParam(obj) {
			return true
		}
	}
	return false
}

// fills notes that the atom writes into the memory that e refers to.
func (w *walker) fills(e ast.Expr) {
	p, f := w.b.p, w.file()
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := p.object(f, x)
		switch {
		case obj == nil:
			w.put(target{how: outside})
		case isLocal(obj) && !w.b.g.sharedVars[obj]:
			w.put(target{how: fill, v: obj})
		case isLocal(obj) || p.own(obj):
			w.put(target{how: fillShared, v: obj})
		default:
			w.put(target{how: outside})
		}
	case *ast.SelectorExpr:
		sel, ok := f.pkg.Info.Selections[x]
		if !ok {
			switch obj := p.object(f, x.Sel); {
			case obj != nil && p.own(obj):
				w.put(target{how: fillShared, v: obj})
			case obj != nil && obj.Pkg() != nil && library.PackageOf(obj.Pkg().Path()).Effect.Harmless():
				// base64.StdEncoding and its like
			default:
				w.put(target{how: outside})
			}
			return
		}
		if v := p.canon(f, sel.Obj()); p.own(v) {
			if types.IsInterface(v.Type()) {
				w.put(target{how: outside}) // there is no telling what it writes to
				return
			}
			w.put(target{how: field, v: v, base: w.root(x.X)})
			return
		}
		w.fills(x.X)
	case *ast.IndexExpr:
		w.fills(x.X)
	case *ast.StarExpr:
		w.fills(x.X)
	case *ast.SliceExpr:
		w.fills(x.X)
	case *ast.TypeAssertExpr:
		w.fills(x.X)
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			w.fills(x.X)
		}
	case *ast.CompositeLit, *ast.BasicLit, *ast.FuncLit:
	case *ast.CallExpr:
		if f.isConversion(x) {
			w.fills(x.Args[0])
			return
		}
		c, fo := p.classify(f, x)
		if c != pure && c != log || len(w.callees(x)) > 0 {
			w.put(target{how: outside})
			return
		}
		if fo != nil && fo.Signature().Recv() != nil {
			if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
				w.fillsIfCarrying(sel.X)
			}
		}
		for _, arg := range x.Args {
			w.fillsIfCarrying(arg)
		}
	default:
		w.put(target{how: outside})
	}
}

func (w *walker) fillsIfCarrying(e ast.Expr) {
	if carries(w.file().pkg.Info.TypeOf(e)) {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			if _, isVar := w.b.p.object(w.file(), id).(*types.Var); !isVar {
				return
			}
		}
		w.fills(e)
	}
}

// alias notes that v may share memory with what rhs refers to.
func (w *walker) alias(v types.Object, rhs ast.Expr) {
	if !carries(v.Type()) || isClaims(v.Type()) && !isClaims(w.file().pkg.Info.TypeOf(rhs)) {
		return
	}
	for _, o := range w.sources(rhs, 0) {
		if o != v {
			w.b.g.union(v, o)
		}
	}
}

// isClaims reports whether a type is one of a JWT library: a token or its claims. They are filled in order
// to be signed, and nobody changes, through them, what was put in. If they shared memory with that, a
// list of scopes in the claims would keep every statement that writes another claim.
func isClaims(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && strings.Contains(n.Obj().Pkg().Path(), ".") && library.PackageOf(n.Obj().Pkg().Path()).Keys
}

// aliasExpr is alias for x.f = rhs and x[k] = rhs.
func (w *walker) aliasExpr(l, rhs ast.Expr) {
	if !carries(w.file().pkg.Info.TypeOf(l)) {
		return
	}
	var v types.Object
	for e := l; v == nil; {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v = w.b.p.object(w.file(), x)
		case *ast.SelectorExpr:
			if sel, ok := w.file().pkg.Info.Selections[x]; ok && w.b.p.own(w.b.p.canon(w.file(), sel.Obj())) {
				v = w.b.p.canon(w.file(), sel.Obj())
				break
			}
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return
		}
	}
	w.alias(v, rhs)
}

// sourcesOf is sources for the elements of a text.
func (w *walker) sourcesOf(sn *snippet, depth int) (out []types.Object) {
	if sn == nil || sn.file == nil {
		return nil
	}
	f, b := *w.b.f, *w.b
	f.file, b.f = sn.file, &f
	there := &walker{b: &b, a: w.a}
	for _, n := range sn.nodes {
		if kv, ok := n.(*ast.KeyValueExpr); ok {
			n = kv.Value
		}
		if e, ok := n.(ast.Expr); ok {
			out = append(out, there.sources(e, depth)...)
		}
	}
	return out
}

// sources returns the variables and fields whose memory a value may refer to.
func (w *walker) sources(e ast.Expr, depth int) []types.Object {
	p, f := w.b.p, w.file()
	if depth > 8 {
		return nil
	}
	deeper := func(list ...ast.Expr) (out []types.Object) {
		for _, e := range list {
			out = append(out, w.sources(e, depth+1)...)
		}
		return out
	}
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		if id, ok := ast.Unparen(u.X).(*ast.Ident); ok {
			if obj := p.object(f, id); obj != nil {
				return []types.Object{obj}
			}
		}
		return deeper(u.X)
	}
	if t := f.pkg.Info.TypeOf(e); t != nil {
		if _, tuple := t.(*types.Tuple); !tuple && !carries(t) {
			return nil
		}
	}
	switch x := e.(type) {
	case *ast.Ident:
		if v, ok := p.object(f, x).(*types.Var); ok && (isLocal(v) || p.own(v)) {
			return []types.Object{v}
		} else if ok {
			return []types.Object{outer}
		}
	case *ast.SelectorExpr:
		if sel, ok := f.pkg.Info.Selections[x]; ok && sel.Kind() == types.FieldVal {
			if v := p.canon(f, sel.Obj()); p.own(v) {
				return []types.Object{v}
			}
			return deeper(x.X)
		}
		if v, ok := p.object(f, x.Sel).(*types.Var); ok {
			if p.own(v) {
				return []types.Object{v}
			}
			if v.Pkg() == nil || !library.PackageOf(v.Pkg().Path()).Effect.Harmless() {
				return []types.Object{outer}
			}
		}
	case *ast.IndexExpr:
		return deeper(x.X)
	case *ast.SliceExpr:
		return deeper(x.X)
	case *ast.StarExpr:
		return deeper(x.X)
	case *ast.TypeAssertExpr:
		return deeper(x.X)
	case *ast.CompositeLit:
		if isClaims(f.pkg.Info.TypeOf(x)) {
			return nil
		}
		var out []types.Object
		for i, el := range x.Elts {
			if w.b.removes(el) {
				continue
			}
			if w.b.replaces(el) {
				out = append(out, w.sourcesOf(p.texts[el], depth+1)...)
				continue
			}
			v, val := w.b.g.element(f, x, i, el)
			if val == nil {
				val = el
				if kv, ok := el.(*ast.KeyValueExpr); ok {
					val = kv.Value
				}
			}
			got := deeper(val)
			if v != nil && p.own(v) { // the field shares it, the struct need not
				if carries(v.Type()) {
					for _, o := range got {
						if o != v {
							w.b.g.union(v, o)
						}
					}
				}
				continue
			}
			out = append(out, got...)
		}
		return out
	case *ast.CallExpr:
		if f.isConversion(x) || f.builtin(x) == "append" {
			return deeper(x.Args...)
		}
		if len(w.callees(x)) > 0 {
			return deeper(x.Args...)
		}
		switch c, fo := p.classify(f, x); {
		case c == pure && f.builtin(x) == "":
			if row := library.RowOf(fo); row != nil && row.Fresh {
				return nil
			}
			out := deeper(x.Args...)
			if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok && fo != nil && fo.Signature().Recv() != nil {
				out = append(out, deeper(sel.X)...)
			}
			return out
		case c == strong:
			return []types.Object{outer}
		}
	}
	return nil
}
