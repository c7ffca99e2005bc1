package express

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
)

// Express returns an expression of d as text for the place of x.
func (x *Expresser) Express(f *syntax.File, e ast.Expr) (change.Text, error) {
	x.Parts, x.depth = nil, 0
	src, err := x.render(f, x.Index.Enclosing(f, e), e)
	if err != nil {
		return change.Text{}, err
	}
	return change.Text{Src: src}, nil
}

// render returns e with every name replaced by an expression that has its value at x.
func (x *Expresser) render(f *syntax.File, d *syntax.Func, e ast.Expr) (string, error) {
	if x.depth++; x.depth > maxRender {
		return "", &HereError{f.Text(e), f.Place(e), "it is too far away"}
	}
	defer func() { x.depth-- }()
	if d != nil && !x.here(d) {
		if name, ok := x.asParam(f, d, e); ok {
			return name, nil
		}
		if c, ok := ast.Unparen(e).(*ast.CallExpr); ok && !x.repeatable(f, c) {
			return "", &HereError{f.Text(e), f.Place(e), "the call would be repeated"}
		}
	}
	var edits []change.Edit
	var failed error
	base := f.Offset(e.Pos())
	put := func(n ast.Node, text string) {
		edits = append(edits, change.Edit{From: f.Offset(n.Pos()) - base, To: f.Offset(n.End()) - base, Text: text})
	}
	var walk func(n ast.Node) bool
	walk = func(n ast.Node) bool {
		if failed != nil {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			if !x.here(d) {
				failed = &HereError{"a function literal", f.Place(n), "it belongs to another function"}
				return false
			}
		case *ast.CallExpr:
			if d != nil && !x.here(d) && n != e && !x.repeatable(f, n) {
				failed = &HereError{f.Text(n), f.Place(n), "the call would be repeated"}
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
			if x.Lit != nil && n.Kind == token.STRING {
				if t := x.Lit(n.Value); t != n.Value {
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
	return change.Splice(f.Text(e), edits), nil
}

// ident returns an expression that has the value of one name of e at x.
func (x *Expresser) ident(f *syntax.File, d *syntax.Func, e ast.Expr, id *ast.Ident) (string, error) {
	obj := f.Object(id)
	fail := func(why string) (string, error) {
		return "", &HereError{"the value of " + id.Name, f.Place(id), why}
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
		if !v.Exported() && v.Pkg() != x.At.File.Pkg.Types {
			return fail("the field is not exported from " + v.Pkg().Path())
		}
		return id.Name, nil
	}
	if syntax.IsPackageLevel(obj) {
		if obj.Pkg() == x.At.File.Pkg.Types {
			if x.Lookup(id.Name) == obj {
				return id.Name, nil
			}
			return fail("another " + id.Name + " hides it there")
		}
		if obj.Exported() {
			return "«" + obj.Pkg().Path() + "»." + id.Name, nil
		}
		return fail("it is not exported from " + obj.Pkg().Path())
	}
	if x.here(d) && x.Lookup(id.Name) == obj {
		if x.Index.ChangedBetween(obj, e.End(), x.Pos) {
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
			if x.Index.Changed(obj, fieldsOf(f, id)) {
				return fail("its function changes it")
			}
			return x.fromCaller(f, d, i, id)
		}
	}
	if df, rhs := x.Index.Definition(obj); rhs != nil {
		text, err := x.render(df, x.Index.Enclosing(df, rhs), rhs)
		if err != nil {
			return "", err
		}
		return text, nil
	}
	return fail("it is a local variable of another place")
}

// fromCaller follows a parameter to the argument of its caller.
func (x *Expresser) fromCaller(f *syntax.File, d *syntax.Func, i int, id *ast.Ident) (string, error) {
	if d.Obj == nil {
		return "", &HereError{"the parameter " + id.Name, f.Place(id), "its function is a literal"}
	}
	if _, known := x.Via[d.Obj]; d.Obj.Exported() && !x.Index.Private(d) && !known {
		return "", &HereError{"the parameter " + id.Name, f.Place(id), d.Obj.Name() + " is exported, so others can call it with other values"}
	}
	sites, _ := x.Index.Callers(d.Obj)
	if s, ok := x.Via[d.Obj]; ok {
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
			return "", &HereError{id.Name, f.Place(id), "it is reached through the interface " + s.File.Text(arg)}
		}
		n := len(x.Parts)
		t, err := x.render(s.File, x.Index.Enclosing(s.File, s.Call), arg)
		if err != nil {
			x.Parts = x.Parts[:n]
			if first == nil {
				first = err
			}
			continue
		}
		if text != "" && t != text {
			return "", &HereError{"the parameter " + id.Name, f.Place(id), "callers give it different values"}
		}
		text = t
	}
	if text == "" {
		if first != nil {
			return "", first
		}
		return "", &HereError{"the parameter " + id.Name, f.Place(id), "no call in sight gives its value"}
	}
	return text, nil
}

// asParam returns the parameter by which d passes e down to x.At, if there is one.
func (x *Expresser) asParam(f *syntax.File, d *syntax.Func, e ast.Expr) (string, bool) {
	if x.At.Obj == nil {
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
		m := x.Index.Target(f, c)
		if m == nil || m.Node == d.Node || !x.Index.Reaches(m, x.At, MaxPass) {
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
			if p == nil || p.Name == "_" || x.Index.Changed(m.File.Pkg.Info.Defs[p], nil) {
				continue
			}
			if m.Node == x.At.Node {
				if x.Lookup(p.Name) == x.At.File.Pkg.Info.Defs[p] {
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

// maxRender bounds the parameters and variables between a value and its place. It ends recursion.
const maxRender = 40

// MaxPass bounds the functions between the function with a value and the one with the token request.
const MaxPass = 6

// stored returns the field of x's receiver in which function d, a constructor, stores the value of e:
//
// return &tokens{client: client, cfg: cfg}
//
// The field must have no other source, so that it has that value at any place.
func (x *Expresser) stored(f *syntax.File, d *syntax.Func, e ast.Expr) (string, bool) {
	if x.At.Recv == nil || len(x.At.Recv.List) != 1 || len(x.At.Recv.List[0].Names) != 1 {
		return "", false
	}
	recv := x.At.Recv.List[0].Names[0]
	obj := x.At.File.Pkg.Info.Defs[recv]
	if obj == nil || recv.Name == "_" || x.Lookup(recv.Name) != obj {
		return "", false
	}
	t := obj.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	found := ""
	ast.Inspect(d.Body, func(n ast.Node) bool {
		var key ast.Expr
		var value ast.Expr
		switch n := n.(type) {
		case *ast.CompositeLit:
			if lt := f.TypeOf(n); lt == nil || !types.Identical(lt, t) {
				return true
			}
			for _, el := range n.Elts {
				if kv, ok := el.(*ast.KeyValueExpr); ok && x.same(f, kv.Value, e) {
					key, value = kv.Key, kv.Value
				}
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				sel, ok := l.(*ast.SelectorExpr)
				if !ok || len(n.Lhs) != len(n.Rhs) || !x.same(f, n.Rhs[i], e) {
					continue
				}
				st := f.TypeOf(sel.X)
				if p, ok := st.(*types.Pointer); ok {
					st = p.Elem()
				}
				if st != nil && types.Identical(st, t) {
					key, value = sel.Sel, n.Rhs[i]
				}
			}
		}
		if id := syntax.IdentOf(key); id != nil && value != nil && len(x.Index.Sources(f.Object(id))) == 1 {
			found = recv.Name + "." + id.Name
			x.Parts = append(x.Parts, id)
		}
		return found == ""
	})
	return found, found != ""
}
