package valueflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// val returns the node of an expression, 0 if its type is not interesting.
func (b *builder) val(e ast.Expr) ID {
	if e == nil {
		return 0
	}
	if id, ok := b.values[e]; ok {
		return id
	}
	id := b.eval(e)
	b.values[e] = id
	return id
}

func (b *builder) eval(e ast.Expr) ID {
	switch x := e.(type) {
	case *ast.ParenExpr:
		return b.val(x.X)
	case *ast.StarExpr:
		return b.val(x.X)
	case *ast.TypeAssertExpr:
		return b.val(x.X)
	case *ast.SliceExpr:
		return b.val(x.X)
	case *ast.UnaryExpr:
		if x.Op == token.AND || x.Op == token.ARROW {
			return b.val(x.X)
		}
		return 0
	case *ast.BasicLit:
		if s, ok := b.text(x); ok {
			return b.constant(s, x)
		}
		return 0
	case *ast.Ident:
		return b.ident(x)
	case *ast.SelectorExpr:
		return b.selector(x)
	case *ast.IndexExpr:
		if b.isType(x.Index) { // an instance of a generic function
			return b.val(x.X)
		}
		return b.index(x)
	case *ast.IndexListExpr:
		return b.val(x.X)
	case *ast.CallExpr:
		if r := b.call(x); len(r) > 0 {
			return r[0]
		}
		return 0
	case *ast.CompositeLit:
		return b.literal(x)
	case *ast.FuncLit:
		return b.funcLit(x)
	case *ast.BinaryExpr:
		if x.Op != token.ADD || !interesting(b.info.TypeOf(x)) {
			return 0
		}
		n := b.node(Node{Value: &Value{Span: b.span(x), Text: "+"}}, b.info.TypeOf(x))
		b.joined(n, operands(x), x)
		return n
	}
	return 0
}

func (b *builder) constant(s string, e ast.Expr) ID {
	return b.node(Node{Kind: Const, Value: &Value{Text: s, Span: b.span(e)}}, types.Typ[types.String])
}

func (b *builder) ident(x *ast.Ident) ID {
	if x.Name == "_" || x.Name == "nil" {
		return 0
	}
	obj := b.info.Defs[x]
	if obj == nil {
		obj = b.info.Uses[x]
	}
	if obj == nil {
		return 0
	}
	return b.use(obj, x)
}

// use returns the node of a use of an object.
func (b *builder) use(obj types.Object, e ast.Expr) ID {
	switch obj := obj.(type) {
	case *types.Const:
		s, ok := b.text(e)
		if !ok {
			return 0
		}
		if lit := b.constLit(obj); lit != nil {
			name := b.name
			b.name = ""
			id := b.val(lit)
			b.name = name
			return id
		}
		return b.constant(s, e)
	case *types.Var:
		return b.object(obj)
	case *types.Func:
		return b.funcValue(obj, e)
	}
	return 0
}

// object returns the node of a variable.
func (b *builder) object(obj types.Object) ID {
	if v, ok := obj.(*types.Var); ok {
		obj = v.Origin()
	}
	if id, ok := b.objects[obj]; ok {
		return id
	}
	t := obj.Type()
	if !interesting(t) {
		b.objects[obj] = 0
		return 0
	}
	n := Node{Kind: Var, Value: &Value{Text: obj.Name()}}
	if obj.Pkg() == b.pass.Pkg && obj.Pos().IsValid() {
		n.Span = b.spanOf(obj.Pos(), obj.Pos()+token.Pos(len(obj.Name())))
	}
	var id ID
	switch {
	case obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope():
		n.Kind, n.Name = Global, obj.Pkg().Path()+"."+obj.Name()
		id = b.named(n, t)
	default:
		id = b.node(n, t)
	}
	b.pointer(id, t)
	b.objects[obj] = id
	return id
}

func (b *builder) isPackage(e ast.Expr) bool {
	return b.packagePath(e) != ""
}

// packagePath returns the import path that an expression names.
func (b *builder) packagePath(e ast.Expr) string {
	id, ok := e.(*ast.Ident)
	if !ok {
		return ""
	}
	switch obj := b.info.Uses[id].(type) {
	case *types.PkgName:
		return obj.Imported().Path()
	case nil:
		if b.info.Defs[id] != nil {
			return ""
		}
	default:
		return ""
	}
	// Types are missing: use the imports of the file. The default name is the last
	// element of the path that is not a version.
	for _, imp := range b.file.Imports {
		p, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			continue
		}
		if imp.Name != nil {
			if imp.Name.Name == id.Name {
				return p
			}
			continue
		}
		if guessName(p) == id.Name {
			return p
		}
	}
	return ""
}

// guessName returns the name that a package most likely has by its path.
func guessName(path string) string {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if len(parts) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = parts[len(parts)-2]
	}
	last, _, _ = strings.Cut(strings.TrimSuffix(last, ".go"), ".v") // the path of a single-file program ends with the file
	last = strings.TrimPrefix(last, "go-")
	last = strings.TrimSuffix(last, "-go")
	return strings.ReplaceAll(last, "-", "_")
}

