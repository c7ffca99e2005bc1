package valueflow

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/library"
)

// A builder makes the graph of one package on top of the facts of lower packages.
type builder struct {
	*Graph
	pass   *analysis.Pass
	info   *types.Info
	module string

	objects  map[types.Object]ID
	values   map[ast.Expr]ID
	results  map[*ast.CallExpr][]ID
	sels     map[selKey]ID
	extent   extent
	chosen   map[*ast.FuncDecl]bool // the bodies to analyse; nil for all
	left     map[*types.Func]bool   // the functions of the package whose bodies are not analysed
	funcs    map[string]*function   // functions with known bodies, by full name
	literals map[*ast.FuncLit]*function
	funcOf   map[ID]target // by Func node
	owners   map[*types.Var]string
	dynamic  []dynamicCall
	ifaces   map[*types.Func]bool // interface methods that are called
	local    map[string]bool      // paths of packages that were analysed: they have nodes from below
	passed   []passedFunc
	abstract []abstractCall
	consts   constants
	changed  map[ID]bool // values that unknown calls change in place

	file  *ast.File
	fn    *function
	name  string          // of the enclosing declaration
	tails map[ID]string   // constant text at the end of a buffer or of a text variable
	wrote map[ID]ast.Expr // the piece before that in a buffer, which is not constant

	pointers     map[ID]bool // variables that point to text
	pairs        []pair      // each once
	structLits   []structLit
	listLits     []listLit
	elementPairs map[[2]int64][]ID // the nodes of the names

	ranges map[[2]types.Object]ID // maps that loops go over, by the variables for key and value
}

// A function has a known body: in this package, or in the facts of a lower package.
type function struct {
	name    string
	recv    ID
	params  []ID
	results []ID
	vari    bool
	linked  bool // of an interface: the program has an implementation
}

type selKey struct {
	base ID
	key  string
}

// A target is a function that a function value can be.
type target struct {
	fn             *function
	pkg, recv, fun string // a function without known body
}

type dynamicCall struct {
	call int32
	fun  ID
}

// A passedFunc is a function value that an unknown function may call.
type passedFunc struct {
	call int32
	fun  ID
}

func build(pass *analysis.Pass, below []*segment, names symbols, extent extent) *Graph {
	b := &builder{
		Graph:    newGraph(pass.Pkg.Path()),
		pass:     pass,
		info:     pass.TypesInfo,
		objects:  map[types.Object]ID{},
		values:   map[ast.Expr]ID{},
		results:  map[*ast.CallExpr][]ID{},
		sels:     map[selKey]ID{},
		funcs:    map[string]*function{},
		literals: map[*ast.FuncLit]*function{},
		left:     map[*types.Func]bool{},
		funcOf:   map[ID]target{},
		owners:   map[*types.Var]string{},
		ifaces:   map[*types.Func]bool{},
		local:    map[string]bool{},
		tails:    map[ID]string{},
		wrote:    map[ID]ast.Expr{},
		ranges:   map[[2]types.Object]ID{},
	}
	if pass.Module != nil {
		b.module = pass.Module.Path
	}
	b.lieOn(below)
	b.local[""] = true
	for _, s := range below {
		if slices.ContainsFunc(s.nodes, func(n Node) bool { return n.Span.PkgPath != "" }) {
			b.local[s.path] = true
		}
	}
	b.extent = extent
	b.chosen = b.choose(names)
	if b.chosen != nil && extent == usual {
		b.again = func(scale int) *Graph { return build(pass, below, names, wide(scale)) }
	}
	b.declare()
	for _, f := range pass.Files {
		b.file = f
		name := b.pass.Fset.File(f.FileStart).Name()
		for _, imp := range f.Imports {
			if p, err := strconv.Unquote(imp.Path.Value); err == nil {
				b.Imports[name] = append(b.Imports[name], p)
			}
		}
		b.Words[name] = hosts(f)
		for _, d := range f.Decls {
			b.decl(d)
		}
	}
	b.namePairs()
	b.tokenSources()
	b.linkInterfaces()
	b.openAbstract()
	// Calls through function values need the graph, and add edges for function values.
	for range 2 {
		b.resolveDynamic()
	}
	b.resolveBelow()
	b.resolveBroken()
	b.aliases()
	return b.Graph
}

