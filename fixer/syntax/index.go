package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/load"
)

// An Index finds syntax by span and uses by object, over all packages of a module.
// It is built once and serves every flow.
type Index struct {
	Files map[string]*File // by absolute path
	Uses  map[types.Object][]*ast.Ident
	In    map[*ast.Ident]*File
	Decls map[types.Object]*Func // functions and methods with bodies

	Budget   int              // multiplies the limits of package budget; 0 is 1
	Declared library.Declared // effects of functions, from the configuration

	decl      map[types.Object]*ast.Ident
	isPrivate func(path string) bool
}

// A File is one source file with the parents of its nodes.
type File struct {
	Pkg    *load.Package
	Path   string
	Syntax *ast.File
	Src    []byte
	Parent map[ast.Node]ast.Node
}

// A fn is a function, method or function literal with a body.
type Func struct {
	File *File
	Node ast.Node // *ast.FuncDecl or *ast.FuncLit
	Obj  *types.Func
	Body *ast.BlockStmt
	Type *ast.FuncType
	Recv *ast.FieldList
}

// NewIndex indexes the packages.
func NewIndex(pkgs []*load.Package) *Index {
	ix := &Index{
		Files: map[string]*File{},
		Uses:  map[types.Object][]*ast.Ident{},
		In:    map[*ast.Ident]*File{},
		Decls: map[types.Object]*Func{},

		decl:      map[types.Object]*ast.Ident{},
		isPrivate: Private(pkgs, false),
	}
	for _, pkg := range pkgs {
		for i, syntax := range pkg.Syntax {
			path := pkg.Files[i]
			if ix.Files[path] != nil {
				continue // a test variant parses its package's files again; the first one counts
			}
			ix.add(&File{Pkg: pkg, Path: path, Syntax: syntax, Src: pkg.Source[path], Parent: map[ast.Node]ast.Node{}})
		}
	}
	return ix
}

func (ix *Index) add(f *File) {
	ix.Files[f.Path] = f
	var stack []ast.Node
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			f.Parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.Ident:
			ix.In[n] = f
			if obj := f.Pkg.Info.Defs[n]; obj != nil {
				ix.decl[obj] = n
			}
			if obj := Origin(f.Pkg.Info.Uses[n]); obj != nil {
				ix.Uses[obj] = append(ix.Uses[obj], n)
			}
		case *ast.FuncDecl:
			if n.Body != nil {
				obj, _ := f.Pkg.Info.Defs[n.Name].(*types.Func)
				d := &Func{File: f, Node: n, Obj: obj, Body: n.Body, Type: n.Type, Recv: n.Recv}
				if obj != nil {
					ix.Decls[obj] = d
				}
			}
		}
		return true
	})
}

// Origin returns the declaration of a method or field of an instantiated type.
func Origin(obj types.Object) types.Object {
	switch o := obj.(type) {
	case *types.Func:
		return o.Origin()
	case *types.Var:
		return o.Origin()
	}
	return obj
}

// Offset returns the byte offset of pos in the file; it ignores //line directives.
func (f *File) Offset(pos token.Pos) int { return f.Pkg.Fset.File(pos).Offset(pos) }

// Text returns the source of a node.
func (f *File) Text(n ast.Node) string { return string(f.Src[f.Offset(n.Pos()):f.Offset(n.End())]) }

// FirstOnLine reports whether only blanks are between the beginning of the line and a byte offset.
func (f *File) FirstOnLine(offset int) bool {
	for offset > 0 && f.Src[offset-1] != '\n' {
		if offset--; f.Src[offset] != ' ' && f.Src[offset] != '\t' {
			return false
		}
	}
	return true
}

// Place returns a position for a message: base name and line.
func (f *File) Place(n ast.Node) string { return f.PlaceAt(n.Pos()) }

// PlaceAt is Place for a position.
func (f *File) PlaceAt(pos token.Pos) string {
	p := f.Pkg.Fset.PositionFor(pos, false)
	name := p.Filename
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return name + ":" + strconv.Itoa(p.Line)
}

func (f *File) TypeOf(e ast.Expr) types.Type { return f.Pkg.Info.TypeOf(e) }

// Object returns the object that an identifier uses or defines.
func (f *File) Object(id *ast.Ident) types.Object {
	return Origin(f.Pkg.Info.ObjectOf(id))
}

// Denoted returns the object that an identifier or the end of a selector denotes, nil for another expression.
func (f *File) Denoted(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return f.Object(e)
	case *ast.SelectorExpr:
		return f.Object(e.Sel)
	}
	return nil
}

