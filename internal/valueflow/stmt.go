package valueflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"strconv"
)

// block adds the edges of all statements below n, function literals included.
func (b *builder) block(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			b.val(n)
			return false
		case *ast.AssignStmt:
			if n.Tok == token.ASSIGN || n.Tok == token.DEFINE {
				b.assign(n.Lhs, n.Rhs, n)
			} else if n.Tok == token.ADD_ASSIGN && len(n.Lhs) == 1 {
				b.appendText(n)
			}
		case *ast.DeclStmt:
			if d, ok := n.Decl.(*ast.GenDecl); ok {
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.ValueSpec:
						b.valueSpec(s, d)
					case *ast.TypeSpec:
						b.localType(s)
					}
				}
			}
		case *ast.ReturnStmt:
			b.ret(n)
		case *ast.RangeStmt:
			b.rang(n)
		case *ast.SendStmt:
			b.store(n.Chan, b.val(n.Value), n, n.Value)
		case *ast.TypeSwitchStmt:
			b.typeSwitch(n)
		case *ast.CallExpr:
			b.call(n)
		case *ast.CompositeLit:
			b.val(n)
		}
		return true
	})
}

func (b *builder) localType(s *ast.TypeSpec) {
	if tn, ok := b.info.Defs[s.Name].(*types.TypeName); ok {
		b.ownFields(tn.Type(), b.name+"."+s.Name.Name, 0)
	}
}

