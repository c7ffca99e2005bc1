package plan

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/load"
)

// An Index finds syntax by span and uses by object, over all packages of a module.
// It is built once and serves every flow.
type Index struct {
	files map[string]*file // by absolute path
	uses  map[types.Object][]*ast.Ident
	in    map[*ast.Ident]*file
	decls map[types.Object]*fn // functions and methods with bodies

	isPrivate func(path string) bool
}

// A file is one source file with what is needed to walk up and to quote it.
type file struct {
	pkg    *load.Package
	path   string
	syntax *ast.File
	src    []byte
	parent map[ast.Node]ast.Node
}

// A fn is a function, method or function literal with a body.
type fn struct {
	file *file
	node ast.Node // *ast.FuncDecl or *ast.FuncLit
	obj  *types.Func
	body *ast.BlockStmt
	typ  *ast.FuncType
	recv *ast.FieldList
}

// NewIndex indexes the packages.
func NewIndex(pkgs []*load.Package) *Index {
	ix := &Index{
		files: map[string]*file{},
		uses:  map[types.Object][]*ast.Ident{},
		in:    map[*ast.Ident]*file{},
		decls: map[types.Object]*fn{},

		isPrivate: Private(pkgs, false),
	}
	for _, pkg := range pkgs {
		for i, syntax := range pkg.Syntax {
			path := pkg.Files[i]
			if ix.files[path] != nil {
				continue // a test variant parses its package's files again; the first one counts
			}
			ix.add(&file{pkg: pkg, path: path, syntax: syntax, src: pkg.Source[path], parent: map[ast.Node]ast.Node{}})
		}
	}
	return ix
}

func (ix *Index) add(f *file) {
	ix.files[f.path] = f
	var stack []ast.Node
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			f.parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.Ident:
			ix.in[n] = f
			if obj := origin(f.pkg.Info.Uses[n]); obj != nil {
				ix.uses[obj] = append(ix.uses[obj], n)
			}
		case *ast.FuncDecl:
			if n.Body != nil {
				obj, _ := f.pkg.Info.Defs[n.Name].(*types.Func)
				d := &fn{file: f, node: n, obj: obj, body: n.Body, typ: n.Type, recv: n.Recv}
				if obj != nil {
					ix.decls[obj] = d
				}
			}
		}
		return true
	})
}

// origin maps the methods and fields of instantiated types to their declarations.
func origin(obj types.Object) types.Object {
	switch o := obj.(type) {
	case *types.Func:
		return o.Origin()
	case *types.Var:
		return o.Origin()
	}
	return obj
}

// offset returns the byte offset of pos in the file, whatever //line says.
func (f *file) offset(pos token.Pos) int { return f.pkg.Fset.File(pos).Offset(pos) }

// text quotes the node as it stands in the file.
func (f *file) text(n ast.Node) string { return string(f.src[f.offset(n.Pos()):f.offset(n.End())]) }

// place names a position for a message: base name and line.
func (f *file) place(n ast.Node) string {
	p := f.pkg.Fset.PositionFor(n.Pos(), false)
	name := p.Filename
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return name + ":" + strconv.Itoa(p.Line)
}

func (f *file) typeOf(e ast.Expr) types.Type { return f.pkg.Info.TypeOf(e) }

// object returns what an identifier stands for, used or defined here.
func (f *file) object(id *ast.Ident) types.Object {
	return origin(f.pkg.Info.ObjectOf(id))
}

// node finds the syntax that a span names: the expression with exactly these bytes,
// else the innermost statement or specification that holds them.
func (ix *Index) node(s flow.Span) (*file, ast.Node) {
	f := ix.files[s.File]
	if f == nil || s.IsZero() {
		return nil, nil
	}
	var exact, around ast.Node
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if n == nil || exact != nil {
			return false
		}
		from, to := f.offset(n.Pos()), f.offset(n.End())
		if from > s.Offset || to < s.End {
			return false
		}
		if from == s.Offset && to == s.End {
			switch n := n.(type) {
			case ast.Expr, *ast.KeyValueExpr, *ast.ValueSpec:
				exact = n
				return false
			}
		}
		around = n
		return true
	})
	if exact != nil {
		return f, exact
	}
	return f, around
}

// call finds the call that a span names, or the call that holds it.
func (ix *Index) call(s flow.Span) (*file, *ast.CallExpr) {
	f, n := ix.node(s)
	for n != nil {
		if c, ok := n.(*ast.CallExpr); ok {
			return f, c
		}
		n = f.parent[n]
	}
	return f, nil
}

