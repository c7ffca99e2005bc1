package plan

import (
	"fmt"
	"go/ast"
	"strings"

	"jwtretire.example/fixer/outcome"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/lazyregexp"
)

// literal writes the clientcredentials.Config.
func (r *request) literal() change.Text {
	var b strings.Builder
	b.WriteString("«" + clientCredentialsPath + "».Config{\n")
	fmt.Fprintf(&b, "ClientID: %s,\nClientSecret: %s,\nTokenURL: %s,\n", r.id.Src, r.secret.Src, r.url.Src)
	switch {
	case r.scopesExpr.Src != "":
		fmt.Fprintf(&b, "Scopes: %s,%s\n", r.scopesExpr.Src, r.scopeNote)
	case r.scopesParam != "":
		fmt.Fprintf(&b, "Scopes: []string{%s},%s\n", r.scopesParam, r.scopeNote)
	case r.comma: // x/oauth2 joins elements with a space
		fmt.Fprintf(&b, "Scopes: []string{%q},%s\n", strings.Join(r.scopes, ","), r.scopeNote)
	case len(r.scopes) > 0:
		fmt.Fprintf(&b, "Scopes: %#v,\n", r.scopes)
	}
	var params []string
	switch {
	case r.resources.Src != "":
		params = append(params, fmt.Sprintf("\"resource\": %s", r.resources.Src))
	case len(r.resource) > 0:
		var list []string
		for _, t := range r.resource {
			list = append(list, t.Src)
		}
		params = append(params, fmt.Sprintf("\"resource\": {%s}", strings.Join(list, ", ")))
	}
	for _, p := range r.params {
		params = append(params, fmt.Sprintf("%q: {%s}", p.name, p.value.Src))
	}
	if len(params) > 0 {
		fmt.Fprintf(&b, "EndpointParams: «net/url».Values{%s},\n", strings.Join(params, ", "))
	}
	b.WriteString("AuthStyle: «" + oauth2Path + "»." + r.authStyle + ",\n}")
	return change.Text{Src: b.String()}
}

// ctx writes the context for Token, with the program's own client in it.
func (r *request) ctx() change.Text {
	if r.client.Src == "" {
		return r.context
	}
	return change.Text{Src: fmt.Sprintf("«context».WithValue(%s, «%s».HTTPClient, %s)", r.context.Src, oauth2Path, r.client.Src)}
}

// emit puts the new call where the old one stood and deals with the answer.
// config is the parameter that brings the configuration, "" where it is written here.
func (p *planner) emit(pt *point, req *request, config string, set *change.Set) error {
	taken := map[string]bool{}
	tok := syntax.FreshName(p.ix, pt.fn, taken, "token", "tok", "oauthToken", "accessToken")
	taken[tok] = true
	ctx := req.ctx()
	fetch := outcome.Fetch{}
	if config == "" {
		config = syntax.FreshName(p.ix, pt.fn, taken, "config", "conf", "oauthConfig", "credentials")
		lit := req.literal()
		fetch.Before = change.Text{Src: config + " := " + lit.Src + "\n"}
	}
	fetch.Call = change.Text{Src: fmt.Sprintf("%s.Token(%s)", config, ctx.Src)}
	ex := outcome.Exchange{Func: pt.fn, Call: pt.call, Chain: pt.legs, Millis: req.millis, Closed: req.closed}
	if req.sdk != nil {
		ex.Fields, ex.Durations = req.sdk.Answer, req.sdk.Durations
	}
	if pt.library != nil {
		ex.Decoding = &pt.library.decoding
	}
	if pt.through {
		ex.Chain = nil // they send oauth2's request and see its answer
	}
	names := outcome.Names{Token: tok, Lifetime: syntax.FreshName(p.ix, pt.fn, taken, "expiresIn", "lifetime", "tokenLifetime")}
	return outcome.Rewrite(p.ix, ex, names, fetch, set)
}

// handDown builds the configuration in the caller, which has the values, and hands it down in the
// place of the form. It returns the name of the parameter.
func (p *planner) handDown(fl *flow.Flow, pt *point, req *request, set *change.Set, missing error) (string, error) {
	if pt.fn.Obj == nil {
		return "", reason.Of(reason.OtherFunction, missing)
	}
	sites, all := p.ix.Callers(pt.fn.Obj)
	if len(sites) != 1 || !all {
		return "", reason.Of(reason.OtherFunction, missing)
	}
	if pt.fn.Obj.Exported() && !p.private(pt.fn) {
		return "", reason.New(reason.Exported, "%v; %s is exported, so its parameters stay", missing, pt.fn.Obj.Name())
	}
	at := p.formParam(fl, pt, sites[0])
	if at < 0 {
		return "", reason.Of(reason.OtherFunction, missing)
	}
	site := sites[0]
	caller := p.ix.Enclosing(site.File, site.Call)
	if caller == nil {
		return "", reason.Of(reason.OtherFunction, missing)
	}
	x := &expresser{ix: p.ix, at: caller, pos: site.Call.Pos()}
	if err := p.parameters(fl, x, req, set); err != nil {
		return "", reason.Of(reason.OtherFunction, err)
	}
	name := syntax.FreshName(p.ix, pt.fn, nil, "config", "conf", "oauthConfig")
	var field *ast.Field
	n := 0
	for _, fd := range pt.fn.Type.Params.List {
		for range fd.Names {
			if n == at {
				field = fd
			}
			n++
		}
	}
	switch {
	case field == nil:
		return "", reason.Of(reason.OtherFunction, missing)
	case len(field.Names) == 1:
		set.Replace[field.Type] = change.Text{Src: "*«" + clientCredentialsPath + "».Config"}
		set.Replace[field.Names[0]] = change.Text{Src: name}
	default: // u, body string
		set.Replace[pt.fn.Params()[at]] = change.Text{Src: name + " *«" + clientCredentialsPath + "».Config"}
	}
	lit := req.literal()
	lit.Src = "&" + lit.Src
	set.Replace[site.Call.Args[at]] = lit
	return name, nil
}

// private reports whether nobody outside of the module can call the function.
func (p *planner) private(d *syntax.Func) bool { return p.ix.Private(d) }

// bodyName begins the names of parameters that bring a body.
var bodyName = lazyregexp.New(`(?i)^(?:body|form|payload|data|encoded|params|post|req)`)

// formParam finds the parameter that brings the form, its encoding or the finished request.
func (p *planner) formParam(fl *flow.Flow, pt *point, site syntax.CallSite) int {
	best := -1
	for i, id := range pt.fn.Params() {
		if id == nil || i >= len(site.Call.Args) {
			continue
		}
		t := pt.fn.File.TypeOf(id)
		if t == nil {
			continue
		}
		switch t.String() {
		case "net/url.Values", "*net/http.Request", "io.Reader", "*strings.Reader", "*bytes.Buffer", "*bytes.Reader", "map[string]string", "map[string][]string":
			return i
		case "string", "[]byte":
			// the body's text, unless it is the URL
			if bodyName.MatchString(id.Name) {
				best = i
			}
		}
	}
	return best
}
