package find

import (
	"go/ast"
	"go/types"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// An SDKCall is the call of a vendor's SDK that makes the whole exchange, with its rows in analyzer/library.
type SDKCall struct {
	Row  *library.Func
	File *syntax.File
	Call *ast.CallExpr
	In   *syntax.File // of the literal
	Lit  *ast.CompositeLit
	Type *library.Type // the row of the literal's type, which is the argument
}

// SDKCall returns the call and its argument, or only the call if the argument was not found.
func (p *Finder) SDKCall(fl *flow.Flow) (*SDKCall, error) {
	f, call := p.Index.Call(fl.Send)
	if call == nil {
		return nil, reason.New(reason.NotFound, "the call of %s was not found", fl.SDK)
	}
	row, ok := library.LookupCall(f.Pkg.Info, call)
	if !ok || row.Role != library.Exchange || row.Client != library.Recv {
		return nil, reason.New(reason.SDK, "exchanges through %s are not rewritten (%s)", fl.SDK, f.Place(call))
	}
	i, _, ok := row.Body.Arg()
	if !ok || i >= len(call.Args) {
		return nil, reason.New(reason.ConfigForm, "the call of %s has an unknown form (%s)", fl.SDK, f.Place(call))
	}
	c := &SDKCall{Row: row, File: f, Call: call}
	if c.In, c.Lit = p.Composite(f, call.Args[i], MaxComposite); c.Lit != nil {
		c.Type = RowOf(c.In.TypeOf(c.Lit))
	}
	if c.Type == nil {
		return nil, reason.New(reason.ConfigForm, "the place that fills the request of %s was not found (%s)", row.Name, f.Place(call))
	}
	if c.Type.Answer == nil {
		return nil, reason.New(reason.SDK, "exchanges through %s are not rewritten (%s)", fl.SDK, f.Place(call))
	}
	return c, nil
}

// RowOf returns the row of a struct type, nil if it has none.
func RowOf(t types.Type) *library.Type {
	n := syntax.Named(t)
	if n == nil || n.Obj().Pkg() == nil {
		return nil
	}
	row, _ := library.LookupType(n.Obj().Pkg().Path(), n.Obj().Name())
	return row
}

// SDKMetascopes returns the metascopes in the argument of an SDK's exchange, if they are a list of constants.
func (p *Finder) SDKMetascopes(fl *flow.Flow) []string {
	c, err := p.SDKCall(fl)
	if err != nil {
		return nil
	}
	field, _ := c.Type.Holding(library.IsScopes)
	list := syntax.Element(c.Lit, field.Name)
	if list == nil {
		return nil
	}
	_, values := p.Composite(c.In, list, MaxComposite)
	if values == nil {
		return nil
	}
	var out []string
	for _, e := range values.Elts {
		id := syntax.IdentOf(e)
		if sel, ok := e.(*ast.SelectorExpr); ok {
			id = sel.Sel
		}
		if id == nil || c.Type.Constants[id.Name] == "" {
			return nil
		}
		out = append(out, c.Type.Constants[id.Name])
	}
	return out
}
