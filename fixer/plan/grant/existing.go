package grant

import (
	"go/ast"
	"strconv"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/syntax"
)

// existingSecret returns the place where the program can already use a secret for the same purpose: in another branch
// of the same function, in another implementation of the same method, or in another function with the same
// sender. Then only a setting has to change.
func existingSecret(p *find.Finder, fl *flow.Flow) string {
	f, n := p.Index.Node(fl.Assertion)
	if n == nil {
		return ""
	}
	own := p.Index.Outer(f, n)
	if own == nil {
		return ""
	}
	mine := map[ast.Node]bool{}
	if fl.Kind == flow.JWTBearer {
		for _, fd := range fl.Fields {
			if pt, ok := placementOf(p, fd); ok && fd.Key == "client_secret" {
				mine[pt.whole] = true
			}
		}
	}
	var sender *syntax.Func
	if g, call := p.Index.Call(fl.Send); call != nil {
		sender = p.Index.Outer(g, call)
	}
	for _, d := range p.Index.Functions(f.Pkg.Path) {
		sibling := d.Node == own.Node ||
			own.Obj != nil && own.Recv != nil && d.Recv != nil && d.Obj != nil && d.Obj.Name() == own.Obj.Name() ||
			sender != nil && sender.Node != own.Node && sender.Node != d.Node && p.Index.Reaches(d, sender, maxSibling) && sameURL(p, fl, own, d)
		if !sibling {
			continue
		}
		switch at, plain := secretIn(p, d, mine); {
		case fl.Kind == flow.ClientAssertion && at != nil:
			return d.File.Place(at)
		case fl.Kind == flow.JWTBearer && plain != nil && (at != nil || len(mine) > 0):
			return d.File.Place(plain)
		}
	}
	return ""
}

// sameURL reports whether another function sends to the same URL as the flow: a function on both paths has the
// URL, or both name it.
func sameURL(p *find.Finder, fl *flow.Flow, own, d *syntax.Func) bool {
	f, n := p.Index.Node(fl.URL)
	e, ok := n.(ast.Expr)
	if !ok {
		return false
	}
	knows := p.Index.Outer(f, e)
	if knows == nil || knows.Node == own.Node || !p.Index.Reaches(own, knows, maxSibling) || !p.Index.Reaches(d, knows, maxSibling) {
		return false
	}
	given := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			i, isParam := knows.Param(f.Object(id))
			given = given || isParam && i >= 0
		}
		return !given
	})
	if !given {
		return true
	}
	for _, lit := range p.Literals(d.File, d.Body) {
		text, err := strconv.Unquote(lit.Value)
		for _, part := range fl.URLParts {
			if err == nil && part.Text == text && len(text) > 1 {
				return true
			}
		}
	}
	return false
}

// secretIn returns the places where a function puts client_secret into a form, and where it requests the
// client-credentials grant.
func secretIn(p *find.Finder, d *syntax.Func, but map[ast.Node]bool) (at, plain ast.Node) {
	ast.Inspect(d.Body, func(n ast.Node) bool {
		var key, value ast.Expr
		var whole ast.Node = n
		switch n := n.(type) {
		case *ast.CallExpr:
			if len(n.Args) != 2 || syntax.CalleeName(n) != "Set" && syntax.CalleeName(n) != "Add" {
				return true
			}
			key, value, whole = n.Args[0], n.Args[1], d.File.Parent[n]
		case *ast.KeyValueExpr:
			key, value = n.Key, n.Value
		case *ast.AssignStmt:
			if ie, ok := n.Lhs[0].(*ast.IndexExpr); ok && len(n.Rhs) == 1 {
				key, value = ie.Index, n.Rhs[0]
			}
		}
		if key == nil || but[whole] {
			return true
		}
		switch d.File.ConstString(key) {
		case "client_secret":
			at = n
		case "grant_type":
			if lit, ok := ast.Unparen(value).(*ast.CompositeLit); ok && len(lit.Elts) == 1 {
				value = lit.Elts[0]
			}
			if d.File.ConstString(value) == "client_credentials" {
				plain = n
			}
		}
		return true
	})
	return at, plain
}

// maxSibling bounds the common functions of two ways of authentication. Further up, everything has a common
// caller.
const maxSibling = 2
