package request

import (
	"fmt"
	"go/ast"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/plan/scope"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// Parameters sets the form's values and the URL at x.
func Parameters(p *find.Finder, fl *flow.Flow, pt *place.Point, x *express.Expresser, req *Request, set *change.Set) error {
	var err error
	if req.ID, err = Field(p, fl, x, "client_id"); err != nil {
		return err
	}
	if req.Secret, err = Field(p, fl, x, "client_secret"); err != nil {
		return err
	}
	if err = resources(p, fl, x, req); err != nil {
		return err
	}
	for _, fd := range fl.Fields {
		switch fd.Key {
		case "client_id", "client_secret", "jwt_token", "resource":
		default:
			set.Look(safety.Parameter, fmt.Sprintf("the parameter %s was sent with the exchange and is not sent any more; the new grant has none of that name", fd.Key))
		}
	}
	for _, name := range p.Besides(fl) {
		if name == "resource" {
			return reason.New(reason.NoParameter, "a resource parameter is in a list of parameters, which the new request cannot use")
		}
		if !slices.ContainsFunc(fl.Fields, func(fd flow.Field) bool { return fd.Key == name }) {
			set.Look(safety.Parameter, fmt.Sprintf("the parameter %s was sent with the exchange and is not sent any more; the new grant has none of that name", name))
		}
	}
	req.sent = sent(p, fl)
	if req.URL, err = tokenURL(p, fl, pt, x, set); err != nil {
		return err
	}
	if req.ScopesParam == "" {
		req.ScopesExpr, err = scope.Carry(p, fl, x, set)
	}
	return err
}

// Field returns a value of the form, or the decision that replaces it, at x.
func Field(p *find.Finder, fl *flow.Flow, x *express.Expresser, key string) (change.Text, error) {
	var text change.Text
	var first error
	if src := p.Decided(fl, key); src != "" {
		return x.Configured(key, src)
	}
	for _, fd := range fl.Fields {
		if fd.Key != key {
			continue
		}
		f, n := p.Index.Node(fd.Value)
		e, ok := n.(ast.Expr)
		if !ok {
			continue
		}
		t, err := x.Express(f, library.Unescaped(f.Pkg.Info, e))
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		if text.Src != "" && text.Src != t.Src {
			return text, reason.New(reason.ManyValues, "the exchange is sent with several values of %s (%s)", key, f.Place(e))
		}
		text = t
	}
	if text.Src != "" {
		return text, nil
	}
	if first != nil {
		return text, first
	}
	if f, e := p.Paired(fl, key); e != nil {
		return x.Express(f, library.Unescaped(f.Pkg.Info, e))
	}
	if fl.Kind.SendsSecret() {
		// The exchange sends it, so the value exists and a decision is not missing; the analysis did not find it.
		return text, reason.New(reason.NoParameter, "the value of %s that the exchange sends was not found in the source", key)
	}
	return text, &decision.Needed{What: key, Msg: fmt.Sprintf("the value of %s that the exchange sends was not found in the source", key)}
}

// resources collects the resource parameters: single values, or a loop over a list.
func resources(p *find.Finder, fl *flow.Flow, x *express.Expresser, req *Request) error {
	for _, fd := range fl.Fields {
		if fd.Key != "resource" {
			continue
		}
		f, n := p.Index.Node(fd.Value)
		e, ok := n.(ast.Expr)
		if !ok {
			return reason.New(reason.NoParameter, "a resource parameter was not found in the source")
		}
		if list := rangedOver(p, f, e); list != nil {
			if t := f.TypeOf(list); t == nil || t.Underlying().String() != "[]string" || len(req.resource) > 0 || req.Resources.Src != "" {
				return reason.New(reason.NoParameter, "the resource parameters come from a %s (%s)", f.TypeOf(list), f.Place(list))
			}
			t, err := x.Express(f, list)
			if err != nil {
				return err
			}
			req.Resources = t
			continue
		}
		if t := f.TypeOf(e); t != nil && t.Underlying().String() == "[]string" {
			text, err := x.Express(f, e)
			if err != nil {
				return err
			}
			req.Resources = text
			continue
		}
		t, err := x.Express(f, e)
		if err != nil {
			return err
		}
		req.resource = append(req.resource, t)
	}
	if len(req.resource) > 0 && req.Resources.Src != "" {
		return reason.New(reason.NoParameter, "the resource parameters are partly single values and partly a list")
	}
	return nil
}

// rangedOver returns the list of a loop variable.
func rangedOver(p *find.Finder, f *syntax.File, e ast.Expr) ast.Expr {
	id := syntax.IdentOf(ast.Unparen(e))
	if id == nil {
		return nil
	}
	for n := f.Parent[id]; n != nil; n = f.Parent[n] {
		if r, ok := n.(*ast.RangeStmt); ok {
			if v := syntax.IdentOf(r.Value); v != nil && f.Object(v) == f.Object(id) {
				return r.X
			}
		}
	}
	return nil
}
