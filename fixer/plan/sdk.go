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
	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
)

// An sdkCall is the call of a vendor's SDK that makes the whole exchange, as the rows of analyzer/library describe it.
type sdkCall struct {
	row  *library.Func
	file *syntax.File
	call *ast.CallExpr
	in   *syntax.File // of the literal
	lit  *ast.CompositeLit
	typ  *library.Type // of the literal: what the exchange takes
}

// sdkCall finds the call and the structure that it is given; the call alone where the structure was not found.
func (p *planner) sdkCall(fl *flow.Flow) (*sdkCall, error) {
	f, call := p.ix.Call(fl.Send)
	if call == nil {
		return nil, reason.New(reason.NotFound, "the call of %s was not found", fl.SDK)
	}
	row, ok := library.LookupCall(f.Pkg.Info, call)
	if !ok || row.Role != library.Exchange || row.Client != library.Recv {
		return nil, reason.New(reason.SDK, "exchanges through %s are not rewritten (%s)", fl.SDK, f.Place(call))
	}
	i, _, ok := row.Body.Arg()
	if !ok || i >= len(call.Args) {
		return nil, reason.New(reason.ConfigForm, "the call of %s has an unknown form (%s)", fl.SDK, f.Place(call))
	}
	c := &sdkCall{row: row, file: f, call: call}
	if c.in, c.lit = p.composite(f, call.Args[i], maxComposite); c.lit != nil {
		c.typ = rowOf(c.in.TypeOf(c.lit))
	}
	if c.typ == nil {
		return nil, reason.New(reason.ConfigForm, "where the request of %s is filled in was not found (%s)", row.Name, f.Place(call))
	}
	if c.typ.Answer == nil {
		return nil, reason.New(reason.SDK, "exchanges through %s are not rewritten (%s)", fl.SDK, f.Place(call))
	}
	return c, nil
}

// rowOf returns the row of a structure, nil if it has none.
func rowOf(t types.Type) *library.Type {
	n := syntax.Named(t)
	if n == nil || n.Obj().Pkg() == nil {
		return nil
	}
	row, _ := library.LookupType(n.Obj().Pkg().Path(), n.Obj().Name())
	return row
}

// replaceSDK replaces the exchange of a vendor's SDK. The structure that the call is given has the client id and secret, the one that
// the SDK's client is made of has the host and the HTTP client.
//
// An SDK may have a method for the new grant. It is not used: which versions have it cannot be told from the call of the old one,
// and x/oauth2 is what every other flow moves to.
func (p *planner) replaceSDK(fl *flow.Flow, got *fetched, set *change.Set, scopes []string) error {
	c, err := p.sdkCall(fl)
	if err != nil {
		return err
	}
	f, call := c.file, c.call
	d := p.ix.Enclosing(f, call)
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if d == nil || !ok {
		return reason.New(reason.ConfigForm, "the call of %s has an unknown form (%s)", fl.SDK, f.Place(call))
	}
	stmt := f.Stmt(call)
	x := &expresser{ix: p.ix, at: d, pos: stmt.Pos()}
	req := requestOf(p.exchangeRow(fl))
	req.scopes, req.sdk = scopes, c.typ
	for _, field := range c.typ.Fields {
		to := map[string]*change.Text{"client_id": &req.id, "client_secret": &req.secret, "resource": &req.resources}[field.Wire]
		if to == nil || field.Means != library.IsParameter {
			continue
		}
		v := syntax.Element(c.lit, field.Name)
		if v == nil {
			if to != &req.resources {
				return &needError{field.Wire, fmt.Sprintf("the request of %s has no %s (%s)", c.row.Name, field.Name, c.in.Place(c.lit))}
			}
			continue
		}
		if src := p.decided(fl, field.Wire); src != "" {
			*to, err = x.given(field.Wire, src)
		} else {
			*to, err = x.express(c.in, v)
		}
		if err != nil {
			return reason.Of(reason.OtherFunction, err)
		}
	}
	if err := p.sdkClient(fl, c, sel.X, x, req); err != nil {
		return err
	}
	if req.context, err = p.context(fl, x); err != nil {
		return err
	}
	got.place, got.in = f.Place(call), d
	return p.emit(&point{fn: d, call: call, stmt: stmt}, req, "", set)
}

