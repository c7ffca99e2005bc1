package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
)

// replaceSDK replaces ExchangeJWT of github.com/adobe/ims-go. The request's structure gives the
// client id and secret, the client's configuration gives the host and the HTTP client.
//
// The same library has a Token method for the new grant. It is not used: which versions have it
// cannot be told from a call of ExchangeJWT, and x/oauth2 is what every other flow moves to.
func (p *planner) replaceSDK(fl *flow.Flow, pl *Plan, set *change.Set, scopes []string) error {
	f, call := p.ix.Call(fl.Send)
	if call == nil || !strings.HasPrefix(syntax.CalleeName(call), "ExchangeJWT") {
		return reason.New(reason.SDK, "exchanges through %s are not rewritten", fl.SDK)
	}
	d := p.ix.Enclosing(f, call)
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if d == nil || !ok || len(call.Args) == 0 {
		return reason.New(reason.ConfigForm, "the call of %s has an unknown form (%s)", fl.SDK, f.Place(call))
	}
	g, lit := p.composite(f, call.Args[len(call.Args)-1], 4)
	if lit == nil {
		return reason.New(reason.ConfigForm, "where the request of %s is filled in was not found (%s)", syntax.CalleeName(call), f.Place(call))
	}
	stmt := f.Stmt(call)
	x := &expresser{ix: p.ix, at: d, pos: stmt.Pos()}
	req := &request{scopes: scopes, sdk: true}
	var err error
	for key, to := range map[string]*change.Text{"ClientID": &req.id, "ClientSecret": &req.secret, "Resources": &req.resources} {
		v := element(lit, key)
		if v == nil {
			if key != "Resources" {
				return &needError{snake(key), fmt.Sprintf("the request of %s has no %s (%s)", syntax.CalleeName(call), key, g.Place(lit))}
			}
			continue
		}
		if src := p.decided(fl, snake(key)); src != "" {
			*to, err = x.given(snake(key), src)
		} else {
			*to, err = x.express(g, v)
		}
		if err != nil {
			return reason.Of(reason.OtherFunction, err)
		}
	}
	h, conf := p.imsConfig(f, sel.X, 6)
	if conf == nil {
		return reason.New(reason.NoURL, "where the IMS client is made was not found, so its URL is not known (%s)", f.Place(sel))
	}
	base := element(conf, "URL")
	if base == nil {
		return reason.New(reason.NoURL, "the IMS client is made without a URL (%s)", h.Place(conf))
	}
	given := p.decided(fl, "token_url")
	if given != "" {
		req.url, err = x.given("token_url", given)
	} else {
		req.url, err = x.express(h, base)
	}
	if err != nil {
		return reason.Of(reason.OtherFunction, err)
	}
	if given != "" {
		// It is the whole URL.
	} else if lit, ok := base.(*ast.BasicLit); ok && req.url.Src == lit.Value {
		req.url.Src = strings.TrimSuffix(strings.TrimSuffix(lit.Value, `"`), "/") + "/" + tokenPath + `"`
	} else {
		req.url.Src += ` + "/` + tokenPath + `"`
	}
	if c := element(conf, "Client"); c != nil && !plainClient(h, c) {
		if req.client, err = x.express(h, c); err != nil {
			return reason.Of(reason.OtherFunction, err)
		}
	}
	if req.context, err = p.context(fl, x); err != nil {
		return err
	}
	pl.Fetch, pl.at = f.Place(call), d
	return p.emit(&point{fn: d, call: call, stmt: stmt}, req, "", set)
}

func snake(key string) string {
	return strings.ToLower(strings.Replace(key, "Client", "client_", 1))
}

// element returns the value of a key in a composite literal.
func element(lit *ast.CompositeLit, key string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id := syntax.IdentOf(kv.Key); id != nil && id.Name == key {
				return kv.Value
			}
		}
	}
	return nil
}

