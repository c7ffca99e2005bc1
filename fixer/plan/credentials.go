package plan

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// One exchange may serve several credentials whose metascopes lie with them, in a field of a structure or
// the values of a map. The scopes of each take the place of its metascopes there, and are carried to the
// exchange as these were: a union would ask for more than a credential has, which is refused.

// A metascopeList is what one credential asks for.
type metascopeList struct {
	f     *syntax.File
	e     ast.Expr // the literal; nil where it cannot be replaced as a whole
	names []string
}

// A trail is how the lists come to the claims.
type trail struct {
	f        *syntax.File
	e        ast.Expr // as the claims name it
	lists    []metascopeList
	tests    []metascopeList // in test files
	carriers []types.Object  // fields, variables and parameters on the way
	unknown  ast.Expr        // where the way could not be followed
	in       *syntax.File    // the file of unknown

	seen map[any]bool
}

// trail follows the metascopes of a flow's claims back to constant lists; nil where the claims name none
// but constants, or where they come from several places.
func (p *planner) trail(fl *flow.Flow) *trail {
	var one *trail
	for _, d := range p.withSteps(fl, flow.Claims) {
		for _, e := range metascopeExprs(d) {
			if p.rangesOver(d.File, e) {
				continue // the list itself is among them
			}
			t := &trail{f: d.File, e: e, seen: map[any]bool{}}
			p.follow(t, d.File, e, false)
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
func (p *planner) rangesOver(f *syntax.File, e ast.Expr) bool {
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

// follow collects the lists that an expression may be. Joined lists are parts of one.
func (p *planner) follow(t *trail, f *syntax.File, e ast.Expr, joined bool) {
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
		p.followObject(t, f, f.Object(x.Sel), e, joined)
	case *ast.Ident:
		p.followObject(t, f, f.Object(x), e, joined)
	case *ast.IndexExpr:
		switch under(f.TypeOf(x.X)).(type) {
		case *types.Map, *types.Slice, *types.Array:
		default:
			lost()
			return
		}
		p.followElements(t, f, x.X)
	case *ast.CallExpr:
		if id := syntax.IdentOf(x.Fun); id != nil && id.Name == "append" && len(x.Args) > 0 {
			for i, arg := range x.Args {
				p.follow(t, f, arg, joined || i > 0)
			}
			return
		}
		if d := p.ix.Target(f, x); d != nil {
			ast.Inspect(d.Body, func(n ast.Node) bool {
				if _, ok := n.(*ast.FuncLit); ok {
					return false
				}
				if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
					p.follow(t, d.File, r.Results[0], false)
				}
				return true
			})
			for i := range t.lists {
				t.lists[i].e = nil // what the function returns may be wanted by others
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

func (p *planner) followObject(t *trail, f *syntax.File, obj types.Object, e ast.Expr, joined bool) {
	v, ok := obj.(*types.Var)
	if !ok || t.seen[v] {
		if !ok {
			t.unknown, t.in = e, f
		}
		return
	}
	t.seen[v] = true
	if d := p.ix.Outer(f, e); d != nil && !v.IsField() {
		if i, ok := d.Param(v); ok && i >= 0 {
			t.carriers = append(t.carriers, v)
			p.followCallers(t, d, i, v, e, f)
			return
		}
	}
	local := !v.IsField() && v.Parent() != v.Pkg().Scope()
	sources := p.ix.Sources(v)
	if v.IsField() {
		sources = append(sources, p.positional(v)...)
	}
	if !local {
		t.carriers = append(t.carriers, v)
	}
	for i, src := range sources {
		p.follow(t, src.File, src.Expr, joined || local && i > 0)
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

// followCallers follows a parameter to what callers give. Arguments of a variadic one are a list.
func (p *planner) followCallers(t *trail, d *syntax.Func, i int, v *types.Var, e ast.Expr, f *syntax.File) {
	if d.Obj == nil {
		t.unknown, t.in = e, f
		return
	}
	sites, all := p.ix.Callers(d.Obj)
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
		p.follow(t, s.File, s.Call.Args[i], false)
	}
	if !all || len(sites) == 0 {
		t.unknown, t.in = e, f
	}
}

// followElements follows the values of a literal that a variable or field holds.
func (p *planner) followElements(t *trail, f *syntax.File, x ast.Expr) {
	var obj types.Object
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		obj = f.Object(x)
	case *ast.SelectorExpr:
		obj = f.Object(x.Sel)
	}
	v, ok := obj.(*types.Var)
	if !ok {
		t.unknown, t.in = x, f
		return
	}
	t.carriers = append(t.carriers, v)
	sources := p.ix.Sources(v)
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
			p.follow(t, src.File, el, false)
		}
	}
	if len(sources) == 0 {
		t.unknown, t.in = x, f
	}
}

// positional returns the values that literals without keys give a field.
func (p *planner) positional(v *types.Var) []syntax.Source {
	var out []syntax.Source
	for _, f := range p.ix.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || len(lit.Elts) == 0 {
				return true
			}
			if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); keyed {
				return true
			}
			t := under(f.TypeOf(lit))
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
			if _, isMap := under(f.TypeOf(lit)).(*types.Map); !isMap {
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

// ownScopes reports, by a trail, whether the credentials that share an exchange have scopes of their own;
// scopes are those of its lists. It is an error if that cannot be told.
func (p *planner) ownScopes(fl *flow.Flow) (t *trail, scopes map[string][]string, err error) {
	if len(p.dec.Scopes) > 0 || len(fl.Metascopes) < 2 || fl.MetascopesDynamic || fl.SDK != "" {
		return nil, nil, nil
	}
	if t = p.trail(fl); t == nil {
		return nil, nil, nil
	}
	if t.unknown != nil {
		if scopesOf(p.scopesFor(fl, fl.Metascopes[:1])) == scopesOf(p.scopesFor(fl, fl.Metascopes)) {
			return nil, nil, nil
		}
		return nil, nil, &needError{"scopes", fmt.Sprintf("which of the metascopes %s a credential has is decided where it cannot be followed (%s), and one list of scopes may not serve all: %s",
			strings.Join(fl.Metascopes, ", "), t.in.Place(t.unknown), giveScopes(fl))}
	}
	always := slices.DeleteFunc(slices.Clone(fl.Metascopes), func(m string) bool {
		return slices.ContainsFunc(t.lists, func(l metascopeList) bool { return slices.Contains(l.names, m) })
	})
	scopes = map[string][]string{}
	first, differ := "", false
	for i, l := range slices.Concat(t.lists, t.tests) {
		names := union(slices.Clone(always), l.names)
		list, err := p.scopesFor(fl, names)
		if err != nil {
			if i >= len(t.lists) {
				continue
			}
			return nil, nil, err
		}
		scopes[strings.Join(l.names, ",")] = list
		if i == 0 {
			first = scopesOf(list, nil)
		}
		differ = differ || i < len(t.lists) && scopesOf(list, nil) != first
	}
	if !differ {
		return nil, nil, nil
	}
	return t, scopes, nil
}

func scopesOf(list []string, err error) string {
	if err != nil {
		return err.Error()
	}
	return strings.Join(list, ",")
}

// scopesFor returns the scopes that take the place of metascopes.
func (p *planner) scopesFor(fl *flow.Flow, metascopes []string) ([]string, error) {
	one := *fl
	one.Metascopes, one.MetascopesDynamic = metascopes, false
	return p.allScopes(&one, &Plan{})
}

// carryScopes puts the scopes of each credential in the place of its metascopes and returns what names
// them at x; nothing where one list serves all.
func (p *planner) carryScopes(fl *flow.Flow, x *expresser, set *change.Set) (change.Text, error) {
	t, scopes, err := p.ownScopes(fl)
	if t == nil || err != nil {
		return change.Text{}, err
	}
	apart := func(why string, f *syntax.File, n ast.Node) error {
		return reason.New(reason.MixedScopes, "the credentials that share this exchange have different metascopes, and %s (%s): give each its own list of scopes by hand", why, f.Place(n))
	}
	for _, l := range t.lists {
		if l.e == nil {
			return change.Text{}, apart("one of the lists is put together by code", t.f, t.e)
		}
	}
	renamed := map[types.Object]string{}
	for _, obj := range t.carriers {
		if f, id, why := p.carriesOnly(t, obj); why != "" {
			return change.Text{}, apart(obj.Name()+" "+why, f, id)
		}
		renamed[obj] = scopesName(obj)
	}
	text, err := x.express(t.f, t.e)
	if err != nil {
		return change.Text{}, err
	}
	for _, obj := range t.carriers {
		text.Src = regexp.MustCompile(`\b`+regexp.QuoteMeta(obj.Name())+`\b`).ReplaceAllString(text.Src, renamed[obj])
		for _, id := range p.named(obj) {
			f := p.ix.In[id]
			if !inside(f, id, t.e) {
				set.Replace[id] = change.Text{Src: renamed[obj]}
			}
		}
	}
	for _, l := range slices.Concat(t.lists, t.tests) {
		list := scopes[strings.Join(l.names, ",")]
		if list == nil || l.e == nil {
			continue
		}
		src := strconv.Quote(strings.Join(list, ","))
		if !syntax.IsString(l.f.TypeOf(l.e)) {
			lit, ok := ast.Unparen(l.e).(*ast.CompositeLit)
			if _, isMap := under(l.f.TypeOf(l.e)).(*types.Map); !ok || isMap {
				return change.Text{}, apart("a list is a "+l.f.TypeOf(l.e).String(), l.f, l.e)
			}
			open := ""
			if lit.Type != nil {
				open = l.f.Text(lit.Type)
			}
			src = open + "{" + src + "}"
		}
		set.Replace[l.e] = change.Text{Src: src}
	}
	if syntax.IsString(t.f.TypeOf(t.e)) {
		text.Src = "[]string{" + text.Src + "}"
	}
	return text, nil
}

// carriesOnly says what else happens to a carrier than that the lists are handed on, "" if nothing does.
func (p *planner) carriesOnly(t *trail, obj types.Object) (*syntax.File, ast.Node, string) {
	v := obj.(*types.Var)
	own := p.ix.FileAt(v)
	if own == nil {
		return t.f, t.e, "is declared elsewhere"
	}
	decl := p.ix.Declaration(v)
	if v.Exported() && !p.ix.PrivatePath(own.Pkg.Path) && (v.IsField() || v.Parent() == v.Pkg().Scope()) {
		return own, decl, "is exported"
	}
	if fld, ok := own.Parent[decl].(*ast.Field); ok && fld.Tag != nil {
		return own, decl, "is filled from outside by its tag"
	}
	for _, id := range p.ix.Uses[obj] {
		f := p.ix.In[id]
		if inside(f, id, t.e) || inside(f, id, t.statement()) {
			continue
		}
		var n ast.Node = id
		if sel, ok := f.Parent[n].(*ast.SelectorExpr); ok && sel.Sel == id {
			n = sel
		}
		switch x := f.Parent[n].(type) {
		case *ast.KeyValueExpr:
			if x.Key == n || t.seen[n] {
				continue
			}
		case *ast.AssignStmt:
			if slices.Contains(x.Lhs, n.(ast.Expr)) {
				continue
			}
		}
		if e, ok := n.(ast.Expr); ok && t.seen[e] {
			continue // handed on
		}
		return f, id, "is used for something else, too"
	}
	return nil, nil, ""
}

// statement returns the statement by which the lists get into the claims.
func (t *trail) statement() ast.Node {
	if s := t.f.Stmt(t.e); s != nil {
		return s
	}
	return t.e
}

// inside reports whether a node of a file lies in another one.
func inside(f *syntax.File, n, in ast.Node) bool {
	for ; n != nil; n = f.Parent[n] {
		if n == in {
			return true
		}
	}
	return false
}

// named returns all identifiers of an object, its declaration first.
func (p *planner) named(obj types.Object) []*ast.Ident {
	var out []*ast.Ident
	if id := p.ix.Declaration(obj); id != nil {
		out = append(out, id)
	}
	return append(out, p.ix.Uses[obj]...)
}

// scopesName is the name of a carrier once it holds scopes.
func scopesName(obj types.Object) string {
	name := "scopes"
	if token.IsExported(obj.Name()) {
		name = "Scopes"
	}
	if v := obj.(*types.Var); !v.IsField() && v.Parent() != nil && v.Parent().Lookup(name) != nil {
		return "oauth" + strings.ToUpper(name[:1]) + name[1:]
	}
	return name
}

// ownScopesNotes says which scopes each credential gets.
func ownScopesNotes(t *trail, scopes map[string][]string) []string {
	var out []string
	for _, l := range t.lists {
		note := provider.ScopesFor(l.names).Note
		if note == "" {
			note = provider.Replaced(scopes[strings.Join(l.names, ",")], l.names)
		}
		if !slices.Contains(out, note) {
			out = append(out, note)
		}
	}
	return out
}
