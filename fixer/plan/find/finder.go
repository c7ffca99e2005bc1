// Package find answers where the parts of a flow stand in the source: parameters, claims, lists of pairs, calls of SDKs, and the
// vendor's row. In: a flow. Out: syntax, constants, rows. It changes nothing.
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

// keyFile is in the names of files, and of the settings that name them, that hold a vendor's key.
var keyFile = lazyregexp.New(`(?i)key|cred|service.?account|secret`)

// MaxComposite bounds the variables between a use and its literal.
const MaxComposite = 4

// Import paths of what the new program uses.
const (
	OAuth2Path            = "golang.org/x/oauth2"
	ClientCredentialsPath = "golang.org/x/oauth2/clientcredentials"
)

// A Finder has what is known of the flows: the source, indexed, and decisions. It is used for one run, by one goroutine.
type Finder struct {
	Index     *syntax.Index
	Decisions decision.Decisions
	Flows     []*flow.Flow
	Sender    map[*load.Package]*ast.File // the file that declares sendFunc
	Configs   *carrier.Carriers           // of golang.org/x/oauth2/jwt.Config; nil until a flow needs them
}

// WithSteps returns the declared functions that hold a step of the flow of one of the roles, in its order.
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

// Private reports whether nobody outside of the module can call the function.
func (p *Finder) Private(d *syntax.Func) bool { return p.Index.Private(d) }

// listOf returns the list of pairs that the assertion stands in, or over which the loop goes that puts it into the form.
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

// Composite follows an expression to the composite literal that is its one definition. A variable
// whose fields are assigned afterwards does not count: the literal would not say it all.
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
			g := p.Index.In[use]
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

// Literals returns the string literals of an expression, those of constants that it names included.
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

// KeyFileRead reports whether a step reads a file that is made for a key, by what names the file: where
// a library parses the key out of sight, this is all that can be seen of it.
func KeyFileRead(s flow.Step) bool {
	return s.Role == flow.KeyLoad && strings.Contains(s.What, "ReadFile") && keyFile.MatchString(s.What)
}
