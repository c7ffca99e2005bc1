package plan

import (
	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
)

// A request that serves several grants, or that is sent by what else sends requests, keeps both: where a
// client only authenticates itself by the assertion (RFC 7523 section 2.2), the parameters that do so
// are replaced by client_secret where they stand. The rest of the request is none of the flow's business.

// swapMethod replaces the parameters by which the client authenticates itself.
func (p *planner) swapMethod(fl *flow.Flow, got *fetched, set *change.Set) error {
	v := p.vendor(fl)
	config := p.sentBy(fl) == clientCredentialsPath
	switch {
	case p.sentBy(fl) == oauth2Path:
		return reason.New(reason.AlsoElsewhere, "the assertion authenticates the client for a code that a user's login gave, which stays")
	case config && p.dec.Providers[fl.Provider].TokenURL == "":
	case v.Target.AuthStyle == "AuthStyleInHeader" && !v.Target.EitherWay:
		return reason.New(reason.SecretInHeader, "%s takes the secret in a header, and what sends this request serves other requests, too", v.Name)
	case p.dec.Providers[fl.Provider].TokenURL != "":
		return reason.New(reason.SharedSender, "what sends this request serves other requests, too, so its URL stays, and token_url cannot be followed")
	}
	var assertion, kind *put
	id := false
	for _, fd := range fl.Fields {
		switch fd.Key {
		case "client_assertion", "client_assertion_type":
			pt, ok := p.putOf(fd)
			if !ok {
				return reason.New(reason.Scattered, "the parameter %s is sent in a form that cannot be changed on its own", fd.Key)
			}
			to := &assertion
			if fd.Key == "client_assertion_type" {
				to = &kind
			}
			if *to != nil && (*to).whole != pt.whole {
				return reason.New(reason.Scattered, "the parameter %s is sent from several places (%s, %s)", fd.Key, (*to).file.Place((*to).whole), pt.file.Place(pt.whole))
			}
			*to = pt
		case "client_id":
			if err := p.unconditional(fl, fd); err != nil {
				return err
			}
			id = true
		}
	}
	if assertion == nil || kind == nil {
		return reason.New(reason.Scattered, "the parameters of the assertion were not all found")
	}
	for _, other := range p.flows {
		if other != fl && other.Assertion == fl.Assertion && other.Provider != fl.Provider {
			return reason.New(reason.AlsoElsewhere, "the same parameters authenticate clients at %s, too", other.Provider)
		}
	}
	at := p.ix.Enclosing(assertion.file, assertion.whole)
	if config && at != nil {
		if err := p.configSecret(fl, v, assertion, kind, set); err != nil {
			return err
		}
		vendorNotes(v, set)
		got.place, got.in = assertion.file.Place(assertion.whole), p.ix.Outer(assertion.file, assertion.whole)
		return nil
	}
	if at == nil {
		return reason.New(reason.Scattered, "the parameters of the assertion stand outside of any function (%s)", assertion.file.Place(assertion.whole))
	}
	x := &expresser{ix: p.ix, at: at, pos: assertion.whole.Pos()}
	secret, err := p.secret(fl, v, x)
	if err != nil {
		return err
	}
	assertion.becomes(set, "client_secret", secret)
	switch {
	case !id:
		name, err := p.clientID(fl, v, &expresser{ix: p.ix, at: p.ix.Enclosing(kind.file, kind.whole), pos: kind.whole.Pos()})
		if err != nil {
			return err
		}
		kind.becomes(set, "client_id", name)
	default:
		set.Remove[kind.whole] = "authentication by assertion"
	}
	set.Look(safety.AuthStyle, "only the client's authentication changes: the request is sent as before, with client_secret in the body")
	if v.Target.AuthStyle == "" {
		set.Look(safety.AuthStyle, v.Name+" has the authentication method as a setting of each application: it has to be the one in the body (client_secret_post) here")
	}
	vendorNotes(v, set)
	got.place, got.in = assertion.file.Place(assertion.whole), p.ix.Outer(assertion.file, assertion.whole)
	return nil
}

// otherGrant returns a grant, other than client credentials, that the request serves too.
func otherGrant(fl *flow.Flow) (string, bool) {
	for _, fd := range fl.Fields {
		if fd.Key == "grant_type" && fd.Const != "client_credentials" {
			if fd.Const == "" {
				return "a grant that is chosen at run time", true
			}
			return "the grant " + fd.Const, true
		}
	}
	return "", false
}
