package plan

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
)

// A request that serves several grants, or that is sent by what else sends requests, keeps both: where a
// client only authenticates itself by the assertion (RFC 7523 section 2.2), the parameters that do so
// are replaced by client_secret where they stand. The rest of the request is none of the flow's business.

// A put is a place where a parameter enters a form.
type put struct {
	file       *file
	whole      ast.Node // the statement or the element
	key, value ast.Expr
}

// putOf takes a field's place apart: form.Set(key, value), an element of a literal, form[key] = value.
func (p *planner) putOf(fd flow.Field) (*put, bool) {
	f, n := p.ix.node(fd.Put)
	pt := &put{file: f}
	switch n := n.(type) {
	case *ast.CallExpr:
		s, ok := f.parent[n].(*ast.ExprStmt)
		if !ok || len(n.Args) != 2 || calleeName(n) != "Set" && calleeName(n) != "Add" {
			return nil, false
		}
		pt.whole, pt.key, pt.value = s, n.Args[0], n.Args[1]
	case *ast.KeyValueExpr:
		pt.whole, pt.key, pt.value = n, n.Key, n.Value
	default:
		s, ok := f.stmtOf(n).(*ast.AssignStmt)
		if !ok || len(s.Lhs) != 1 || len(s.Rhs) != 1 {
			return nil, false
		}
		ie, ok := s.Lhs[0].(*ast.IndexExpr)
		if !ok {
			return nil, false
		}
		pt.whole, pt.key, pt.value = s, ie.Index, s.Rhs[0]
	}
	if lit, ok := ast.Unparen(pt.value).(*ast.CompositeLit); ok {
		if len(lit.Elts) != 1 {
			return nil, false
		}
		pt.value = lit.Elts[0]
	}
	if constString(f, pt.key) != fd.Key {
		return nil, false // a field of a structure: its name on the wire is the type's
	}
	if t := f.typeOf(pt.value); t == nil || !isString(t) && !types.IsInterface(t) {
		return nil, false
	}
	return pt, true
}

// stmtOf is stmt for a node that may be nil.
func (f *file) stmtOf(n ast.Node) ast.Stmt {
	if f == nil || n == nil {
		return nil
	}
	return f.stmt(n)
}

func constString(f *file, e ast.Expr) string {
	if v := f.pkg.Info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	return ""
}

// becomes puts another parameter in the place of this one.
func (pt *put) becomes(set *change.Set, key string, value change.Text) {
	set.Replace[pt.key] = change.Text{Src: strconv.Quote(key)}
	set.Replace[pt.value] = value
}

// swapMethod replaces the parameters by which the client authenticates itself.
func (p *planner) swapMethod(fl *flow.Flow, pl *Plan, set *change.Set) error {
	v := p.vendor(fl)
	switch {
	case v.Target.AuthStyle == "AuthStyleInHeader" && !v.Target.EitherWay:
		return because("%s takes the secret in a header, and what sends this request serves other requests, too", v.Name)
	case p.dec.Providers[fl.Provider].TokenURL != "":
		return because("what sends this request serves other requests, too, so its URL stays, and token_url cannot be followed")
	}
	var assertion, kind *put
	id := false
	for _, fd := range fl.Fields {
		switch fd.Key {
		case "client_assertion", "client_assertion_type":
			pt, ok := p.putOf(fd)
			if !ok {
				return because("the parameter %s is sent in a form that cannot be changed on its own", fd.Key)
			}
			to := &assertion
			if fd.Key == "client_assertion_type" {
				to = &kind
			}
			if *to != nil && (*to).whole != pt.whole {
				return because("the parameter %s is sent from several places (%s, %s)", fd.Key, (*to).file.place((*to).whole), pt.file.place(pt.whole))
			}
			*to = pt
		case "client_id":
			if err := p.unconditional(fl, fd); err != nil {
				return err
			}
			id = true
		}
	}
	if assertion == nil || kind == nil {
		return because("the parameters of the assertion were not all found")
	}
	for _, other := range p.flows {
		if other != fl && other.Assertion == fl.Assertion && other.Provider != fl.Provider {
			return because("the same parameters authenticate clients at %s, too", other.Provider)
		}
	}
	at := p.ix.enclosing(assertion.file, assertion.whole)
	if at == nil {
		return because("the parameters of the assertion stand outside of any function (%s)", assertion.file.place(assertion.whole))
	}
	x := &expresser{ix: p.ix, at: at, pos: assertion.whole.Pos()}
	secret, err := p.secret(fl, v, x)
	if err != nil {
		return err
	}
	assertion.becomes(set, "client_secret", secret)
	switch {
	case !id:
		name, err := p.clientID(fl, v, &expresser{ix: p.ix, at: p.ix.enclosing(kind.file, kind.whole), pos: kind.whole.Pos()})
		if err != nil {
			return err
		}
		kind.becomes(set, "client_id", name)
	default:
		set.Remove[kind.whole] = "authentication by assertion"
	}
	set.Notes = append(set.Notes, "only the client's authentication changes: the request is sent as before, with client_secret in the body")
	if v.Target.AuthStyle == "" {
		set.Notes = append(set.Notes, v.Name+" has the authentication method as a setting of each application: it has to be the one in the body (client_secret_post) here")
	}
	vendorNotes(v, set)
	pl.Fetch, pl.at = assertion.file.place(assertion.whole), p.ix.outer(assertion.file, assertion.whole)
	return nil
}

// otherGrant returns a grant, other than client credentials, that the request serves too.
func otherGrant(fl *flow.Flow) (string, bool) {
	for _, fd := range fl.Fields {
		if fd.Key == "grant_type" && fd.Const != "client_credentials" {
			if fd.Const == "" {
				return "a grant that is chosen at run time", true
			}
			return "the grant " + fd.Const, true
		}
	}
	return "", false
}

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
			sender != nil && sender.node != own.node && sender.node != d.node && p.ix.reaches(d, sender, 2)
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
