package valueflow

import (
	"go/ast"
	"go/token"
	"go/types"
)

// constants has the values of the package's constants, and of its string variables with a single assignment, in their
// declaration: the name of a parameter is often in such a variable. The index is built at its first use.
type constants map[types.Object]ast.Expr

// constLit returns the literal that declares a constant of this package.
func (b *builder) constLit(c *types.Const) ast.Expr {
	if c.Pkg() != b.pass.Pkg {
		return nil
	}
	lit := b.constantValues()[c]
	if call, ok := lit.(*ast.CallExpr); ok && len(call.Args) == 1 { // T("text")
		return call.Args[0]
	}
	return lit
}

// fixedText returns the text of a variable that never has another value. An exported variable may be assigned by other packages.
func (b *builder) fixedText(v *types.Var) (string, bool) {
	if v.Pkg() != b.pass.Pkg || v.IsField() || v.Exported() && v.Parent() == v.Pkg().Scope() || !isString(v.Type()) {
		return "", false
	}
	value := b.constantValues()[v]
	if lit, ok := value.(*ast.BasicLit); !ok || lit.Kind != token.STRING {
		// The values of other variables are not followed: in broken code, they can form a cycle.
		if value == nil || b.info.Types[value].Value == nil {
			return "", false
		}
	}
	return b.text(value)
}

func isString(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Kind() == types.String
}

func (b *builder) constantValues() constants {
	if b.consts != nil {
		return b.consts
	}
	b.consts = constants{}
	var changed []types.Object
	change := func(e ast.Expr) {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			if o := b.info.Uses[id]; o != nil {
				changed = append(changed, o)
			}
		}
	}
	for _, f := range b.pass.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if i < len(n.Values) && len(n.Names) == len(n.Values) {
						b.consts[b.info.Defs[name]] = n.Values[i]
					}
				}
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					id, ok := l.(*ast.Ident)
					if o := b.info.Defs[id]; ok && o != nil && n.Tok == token.DEFINE && len(n.Lhs) == len(n.Rhs) {
						b.consts[o] = n.Rhs[i]
						continue
					}
					change(l)
				}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					change(n.X)
				}
			case *ast.RangeStmt:
				change(n.Key)
				change(n.Value)
			}
			return true
		})
	}
	for _, o := range changed {
		if _, ok := o.(*types.Var); ok {
			delete(b.consts, o)
		}
	}
	return b.consts
}
