// Package graph is the dependence graph of a program as data: functions of atoms, with the needs, writes and calls of each atom, and its
// control dependences. It computes reaching definitions, shared memory, and the functions that a value
// may be. Package build makes a graph; package live decides about liveness.
package graph

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/slice/box"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// A Key identifies an object of a need: a types.Object, or one of the types below. Keys are equal in the graphs
// before and after the change.
type Key any

type (
	AtomKey struct {
		Node  ast.Node
		Index int
	}
	// LHSKey is one variable that an atom defines. A weak one is needed only by the check of an
	// error, and only if the atom is live for another reason.
	LHSKey struct {
		Atom AtomKey
		Var  types.Object
		Weak bool
	}
	ResultKey struct { // result i of a function
		Func  ast.Node
		Index int
	}
	FuncKey   struct{ Func ast.Node } // the function is called or referred to
	RunKey    struct{ Func ast.Node } // in a slice: the effects of the function belong to it
	EffectKey struct{ Func ast.Node } // the function has an effect that code outside of its callers can see
	FillKey   struct{ Var types.Object }
	GuardKey  struct{ Node ast.Node }
	PinKey    struct{ Var types.Object } // the variable must be declared, even if it is not read
	// InterfaceKey is a parameter of a method of an interface: any implementation may read it.
	InterfaceKey struct {
		Method *types.Func
		Index  int
	}
	// DoesKey means that the setting of an option of the module is needed, see build/options.go.
	DoesKey struct{ Func ast.Node }
	// GroupKey is memory that other code refers to through a field or variable of the type, so writes to it are needed.
	GroupKey struct {
		Var  types.Object // of the group
		Type types.Type
	}
)

// Indices of the atoms for texts of the set.
const (
	TextIndex   = 1 << 20
	BeforeIndex = 1<<20 + 1
)

type Kind int

const (
	Assign Kind = iota
	Expression
	Returns
	Jump
	Condition // of an if or a for, the tag of a switch, the head of a range
	Declares
	Text
	Other
)

// An Atom is the smallest part of a function that can be removed independently: one pair of
// an assignment, a call statement, a condition, a return.
type Atom struct {
	Key      AtomKey
	Kind     Kind
	Func     *Func
	Node     ast.Node
	Stmt     ast.Stmt
	Control  *Control
	Targets  []Target
	Needs    []Need
	Calls    []*Call
	Strong   bool // it has an effect that others see
	Ends     bool // it ends the program, which is no reason to call its function
	Log      bool
	Flag     bool     // defines a flag
	Closes   bool     // removed with the resource that it closes
	Locks    bool     // locks or unlocks a mutex
	Zero     bool     // var x T
	Removed  bool     // by the core change
	Loses    bool     // return g(), g of a library: may return only its error
	Of       ast.Stmt // the loop that a jump leaves or continues
	Args     []ast.Expr
	Roster   []*Operand            // elements that it tests one by one
	Options  []*Func               // the options that it appends to a list, if it appends only options
	Declares map[types.Object]bool // variables that a text declares
}

func (a *Atom) writes(v types.Object) bool {
	for _, t := range a.Targets {
		if t.Var == v {
			return true
		}
	}
	return false
}

// A Target is a variable or memory that an atom writes to.
type Target struct {
	How     How
	Var     types.Object // variable or field
	Base    types.Object // local variable that holds the field, if any
	Ident   *ast.Ident
	May     bool        // under a condition within the atom, so the old value may stay
	Through bool        // of a field: perhaps not the field itself, but memory that it refers to
	Results []ResultKey // the results of module functions that it gets
}

type How int

const (
	Blank How = iota
	Local
	Shared // a variable that a closure uses, or of the package
	Field
	Fill // memory that a local variable refers to
	FillShared
	Outside // unknown memory
)

// A Need is a key that an atom needs if the atom and all conds are live.
type Need struct {
	Key   Key
	Var   *types.Var // a local variable, read at the node at
	At    ast.Node
	Conds []Key
	Base  bool // only for the selection of a field
	Given bool // of a text of the core change, for which the value exists
}

// An Elem is the value of a field in a literal.
type Elem struct {
	Atom  *Atom
	Needs []Need
}

// A Call is one call expression of an atom with its callees and effect.
type Call struct {
	Atom    *Atom
	Expr    *ast.CallExpr
	Class   program.Class
	Row     *library.Func // the row of the function, nil for none
	Obj     *types.Func
	Callees []*Func // functions of the module and literals that it may reach
	Conds   []Key

	From, To int // range of its needs in those of the atom
}

// A Control is one control dependence of an atom.
type Control struct {
	Cond  *Atom
	Guard *Guard
	Neg   bool // in the else
	Up    *Control
}

// A Func is a function of the module, a literal, or the initialisers of a file.
type Func struct {
	File       *syntax.File
	Node       ast.Node
	Obj        *types.Func
	Type       *ast.FuncType
	Body       *ast.BlockStmt
	Outer      *Func
	Inner      []*Func // literals in it
	Params     []*types.Var
	Recv       types.Object // nil for a function
	Results    []*types.Var // named or not
	NumResults int
	Atoms      []*Atom
	Guards     []*Guard
	Callers    []*Call
	Refs       []*Atom // atoms that refer to it without a call
	Fills      map[int]bool
	Loops      map[ast.Stmt]*Atom

	Root      bool // code outside may call it
	Untouched bool // dead code
	Optional  bool // a test, removed with the tested code
	Gone      bool // removed by the core change
	Dynamic   bool // a method, removed with its type
	Eligible  bool
	Drops     bool // parameters and results may be removed
	Zeroes    bool // callers may pass zero values
	Reach     *Reach
	Switches  map[ast.Stmt][]*Atom
}

