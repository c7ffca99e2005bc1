// Package program is an index of the packages of a module for questions without data flow: declarations, uses and reads of objects, the file of a
// node, the effect of a library call, names that other code may use.
//
// Input: the packages and the core change. Output: a Program, which also has the texts of the change as snippets. It changes nothing.
package program

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/applied"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

// A File is one parsed file with its index.
type File struct {
	Pkg    *load.Package
	Syntax *ast.File
	Path   string
	src    []byte
	Test   bool
	now    *applied.File // the changed version of this file, nil for none
}

// A Scope has data on the packages besides their syntax.
type Scope struct {
	Private  func(path string) bool // whether only the loaded packages import a package; nil means never
	Declared library.Declared       // effects of functions without a row, from the configuration
	Apart    map[string]bool        // files behind build constraints with a separate change
}

// A Program is the module: its files, and the declaration and uses of each object.
type Program struct {
	Pkgs   []*load.Package
	Set    *change.Set
	Opts   Scope
	Files  []*File
	Parent map[ast.Node]ast.Node
	Home   map[*ast.Ident]ast.Node // the function, literal or file around an identifier
	FileOf map[*ast.File]*File

	Decls map[types.Object]ast.Node // the *ast.Field, spec, *ast.FuncDecl or identifier that declares it

	Texts  map[ast.Node]*Snippet // the texts of the core change, by the node that they replace
	Fronts map[ast.Stmt]*Snippet // and by the statement that they precede
	InText map[types.Object]bool // objects that a text names

	Names        map[types.Object]*ast.Ident
	Uses         map[types.Object][]*ast.Ident
	isRead       map[types.Object]bool // results of Reads
	InFile       map[types.Object]*File
	at           map[string]types.Object // by place, for objects of export data
	paths        map[string]bool         // import paths of pkgs
	Owner        map[*types.Var]string   // name of the type with a field
	Dynamic      map[types.Object]bool   // methods that satisfy an interface
	decoded      map[*types.Var]bool     // fields of structs that reflection sets
	inConversion map[*types.Var]bool     // fields of structs in conversions
	lookedAt     bool
	Listed       map[string]bool          // names in lists, see listNames
	wrappers     map[*types.Func]*Reading // functions that read a setting whose name is a parameter

	Elsewhere map[types.Object]bool // objects that files behind build constraints mention

	reached  map[*types.Func][]*types.Func // results of Implementations
	external map[types.Object]bool         // objects that other than Go code mentions

	outsiders map[types.Type]bool // types of other modules with values in the module, see foreign
}

// An EnvKey is a setting that the program looks up by name: an environment variable, or another setting with a
// prefix.
type EnvKey string

// A NameKey is a name in a list that other code mentions, see names.go.
type NameKey string

// Prefixes of the keys of settings that are looked up by name. Environment variables have none.
const (
	FlagKey  EnvKey = "flag "
	viperKey EnvKey = "viper "
	koanfKey EnvKey = "koanf "
)

// A Reading is how a function forms the name of the setting that it reads.
type Reading struct {
	Prefix        EnvKey
	At            int // the parameter
	Before, After string
}

// A Class is what a program loses if a call with an unneeded result is removed: an effect of the library table,
// at the level of detail of the slicer.
type Class int

const (
	Strong  Class = iota // an effect that others see: the call stays
	Pure                 // nothing
	Log                  // a line of output
	Exit                 // the end of the program or of the goroutine
	Closes               // the release of a resource in an operand; removed with the resource
	Defines              // the definition of a flag: the call stays, and its variable may be removed
	Locks                // a mutex is locked or unlocked, which only matters if the code between has an effect
	Module               // the effect of a function of the module
)

