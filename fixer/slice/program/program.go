// Package program has a module with a core change, for questions without data flow: reads of objects, the effect of a library call, names that other
// code may use, settings that are read by name. Declarations and uses are in the index of package syntax, which a Program embeds.
//
// Input: the index and the core change. Output: a Program, which also has the texts of the change as snippets. It changes nothing.
package program

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
)

// A Scope has data on the packages besides their syntax.
type Scope struct {
	Private  func(path string) bool // whether only the loaded packages import a package; nil means never
	Declared library.Declared       // effects of functions without a row, from the configuration
	Apart    map[string]bool        // files behind build constraints with a separate change
}

// A Program is the module with a core change.
type Program struct {
	*syntax.Index
	Set  *change.Set
	Opts Scope

	Texts  map[ast.Node]*Snippet // the texts of the core change, by the node that they replace
	Fronts map[ast.Stmt]*Snippet // and by the statement that they precede
	InText map[types.Object]bool // objects that a text names

	Dynamic  map[types.Object]bool    // methods that satisfy an interface
	Listed   map[string]bool          // names in lists, see listNames
	wrappers map[*types.Func]*Reading // functions that read a setting whose name is a parameter

	isRead       map[types.Object]bool // results of Reads
	decoded      map[*types.Var]bool   // fields of structs that reflection sets
	inConversion map[*types.Var]bool   // fields of structs in conversions
	lookedAt     bool

	Elsewhere map[types.Object]bool         // objects that files behind build constraints mention
	external  map[types.Object]bool         // objects that other than Go code mentions
	reached   map[*types.Func][]*types.Func // results of Implementations
	outsiders map[types.Type]bool           // types of other modules with values in the module, see foreign
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
	File  *syntax.File // the changed file; nil for a text in removed code
	Nodes []ast.Node

	Reads  []*types.Var   // local variables that it reads, in order
	Writes []Write        // local variables that it assigns, in order
	Stores []*types.Var   // fields, and variables of the package, that it may assign
	Fills  []*types.Var   // local variables of which it assigns a part
	Names  []types.Object // functions, types, fields, … that it mentions
}

// A Write is the assignment of a text to a local variable.
type Write struct {
	Var      *types.Var
	May      bool // conditional
	Declared bool // with := or var
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
	if f := p.FileAt(obj); f != nil && f.Test {
		return false
	}
	return obj.Exported() && !p.private(obj.Pkg())
}

// Snippets returns the texts of the core change.
func (p *Program) Snippets() []*Snippet {
	return slices.AppendSeq(slices.Collect(maps.Values(p.Texts)), maps.Values(p.Fronts))
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
