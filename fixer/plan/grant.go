package plan

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
)

// replaceGrant replaces an exchange of RFC 7523: the authorization grant (section 2.1), or client
// authentication (section 2.2), which keeps grant and parameters and only swaps the method.
func (p *planner) replaceGrant(fl *flow.Flow, got *fetched, set *change.Set) error {
	if place := p.offered(fl); place != "" {
		return reason.New(reason.SecretPossible, "the program can do the same with a client secret (%s): set that in the place of the key, and nothing has to be rewritten", place)
	}
	var err error
	if grant, ok := otherGrant(fl); ok && fl.Kind == flow.ClientAssertion {
		err = reason.New(reason.AlsoElsewhere, "the assertion authenticates the client for %s, too, which stays", grant)
	} else if err = p.toConfig(fl, got, set); err == nil || isNeed(err) {
		return err
	}
	if reason.CodeOf(err) == reason.NoClient && fl.SDK != "" {
		f, call := p.ix.Call(fl.Send)
		return reason.New(reason.SDK, "exchanges through %s are not rewritten (%s)", fl.SDK, f.Place(call))
	}
	inPlace := change.NewSet()
	var swapped error
	if fl.Kind == flow.ClientAssertion {
		swapped = p.swapMethod(fl, got, inPlace)
	} else {
		swapped = p.swapGrant(fl, got, inPlace)
	}
	switch why, ok := errors.AsType[*reason.Error](swapped); {
	case swapped == nil:
		*set = *inPlace
		return nil
	case ok && onlyInPlace(err):
		return reason.New(why.Code, "%v; nor can the parameters be changed where they stand: %v", err, swapped)
	case isNeed(swapped):
		return swapped
	}
	return err
}

// onlyInPlace reports whether an error says that no configuration can take the place of what sends the request: then the parameters
// have to change where they stand, and what is in the way of that is the reason.
func onlyInPlace(err error) bool {
	return slices.Contains([]reason.Code{reason.SharedSender, reason.AlsoElsewhere, reason.NoClient}, reason.CodeOf(err))
}

func isNeed(err error) bool {
	_, ok := errors.AsType[*needError](err)
	return ok
}

// toConfig puts clientcredentials.Config in the place of the exchange.
func (p *planner) toConfig(fl *flow.Flow, got *fetched, set *change.Set) error {
	v := p.vendor(fl)
	return p.at(fl, set, func(pt *point, set *change.Set) error {
		return p.configAt(fl, v, got, pt, set)
	})
}

// configAt puts clientcredentials.Config in the place of the exchange, at one place.
func (p *planner) configAt(fl *flow.Flow, v *provider.Provider, got *fetched, pt *point, set *change.Set) error {
	var err error
	f := pt.fn.File
	x := &expresser{ix: p.ix, at: pt.fn, pos: pt.stmt.Pos(), via: pt.via}
	req := requestOf(v)
	req.comma = false // its scopes are carried over as they were sent
	req.authStyle = authStyle(v, set)
	if req.client, err = p.client(fl, pt, x, set); err != nil {
		return err
	}
	if req.context, err = p.context(fl, x); err != nil {
		return err
	}
	if req.id, err = p.clientID(fl, v, x); err != nil {
		return err
	}
	if req.secret, err = p.secret(fl, v, x); err != nil {
		return err
	}
	if req.url, err = p.grantURL(fl, v, x); err != nil {
		return err
	}
	if err := p.grantScopes(fl, v, x, req); err != nil {
		return err
	}
	if err := p.grantParams(fl, v, x, req, set); err != nil {
		return err
	}
	p.headers(fl, set)
	vendorNotes(v, set)
	got.place, got.in = f.Place(pt.call), pt.fn
	return p.emit(pt, req, "", set)
}

// vendorNotes says what the vendor's new grant is not. What has to be done there is not repeated for
// every flow: reports take it from the catalogue.
func vendorNotes(v *provider.Provider, set *change.Set) {
	for _, s := range slices.Concat(v.Lost, v.Warnings) {
		set.Look(safety.Identity, s)
	}
	if v.Verdict == provider.Optional && v.Advice != "" {
		set.Notes = append(set.Notes, "done on request: "+v.Advice)
	}
}

// grantURL is the URL that the program uses, unless a person decided on another one. Where the vendor's
// new grant is at another host than the old one and the program can only know the old one, that
// decision is missing.
func (p *planner) grantURL(fl *flow.Flow, v *provider.Provider, x *expresser) (change.Text, error) {
	if in := p.dec.Providers[fl.Provider]; in.TokenURL != "" {
		return x.given("token_url", in.TokenURL)
	}
	if u := fixedURL(v); u != "" {
		return change.Text{Src: strconv.Quote(u)}, nil
	}
	f, n := p.ix.Node(fl.URL)
	e, ok := n.(ast.Expr)
	if !ok {
		return change.Text{}, reason.New(reason.NoURL, "the token URL was not found")
	}
	text, err := x.express(f, e)
	if err != nil {
		return text, reason.Of(reason.OtherFunction, err)
	}
	if host := p.oldHost(fl, v, f, e); host != "" {
		return text, askURL(v, host)
	}
	return text, nil
}

