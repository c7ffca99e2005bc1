package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"sync"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/load"
)

// An Index finds syntax by span, and declarations and uses by object, over all packages of a module.
// It is built once and serves every flow.
type Index struct {
	Packages []*load.Package
	Files    []*File // in the order of the packages
	Parent   map[ast.Node]ast.Node

	Names map[types.Object]*ast.Ident   // the identifier that declares an object
	Uses  map[types.Object][]*ast.Ident // in the order of the files
	Funcs map[types.Object]*Func        // functions and methods with bodies

	Budget   int              // multiplies the limits of package budget; 0 is 1
	Declared library.Declared // effects of functions, from the configuration

	byPath    map[string]*File
	byTokens  map[*token.File]*File
	first     map[*types.Package]bool // packages whose objects are all declared in Files
	paths     map[string]bool         // their import paths
	at        map[place]types.Object
	isPrivate func(path string) bool
	foreign   func() map[string][]types.Object // see Foreign
}

// A File is one source file.
type File struct {
	Pkg    *load.Package
	Path   string
	Syntax *ast.File
	Src    []byte
	Parent map[ast.Node]ast.Node // of all files
	Test   bool

	ix     *Index
	before func(types.Object) types.Object // for a file of a changed program, see [Index.Rewritten]
}

// A Func is a function, method or function literal with a body.
type Func struct {
	File *File
	Node ast.Node // *ast.FuncDecl or *ast.FuncLit
	Obj  *types.Func
	Body *ast.BlockStmt
	Type *ast.FuncType
	Recv *ast.FieldList
}

// A place identifies an object in all copies of its declaration. Types from the cache have lines and no columns.
type place struct {
	file string
	line int
	name string
}

// NewIndex indexes the packages.
func NewIndex(pkgs []*load.Package) *Index {
	ix := &Index{
		Packages: pkgs,
		Parent:   map[ast.Node]ast.Node{},
		Names:    map[types.Object]*ast.Ident{},
		Uses:     map[types.Object][]*ast.Ident{},
		Funcs:    map[types.Object]*Func{},

		byPath:    map[string]*File{},
		byTokens:  map[*token.File]*File{},
		first:     map[*types.Package]bool{},
		paths:     map[string]bool{},
		at:        map[place]types.Object{},
		isPrivate: Private(pkgs, false),
	}
	ix.foreign = sync.OnceValue(ix.declaredElsewhere)
	for _, pkg := range pkgs {
		ix.paths[pkg.Path] = true
		if pkg.Types != nil {
			ix.paths[pkg.Types.Path()] = true
		}
		whole := true
		for i, syntax := range pkg.Syntax {
			path := pkg.Files[i]
			if ix.byPath[path] != nil {
				whole = false
				continue
			}
			ix.add(&File{Pkg: pkg, Path: path, Syntax: syntax, Src: pkg.Source[path], Test: strings.HasSuffix(path, "_test.go"), Parent: ix.Parent, ix: ix})
		}
		if whole {
			ix.first[pkg.Types] = true
		}
	}
	for _, f := range ix.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if obj := f.Canon(f.Pkg.Info.Uses[id]); obj != nil {
					ix.Uses[obj] = append(ix.Uses[obj], id)
				}
			}
			return true
		})
	}
	return ix
}

// Foreign returns the package-level objects of another package that the files use, by "path.Name": more than one if a package
// was loaded more than once.
func (ix *Index) Foreign(key string) []types.Object { return ix.foreign()[key] }

func (ix *Index) declaredElsewhere() map[string][]types.Object {
	found := map[string][]types.Object{}
	for obj := range ix.Uses {
		if IsPackageLevel(obj) && !ix.Own(obj) {
			key := obj.Pkg().Path() + "." + obj.Name()
			found[key] = append(found[key], obj)
		}
	}
	return found
}

