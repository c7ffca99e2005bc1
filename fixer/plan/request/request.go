// Package request collects the values of the new grant at a Point and writes it there. In: a flow and a Point. Out: a Request, and with
// Emit the core change of an exchange that the program sends itself.
package request

import (
	"fmt"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/find"
)

// A Request is what the new grant needs, said at the place where the token is fetched.
type Request struct {
	ID, Secret, URL change.Text
	resource        []change.Text // each an element of the list
	Resources       change.Text   // or one expression that is the list
	Client          change.Text   // the program's own HTTP client, "" for the default
	Context         change.Text
	Scopes          []string
	ScopesParam     string // the parameter that brings them, where callers differ
	ScopesExpr      change.Text
	Params          []Param

	AuthStyle string // name in x/oauth2
	Comma     bool   // scopes are one element, a list with commas
	scopeNote string // the comment beside them
	millis    bool   // expires_in of the old answer is in milliseconds
	closed    bool   // the old answer has no members but the three of every answer

	SDK *library.Type // what the exchange of a vendor's SDK takes, nil for others
}

// A Param is one more parameter of the request.
type Param struct {
	Name  string
	Value change.Text
}

// literal writes the clientcredentials.Config.
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

// ctx writes the context for Token, with the program's own client in it.
func (r *Request) ctx() change.Text {
	if r.Client.Src == "" {
		return r.Context
	}
	return change.Text{Src: fmt.Sprintf("«context».WithValue(%s, «%s».HTTPClient, %s)", r.Context.Src, find.OAuth2Path, r.Client.Src)}
}

// Of returns the request of a row, with no values yet.
func Of(v *provider.Provider) *Request {
	t := v.Target
	r := &Request{AuthStyle: t.AuthStyle, Comma: t.ScopeForm == provider.ScopeComma, millis: t.OldMillis, closed: t.OldClosed}
	if t.ScopeNote != "" {
		r.scopeNote = " // " + t.ScopeNote
	}
	return r
}
