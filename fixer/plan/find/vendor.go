package find

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
)

// VendorNotes adds notes about properties that the vendor's new grant does not have. Steps at the vendor are
// not repeated for each flow: reports take them from the catalogue.
func VendorNotes(v *provider.Provider, set *change.Set) {
	for _, s := range slices.Concat(v.Lost, v.Warnings) {
		set.Look(safety.Identity, s)
	}
	if v.Verdict == provider.Optional && v.Advice != "" {
		set.Notes = append(set.Notes, "done on request: "+v.Advice)
	}
}

// AskURL returns the missing decision if the program only knows a host of the old grant.
func AskURL(v *provider.Provider, host string) error {
	return &decision.Needed{What: "token_url", Msg: fmt.Sprintf("the program asks %s, and %s serves client credentials at %s: give its URL under providers: %s: token_url: in .jwtretire.yaml",
		host, v.Name, v.Target.TokenURL, v.ID)}
}

// AuthStyle returns the name in x/oauth2 of the authentication style: Basic, with a note, if it is a setting of
// each application.
func AuthStyle(v *provider.Provider, set *change.Set) string {
	if v.Target.AuthStyle != "" {
		return v.Target.AuthStyle
	}
	set.Look(safety.AuthStyle, v.Name+" has the authentication method as a setting of each application: Basic is written here; use AuthStyleInParams if yours takes the secret in the body")
	return "AuthStyleInHeader"
}

// FixedURL returns the vendor's token URL, "" if it depends on the program.
func FixedURL(v *provider.Provider) string {
	if strings.Contains(v.Target.TokenURL, "{") {
		return ""
	}
	return v.Target.TokenURL
}

// Decided returns the expression that the user gave for a value of the new request, "" for that of the program.
func (p *Finder) Decided(fl *flow.Flow, key string) string {
	in := p.Decisions.Providers[fl.Provider]
	switch key {
	case "client_id":
		return in.ID
	case "client_secret":
		return in.Secret
	case "token_url":
		if v := p.Vendor(fl); in.TokenURL == "" && v != nil && FixedURL(v) != "" {
			return strconv.Quote(FixedURL(v))
		}
		return in.TokenURL
	}
	return ""
}

// Vendor returns the row of a flow's provider, from the configuration or the catalogue.
func (p *Finder) Vendor(fl *flow.Flow) *provider.Provider {
	for i := range p.Decisions.Vendors {
		if p.Decisions.Vendors[i].ID == fl.Provider {
			return &p.Decisions.Vendors[i]
		}
	}
	if v, ok := provider.ByID(fl.Provider); ok {
		return v
	}
	return nil
}

// Unsuited returns the reason why a flow of RFC 7523 is not rewritten, nil if it can be.
func (p *Finder) Unsuited(fl *flow.Flow) error {
	v := p.Vendor(fl)
	if v == nil {
		return reason.New(reason.UnknownVendor, "its vendor is not known; describe it under providers: in .jwtretire.yaml to have it rewritten")
	}
	_, asked := p.Decisions.Providers[fl.Provider]
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

// ExchangeRow returns the catalogue's row that replaces an exchange with client id and secret: that of its
// vendor, or, if the vendor has none or is unknown, that of the vendor with the same kind of exchange.
func (p *Finder) ExchangeRow(fl *flow.Flow) *provider.Provider {
	if v := p.Vendor(fl); v != nil && slices.Contains(v.Kinds, string(fl.Kind)) {
		return v
	}
	return provider.OfKind(string(fl.Kind))
}
