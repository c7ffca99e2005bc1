package slice

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/applied"
	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

// A file is one parsed file with what is needed to look around in it.
type file struct {
	pkg    *load.Package
	syntax *ast.File
	path   string
	src    []byte
	test   bool
	now    *applied.File // the changed file that this is, if it is one
}

func (f *file) pos(n ast.Node) token.Position { return f.pkg.Fset.PositionFor(n.Pos(), false) }

func (f *file) text(n ast.Node) string {
	tf := f.pkg.Fset.File(n.Pos())
	if tf == nil {
		return ""
	}
	from, to := tf.Offset(n.Pos()), tf.Offset(n.End())
	if to > len(f.src) || from > to {
		return ""
	}
	return string(f.src[from:to])
}

// A scope says what is known of the packages beside their syntax.
type scope struct {
	Private  func(path string) bool // whether nobody outside of the packages imports a package; nil is never
	Declared library.Declared       // what the user says of functions that the library table does not have
	Apart    map[string]bool        // files behind build constraints that change on their own
}

// A prog is the module: its files, where each object is declared and where it is used.
type prog struct {
	pkgs   []*load.Package
	set    *change.Set
	opts   scope
	files  []*file
	parent map[ast.Node]ast.Node
	home   map[*ast.Ident]ast.Node // the function, literal or file around an identifier
	fileOf map[*ast.File]*file

	decls map[types.Object]ast.Node // the *ast.Field, spec, *ast.FuncDecl or identifier that declares it

	texts  map[ast.Node]*snippet // the texts of the core change, by the node that they take the place of
	fronts map[ast.Stmt]*snippet // and by the statement that they stand in front of
	inText map[types.Object]bool // objects that a text names

	names        map[types.Object]*ast.Ident
	uses         map[types.Object][]*ast.Ident
	isRead       map[types.Object]bool // what reads has found
	inFile       map[types.Object]*file
	at           map[string]types.Object // by place, for objects that came from export data
	paths        map[string]bool         // import paths of pkgs
	owner        map[*types.Var]string   // name of the type that a field belongs to
	dynamic      map[types.Object]bool   // methods that satisfy an interface
	decoded      map[*types.Var]bool     // fields of structs that are filled by reflection
	inConversion map[*types.Var]bool     // fields of structs that are converted
	lookedAt     bool
	listed       map[string]bool           // names in lists, see listNames
	wrappers     map[*types.Func]*lookupBy // functions that read a setting by a name that they are given

	elsewhere map[types.Object]bool // objects that files behind build constraints name

	reached  map[*types.Func][]*types.Func // what implementations has found
	external map[types.Object]bool         // objects that other than Go code names

	outsiders map[types.Type]bool // types of other modules that there are values of, see foreign
}

func index(pkgs []*load.Package, set *change.Set, opts scope) (*prog, error) {
	p := &prog{
		pkgs: pkgs, set: set, opts: opts,
		parent:   map[ast.Node]ast.Node{},
		home:     map[*ast.Ident]ast.Node{},
		fileOf:   map[*ast.File]*file{},
		decls:    map[types.Object]ast.Node{},
		names:    map[types.Object]*ast.Ident{},
		uses:     map[types.Object][]*ast.Ident{},
		reached:  map[*types.Func][]*types.Func{},
		isRead:   map[types.Object]bool{},
		inFile:   map[types.Object]*file{},
		at:       map[string]types.Object{},
		paths:    map[string]bool{},
		owner:    map[*types.Var]string{},
		wrappers: map[*types.Func]*lookupBy{},
		decoded:  map[*types.Var]bool{}, inConversion: map[*types.Var]bool{},
	}
	for _, pkg := range pkgs {
		p.paths[pkg.Path] = true
		if pkg.Types != nil {
			p.paths[pkg.Types.Path()] = true
		}
		for i, syntax := range pkg.Syntax {
			f := &file{pkg: pkg, syntax: syntax}
			if i < len(pkg.Files) {
				f.path = pkg.Files[i]
			}
			f.test = strings.HasSuffix(f.path, "_test.go")
			f.src = pkg.Source[f.path]
			if f.src == nil {
				src, err := os.ReadFile(f.path)
				if err != nil {
					return nil, fmt.Errorf("the source of a loaded file cannot be had: %w", err)
				}
				f.src = src
			}
			p.files = append(p.files, f)
			p.fileOf[syntax] = f
			p.declare(f)
		}
	}
	for _, f := range p.files {
		p.collect(f)
	}
	p.listNames()
	p.dynamic = p.interfaceMethods()
	p.elsewhere, p.external = p.constrained(), p.linked()
	if err := p.readTexts(); err != nil {
		return nil, err
	}
	return p, nil
}

