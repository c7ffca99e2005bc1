package grant

import (
	"fmt"
	"go/ast"
	"go/types"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// A request for several grants, or with a shared sender, keeps both. If the assertion is only client authentication
// (RFC 7523, section 2.2), client_secret replaces its parameters in place. The rest of the request does not belong to the flow.

// swapMethod replaces the parameters by which the client authenticates itself.
func swapMethod(p *find.Finder, fl *flow.Flow, got *place.Fetched, set *change.Set) error {
	v := p.Vendor(fl)
	config := sentBy(p, fl) == find.ClientCredentialsPath
	switch {
	case sentBy(p, fl) == find.OAuth2Path:
		return reason.New(reason.AlsoElsewhere, "the assertion also authenticates the client for authorization codes of users, which stays")
	case config && p.Decisions.Providers[fl.Provider].TokenURL == "":
	case v.Target.AuthStyle == "AuthStyleInHeader" && !v.Target.EitherWay:
		return reason.New(reason.SecretInHeader, "%s takes the secret in a header, and the function that sends this request serves other requests, too", v.Name)
	case p.Decisions.Providers[fl.Provider].TokenURL != "":
		return reason.New(reason.SharedSender, "the function that sends this request serves other requests, too, so its URL stays, and token_url cannot be used")
	}
	var assertion, kind *placement
	id := false
	for _, fd := range fl.Fields {
		switch fd.Key {
		case "client_assertion", "client_assertion_type":
			pt, ok := placementOf(p, fd)
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
			if err := unconditional(p, fl, fd); err != nil {
				return err
			}
			id = true
		}
	}
	if assertion == nil || kind == nil {
		return reason.New(reason.Scattered, "the parameters of the assertion were not all found")
	}
	for _, other := range p.Flows {
		if other != fl && other.Assertion == fl.Assertion && other.Provider != fl.Provider {
			return reason.New(reason.AlsoElsewhere, "the same parameters authenticate clients at %s, too", other.Provider)
		}
	}
	at := p.Index.Enclosing(assertion.file, assertion.whole)
	if config && at != nil {
		if err := configSecret(p, fl, v, assertion, kind, set); err != nil {
			return err
		}
		find.VendorNotes(v, set)
		got.Place, got.In = assertion.file.Place(assertion.whole), p.Index.Outer(assertion.file, assertion.whole)
		return nil
	}
	if at == nil {
		return reason.New(reason.Scattered, "the parameters of the assertion are outside of any function (%s)", assertion.file.Place(assertion.whole))
	}
	x := &express.Expresser{Index: p.Index, At: at, Pos: assertion.whole.Pos()}
	secret, err := secret(p, fl, v, x)
	if err != nil {
		return err
	}
	assertion.becomes(set, "client_secret", secret)
	switch {
	case !id:
		name, err := clientID(p, fl, v, &express.Expresser{Index: p.Index, At: p.Index.Enclosing(kind.file, kind.whole), Pos: kind.whole.Pos()})
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
	find.VendorNotes(v, set)
	got.Place, got.In = assertion.file.Place(assertion.whole), p.Index.Outer(assertion.file, assertion.whole)
	return nil
}

// otherGrant returns a grant, other than client credentials, that the request is used for, too.
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

// If parameters of x/oauth2's own configuration authenticate the client, the secret goes into that
// configuration, and not into EndpointParams, where it would be a second authentication beside a Basic header.

// sentBy returns the import path of the library that sends the request, "" if it has none.
func sentBy(p *find.Finder, fl *flow.Flow) string {
	f, call := p.Index.Call(fl.Send)
	if call == nil {
		return ""
	}
	if obj := f.Callee(call); obj != nil && obj.Pkg() != nil {
		return obj.Pkg().Path()
	}
	return ""
}

// configSecret writes the secret into the literal of the configuration that has the parameters.
func configSecret(p *find.Finder, fl *flow.Flow, v *provider.Provider, assertion, kind *placement, set *change.Set) error {
	f := assertion.file
	params, entry, lit := configOf(f, assertion.whole)
	if lit == nil || kind.file != f || f.Parent[kind.whole] != ast.Node(params) {
		return reason.New(reason.Scattered, "the parameters of the assertion and the clientcredentials.Config are built in different places (%s)", f.Place(assertion.whole))
	}
	id := syntax.KeyValue(lit, "ClientID")
	if id == nil || syntax.KeyValue(lit, "ClientSecret") != nil {
		return reason.New(reason.ConfigForm, "the clientcredentials.Config has no client id, or a secret already (%s)", f.Place(lit))
	}
	x := &express.Expresser{Index: p.Index, At: p.Index.Enclosing(f, lit), Pos: lit.Pos()}
	secret, err := secret(p, fl, v, x)
	if err != nil {
		return err
	}
	src := fmt.Sprintf("%s,\nClientSecret: %s", express.Quote(f, id, nil), secret.Src)
	style := find.AuthStyle(v, set)
	switch old := syntax.KeyValue(lit, "AuthStyle"); {
	case old == nil:
		src += fmt.Sprintf(",\nAuthStyle: «%s».%s", find.OAuth2Path, style)
	case !v.Target.EitherWay:
		set.Replace[old.Value] = change.Text{Src: "«" + find.OAuth2Path + "»." + style}
	}
	set.Replace[id] = change.Text{Src: src}
	if len(params.Elts) == 2 {
		set.Remove[entry] = "authentication by assertion"
	} else {
		set.Remove[assertion.whole], set.Remove[kind.whole] = "authentication by assertion", "authentication by assertion"
	}
	return nil
}

// configOf returns the literal of parameters with an element, the field whose value it is, and the literal of
// the configuration.
func configOf(f *syntax.File, e ast.Node) (params *ast.CompositeLit, entry *ast.KeyValueExpr, lit *ast.CompositeLit) {
	params, _ = f.Parent[e].(*ast.CompositeLit)
	entry, _ = f.Parent[params].(*ast.KeyValueExpr)
	if params == nil || entry == nil {
		return nil, nil, nil
	}
	lit, _ = f.Parent[entry].(*ast.CompositeLit)
	if lit == nil {
		return nil, nil, nil
	}
	n, ok := types.Unalias(f.TypeOf(lit)).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != find.ClientCredentialsPath {
		return nil, nil, nil
	}
	return params, entry, lit
}
