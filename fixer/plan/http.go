package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
)

// A request is what the new grant needs, said at the place where the token is fetched.
type request struct {
	id, secret, url change.Text
	resource        []change.Text // each an element of the list
	resources       change.Text   // or one expression that is the list
	client          change.Text   // the program's own HTTP client, "" for the default
	context         change.Text
	scopes          []string
	scopesParam     string // the parameter that brings them, where callers differ
	scopesExpr      change.Text
	params          []param

	authStyle string // name in x/oauth2
	comma     bool   // scopes are one element, a list with commas
	scopeNote string // the comment beside them
	millis    bool   // expires_in of the old answer is in milliseconds
	closed    bool   // the old answer has no members but the three of every answer

	sdk *library.Type // what the exchange of a vendor's SDK takes, nil for others
}

// requestOf returns the request of a row, with no values yet.
func requestOf(v *provider.Provider) *request {
	t := v.Target
	r := &request{authStyle: t.AuthStyle, comma: t.ScopeForm == provider.ScopeComma, millis: t.OldMillis, closed: t.OldClosed}
	if t.ScopeNote != "" {
		r.scopeNote = " // " + t.ScopeNote
	}
	return r
}

// A param is one more parameter of the request.
type param struct {
	name  string
	value change.Text
}

// replaceHTTP replaces an exchange that the program sends itself.
func (p *planner) replaceHTTP(fl *flow.Flow, got *fetched, set *change.Set, scopes []string) error {
	return p.at(fl, set, func(pt *point, set *change.Set) error {
		f := pt.fn.File
		x := &expresser{ix: p.ix, at: pt.fn, pos: pt.stmt.Pos(), via: pt.via}
		req := requestOf(p.exchangeRow(fl))
		req.scopes = scopes
		var err error
		if req.client, err = p.client(fl, pt, x, set); err != nil {
			return err
		}
		if pt.library != nil && pt.library.ctx != nil {
			req.context, err = x.express(pt.library.file, pt.library.ctx)
		} else {
			req.context, err = p.context(fl, x)
		}
		if err != nil {
			return reason.Of(reason.OtherFunction, err)
		}
		if req.scopesParam, err = p.perCaller(fl, pt, set); err != nil {
			return err
		}
		err = p.parameters(fl, x, req, set)
		if g, n := p.ix.Node(fl.URL); err == nil && pt.library != nil && p.decided(fl, "token_url") == "" {
			if sent, ok := n.(ast.Expr); ok {
				req.url, err = pt.library.withBase(g, sent, req.url, x)
			}
		}
		var config string // name of the parameter that brings the configuration
		if h, ok := asHere(err); ok && (pt.library == nil || pt.library.base == nil) {
			config, err = p.handDown(fl, pt, req, set, h)
		}
		if err != nil {
			return err
		}
		p.headers(fl, set)
		got.place, got.in = f.Place(pt.call), pt.fn
		return p.emit(pt, req, config, set)
	})
}

// serves reports whether a function sends forms that it is given, by others than this flow, too.
func (p *planner) serves(d *syntax.Func, fl *flow.Flow) bool {
	if d.Obj == nil {
		return false
	}
	f, n := p.ix.Node(fl.Assertion)
	if n != nil {
		if put := p.ix.Outer(f, n); put != nil && p.ix.Reaches(d, put, maxPass) {
			return false
		}
	}
	sites, all := p.ix.Callers(d.Obj)
	return len(sites)+len(p.ix.Dynamic(d.Obj)) > 1 || !all
}

