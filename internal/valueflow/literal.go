package valueflow

import (
	"go/ast"
	"go/types"
	"path/filepath"
	"strconv"
)

func (b *builder) literal(x *ast.CompositeLit) ID {
	t := b.info.TypeOf(x)
	if t != nil && !invalid(t) && !interesting(t) {
		for _, el := range x.Elts {
			b.val(el)
		}
		return 0
	}
	pkg, name := namedType(t)
	if name == "" && x.Type != nil {
		pkg, name = b.writtenType(x.Type)
	}
	text := name
	if pkg != "" {
		text = pkg + "." + name
	}
	id := b.node(Node{Kind: Lit, Value: &Value{Text: text, Span: b.span(x)}}, t)
	b.values[x] = id
	b.Structs = append(b.Structs, Structure{Pkg: pkg, Name: name, Node: id, Span: b.span(x)})
	s := structOf(t)
	if s != nil && len(x.Elts) > 1 {
		b.structLits = append(b.structLits, structLit{x, id, s})
	}
	if n := len(x.Elts); n > 1 && n <= maxPairList && isTextList(t) {
		b.listLits = append(b.listLits, listLit{x, id})
	}
	_, isMap := underlying(t).(*types.Map)
	if s == nil && !isMap && invalid(t) {
		// The keys of a map are texts, those of a structure are names; unknown identifiers are names.
		isMap = len(x.Elts) > 0 && !identKey(x.Elts[0])
	}
	for i, el := range x.Elts {
		kv, keyed := el.(*ast.KeyValueExpr)
		switch {
		case keyed && isMap:
			b.put(id, kv.Key, b.val(kv.Value), kv, kv.Value)
		case keyed:
			if k, ok := kv.Key.(*ast.Ident); ok {
				b.field(id, t, k.Name, b.val(kv.Value), kv, kv.Value)
			} else {
				b.connect(Edge{From: b.val(kv.Value), To: id})
			}
		case s != nil:
			if i < s.NumFields() {
				b.field(id, t, s.Field(i).Name(), b.val(el), el, el)
			}
		default:
			b.connect(Edge{From: b.val(el), To: id})
		}
	}
	return id
}

func isTextList(t types.Type) bool {
	var elem types.Type
	switch t := underlying(t).(type) {
	case *types.Array:
		elem = t.Elem()
	case *types.Slice:
		elem = t.Elem()
	default:
		return false
	}
	basic, ok := underlying(elem).(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

func identKey(e ast.Expr) bool {
	kv, ok := e.(*ast.KeyValueExpr)
	if !ok {
		return false
	}
	_, ok = kv.Key.(*ast.Ident)
	return ok
}

// writtenType returns path and name of a type from its syntax, if go/types does not know it.
func (b *builder) writtenType(e ast.Expr) (pkg, name string) {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return b.packagePath(e.X), e.Sel.Name
	case *ast.Ident:
		return b.Path, e.Name
	case *ast.IndexExpr:
		return b.writtenType(e.X)
	}
	return "", ""
}

// field stores a value in a field of a structure's literal.
func (b *builder) field(lit ID, t types.Type, name string, value ID, at ast.Node, src ast.Expr) {
	var owner, wire string
	var ft types.Type
	if s := structOf(t); s != nil {
		for i := range s.NumFields() {
			if f := s.Field(i); f.Name() == name {
				wire, ft = wireName(f, s.Tag(i)), f.Type()
				owner = b.ownerOf(f.Origin(), t)
				break
			}
		}
	}
	if value == 0 {
		value = b.plain(src)
	}
	b.connect(Edge{From: value, To: b.fieldNode(owner, name, ft)})
	b.connect(Edge{From: value, To: lit, Kind: Put, Key: name, Written: &Written{Wire: wire, At: b.span(at), Val: b.span(src)}})
}

func (b *builder) funcLit(x *ast.FuncLit) ID {
	if fn := b.literals[x]; fn != nil {
		return b.byName[fn.name]
	}
	id := b.node(Node{Kind: Func, Value: &Value{Name: b.literalName(x), Text: "func", Span: b.span(x)}}, nil)
	fn := &function{name: b.Nodes[id].Name}
	b.literals[x] = fn
	b.funcOf[id] = target{fn: fn}
	b.values[x] = id
	if sig, ok := b.info.TypeOf(x).(*types.Signature); ok {
		fn.vari = sig.Variadic()
		for i := range sig.Params().Len() {
			fn.params = append(fn.params, b.param(sig.Params().At(i), fn.name+"$p"+strconv.Itoa(i), x.Type.Params))
		}
		for i := range sig.Results().Len() {
			v := sig.Results().At(i)
			var r ID
			if interesting(v.Type()) {
				r = b.named(Node{Kind: Result, Value: &Value{Name: fn.name + "$r" + strconv.Itoa(i), Text: "func", Span: b.span(x.Type)}}, v.Type())
				b.objects[v] = r
			}
			fn.results = append(fn.results, r)
		}
	}
	outer := b.fn
	b.fn = fn
	b.block(x.Body)
	b.fn = outer
	return id
}

// literalName returns a unique name of a function literal, which is the same with and without test files.
func (b *builder) literalName(x *ast.FuncLit) string {
	s := b.span(x)
	return b.Path + "#" + filepath.Base(s.File) + ":" + strconv.Itoa(s.Offset)
}

// funcValue returns the node of a function that is used as a value.
func (b *builder) funcValue(fn *types.Func, e ast.Expr) ID {
	fn = fn.Origin()
	name := fn.FullName()
	if id := b.byName["func "+name]; id != 0 {
		return id
	}
	id := b.node(Node{Kind: Func, Value: &Value{Name: "func " + name, Text: fn.Name(), Span: b.span(e)}}, nil)
	if f := b.functionOf(fn); f != nil {
		b.funcOf[id] = target{fn: f}
	} else {
		pkg, recv := "", ""
		if fn.Pkg() != nil {
			pkg = fn.Pkg().Path()
		}
		recv, _ = receiverName(fn)
		b.funcOf[id] = target{pkg: pkg, recv: recv, fun: fn.Name()}
	}
	return id
}

// functionOf returns a function whose body is known: in this package, or by the facts of a lower package.
func (b *builder) functionOf(fn *types.Func) *function {
	fn = fn.Origin()
	name := fn.FullName()
	if f, ok := b.funcs[name]; ok {
		return f
	}
	if fn.Pkg() == nil || fn.Pkg() == b.pass.Pkg || !b.local[fn.Pkg().Path()] {
		return nil
	}
	sig := fn.Type().(*types.Signature)
	f := &function{name: name, vari: sig.Variadic()}
	any := false
	look := func(suffix string) ID {
		id := b.byName[name+suffix]
		any = any || id != 0
		return id
	}
	f.recv = look("$recv")
	for i := range sig.Params().Len() {
		f.params = append(f.params, look("$p"+strconv.Itoa(i)))
	}
	for i := range sig.Results().Len() {
		f.results = append(f.results, look("$r"+strconv.Itoa(i)))
	}
	if !any {
		f = nil
	}
	b.funcs[name] = f
	return f
}

func receiverName(fn *types.Func) (string, bool) {
	sig, ok := fn.Type().(*types.Signature)
	if !ok || sig.Recv() == nil {
		return "", false
	}
	_, name := namedType(sig.Recv().Type())
	return name, true
}
