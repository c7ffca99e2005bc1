package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
)

// replaceSDK replaces ExchangeJWT of github.com/adobe/ims-go. The request's structure gives the
// client id and secret, the client's configuration gives the host and the HTTP client.
//
// The same library has a Token method for the new grant. It is not used: which versions have it
// cannot be told from a call of ExchangeJWT, and x/oauth2 is what every other flow moves to.
func (p *planner) replaceSDK(fl *flow.Flow, pl *Plan, set *change.Set, scopes []string) error {
	f, call := p.ix.call(fl.Send)
	if call == nil || !strings.HasPrefix(calleeName(call), "ExchangeJWT") {
		return because("exchanges through %s are not rewritten", fl.SDK)
	}
	d := p.ix.enclosing(f, call)
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if d == nil || !ok || len(call.Args) == 0 {
		return because("the call of %s has an unknown form (%s)", fl.SDK, f.place(call))
	}
	g, lit := p.composite(f, call.Args[len(call.Args)-1], 4)
	if lit == nil {
		return because("where the request of %s is filled in was not found (%s)", calleeName(call), f.place(call))
	}
	stmt := f.stmt(call)
	x := &expresser{ix: p.ix, at: d, pos: stmt.Pos()}
	req := &request{scopes: scopes}
	var err error
	for key, to := range map[string]*change.Text{"ClientID": &req.id, "ClientSecret": &req.secret, "Resources": &req.resources} {
		v := element(lit, key)
		if v == nil {
			if key != "Resources" {
				return &needError{snake(key), fmt.Sprintf("the request of %s has no %s (%s)", calleeName(call), key, g.place(lit))}
			}
			continue
		}
		if *to, err = x.express(g, v); err != nil {
			return because("%v", err)
		}
	}
	h, conf := p.imsConfig(f, sel.X, 6)
	if conf == nil {
		return because("where the IMS client is made was not found, so its URL is not known (%s)", f.place(sel))
	}
	base := element(conf, "URL")
	if base == nil {
		return because("the IMS client is made without a URL (%s)", h.place(conf))
	}
	if req.url, err = x.express(h, base); err != nil {
		return because("%v", err)
	}
	if lit, ok := base.(*ast.BasicLit); ok && req.url.Src == lit.Value {
		req.url.Src = strings.TrimSuffix(strings.TrimSuffix(lit.Value, `"`), "/") + "/" + tokenPath + `"`
	} else {
		req.url.Src += ` + "/` + tokenPath + `"`
	}
	if c := element(conf, "Client"); c != nil && !plainClient(h, c) {
		if req.client, err = x.express(h, c); err != nil {
			return because("%v", err)
		}
	}
	if req.context, err = p.context(fl, x); err != nil {
		return err
	}
	pl.Fetch, pl.at = f.place(call), d
	return p.emitSDK(f, d, call, stmt, req, set)
}

func snake(key string) string {
	return strings.ToLower(strings.Replace(key, "Client", "client_", 1))
}

// element returns the value of a key in a composite literal.
func element(lit *ast.CompositeLit, key string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id := identOf(kv.Key); id != nil && id.Name == key {
				return kv.Value
			}
		}
	}
	return nil
}

// composite follows an expression to the composite literal that is its one definition. A variable
// whose fields are assigned afterwards does not count: the literal would not say it all.
func (p *planner) composite(f *file, e ast.Expr, depth int) (*file, *ast.CompositeLit) {
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
		obj := f.object(x)
		for _, use := range p.ix.uses[obj] {
			g := p.ix.in[use]
			if s, ok := g.parent[use].(*ast.SelectorExpr); ok && s.X == use {
				if a, ok := g.parent[s].(*ast.AssignStmt); ok && a.Lhs[0] == s {
					return nil, nil
				}
			}
		}
		if g, rhs := (&expresser{ix: p.ix}).definitionOrAddressed(obj); rhs != nil {
			return p.composite(g, rhs, depth-1)
		}
	}
	return nil, nil
}

// definitionOrAddressed is definition for variables whose address may be taken: cfg := T{…}; f(&cfg).
func (x *expresser) definitionOrAddressed(obj types.Object) (*file, ast.Expr) {
	if f, rhs := x.definition(obj); rhs != nil {
		return f, rhs
	}
	f := x.ix.fileAt(obj)
	if f == nil {
		return nil, nil
	}
	var rhs ast.Expr
	n := 0
	ast.Inspect(f.syntax, func(node ast.Node) bool {
		switch s := node.(type) {
		case *ast.AssignStmt:
			for i, l := range s.Lhs {
				if id := identOf(l); id != nil && f.object(id) == obj {
					n++
					if len(s.Lhs) == len(s.Rhs) {
						rhs = s.Rhs[i]
					}
				}
			}
		case *ast.ValueSpec:
			for i, id := range s.Names {
				if f.object(id) == obj && i < len(s.Values) && len(s.Values) == len(s.Names) {
					n++
					rhs = s.Values[i]
				}
			}
		}
		return true
	})
	if n != 1 {
		return nil, nil
	}
	return f, rhs
}