// declare makes the nodes of every function of the package, and the owner of every field.
func (b *builder) declare() {
	scope := b.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		b.ownFields(tn.Type(), b.Path+"."+name, 0)
	}
	for _, f := range b.pass.Files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			obj, ok := b.info.Defs[fd.Name].(*types.Func)
			if !ok || fd.Body == nil {
				continue
			}
			if b.chosen != nil && !b.chosen[fd] {
				b.left[obj] = true
				continue
			}
			b.declareFunc(obj, fd)
		}
	}
}

// ownFields sets the owner of the fields of a structure, and of structures written inside it.
func (b *builder) ownFields(t types.Type, owner string, depth int) {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if depth > 4 {
			return
		}
		for i := range u.NumFields() {
			f := u.Field(i)
			if _, known := b.owners[f]; known {
				continue
			}
			b.owners[f] = owner
			switch ft := deref(f.Type()).(type) {
			case *types.Struct:
				b.ownFields(ft, owner+"."+f.Name(), depth+1)
			case *types.Slice:
				if _, ok := ft.Elem().(*types.Struct); ok {
					b.ownFields(ft.Elem(), owner+"."+f.Name(), depth+1)
				}
			}
		}
	}
}

func (b *builder) declareFunc(obj *types.Func, fd *ast.FuncDecl) {
	name := obj.FullName()
	fn := &function{name: name}
	sig := obj.Type().(*types.Signature)
	fn.vari = sig.Variadic()
	b.name = name
	if r := sig.Recv(); r != nil {
		fn.recv = b.param(r, name+"$recv", fd.Recv)
	}
	for i := range sig.Params().Len() {
		fn.params = append(fn.params, b.param(sig.Params().At(i), name+"$p"+strconv.Itoa(i), fd.Type.Params))
	}
	for i := range sig.Results().Len() {
		v := sig.Results().At(i)
		if !interesting(v.Type()) {
			fn.results = append(fn.results, 0)
			continue
		}
		id := b.named(Node{Kind: Result, Value: &Value{Name: name + "$r" + strconv.Itoa(i), Text: obj.Name(), Span: b.span(fd.Name)}}, v.Type())
		fn.results = append(fn.results, id)
		b.objects[v] = id
	}
	b.funcs[name] = fn
	b.name = ""
}

func (b *builder) param(v *types.Var, name string, fl *ast.FieldList) ID {
	if !interesting(v.Type()) {
		return 0
	}
	n := Node{Kind: Param, Value: &Value{Name: name, Text: v.Name()}}
	if v.Pos().IsValid() {
		n.Span = b.spanOf(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	} else if fl != nil {
		n.Span = b.span(fl)
	}
	id := b.named(n, v.Type())
	b.pointer(id, v.Type())
	b.objects[v] = id
	return id
}

// pointer records a variable that points to text.
func (b *builder) pointer(n ID, t types.Type) {
	if p, ok := t.Underlying().(*types.Pointer); ok && n != 0 && isString(p.Elem()) {
		if b.pointers == nil {
			b.pointers = map[ID]bool{}
		}
		b.pointers[n] = true
	}
}

// named adds a node with a stable name, or returns the one that is there.
func (b *builder) named(n Node, t types.Type) ID {
	if id := b.byName[n.Name]; id != 0 {
		return id
	}
	return b.node(n, t)
}

// node adds a node of a type.
func (b *builder) node(n Node, t types.Type) ID {
	n.Holds, n.Bytes = holds(t), isText(t)
	pkg, name := namedType(t)
	n.Reply = name == "ResponseWriter" && pkg == "net/http"
	n.Asked = library.Asked(pkg, name)
	return b.add(n)
}

func (b *builder) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Body == nil || b.chosen != nil && !b.chosen[d] {
			return
		}
		obj, ok := b.info.Defs[d.Name].(*types.Func)
		if !ok {
			return
		}
		b.fn = b.funcs[obj.FullName()]
		b.name = obj.FullName()
		b.block(d.Body)
		b.fn, b.name = nil, ""
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if vs, ok := s.(*ast.ValueSpec); ok && (d.Tok == token.VAR || d.Tok == token.CONST) {
				b.valueSpec(vs, d)
			}
		}
	}
}

