package request

import (
	"go/ast"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/lazyregexp"
)

// HandDown builds the configuration in the caller, which has the values, and passes it down in the place of the
// form. It returns the name of the parameter.
func HandDown(p *find.Finder, fl *flow.Flow, pt *place.Point, req *Request, set *change.Set, missing error) (string, error) {
	if pt.Func.Obj == nil {
		return "", reason.Of(reason.OtherFunction, missing)
	}
	sites, all := p.Index.Callers(pt.Func.Obj)
	if len(sites) != 1 || !all {
		return "", reason.Of(reason.OtherFunction, missing)
	}
	if pt.Func.Obj.Exported() && !p.Private(pt.Func) {
		return "", reason.New(reason.Exported, "%v; %s is exported, so its parameters stay", missing, pt.Func.Obj.Name())
	}
	at := formParam(p, fl, pt, sites[0])
	if at < 0 {
		return "", reason.Of(reason.OtherFunction, missing)
	}
	site := sites[0]
	caller := p.Index.Enclosing(site.File, site.Call)
	if caller == nil {
		return "", reason.Of(reason.OtherFunction, missing)
	}
	x := &express.Expresser{Index: p.Index, At: caller, Pos: site.Call.Pos()}
	if err := Parameters(p, fl, pt, x, req, set); err != nil {
		return "", reason.Of(reason.OtherFunction, err)
	}
	name := syntax.FreshName(p.Index, pt.Func, nil, "config", "conf", "oauthConfig")
	var field *ast.Field
	n := 0
	for _, fd := range pt.Func.Type.Params.List {
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
		set.Replace[field.Type] = change.Text{Src: "*«" + find.ClientCredentialsPath + "».Config"}
		set.Replace[field.Names[0]] = change.Text{Src: name}
	default: // u, body string
		set.Replace[pt.Func.Params()[at]] = change.Text{Src: name + " *«" + find.ClientCredentialsPath + "».Config"}
	}
	lit := req.literal()
	lit.Src = "&" + lit.Src
	set.Replace[site.Call.Args[at]] = lit
	return name, nil
}

// bodyName matches the names of parameters with a body.
var bodyName = lazyregexp.New(`(?i)^(?:body|form|payload|data|encoded|params|post|req)`)

// formParam returns the index of the parameter with the form, its encoding or the finished request.
func formParam(p *find.Finder, fl *flow.Flow, pt *place.Point, site syntax.CallSite) int {
	best := -1
	for i, id := range pt.Func.Params() {
		if id == nil || i >= len(site.Call.Args) {
			continue
		}
		t := pt.Func.File.TypeOf(id)
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