// imsConfig follows a client back to the ims.ClientConfig that it was made with: through variables,
// fields, parameters and the results of the module's own functions.
func (p *planner) imsConfig(f *file, e ast.Expr, depth int) (*file, *ast.CompositeLit) {
	if depth == 0 {
		return nil, nil
	}
	try := func(g *file, rhs ast.Expr) (*file, *ast.CompositeLit) {
		if c, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
			if calleeName(c) == "NewClient" && len(c.Args) == 1 {
				return p.composite(g, c.Args[0], 4)
			}
			if d := p.ix.target(g, c); d != nil {
				return p.imsReturned(d, depth-1)
			}
			return nil, nil
		}
		return p.imsConfig(g, rhs, depth-1)
	}
	var obj types.Object
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj = f.object(x)
	case *ast.SelectorExpr:
		obj = f.object(x.Sel)
	case *ast.CallExpr:
		return try(f, x)
	}
	if obj == nil {
		return nil, nil
	}
	if d := p.ix.enclosing(f, e); d != nil && d.obj != nil {
		if i, ok := d.param(obj); ok {
			sites, _ := p.ix.callers(d.obj)
			if len(sites) != 1 {
				return nil, nil
			}
			if arg := argument(sites[0].call, i); arg != nil {
				return p.imsConfig(sites[0].file, arg, depth-1)
			}
			return nil, nil
		}
	}
	var g *file
	var lit *ast.CompositeLit
	n := 0
	for _, src := range p.ix.sources(obj) {
		h, l := try(src.file, src.expr)
		n++
		g, lit = h, l
	}
	if n != 1 {
		return nil, nil
	}
	return g, lit
}

func (p *planner) imsReturned(d *fn, depth int) (*file, *ast.CompositeLit) {
	var g *file
	var lit *ast.CompositeLit
	ast.Inspect(d.body, func(n ast.Node) bool {
		r, ok := n.(*ast.ReturnStmt)
		if !ok || len(r.Results) == 0 || lit != nil {
			return lit == nil
		}
		g, lit = p.imsConfig(d.file, r.Results[0], depth)
		return true
	})
	return g, lit
}

// A source is an expression that is assigned to a variable or field.
type source struct {
	file *file
	expr ast.Expr
}

// sources returns everything that is assigned to a variable or field, in definitions, assignments
// and keyed literals. For a multi-value call it is the call.
func (ix *Index) sources(obj types.Object) []source {
	var out []source
	for _, f := range ix.files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					var id *ast.Ident
					switch l := l.(type) {
					case *ast.Ident:
						id = l
					case *ast.SelectorExpr:
						id = l.Sel
					}
					if id == nil || f.object(id) != obj {
						continue
					}
					if len(n.Lhs) == len(n.Rhs) {
						out = append(out, source{f, n.Rhs[i]})
					} else if i == 0 {
						out = append(out, source{f, n.Rhs[0]})
					}
				}
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if f.object(id) != obj || len(n.Values) == 0 {
						continue
					}
					if len(n.Values) == len(n.Names) {
						out = append(out, source{f, n.Values[i]})
					} else if i == 0 {
						out = append(out, source{f, n.Values[0]})
					}
				}
			case *ast.KeyValueExpr:
				if id := identOf(n.Key); id != nil && f.object(id) == obj {
					out = append(out, source{f, n.Value})
				}
			}
			return true
		})
	}
	return out
}