// parameters says the form's values and the URL at x.
func (p *planner) parameters(fl *flow.Flow, x *expresser, req *request, set *change.Set) error {
	var err error
	if req.id, err = p.field(fl, x, "client_id"); err != nil {
		return err
	}
	if req.secret, err = p.field(fl, x, "client_secret"); err != nil {
		return err
	}
	if err = p.resources(fl, x, req); err != nil {
		return err
	}
	for _, fd := range fl.Fields {
		switch fd.Key {
		case "client_id", "client_secret", "jwt_token", "resource":
		default:
			set.Look(safety.Parameter, fmt.Sprintf("the parameter %s was sent with the exchange and is not sent any more; the new grant has none of that name", fd.Key))
		}
	}
	for _, name := range p.besides(fl) {
		if name == "resource" {
			return reason.New(reason.NoParameter, "a resource parameter stands in a list of parameters, which is not carried over")
		}
		if !slices.ContainsFunc(fl.Fields, func(fd flow.Field) bool { return fd.Key == name }) {
			set.Look(safety.Parameter, fmt.Sprintf("the parameter %s was sent with the exchange and is not sent any more; the new grant has none of that name", name))
		}
	}
	if req.url, err = p.tokenURL(fl, x, set); err != nil {
		return err
	}
	if req.scopesParam == "" {
		req.scopesExpr, err = p.carryScopes(fl, x, set)
	}
	return err
}

func (p *planner) field(fl *flow.Flow, x *expresser, key string) (change.Text, error) {
	var text change.Text
	var first error
	if src := p.decided(fl, key); src != "" {
		return x.given(key, src)
	}
	for _, fd := range fl.Fields {
		if fd.Key != key {
			continue
		}
		f, n := p.ix.Node(fd.Value)
		e, ok := n.(ast.Expr)
		if !ok {
			continue
		}
		t, err := x.express(f, unescaped(f, e))
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
	if f, e := p.paired(fl, key); e != nil {
		return x.express(f, unescaped(f, e))
	}
	if fl.Kind.SendsSecret() {
		// The exchange sends it, so it is there: what is missing is our picture, not a decision.
		return text, reason.New(reason.NoParameter, "the value of %s that the exchange sends was not found in the source", key)
	}
	return text, &needError{key, fmt.Sprintf("the value of %s that the exchange sends was not found in the source", key)}
}

// decided returns the expression that a person gave for a value of the new request, "" where the program's own is to
// be used.
func (p *planner) decided(fl *flow.Flow, key string) string {
	in := p.dec.Providers[fl.Provider]
	switch key {
	case "client_id":
		return in.ID
	case "client_secret":
		return in.Secret
	case "token_url":
		if v := p.vendor(fl); in.TokenURL == "" && v != nil && fixedURL(v) != "" {
			return strconv.Quote(fixedURL(v))
		}
		return in.TokenURL
	}
	return ""
}

// unescaped takes off url.QueryEscape, which a body made by hand needs and oauth2 does itself.
func unescaped(f *syntax.File, e ast.Expr) ast.Expr {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(c.Args) != 1 || syntax.CalleeName(c) != "QueryEscape" && syntax.CalleeName(c) != "PathEscape" {
		return e
	}
	return c.Args[0]
}

// resources collects the resource parameters: values one by one, or a loop over a list.
func (p *planner) resources(fl *flow.Flow, x *expresser, req *request) error {
	for _, fd := range fl.Fields {
		if fd.Key != "resource" {
			continue
		}
		f, n := p.ix.Node(fd.Value)
		e, ok := n.(ast.Expr)
		if !ok {
			return reason.New(reason.NoParameter, "a resource parameter was not found in the source")
		}
		if list := p.rangedOver(f, e); list != nil {
			if t := f.TypeOf(list); t == nil || t.Underlying().String() != "[]string" || len(req.resource) > 0 || req.resources.Src != "" {
				return reason.New(reason.NoParameter, "the resource parameters come from a %s (%s)", f.TypeOf(list), f.Place(list))
			}
			t, err := x.express(f, list)
			if err != nil {
				return err
			}
			req.resources = t
			continue
		}
		if t := f.TypeOf(e); t != nil && t.Underlying().String() == "[]string" {
			text, err := x.express(f, e)
			if err != nil {
				return err
			}
			req.resources = text
			continue
		}
		t, err := x.express(f, e)
		if err != nil {
			return err
		}
		req.resource = append(req.resource, t)
	}
	if len(req.resource) > 0 && req.resources.Src != "" {
		return reason.New(reason.NoParameter, "the resource parameters are partly single values and partly a list")
	}
	return nil
}

// rangedOver returns the list that a loop variable runs over.
func (p *planner) rangedOver(f *syntax.File, e ast.Expr) ast.Expr {
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

// context finds the context of the exchange, or one that the function has.
func (p *planner) context(fl *flow.Flow, x *expresser) (change.Text, error) {
	isContext := func(t types.Type) bool { return t != nil && t.String() == "context.Context" }
	var given ast.Expr
	var g *syntax.File
	for _, span := range []flow.Span{fl.Request, fl.Send} {
		f, call := p.ix.Call(span)
		if call == nil {
			continue
		}
		for _, a := range call.Args {
			if isContext(f.TypeOf(a)) {
				given, g = a, f
			}
		}
	}
	if given == nil {
		given, g = p.withContext(fl)
	}
	if given != nil {
		text, err := x.express(g, given)
		if err == nil {
			return text, nil
		}
		if name := contextParam(x); name != "" {
			return change.Text{Src: name}, nil
		}
		return change.Text{}, reason.Of(reason.OtherFunction, err)
	}
	if name := contextParam(x); name != "" {
		return change.Text{Src: name}, nil
	}
	return change.Text{Src: "«context».Background()"}, nil
}

// withContext finds req.WithContext(ctx) on the way to the send.
func (p *planner) withContext(fl *flow.Flow) (ast.Expr, *syntax.File) {
	f, call := p.ix.Call(fl.Send)
	d := p.ix.Enclosing(f, call)
	if d == nil {
		return nil, nil
	}
	var ctx ast.Expr
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && syntax.CalleeName(c) == "WithContext" && len(c.Args) == 1 {
			if t := f.TypeOf(c.Args[0]); t != nil && t.String() == "context.Context" {
				ctx = c.Args[0]
			}
		}
		return ctx == nil
	})
	return ctx, f
}