// add adds a file with its declarations.
func (ix *Index) add(f *File) {
	ix.Files = append(ix.Files, f)
	ix.byPath[f.Path] = f
	ix.byTokens[f.Pkg.Fset.File(f.Syntax.FileStart)] = f
	var stack []ast.Node
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			ix.Parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.Ident:
			if obj := f.Pkg.Info.Defs[n]; obj != nil && n.Name != "_" {
				ix.Names[obj] = n
				ix.at[f.place(obj)] = obj
			}
		case *ast.FuncDecl:
			if obj, _ := f.Pkg.Info.Defs[n.Name].(*types.Func); obj != nil && n.Body != nil {
				ix.Funcs[obj] = &Func{File: f, Node: n, Obj: obj, Body: n.Body, Type: n.Type, Recv: n.Recv}
			}
		}
		return true
	})
}

// place returns the key of an object in all copies of its declaration.
func (f *File) place(obj types.Object) place {
	pos := f.Pkg.Fset.PositionFor(obj.Pos(), false)
	return place{pos.Filename, pos.Line, obj.Name()}
}

// Canon returns the indexed object for obj: the generic one for an instance, and the one of the first copy for one of another copy.
// Objects of other modules are returned as they are.
func (f *File) Canon(obj types.Object) types.Object {
	if f.before != nil {
		obj = f.before(obj)
	}
	obj = Origin(obj)
	if obj == nil || obj.Pkg() == nil || f.ix.first[obj.Pkg()] || !f.ix.paths[obj.Pkg().Path()] || IsLocal(obj) || f.ix.Own(obj) {
		return obj
	}
	if o := f.ix.at[f.place(obj)]; o != nil {
		return o
	}
	return obj
}

// Rewritten returns a version of a file in the program after a change. before returns the object of the indexed program for one of the changed
// program. The version is not indexed: its nodes have no parents.
func (ix *Index) Rewritten(f *File, syntax *ast.File, src []byte, before func(types.Object) types.Object) *File {
	return &File{Pkg: f.Pkg, Path: f.Path, Syntax: syntax, Src: src, Test: f.Test, ix: ix, before: before}
}

// File returns the file of an absolute path, nil if there is none.
func (ix *Index) File(path string) *File { return ix.byPath[path] }

// FileOf returns the file of a node, nil if it is not indexed.
func (ix *Index) FileOf(n ast.Node) *File { return ix.fileAt(n.Pos()) }

// FileAt returns the file that declares an object, nil if no indexed file does.
func (ix *Index) FileAt(obj types.Object) *File { return ix.fileAt(obj.Pos()) }

func (ix *Index) fileAt(pos token.Pos) *File {
	if !pos.IsValid() || len(ix.Packages) == 0 {
		return nil
	}
	return ix.byTokens[ix.Packages[0].Fset.File(pos)]
}

// Decl returns the declaration of an object: the field, spec or function, or the statement that defines it; nil if no indexed file
// declares it.
func (ix *Index) Decl(obj types.Object) ast.Node {
	if id := ix.Names[obj]; id != nil {
		return ix.Parent[id]
	}
	return nil
}

// Own reports whether an indexed file declares an object.
func (ix *Index) Own(obj types.Object) bool { return ix.Names[obj] != nil }

// Indexed reports whether an import path is that of an indexed package.
func (ix *Index) Indexed(path string) bool { return ix.paths[path] }

// Within reports whether n is m or inside of it.
func (ix *Index) Within(n, m ast.Node) bool {
	for ; n != nil; n = ix.Parent[n] {
		if n == m {
			return true
		}
	}
	return false
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

// IsLocal reports whether an object is a variable of a function: also a parameter or a result.
func IsLocal(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope()
}

// IsPackageLevel reports whether an object is declared outside of functions and types.
func IsPackageLevel(obj types.Object) bool {
	return obj != nil && obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope()
}

// IsField reports whether an object is a field of a struct.
func IsField(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && v.IsField()
}