// A Snippet is a text of the core change in the changed program: syntax with types. Its variables are those
// that it shares with the code around it, without its own local variables.
type Snippet struct {
	File  *File // the changed file; nil for a text in removed code
	Nodes []ast.Node

	Reads  []*types.Var   // local variables that it reads, in order
	Writes []Write        // local variables that it assigns, in order
	Stores []*types.Var   // fields, and variables of the package, that it may assign
	Names  []types.Object // functions, types, fields, … that it mentions
}

// A Write is the assignment of a text to a local variable.
type Write struct {
	Var      *types.Var
	May      bool // conditional
	Declared bool // with := or var
}

func (f *File) Pos(n ast.Node) token.Position { return f.Pkg.Fset.PositionFor(n.Pos(), false) }

func (f *File) Text(n ast.Node) string {
	tf := f.Pkg.Fset.File(n.Pos())
	if tf == nil {
		return ""
	}
	from, to := tf.Offset(n.Pos()), tf.Offset(n.End())
	if to > len(f.src) || from > to {
		return ""
	}
	return string(f.src[from:to])
}

// place is a key for an object that survives export data: file, line and name.
func (f *File) place(at token.Pos, name string) string {
	pos := f.Pkg.Fset.PositionFor(at, false)
	return fmt.Sprintf("%s:%d:%s", pos.Filename, pos.Line, name)
}

// Canon returns the object of the source for obj: the generic one for an instance, and the one of the loaded package for an object of
// export data. Objects of other modules are returned as they are.
func (p *Program) Canon(f *File, obj types.Object) types.Object {
	if f.now != nil {
		obj = f.now.Before(obj)
	}
	if obj = syntax.Origin(obj); obj == nil {
		return nil
	}
	if _, ok := p.Decls[obj]; ok || obj.Pkg() == nil || !p.paths[obj.Pkg().Path()] || IsLocal(obj) {
		return obj
	}
	if o, ok := p.at[f.place(obj.Pos(), obj.Name())]; ok {
		return o
	}
	return obj
}

// Object returns the object of an identifier.
func (p *Program) Object(f *File, id *ast.Ident) types.Object {
	if obj := f.Pkg.Info.Defs[id]; obj != nil {
		return p.Canon(f, obj)
	}
	return p.Canon(f, f.Pkg.Info.Uses[id])
}

// Own reports whether obj is declared in the module.
func (p *Program) Own(obj types.Object) bool {
	_, ok := p.Decls[obj]
	return ok
}

func (p *Program) FileFor(n ast.Node) *File {
	for n != nil {
		if f, ok := n.(*ast.File); ok {
			return p.FileOf[f]
		}
		n = p.Parent[n]
	}
	return nil
}

// private reports whether all users of an exported object of a package are known.
func (p *Program) private(pkg *types.Package) bool {
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
	return p.Opts.Private != nil && p.Opts.Private(path)
}

// Api reports whether code outside of the loaded packages may use obj.
func (p *Program) Api(obj types.Object) bool {
	if p.Elsewhere[obj] || p.external[obj] {
		return true
	}
	if f := p.InFile[obj]; f != nil && f.Test {
		return false
	}
	return obj.Exported() && !p.private(obj.Pkg())
}

// Within reports whether n is m or inside of it.
func (p *Program) Within(n, m ast.Node) bool {
	for ; n != nil; n = p.Parent[n] {
		if n == m {
			return true
		}
	}
	return false
}

// Snippets returns the texts of the core change.
func (p *Program) Snippets() []*Snippet {
	return slices.AppendSeq(slices.Collect(maps.Values(p.Texts)), maps.Values(p.Fronts))
}

func IsLocal(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope()
}

func IsField(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && v.IsField()
}

// ReceiverType returns the declared type of a method.
func ReceiverType(fn *types.Func) *types.TypeName {
	recv := fn.Signature().Recv()
	if recv == nil {
		return nil
	}
	t := types.Unalias(recv.Type())
	if ptr, ok := t.(*types.Pointer); ok {
		t = types.Unalias(ptr.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Origin().Obj()
	}
	return nil
}
