package plan

import (
	"cmp"
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
)

// offered returns the place where the program does with a secret what the flow does with a key: in
// another branch of the same function, in another implementation of the same method, or in another
// function that sends through the same one. Then a setting is all that has to change.
func (p *planner) offered(fl *flow.Flow) string {
	f, n := p.ix.node(fl.Assertion)
	if n == nil {
		return ""
	}
	own := p.ix.outer(f, n)
	if own == nil {
		return ""
	}
	mine := map[ast.Node]bool{}
	if fl.Kind == flow.JWTBearer {
		for _, fd := range fl.Fields {
			if pt, ok := p.putOf(fd); ok && fd.Key == "client_secret" {
				mine[pt.whole] = true
			}
		}
	}
	var sender *fn
	if g, call := p.ix.call(fl.Send); call != nil {
		sender = p.ix.outer(g, call)
	}
	for _, d := range p.ix.functions(f.pkg.Path) {
		sibling := d.node == own.node ||
			own.obj != nil && own.recv != nil && d.recv != nil && d.obj != nil && d.obj.Name() == own.obj.Name() ||
			sender != nil && sender.node != own.node && sender.node != d.node && p.ix.reaches(d, sender, 2) && p.sameURL(fl, own, d)
		if !sibling {
			continue
		}
		switch at, plain := p.secretIn(d, mine); {
		case fl.Kind == flow.ClientAssertion && at != nil:
			return d.file.place(at)
		case fl.Kind == flow.JWTBearer && plain != nil && (at != nil || len(mine) > 0):
			return d.file.place(plain)
		}
	}
	return ""
}

// sameURL reports whether another function sends to where the flow does: a function that both go
// through knows the URL, or both name it.
func (p *planner) sameURL(fl *flow.Flow, own, d *fn) bool {
	f, n := p.ix.node(fl.URL)
	e, ok := n.(ast.Expr)
	if !ok {
		return false
	}
	knows := p.ix.outer(f, e)
	if knows == nil || knows.node == own.node || !p.ix.reaches(own, knows, 2) || !p.ix.reaches(d, knows, 2) {
		return false
	}
	given := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			i, isParam := knows.param(f.object(id))
			given = given || isParam && i >= 0
		}
		return !given
	})
	if !given {
		return true
	}
	for _, lit := range p.literals(d.file, d.body) {
		text, err := strconv.Unquote(lit.Value)
		for _, part := range fl.URLParts {
			if err == nil && part.Text == text && len(text) > 1 {
				return true
			}
		}
	}
	return false
}

// secretIn finds where a function puts client_secret into a form, and where it asks for the
// client-credentials grant.
func (p *planner) secretIn(d *fn, but map[ast.Node]bool) (at, plain ast.Node) {
	ast.Inspect(d.body, func(n ast.Node) bool {
		var key, value ast.Expr
		var whole ast.Node = n
		switch n := n.(type) {
		case *ast.CallExpr:
			if len(n.Args) != 2 || calleeName(n) != "Set" && calleeName(n) != "Add" {
				return true
			}
			key, value, whole = n.Args[0], n.Args[1], d.file.parent[n]
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
		switch constString(d.file, key) {
		case "client_secret":
			at = n
		case "grant_type":
			if lit, ok := ast.Unparen(value).(*ast.CompositeLit); ok && len(lit.Elts) == 1 {
				value = lit.Elts[0]
			}
			if constString(d.file, value) == "client_credentials" {
				plain = n
			}
		}
		return true
	})
	return at, plain
}

// functions returns the declared functions of a package, in the order of files and places.
func (ix *Index) functions(pkg string) []*fn {
	var out []*fn
	for _, d := range ix.decls {
		if d.file.pkg.Path == pkg {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *fn) int {
		return cmp.Or(strings.Compare(a.file.path, b.file.path), cmp.Compare(a.node.Pos(), b.node.Pos()))
	})
	return out
}
