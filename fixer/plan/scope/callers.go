package scope

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// Several credentials may share the function that exchanges the assertion: each caller signs with
// other metascopes and passes the assertion. The new grant needs scopes there, so each caller
// passes its scopes instead of the assertion, which has no other use.

// PerCaller returns the name of the parameter with the scopes, "" if one list is right for all callers.
func PerCaller(p *find.Finder, fl *flow.Flow, pt *place.Point, set *change.Set) (string, error) {
	if len(p.Decisions.Scopes) > 0 {
		return "", nil
	}
	all := *fl
	all.Metascopes = union(union(nil, fl.AllMetascopes), fl.Metascopes)
	if len(all.Metascopes) < 2 {
		return "", nil
	}
	lists, sites, index, err := callersMetascopes(p, &all, pt)
	if err != nil {
		return "", err
	}
	fl = &all
	same := true
	for _, list := range lists {
		same = same && strings.Join(list, ",") == strings.Join(lists[0], ",")
	}
	if same {
		return "", nil
	}
	if pt.Func.Obj.Exported() && !p.Private(pt.Func) {
		return "", reason.New(reason.MixedScopes, "%s is exported and serves credentials with different scopes", pt.Func.Obj.Name())
	}
	name := syntax.FreshName(p.Index, pt.Func, nil, "scopes", "oauthScopes")
	set.Replace[pt.Func.Params()[index]] = change.Text{Src: name}
	for i, s := range sites {
		one := *fl
		one.Metascopes, one.MetascopesDynamic = lists[i], false
		scopes, _, err := For(p, &one)
		if err != nil {
			return "", err
		}
		arg := syntax.Argument(s.Call, index)
		if arg == nil {
			return "", reason.New(reason.Scattered, "callers pass the assertion in an unknown form (%s)", s.File.Place(s.Call))
		}
		set.Replace[arg] = change.Text{Src: strconv.Quote(strings.Join(scopes, ","))}
	}
	return name, nil
}

// callersMetascopes returns the metascopes of each caller of the exchange, and the parameter with the
// assertion. It returns nothing if there is one caller, or the callers do not choose.
func callersMetascopes(p *find.Finder, fl *flow.Flow, pt *place.Point) (lists [][]string, sites []syntax.CallSite, index int, err error) {
	if pt.Func.Obj != nil {
		sites, _ = p.Index.Callers(pt.Func.Obj)
	}
	index, ok := assertionParam(p, fl, pt.Func)
	if !ok || len(sites) < 2 {
		if len(fl.AllMetascopes) > 0 && len(fl.Via) == 0 {
			return nil, nil, 0, &decision.Needed{What: "scopes", Msg: fmt.Sprintf("credentials with different metascopes (%s) get their tokens at the same place (%s), so one list of scopes may not serve them all: %s",
				strings.Join(fl.AllMetascopes, ", "), pt.Func.File.Place(pt.Call), giveScopes(fl))}
		}
		return nil, nil, 0, nil
	}
	for _, s := range sites {
		list := metascopesOf(p, fl, p.Index.Outer(s.File, s.Call))
		if len(list) == 0 {
			return nil, nil, 0, reason.New(reason.ScopesUnknown, "the call at %[2]s may request any of the metascopes %[1]s", strings.Join(fl.Metascopes, ", "), s.File.Place(s.Call))
		}
		lists = append(lists, list)
	}
	return lists, sites, index, nil
}

// assertionParam returns the index of the string parameter of d with the assertion.
func assertionParam(p *find.Finder, fl *flow.Flow, d *syntax.Func) (int, bool) {
	f, n := p.Index.Node(fl.Assertion)
	e, ok := n.(ast.Expr)
	if !ok || f != d.File || !syntax.IsString(f.TypeOf(e)) {
		return 0, false
	}
	id := syntax.Root(e)
	if id == nil {
		return 0, false
	}
	i, ok := d.Param(f.Object(id))
	return i, ok && i >= 0
}

// metascopesOf returns the metascopes that a function names, itself or in its callees.
func metascopesOf(p *find.Finder, fl *flow.Flow, d *syntax.Func) []string {
	if d == nil {
		return nil
	}
	found := map[string]bool{}
	visit := func(f *syntax.File, n ast.Node) {
		for _, lit := range p.Literals(f, n) {
			if lit.Kind != token.STRING {
				continue
			}
			for _, m := range fl.Metascopes {
				if strings.Contains(lit.Value, m+`"`) || strings.Contains(lit.Value, m+"`") {
					found[m] = true
				}
			}
		}
	}
	visit(d.File, d.Body)
	if len(found) == 0 {
		ast.Inspect(d.Body, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				if m := p.Index.Target(d.File, c); m != nil && m.Node != d.Node {
					visit(m.File, m.Body)
				}
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(found))
}
