package plan

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/change"
)

// An expresser says a value of the old exchange again at the place of the new one.
//
// A form is often filled in one function and sent in another, so an expression such as
// c.cfg.ClientID must be turned into what names the same value there: through parameters and
// receivers (towards the callers or towards the callees) and through variables with one definition.
// What cannot be named there for certain is an error, never a guess.
type expresser struct {
	ix    *Index
	at    *fn                      // where the text will stand
	pos   token.Pos                // and at which statement
	via   map[*types.Func]callSite // where several calls reach a function: the one of this flow
	lit   func(string) string
	keeps []ast.Node
	depth int
}

// A hereError says which value cannot be named at the place of the new code.
type hereError struct {
	what, where string
	why         string
}

func (e *hereError) Error() string {
	return fmt.Sprintf("%s (%s) cannot be named where the token is fetched: %s", e.what, e.where, e.why)
}

// express returns e, which stands in function d, as text for the place of x.
func (x *expresser) express(f *file, e ast.Expr) (change.Text, error) {
	x.keeps, x.depth = nil, 0
	src, err := x.render(f, x.ix.enclosing(f, e), e)
	if err != nil {
		return change.Text{}, err
	}
	return change.Text{Src: src, Keeps: x.keeps}, nil
}

func (x *expresser) here(d *fn) bool {
	if d == nil {
		return false
	}
	if d.node == x.at.node {
		return true
	}
	// A function literal sees the variables of the functions around it.
	for n := x.at.file.parent[x.at.node]; n != nil; n = x.at.file.parent[n] {
		if n == d.node {
			return true
		}
	}
	return false
}

type edit struct {
	from, to int
	text     string
}

// render quotes e with every name replaced by what stands for it at x.
func (x *expresser) render(f *file, d *fn, e ast.Expr) (string, error) {
	if x.depth++; x.depth > 40 {
		return "", &hereError{f.text(e), f.place(e), "it is too far away"}
	}
	defer func() { x.depth-- }()
	if d != nil && !x.here(d) {
		if name, ok := x.asParam(f, d, e); ok {
			return name, nil
		}
		if c, ok := ast.Unparen(e).(*ast.CallExpr); ok && !x.repeatable(f, c) {
			return "", &hereError{f.text(e), f.place(e), "the call would be repeated"}
		}
	}
	var edits []edit
	var failed error
	base := f.offset(e.Pos())
	put := func(n ast.Node, text string) {
		edits = append(edits, edit{f.offset(n.Pos()) - base, f.offset(n.End()) - base, text})
	}
	var walk func(n ast.Node) bool
	walk = func(n ast.Node) bool {
		if failed != nil {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			if !x.here(d) {
				failed = &hereError{"a function literal", f.place(n), "it belongs to another function"}
				return false
			}
		case *ast.CallExpr:
			if d != nil && !x.here(d) && n != e && !x.repeatable(f, n) {
				failed = &hereError{f.text(n), f.place(n), "the call would be repeated"}
				return false
			}
		case *ast.SelectorExpr:
			if d != nil && !x.here(d) && n != e {
				if name, ok := x.asParam(f, d, n); ok {
					put(n, name)
					return false
				}
			}
			if v, ok := f.object(n.Sel).(*types.Var); ok && v.IsField() {
				if _, err := x.ident(f, d, e, n.Sel); err != nil {
					failed = err
					return false
				}
			}
			ast.Inspect(n.X, walk)
			return false
		case *ast.KeyValueExpr:
			if _, isField := f.object(identOf(n.Key)).(*types.Var); !isField || identOf(n.Key) == nil {
				ast.Inspect(n.Key, walk)
			}
			ast.Inspect(n.Value, walk)
			return false
		case *ast.BasicLit:
			if x.lit != nil && n.Kind == token.STRING {
				if t := x.lit(n.Value); t != n.Value {
					put(n, t)
				}
			}
		case *ast.Ident:
			text, err := x.ident(f, d, e, n)
			if err != nil {
				failed = err
				return false
			}
			if text != n.Name {
				if n != e && !operand(text) && needsParens(f.parent[n], n) {
					text = "(" + text + ")"
				}
				put(n, text)
			}
		}
		return true
	}
	ast.Inspect(e, walk)
	if failed != nil {
		return "", failed
	}
	x.keep(e, edits, base, f)
	return spliced(f.text(e), edits), nil
}

