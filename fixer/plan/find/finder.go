// Package find finds the parts of a flow in the source: parameters, claims, lists of pairs, calls of SDKs, and the vendor's row.
//
// Input: a flow. Output: syntax, constants, rows. It changes nothing.
package find

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/plan/carrier"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/load"
)

// keyFile matches the names of files with a vendor's key, and of settings with such names.
var keyFile = lazyregexp.New(`(?i)key|cred|service.?account|secret`)

// MaxComposite bounds the variables between a use and its literal.
const MaxComposite = 4

// Import paths of the packages that the new program uses.
const (
	OAuth2Path            = "golang.org/x/oauth2"
	ClientCredentialsPath = "golang.org/x/oauth2/clientcredentials"
)

// A Finder has the index of the source, and decisions. It is for one run and not safe for concurrent use.
type Finder struct {
	Index     *syntax.Index
	Decisions decision.Decisions
	Flows     []*flow.Flow
	Sender    map[*load.Package]*ast.File // by package: the file that declares sendFunc
	Configs   *carrier.Carriers           // of golang.org/x/oauth2/jwt.Config; nil until a flow needs them
}

// WithSteps returns the declared functions with a step of the flow that has one of the roles, in the order of
// the steps.
func (p *Finder) WithSteps(fl *flow.Flow, roles ...flow.Role) []*syntax.Func {
	var out []*syntax.Func
	seen := map[ast.Node]bool{}
	for _, s := range fl.Steps {
		if !slices.Contains(roles, s.Role) {
			continue
		}
		f, n := p.Index.Node(s.Span)
		if n == nil {
			continue
		}
		if d := p.Index.Outer(f, n); d != nil && !seen[d.Node] {
			seen[d.Node] = true
			out = append(out, d)
		}
	}
	return out
}

// Private reports whether only the module can call the function.
func (p *Finder) Private(d *syntax.Func) bool { return p.Index.Private(d) }

// listOf returns the list of pairs with the assertion, or the list of the loop that puts the assertion into the
// form.
func (p *Finder) listOf(f *syntax.File, n ast.Node) *ast.CompositeLit {
	for m := n; m != nil; m = f.Parent[m] {
		if pair, ok := m.(*ast.CompositeLit); ok {
			list, _ := f.Parent[pair].(*ast.CompositeLit)
			return list
		}
		loop, ok := m.(*ast.RangeStmt)
		if !ok {
			continue
		}
		if id := syntax.IdentOf(loop.Value); id == nil || !f.Mentions(n, f.Object(id)) {
			return nil
		}
		x := ast.Unparen(loop.X)
		if id := syntax.IdentOf(x); id != nil {
			g, def := p.Index.Definition(f.Object(id))
			if g != f {
				return nil
			}
			x = def
		}
		list, _ := x.(*ast.CompositeLit)
		return list
	}
	return nil
}

// Composite returns the composite literal that is the only definition of an expression. A variable with
// assignments to its fields does not count, because the literal is not its whole value.
func (p *Finder) Composite(f *syntax.File, e ast.Expr, depth int) (*syntax.File, *ast.CompositeLit) {
	switch x := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return f, x
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return p.Composite(f, x.X, depth)
		}
	case *ast.Ident:
		if depth == 0 {
			return nil, nil
		}
		obj := f.Object(x)
		for _, use := range p.Index.Uses[obj] {
			g := p.Index.FileOf(use)
			if s, ok := g.Parent[use].(*ast.SelectorExpr); ok && s.X == use {
				if a, ok := g.Parent[s].(*ast.AssignStmt); ok && a.Lhs[0] == s {
					return nil, nil
				}
			}
		}
		if g, rhs := p.Index.DefinitionOrAddressed(obj); rhs != nil {
			return p.Composite(g, rhs, depth-1)
		}
	}
	return nil, nil
}

// Literals returns the string literals of an expression, including those of the constants that it names.
func (p *Finder) Literals(f *syntax.File, n ast.Node) []*ast.BasicLit {
	var out []*ast.BasicLit
	seen := map[types.Object]bool{}
	var walk func(f *syntax.File, n ast.Node)
	walk = func(f *syntax.File, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					out = append(out, n)
				}
			case *ast.Ident:
				obj := f.Object(n)
				if _, ok := obj.(*types.Const); ok && !seen[obj] && obj.Pkg() != nil {
					seen[obj] = true
					if g, v := p.Index.ValueOf(obj); v != nil {
						walk(g, v)
					}
				}
			}
			return true
		})
	}
	walk(f, n)
	return out
}

// KeyFileRead reports whether a step reads a file for a key, by the name of the file. If a library parses the
// key, no other evidence is visible.
func KeyFileRead(s flow.Step) bool {
	return s.Role == flow.KeyLoad && strings.Contains(s.What, "ReadFile") && keyFile.MatchString(s.What)
}