// contextParam returns the context parameter of the function, or of one around it.
func contextParam(x *expresser) string {
	f := x.at.File
	for d := x.at; d != nil; d = x.ix.Enclosing(f, d.Node) {
		for _, id := range d.Params() {
			if id == nil || id.Name == "_" {
				continue
			}
			obj := f.Pkg.Info.Defs[id]
			if obj != nil && obj.Type().String() == "context.Context" && x.lookup(id.Name) == obj {
				return id.Name
			}
		}
	}
	return ""
}

// headers names the headers of the old request that nobody sends any more, but for those that every
// client of a token endpoint sends or that only concern the old body.
func (p *planner) headers(fl *flow.Flow, set *change.Set) {
	f, req := p.ix.Call(fl.Request)
	if req == nil {
		return // http.PostForm and the like set none
	}
	d := p.ix.Enclosing(f, req)
	if d == nil {
		return
	}
	// A function may make further requests: the API's, with the token.
	var own types.Object
	if s, ok := f.Parent[req].(*ast.AssignStmt); ok {
		if id, ok := s.Lhs[0].(*ast.Ident); ok {
			own = f.Object(id)
		}
	}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || len(c.Args) != 2 || syntax.CalleeName(c) != "Set" && syntax.CalleeName(c) != "Add" {
			return true
		}
		sel, ok := c.Fun.(*ast.SelectorExpr)
		if !ok || f.TypeOf(sel.X) == nil || f.TypeOf(sel.X).String() != "net/http.Header" {
			return true
		}
		if inner, ok := sel.X.(*ast.SelectorExpr); !ok || f.TypeOf(inner.X) == nil || f.TypeOf(inner.X).String() != "*net/http.Request" {
			return true
		} else if id, ok := inner.X.(*ast.Ident); ok && own != nil && f.Object(id) != own {
			return true
		}
		lit, ok := c.Args[0].(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		if !ordinaryHeader(strings.Trim(lit.Value, "\"`")) {
			set.Look(safety.Header, fmt.Sprintf("the header %s was sent with the exchange (%s); oauth2 does not send it", lit.Value, f.Place(c)))
		}
		return true
	})
}
