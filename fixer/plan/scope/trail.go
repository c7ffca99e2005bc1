package scope

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/syntax"
)

// A metascopeList has the metascopes of one credential.
type metascopeList struct {
	f     *syntax.File
	e     ast.Expr // the literal; nil if it cannot be replaced as a whole
	names []string
}

// A trail is the path of the lists to the claims.
type trail struct {
	f        *syntax.File
	e        ast.Expr // in the claims
	lists    []metascopeList
	tests    []metascopeList // in test files
	carriers []types.Object  // fields, variables and parameters on the path
	unknown  ast.Expr        // where the path could not be followed
	in       *syntax.File    // the file of unknown

	seen map[any]bool
}

// trailOf follows the metascopes of a flow's claims back to constant lists. It returns nil if the claims have
// only constants, or metascopes from several places.
func trailOf(p *find.Finder, fl *flow.Flow) *trail {
	var one *trail
	for _, d := range p.WithSteps(fl, flow.Claims) {
		for _, e := range metascopeExprs(d) {
			if rangesOver(p, d.File, e) {
				continue // the list includes it
			}
			t := &trail{f: d.File, e: e, seen: map[any]bool{}}
			follow(p, t, d.File, e, false)
			if len(t.lists) == 0 && t.unknown == nil {
				continue
			}
			if one != nil {
				one.unknown, one.in = e, d.File
				return one
			}
			one = t
		}
	}
	return one
}

// rangesOver reports whether an expression is the variable of a loop.
func rangesOver(p *find.Finder, f *syntax.File, e ast.Expr) bool {
	id := syntax.IdentOf(ast.Unparen(e))
	if id == nil {
		return false
	}
	obj := f.Object(id)
	for n := ast.Node(id); n != nil; n = f.Parent[n] {
		if r, ok := n.(*ast.RangeStmt); ok {
			for _, v := range []ast.Expr{r.Key, r.Value} {
				if v := syntax.IdentOf(v); v != nil && f.Object(v) == obj {
					return true
				}
			}
		}
	}
	return false
}

// follow collects the possible lists of an expression. Joined lists are parts of one.
func follow(p *find.Finder, t *trail, f *syntax.File, e ast.Expr, joined bool) {
	e = ast.Unparen(e)
	if t.seen[e] || t.unknown != nil {
		return
	}
	t.seen[e] = true
	lost := func() { t.unknown, t.in = e, f }
	add := func(lit ast.Expr, names []string) {
		l := metascopeList{f, lit, names}
		switch {
		case strings.HasSuffix(f.Path, "_test.go"):
			t.tests = append(t.tests, l)
		case joined && len(t.lists) > 0:
			last := &t.lists[len(t.lists)-1]
			last.names, last.e = union(last.names, names), nil
		default:
			t.lists = append(t.lists, l)
		}
	}
	if names, ok := constants(f, e); ok {
		add(e, names)
		return
	}
	switch x := e.(type) {
	case *ast.SelectorExpr:
		followObject(p, t, f, f.Object(x.Sel), e, joined)
	case *ast.Ident:
		followObject(p, t, f, f.Object(x), e, joined)
	case *ast.IndexExpr:
		switch syntax.Under(f.TypeOf(x.X)).(type) {
		case *types.Map, *types.Slice, *types.Array:
		default:
			lost()
			return
		}
		followElements(p, t, f, x.X)
	case *ast.CallExpr:
		if id := syntax.IdentOf(x.Fun); id != nil && id.Name == "append" && len(x.Args) > 0 {
			for i, arg := range x.Args {
				follow(p, t, f, arg, joined || i > 0)
			}
			return
		}
		if d := p.Index.Target(f, x); d != nil {
			for _, r := range syntax.Returns(d.Body) {
				if len(r.Results) == 1 {
					follow(p, t, d.File, r.Results[0], false)
				}
			}
			for i := range t.lists {
				t.lists[i].e = nil // the result of the function may have other uses
			}
			return
		}
		lost()
	default:
		if !f.Pkg.Info.Types[e].IsNil() {
			lost()
		}
	}
}

