package plan

import (
	"go/ast"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/change"
)

// A decoder is a function of the module that is given the answer and decodes it.
type decoder struct {
	call  *ast.CallExpr
	arg   int
	fn    *syntax.Func
	param *ast.Ident
	field *ast.Field
}

func (p *planner) decoderOf(f *syntax.File, c *ast.CallExpr, der objects) (decoder, bool) {
	d := p.ix.Target(f, c)
	if d == nil {
		return decoder{}, false
	}
	for i, arg := range c.Args {
		if !der.in(f, arg) || !carries(f.TypeOf(arg)) {
			continue
		}
		n := 0
		for _, fld := range d.Type.Params.List {
			for _, name := range fld.Names {
				if n == i {
					obj := d.File.Pkg.Info.Defs[name]
					inner := p.derived(&point{fn: d, resp: obj, call: c})
					if obj != nil && len(p.decodeCalls(d, inner)) > 0 {
						for _, dec := range p.decodeCalls(d, inner) {
							if id := syntax.IdentOf(ast.Unparen(dec.target)); id != nil {
								if k, ok := d.Param(d.File.Object(id)); ok && k >= 0 {
									return decoder{}, false // decodes into an argument: a decode call as any other
								}
							}
						}
						return decoder{call: c, arg: i, fn: d, param: name, field: fld}, true
					}
				}
				n++
			}
		}
	}
	return decoder{}, false
}

func (a *answer) decoderIn(s ast.Stmt) (decoder, bool) {
	var found decoder
	ok := false
	ast.Inspect(s, func(n ast.Node) bool {
		if _, isLit := n.(*ast.BlockStmt); isLit {
			return false
		}
		if c, isCall := n.(*ast.CallExpr); isCall && !ok {
			found, ok = a.p.decoderOf(a.f, c, a.der)
		}
		return !ok
	})
	return found, ok
}

// decoder makes the function take the token where it took the answer.
func (a *answer) decoder(dc decoder) error {
	name := dc.fn.Obj.Name()
	sites, all := a.p.ix.Callers(dc.fn.Obj)
	if len(sites) != 1 || !all {
		return because("%s decodes the answer of this exchange and of others", name)
	}
	if len(dc.field.Names) != 1 {
		return because("%s takes the answer in a group of parameters", name)
	}
	tok := syntax.FreshName(a.p.ix, dc.fn, nil, "token", "tok", "oauthToken")
	a.set.Replace[dc.call.Args[dc.arg]] = change.Text{Src: a.tok}
	a.set.Replace[dc.field.Type] = change.Text{Src: "*«" + oauth2Path + "».Token"}
	a.set.Replace[dc.param] = change.Text{Src: tok}
	inner := &answer{
		p: a.p, d: dc.fn, f: dc.fn.File, tok: tok, set: a.set, fill: a.fill,
		der: a.p.derived(&point{fn: dc.fn, resp: dc.fn.File.Pkg.Info.Defs[dc.param], call: dc.call}),
	}
	return inner.follow()
}
