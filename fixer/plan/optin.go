package plan

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
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
func (p *planner) unsuited(fl *flow.Flow) string {
	v := p.vendor(fl)
	if v == nil {
		return "its vendor is not known; describe it under providers: in .jwtretire.yaml to have it rewritten"
	}
	_, asked := p.dec.Providers[fl.Provider]
	switch {
	case fl.Verdict == provider.Keep || !v.Target.Supported:
		return v.Name + " has no grant by client secret that could take its place. " + v.Advice
	case !asked && fl.Verdict == provider.Optional:
		return fmt.Sprintf("%s has not retired this flow, so it is only rewritten on request (-provider %s). %s", v.Name, v.ID, v.Advice)
	case fl.Kind != flow.JWTBearer && fl.Kind != flow.ClientAssertion:
		return fmt.Sprintf("%s flows of %s are not rewritten: %s", fl.Kind, v.Name, strings.Join(v.Warnings, " "))
	}
	if fl.Kind == flow.ClientAssertion {
		for _, fd := range fl.Fields {
			if fd.Key == "grant_type" && fd.Const != "client_credentials" {
				return "the assertion authenticates the client in another grant than client_credentials, which stays"
			}
		}
	}
	return ""
}

// replaceGrant replaces an exchange of RFC 7523: the authorization grant (section 2.1), or client
// authentication (section 2.2), which keeps grant and parameters and only swaps the method.
func (p *planner) replaceGrant(fl *flow.Flow, pl *Plan, set *change.Set) error {
	v := p.vendor(fl)
	pt, err := p.findPoint(fl)
	if err != nil {
		return err
	}
	if err := p.alone(fl, pt); err != nil {
		return err
	}
	f := pt.fn.file
	x := &expresser{ix: p.ix, at: pt.fn, pos: pt.stmt.Pos(), via: pt.via}
	req := &request{authStyle: v.Target.AuthStyle, seconds: true}
	if req.authStyle == "" {
		req.authStyle = "AuthStyleInHeader"
		set.Notes = append(set.Notes, v.Name+" has the authentication method as a setting of each application: Basic is written here; use AuthStyleInParams if yours takes the secret in the body")
	}
	if req.client, err = p.client(fl, pt, x, set); err != nil {
		return err
	}
	if req.context, err = p.context(fl, x); err != nil {
		return err
	}
	if req.id, err = p.clientID(fl, x); err != nil {
		return err
	}
	if req.secret, err = p.secret(fl, v, x); err != nil {
		return err
	}
	g, n := p.ix.node(fl.URL)
	e, ok := n.(ast.Expr)
	if !ok {
		return because("the token URL was not found")
	}
	if req.url, err = x.express(g, e); err != nil {
		return because("%v", err)
	}
	if err := p.grantScopes(fl, v, x, req); err != nil {
		return err
	}
	if err := p.grantParams(fl, v, x, req, set); err != nil {
		return err
	}
	p.headers(fl, set)
	set.Notes = append(set.Notes, v.Lost...)
	set.Notes = append(set.Notes, v.Warnings...)
	pl.Fetch, pl.at = f.place(pt.call), pt.fn
	return p.emit(pt, req, "", set)
}

// clientID is the form's client_id, or the issuer of the assertion, which is the client in both
// families where no other parameter names it.
func (p *planner) clientID(fl *flow.Flow, x *expresser) (change.Text, error) {
	if in := p.dec.Providers[fl.Provider]; in.ID != "" {
		return change.Text{Src: in.ID}, nil
	}
	text, err := p.field(fl, x, "client_id")
	if err == nil {
		return text, nil
	}
	f, e := p.claim(fl, "iss")
	if e == nil {
		f, e = p.claim(fl, "sub")
	}
	if e == nil {
		return text, &needError{"client_id", "neither the request nor the claims name the client; say where it comes from under providers: " + fl.Provider + ": client_id: in .jwtretire.yaml"}
	}
	if text, err = x.express(f, e); err != nil {
		return text, because("%v", err)
	}
	return text, nil
}

