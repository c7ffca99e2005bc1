package jwtconfig

import (
	"go/ast"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/carrier"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/syntax"
)

// JWTPath is the import path of jwt.Config.
const JWTPath = "golang.org/x/oauth2/jwt"

// Via reports whether the exchange is made by golang.org/x/oauth2/jwt.Config.
func Via(p *find.Finder, fl *flow.Flow) (*syntax.File, *ast.CallExpr, bool) {
	f, call := p.Index.Call(fl.Send)
	if call == nil {
		return nil, nil, false
	}
	obj := f.Callee(call)
	if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != JWTPath {
		return nil, nil, false
	}
	return f, call, true
}

// A jwtConfig is the change of one jwt.Config, with all its carriers, to clientcredentials.Config.
type jwtConfig struct {
	p      *find.Finder
	fl     *flow.Flow
	vendor *provider.Provider
	c      *carrier.Carriers
	root   any
	set    *change.Set

	literals []carrier.NodeAt
	uses     []carrier.UseAt
	emailSet bool // Email is set by an assignment
	idFrom   bool // ClientID gets the value of Email
	urls     int
	dropped  map[string]bool // fields that only the assertion used
	fields   map[*ast.CompositeLit]map[string]*ast.KeyValueExpr
	assigned map[string][]carrier.UseAt // assignments to fields
}

// param reports whether the new grant has a parameter for a claim.
func (j *jwtConfig) param(claim string) bool {
	return slices.ContainsFunc(j.vendor.Target.Params, func(p provider.Param) bool { return p.Claim == claim })
}
