// Package exchange plans vendor-specific exchanges of an assertion for a token, which the program (HTTP) or a vendor's SDK (SDK) sends.
package exchange

import (
	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/plan/request"
	"jwtretire.example/fixer/plan/scope"
)

// HTTP replaces an exchange that the program sends itself.
func HTTP(p *find.Finder, fl *flow.Flow, got *place.Fetched, set *change.Set, scopes []string) error {
	return place.Try(p, fl, set, func(pt *place.Point, set *change.Set) error {
		x, req, err := request.At(p, fl, p.ExchangeRow(fl), pt, set)
		if err != nil {
			return err
		}
		req.Scopes = scopes
		if req.ScopesParam, err = scope.PerCaller(p, fl, pt, set); err != nil {
			return err
		}
		err = request.Parameters(p, fl, pt, x, req, set)
		var config string // the parameter with the configuration
		if h, ok := express.AsHere(err); ok && (pt.Library == nil || pt.Library.Base == nil) {
			config, err = request.HandDown(p, fl, pt, req, set, h)
		}
		if err != nil {
			return err
		}
		request.Headers(p, fl, set)
		got.Place, got.In = pt.Func.File.Place(pt.Call), pt.Func
		return request.Emit(p, pt, req, config, set)
	})
}
