// Package jwtconfig plans exchanges by golang.org/x/oauth2/jwt.Config: clientcredentials.Config replaces the type in all places of
// its values.
package jwtconfig

import (
	"go/ast"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/carrier"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/reason"
)

// Replace replaces x/oauth2's own JWT flow. Both configurations have the methods TokenSource and Client with
// the same signatures and the same cache, so calls do not change. Types, literals and assignments to fields
// change, in all places of the value.
func Replace(p *find.Finder, fl *flow.Flow, got *place.Fetched, set *change.Set) error {
	f, call, _ := Via(p, fl)
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return reason.New(reason.ConfigForm, "the call that makes the token source has an unknown form (%s)", f.Place(call))
	}
	if p.Configs == nil {
		p.Configs = carrier.Find(p.Index, JWTPath, "Config")
	}
	j := &jwtConfig{
		p: p, fl: fl, vendor: p.Vendor(fl), c: p.Configs, set: set,
		dropped: map[string]bool{}, fields: map[*ast.CompositeLit]map[string]*ast.KeyValueExpr{}, assigned: map[string][]carrier.UseAt{},
	}
	k := p.Configs.Held(f, sel)
	if k == nil {
		return reason.New(reason.ConfigForm, "the origin of the jwt.Config was not found (%s)", f.Place(call))
	}
	j.root = p.Configs.Root(k)
	if err := j.collect(); err != nil {
		return err
	}
	if err := j.mayChange(); err != nil {
		return err
	}
	if err := j.oneClient(); err != nil {
		return err
	}
	if err := j.fill(); err != nil {
		return err
	}
	j.types()
	if err := j.reads(); err != nil {
		return err
	}
	j.notes()
	got.Place, got.In, got.Unparsed = f.Place(call), p.Index.Outer(f, call), true
	return nil
}
