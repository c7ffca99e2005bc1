package plan

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/outcome"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// A libraryCall is a call of a library that sends, taken apart.
type libraryCall struct {
	lib      *httpclient.Library
	file     *syntax.File
	client   ast.Expr // the client
	decoding outcome.Decoding
	headers  []*ast.CallExpr
	http     ast.Expr // the *http.Client that the request was given, nil for the default
	ctx      ast.Expr // the context, nil where none is set
	base     ast.Expr // the beginning of the URL that the client has, in baseIn; nil where it has none
	baseIn   *syntax.File
}

// library returns the library of the call that sends, and how the request is put together; nil where no row has it.
func (p *planner) library(f *syntax.File, send *ast.CallExpr) (*libraryCall, error) {
	sel, ok := ast.Unparen(send.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, nil
	}
	if lib := httpclient.OfRequest(f.TypeOf(sel.X)); lib != nil {
		lc := &libraryCall{lib: lib, file: f}
		if !slices.Contains(lib.Sends, sel.Sel.Name) {
			return nil, lc.unknown(f, send)
		}
		if slices.Contains(lib.Receives, sel.Sel.Name) && len(send.Args) > 0 && !syntax.IsNil(send.Args[0]) {
			lc.decoding.Result = send.Args[0]
		}
		return lc, p.chain(lc, sel.X)
	}
	if lib := httpclient.OfFunc(p.ix.Callee(f, send)); lib != nil && lib.Why != "" {
		return nil, reason.New(reason.NoClient, "the request is sent by %s: %s (%s)", lib.Name, lib.Why, f.Place(send))
	}
	return nil, nil
}

// unknown is the reason where a method is in no list.
func (lc *libraryCall) unknown(f *syntax.File, c *ast.CallExpr) error {
	return reason.New(reason.NoClient, "%s of %s has no counterpart in oauth2 (%s)", syntax.CalleeName(c), lc.lib.Name, f.Place(c.Fun.(*ast.SelectorExpr).Sel))
}

// chain takes client.R().SetX(…).SetY(…) apart, from the end; a variable is followed to the one chain that it holds.
func (p *planner) chain(lc *libraryCall, e ast.Expr) error {
	f, lib := lc.file, lc.lib
	for {
		e = ast.Unparen(e)
		if id := syntax.IdentOf(e); id != nil {
			rest, err := p.requestVariable(lc, id)
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
			return reason.New(reason.NoClient, "where the request of %s begins was not found (%s)", lib.Name, f.Place(e))
		}
		x := sel.(*ast.SelectorExpr).X
		if fn := p.ix.Callee(f, c); lib.Client == "" && fn != nil && slices.Contains(lib.Makes, fn.FullName()) {
			return nil
		}
		switch t := f.TypeOf(x); {
		case t != nil && t.String() == lib.Client && slices.Contains(lib.Requests, syntax.CalleeName(c)):
			lc.client = x
			return nil
		case t == nil || t.String() != lib.Request:
			return reason.New(reason.NoClient, "where the request of %s begins was not found (%s)", lib.Name, f.Place(e))
		}
		if err := lc.method(c); err != nil {
			return err
		}
		e = x
	}
}

// method notes one method of the request.
func (lc *libraryCall) method(c *ast.CallExpr) error {
	lib := lc.lib
	target := func(to *ast.Expr) error {
		if *to != nil || len(c.Args) != 1 {
			return lc.unknown(lc.file, c)
		}
		*to = c.Args[0]
		return nil
	}
	switch name := syntax.CalleeName(c); {
	case slices.Contains(lib.Form, name), slices.Contains(lib.URL, name):
	case slices.Contains(lib.Through, name):
		return target(&lc.http)
	case slices.Contains(lib.Context, name):
		return target(&lc.ctx)
	case slices.Contains(lib.Header, name):
		lc.headers = append(lc.headers, c)
	case slices.Contains(lib.Result, name):
		return target(&lc.decoding.Result)
	case slices.Contains(lib.Failure, name):
		return target(&lc.decoding.Error)
	default:
		return lc.unknown(lc.file, c)
	}
	return nil
}

