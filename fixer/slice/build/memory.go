package build

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// root returns the local variable that holds the memory e names, nil if that is not local.
func (w *Walker) root(e ast.Expr) types.Object {
	p, f := w.b.p, w.File()
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			obj := f.Object(x)
			if obj == nil || !syntax.IsLocal(obj) || w.b.g.SharedVars[obj] || w.isParam(obj) {
				return nil
			}
			return obj
		case *ast.SelectorExpr:
			if sel, ok := f.Pkg.Info.Selections[x]; !ok || p.Own(f.Canon(sel.Obj())) && carries(sel.Obj().Type()) {
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

// fills notes that the atom writes into the memory that e refers to.
func (w *Walker) fills(e ast.Expr) {
	p, f := w.b.p, w.File()
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := f.Object(x)
		switch {
		case obj == nil:
			w.put(graph.Target{How: graph.Outside})
		case syntax.IsLocal(obj) && !w.b.g.SharedVars[obj]:
			w.put(graph.Target{How: graph.Fill, Var: obj})
		case syntax.IsLocal(obj) || p.Own(obj):
			w.put(graph.Target{How: graph.FillShared, Var: obj})
		default:
			w.put(graph.Target{How: graph.Outside})
		}
	case *ast.SelectorExpr:
		sel, ok := f.Pkg.Info.Selections[x]
		if !ok {
			switch obj := f.Object(x.Sel); {
			case obj != nil && p.Own(obj):
				w.put(graph.Target{How: graph.FillShared, Var: obj})
			case obj != nil && obj.Pkg() != nil && library.PackageOf(obj.Pkg().Path()).Effect.Harmless():
				// base64.StdEncoding and its like
			default:
				w.put(graph.Target{How: graph.Outside})
			}
			return
		}
		if v := f.Canon(sel.Obj()); p.Own(v) {
			if types.IsInterface(v.Type()) {
				w.put(graph.Target{How: graph.Outside}) // its target is unknown
				return
			}
			w.put(graph.Target{How: graph.Field, Var: v, Base: w.root(x.X), Through: true})
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
		if f.IsConversion(x) {
			w.fills(x.Args[0])
			return
		}
		c, fo := p.Classify(f, x)
		if c != program.Pure && c != program.Log || len(w.callees(x)) > 0 {
			w.put(graph.Target{How: graph.Outside})
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
		w.put(graph.Target{How: graph.Outside})
	}
}

func (w *Walker) fillsIfCarrying(e ast.Expr) {
	if carries(w.File().Pkg.Info.TypeOf(e)) {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			if _, isVar := w.File().Object(id).(*types.Var); !isVar {
				return
			}
		}
		w.fills(e)
	}
}

// alias notes that v may share memory with what rhs refers to.
func (w *Walker) alias(v types.Object, rhs ast.Expr) {
	if !carries(v.Type()) || isClaims(v.Type()) && !isClaims(w.File().Pkg.Info.TypeOf(rhs)) {
		return
	}
	for _, o := range w.sources(rhs, 0) {
		if o != v {
			w.b.g.Union(v, o)
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
func (w *Walker) aliasExpr(l, rhs ast.Expr) {
	if !carries(w.File().Pkg.Info.TypeOf(l)) {
		return
	}
	var v types.Object
	for e := l; v == nil; {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v = w.File().Object(x)
		case *ast.SelectorExpr:
			if sel, ok := w.File().Pkg.Info.Selections[x]; ok && w.b.p.Own(w.File().Canon(sel.Obj())) {
				v = w.File().Canon(sel.Obj())
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
func (w *Walker) sourcesOf(sn *program.Snippet, depth int) (out []types.Object) {
	if sn == nil || sn.File == nil {
		return nil
	}
	f, b := *w.b.f, *w.b
	f.File, b.f = sn.File, &f
	there := &Walker{b: &b, a: w.a}
	for _, n := range sn.Nodes {
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
func (w *Walker) sources(e ast.Expr, depth int) []types.Object {
	if depth > maxSources {
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
		return w.addressed(u.X, deeper)
	}
	if t := w.File().Pkg.Info.TypeOf(e); t != nil {
		if _, tuple := t.(*types.Tuple); !tuple && !carries(t) {
			return nil
		}
	}
	switch x := e.(type) {
	case *ast.Ident:
		p := w.b.p
		if v, ok := w.File().Object(x).(*types.Var); ok && (syntax.IsLocal(v) || p.Own(v)) {
			return []types.Object{v}
		} else if ok {
			return []types.Object{graph.Outer}
		}
	case *ast.SelectorExpr:
		return w.sourcesOfSelector(x, deeper)
	case *ast.IndexExpr:
		return deeper(x.X)
	case *ast.SliceExpr:
		return deeper(x.X)
	case *ast.StarExpr:
		return deeper(x.X)
	case *ast.TypeAssertExpr:
		return deeper(x.X)
	case *ast.CompositeLit:
		return w.sourcesOfLiteral(x, depth, deeper)
	case *ast.CallExpr:
		return w.sourcesOfCall(x, deeper)
	}
	return nil
}

// maxSources bounds the nesting of an expression whose memory is followed.
const maxSources = 8

func (w *Walker) sourcesOfSelector(x *ast.SelectorExpr, deeper func(...ast.Expr) []types.Object) []types.Object {
	p, f := w.b.p, w.File()
	if sel, ok := f.Pkg.Info.Selections[x]; ok && sel.Kind() == types.FieldVal {
		if v := f.Canon(sel.Obj()); p.Own(v) {
			return []types.Object{v}
		}
		return deeper(x.X)
	}
	v, ok := f.Object(x.Sel).(*types.Var)
	switch {
	case !ok:
	case p.Own(v):
		return []types.Object{v}
	case v.Pkg() == nil || !library.PackageOf(v.Pkg().Path()).Effect.Harmless():
		return []types.Object{graph.Outer}
	}
	return nil
}

// sourcesOfLiteral returns the sources of the elements. Those of a field of the module's own are joined with the field,
// because the field shares the memory and the struct need not.
func (w *Walker) sourcesOfLiteral(x *ast.CompositeLit, depth int, deeper func(...ast.Expr) []types.Object) (out []types.Object) {
	p, f := w.b.p, w.File()
	if isClaims(f.Pkg.Info.TypeOf(x)) {
		return nil
	}
	for i, el := range x.Elts {
		switch {
		case w.b.removes(el):
			continue
		case w.b.replaces(el):
			out = append(out, w.sourcesOf(p.Texts[el], depth+1)...)
			continue
		}
		v, val := Element(w.b.g, f, x, i, el)
		if val == nil {
			val = el
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				val = kv.Value
			}
		}
		got := deeper(val)
		if v == nil || !p.Own(v) {
			out = append(out, got...)
			continue
		}
		for _, o := range got {
			if carries(v.Type()) && o != v {
				w.b.g.Union(v, o)
			}
		}
	}
	return out
}

func (w *Walker) sourcesOfCall(x *ast.CallExpr, deeper func(...ast.Expr) []types.Object) []types.Object {
	f := w.File()
	if f.IsConversion(x) || f.Builtin(x) == "append" || len(w.callees(x)) > 0 {
		return deeper(x.Args...)
	}
	switch c, fo := w.b.p.Classify(f, x); {
	case c == program.Pure && f.Builtin(x) == "":
		if row := library.RowOf(fo); row != nil && row.Fresh {
			return nil
		}
		out := deeper(x.Args...)
		if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok && fo != nil && fo.Signature().Recv() != nil {
			out = append(out, deeper(sel.X)...)
		}
		return out
	case c == program.Strong:
		return []types.Object{graph.Outer}
	}
	return nil
}

// addressed returns the variables and fields that a pointer to x points into. A plain string has an address, too.
func (w *Walker) addressed(x ast.Expr, sources func(...ast.Expr) []types.Object) []types.Object {
	p, f := w.b.p, w.File()
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		if obj := f.Object(x); obj != nil {
			return []types.Object{obj}
		}
	case *ast.SelectorExpr:
		if v := f.Object(x.Sel); v != nil && p.Own(v) {
			return []types.Object{v}
		}
		if sel, ok := f.Pkg.Info.Selections[x]; ok && sel.Kind() == types.FieldVal && !isPointer(f.Pkg.Info.TypeOf(x.X)) {
			return w.addressed(x.X, sources)
		}
		return sources(x.X)
	case *ast.IndexExpr:
		if _, ok := f.Pkg.Info.TypeOf(x.X).Underlying().(*types.Array); ok {
			return w.addressed(x.X, sources)
		}
		return sources(x.X)
	case *ast.StarExpr:
		return sources(x.X)
	}
	return sources(x)
}

func isPointer(t types.Type) bool {
	_, ok := types.Unalias(t).Underlying().(*types.Pointer)
	return ok
}