func (b *builder) valueSpec(vs *ast.ValueSpec, d *ast.GenDecl) {
	if d != nil && d.Tok == token.CONST {
		// A use of a constant finds its text. URLs get a node even without a use here, because they are evidence for the vendor.
		for _, v := range vs.Values {
			if s, ok := b.text(v); ok && strings.Contains(s, "://") {
				b.val(v)
			}
		}
		return
	}
	lhs := make([]ast.Expr, len(vs.Names))
	for i, n := range vs.Names {
		lhs[i] = n
	}
	b.assign(lhs, vs.Values, vs)
	if d != nil && len(vs.Values) == 0 {
		b.embed(vs, d)
	}
}

// embed adds a load for a //go:embed directive.
func (b *builder) embed(vs *ast.ValueSpec, d *ast.GenDecl) {
	for _, doc := range []*ast.CommentGroup{vs.Doc, d.Doc} {
		if doc == nil {
			continue
		}
		for _, c := range doc.List {
			rest, ok := strings.CutPrefix(c.Text, "//go:embed ")
			if !ok {
				continue
			}
			id := b.val(vs.Names[0])
			if id == 0 {
				return
			}
			n := len(b.Calls)
			src := b.node(Node{Kind: Called, Call: int32(n + 1), Value: &Value{Text: "go:embed", Span: b.span(vs)}}, nil)
			b.Calls = append(b.Calls, Call{CallSite: &CallSite{Name: "go:embed " + strings.TrimSpace(rest), Span: b.span(vs)}, Results: []ID{src}, Site: src})
			b.connect(Edge{From: src, To: id})
			return
		}
	}
}

// span returns the span of a node.
func (b *builder) span(n ast.Node) Span {
	if n == nil {
		return Span{}
	}
	return b.spanOf(n.Pos(), n.End())
}

func (b *builder) spanOf(pos, end token.Pos) Span {
	tf := b.pass.Fset.File(pos)
	if tf == nil {
		return Span{}
	}
	// The unadjusted position: a //line directive must not move a span to another file.
	p := tf.PositionFor(pos, false)
	e := p.Offset
	if end.IsValid() && int(end) <= tf.Base()+tf.Size() {
		e = tf.Offset(end)
	}
	return Span{File: p.Filename, Line: p.Line, Column: p.Column, Offset: p.Offset, End: e, PkgPath: b.Path, EnclosedBy: b.name}
}

// text returns the string of a constant expression, or of a variable with a fixed text.
func (b *builder) text(e ast.Expr) (string, bool) {
	if tv, ok := b.info.Types[e]; ok && tv.Value != nil && tv.Value.Kind() == constant.String {
		return constant.StringVal(tv.Value), true
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.ParenExpr:
		return b.text(e.X)
	case *ast.Ident:
		switch o := b.info.Uses[e].(type) {
		case *types.Const:
			if o.Val().Kind() == constant.String {
				return constant.StringVal(o.Val()), true
			}
		case *types.Var:
			return b.fixedText(o)
		}
	case *ast.SelectorExpr:
		if c, ok := b.info.Uses[e.Sel].(*types.Const); ok && c.Val().Kind() == constant.String {
			return constant.StringVal(c.Val()), true
		}
	case *ast.CallExpr: // string(constant)
		if len(e.Args) == 1 && b.isType(e.Fun) {
			return b.text(e.Args[0])
		}
	}
	return "", false
}

func (b *builder) isType(e ast.Expr) bool {
	if tv, ok := b.info.Types[e]; ok && tv.IsType() {
		return true
	}
	switch e := e.(type) {
	case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.StructType, *ast.InterfaceType:
		return true
	case *ast.ParenExpr:
		return b.isType(e.X)
	case *ast.StarExpr:
		return b.isType(e.X)
	case *ast.Ident:
		_, ok := b.info.Uses[e].(*types.TypeName)
		return ok
	case *ast.SelectorExpr:
		_, ok := b.info.Uses[e.Sel].(*types.TypeName)
		return ok
	}
	return false
}

func (b *builder) typeOf(e ast.Expr) types.Type {
	if t := b.info.TypeOf(e); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}