func followObject(p *find.Finder, t *trail, f *syntax.File, obj types.Object, e ast.Expr, joined bool) {
	v, ok := obj.(*types.Var)
	if !ok || t.seen[v] {
		if !ok {
			t.unknown, t.in = e, f
		}
		return
	}
	t.seen[v] = true
	if d := p.Index.Outer(f, e); d != nil && !v.IsField() {
		if i, ok := d.Param(v); ok && i >= 0 {
			t.carriers = append(t.carriers, v)
			followCallers(p, t, d, i, v, e, f)
			return
		}
	}
	local := !v.IsField() && v.Parent() != v.Pkg().Scope()
	sources := p.Index.Sources(v)
	if v.IsField() {
		sources = append(sources, positional(p, v)...)
	}
	if !local {
		t.carriers = append(t.carriers, v)
	}
	for i, src := range sources {
		follow(p, t, src.File, src.Expr, joined || local && i > 0)
	}
	if len(sources) == 0 {
		t.unknown, t.in = e, f
	}
	if local && len(sources) > 1 {
		for i := range t.lists {
			t.lists[i].e = nil
		}
	}
}

// followCallers follows a parameter to the arguments of its callers. Arguments of a variadic parameter are a
// list.
func followCallers(p *find.Finder, t *trail, d *syntax.Func, i int, v *types.Var, e ast.Expr, f *syntax.File) {
	if d.Obj == nil {
		t.unknown, t.in = e, f
		return
	}
	sites, all := p.Index.Callers(d.Obj)
	sig := d.Obj.Signature()
	for _, s := range sites {
		if sig.Variadic() && i == sig.Params().Len()-1 && !s.Call.Ellipsis.IsValid() {
			var names []string
			for _, arg := range s.Call.Args[min(i, len(s.Call.Args)):] {
				c, ok := constants(s.File, arg)
				if !ok {
					t.unknown, t.in = arg, s.File
					return
				}
				names = append(names, c...)
			}
			t.lists = append(t.lists, metascopeList{s.File, nil, names})
			continue
		}
		if i >= len(s.Call.Args) {
			t.unknown, t.in = e, f
			return
		}
		follow(p, t, s.File, s.Call.Args[i], false)
	}
	if !all || len(sites) == 0 {
		t.unknown, t.in = e, f
	}
}

// followElements follows the values in a literal of a variable or field.
func followElements(p *find.Finder, t *trail, f *syntax.File, x ast.Expr) {
	v, ok := f.Denoted(x).(*types.Var)
	if !ok {
		t.unknown, t.in = x, f
		return
	}
	t.carriers = append(t.carriers, v)
	sources := p.Index.Sources(v)
	for _, src := range sources {
		lit, ok := ast.Unparen(src.Expr).(*ast.CompositeLit)
		if !ok {
			t.unknown, t.in = src.Expr, src.File
			return
		}
		for _, el := range lit.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				el = kv.Value
			}
			follow(p, t, src.File, el, false)
		}
	}
	if len(sources) == 0 {
		t.unknown, t.in = x, f
	}
}

// positional returns the values of a field in literals without keys.
func positional(p *find.Finder, v *types.Var) []syntax.Source {
	var out []syntax.Source
	for _, f := range p.Index.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || len(lit.Elts) == 0 {
				return true
			}
			if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); keyed {
				return true
			}
			t := syntax.Under(f.TypeOf(lit))
			if ptr, ok := t.(*types.Pointer); ok {
				t = ptr.Elem().Underlying()
			}
			if st, ok := t.(*types.Struct); ok {
				for i := range min(st.NumFields(), len(lit.Elts)) {
					if syntax.Origin(st.Field(i)) == v {
						out = append(out, syntax.Source{File: f, Expr: lit.Elts[i]})
					}
				}
			}
			return true
		})
	}
	return out
}

// constants returns the strings of a constant, or of a literal of constants.
func constants(f *syntax.File, e ast.Expr) ([]string, bool) {
	e = ast.Unparen(e)
	if tv := f.Pkg.Info.Types[e]; tv.Value != nil {
		if tv.Value.Kind() != constant.String {
			return nil, false
		}
		return []string{provider.Metascope(constant.StringVal(tv.Value))}, true
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	var out []string
	for _, el := range lit.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			if _, isMap := syntax.Under(f.TypeOf(lit)).(*types.Map); !isMap {
				return nil, false
			}
			el = kv.Key
		}
		tv := f.Pkg.Info.Types[el]
		if tv.Value == nil || tv.Value.Kind() != constant.String {
			return nil, false
		}
		names, _ := constants(f, el)
		out = append(out, names...)
	}
	return out, true
}

// union adds the elements of b that a does not have.
func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