// composite follows an expression to the composite literal that is its one definition. A variable
// whose fields are assigned afterwards does not count: the literal would not say it all.
func (p *planner) composite(f *syntax.File, e ast.Expr, depth int) (*syntax.File, *ast.CompositeLit) {
	switch x := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return f, x
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return p.composite(f, x.X, depth)
		}
	case *ast.Ident:
		if depth == 0 {
			return nil, nil
		}
		obj := f.Object(x)
		for _, use := range p.ix.Uses[obj] {
			g := p.ix.In[use]
			if s, ok := g.Parent[use].(*ast.SelectorExpr); ok && s.X == use {
				if a, ok := g.Parent[s].(*ast.AssignStmt); ok && a.Lhs[0] == s {
					return nil, nil
				}
			}
		}
		if g, rhs := p.ix.DefinitionOrAddressed(obj); rhs != nil {
			return p.composite(g, rhs, depth-1)
		}
	}
	return nil, nil
}

// imsConfig follows a client back to the ims.ClientConfig that it was made with: through variables,
// fields, parameters and the results of the module's own functions.
func (p *planner) imsConfig(f *syntax.File, e ast.Expr, depth int) (*syntax.File, *ast.CompositeLit) {
	if depth == 0 {
		return nil, nil
	}
	try := func(g *syntax.File, rhs ast.Expr) (*syntax.File, *ast.CompositeLit) {
		if c, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
			if syntax.CalleeName(c) == "NewClient" && len(c.Args) == 1 {
				return p.composite(g, c.Args[0], 4)
			}
			if d := p.ix.Target(g, c); d != nil {
				return p.imsReturned(d, depth-1)
			}
			return nil, nil
		}
		return p.imsConfig(g, rhs, depth-1)
	}
	var obj types.Object
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj = f.Object(x)
	case *ast.SelectorExpr:
		obj = f.Object(x.Sel)
	case *ast.CallExpr:
		return try(f, x)
	}
	if obj == nil {
		return nil, nil
	}
	if d := p.ix.Enclosing(f, e); d != nil && d.Obj != nil {
		if i, ok := d.Param(obj); ok {
			sites, _ := p.ix.Callers(d.Obj)
			if len(sites) != 1 {
				return nil, nil
			}
			if arg := syntax.Argument(sites[0].Call, i); arg != nil {
				return p.imsConfig(sites[0].File, arg, depth-1)
			}
			return nil, nil
		}
	}
	var g *syntax.File
	var lit *ast.CompositeLit
	n := 0
	for _, src := range p.ix.Sources(obj) {
		h, l := try(src.File, src.Expr)
		n++
		g, lit = h, l
	}
	if n != 1 {
		return nil, nil
	}
	return g, lit
}

func (p *planner) imsReturned(d *syntax.Func, depth int) (*syntax.File, *ast.CompositeLit) {
	var g *syntax.File
	var lit *ast.CompositeLit
	ast.Inspect(d.Body, func(n ast.Node) bool {
		r, ok := n.(*ast.ReturnStmt)
		if !ok || len(r.Results) == 0 || lit != nil {
			return lit == nil
		}
		g, lit = p.imsConfig(d.File, r.Results[0], depth)
		return true
	})
	return g, lit
}

// imsMetascopes are the constants of ims-go.
var imsMetascopes = map[string]string{
	"MetaScopeCloudManager":        "ent_cloudmgr_sdk",
	"MetaScopeAdobeIO":             "ent_adobeio_sdk",
	"MetaScopeAnalyticsBulkIngest": "ent_analytics_bulk_ingest_sdk",
}

// sdkMetascopes reads the MetaScope list of a request's structure, where it is a list of constants.
func (p *planner) sdkMetascopes(fl *flow.Flow) []string {
	f, call := p.ix.Call(fl.Send)
	if call == nil || len(call.Args) == 0 {
		return nil
	}
	g, lit := p.composite(f, call.Args[len(call.Args)-1], 4)
	if lit == nil {
		return nil
	}
	list := element(lit, "MetaScope")
	if list == nil {
		return nil
	}
	_, values := p.composite(g, list, 4)
	if values == nil {
		return nil
	}
	var out []string
	for _, e := range values.Elts {
		var id *ast.Ident
		switch e := e.(type) {
		case *ast.SelectorExpr:
			id = e.Sel
		case *ast.Ident:
			id = e
		}
		if id == nil || imsMetascopes[id.Name] == "" {
			return nil
		}
		out = append(out, imsMetascopes[id.Name])
	}
	return out
}
