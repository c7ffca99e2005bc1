package grant

import (
	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/plan/request"
)

// toConfig replaces the exchange by a clientcredentials.Config.
func toConfig(p *find.Finder, fl *flow.Flow, got *place.Fetched, set *change.Set) error {
	v := p.Vendor(fl)
	return place.Try(p, fl, set, func(pt *place.Point, set *change.Set) error {
		return configAt(p, fl, v, got, pt, set)
	})
}

// configAt replaces the exchange by a clientcredentials.Config at one place.
func configAt(p *find.Finder, fl *flow.Flow, v *provider.Provider, got *place.Fetched, pt *place.Point, set *change.Set) error {
	var err error
	f := pt.Func.File
	x := &express.Expresser{Index: p.Index, At: pt.Func, Pos: pt.Stmt.Pos(), Via: pt.Via}
	req := request.Of(v)
	req.Comma = false // scopes keep the form in which they were sent
	req.AuthStyle = find.AuthStyle(v, set)
	if req.Client, err = request.Client(p, fl, pt, x, set); err != nil {
		return err
	}
	if req.Context, err = request.Context(p, fl, x); err != nil {
		return err
	}
	if req.ID, err = clientID(p, fl, v, x); err != nil {
		return err
	}
	if req.Secret, err = secret(p, fl, v, x); err != nil {
		return err
	}
	if req.URL, err = tokenURL(p, fl, v, x); err != nil {
		return err
	}
	if err := grantScopes(p, fl, v, x, req); err != nil {
		return err
	}
	if err := grantParams(p, fl, v, x, req, set); err != nil {
		return err
	}
	request.Headers(p, fl, set)
	find.VendorNotes(v, set)
	got.Place, got.In = f.Place(pt.Call), pt.Func
	return request.Emit(p, pt, req, "", set)
}
