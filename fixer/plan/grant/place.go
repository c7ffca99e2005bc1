package grant

import (
	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/request"
	"jwtretire.example/fixer/reason"
)

// grantPlacements returns the places of grant_type and assertion, which must be together, and the names of the other
// parameters.
func grantPlacements(p *find.Finder, fl *flow.Flow) (grant, assertion *placement, sent map[string]bool, err error) {
	sent = map[string]bool{}
	for _, fd := range fl.Fields {
		switch fd.Key {
		case "grant_type", "assertion":
			pt, ok := placementOf(p, fd)
			to := &grant
			if fd.Key == "assertion" {
				to = &assertion
			}
			if !ok || *to != nil && (*to).whole != pt.whole || fd.Key == "grant_type" && fd.Const == "" {
				return nil, nil, nil, reason.New(reason.Scattered, "the parameter %s is sent from several places, or in a form that cannot be changed on its own", fd.Key)
			}
			*to = pt
		default:
			if err := unconditional(p, fl, fd); err != nil {
				return nil, nil, nil, err
			}
			sent[fd.Key] = true
		}
	}
	if grant == nil || assertion == nil || !assertion.beside(p.Index, grant) {
		return nil, nil, nil, reason.New(reason.Scattered, "the parameters of the grant are in several places")
	}
	return grant, assertion, sent, nil
}

// grantValues adds the parameters of the new grant that the request does not send yet.
func grantValues(p *find.Finder, fl *flow.Flow, v *provider.Provider, x *express.Expresser, sent map[string]bool, req *request.Request) error {
	add := func(key string, text change.Text) {
		req.Params = append(req.Params, request.Param{Name: key, Value: text})
	}
	if !sent["client_id"] {
		id, err := clientID(p, fl, v, x)
		if err != nil {
			return err
		}
		add("client_id", id)
	}
	if !sent["client_secret"] {
		secret, err := secret(p, fl, v, x)
		if err != nil {
			return err
		}
		add("client_secret", secret)
	}
	if !sent["scope"] && v.Target.ScopeForm != provider.ScopeServer {
		f, e, err := p.Claim(fl, "scope")
		if err != nil {
			return err
		}
		if e != nil {
			text, err := x.AsString(f, e)
			if err != nil {
				return err
			}
			add("scope", text)
		}
	}
	return ownParams(p, fl, v, x, req)
}
