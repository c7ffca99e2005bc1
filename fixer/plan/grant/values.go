package grant

import (
	"fmt"
	"go/ast"
	"go/constant"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/plan/request"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// tokenURL returns the URL that the program uses, or the one that the user decided on. The decision is missing
// if the new grant is at another host than the old one, and the program only knows the old one.
func tokenURL(p *find.Finder, fl *flow.Flow, v *provider.Provider, lib *place.Library, x *express.Expresser) (change.Text, error) {
	if in := p.Decisions.Providers[fl.Provider]; in.TokenURL != "" {
		return x.Configured("token_url", in.TokenURL)
	}
	if u := find.FixedURL(v); u != "" {
		return change.Text{Src: strconv.Quote(u)}, nil
	}
	f, n := p.Index.Node(fl.URL)
	e, ok := n.(ast.Expr)
	if !ok {
		return change.Text{}, reason.New(reason.NoURL, "the token URL was not found")
	}
	text, err := x.Express(f, e)
	if err != nil {
		return text, reason.Of(reason.OtherFunction, err)
	}
	g, base := f, e // with the host
	if lib != nil && lib.Base != nil {
		g, base = lib.BaseIn, lib.Base
	}
	if host := p.OldHost(fl, v, g, base); host != "" {
		return text, find.AskURL(v, host)
	}
	return lib.WithBase(f, e, text, x)
}

// clientID returns the form's client_id, or the issuer of the assertion, which is the client in both families
// unless another parameter names it.
func clientID(p *find.Finder, fl *flow.Flow, v *provider.Provider, x *express.Expresser) (change.Text, error) {
	if in := p.Decisions.Providers[fl.Provider]; in.ID != "" {
		return x.Configured("client_id", in.ID)
	}
	if v.Target.NewClient {
		return change.Text{}, &decision.Needed{What: "client_id", Msg: v.Name + " gives the new grant a client id of its own, which the program does not have: " + decision.GiveIn(v.ID, "client_id", "")}
	}
	text, err := request.Field(p, fl, x, "client_id")
	if err == nil {
		return text, nil
	}
	for _, name := range []string{"iss", "sub"} {
		f, e, err := p.Claim(fl, name)
		if err != nil {
			return text, err
		}
		if e == nil {
			continue
		}
		if text, err = x.AsString(f, e); err != nil {
			return text, reason.Of(reason.OtherFunction, err)
		}
		return text, nil
	}
	return text, &decision.Needed{What: "client_id", Msg: "neither the request nor the claims name the client: " + decision.GiveIn(v.ID, "client_id", "")}
}

// secret returns the secret that the user decided on, or the one that the flow sends already.
func secret(p *find.Finder, fl *flow.Flow, v *provider.Provider, x *express.Expresser) (change.Text, error) {
	if in := p.Decisions.Providers[fl.Provider]; in.Secret != "" {
		return x.Configured("client_secret", in.Secret)
	}
	for _, fd := range fl.Fields {
		if fd.Key == "client_secret" {
			text, err := request.Field(p, fl, x, "client_secret")
			if h, ok := express.AsHere(err); ok {
				return text, reason.Of(reason.OtherFunction, h)
			}
			return text, err
		}
	}
	return change.Text{}, &decision.Needed{What: "client_secret", Msg: "the flow has no client secret, and none is invented: " + decision.GiveIn(v.ID, "client_secret", "-secret-env")}
}

// grantScopes takes over the scopes from the form's scope parameter, or from the claim of that name.
func grantScopes(p *find.Finder, fl *flow.Flow, v *provider.Provider, x *express.Expresser, req *request.Request) error {
	if len(p.Decisions.Scopes) > 0 {
		req.Scopes = p.Decisions.Scopes
		return nil
	}
	if s, ok := p.Decisions.ScopesFor[fl.Provider]; ok {
		req.Scopes = s
		return nil
	}
	var f *syntax.File
	var e ast.Expr
	for _, fd := range fl.Fields {
		if fd.Key == "scope" {
			g, n := p.Index.Node(fd.Value)
			f = g
			e, _ = n.(ast.Expr)
			if err := unconditional(p, fl, fd); err != nil {
				return err
			}
		}
	}
	if e == nil && v.Target.ScopeForm != provider.ScopeServer {
		var err error
		if f, e, err = p.Claim(fl, "scope"); err != nil {
			return err
		}
	}
	if e == nil {
		return nil
	}
	if c := f.Pkg.Info.Types[e].Value; c != nil && c.Kind() == constant.String {
		req.Scopes = strings.Fields(constant.StringVal(c))
		return nil
	}
	// strings.Join(list, " ") is the list.
	if c, ok := ast.Unparen(e).(*ast.CallExpr); ok && syntax.CalleeName(c) == "Join" && len(c.Args) == 2 {
		if t := f.TypeOf(c.Args[0]); t != nil && t.Underlying().String() == "[]string" {
			text, err := x.Express(f, c.Args[0])
			if err != nil {
				return reason.Of(reason.OtherFunction, err)
			}
			req.ScopesExpr = text
			return nil
		}
	}
	text, err := x.Express(f, e)
	if err != nil {
		return reason.Of(reason.OtherFunction, err)
	}
	text.Src = "«strings».Fields(" + text.Src + ")"
	req.ScopesExpr = text
	return nil
}

// grantParams fills EndpointParams: parameters of the new grant, and those that the old request had beside the
// assertion.
func grantParams(p *find.Finder, fl *flow.Flow, v *provider.Provider, x *express.Expresser, req *request.Request, set *change.Set) error {
	done := map[string]bool{"client_id": true, "client_secret": true, "scope": true, "grant_type": true, "assertion": true,
		"client_assertion": true, "client_assertion_type": true}
	for _, pm := range p.Decisions.Further(v) {
		done[pm.Name] = true
	}
	if err := ownParams(p, fl, v, x, req); err != nil {
		return err
	}
	for _, fd := range fl.Fields {
		if done[fd.Key] {
			continue
		}
		done[fd.Key] = true
		if fl.Kind == flow.JWTBearer {
			set.Look(safety.Parameter, fmt.Sprintf("the parameter %s was sent with the assertion and is not sent any more", fd.Key))
			continue
		}
		if err := unconditional(p, fl, fd); err != nil {
			return err
		}
		text, err := request.Field(p, fl, x, fd.Key)
		if err != nil {
			return reason.New(reason.OtherFunction, "the parameter %s cannot be used in the new request: %v", fd.Key, err)
		}
		req.Params = append(req.Params, request.Param{Name: fd.Key, Value: text})
	}
	return nil
}

// ownParams adds the parameters that are specific to the vendor's new grant: from decisions, or from the old
// request or its claims.
func ownParams(p *find.Finder, fl *flow.Flow, v *provider.Provider, x *express.Expresser, req *request.Request) error {
	for _, pm := range p.Decisions.Further(v) {
		var text change.Text
		var err error
		var f *syntax.File
		var e ast.Expr
		switch {
		case p.Decisions.Providers[fl.Provider].Params[pm.Name] != "":
			if text, err = x.Configured(pm.Name, p.Decisions.Providers[fl.Provider].Params[pm.Name]); err != nil {
				return err
			}
		case pm.Field != "":
			text, err = request.Field(p, fl, x, pm.Field)
		case pm.Claim != "":
			var several error
			if f, e, several = p.Claim(fl, pm.Claim); several != nil {
				return several
			}
			if e != nil {
				if text, err = x.AsString(f, e); err != nil {
					return reason.New(reason.OtherFunction, "the claim %s: %v", pm.Claim, err)
				}
			}
		case pm.Value != "":
			text = change.Text{Src: fmt.Sprintf("%q", pm.Value)}
		}
		if h, ok := express.AsHere(err); ok {
			return reason.Of(reason.OtherFunction, h)
		}
		if text.Src == "" || err != nil {
			if pm.Required {
				return &decision.Needed{What: pm.Name, Msg: fmt.Sprintf("the new grant needs %s, and the flow does not say it: say where it comes from under providers: %s: params: in .jwtretire.yaml", pm.Name, v.ID)}
			}
			continue
		}
		req.Params = append(req.Params, request.Param{Name: pm.Name, Value: text})
	}
	return nil
}

// unconditional returns an error if a parameter is only sent sometimes.
func unconditional(p *find.Finder, fl *flow.Flow, fd flow.Field) error {
	f, put := p.Index.Node(fd.Put)
	_, assertion := p.Index.Node(fl.Assertion)
	_, value := p.Index.Node(fd.Value)
	e, _ := value.(ast.Expr)
	if put == nil || e == nil {
		return nil
	}
	return p.UnderCondition(f, put, assertion, e, fd.Key)
}
