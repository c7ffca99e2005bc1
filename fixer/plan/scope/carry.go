package scope

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// Carry replaces the metascopes of each credential by its scopes and returns an expression for these at x. It
// returns nothing if one list is right for all.
func Carry(p *find.Finder, fl *flow.Flow, x *express.Expresser, set *change.Set) (change.Text, error) {
	t, scopes, err := ownScopes(p, fl)
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
		if f, id, why := otherUse(p, t, obj); why != "" {
			return change.Text{}, apart(obj.Name()+" "+why, f, id)
		}
		renamed[obj] = scopesName(obj)
	}
	text, err := x.Express(t.f, t.e)
	if err != nil {
		return change.Text{}, err
	}
	for _, obj := range t.carriers {
		text.Src = regexp.MustCompile(`\b`+regexp.QuoteMeta(obj.Name())+`\b`).ReplaceAllString(text.Src, renamed[obj])
		for _, id := range named(p, obj) {
			if !p.Index.Within(id, t.e) {
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

// otherUse returns another use of a carrier than to pass the lists on, "" if there is none.
func otherUse(p *find.Finder, t *trail, obj types.Object) (*syntax.File, ast.Node, string) {
	v := obj.(*types.Var)
	own := p.Index.FileAt(v)
	if own == nil {
		return t.f, t.e, "is declared elsewhere"
	}
	decl := p.Index.Names[v]
	if v.Exported() && !p.Index.PrivatePath(own.Pkg.Path) && (v.IsField() || syntax.IsPackageLevel(v)) {
		return own, decl, "is exported"
	}
	if fld, ok := own.Parent[decl].(*ast.Field); ok && fld.Tag != nil {
		return own, decl, "is filled from outside by its tag"
	}
	for _, id := range p.Index.Uses[obj] {
		f := p.Index.FileOf(id)
		if p.Index.Within(id, t.e) || p.Index.Within(id, t.statement()) {
			continue
		}
		n := f.Whole(id)
		kv, ok := f.Parent[n].(*ast.KeyValueExpr)
		if ok && kv.Key == n || f.Assigned(n) != nil || t.seen[n] { // t.seen: passed on
			continue
		}
		return f, id, "is used for something else, too"
	}
	return nil, nil, ""
}

// statement returns the statement that adds the lists to the claims.
func (t *trail) statement() ast.Node {
	if s := t.f.Stmt(t.e); s != nil {
		return s
	}
	return t.e
}

// named returns all identifiers of an object, its declaration first.
func named(p *find.Finder, obj types.Object) []*ast.Ident {
	var out []*ast.Ident
	if id := p.Index.Names[obj]; id != nil {
		out = append(out, id)
	}
	return append(out, p.Index.Uses[obj]...)
}

// scopesName is the name of a carrier after the change, when it has scopes.
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
