// Package exchange plans vendor-specific exchanges of an assertion for a token, which the program (HTTP) or a vendor's SDK (SDK) sends.
package exchange

import (
	"go/ast"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/plan/request"
	"jwtretire.example/fixer/plan/scope"
	"jwtretire.example/fixer/reason"
)

// HTTP replaces an exchange that the program sends itself.
func HTTP(p *find.Finder, fl *flow.Flow, got *place.Fetched, set *change.Set, scopes []string) error {
	return place.Try(p, fl, set, func(pt *place.Point, set *change.Set) error {
		f := pt.Func.File
		x := &express.Expresser{Index: p.Index, At: pt.Func, Pos: pt.Stmt.Pos(), Via: pt.Via}
		req := request.Of(p.ExchangeRow(fl))
		req.Scopes = scopes
		var err error
		if req.Client, err = request.Client(p, fl, pt, x, set); err != nil {
			return err
		}
		if pt.Library != nil && pt.Library.Context != nil {
			req.Context, err = x.Express(pt.Library.File, pt.Library.Context)
		} else {
			req.Context, err = request.Context(p, fl, x)
		}
		if err != nil {
			return reason.Of(reason.OtherFunction, err)
		}
		if req.ScopesParam, err = scope.PerCaller(p, fl, pt, set); err != nil {
			return err
		}
		err = request.Parameters(p, fl, x, req, set)
		if g, n := p.Index.Node(fl.URL); err == nil && pt.Library != nil && p.Decided(fl, "token_url") == "" {
			if sent, ok := n.(ast.Expr); ok {
				req.URL, err = pt.Library.WithBase(g, sent, req.URL, x)
			}
		}
		var config string // the parameter with the configuration
		if h, ok := express.AsHere(err); ok && (pt.Library == nil || pt.Library.Base == nil) {
			config, err = request.HandDown(p, fl, pt, req, set, h)
		}
		if err != nil {
			return err
		}
		request.Headers(p, fl, set)
		got.Place, got.In = f.Place(pt.Call), pt.Func
		return request.Emit(p, pt, req, config, set)
	})
}
