package place

import (
	"fmt"
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/outcome"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// A Library is a call of an HTTP library that sends a request, in parts.
type Library struct {
	Lib      *httpclient.Library
	File     *syntax.File
	Client   ast.Expr // the client
	Decoding outcome.Decoding
	Headers  []*ast.CallExpr
	Http     ast.Expr // the *http.Client of the request, nil for the default
	Context  ast.Expr // the context, nil for none
	Base     ast.Expr // the base URL of the client, in baseIn; nil for none
	BaseIn   *syntax.File
}

// LibraryOf returns the library of the call that sends, with the parts of the request; nil if no row has it.
func LibraryOf(p *find.Finder, f *syntax.File, send *ast.CallExpr) (*Library, error) {
	sel, ok := ast.Unparen(send.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, nil
	}
	if lib := httpclient.OfRequest(f.TypeOf(sel.X)); lib != nil {
		lc := &Library{Lib: lib, File: f}
		if !slices.Contains(lib.Sends, sel.Sel.Name) {
			return nil, lc.Unknown(f, send)
		}
		if slices.Contains(lib.Receives, sel.Sel.Name) && len(send.Args) > 0 && !syntax.IsNil(send.Args[0]) {
			lc.Decoding.Result = send.Args[0]
		}
		return lc, chain(p, lc, sel.X)
	}
	if lib := httpclient.OfFunc(f.Callee(send)); lib != nil && lib.Why != "" {
		return nil, reason.New(reason.NoClient, "the request is sent by %s: %s (%s)", lib.Name, lib.Why, f.Place(send))
	}
	return nil, nil
}

// Unknown returns the reason for a method without a row.
func (lc *Library) Unknown(f *syntax.File, c *ast.CallExpr) error {
	return reason.New(reason.NoClient, "%s of %s has no counterpart in oauth2 (%s)", syntax.CalleeName(c), lc.Lib.Name, f.Place(c.Fun.(*ast.SelectorExpr).Sel))
}

// chain splits client.R().SetX(…).SetY(…), from its end. A variable is followed to its only chain.
func chain(p *find.Finder, lc *Library, e ast.Expr) error {
	f, lib := lc.File, lc.Lib
	for {
		e = ast.Unparen(e)
		if id := syntax.IdentOf(e); id != nil {
			rest, err := requestVariable(p, lc, id)
			if err != nil {
				return err
			}
			e = rest
			continue
		}
		c, ok := e.(*ast.CallExpr)
		sel, isSel := ast.Expr(nil), false
		if ok {
			sel, isSel = ast.Unparen(c.Fun).(*ast.SelectorExpr)
		}
		if !isSel {
			return reason.New(reason.NoClient, "the call that begins the request of %s was not found (%s)", lib.Name, f.Place(e))
		}
		x := sel.(*ast.SelectorExpr).X
		if fn := f.Callee(c); lib.Client == "" && fn != nil && slices.Contains(lib.Makes, fn.FullName()) {
			return nil
		}
		switch t := f.TypeOf(x); {
		case t != nil && t.String() == lib.Client && slices.Contains(lib.Requests, syntax.CalleeName(c)):
			lc.Client = x
			return nil
		case t == nil || t.String() != lib.Request:
			return reason.New(reason.NoClient, "the call that begins the request of %s was not found (%s)", lib.Name, f.Place(e))
		}
		if err := lc.method(c); err != nil {
			return err
		}
		e = x
	}
}

// method records one method of the request.
func (lc *Library) method(c *ast.CallExpr) error {
	lib := lc.Lib
	target := func(to *ast.Expr) error {
		if *to != nil || len(c.Args) != 1 {
			return lc.Unknown(lc.File, c)
		}
		*to = c.Args[0]
		return nil
	}
	switch name := syntax.CalleeName(c); {
	case slices.Contains(lib.Form, name), slices.Contains(lib.URL, name):
	case slices.Contains(lib.Through, name):
		return target(&lc.Http)
	case slices.Contains(lib.Context, name):
		return target(&lc.Context)
	case slices.Contains(lib.Header, name):
		lc.Headers = append(lc.Headers, c)
	case slices.Contains(lib.Result, name):
		return target(&lc.Decoding.Result)
	case slices.Contains(lib.Failure, name):
		return target(&lc.Decoding.Error)
	default:
		return lc.Unknown(lc.File, c)
	}
	return nil
}

// requestVariable records the methods that are called on a variable with a request, and returns its definition.
// Each call must be a statement in the list of the definition: a method under a condition may not be called.
func requestVariable(p *find.Finder, lc *Library, id *ast.Ident) (ast.Expr, error) {
	f := lc.File
	odd := func(n ast.Node) error {
		return reason.New(reason.NoClient, "the request of %s is built in a way that is not supported (%s)", lc.Lib.Name, f.Place(n))
	}
	obj := f.Object(id)
	g, rhs := p.Index.Definition(obj)
	if rhs == nil || g != f {
		return nil, odd(id)
	}
	home, _ := f.List(f.Stmt(rhs))
	for _, use := range p.Index.Uses[obj] {
		sel, ok := f.Parent[use].(*ast.SelectorExpr)
		c, called := f.Parent[sel].(*ast.CallExpr)
		if !ok || !called || c.Fun != ast.Expr(sel) {
			return nil, odd(use)
		}
		if use == id || slices.Contains(lc.Lib.Sends, sel.Sel.Name) {
			continue
		}
		for { // a chain whose result is unused
			if err := lc.method(c); err != nil {
				return nil, err
			}
			next, ok := f.Parent[c].(*ast.SelectorExpr)
			if !ok {
				break
			}
			if c, ok = f.Parent[next].(*ast.CallExpr); !ok {
				return nil, odd(use)
			}
		}
		s, ok := f.Parent[c].(*ast.ExprStmt)
		if list, _ := f.List(f.Stmt(c)); !ok || len(list) == 0 || len(home) == 0 || list[0] != home[0] || s == nil {
			return nil, odd(use)
		}
	}
	return rhs, nil
}

// WithBase puts the base URL of the client before the path, as the library does. lc may be nil, for a request without a library.
func (lc *Library) WithBase(f *syntax.File, sent ast.Expr, url change.Text, x *express.Expresser) (change.Text, error) {
	if lc == nil || lc.Base == nil {
		return url, nil
	}
	path := f.ConstString(sent)
	switch {
	case strings.HasPrefix(path, "https://"), strings.HasPrefix(path, "http://"):
		return url, nil
	case path == "":
		return url, reason.New(reason.NoURL, "the URL of %s is built from two values (%s)", lc.Lib.Name, f.Place(sent))
	}
	between := ""
	if !strings.HasPrefix(path, "/") {
		between = `"/" + `
	}
	base, err := x.Express(lc.BaseIn, lc.Base)
	if err != nil {
		return url, reason.Of(reason.NoURL, err)
	}
	if text, err := strconv.Unquote(base.Src); err == nil && strings.HasPrefix(url.Src, `"/`) {
		return change.Text{Src: strings.TrimSuffix(strconv.Quote(strings.TrimRight(text, "/")), `"`) + url.Src[1:]}, nil
	}
	if text := lc.BaseIn.ConstString(lc.Base); text == "" || strings.HasSuffix(text, "/") {
		base.Src = "«strings».TrimRight(" + base.Src + `, "/")`
	}
	return change.Text{Src: base.Src + " + " + between + url.Src}, nil
}

// Header adds a remark about a header that is not sent any more, unless every client of a token endpoint sends
// it.
func Header(f *syntax.File, c *ast.CallExpr, set *change.Set) {
	name := "headers"
	if len(c.Args) == 2 {
		if OrdinaryHeader(f.ConstString(c.Args[0])) {
			return
		}
		name = "header " + f.Text(c.Args[0])
	}
	set.Look(safety.Header, fmt.Sprintf("the %s of %s went with the exchange (%s); oauth2 does not send it", name, syntax.CalleeName(c), f.Place(c.Fun.(*ast.SelectorExpr).Sel)))
}

// HeaderArgument is Header for the headers in the last argument of a call.
func HeaderArgument(f *syntax.File, c *ast.CallExpr, set *change.Set) {
	last := c.Args[len(c.Args)-1]
	if syntax.IsNil(last) {
		return
	}
	if lit, ok := ast.Unparen(last).(*ast.CompositeLit); ok && !slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		return !ok || !OrdinaryHeader(f.ConstString(kv.Key))
	}) {
		return
	}
	set.Look(safety.Header, fmt.Sprintf("the headers of %s went with the exchange (%s); oauth2 does not send them", f.Text(last), f.Place(last)))
}

// OrdinaryHeader reports whether every client of a token endpoint sends a header, or it only concerns the old
// body.
func OrdinaryHeader(name string) bool {
	switch strings.ToLower(name) {
	case "content-type", "accept", "cache-control", "content-length":
		return true
	}
	return false
}