// secret is the one that the flow already sends, or what a person decided.
func (p *planner) secret(fl *flow.Flow, v *provider.Provider, x *expresser) (change.Text, error) {
	if in := p.dec.Providers[fl.Provider]; in.Secret != "" {
		return change.Text{Src: in.Secret}, nil
	}
	for _, fd := range fl.Fields {
		if fd.Key == "client_secret" {
			text, err := p.field(fl, x, "client_secret")
			if h, ok := asHere(err); ok {
				return text, because("%v", h)
			}
			return text, err
		}
	}
	return change.Text{}, &needError{"client_secret", fmt.Sprintf("the flow has no client secret, and none is invented: say where it comes from under providers: %s: client_secret: {env: NAME} in .jwtretire.yaml", v.ID)}
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
	var f *file
	var e ast.Expr
	for _, fd := range fl.Fields {
		if fd.Key == "scope" {
			g, n := p.ix.node(fd.Value)
			f = g
			e, _ = n.(ast.Expr)
		}
	}
	if e == nil && v.Target.ScopeForm != provider.ScopeServer {
		f, e = p.claim(fl, "scope")
	}
	if e == nil {
		return nil
	}
	if c := f.pkg.Info.Types[e].Value; c != nil && c.Kind() == constant.String {
		req.scopes = strings.Fields(constant.StringVal(c))
		return nil
	}
	// strings.Join(list, " ") is the list.
	if c, ok := ast.Unparen(e).(*ast.CallExpr); ok && calleeName(c) == "Join" && len(c.Args) == 2 {
		if t := f.typeOf(c.Args[0]); t != nil && t.Underlying().String() == "[]string" {
			text, err := x.express(f, c.Args[0])
			if err != nil {
				return because("%v", err)
			}
			req.scopesExpr = text
			return nil
		}
	}
	text, err := x.express(f, e)
	if err != nil {
		return because("%v", err)
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
	for _, pm := range v.Target.Params {
		done[pm.Name] = true
		var text change.Text
		var err error
		var f *file
		var e ast.Expr
		switch {
		case pm.Field != "":
			text, err = p.field(fl, x, pm.Field)
		case pm.Claim != "":
			if f, e = p.claim(fl, pm.Claim); e != nil {
				text, err = x.express(f, e)
			}
		case pm.Value != "":
			text = change.Text{Src: fmt.Sprintf("%q", pm.Value)}
		}
		if h, ok := asHere(err); ok {
			return because("%v", h)
		}
		if text.Src == "" || err != nil {
			if pm.Required {
				return &needError{pm.Name, fmt.Sprintf("the new grant needs %s, and the flow does not say it", pm.Name)}
			}
			continue
		}
		req.params = append(req.params, param{pm.Name, text})
	}
	for _, fd := range fl.Fields {
		if done[fd.Key] {
			continue
		}
		done[fd.Key] = true
		if fl.Kind == flow.JWTBearer {
			set.Notes = append(set.Notes, fmt.Sprintf("the parameter %s was sent with the assertion and is not sent any more", fd.Key))
			continue
		}
		text, err := p.field(fl, x, fd.Key)
		if err != nil {
			return because("the parameter %s could not be carried over: %v", fd.Key, err)
		}
		req.params = append(req.params, param{fd.Key, text})
	}
	return nil
}

// claimFields are the fields of the JWT libraries' claim structures.
var claimFields = map[string]string{"Issuer": "iss", "Iss": "iss", "Subject": "sub", "Sub": "sub", "Scope": "scope", "Audience": "aud"}

// claim finds the expression that gives a claim its value: in a literal, an assignment or a call of a
// builder, in the functions that put the claims together.
func (p *planner) claim(fl *flow.Flow, name string) (*file, ast.Expr) {
	seen := map[ast.Node]bool{}
	for _, s := range fl.Steps {
		if s.Role != flow.Claims && s.Role != flow.Sign {
			continue
		}
		f, n := p.ix.node(s.Span)
		if n == nil {
			continue
		}
		d := p.ix.outer(f, n)
		if d == nil || seen[d.node] {
			continue
		}
		seen[d.node] = true
		var found ast.Expr
		ast.Inspect(d.body, func(n ast.Node) bool {
			if found != nil {
				return false
			}
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if p.claimKey(f, n.Key) == name {
					found = n.Value
				}
			case *ast.AssignStmt:
				if len(n.Lhs) != len(n.Rhs) {
					return true
				}
				for i, l := range n.Lhs {
					switch l := l.(type) {
					case *ast.IndexExpr:
						if p.claimKey(f, l.Index) == name {
							found = n.Rhs[i]
						}
					case *ast.SelectorExpr:
						if p.claimKey(f, l.Sel) == name {
							found = n.Rhs[i]
						}
					}
				}
			case *ast.CallExpr:
				switch {
				case len(n.Args) == 1 && claimFields[calleeName(n)] == name:
					found = n.Args[0]
				case len(n.Args) == 2 && (calleeName(n) == "Claim" || calleeName(n) == "Set") && p.claimKey(f, n.Args[0]) == name:
					found = n.Args[1]
				}
			}
			return found == nil
		})
		if found != nil {
			return f, found
		}
	}
	return nil, nil
}

// claimKey names the claim that a key, an index or a field stands for.
func (p *planner) claimKey(f *file, e ast.Expr) string {
	if v := f.pkg.Info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	id := identOf(e)
	if id == nil {
		return ""
	}
	field, ok := f.object(id).(*types.Var)
	if !ok || !field.IsField() {
		return ""
	}
	if tag := p.tagOf(field); tag != "" {
		return tag
	}
	return claimFields[id.Name]
}

// tagOf returns the JSON name of a field that the module declares.
func (p *planner) tagOf(field *types.Var) string {
	f := p.ix.fileAt(field)
	if f == nil {
		return ""
	}
	tag := ""
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		fd, ok := n.(*ast.Field)
		if !ok || fd.Tag == nil {
			return tag == ""
		}
		for _, id := range fd.Names {
			if f.pkg.Info.Defs[id] == field {
				tag, _, _ = strings.Cut(reflect.StructTag(strings.Trim(fd.Tag.Value, "`")).Get("json"), ",")
			}
		}
		return tag == ""
	})
	return tag
}
