package request

import (
	"go/ast"
	"go/types"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// Context returns the context of the exchange, or one of the function.
func Context(p *find.Finder, fl *flow.Flow, x *express.Expresser) (change.Text, error) {
	isContext := func(t types.Type) bool { return t != nil && t.String() == "context.Context" }
	var given ast.Expr
	var g *syntax.File
	for _, span := range []flow.Span{fl.Request, fl.Send} {
		f, call := p.Index.Call(span)
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
		given, g = withContext(p, fl)
	}
	if given != nil {
		text, err := x.Express(g, given)
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

// withContext returns req.WithContext(ctx) on the path to the send.
func withContext(p *find.Finder, fl *flow.Flow) (ast.Expr, *syntax.File) {
	f, call := p.Index.Call(fl.Send)
	d := p.Index.Enclosing(f, call)
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

// contextParam returns the context parameter of the function, or of an enclosing one.
func contextParam(x *express.Expresser) string {
	f := x.At.File
	for d := x.At; d != nil; d = x.Index.Enclosing(f, d.Node) {
		for _, id := range d.Params() {
			if id == nil || id.Name == "_" {
				continue
			}
			obj := f.Pkg.Info.Defs[id]
			if obj != nil && obj.Type().String() == "context.Context" && x.Lookup(id.Name) == obj {
				return id.Name
			}
		}
	}
	return ""
}