// enclosing returns the function that the node lies in, the innermost literal first.
func (ix *Index) enclosing(f *file, n ast.Node) *fn {
	for n = f.parent[n]; n != nil; n = f.parent[n] {
		switch d := n.(type) {
		case *ast.FuncLit:
			return &fn{file: f, node: d, body: d.Body, typ: d.Type}
		case *ast.FuncDecl:
			if obj := f.pkg.Info.Defs[d.Name]; obj != nil && ix.decls[obj] != nil {
				return ix.decls[obj]
			}
			return &fn{file: f, node: d, body: d.Body, typ: d.Type, recv: d.Recv}
		}
	}
	return nil
}

// outer returns the declared function around the node, past function literals.
func (ix *Index) outer(f *file, n ast.Node) *fn {
	d := ix.enclosing(f, n)
	for d != nil && d.obj == nil {
		up := ix.enclosing(f, d.node)
		if up == nil {
			return d
		}
		d = up
	}
	return d
}

// stmt returns the statement of a block (or case, or the init of an if) that holds the node.
func (f *file) stmt(n ast.Node) ast.Stmt {
	for ; n != nil; n = f.parent[n] {
		if s, ok := n.(ast.Stmt); ok {
			return s
		}
	}
	return nil
}

// list returns the statement list that s stands in, and where.
func (f *file) list(s ast.Stmt) ([]ast.Stmt, int) {
	var l []ast.Stmt
	switch p := f.parent[s].(type) {
	case *ast.BlockStmt:
		l = p.List
	case *ast.CaseClause:
		l = p.Body
	case *ast.CommClause:
		l = p.Body
	}
	for i := range l {
		if l[i] == s {
			return l, i
		}
	}
	return nil, -1
}

// callee returns the declared function that a call reaches, if it can only be one.
func (ix *Index) callee(f *file, c *ast.CallExpr) *types.Func {
	fun := ast.Unparen(c.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	var id *ast.Ident
	switch x := fun.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	}
	if id == nil {
		return nil
	}
	obj, _ := f.object(id).(*types.Func)
	return obj
}

// body returns the function of these packages that a call reaches, or nil.
func (ix *Index) target(f *file, c *ast.CallExpr) *fn {
	if obj := ix.callee(f, c); obj != nil {
		return ix.decls[obj]
	}
	return nil
}

// A callSite is a call and the file it stands in.
type callSite struct {
	file *file
	call *ast.CallExpr
}

// callers returns the calls of a function, and whether these are all its uses
// (a function that is also used as a value can be called from anywhere).
func (ix *Index) callers(obj types.Object) (sites []callSite, all bool) {
	all = true
	for _, id := range ix.uses[obj] {
		f := ix.in[id]
		var n ast.Node = id
		if sel, ok := f.parent[n].(*ast.SelectorExpr); ok && sel.Sel == id {
			n = sel
		}
		switch x := f.parent[n].(type) {
		case *ast.IndexExpr: // fetch[Token](…)
			if x.X == n {
				n = x
			}
		case *ast.IndexListExpr:
			if x.X == n {
				n = x
			}
		}
		if c, ok := f.parent[n].(*ast.CallExpr); ok && c.Fun == n {
			sites = append(sites, callSite{f, c})
		} else {
			all = false
		}
	}
	return sites, all
}

// dynamic returns the calls of an interface's method that may reach the method obj of a type.
func (ix *Index) dynamic(obj *types.Func) []callSite {
	recv := obj.Signature().Recv()
	if recv == nil || types.IsInterface(recv.Type()) {
		return nil
	}
	var sites []callSite
	for use := range ix.uses {
		m, ok := use.(*types.Func)
		if !ok || m.Name() != obj.Name() || m.Signature().Recv() == nil {
			continue
		}
		if i, ok := m.Signature().Recv().Type().Underlying().(*types.Interface); ok && types.Implements(recv.Type(), i) {
			more, _ := ix.callers(m)
			sites = append(sites, more...)
		}
	}
	return sites
}

// param returns the position of a parameter: its index, or -1 for the receiver; ok tells whether it is one.
func (d *fn) param(obj types.Object) (index int, ok bool) {
	i := 0
	for _, fld := range d.typ.Params.List {
		for _, name := range fld.Names {
			if d.file.pkg.Info.Defs[name] == obj {
				return i, true
			}
			i++
		}
		if len(fld.Names) == 0 {
			i++
		}
	}
	if d.recv != nil {
		for _, fld := range d.recv.List {
			for _, name := range fld.Names {
				if d.file.pkg.Info.Defs[name] == obj {
					return -1, true
				}
			}
		}
	}
	return 0, false
}

// params returns the parameters' names in order; nil where one has none.
func (d *fn) params() []*ast.Ident {
	var out []*ast.Ident
	for _, fld := range d.typ.Params.List {
		if len(fld.Names) == 0 {
			out = append(out, nil)
		}
		out = append(out, fld.Names...)
	}
	return out
}

// private reports whether nobody outside of the module can call the function.
func (ix *Index) private(d *fn) bool { return ix.isPrivate(d.file.pkg.Path) }
