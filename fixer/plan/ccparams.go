package plan

import (
	"fmt"
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
)

// The secret of a client that authenticates itself by parameters of x/oauth2's own configuration goes into
// that configuration. Never into EndpointParams: with a Basic header it would be a second identity there.

// sentBy returns the import path of the library's function that sends the request, "" if it has none.
func (p *planner) sentBy(fl *flow.Flow) string {
	f, call := p.ix.Call(fl.Send)
	if call == nil {
		return ""
	}
	if obj := p.ix.Callee(f, call); obj != nil && obj.Pkg() != nil {
		return obj.Pkg().Path()
	}
	return ""
}

// configSecret puts the secret into the literal of the configuration that has the parameters.
func (p *planner) configSecret(fl *flow.Flow, v *provider.Provider, assertion, kind *put, set *change.Set) error {
	f := assertion.file
	params, entry, lit := configOf(f, assertion.whole)
	if lit == nil || kind.file != f || f.Parent[kind.whole] != ast.Node(params) {
		return reason.New(reason.Scattered, "the parameters of the assertion are put together apart from the clientcredentials.Config (%s)", f.Place(assertion.whole))
	}
	id := syntax.KeyValue(lit, "ClientID")
	if id == nil || syntax.KeyValue(lit, "ClientSecret") != nil {
		return reason.New(reason.ConfigForm, "the clientcredentials.Config has no client id, or a secret already (%s)", f.Place(lit))
	}
	x := &expresser{ix: p.ix, at: p.ix.Enclosing(f, lit), pos: lit.Pos()}
	secret, err := p.secret(fl, v, x)
	if err != nil {
		return err
	}
	src := fmt.Sprintf("%s,\nClientSecret: %s", quote(f, id, nil), secret.Src)
	style := authStyle(v, set)
	switch old := syntax.KeyValue(lit, "AuthStyle"); {
	case old == nil:
		src += fmt.Sprintf(",\nAuthStyle: «%s».%s", oauth2Path, style)
	case !v.Target.EitherWay:
		set.Replace[old.Value] = change.Text{Src: "«" + oauth2Path + "»." + style}
	}
	set.Replace[id] = change.Text{Src: src}
	if len(params.Elts) == 2 {
		set.Remove[entry] = "authentication by assertion"
	} else {
		set.Remove[assertion.whole], set.Remove[kind.whole] = "authentication by assertion", "authentication by assertion"
	}
	return nil
}

// configOf returns the literal of parameters that an element stands in, the field that it is the value of,
// and the literal of the configuration.
func configOf(f *syntax.File, e ast.Node) (params *ast.CompositeLit, entry *ast.KeyValueExpr, lit *ast.CompositeLit) {
	params, _ = f.Parent[e].(*ast.CompositeLit)
	entry, _ = f.Parent[params].(*ast.KeyValueExpr)
	if params == nil || entry == nil {
		return nil, nil, nil
	}
	lit, _ = f.Parent[entry].(*ast.CompositeLit)
	if lit == nil {
		return nil, nil, nil
	}
	n, ok := types.Unalias(f.TypeOf(lit)).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != clientCredentialsPath {
		return nil, nil, nil
	}
	return params, entry, lit
}