// Node returns the node of a span: the expression with exactly these bytes, or the innermost statement or spec
// around them.
func (ix *Index) Node(s flow.Span) (*File, ast.Node) {
	f := ix.Files[s.File]
	if f == nil || s.IsZero() {
		return nil, nil
	}
	var exact, around ast.Node
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if n == nil || exact != nil {
			return false
		}
		from, to := f.Offset(n.Pos()), f.Offset(n.End())
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

// Call returns the call of a span, or the call around it.
func (ix *Index) Call(s flow.Span) (*File, *ast.CallExpr) {
	f, n := ix.Node(s)
	for n != nil {
		if c, ok := n.(*ast.CallExpr); ok {
			return f, c
		}
		n = f.Parent[n]
	}
	return f, nil
}

// Enclosing returns the innermost function or function literal around the node.
func (ix *Index) Enclosing(f *File, n ast.Node) *Func {
	for n = f.Parent[n]; n != nil; n = f.Parent[n] {
		switch d := n.(type) {
		case *ast.FuncLit:
			return &Func{File: f, Node: d, Body: d.Body, Type: d.Type}
		case *ast.FuncDecl:
			if obj := f.Pkg.Info.Defs[d.Name]; obj != nil && ix.Decls[obj] != nil {
				return ix.Decls[obj]
			}
			return &Func{File: f, Node: d, Body: d.Body, Type: d.Type, Recv: d.Recv}
		}
	}
	return nil
}

// Outer returns the declared function around the node, past function literals.
func (ix *Index) Outer(f *File, n ast.Node) *Func {
	d := ix.Enclosing(f, n)
	for d != nil && d.Obj == nil {
		up := ix.Enclosing(f, d.Node)
		if up == nil {
			return d
		}
		d = up
	}
	return d
}

// Whole returns the selection whose field or method is the name (pkg.Name, x.name), or the name itself.
func (f *File) Whole(id *ast.Ident) ast.Expr {
	if sel, ok := f.Parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
		return sel
	}
	return id
}

// Stmt returns the statement of a block (or case, or the init of an if) around the node.
func (f *File) Stmt(n ast.Node) ast.Stmt {
	for ; n != nil; n = f.Parent[n] {
		if s, ok := n.(ast.Stmt); ok {
			return s
		}
	}
	return nil
}

// List returns the statement list with s, and its index.
func (f *File) List(s ast.Stmt) ([]ast.Stmt, int) {
	var l []ast.Stmt
	switch p := f.Parent[s].(type) {
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

// Callee returns the declared function of a call, if there is only one possible.
func (ix *Index) Callee(f *File, c *ast.CallExpr) *types.Func {
	id := library.NameOf(c.Fun)
	if id == nil {
		return nil
	}
	obj, _ := f.Object(id).(*types.Func)
	return obj
}

// Target returns the function of these packages that a call reaches, or nil.
func (ix *Index) Target(f *File, c *ast.CallExpr) *Func {
	if obj := ix.Callee(f, c); obj != nil {
		return ix.Decls[obj]
	}
	return nil
}

// A CallSite is a call with its file.
type CallSite struct {
	File *File
	Call *ast.CallExpr
}

// Callers returns the calls of a function, and whether these are all its uses
// (a function that is also used as a value can be called from anywhere).
func (ix *Index) Callers(obj types.Object) (sites []CallSite, all bool) {
	all = true
	for _, id := range ix.Uses[obj] {
		f := ix.In[id]
		n := f.Whole(id)
		switch x := f.Parent[n].(type) {
		case *ast.IndexExpr: // fetch[Token](…)
			if x.X == n {
				n = x
			}
		case *ast.IndexListExpr:
			if x.X == n {
				n = x
			}
		}
		if c, ok := f.Parent[n].(*ast.CallExpr); ok && c.Fun == n {
			sites = append(sites, CallSite{f, c})
		} else {
			all = false
		}
	}
	return sites, all
}

// Dynamic returns the calls of an interface's method that may reach the method obj of a type.
func (ix *Index) Dynamic(obj *types.Func) []CallSite {
	recv := obj.Signature().Recv()
	if recv == nil || types.IsInterface(recv.Type()) {
		return nil
	}
	var sites []CallSite
	for use := range ix.Uses {
		m, ok := use.(*types.Func)
		if !ok || m.Name() != obj.Name() || m.Signature().Recv() == nil {
			continue
		}
		if i, ok := m.Signature().Recv().Type().Underlying().(*types.Interface); ok && types.Implements(recv.Type(), i) {
			more, _ := ix.Callers(m)
			sites = append(sites, more...)
		}
	}
	return sites
}

// Param returns the index of a parameter, or -1 for the receiver. ok is false for other objects.
func (d *Func) Param(obj types.Object) (index int, ok bool) {
	i := 0
	for _, fld := range d.Type.Params.List {
		for _, name := range fld.Names {
			if d.File.Pkg.Info.Defs[name] == obj {
				return i, true
			}
			i++
		}
		if len(fld.Names) == 0 {
			i++
		}
	}
	if d.Recv != nil {
		for _, fld := range d.Recv.List {
			for _, name := range fld.Names {
				if d.File.Pkg.Info.Defs[name] == obj {
					return -1, true
				}
			}
		}
	}
	return 0, false
}

// Params returns the names of the parameters in order; nil if one has no name.
func (d *Func) Params() []*ast.Ident {
	var out []*ast.Ident
	for _, fld := range d.Type.Params.List {
		if len(fld.Names) == 0 {
			out = append(out, nil)
		}
		out = append(out, fld.Names...)
	}
	return out
}

// Private reports whether only the module can call the function.
func (ix *Index) Private(d *Func) bool { return ix.isPrivate(d.File.Pkg.Path) }

func (s CallSite) Span() flow.Span { return s.File.Span(s.Call) }

func (f *File) Span(n ast.Node) flow.Span {
	return flow.Span{File: f.Path, Offset: f.Offset(n.Pos()), End: f.Offset(n.End()), PkgPath: f.Pkg.Path}
}

// PrivatePath reports whether only the module imports the package.
func (ix *Index) PrivatePath(path string) bool { return ix.isPrivate(path) }