// keep records e as used by the new text; where names were replaced, only the rest of it.
func (x *expresser) keep(e ast.Expr, edits []edit, base int, f *file) {
	if len(edits) == 0 {
		x.keeps = append(x.keeps, e)
		return
	}
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		at := f.offset(id.Pos()) - base
		for _, ed := range edits {
			if at >= ed.from && at < ed.to && !strings.HasPrefix(ed.text, "«") {
				return true
			}
		}
		x.keeps = append(x.keeps, id)
		return true
	})
}

func identOf(e ast.Expr) *ast.Ident {
	id, _ := e.(*ast.Ident)
	return id
}

// operand reports whether a text stands for itself in front of a selector or between operators.
func operand(s string) bool {
	return strings.HasPrefix(s, "«") && strings.HasSuffix(s, "»") || !strings.ContainsAny(s, " +-*&|<>=!")
}

func needsParens(parent ast.Node, n ast.Expr) bool {
	switch p := parent.(type) {
	case *ast.SelectorExpr, *ast.BinaryExpr, *ast.UnaryExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.SliceExpr:
		return true
	case *ast.IndexExpr:
		return p.X == n
	case *ast.CallExpr:
		return p.Fun == n
	}
	return false
}

// ident says what one name of e stands for at x.
func (x *expresser) ident(f *file, d *fn, e ast.Expr, id *ast.Ident) (string, error) {
	obj := f.object(id)
	fail := func(why string) (string, error) {
		return "", &hereError{"the value of " + id.Name, f.place(id), why}
	}
	if obj == nil {
		return fail("its type is not known")
	}
	if pkg, ok := obj.(*types.PkgName); ok {
		return "«" + pkg.Imported().Path() + "»", nil
	}
	if obj.Parent() == types.Universe || obj.Pkg() == nil {
		return id.Name, nil
	}
	if obj.Pos() >= e.Pos() && obj.Pos() < e.End() {
		return id.Name, nil // declared inside e itself
	}
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		if !v.Exported() && v.Pkg() != x.at.file.pkg.Types {
			return fail("the field is not exported from " + v.Pkg().Path())
		}
		return id.Name, nil
	}
	if obj.Parent() == obj.Pkg().Scope() {
		if obj.Pkg() == x.at.file.pkg.Types {
			if x.lookup(id.Name) == obj {
				return id.Name, nil
			}
			return fail("another " + id.Name + " hides it there")
		}
		if obj.Exported() {
			return "«" + obj.Pkg().Path() + "»." + id.Name, nil
		}
		return fail("it is not exported from " + obj.Pkg().Path())
	}
	if x.here(d) && x.lookup(id.Name) == obj {
		return id.Name, nil
	}
	if d != nil && !x.here(d) {
		if name, ok := x.asParam(f, d, id); ok {
			return name, nil
		}
	}
	if d != nil && !x.here(d) {
		if text, ok := x.stored(f, d, id); ok {
			return text, nil
		}
	}
	if d != nil {
		if i, ok := d.param(obj); ok {
			return x.fromCaller(f, d, i, id)
		}
	}
	if df, rhs := x.definition(obj); rhs != nil {
		text, err := x.render(df, x.ix.enclosing(df, rhs), rhs)
		if err != nil {
			return "", err
		}
		return text, nil
	}
	return fail("it is a local variable of another place")
}

// lookup resolves a name at x.
func (x *expresser) lookup(name string) types.Object {
	s := x.at.file.pkg.Types.Scope().Innermost(x.pos)
	if s == nil {
		return nil
	}
	_, obj := s.LookupParent(name, x.pos)
	return origin(obj)
}