// askURL is the decision that is missing where the program only knows a host of the old grant.
func askURL(v *provider.Provider, host string) error {
	return &needError{"token_url", fmt.Sprintf("the program asks %s, and %s serves client credentials at %s: give its URL under providers: %s: token_url: in .jwtretire.yaml",
		host, v.Name, v.Target.TokenURL, v.ID)}
}

// authStyle returns the name in x/oauth2 of the way in which the secret is sent: Basic, with a note, where that is a setting of each application.
func authStyle(v *provider.Provider, set *change.Set) string {
	if v.Target.AuthStyle != "" {
		return v.Target.AuthStyle
	}
	set.Look(safety.AuthStyle, v.Name+" has the authentication method as a setting of each application: Basic is written here; use AuthStyleInParams if yours takes the secret in the body")
	return "AuthStyleInHeader"
}

// fixedURL returns the vendor's own token URL, "" where it depends on the program.
func fixedURL(v *provider.Provider) string {
	if strings.Contains(v.Target.TokenURL, "{") {
		return ""
	}
	return v.Target.TokenURL
}

// oldHost returns the vendor's host that only serves the old grant, if the program can ask no other.
func (p *planner) oldHost(fl *flow.Flow, v *provider.Provider, f *syntax.File, e ast.Expr) string {
	for _, part := range fl.URLParts {
		for _, host := range v.Target.OldHosts {
			if strings.Contains(part.Text, host) && p.constant(f, e, maxConstant) {
				return host
			}
		}
	}
	return ""
}

// constant reports whether an expression only has values that stand in the source.
func (p *planner) constant(f *syntax.File, e ast.Expr, depth int) bool {
	if e == nil || depth == 0 {
		return false
	}
	if f.Pkg.Info.Types[e].Value != nil {
		return true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return p.constant(f, e.X, depth-1) && p.constant(f, e.Y, depth-1)
	case *ast.CallExpr:
		if obj := p.ix.Callee(f, e); obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != "fmt" && obj.Pkg().Path() != "strings" && obj.Pkg().Path() != "net/url" {
			return false
		}
		for _, a := range e.Args {
			if !p.constant(f, a, depth-1) {
				return false
			}
		}
		return true
	case *ast.Ident, *ast.SelectorExpr:
		id := syntax.IdentOf(e)
		if sel, ok := e.(*ast.SelectorExpr); ok {
			id = sel.Sel
		}
		v, ok := f.Object(id).(*types.Var)
		if !ok || p.filledElsewhere(v) {
			return false
		}
		all := p.ix.Sources(v)
		if d := p.ix.Enclosing(f, e); d != nil {
			if i, isParam := d.Param(v); isParam {
				sites, known := p.ix.Callers(d.Obj)
				if d.Obj == nil || !known || d.Obj.Exported() && !p.private(d) {
					return false
				}
				for _, s := range sites {
					all = append(all, syntax.Source{File: s.File, Expr: syntax.Argument(s.Call, i)})
				}
			}
		}
		for _, src := range all {
			if src.Expr == nil || !p.constant(src.File, src.Expr, depth-1) {
				return false
			}
		}
		return len(all) > 0
	}
	return false
}

// filledElsewhere reports whether a variable can get its value otherwise than by an assignment: a field
// by its tag, anything by its address, as flags do.
func (p *planner) filledElsewhere(v *types.Var) bool {
	if v.IsField() {
		if d := p.fieldDecl(v); d == nil || d.Tag != nil {
			return true // of one that is declared elsewhere nothing is known
		}
	}
	return p.ix.Addressed(v)
}

// clientID is the form's client_id, or the issuer of the assertion, which is the client in both
// families where no other parameter names it.
func (p *planner) clientID(fl *flow.Flow, v *provider.Provider, x *expresser) (change.Text, error) {
	if in := p.dec.Providers[fl.Provider]; in.ID != "" {
		return x.given("client_id", in.ID)
	}
	if v.Target.NewClient {
		return change.Text{}, &needError{"client_id", v.Name + " gives the new grant a client id of its own, which the program does not have: " + giveIn(v.ID, "client_id", "")}
	}
	text, err := p.field(fl, x, "client_id")
	if err == nil {
		return text, nil
	}
	for _, name := range []string{"iss", "sub"} {
		f, e, err := p.claim(fl, name)
		if err != nil {
			return text, err
		}
		if e == nil {
			continue
		}
		if text, err = x.asString(f, e); err != nil {
			return text, reason.Of(reason.OtherFunction, err)
		}
		return text, nil
	}
	return text, &needError{"client_id", "neither the request nor the claims name the client: " + giveIn(v.ID, "client_id", "")}
}

// secret is what a person decided, or the one that the flow already sends.
func (p *planner) secret(fl *flow.Flow, v *provider.Provider, x *expresser) (change.Text, error) {
	if in := p.dec.Providers[fl.Provider]; in.Secret != "" {
		return x.given("client_secret", in.Secret)
	}
	for _, fd := range fl.Fields {
		if fd.Key == "client_secret" {
			text, err := p.field(fl, x, "client_secret")
			if h, ok := asHere(err); ok {
				return text, reason.Of(reason.OtherFunction, h)
			}
			return text, err
		}
	}
	return change.Text{}, &needError{"client_secret", "the flow has no client secret, and none is invented: " + giveIn(v.ID, "client_secret", "-secret-env")}
}