func (b *builder) selector(x *ast.SelectorExpr) ID {
	if path := b.packagePath(x.X); path != "" {
		if obj := b.info.Uses[x.Sel]; obj != nil {
			return b.use(obj, x)
		}
		// An object of a missing package.
		id := b.byName[path+"."+x.Sel.Name]
		if id == 0 {
			id = b.node(Node{Kind: Global, Value: &Value{Name: path + "." + x.Sel.Name, Text: x.Sel.Name, Span: b.span(x)}}, nil)
		}
		return id
	}
	if fn, ok := b.info.Uses[x.Sel].(*types.Func); ok {
		id := b.funcValue(fn, x)
		if sel := b.info.Selections[x]; sel != nil && sel.Kind() == types.MethodVal {
			if t, ok := b.funcOf[id]; ok && t.fn != nil {
				b.connect(Edge{From: b.val(x.X), To: t.fn.recv})
			}
		}
		return id
	}
	if t := b.info.TypeOf(x); t != nil && !interesting(t) {
		return 0
	}
	base := b.val(x.X)
	if base == 0 {
		base = b.node(Node{Value: &Value{Span: b.span(x.X)}}, b.info.TypeOf(x.X))
		b.values[x.X] = base
	}
	return b.sel(base, x.Sel.Name, x, x)
}

// sel returns the node of a part of a value.
func (b *builder) sel(base ID, key string, x *ast.SelectorExpr, e ast.Expr) ID {
	if base == 0 {
		return 0
	}
	if id, ok := b.sels[selKey{base, key}]; ok {
		return id
	}
	var t types.Type
	if x != nil {
		t = b.info.TypeOf(x)
	}
	text := key
	if b.Nodes[base].Text != "" && key != "" {
		text = b.Nodes[base].Text + "." + key
	}
	id := b.node(Node{Kind: Sel, Value: &Value{Text: text, Span: b.span(e)}}, t)
	b.sels[selKey{base, key}] = id
	b.connect(Edge{From: base, To: id, Kind: Proj, Key: key})
	if x != nil {
		owner, _ := b.fieldOf(x)
		b.connect(Edge{From: b.fieldNode(owner, key, t), To: id})
	}
	return id
}

// receiver returns the node of a method's receiver: of a promoted method, the embedded field.
func (b *builder) receiver(sel *ast.SelectorExpr) ID {
	id := b.val(sel.X)
	s := b.info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || len(s.Index()) < 2 || id == 0 {
		return id
	}
	t := s.Recv()
	for _, i := range s.Index()[:len(s.Index())-1] {
		st := structOf(t)
		if st == nil || i >= st.NumFields() {
			return id
		}
		v := st.Field(i)
		owner := b.ownerOf(v.Origin(), t)
		if owner == "" {
			return id // of an unknown type
		}
		part, ok := b.sels[selKey{id, v.Name()}]
		if !ok {
			part = b.node(Node{Kind: Sel, Value: &Value{Text: v.Name(), Span: b.span(sel.X)}}, v.Type())
			b.sels[selKey{id, v.Name()}] = part
			b.connect(Edge{From: id, To: part, Kind: Proj, Key: v.Name()})
			b.connect(Edge{From: b.fieldNode(owner, v.Name(), v.Type()), To: part})
		}
		id, t = part, v.Type()
	}
	return id
}

// fieldOf returns the named type that declares the selected field and its name on the wire.
// owner is "" for an unknown type: the requests of net/http must not share their fields.
func (b *builder) fieldOf(x *ast.SelectorExpr) (owner, wire string) {
	v, ok := b.info.Uses[x.Sel].(*types.Var)
	if !ok || !v.IsField() {
		return "", ""
	}
	v = v.Origin()
	sel := b.info.Selections[x]
	var t types.Type
	if sel != nil {
		t = sel.Recv()
		index := sel.Index()
		for _, i := range index[:len(index)-1] {
			if s := structOf(t); s != nil && i < s.NumFields() {
				t = s.Field(i).Type()
			}
		}
	}
	if s := structOf(t); s != nil {
		for i := range s.NumFields() {
			if s.Field(i).Origin() == v || s.Field(i).Name() == v.Name() {
				wire = wireName(s.Field(i), s.Tag(i))
				break
			}
		}
	}
	return b.ownerOf(v, t), wire
}

func (b *builder) ownerOf(v *types.Var, t types.Type) string {
	if o, ok := b.owners[v]; ok {
		return o
	}
	pkg, name := namedType(t)
	if pkg == "" || !b.inSight(pkg) {
		return ""
	}
	return pkg + "." + name
}

// inSight reports whether the code of a package is analysed, or may be.
func (b *builder) inSight(pkg string) bool {
	if pkg == b.Path || b.local[pkg] {
		return true
	}
	return b.module != "" && (pkg == b.module || strings.HasPrefix(pkg, b.module+"/"))
}

// ownModule reports whether a package belongs to the module of the analysed package.
func (b *builder) ownModule(pkg string) bool {
	return pkg == b.Path || b.module != "" && (pkg == b.module || strings.HasPrefix(pkg, b.module+"/"))
}

func (b *builder) fieldNode(owner, name string, t types.Type) ID {
	if owner == "" || t != nil && !interesting(t) {
		return 0
	}
	return b.named(Node{Kind: Field, Value: &Value{Name: owner + "." + name, Text: name}}, t)
}

func (b *builder) index(x *ast.IndexExpr) ID {
	if t := b.info.TypeOf(x); t != nil && !interesting(t) {
		return 0
	}
	base := b.val(x.X)
	_, isMap := underlying(b.typeOf(x.X)).(*types.Map)
	if !isMap && !invalid(b.info.TypeOf(x.X)) {
		return base // an element of a slice stands for the slice
	}
	key, _ := b.text(x.Index)
	b.val(x.Index)
	return b.sel(base, key, nil, x)
}

// plain returns a node for a value of an uninteresting type, such as a number. The container in which
// it is stored may be interesting.
func (b *builder) plain(src ast.Expr) ID {
	n := Node{Value: &Value{Span: b.span(src)}}
	if src != nil {
		if text := types.ExprString(src); len(text) < 200 {
			n.Text = text
		}
	}
	return b.node(n, types.Typ[types.Bool])
}
