package plan

import (
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/reason"
)

// vendor returns the row of a flow's provider, from the configuration or the catalogue.
func (p *planner) vendor(fl *flow.Flow) *provider.Provider {
	for i := range p.dec.Vendors {
		if p.dec.Vendors[i].ID == fl.Provider {
			return &p.dec.Vendors[i]
		}
	}
	if v, ok := provider.ByID(fl.Provider); ok {
		return v
	}
	return nil
}

// unsuited says why a flow of the standard families is not rewritten, "" if it can be.
func (p *planner) unsuited(fl *flow.Flow) error {
	v := p.vendor(fl)
	if v == nil {
		return reason.New(reason.UnknownVendor, "its vendor is not known; describe it under providers: in .jwtretire.yaml to have it rewritten")
	}
	_, asked := p.dec.Providers[fl.Provider]
	switch {
	case fl.Verdict == provider.Keep || !v.Target.Supported:
		return reason.New(reason.NoGrant, "%s has no grant by client secret that could take its place. %s", v.Name, v.Advice)
	case !asked && fl.Verdict == provider.Optional:
		return reason.New(reason.NotRetired, "%s has not retired this flow, so it is only rewritten on request (-provider %s). %s", v.Name, v.ID, v.Advice)
	case fl.Kind != flow.JWTBearer && fl.Kind != flow.ClientAssertion:
		return reason.New(reason.NoGrant, "%s flows of %s are not rewritten: %s", fl.Kind, v.Name, strings.Join(v.Warnings, " "))
	}
	return nil
}