// grantScopes carries the scopes over: from the form's scope parameter, or from the claim of that name.
func (p *planner) grantScopes(fl *flow.Flow, v *provider.Provider, x *expresser, req *request) error {
	if len(p.dec.Scopes) > 0 {
		req.scopes = p.dec.Scopes
		return nil
	}
	if s, ok := p.dec.ScopesFor[fl.Provider]; ok {
		req.scopes = s
		return nil
	}
	var f *syntax.File
	var e ast.Expr
	for _, fd := range fl.Fields {
		if fd.Key == "scope" {
			g, n := p.ix.Node(fd.Value)
			f = g
			e, _ = n.(ast.Expr)
			if err := p.unconditional(fl, fd); err != nil {
				return err
			}
		}
	}
	if e == nil && v.Target.ScopeForm != provider.ScopeServer {
		var err error
		if f, e, err = p.claim(fl, "scope"); err != nil {
			return err
		}
	}
	if e == nil {
		return nil
	}
	if c := f.Pkg.Info.Types[e].Value; c != nil && c.Kind() == constant.String {
		req.scopes = strings.Fields(constant.StringVal(c))
		return nil
	}
	// strings.Join(list, " ") is the list.
	if c, ok := ast.Unparen(e).(*ast.CallExpr); ok && syntax.CalleeName(c) == "Join" && len(c.Args) == 2 {
		if t := f.TypeOf(c.Args[0]); t != nil && t.Underlying().String() == "[]string" {
			text, err := x.express(f, c.Args[0])
			if err != nil {
				return reason.Of(reason.OtherFunction, err)
			}
			req.scopesExpr = text
			return nil
		}
	}
	text, err := x.express(f, e)
	if err != nil {
		return reason.Of(reason.OtherFunction, err)
	}
	text.Src = "«strings».Fields(" + text.Src + ")"
	req.scopesExpr = text
	return nil
}

// grantParams fills EndpointParams: what the new grant needs, and what the old request had beside
// the assertion.
func (p *planner) grantParams(fl *flow.Flow, v *provider.Provider, x *expresser, req *request, set *change.Set) error {
	done := map[string]bool{"client_id": true, "client_secret": true, "scope": true, "grant_type": true, "assertion": true,
		"client_assertion": true, "client_assertion_type": true}
	for _, pm := range p.dec.further(v) {
		done[pm.Name] = true
	}
	if err := p.ownParams(fl, v, x, req); err != nil {
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
		if err := p.unconditional(fl, fd); err != nil {
			return err
		}
		text, err := p.field(fl, x, fd.Key)
		if err != nil {
			return reason.New(reason.OtherFunction, "the parameter %s could not be carried over: %v", fd.Key, err)
		}
		req.params = append(req.params, param{fd.Key, text})
	}
	return nil
}

// ownParams are those that the vendor's new grant has of its own: from decisions, or from what the old
// request or its claims said.
func (p *planner) ownParams(fl *flow.Flow, v *provider.Provider, x *expresser, req *request) error {
	for _, pm := range p.dec.further(v) {
		var text change.Text
		var err error
		var f *syntax.File
		var e ast.Expr
		switch {
		case p.dec.Providers[fl.Provider].Params[pm.Name] != "":
			if text, err = x.given(pm.Name, p.dec.Providers[fl.Provider].Params[pm.Name]); err != nil {
				return err
			}
		case pm.Field != "":
			text, err = p.field(fl, x, pm.Field)
		case pm.Claim != "":
			var several error
			if f, e, several = p.claim(fl, pm.Claim); several != nil {
				return several
			}
			if e != nil {
				if text, err = x.asString(f, e); err != nil {
					return reason.New(reason.OtherFunction, "the claim %s: %v", pm.Claim, err)
				}
			}
		case pm.Value != "":
			text = change.Text{Src: fmt.Sprintf("%q", pm.Value)}
		}
		if h, ok := asHere(err); ok {
			return reason.Of(reason.OtherFunction, h)
		}
		if text.Src == "" || err != nil {
			if pm.Required {
				return &needError{pm.Name, fmt.Sprintf("the new grant needs %s, and the flow does not say it: say where it comes from under providers: %s: params: in .jwtretire.yaml", pm.Name, v.ID)}
			}
			continue
		}
		req.params = append(req.params, param{pm.Name, text})
	}
	return nil
}

// unconditional reports, as an error, that a parameter is only sent sometimes.
func (p *planner) unconditional(fl *flow.Flow, fd flow.Field) error {
	f, put := p.ix.Node(fd.Put)
	_, assertion := p.ix.Node(fl.Assertion)
	_, value := p.ix.Node(fd.Value)
	e, _ := value.(ast.Expr)
	if put == nil || e == nil {
		return nil
	}
	return p.underCondition(f, put, assertion, e, fd.Key)
}
