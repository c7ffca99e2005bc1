// Package request collects the values of the new grant at a Point and writes the request there.
//
// Input: a flow and a Point. Output: a Request, and with Emit the core change of an exchange that the program sends itself.
package request

import (
	"fmt"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/reason"
)

// A Request has the values of the new grant, as text for the place of the token request.
type Request struct {
	ID, Secret, URL change.Text
	resource        []change.Text // elements of the list
	Resources       change.Text   // or one expression for the list
	Client          change.Text   // the program's HTTP client, "" for the default
	Context         change.Text
	Scopes          []string
	ScopesParam     string // the parameter with the scopes, if callers differ
	ScopesExpr      change.Text
	Params          []Param

	AuthStyle string // a name of x/oauth2
	Comma     bool   // the scopes are one element, separated by commas
	scopeNote string // the comment beside the scopes
	millis    bool   // expires_in of the old answer is in milliseconds
	sent      outcome.Sent
	closed    bool // the old answer has only the three members of every answer

	SDK *library.Type // the argument of a vendor's SDK, nil for others
}

// A Param is an additional parameter of the request.
type Param struct {
	Name  string
	Value change.Text
}

// literal returns the text of the clientcredentials.Config.
func (r *Request) literal() change.Text {
	var b strings.Builder
	b.WriteString("«" + find.ClientCredentialsPath + "».Config{\n")
	fmt.Fprintf(&b, "ClientID: %s,\nClientSecret: %s,\nTokenURL: %s,\n", r.ID.Src, r.Secret.Src, r.URL.Src)
	switch {
	case r.ScopesExpr.Src != "":
		fmt.Fprintf(&b, "Scopes: %s,%s\n", r.ScopesExpr.Src, r.scopeNote)
	case r.ScopesParam != "":
		fmt.Fprintf(&b, "Scopes: []string{%s},%s\n", r.ScopesParam, r.scopeNote)
	case r.Comma: // x/oauth2 joins elements with a space
		fmt.Fprintf(&b, "Scopes: []string{%q},%s\n", strings.Join(r.Scopes, ","), r.scopeNote)
	case len(r.Scopes) > 0:
		fmt.Fprintf(&b, "Scopes: %#v,\n", r.Scopes)
	}
	var params []string
	switch {
	case r.Resources.Src != "":
		params = append(params, fmt.Sprintf("\"resource\": %s", r.Resources.Src))
	case len(r.resource) > 0:
		var list []string
		for _, t := range r.resource {
			list = append(list, t.Src)
		}
		params = append(params, fmt.Sprintf("\"resource\": {%s}", strings.Join(list, ", ")))
	}
	for _, p := range r.Params {
		params = append(params, fmt.Sprintf("%q: {%s}", p.Name, p.Value.Src))
	}
	if len(params) > 0 {
		fmt.Fprintf(&b, "EndpointParams: «net/url».Values{%s},\n", strings.Join(params, ", "))
	}
	b.WriteString("AuthStyle: «" + find.OAuth2Path + "»." + r.AuthStyle + ",\n}")
	return change.Text{Src: b.String()}
}

// ctx returns the text of the context for Token, which contains the program's client.
func (r *Request) ctx() change.Text {
	if r.Client.Src == "" {
		return r.Context
	}
	return change.Text{Src: fmt.Sprintf("«context».WithValue(%s, «%s».HTTPClient, %s)", r.Context.Src, find.OAuth2Path, r.Client.Src)}
}

// At returns the request of a row at a point, with the HTTP client and the context of the exchange, and what expresses its values there.
func At(p *find.Finder, fl *flow.Flow, v *provider.Provider, pt *place.Point, set *change.Set) (*express.Expresser, *Request, error) {
	x := &express.Expresser{Index: p.Index, At: pt.Func, Pos: pt.Stmt.Pos(), Via: pt.Via}
	req := Of(v)
	var err error
	if req.Client, err = client(p, fl, pt, x, set); err != nil {
		return x, req, err
	}
	if pt.Library != nil && pt.Library.Context != nil {
		if req.Context, err = x.Express(pt.Library.File, pt.Library.Context); err != nil {
			err = reason.Of(reason.OtherFunction, err)
		}
		return x, req, err
	}
	req.Context, err = Context(p, fl, x)
	return x, req, err
}

// Of returns the request of a row, without values.
func Of(v *provider.Provider) *Request {
	t := v.Target
	r := &Request{AuthStyle: t.AuthStyle, Comma: t.ScopeForm == provider.ScopeComma, millis: t.OldMillis, closed: t.OldClosed}
	if t.ScopeNote != "" {
		r.scopeNote = " // " + t.ScopeNote
	}
	return r
}