// requestVariable notes the methods that are called on a variable that holds a request, and returns what it was defined by. Each
// has to stand alone, in the statements beside the definition: a method under a condition may be called or not.
func (p *planner) requestVariable(lc *libraryCall, id *ast.Ident) (ast.Expr, error) {
	f := lc.file
	odd := func(n ast.Node) error {
		return reason.New(reason.NoClient, "the request of %s is put together in a way that is not followed (%s)", lc.lib.Name, f.Place(n))
	}
	obj := f.Object(id)
	g, rhs := p.ix.Definition(obj)
	if rhs == nil || g != f {
		return nil, odd(id)
	}
	home, _ := f.List(f.Stmt(rhs))
	for _, use := range p.ix.Uses[obj] {
		sel, ok := f.Parent[use].(*ast.SelectorExpr)
		c, called := f.Parent[sel].(*ast.CallExpr)
		if !ok || !called || c.Fun != ast.Expr(sel) {
			return nil, odd(use)
		}
		if use == id || slices.Contains(lc.lib.Sends, sel.Sel.Name) {
			continue
		}
		for { // a chain that nobody keeps
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

// libraryClient says the *http.Client behind a library's client, "" where the default does the same. Every setting of the client has to be
// in sight and of the *http.Client's own; others, such as hooks and retries of the library, are reasons to decline.
func (p *planner) libraryClient(lc *libraryCall, x *expresser, set *change.Set) (change.Text, error) {
	for _, c := range lc.headers {
		header(lc.file, c, set)
	}
	if lc.client == nil {
		if lc.http == nil || p.plainClient(lc.file, lc.http) {
			return change.Text{}, nil
		}
		text, err := x.express(lc.file, lc.http)
		if err != nil {
			return text, reason.Of(reason.OtherFunction, err)
		}
		return text, nil
	}
	cl := &clientTrace{p: p, lc: lc, set: set, seen: map[types.Object]bool{}}
	if err := cl.expr(lc.file, lc.client, maxClient); err != nil {
		return change.Text{}, err
	}
	if !cl.carried && !cl.shared {
		return change.Text{}, nil
	}
	text, err := x.express(lc.file, lc.client)
	if err != nil {
		return text, reason.Of(reason.OtherFunction, err)
	}
	text.Src += lc.lib.Standard
	return text, nil
}

// withBase puts the beginning of a URL, which the client has, in front of the path, as the library does.
func (lc *libraryCall) withBase(f *syntax.File, sent ast.Expr, url change.Text, x *expresser) (change.Text, error) {
	if lc.base == nil {
		return url, nil
	}
	path := syntax.ConstString(f, sent)
	switch {
	case strings.HasPrefix(path, "https://"), strings.HasPrefix(path, "http://"):
		return url, nil
	case path == "":
		return url, reason.New(reason.NoURL, "the URL of %s is put together of two values (%s)", lc.lib.Name, f.Place(sent))
	}
	between := ""
	if !strings.HasPrefix(path, "/") {
		between = `"/" + `
	}
	base, err := x.express(lc.baseIn, lc.base)
	if err != nil {
		return url, reason.Of(reason.NoURL, err)
	}
	if text, err := strconv.Unquote(base.Src); err == nil && strings.HasPrefix(url.Src, `"/`) {
		return change.Text{Src: strings.TrimSuffix(strconv.Quote(strings.TrimRight(text, "/")), `"`) + url.Src[1:]}, nil
	}
	if text := syntax.ConstString(lc.baseIn, lc.base); text == "" || strings.HasSuffix(text, "/") {
		base.Src = "«strings».TrimRight(" + base.Src + `, "/")`
	}
	return change.Text{Src: base.Src + " + " + between + url.Src}, nil
}

// header names a header that nobody sends any more, but for those that every client of a token endpoint sends.
func header(f *syntax.File, c *ast.CallExpr, set *change.Set) {
	name := "headers"
	if len(c.Args) == 2 {
		if ordinaryHeader(syntax.ConstString(f, c.Args[0])) {
			return
		}
		name = "header " + f.Text(c.Args[0])
	}
	set.Look(safety.Header, fmt.Sprintf("the %s of %s went with the exchange (%s); oauth2 does not send it", name, syntax.CalleeName(c), f.Place(c.Fun.(*ast.SelectorExpr).Sel)))
}

// headerArgument names the headers that a call is given as its last argument, but for ordinary ones.
func headerArgument(f *syntax.File, c *ast.CallExpr, set *change.Set) {
	last := c.Args[len(c.Args)-1]
	if syntax.IsNil(last) {
		return
	}
	if lit, ok := ast.Unparen(last).(*ast.CompositeLit); ok && !slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		return !ok || !ordinaryHeader(syntax.ConstString(f, kv.Key))
	}) {
		return
	}
	set.Look(safety.Header, fmt.Sprintf("the headers of %s went with the exchange (%s); oauth2 does not send them", f.Text(last), f.Place(last)))
}

// ordinaryHeader reports whether every client of a token endpoint sends a header, or it only concerns the old body.
func ordinaryHeader(name string) bool {
	switch strings.ToLower(name) {
	case "content-type", "accept", "cache-control", "content-length":
		return true
	}
	return false
}
