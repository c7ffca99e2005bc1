package request

import (
	"go/ast"
	"net/url"
	"strconv"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/outcome"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/syntax"
)

// sent returns the properties of the request that the new program knows as constants, none if the URL is no constant or comes from the
// configuration of jwtretire.
func sent(p *find.Finder, fl *flow.Flow) (s outcome.Sent) {
	f, n := p.Index.Node(fl.URL)
	e, ok := n.(ast.Expr)
	if !ok || p.Decided(fl, "token_url") != "" {
		return s
	}
	old := f.ConstString(e)
	if id := syntax.IdentOf(e); id != nil && old == "" {
		if g, rhs := p.Index.Definition(f.Object(id)); rhs != nil {
			old = g.ConstString(rhs)
		}
	}
	u, err := url.Parse(old)
	if err != nil || u.Host == "" {
		return s
	}
	s.Scheme, s.Host = u.Scheme, u.Host
	for _, swap := range pathSwaps(&p.ExchangeRow(fl).Target) {
		new, err := strconv.Unquote(swap.in(strconv.Quote(old)))
		if err != nil || new == old {
			continue
		}
		if v, err := url.Parse(new); err == nil && v.Host == u.Host {
			s.URL, s.Path = new, v.Path
		}
		break
	}
	if c, ok := f.Parent[e].(*ast.CallExpr); ok {
		for _, a := range c.Args {
			if a != e && f.ConstString(a) == httpclient.MethodPost {
				s.Method = httpclient.MethodPost
			}
		}
	}
	return s
}