// assign adds the edges of lhs = rhs.
func (b *builder) assign(lhs, rhs []ast.Expr, at ast.Node) {
	if len(rhs) == 0 {
		return
	}
	if len(rhs) == len(lhs) {
		for i := range lhs {
			if isBlank(lhs[i]) {
				b.val(rhs[i])
				continue
			}
			b.store(lhs[i], b.val(rhs[i]), at, rhs[i])
		}
		return
	}
	// v, err := f(); v, ok := m[k]; v, ok := x.(T); v, ok := <-c
	if call, ok := ast.Unparen(rhs[0]).(*ast.CallExpr); ok {
		results := b.call(call)
		for i := range lhs {
			if i < len(results) && !isBlank(lhs[i]) {
				b.store(lhs[i], results[i], at, rhs[0])
			}
		}
		return
	}
	if !isBlank(lhs[0]) {
		b.store(lhs[0], b.val(rhs[0]), at, rhs[0])
	}
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// store adds the edges of target = value. at is the statement and src the value's expression.
func (b *builder) store(target ast.Expr, value ID, at ast.Node, src ast.Expr) {
	switch t := ast.Unparen(target).(type) {
	case *ast.Ident:
		to := b.val(t)
		if obj := b.info.ObjectOf(t); to == 0 && value != 0 && obj != nil && b.Nodes[value].Kind == Called && !interesting(obj.Type()) {
			// A type that rarely holds a key; later uses find the node by the object.
			to = b.node(Node{Kind: Var, Value: &Value{Text: obj.Name(), Span: b.span(t)}}, obj.Type())
			b.objects[obj] = to
		}
		b.connect(Edge{From: value, To: to})
	case *ast.StarExpr:
		to := b.val(t.X)
		b.connect(Edge{From: value, To: to})
		if _, ok := ast.Unparen(t.X).(*ast.Ident); ok && to != 0 && !b.Nodes[to].Holds {
			b.mark(to) // see aliases
		}
	case *ast.SelectorExpr:
		if b.isPackage(t.X) {
			b.connect(Edge{From: value, To: b.val(t)})
			return
		}
		base := b.val(t.X)
		if value == 0 {
			value = b.node(Node{Value: &Value{Span: b.span(src)}}, b.info.TypeOf(src))
		}
		owner, wire := b.fieldOf(t)
		b.connect(Edge{From: value, To: b.fieldNode(owner, t.Sel.Name, b.info.TypeOf(t))})
		b.connect(Edge{From: value, To: base, Kind: Put, Key: t.Sel.Name, Written: &Written{Wire: wire, At: b.span(at), Val: b.span(src)}})
	case *ast.IndexExpr:
		base := b.val(t.X)
		if _, isMap := underlying(b.typeOf(t.X)).(*types.Map); isMap || invalid(b.info.TypeOf(t.X)) {
			if b.putAll(base, t.Index, src) {
				return
			}
			if value == 0 {
				value = b.node(Node{Value: &Value{Span: b.span(src)}}, b.info.TypeOf(src))
			}
			b.put(base, t.Index, value, at, src)
			return
		}
		b.connect(Edge{From: value, To: base})
	case *ast.SliceExpr:
		b.connect(Edge{From: value, To: b.val(t.X)})
	default:
		if target != nil {
			b.connect(Edge{From: value, To: b.val(target)})
		}
	}
}

// put adds value as part key of base. A slice literal with one element is treated like its element.
func (b *builder) put(base ID, key ast.Expr, value ID, at ast.Node, src ast.Expr) {
	e := Edge{From: value, To: base, Kind: Put, Written: &Written{At: b.span(at), Val: b.span(src)}}
	if one := single(src); one != nil {
		e.Val = b.span(one)
		if v := b.val(one); v != 0 {
			e.From = v
		}
	}
	if e.From == 0 {
		e.From = b.node(Node{Value: &Value{Span: e.Val}}, b.info.TypeOf(src))
	}
	if s, ok := b.text(key); ok {
		e.Key = s
	} else {
		e.KeyNode = b.val(key)
		b.pair(key, src)
	}
	b.connect(e)
}

// single returns the only element of a slice literal: the value in url.Values{"k": {v}}.
func single(e ast.Expr) ast.Expr {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok || len(lit.Elts) != 1 {
		return nil
	}
	if _, ok := lit.Elts[0].(*ast.KeyValueExpr); ok {
		return nil
	}
	switch t := lit.Type.(type) {
	case nil:
		return lit.Elts[0]
	case *ast.ArrayType:
		if id, ok := t.Elt.(*ast.Ident); ok && id.Name == "string" {
			return lit.Elts[0]
		}
	}
	return nil
}

// appendText is s += x. A name at the end of a constant text belongs to the value that the next statement appends.
func (b *builder) appendText(n *ast.AssignStmt) {
	to := b.val(n.Lhs[0])
	if s, ok := b.text(n.Rhs[0]); ok {
		b.tails[to] += s
	} else if keyBefore(b.tails[to]) != "" {
		b.part(to, b.tails[to], operands(n.Rhs[0])[0], n)
		delete(b.tails, to)
	} else {
		delete(b.tails, to)
	}
	b.joined(to, operands(n.Rhs[0]), n)
}

func (b *builder) ret(n *ast.ReturnStmt) {
	if b.fn == nil {
		return
	}
	if len(n.Results) == 1 && len(b.fn.results) > 1 {
		if call, ok := ast.Unparen(n.Results[0]).(*ast.CallExpr); ok {
			for i, r := range b.call(call) {
				if i < len(b.fn.results) {
					b.connect(Edge{From: r, To: b.fn.results[i]})
				}
			}
			return
		}
	}
	for i, r := range n.Results {
		if i < len(b.fn.results) {
			b.connect(Edge{From: b.val(r), To: b.fn.results[i]})
		}
	}
}

func (b *builder) rang(n *ast.RangeStmt) {
	x := b.val(n.X)
	t := underlying(b.typeOf(n.X))
	elem := x
	if _, isMap := t.(*types.Map); isMap || invalid(b.info.TypeOf(n.X)) {
		elem = b.sel(x, "", nil, n.X)
		if n.Key != nil && !isBlank(n.Key) {
			// The keys of a map are values that the map contains.
			b.store(n.Key, x, n, n.X)
		}
	}
	if n.Value != nil && !isBlank(n.Value) {
		b.store(n.Value, elem, n, n.X)
		b.ranged(n, x)
	}
	switch t := t.(type) {
	case *types.Chan:
		if n.Key != nil {
			b.store(n.Key, x, n, n.X)
		}
	case *types.Signature:
		b.rangeFunc(n, x, t)
	}
}

// rangeFunc adds the call of an iterator with the loop body as its argument: a function whose parameters are the loop variables.
func (b *builder) rangeFunc(n *ast.RangeStmt, iterator ID, t *types.Signature) {
	if iterator == 0 || t.Params().Len() != 1 {
		return
	}
	yield, ok := t.Params().At(0).Type().Underlying().(*types.Signature)
	if !ok {
		return
	}
	s := b.span(n)
	name := b.Path + "#range " + filepath.Base(s.File) + ":" + strconv.Itoa(s.Offset)
	body := b.node(Node{Kind: Func, Value: &Value{Name: name, Text: "func", Span: s}}, nil)
	fn := &function{name: name}
	for i, v := range []ast.Expr{n.Key, n.Value} {
		if v == nil || isBlank(v) || i >= yield.Params().Len() || !interesting(yield.Params().At(i).Type()) {
			fn.params = append(fn.params, 0)
			continue
		}
		p := b.named(Node{Kind: Param, Value: &Value{Name: name + "$p" + strconv.Itoa(i), Span: b.span(v)}}, yield.Params().At(i).Type())
		fn.params = append(fn.params, p)
		b.store(v, p, n, n.X)
	}
	b.funcOf[body] = target{fn: fn}
	c := Call{CallSite: &CallSite{Span: b.span(n.X), ArgSpans: []Span{s}}, Args: []ID{body}}
	c.Site = b.node(Node{Value: &Value{Span: c.Span, Text: dynamicSite}}, types.Typ[types.Bool])
	b.dynamic = append(b.dynamic, dynamicCall{int32(len(b.Calls)), iterator})
	b.Calls = append(b.Calls, c)
}

// ranged records the key and value variables of a loop over a map, for putAll.
func (b *builder) ranged(n *ast.RangeStmt, x ID) {
	key, ok := n.Key.(*ast.Ident)
	val, ok2 := n.Value.(*ast.Ident)
	if !ok || !ok2 || x == 0 {
		return
	}
	if k, v := b.info.ObjectOf(key), b.info.ObjectOf(val); k != nil && v != nil {
		b.ranges[[2]types.Object{k, v}] = x
	}
}

// putAll reports whether a store is to[k] = v with the key and value of a loop over a map. If so, it adds all parts of that map to the other one.
func (b *builder) putAll(to ID, key, value ast.Expr) bool {
	k, ok := ast.Unparen(key).(*ast.Ident)
	v, ok2 := ast.Unparen(value).(*ast.Ident)
	if !ok || !ok2 {
		return false
	}
	x, ok := b.ranges[[2]types.Object{b.info.ObjectOf(k), b.info.ObjectOf(v)}]
	if ok {
		b.connect(Edge{From: x, To: to})
	}
	return ok
}

func (b *builder) typeSwitch(n *ast.TypeSwitchStmt) {
	as, ok := n.Assign.(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 {
		return
	}
	ta, ok := as.Rhs[0].(*ast.TypeAssertExpr)
	if !ok {
		return
	}
	x := b.val(ta.X)
	for _, c := range n.Body.List {
		if obj := b.info.Implicits[c]; obj != nil {
			b.connect(Edge{From: x, To: b.object(obj)})
		}
	}
}

func underlying(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	u := t.Underlying()
	if p, ok := u.(*types.Pointer); ok {
		return p.Elem().Underlying()
	}
	return u
}
