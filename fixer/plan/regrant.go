package plan

import (
	"go/ast"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
)

// swapGrant makes a request with an authorization grant (section 2.1) one with client credentials, where
// it stands: grant_type changes, the assertion goes, and what the new grant needs comes in its place.
func (p *planner) swapGrant(fl *flow.Flow, got *fetched, set *change.Set) error {
	v := p.vendor(fl)
	if v.Target.AuthStyle == "AuthStyleInHeader" && !v.Target.EitherWay {
		return reason.New(reason.SecretInHeader, "%s takes the secret in a header", v.Name)
	}
	grant, assertion, sent, err := p.grantPuts(fl)
	if err != nil {
		return err
	}
	at := p.ix.Enclosing(assertion.file, assertion.whole)
	if at == nil {
		return reason.New(reason.Scattered, "the parameters of the grant stand outside of any function (%s)", assertion.file.Place(assertion.whole))
	}
	x := &expresser{ix: p.ix, at: at, pos: assertion.whole.Pos()}
	if p.dec.Providers[fl.Provider].TokenURL != "" || fixedURL(v) != "" {
		return reason.New(reason.SharedSender, "the request goes to the URL that it went to, and token_url cannot be followed")
	}
	if f, n := p.ix.Node(fl.URL); n != nil {
		if e, ok := n.(ast.Expr); ok && p.oldHost(fl, v, f, e) != "" {
			_, err := p.grantURL(fl, v, x)
			return err
		}
	}
	req := &request{}
	if err := p.grantValues(fl, v, x, sent, req); err != nil {
		return err
	}
	set.Replace[grant.value] = change.Text{Src: `"client_credentials"`}
	var lines []string
	for _, pm := range req.params {
		text := assertion.another(pm.name, pm.value)
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
	vendorNotes(v, set)
	got.place, got.in = assertion.file.Place(assertion.whole), p.ix.Outer(assertion.file, assertion.whole)
	return nil
}

// grantPuts returns the places of grant_type and assertion, which have to stand together, and the names of the other parameters.
func (p *planner) grantPuts(fl *flow.Flow) (grant, assertion *put, sent map[string]bool, err error) {
	sent = map[string]bool{}
	for _, fd := range fl.Fields {
		switch fd.Key {
		case "grant_type", "assertion":
			pt, ok := p.putOf(fd)
			to := &grant
			if fd.Key == "assertion" {
				to = &assertion
			}
			if !ok || *to != nil && (*to).whole != pt.whole || fd.Key == "grant_type" && fd.Const == "" {
				return nil, nil, nil, reason.New(reason.Scattered, "the parameter %s is sent from several places, or in a form that cannot be changed on its own", fd.Key)
			}
			*to = pt
		default:
			if err := p.unconditional(fl, fd); err != nil {
				return nil, nil, nil, err
			}
			sent[fd.Key] = true
		}
	}
	if grant == nil || assertion == nil || !assertion.beside(p.ix, grant) {
		return nil, nil, nil, reason.New(reason.Scattered, "the parameters of the grant do not stand together")
	}
	return grant, assertion, sent, nil
}

// grantValues collects the parameters of the new grant that the request does not send yet.
func (p *planner) grantValues(fl *flow.Flow, v *provider.Provider, x *expresser, sent map[string]bool, req *request) error {
	add := func(key string, text change.Text) { req.params = append(req.params, param{key, text}) }
	if !sent["client_id"] {
		id, err := p.clientID(fl, v, x)
		if err != nil {
			return err
		}
		add("client_id", id)
	}
	if !sent["client_secret"] {
		secret, err := p.secret(fl, v, x)
		if err != nil {
			return err
		}
		add("client_secret", secret)
	}
	if !sent["scope"] && v.Target.ScopeForm != provider.ScopeServer {
		f, e, err := p.claim(fl, "scope")
		if err != nil {
			return err
		}
		if e != nil {
			text, err := x.asString(f, e)
			if err != nil {
				return err
			}
			add("scope", text)
		}
	}
	return p.ownParams(fl, v, x, req)
}
