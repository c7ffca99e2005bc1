package plan

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/change"
)

// An expresser says a value of the old exchange again at the place of the new one.
//
// A form is often filled in one function and sent in another, so an expression such as
// c.cfg.ClientID must be turned into what names the same value there: through parameters and
// receivers (towards the callers or towards the callees) and through variables with one definition.
// What cannot be named there for certain is an error, never a guess.
type expresser struct {
	ix    *syntax.Index
	at    *syntax.Func                    // where the text will stand
	pos   token.Pos                       // and at which statement
	via   map[*types.Func]syntax.CallSite // where several calls reach a function: the one of this flow
	lit   func(string) string
	said  []ast.Node // what the last text was made of: expressions as they stand, and single names
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
func (x *expresser) express(f *syntax.File, e ast.Expr) (change.Text, error) {
	x.said, x.depth = nil, 0
	src, err := x.render(f, x.ix.Enclosing(f, e), e)
	if err != nil {
		return change.Text{}, err
	}
	return change.Text{Src: src}, nil
}

func (x *expresser) here(d *syntax.Func) bool {
	if d == nil {
		return false
	}
	if d.Node == x.at.Node {
		return true
	}
	// A function literal sees the variables of the functions around it.
	for n := x.at.File.Parent[x.at.Node]; n != nil; n = x.at.File.Parent[n] {
		if n == d.Node {
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
func (x *expresser) render(f *syntax.File, d *syntax.Func, e ast.Expr) (string, error) {
	if x.depth++; x.depth > maxRender {
		return "", &hereError{f.Text(e), f.Place(e), "it is too far away"}
	}
	defer func() { x.depth-- }()
	if d != nil && !x.here(d) {
		if name, ok := x.asParam(f, d, e); ok {
			return name, nil
		}
		if c, ok := ast.Unparen(e).(*ast.CallExpr); ok && !x.repeatable(f, c) {
			return "", &hereError{f.Text(e), f.Place(e), "the call would be repeated"}
		}
	}
	var edits []edit
	var failed error
	base := f.Offset(e.Pos())
	put := func(n ast.Node, text string) {
		edits = append(edits, edit{f.Offset(n.Pos()) - base, f.Offset(n.End()) - base, text})
	}
	var walk func(n ast.Node) bool
	walk = func(n ast.Node) bool {
		if failed != nil {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			if !x.here(d) {
				failed = &hereError{"a function literal", f.Place(n), "it belongs to another function"}
				return false
			}
		case *ast.CallExpr:
			if d != nil && !x.here(d) && n != e && !x.repeatable(f, n) {
				failed = &hereError{f.Text(n), f.Place(n), "the call would be repeated"}
				return false
			}
		case *ast.SelectorExpr:
			if d != nil && !x.here(d) && n != e {
				if name, ok := x.asParam(f, d, n); ok {
					put(n, name)
					return false
				}
			}
			if v, ok := f.Object(n.Sel).(*types.Var); ok && v.IsField() {
				if _, err := x.ident(f, d, e, n.Sel); err != nil {
					failed = err
					return false
				}
			}
			ast.Inspect(n.X, walk)
			return false
		case *ast.KeyValueExpr:
			if _, isField := f.Object(syntax.IdentOf(n.Key)).(*types.Var); !isField || syntax.IdentOf(n.Key) == nil {
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
				if n != e && !syntax.IsOperand(text) && syntax.NeedsParens(f.Parent[n], n) {
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
	x.note(e, edits, base, f)
	return spliced(f.Text(e), edits), nil
}

// note records e as a part of the new text; where names were replaced, only the rest of it.
func (x *expresser) note(e ast.Expr, edits []edit, base int, f *syntax.File) {
	if len(edits) == 0 {
		x.said = append(x.said, e)
		return
	}
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		at := f.Offset(id.Pos()) - base
		for _, ed := range edits {
			if at >= ed.from && at < ed.to && !strings.HasPrefix(ed.text, "«") {
				return true
			}
		}
		x.said = append(x.said, id)
		return true
	})
}

// ident says what one name of e stands for at x.
func (x *expresser) ident(f *syntax.File, d *syntax.Func, e ast.Expr, id *ast.Ident) (string, error) {
	obj := f.Object(id)
	fail := func(why string) (string, error) {
		return "", &hereError{"the value of " + id.Name, f.Place(id), why}
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
		if !v.Exported() && v.Pkg() != x.at.File.Pkg.Types {
			return fail("the field is not exported from " + v.Pkg().Path())
		}
		return id.Name, nil
	}
	if obj.Parent() == obj.Pkg().Scope() {
		if obj.Pkg() == x.at.File.Pkg.Types {
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
		if x.ix.ChangedBetween(obj, e.End(), x.pos) {
			return fail("it is changed before the token is fetched")
		}
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
		if i, ok := d.Param(obj); ok {
			if x.ix.Changed(obj, fieldsOf(f, id)) {
				return fail("its function changes it")
			}
			return x.fromCaller(f, d, i, id)
		}
	}
	if df, rhs := x.ix.Definition(obj); rhs != nil {
		text, err := x.render(df, x.ix.Enclosing(df, rhs), rhs)
		if err != nil {
			return "", err
		}
		return text, nil
	}
	return fail("it is a local variable of another place")
}

// fieldsOf returns the names of the fields that are selected from a variable, from the outside in.
func fieldsOf(f *syntax.File, id *ast.Ident) (names []string) {
	var n ast.Expr = id
	for {
		sel, ok := f.Parent[n].(*ast.SelectorExpr)
		if !ok || sel.X != n {
			return names
		}
		n, names = sel, append(names, sel.Sel.Name)
	}
}

// lookup resolves a name at x.
func (x *expresser) lookup(name string) types.Object {
	s := x.at.File.Pkg.Types.Scope().Innermost(x.pos)
	if s == nil {
		return nil
	}
	_, obj := s.LookupParent(name, x.pos)
	return syntax.Origin(obj)
}

// fromCaller follows a parameter to the argument that its caller gives.
func (x *expresser) fromCaller(f *syntax.File, d *syntax.Func, i int, id *ast.Ident) (string, error) {
	if d.Obj == nil {
		return "", &hereError{"the parameter " + id.Name, f.Place(id), "its function is a literal"}
	}
	if _, known := x.via[d.Obj]; d.Obj.Exported() && !x.ix.Private(d) && !known {
		return "", &hereError{"the parameter " + id.Name, f.Place(id), d.Obj.Name() + " is exported, so others can call it with other values"}
	}
	sites, _ := x.ix.Callers(d.Obj)
	if s, ok := x.via[d.Obj]; ok {
		sites = []syntax.CallSite{s}
	}
	var text string
	var first error
	for _, s := range sites {
		arg := syntax.Argument(s.Call, i)
		if arg == nil {
			continue
		}
		if i < 0 && types.IsInterface(s.File.TypeOf(arg)) {
			return "", &hereError{id.Name, f.Place(id), "it is reached through the interface " + s.File.Text(arg)}
		}
		said := len(x.said)
		t, err := x.render(s.File, x.ix.Enclosing(s.File, s.Call), arg)
		if err != nil {
			x.said = x.said[:said]
			if first == nil {
				first = err
			}
			continue
		}
		if text != "" && t != text {
			return "", &hereError{"the parameter " + id.Name, f.Place(id), "callers give it different values"}
		}
		text = t
	}
	if text == "" {
		if first != nil {
			return "", first
		}
		return "", &hereError{"the parameter " + id.Name, f.Place(id), "no call in sight gives its value"}
	}
	return text, nil
}

// asParam finds the parameter by which d hands e down to x.at, if it does.
func (x *expresser) asParam(f *syntax.File, d *syntax.Func, e ast.Expr) (string, bool) {
	if x.at.Obj == nil {
		return "", false
	}
	if x.depth++; x.depth > maxRender {
		return "", false
	}
	defer func() { x.depth-- }()
	var name string
	ast.Inspect(d.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || name != "" {
			return name == ""
		}
		m := x.ix.Target(f, c)
		if m == nil || m.Node == d.Node || !x.ix.Reaches(m, x.at, maxPass) {
			return true
		}
		for i := -1; i < len(c.Args); i++ {
			arg := syntax.Argument(c, i)
			if arg == nil || !x.same(f, arg, e) {
				continue
			}
			var p *ast.Ident
			if i >= 0 {
				if ps := m.Params(); i < len(ps) {
					p = ps[i]
				}
			} else if m.Recv != nil && len(m.Recv.List) == 1 && len(m.Recv.List[0].Names) == 1 {
				p = m.Recv.List[0].Names[0]
			}
			if p == nil || p.Name == "_" || x.ix.Changed(m.File.Pkg.Info.Defs[p], nil) {
				continue
			}
			if m.Node == x.at.Node {
				if x.lookup(p.Name) == x.at.File.Pkg.Info.Defs[p] {
					name = p.Name
				}
			} else if s, ok := x.asParam(m.File, m, p); ok {
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
func (x *expresser) same(f *syntax.File, a, b ast.Expr) bool {
	if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND {
		a = u.X // a method's receiver or a parameter that takes the address still names the same thing
	}
	if f.Text(a) != f.Text(b) {
		return false
	}
	ra, rb := syntax.Root(a), syntax.Root(b)
	return ra != nil && rb != nil && f.Object(ra) == f.Object(rb)
}

// asHere unwraps a hereError.
func asHere(err error) (*hereError, bool) {
	var h *hereError
	ok := errors.As(err, &h)
	return h, ok
}

// spliced applies edits to a text.
func spliced(src string, edits []edit) string {
	slices.SortFunc(edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	last := 0
	for _, ed := range edits {
		b.WriteString(src[last:ed.from])
		b.WriteString(ed.text)
		last = ed.to
	}
	b.WriteString(src[last:])
	return b.String()
}

// quote repeats source with the file's package names as paths, and with other names for some variables.
func quote(f *syntax.File, n ast.Node, rename map[types.Object]string) string {
	var b strings.Builder
	src, base := f.Text(n), f.Offset(n.Pos())
	last := 0
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := f.Object(id)
		name, ok := rename[obj]
		if pkg, isPkg := obj.(*types.PkgName); isPkg {
			name, ok = "«"+pkg.Imported().Path()+"»", true
		}
		if ok {
			at := f.Offset(id.Pos()) - base
			b.WriteString(src[last:at])
			b.WriteString(name)
			last = at + len(id.Name)
		}
		return true
	})
	b.WriteString(src[last:])
	return b.String()
}
