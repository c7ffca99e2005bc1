package exchange

import (
	"fmt"
	"go/ast"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/plan/request"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// SDK replaces the exchange of a vendor's SDK. The argument of the call has the client id and secret, and the
// configuration of the SDK's client has the host and the HTTP client.
//
// An SDK may have a method for the new grant. It is not used: the required version of the SDK may not have it,
// and all other flows use x/oauth2.
func SDK(p *find.Finder, fl *flow.Flow, got *place.Fetched, set *change.Set, scopes []string) error {
	c, err := p.SDKCall(fl)
	if err != nil {
		return err
	}
	f, call := c.File, c.Call
	d := p.Index.Enclosing(f, call)
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if d == nil || !ok {
		return reason.New(reason.ConfigForm, "the call of %s has an unknown form (%s)", fl.SDK, f.Place(call))
	}
	stmt := f.Stmt(call)
	x := &express.Expresser{Index: p.Index, At: d, Pos: stmt.Pos()}
	req := request.Of(p.ExchangeRow(fl))
	req.Scopes, req.SDK = scopes, c.Type
	for _, field := range c.Type.Fields {
		to := map[string]*change.Text{"client_id": &req.ID, "client_secret": &req.Secret, "resource": &req.Resources}[field.Wire]
		if to == nil || field.Means != library.IsParameter {
			continue
		}
		v := syntax.Element(c.Lit, field.Name)
		if v == nil {
			if to != &req.Resources {
				return &decision.Needed{What: field.Wire, Msg: fmt.Sprintf("the request of %s has no %s (%s)", c.Row.Name, field.Name, c.In.Place(c.Lit))}
			}
			continue
		}
		if src := p.Decided(fl, field.Wire); src != "" {
			*to, err = x.Configured(field.Wire, src)
		} else {
			*to, err = x.Express(c.In, v)
		}
		if err != nil {
			return reason.Of(reason.OtherFunction, err)
		}
	}
	if err := sdkClient(p, fl, c, sel.X, x, req); err != nil {
		return err
	}
	if req.Context, err = request.Context(p, fl, x); err != nil {
		return err
	}
	got.Place, got.In = f.Place(call), d
	return request.Emit(p, &place.Point{Func: d, Call: call, Stmt: stmt}, req, "", set)
}

// sdkClient sets the URL and the HTTP client of the SDK's client.
func sdkClient(p *find.Finder, fl *flow.Flow, c *find.SDKCall, client ast.Expr, x *express.Expresser, req *request.Request) error {
	h, conf := (&sdkConfig{p, c.Row.Pkg}).of(c.File, client, maxSDKClient)
	if conf == nil {
		return reason.New(reason.NoURL, "the place that creates the client of %s was not found, so its URL is not known (%s)", c.Row.Pkg, c.File.Place(client))
	}
	row := find.RowOf(h.TypeOf(conf))
	if row == nil {
		return reason.New(reason.NoURL, "the place that creates the client of %s was not found, so its URL is not known (%s)", c.Row.Pkg, c.File.Place(client))
	}
	url, _ := row.Holding(library.IsURL)
	base := syntax.Element(conf, url.Name)
	if base == nil {
		return reason.New(reason.NoURL, "the client of %s has no URL (%s)", c.Row.Pkg, h.Place(conf))
	}
	var err error
	if configured := p.Decided(fl, "token_url"); configured != "" {
		req.URL, err = x.Configured("token_url", configured)
	} else if req.URL, err = x.Express(h, base); err == nil {
		path := p.ExchangeRow(fl).Target.Paths[0].New
		if lit, ok := base.(*ast.BasicLit); ok && req.URL.Src == lit.Value {
			req.URL.Src = strings.TrimSuffix(strings.TrimSuffix(lit.Value, `"`), "/") + path + `"`
		} else {
			req.URL.Src += fmt.Sprintf(" + %q", path)
		}
	}
	if err != nil {
		return reason.Of(reason.OtherFunction, err)
	}
	field, _ := row.Holding(library.IsClient)
	if e := syntax.Element(conf, field.Name); e != nil && !request.PlainClient(p, h, e) {
		if req.Client, err = x.Express(h, e); err != nil {
			return reason.Of(reason.OtherFunction, err)
		}
	}
	return nil
}

// An sdkConfig finds the configuration of an SDK's client: the only argument of the SDK's call that makes the
// client.
type sdkConfig struct {
	p   *find.Finder
	pkg string // of the SDK
}

// of follows a client back through variables, fields, parameters and results of the module's own functions.
func (w *sdkConfig) of(f *syntax.File, e ast.Expr, depth int) (*syntax.File, *ast.CompositeLit) {
	if depth == 0 {
		return nil, nil
	}
	if c, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		return w.made(f, c, depth)
	}
	obj := f.Denoted(e)
	if obj == nil {
		return nil, nil
	}
	if d := w.p.Index.Enclosing(f, e); d != nil && d.Obj != nil {
		if i, ok := d.Param(obj); ok {
			sites, _ := w.p.Index.Callers(d.Obj)
			if len(sites) != 1 {
				return nil, nil
			}
			if arg := syntax.Argument(sites[0].Call, i); arg != nil {
				return w.of(sites[0].File, arg, depth-1)
			}
			return nil, nil
		}
	}
	sources := w.p.Index.Sources(obj)
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
		return w.p.Composite(f, c.Args[0], find.MaxComposite)
	}
	d := w.p.Index.Target(f, c)
	if d == nil {
		return nil, nil
	}
	for _, r := range syntax.Returns(d.Body) {
		if len(r.Results) == 0 {
			continue
		}
		if g, lit := w.of(d.File, r.Results[0], depth-1); lit != nil {
			return g, lit
		}
	}
	return nil, nil
}

// maxSDKClient bounds the steps between the client of a vendor's SDK and the call that makes it.
const maxSDKClient = 6
