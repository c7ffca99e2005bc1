package plan

import (
	"fmt"
	"go/ast"
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
	scopes, _, err := p.allScopes(&one)
	return scopes, err
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
			if _, isMap := syntax.Under(l.f.TypeOf(l.e)).(*types.Map); !ok || isMap {
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
		n := f.Whole(id)
		switch x := f.Parent[n].(type) {
		case *ast.KeyValueExpr:
			if x.Key == n {
				continue
			}
		case *ast.AssignStmt:
			if slices.Contains(x.Lhs, n) {
				continue
			}
		}
		if t.seen[n] {
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
