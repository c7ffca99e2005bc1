package grant

import (
	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
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
	style := find.AuthStyle(v, set)
	x, req, err := request.At(p, fl, v, pt, set)
	if err != nil {
		return err
	}
	req.Comma = false // scopes keep the form in which they were sent
	req.AuthStyle = style
	if req.ID, err = clientID(p, fl, v, x); err != nil {
		return err
	}
	if req.Secret, err = secret(p, fl, v, x); err != nil {
		return err
	}
	if req.URL, err = tokenURL(p, fl, v, pt.Library, x); err != nil {
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
	got.Place, got.In = pt.Func.File.Place(pt.Call), pt.Func
	return request.Emit(p, pt, req, "", set)
}
