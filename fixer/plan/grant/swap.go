package grant

import (
	"go/ast"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/plan/request"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
)

// swapGrant changes a request with an authorization grant (section 2.1) in place to one with client
// credentials: grant_type changes, and the parameters of the new grant replace the assertion.
func swapGrant(p *find.Finder, fl *flow.Flow, got *place.Fetched, set *change.Set) error {
	v := p.Vendor(fl)
	if v.Target.AuthStyle == "AuthStyleInHeader" && !v.Target.EitherWay {
		return reason.New(reason.SecretInHeader, "%s takes the secret in a header", v.Name)
	}
	grant, assertion, sent, err := grantPlacements(p, fl)
	if err != nil {
		return err
	}
	at := p.Index.Enclosing(assertion.file, assertion.whole)
	if at == nil {
		return reason.New(reason.Scattered, "the parameters of the grant are outside of any function (%s)", assertion.file.Place(assertion.whole))
	}
	x := &express.Expresser{Index: p.Index, At: at, Pos: assertion.whole.Pos()}
	if p.Decisions.Providers[fl.Provider].TokenURL != "" || find.FixedURL(v) != "" {
		return reason.New(reason.SharedSender, "the URL of the request cannot be changed, so token_url cannot be used")
	}
	if f, n := p.Index.Node(fl.URL); n != nil {
		if e, ok := n.(ast.Expr); ok && p.OldHost(fl, v, f, e) != "" {
			_, err := tokenURL(p, fl, v, nil, x)
			return err
		}
	}
	req := &request.Request{}
	if err := grantValues(p, fl, v, x, sent, req); err != nil {
		return err
	}
	set.Replace[grant.value] = change.Text{Src: `"client_credentials"`}
	var lines []string
	for _, pm := range req.Params {
		text := assertion.another(pm.Name, pm.Value)
		lines = append(lines, text.Src)
	}
	switch {
	case len(lines) == 0:
		set.Remove[assertion.whole] = "assertion"
	case assertion.form == nil:
		set.Replace[assertion.whole] = change.Text{Src: strings.Join(lines, ",\n")}
	default:
		set.Replace[assertion.whole] = change.Text{Src: strings.Join(lines, "\n")}
	}
	set.Look(safety.AuthStyle, "only the grant changes: the request is sent as before, with client_secret in the body")
	find.VendorNotes(v, set)
	got.Place, got.In = assertion.file.Place(assertion.whole), p.Index.Outer(assertion.file, assertion.whole)
	return nil
}
