package box

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// A walker follows the interface values of one file.
type walker struct {
	p     *program.Program
	f     *syntax.File
	b     *Boxes
	files map[ast.Expr]*syntax.File // of boxed expressions
}

// holds reports whether values of a type are interface values, or contain some without a field of a struct between. An error is none:
// its text is read by a method.
func holds(t types.Type) bool { return holding(t, 0) }

// maxDepth bounds the depth of container types, which can be recursive: type list []list.
const maxDepth = 6

func holding(t types.Type, depth int) bool {
	if t == nil || depth > maxDepth {
		return false
	}
	if syntax.IsError(t) {
		return false
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return true
	case *types.Pointer:
		return holding(u.Elem(), depth+1)
	case *types.Slice:
		return holding(u.Elem(), depth+1)
	case *types.Array:
		return holding(u.Elem(), depth+1)
	case *types.Chan:
		return holding(u.Elem(), depth+1)
	case *types.Map:
		return holding(u.Elem(), depth+1) || holding(u.Key(), depth+1)
	}
	return false
}

func (w *walker) typeOf(e ast.Expr) types.Type { return w.f.Pkg.Info.TypeOf(e) }

// flow notes that the value of an expression goes to a place.
func (w *walker) flow(to *place, e ast.Expr) {
	if to == nil || e == nil {
		return
	}
	t := w.typeOf(e)
	if sig, ok := signature(t); ok {
		w.function(to, sig, e)
		return
	}
	if results, ok := t.(*types.Tuple); ok { // fmt.Println(load())
		c, isCall := ast.Unparen(e).(*ast.CallExpr)
		for i := range results.Len() {
			if isCall && holds(results.At(i).Type()) {
				w.result(c, i).join(to)
			}
		}
	}
	if !holds(t) {
		if old := w.b.boxed[e]; old != nil {
			old.join(to)
			return
		}
		w.b.boxed[e], w.files[e] = to, w.f
		return
	}
	if from := w.place(e); from != nil {
		from.join(to)
	}
}

// function notes that a function becomes an interface value: whoever gets it may call it.
func (w *walker) function(to *place, sig *types.Signature, e ast.Expr) {
	w.escapes(sig, func(bool, int) *place { return to })
}

func signature(t types.Type) (*types.Signature, bool) {
	if t == nil {
		return nil, false
	}
	sig, ok := types.Unalias(t).Underlying().(*types.Signature)
	return sig, ok
}

// place returns the place whose values an expression has, nil if there is none.
func (w *walker) place(e ast.Expr) *place {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return w.variable(e)
	case *ast.SelectorExpr:
		return w.variable(e.Sel)
	case *ast.IndexExpr:
		return w.place(e.X)
	case *ast.SliceExpr:
		return w.place(e.X)
	case *ast.StarExpr:
		return w.place(e.X)
	case *ast.TypeAssertExpr:
		return w.place(e.X)
	case *ast.UnaryExpr:
		return w.place(e.X)
	case *ast.CompositeLit:
		return w.b.at(e)
	case *ast.CallExpr:
		return w.result(e, 0)
	}
	return nil
}

func (w *walker) variable(id *ast.Ident) *place {
	v, ok := w.f.Object(id).(*types.Var)
	if !ok || !holds(v.Type()) {
		return nil
	}
	return w.object(v)
}

// object returns the place of a variable or field. Code outside may read one that it can name.
func (w *walker) object(v types.Object) *place {
	at := w.b.at(v)
	switch {
	case syntax.IsLocal(v):
	case w.p.Own(v):
		if w.p.Api(v) && containsAny(v.Type()) {
			w.read(at, All)
		}
	case v.Pkg() != nil && containsAny(v.Type()):
		at.join(w.outside(v.Pkg().Path()))
	}
	return at
}

func (w *walker) read(at *place, r Reading) {
	if at != nil {
		at = at.find()
		at.reading = max(at.reading, r)
	}
}

// file follows all values of a file.
func (w *walker) file() {
	ast.Inspect(w.f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			w.declaration(n)
		case *ast.FuncLit:
			w.named(n, n.Type)
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
		case *ast.ReturnStmt:
			w.returns(n)
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
		to := w.target(l)
		if to == nil {
			continue
		}
		from := w.place(rhs[0])
		if c, ok := ast.Unparen(rhs[0]).(*ast.CallExpr); ok {
			from = w.result(c, i)
		}
		if from != nil {
			from.join(to)
		}
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
	w.escapes(sig, func(bool, int) *place { return w.outside(obj.Pkg().Path()) })
}

func (w *walker) target(l ast.Expr) *place {
	if id := syntax.IdentOf(l); id != nil && id.Name == "_" || !holds(w.typeOf(l)) {
		return nil
	}
	return w.place(l)
}

func (w *walker) ranges(n *ast.RangeStmt) {
	from := w.place(n.X)
	yield, isFunc := w.yield(n.X)
	for i, l := range []ast.Expr{n.Key, n.Value} {
		if l == nil {
			continue
		}
		to := w.target(l)
		if isFunc && to != nil {
			w.b.at(parameter{yield, false, i}).join(to)
		} else if from != nil && to != nil {
			from.join(to)
		}
	}
}

// yield returns the name of the type of the function that an iterator calls.
func (w *walker) yield(x ast.Expr) (string, bool) {
	sig, ok := signature(w.typeOf(x))
	if !ok || sig.Params().Len() != 1 {
		return "", false
	}
	fn, ok := signature(sig.Params().At(0).Type())
	if !ok {
		return "", false
	}
	return name(fn), true
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

// name writes a signature without the names of its parameters.
func name(sig *types.Signature) string {
	var b strings.Builder
	for _, t := range []*types.Tuple{sig.Params(), sig.Results()} {
		b.WriteByte('(')
		for v := range t.Variables() {
			b.WriteString(types.TypeString(v.Type(), nil))
			b.WriteByte(',')
		}
		b.WriteByte(')')
	}
	if sig.Variadic() {
		b.WriteString("...")
	}
	return b.String()
}