// fromCaller follows a parameter to the argument that its caller gives.
func (x *expresser) fromCaller(f *file, d *fn, i int, id *ast.Ident) (string, error) {
	if d.obj == nil {
		return "", &hereError{"the parameter " + id.Name, f.place(id), "its function is a literal"}
	}
	if _, known := x.via[d.obj]; d.obj.Exported() && !x.ix.private(d) && !known {
		return "", &hereError{"the parameter " + id.Name, f.place(id), d.obj.Name() + " is exported, so others can call it with other values"}
	}
	sites, _ := x.ix.callers(d.obj)
	if s, ok := x.via[d.obj]; ok {
		sites = []callSite{s}
	}
	var text string
	var first error
	for _, s := range sites {
		arg := argument(s.call, i)
		if arg == nil {
			continue
		}
		if i < 0 && types.IsInterface(s.file.typeOf(arg)) {
			return "", &hereError{id.Name, f.place(id), "it is reached through the interface " + s.file.text(arg)}
		}
		keeps := len(x.keeps)
		t, err := x.render(s.file, x.ix.enclosing(s.file, s.call), arg)
		if err != nil {
			x.keeps = x.keeps[:keeps]
			if first == nil {
				first = err
			}
			continue
		}
		if text != "" && t != text {
			return "", &hereError{"the parameter " + id.Name, f.place(id), "callers give it different values"}
		}
		text = t
	}
	if text == "" {
		if first != nil {
			return "", first
		}
		return "", &hereError{"the parameter " + id.Name, f.place(id), "no call in sight gives its value"}
	}
	return text, nil
}

func argument(c *ast.CallExpr, i int) ast.Expr {
	if i < 0 {
		if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok {
			return sel.X
		}
		return nil
	}
	if i < len(c.Args) && !(c.Ellipsis.IsValid() && i == len(c.Args)-1) {
		return c.Args[i]
	}
	return nil
}

// asParam finds the parameter by which d hands e down to x.at, if it does.
func (x *expresser) asParam(f *file, d *fn, e ast.Expr) (string, bool) {
	if x.at.obj == nil {
		return "", false
	}
	if x.depth++; x.depth > 40 {
		return "", false
	}
	defer func() { x.depth-- }()
	var name string
	ast.Inspect(d.body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || name != "" {
			return name == ""
		}
		m := x.ix.target(f, c)
		if m == nil || m.node == d.node || !x.ix.reaches(m, x.at, 6) {
			return true
		}
		for i := -1; i < len(c.Args); i++ {
			arg := argument(c, i)
			if arg == nil || !x.same(f, arg, e) {
				continue
			}
			var p *ast.Ident
			if i >= 0 {
				if ps := m.params(); i < len(ps) {
					p = ps[i]
				}
			} else if m.recv != nil && len(m.recv.List) == 1 && len(m.recv.List[0].Names) == 1 {
				p = m.recv.List[0].Names[0]
			}
			if p == nil || p.Name == "_" {
				continue
			}
			if m.node == x.at.node {
				if x.lookup(p.Name) == x.at.file.pkg.Info.Defs[p] {
					name = p.Name
				}
			} else if s, ok := x.asParam(m.file, m, p); ok {
				name = s
			}
			if name != "" {
				return false
			}
		}
		return true
	})
	return name, name != ""
}

// same reports whether two expressions of one function name the same value.
func (x *expresser) same(f *file, a, b ast.Expr) bool {
	if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND {
		a = u.X // a method's receiver or a parameter that takes the address still names the same thing
	}
	if f.text(a) != f.text(b) {
		return false
	}
	ra, rb := root(a), root(b)
	return ra != nil && rb != nil && f.object(ra) == f.object(rb)
}

func root(e ast.Expr) *ast.Ident {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// asHere unwraps a hereError.
func asHere(err error) (*hereError, bool) {
	var h *hereError
	ok := errors.As(err, &h)
	return h, ok
}