// A Graph is the program as atoms, before the change (set nil) or after it.
type Graph struct {
	Prog        *program.Program
	Set         *change.Set
	Funcs       []*Func
	ByNode      map[ast.Node]*Func
	Boxes       *box.Boxes
	ByObj       map[types.Object]*Func
	Atoms       map[AtomKey]*Atom
	Decl        map[types.Object]*Atom
	Writes      map[types.Object][]*Atom // to fields and shared variables
	Filled      map[types.Object][]*Atom // by group: writes through memory that may be shared
	Elems       map[types.Object][]Elem  // by field: values in literals
	Group       map[types.Object]types.Object
	Members     map[MemberKey][]types.Object
	Values      map[types.Object][]ast.Expr // by variable: possible function values
	Opaque      map[types.Object]bool       // variables that may hold an unknown function
	OptionOf    map[*Func]*Func             // by literal, the function that returns it as an option
	IsOption    map[*Func]bool
	Named       map[*Func]int // parameters with the name of a setting that is read, see live/named.go
	SharedVars  map[types.Object]bool
	AtExit      map[types.Object]bool // shared variables that only literals share which their function defers
	TypeMethods map[*types.TypeName][]*Func
	Implicit    map[types.Object]ast.Node
	Guards      map[*Atom]*Guard
	Zero        map[types.Object]*Atom          // declarations without a value of local variables
	Ifaces      map[types.Object][]InterfaceKey // by parameter of an implementation
	Open        map[types.Object]bool           // parameters that unknown callers give
	Outward     map[types.Object]bool           // variables that refer to memory outside
	GuardAt     map[ast.Node]*Guard

	cells map[cell]bool // see leadsTo
}

// Key is live if the function is called or referred to.
func (f *Func) Key() Key { return FuncKey{f.Node} }

// AtomAt returns atom i of a node, nil if there is none.
func (g *Graph) AtomAt(n ast.Node, i int) *Atom { return g.Atoms[AtomKey{n, i}] }

type MemberKey struct {
	Group types.Object
	Func  *Func
}

// A Guard is a condition that tests for a failure or a missing value:
//
//	if err != nil { … }     if cfg.KeyPath == "" { return errKeyPath }     case key == nil:
//
// It does not keep the values that it tests alive. If all of them are dead, the failure
// cannot happen any more, and the branch is removed with the condition.
type Guard struct {
	Node    ast.Node // *ast.IfStmt or *ast.CaseClause
	Atom    *Atom
	Cond    *Operand
	Control *Control
}

// An Operand is a part of a guard's condition.
type Operand struct {
	Op    token.Token // LOR, LAND or ILLEGAL for one that is not taken apart
	X, Y  *Operand
	Expr  ast.Expr
	Says  int    // its value without the dead values: -1 false, 1 true, 0 unknown: it stays
	Found bool   // it checks a value that the branch returns
	Leaf  []Need // the values that it looks at
	Needs []Need // what else it needs
}

// A Def is a definition of a local variable.
type Def struct {
	Atom *Atom
	Var  types.Object
}

// A Reach has the reaching definitions of the local variables of a function.
type Reach struct {
	defs  []Def
	byVar map[types.Object][]int
	in    map[ast.Node]bits
}

// ChangedBy is changed for the graph's own set, so that both graphs see the same guards.
func (g *Graph) ChangedBy(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || found {
			return false
		}
		_, found = g.Prog.Set.Replace[m]
		return !found
	})
	return found
}

// Enclosing returns the fn that a node is in.
func (g *Graph) Enclosing(n ast.Node) *Func {
	for ; n != nil; n = g.Prog.Parent[n] {
		if f, ok := g.ByNode[n]; ok {
			// Parameters belong to the function, the name of a function does not.
			return f
		}
	}
	return nil
}

// Changed reports whether the core change changes a node in n.
func (g *Graph) Changed(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || found {
			return false
		}
		_, rem := g.Prog.Set.Remove[m]
		_, rep := g.Prog.Set.Replace[m]
		found = found || rem || rep
		if s, ok := m.(ast.Stmt); ok {
			if _, ok := g.Prog.Set.Before[s]; ok {
				found = true
			}
		}
		return !found
	})
	return found
}

// Value is the value of an operand: -1 false, 1 true, 0 it has to be evaluated.
func (o *Operand) Value(alive func(*Operand) bool) int {
	switch o.Op {
	case token.LOR, token.LAND:
		x, y := o.X.Value(alive), o.Y.Value(alive)
		short, neutral := 1, -1
		if o.Op == token.LAND {
			short, neutral = -1, 1
		}
		switch {
		case x == short || y == short:
			return short
		case x == neutral && y == neutral:
			return neutral
		}
		return 0
	}
	if o.Says == 0 || alive(o) {
		return 0
	}
	return o.Says
}

// Each calls f for the operands that are not taken apart.
func (o *Operand) Each(f func(*Operand)) {
	if o.X != nil {
		o.X.Each(f)
		o.Y.Each(f)
		return
	}
	f(o)
}

func (g *Graph) EnclosingVar(v types.Object) *Func {
	if n, ok := g.Implicit[v]; ok {
		return g.Enclosing(n)
	}
	if id := g.Prog.Names[v]; id != nil {
		return g.Enclosing(id)
	}
	return nil
}

// Key is live if the value has a live use.
func (d Def) Key() Key { return LHSKey{d.Atom.Key, d.Var, false} }
