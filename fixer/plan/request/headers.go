package request

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// Headers adds remarks about the headers of the old request that are not sent any more, except those that every
// client of a token endpoint sends or that only concern the old body.
func Headers(p *find.Finder, fl *flow.Flow, set *change.Set) {
	f, req := p.Index.Call(fl.Request)
	if req == nil {
		return // http.PostForm and similar functions set none
	}
	d := p.Index.Enclosing(f, req)
	if d == nil {
		return
	}
	// The function may make other requests, too, such as one of the API with the token.
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
		if !place.OrdinaryHeader(strings.Trim(lit.Value, "\"`")) {
			set.Look(safety.Header, fmt.Sprintf("the header %s was sent with the exchange (%s); oauth2 does not send it", lit.Value, f.Place(c)))
		}
		return true
	})
}