// sdkClient says the URL and the HTTP client that the SDK's client was made with.
func (p *planner) sdkClient(fl *flow.Flow, c *sdkCall, client ast.Expr, x *expresser, req *request) error {
	h, conf := (&sdkConfig{p, c.row.Pkg}).of(c.file, client, maxSDKClient)
	if conf == nil {
		return reason.New(reason.NoURL, "where the client of %s is made was not found, so its URL is not known (%s)", c.row.Pkg, c.file.Place(client))
	}
	row := rowOf(h.TypeOf(conf))
	if row == nil {
		return reason.New(reason.NoURL, "where the client of %s is made was not found, so its URL is not known (%s)", c.row.Pkg, c.file.Place(client))
	}
	url, _ := row.Holding(library.IsURL)
	base := syntax.Element(conf, url.Name)
	if base == nil {
		return reason.New(reason.NoURL, "the client of %s is made without a URL (%s)", c.row.Pkg, h.Place(conf))
	}
	var err error
	if given := p.decided(fl, "token_url"); given != "" {
		req.url, err = x.given("token_url", given)
	} else if req.url, err = x.express(h, base); err == nil {
		path := p.exchangeRow(fl).Target.Paths[0].New
		if lit, ok := base.(*ast.BasicLit); ok && req.url.Src == lit.Value {
			req.url.Src = strings.TrimSuffix(strings.TrimSuffix(lit.Value, `"`), "/") + path + `"`
		} else {
			req.url.Src += fmt.Sprintf(" + %q", path)
		}
	}
	if err != nil {
		return reason.Of(reason.OtherFunction, err)
	}
	field, _ := row.Holding(library.IsClient)
	if e := syntax.Element(conf, field.Name); e != nil && !p.plainClient(h, e) {
		if req.client, err = x.express(h, e); err != nil {
			return reason.Of(reason.OtherFunction, err)
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

// An sdkConfig finds the structure that an SDK's client was made with, by a call of the SDK that takes nothing else.
type sdkConfig struct {
	p   *planner
	pkg string // of the SDK
}

// of follows a client back: through variables, fields, parameters and the results of the module's own functions.
func (w *sdkConfig) of(f *syntax.File, e ast.Expr, depth int) (*syntax.File, *ast.CompositeLit) {
	if depth == 0 {
		return nil, nil
	}
	var obj types.Object
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj = f.Object(x)
	case *ast.SelectorExpr:
		obj = f.Object(x.Sel)
	case *ast.CallExpr:
		return w.made(f, x, depth)
	}
	if obj == nil {
		return nil, nil
	}
	if d := w.p.ix.Enclosing(f, e); d != nil && d.Obj != nil {
		if i, ok := d.Param(obj); ok {
			sites, _ := w.p.ix.Callers(d.Obj)
			if len(sites) != 1 {
				return nil, nil
			}
			if arg := syntax.Argument(sites[0].Call, i); arg != nil {
				return w.of(sites[0].File, arg, depth-1)
			}
			return nil, nil
		}
	}
	sources := w.p.ix.Sources(obj)
	if len(sources) != 1 {
		return nil, nil
	}
	src := sources[0]
	if c, ok := ast.Unparen(src.Expr).(*ast.CallExpr); ok {
		return w.made(src.File, c, depth)
	}
	return w.of(src.File, src.Expr, depth-1)
}

// made follows a call whose first result is the client.
func (w *sdkConfig) made(f *syntax.File, c *ast.CallExpr, depth int) (*syntax.File, *ast.CompositeLit) {
	if row, ok := library.LookupCall(f.Pkg.Info, c); ok && row.Pkg == w.pkg && row.Role == library.Pass && len(c.Args) == 1 {
		return w.p.composite(f, c.Args[0], maxComposite)
	}
	d := w.p.ix.Target(f, c)
	if d == nil {
		return nil, nil
	}
	var g *syntax.File
	var lit *ast.CompositeLit
	ast.Inspect(d.Body, func(n ast.Node) bool {
		r, ok := n.(*ast.ReturnStmt)
		if !ok || len(r.Results) == 0 || lit != nil {
			return lit == nil
		}
		g, lit = w.of(d.File, r.Results[0], depth-1)
		return true
	})
	return g, lit
}

// sdkMetascopes reads the metascopes of the structure that an SDK's exchange is given, where they are a list of constants.
func (p *planner) sdkMetascopes(fl *flow.Flow) []string {
	c, err := p.sdkCall(fl)
	if err != nil {
		return nil
	}
	field, _ := c.typ.Holding(library.IsScopes)
	list := syntax.Element(c.lit, field.Name)
	if list == nil {
		return nil
	}
	_, values := p.composite(c.in, list, maxComposite)
	if values == nil {
		return nil
	}
	var out []string
	for _, e := range values.Elts {
		id := syntax.IdentOf(e)
		if sel, ok := e.(*ast.SelectorExpr); ok {
			id = sel.Sel
		}
		if id == nil || c.typ.Constants[id.Name] == "" {
			return nil
		}
		out = append(out, c.typ.Constants[id.Name])
	}
	return out
}