// emitSDK puts the new call where ExchangeJWT stood. The response stays a *ims.ExchangeJWTResponse
// where it goes anywhere but into reads of its two fields.
func (p *planner) emitSDK(f *file, d *fn, call *ast.CallExpr, stmt ast.Stmt, req *request, set *change.Set) error {
	taken := map[string]bool{}
	tok := freshName(p.ix, d, taken, "token", "tok", "oauthToken", "accessToken")
	taken[tok] = true
	config := freshName(p.ix, d, taken, "config", "conf", "oauthConfig", "credentials")
	lit, ctx := req.literal(), req.ctx()
	text := change.Text{Src: config + " := " + lit.Src + "\n", Keeps: append(lit.Keeps, ctx.Keeps...)}
	fetch := fmt.Sprintf("%s.Token(%s)", config, ctx.Src)
	fill := &filler{p: p, set: set, millis: true, lifetime: freshName(p.ix, d, taken, "expiresIn", "lifetime")}
	result := ""
	if tup, ok := f.typeOf(call).(*types.Tuple); ok && tup.Len() == 2 {
		if ptr, ok := tup.At(0).Type().(*types.Pointer); ok {
			result = fill.typeText(d, ptr.Elem())
		}
	}
	if result == "" {
		return because("the result of %s has an unknown form (%s)", calleeName(call), f.place(call))
	}
	seconds := fmt.Sprintf("%s, _ := %s.Extra(\"expires_in\").(float64)", fill.lifetime, tok)
	response := fmt.Sprintf("&%s{\nAccessToken: %s.AccessToken,\nExpiresIn: «time».Duration(%s) * «time».Second,\n}", result, tok, fill.lifetime)
	list, at := f.list(stmt)
	if list == nil {
		return because("the exchange stands in the head of a statement (%s)", f.place(stmt))
	}
	if r, ok := stmt.(*ast.ReturnStmt); ok {
		if len(r.Results) != 1 {
			return because("the exchange is part of a larger expression (%s)", f.place(stmt))
		}
		text.Src += fmt.Sprintf("%s, err := %s\nif err != nil {\nreturn nil, err\n}\n%s\nreturn %s, nil", tok, fetch, seconds, response)
		set.Replace[stmt] = text
		return nil
	}
	s, ok := stmt.(*ast.AssignStmt)
	if !ok || len(s.Lhs) != 2 || len(s.Rhs) != 1 || ast.Unparen(s.Rhs[0]) != call {
		return because("the exchange stands in a statement that cannot be rewritten (%s)", f.place(stmt))
	}
	resp, errID := identOf(s.Lhs[0]), identOf(s.Lhs[1])
	if resp == nil || errID == nil || resp.Name == "_" {
		return because("the result of the exchange is not kept in a variable (%s)", f.place(stmt))
	}
	obj, errObj := f.object(resp), f.object(errID)
	if s.Tok != token.DEFINE && errID.Name != "_" && errObj.Parent() != f.pkg.Types.Scope().Innermost(s.Pos()) {
		text.Src += fmt.Sprintf("var %s *«%s».Token\n%s, %s = %s", tok, oauth2Path, tok, errID.Name, fetch)
	} else {
		text.Src += fmt.Sprintf("%s, %s := %s", tok, errID.Name, fetch)
	}
	ans := &answer{p: p, d: d, f: f}
	checked := false
	if at+1 < len(list) && errObj != nil {
		i, ok := list[at+1].(*ast.IfStmt)
		checked = ok && i.Init == nil && i.Else == nil && ans.checks(i.Cond, errObj) && terminates(i.Body)
	}
	if repl, lifetime, ok := p.sdkReads(f, d, obj, tok, fill); ok && s.Tok == token.DEFINE && (checked || !lifetime) {
		for n, t := range repl {
			set.Replace[n] = t
		}
		set.Replace[s] = text
		if lifetime {
			return p.fillAt(set, f, list, at+2, change.Text{Src: seconds}, s)
		}
		return nil
	}
	define := " := "
	if s.Tok == token.ASSIGN {
		define = " = "
	}
	if checked {
		set.Replace[s] = text
		return p.fillAt(set, f, list, at+2, change.Text{Src: seconds + "\n" + resp.Name + define + response}, s)
	}
	if define == " := " {
		text.Src += fmt.Sprintf("\nvar %s *%s", resp.Name, result)
	}
	cond := ""
	if errID.Name != "_" {
		cond = errID.Name + " == nil"
	} else {
		cond = tok + " != nil"
	}
	text.Src += fmt.Sprintf("\nif %s {\n%s\n%s = %s\n}", cond, seconds, resp.Name, response)
	set.Replace[s] = text
	return nil
}

// sdkReads replaces reads of the response's fields, if reads are all there is.
func (p *planner) sdkReads(f *file, d *fn, resp types.Object, tok string, fill *filler) (map[ast.Node]change.Text, bool, bool) {
	repl := map[ast.Node]change.Text{}
	lifetime := false
	for _, use := range p.ix.uses[resp] {
		sel, ok := f.parent[use].(*ast.SelectorExpr)
		if !ok || sel.X != use || fill.written(f, sel) {
			return nil, false, false
		}
		switch sel.Sel.Name {
		case "AccessToken":
			repl[sel] = change.Text{Src: tok + ".AccessToken"}
		case "ExpiresIn":
			src := "«time».Duration(" + fill.lifetime + ") * «time».Second"
			if needsParens(f.parent[sel], sel) {
				src = "(" + src + ")"
			}
			repl[sel] = change.Text{Src: src}
			lifetime = true
		default:
			return nil, false, false
		}
	}
	return repl, lifetime, len(repl) > 0
}

// imsMetascopes are the constants of ims-go.
var imsMetascopes = map[string]string{
	"MetaScopeCloudManager":        "ent_cloudmgr_sdk",
	"MetaScopeAdobeIO":             "ent_adobeio_sdk",
	"MetaScopeAnalyticsBulkIngest": "ent_analytics_bulk_ingest_sdk",
}

// sdkMetascopes reads the MetaScope list of a request's structure, where it is a list of constants.
func (p *planner) sdkMetascopes(fl *flow.Flow) []string {
	f, call := p.ix.call(fl.Send)
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
