package box

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// file follows all values of a file.
func (w *walker) file() {
	ast.Inspect(w.f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			w.declaration(n)
		case *ast.FuncLit:
			w.literal(n)
		case *ast.Ident:
			w.reference(n)
		case *ast.ValueSpec:
			var lhs []ast.Expr
			for _, id := range n.Names {
				lhs = append(lhs, id)
			}
			w.assign(lhs, n.Values)
		case *ast.AssignStmt:
			w.assign(n.Lhs, n.Rhs)
		case *ast.SendStmt:
			w.flow(w.place(n.Chan), n.Value)
		case *ast.RangeStmt:
			w.ranges(n)
		case *ast.TypeSwitchStmt:
			w.typeSwitch(n)
		case *ast.CompositeLit:
			w.composite(n)
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				w.compared(n.X, n.Y)
				w.compared(n.Y, n.X)
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && holds(w.typeOf(n.Tag)) {
				w.read(w.place(n.Tag), All)
			}
		case *ast.IndexExpr:
			if m, ok := syntax.Under(w.typeOf(n.X)).(*types.Map); ok && holds(m.Key()) {
				at := w.b.at(n)
				w.read(at, All) // keys are compared
				w.flow(at, n.Index)
			}
		case *ast.CallExpr:
			w.call(n)
		}
		return true
	})
}

// compared notes that an interface value is compared with another value than nil or a constant.
func (w *walker) compared(x, y ast.Expr) {
	tv := w.f.Pkg.Info.Types[y]
	if holds(w.typeOf(x)) && !tv.IsNil() && tv.Value == nil {
		w.read(w.place(x), All)
		if !holds(tv.Type) {
			at := w.b.at(y)
			w.read(at, All)
			w.flow(at, y)
		}
	}
}

func (w *walker) assign(lhs, rhs []ast.Expr) {
	if len(lhs) == len(rhs) {
		for i, l := range lhs {
			w.store(l, rhs[i])
		}
		return
	}
	if len(rhs) != 1 {
		return
	}
	for i, l := range lhs {
		w.part(w.target(l), rhs[0], i)
	}
}

// store assigns a value to a variable, a field or an element.
func (w *walker) store(l, r ast.Expr) {
	if _, ok := signature(w.typeOf(l)); ok {
		if sel, ok := ast.Unparen(l).(*ast.SelectorExpr); ok {
			w.stored(w.f.Object(sel.Sel), r)
		}
		return
	}
	w.flow(w.target(l), r)
}

// stored notes that a function goes to a field or variable: another module's code may call it.
func (w *walker) stored(obj types.Object, fn ast.Expr) {
	sig, ok := signature(w.typeOf(fn))
	if !ok || obj == nil || obj.Pkg() == nil || syntax.IsLocal(obj) {
		return
	}
	if w.p.Own(obj) {
		if w.p.Api(obj) || generic(obj.Type()) {
			w.open(sig)
		}
		return
	}
	w.escapes(sig, w.outside(obj.Pkg().Path()))
}

func (w *walker) target(l ast.Expr) *place {
	if id := syntax.IdentOf(l); id != nil && id.Name == "_" || !holds(w.typeOf(l)) {
		return nil
	}
	return w.place(l)
}

func (w *walker) ranges(n *ast.RangeStmt) {
	yield := yields(w.typeOf(n.X))
	for i, l := range []ast.Expr{n.Key, n.Value} {
		if l == nil {
			continue
		}
		to := w.target(l)
		switch {
		case to == nil:
		case yield == nil:
			w.flow(to, n.X)
		case i < yield.Params().Len() && holds(yield.Params().At(i).Type()):
			w.b.at(parameter{name(yield), false, i}).join(to)
		default:
			w.box(to, n.X) // an iterator over structures
		}
	}
}

func (w *walker) typeSwitch(n *ast.TypeSwitchStmt) {
	var x ast.Expr
	switch s := n.Assign.(type) {
	case *ast.ExprStmt:
		x = s.X
	case *ast.AssignStmt:
		x = s.Rhs[0]
	}
	from := w.place(x)
	if from == nil {
		return
	}
	for _, c := range n.Body.List {
		if v := w.f.Pkg.Info.Implicits[c]; v != nil && holds(v.Type()) {
			w.b.at(w.f.Canon(v)).join(from)
		}
	}
}

// composite follows the elements of a literal.
func (w *walker) composite(n *ast.CompositeLit) {
	t := w.typeOf(n)
	if t == nil {
		return
	}
	u := t.Underlying()
	if ptr, ok := u.(*types.Pointer); ok { // an elided &T
		u = ptr.Elem().Underlying()
	}
	st, isStruct := u.(*types.Struct)
	for i, el := range n.Elts {
		kv, _ := el.(*ast.KeyValueExpr)
		if kv != nil {
			el = kv.Value
		}
		if isStruct {
			var v types.Object
			if kv != nil {
				if id, ok := kv.Key.(*ast.Ident); ok {
					v = w.f.Object(id)
				}
			} else if i < st.NumFields() {
				v = w.f.Canon(st.Field(i))
			}
			if v == nil {
				continue
			}
			if holds(v.Type()) {
				w.flow(w.object(v), el)
			} else {
				w.stored(v, el)
			}
			continue
		}
		switch u := u.(type) {
		case *types.Map:
			if kv != nil && holds(u.Key()) {
				w.flow(w.b.at(n), kv.Key)
				w.read(w.b.at(n), All)
			}
			if holds(u.Elem()) {
				w.flow(w.b.at(n), el)
			}
		default:
			if holds(t) {
				w.flow(w.b.at(n), el)
			}
		}
	}
}