// declare notes parents and declarations.
func (p *prog) declare(f *file) {
	var stack, homes []ast.Node
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if n == nil {
			last := len(stack) - 1
			if stack[last] == homes[len(homes)-1] {
				homes = homes[:len(homes)-1]
			}
			stack = stack[:last]
			return true
		}
		if len(stack) > 0 {
			p.parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.File, *ast.FuncDecl, *ast.FuncLit:
			homes = append(homes, n)
		case *ast.Ident:
			p.home[n] = homes[len(homes)-1]
		}
		return true
	})
	add := func(id *ast.Ident, obj types.Object) {
		if obj == nil || id.Name == "_" {
			return
		}
		p.decls[obj] = p.parent[id]
		p.names[obj] = id
		p.inFile[obj] = f
		p.at[f.place(id, obj.Name())] = obj
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			add(id, f.pkg.Info.Defs[id])
		}
		if ts, ok := n.(*ast.TypeSpec); ok {
			if obj := f.pkg.Info.Defs[ts.Name]; obj != nil {
				if st, ok := obj.Type().Underlying().(*types.Struct); ok {
					for i := range st.NumFields() {
						p.owner[st.Field(i)] = ts.Name.Name
					}
				}
			}
		}
		return true
	})
}

// place is a key for an object that survives export data: file, line and name.
func (f *file) place(n ast.Node, name string) string {
	pos := f.pkg.Fset.PositionFor(n.Pos(), false)
	return fmt.Sprintf("%s:%d:%s", pos.Filename, pos.Line, name)
}

func (p *prog) collect(f *file) {
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := p.canon(f, f.pkg.Info.Uses[id]); obj != nil {
				p.uses[obj] = append(p.uses[obj], id)
			}
		}
		return true
	})
}

// canon returns the object of the source that obj stands for: the generic one of an
// instance, the one of the loaded package where obj was read from export data. Objects
// from outside of the module are returned as they are.
func (p *prog) canon(f *file, obj types.Object) types.Object {
	if f.now != nil {
		obj = f.now.Before(obj)
	}
	switch o := obj.(type) {
	case nil:
		return nil
	case *types.Var:
		obj = o.Origin()
	case *types.Func:
		obj = o.Origin()
	}
	if _, ok := p.decls[obj]; ok || obj.Pkg() == nil || !p.paths[obj.Pkg().Path()] || isLocal(obj) {
		return obj
	}
	pos := f.pkg.Fset.PositionFor(obj.Pos(), false)
	if o, ok := p.at[fmt.Sprintf("%s:%d:%s", pos.Filename, pos.Line, obj.Name())]; ok {
		return o
	}
	return obj
}

// object returns what an identifier stands for.
func (p *prog) object(f *file, id *ast.Ident) types.Object {
	if obj := f.pkg.Info.Defs[id]; obj != nil {
		return p.canon(f, obj)
	}
	return p.canon(f, f.pkg.Info.Uses[id])
}

// own reports whether obj is declared in the module.
func (p *prog) own(obj types.Object) bool {
	_, ok := p.decls[obj]
	return ok
}

func (p *prog) fileFor(n ast.Node) *file {
	for n != nil {
		if f, ok := n.(*ast.File); ok {
			return p.fileOf[f]
		}
		n = p.parent[n]
	}
	return nil
}

// private reports whether all users of an exported object of a package are known.
func (p *prog) private(pkg *types.Package) bool {
	if pkg == nil {
		return false
	}
	path := pkg.Path()
	if pkg.Name() == "main" || strings.HasSuffix(path, "_test") || strings.HasSuffix(pkg.Name(), "_test") {
		return true
	}
	for _, el := range strings.Split(path, "/") {
		if el == "internal" {
			return true
		}
	}
	return p.opts.Private != nil && p.opts.Private(path)
}

// api reports whether others may use obj without our seeing it.
func (p *prog) api(obj types.Object) bool {
	if p.elsewhere[obj] || p.external[obj] {
		return true
	}
	if f := p.inFile[obj]; f != nil && f.test {
		return false
	}
	return obj.Exported() && !p.private(obj.Pkg())
}

func isLocal(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope()
}

func isField(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && v.IsField()
}

// unused reports whether nothing uses an object, the methods of a type aside.
func (p *prog) unused(obj types.Object) bool {
	tn, ok := obj.(*types.TypeName)
	if !ok {
		return len(p.uses[obj]) == 0
	}
	for _, id := range p.uses[obj] {
		own := false
		for n := ast.Node(id); n != nil; n = p.parent[n] {
			if d, ok := n.(*ast.FuncDecl); ok && d.Recv != nil {
				fn, _ := p.fileFor(d).pkg.Info.Defs[d.Name].(*types.Func)
				own = fn != nil && receiverType(fn) == tn
			}
			if n == p.decls[obj] {
				own = true
			}
		}
		if !own {
			return false
		}
	}
	return true
}

// within reports whether n is m or inside of it.
func (p *prog) within(n, m ast.Node) bool {
	for ; n != nil; n = p.parent[n] {
		if n == m {
			return true
		}
	}
	return false
}
