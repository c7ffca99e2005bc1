package plan

import (
	"go/ast"

	"jwtretire.example/fixer/change"
)

// says keeps a statement that tells the world about the answer's status: with a token it is 200.
func (a *answer) says(s *ast.ExprStmt) bool {
	put := map[ast.Node]string{}
	other := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if t := a.f.TypeOf(n.X); t != nil && t.String() == "*net/http.Response" && a.der.in(a.f, n.X) {
				switch n.Sel.Name {
				case "StatusCode":
					put[n] = "«net/http».StatusOK"
				case "Status":
					put[n] = `"200 OK"`
				default:
					other = true
				}
				return false
			}
		case *ast.Ident:
			other = other || a.der[a.f.Object(n)]
		case *ast.FuncLit:
			other = true
		}
		return !other
	})
	if other || len(put) == 0 {
		return false
	}
	for n, text := range put {
		a.set.Replace[n] = change.Text{Src: text}
	}
	return true
}
