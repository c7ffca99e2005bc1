// Package program answers questions about the packages of a module that need no data flow: where an object is declared, used and
// read, which file a node is in, what a call of a library does, which names others may use. In: the packages and the core change. Out: a
// Program, which has the texts of the change as snippets, too. It changes nothing.
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
	"jwtretire.example/internal/load"
)

// A File is one parsed file with what is needed to look around in it.
type File struct {
	Pkg    *load.Package
	Syntax *ast.File
	Path   string
	src    []byte
	Test   bool
	now    *applied.File // the changed file that this is, if it is one
}

// A Scope says what is known of the packages beside their syntax.
type Scope struct {
	Private  func(path string) bool // whether nobody outside of the packages imports a package; nil is never
	Declared library.Declared       // what the user says of functions that the library table does not have
	Apart    map[string]bool        // files behind build constraints that change on their own
}

// A Program is the module: its files, where each object is declared and where it is used.
type Program struct {
	Pkgs   []*load.Package
	Set    *change.Set
	Opts   Scope
	Files  []*File
	Parent map[ast.Node]ast.Node
	Home   map[*ast.Ident]ast.Node // the function, literal or file around an identifier
	FileOf map[*ast.File]*File

	Decls map[types.Object]ast.Node // the *ast.Field, spec, *ast.FuncDecl or identifier that declares it

	Texts  map[ast.Node]*Snippet // the texts of the core change, by the node that they take the place of
	Fronts map[ast.Stmt]*Snippet // and by the statement that they stand in front of
	InText map[types.Object]bool // objects that a text names

	Names        map[types.Object]*ast.Ident
	Uses         map[types.Object][]*ast.Ident
	isRead       map[types.Object]bool // what Reads has found
	InFile       map[types.Object]*File
	at           map[string]types.Object // by place, for objects that came from export data
	paths        map[string]bool         // import paths of pkgs
	Owner        map[*types.Var]string   // name of the type that a field belongs to
	Dynamic      map[types.Object]bool   // methods that satisfy an interface
	decoded      map[*types.Var]bool     // fields of structs that are filled by reflection
	inConversion map[*types.Var]bool     // fields of structs that are converted
	lookedAt     bool
	Listed       map[string]bool          // names in lists, see listNames
	wrappers     map[*types.Func]*Reading // functions that read a setting by a name that they are given

	Elsewhere map[types.Object]bool // objects that files behind build constraints name

	reached  map[*types.Func][]*types.Func // what implementations has found
	external map[types.Object]bool         // objects that other than Go code names

	outsiders map[types.Type]bool // types of other modules that there are values of, see foreign
}

// An EnvKey is a setting that the program looks up by name: a variable of the environment, or one with a prefix.
type EnvKey string

// A NameKey is a name that is in a list, said elsewhere, see names.go.
type NameKey string

// Prefixes of the keys of settings that are looked up by name. Variables of the environment have none.
const (
	FlagKey  EnvKey = "flag "
	viperKey EnvKey = "viper "
	koanfKey EnvKey = "koanf "
)

// A Reading says how a function makes the name of the setting that it reads.
type Reading struct {
	Prefix        EnvKey
	At            int // the parameter
	Before, After string
}

// A Class says what happens when a call whose result nobody wants is left out: an effect of the library table, as far
// as the slicer tells them apart.
type Class int

const (
	Strong  Class = iota // something that others see is lost: the call stays
	Pure                 // nothing
	Log                  // a line of output
	Exit                 // the end of the program or of the goroutine
	Closes               // a resource is released that the call's operand holds; goes with the resource
	Defines              // a flag is defined: the call stays, what it fills may go
	Locks                // a mutex is taken or given back: of use only while something else happens
	Module               // whatever the function of the module does
)

// A Snippet is a text of the core change in the changed program: real syntax with types. Its variables are those that it
// shares with the code around it; the ones that only it knows are its own business.
type Snippet struct {
	File  *File // the changed file; nil for a text in something that goes
	Nodes []ast.Node

	Reads  []*types.Var   // local variables whose value it takes, in order
	Writes []Write        // local variables that it gives a value, in order
	Stores []*types.Var   // fields, and variables of the package, that it may write to
	Names  []types.Object // functions, types, fields, … that it names
}

// A Write is a local variable that a text gives a value.
type Write struct {
	Var      *types.Var
	May      bool // further in, perhaps
	Declared bool // by := or var
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
func (f *File) place(n ast.Node, name string) string {
	pos := f.Pkg.Fset.PositionFor(n.Pos(), false)
	return fmt.Sprintf("%s:%d:%s", pos.Filename, pos.Line, name)
}

// Canon returns the object of the source that obj stands for: the generic one of an
// instance, the one of the loaded package where obj was read from export data. Objects
// from outside of the module are returned as they are.
func (p *Program) Canon(f *File, obj types.Object) types.Object {
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
	if _, ok := p.Decls[obj]; ok || obj.Pkg() == nil || !p.paths[obj.Pkg().Path()] || IsLocal(obj) {
		return obj
	}
	pos := f.Pkg.Fset.PositionFor(obj.Pos(), false)
	if o, ok := p.at[fmt.Sprintf("%s:%d:%s", pos.Filename, pos.Line, obj.Name())]; ok {
		return o
	}
	return obj
}

// Object returns what an identifier stands for.
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

// Api reports whether others may use obj without our seeing it.
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

// ReceiverType returns the declared type that a method belongs to.
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
