package slice

import (
	"go/ast"
	"go/types"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
)

// A key identifies a thing that can be needed: a types.Object, or one of the types below. Keys are the
// same in the graph before the change and in the graph after it.
type key any

type (
	atomKey struct {
		n ast.Node
		i int
	}
	// lhsKey is one variable that an atom defines. A weak one is wanted by the check of an
	// error only, and only if the atom is there anyway.
	lhsKey struct {
		a    atomKey
		v    types.Object
		weak bool
	}
	resKey struct { // result i of a function
		f ast.Node
		i int
	}
	fnKey     struct{ f ast.Node } // the function is called or referred to
	runKey    struct{ f ast.Node } // in a slice: what the function does is part of it
	effectKey struct{ f ast.Node } // the function does something that its callers' callers see
	fillKey   struct{ v types.Object }
	guardKey  struct{ n ast.Node }
	pinKey    struct{ v types.Object } // the variable has to be declared, whether or not it is read
	// ifaceKey is a parameter of a method of an interface: any implementation may read it.
	ifaceKey struct {
		m *types.Func
		i int
	}
	// doesKey says that what an option of the module sets is wanted, see options.go.
	doesKey struct{ f ast.Node }
	// groupKey is memory that others refer to: what is written there is wanted.
	groupKey struct{ v types.Object }
)

// Indices of the atoms that stand for texts of the set.
const (
	textIndex   = 1 << 20
	beforeIndex = 1<<20 + 1
)

type kind int

const (
	assign kind = iota
	expression
	returns
	jump
	condition // of an if or a for, the tag of a switch, the head of a range
	declares
	text
	other
)

// An atom is the smallest part of a function that can be removed independently: one pair of
// an assignment, a call statement, a condition, a return.
type atom struct {
	key      atomKey
	kind     kind
	fn       *fn
	node     ast.Node
	stmt     ast.Stmt
	ctl      *ctl
	targets  []target
	needs    []need
	calls    []*call
	strong   bool // others see that it happens
	ends     bool // the end of the program: no reason for its function to be called
	log      bool
	flag     bool     // defines a flag
	closes   bool     // goes with what it closes
	locks    bool     // takes or gives back a mutex
	zero     bool     // var x T
	removed  bool     // by the core change
	loses    bool     // return g(), g of a library: may become the return of its error alone
	of       ast.Stmt // the loop that a jump leaves or continues
	args     []ast.Expr
	roster   []*operand            // elements that it asks for one by one
	options  []*fn                 // what it appends to a list, if that is options and nothing else
	declares map[types.Object]bool // what a text declares anew
}

func (a *atom) writes(v types.Object) bool {
	for _, t := range a.targets {
		if t.v == v {
			return true
		}
	}
	return false
}

// A target is a variable or memory that an atom writes to.
type target struct {
	how  how
	v    types.Object // variable or field
	base types.Object // local variable that holds the field, if any
	id   *ast.Ident
	may  bool     // under a condition of the atom's own: what was there may stay
	resf []resKey // the results of module functions that it gets
}

type how int

const (
	blank how = iota
	local
	shared // a variable that a closure uses, or of the package
	field
	fill // memory that a local variable refers to
	fillShared
	outside // unknown memory
)

// A need is a thing that an atom needs if the atom and all conds are live.
type need struct {
	key   key
	v     *types.Var // a local variable, read at the node at
	at    ast.Node
	conds []key
	base  bool // only the way to a field
	given bool // by a text of the core change, which knows that there is a value
}

// An elem is the value that a literal gives a field.
type elem struct {
	a     *atom
	needs []need
}

// A call is one call expression of an atom with its callees and effect.
type call struct {
	atom    *atom
	expr    *ast.CallExpr
	class   class
	row     *library.Func // what the library table says of the function, nil if nothing
	obj     *types.Func
	callees []*fn // functions of the module and literals that it may reach
	conds   []key

	from, to int // its needs among those of the atom
}

// A ctl is one control dependence of an atom.
type ctl struct {
	cond  *atom
	guard *guard
	neg   bool // under the else
	up    *ctl
}

// A fn is a function of the module, a literal, or the initialisers of a file.
type fn struct {
	file    *file
	node    ast.Node
	obj     *types.Func
	typ     *ast.FuncType
	body    *ast.BlockStmt
	outer   *fn
	params  []*types.Var
	recv    types.Object // nil for a function
	results []*types.Var // named or not
	nres    int
	atoms   []*atom
	guards  []*guard
	callers []*call
	refs    []*atom // atoms that refer to it without calling it
	fills   map[int]bool
	loops   map[ast.Stmt]*atom

	root      bool // somebody outside may call it
	untouched bool // dead code
	optional  bool // a test that may go with what it tests
	gone      bool // the core change removes it
	dynamic   bool // a method that goes with its type
	eligible  bool
	drops     bool // its parameters and results may go
	zeroes    bool // its callers may pass zero values
	reach     *reach
	switches  map[ast.Stmt][]*atom
}

// A graph is the program as atoms, before the change (set nil) or after it.
type graph struct {
	p           *prog
	set         *change.Set
	fns         []*fn
	byNode      map[ast.Node]*fn
	byObj       map[types.Object]*fn
	atoms       map[atomKey]*atom
	decl        map[types.Object]*atom
	writes      map[types.Object][]*atom // to fields and shared variables
	filled      map[types.Object][]*atom // through what may share memory, by group
	elems       map[types.Object][]elem  // values that literals give a field
	group       map[types.Object]types.Object
	members     map[memberKey][]types.Object
	values      map[types.Object][]ast.Expr // function values that a variable may hold
	opaque      map[types.Object]bool       // variables that may hold an unknown function
	optionOf    map[*fn]*fn                 // by literal, the function that returns it as an option
	isOption    map[*fn]bool
	named       map[*fn]int // parameters that name what is read, see named.go
	sharedVars  map[types.Object]bool
	atExit      map[types.Object]bool // shared variables that only literals share which their function defers
	typeMethods map[*types.TypeName][]*fn
	implicit    map[types.Object]ast.Node
	guards      map[*atom]*guard
	zero        map[types.Object]*atom      // declarations without a value of local variables
	ifaces      map[types.Object][]ifaceKey // by parameter of an implementation
	open        map[types.Object]bool       // parameters that unknown callers give
	outward     map[types.Object]bool       // variables that refer to memory outside
	guardAt     map[ast.Node]*guard
}

// key is live if the function is called or referred to.
func (f *fn) key() key { return fnKey{f.node} }

// atomAt returns atom i of a node, nil if there is none.
func (g *graph) atomAt(n ast.Node, i int) *atom { return g.atoms[atomKey{n, i}] }

func newGraph(p *prog, set *change.Set) *graph {
	g := &graph{
		p: p, set: set,
		byNode: map[ast.Node]*fn{}, byObj: map[types.Object]*fn{}, atoms: map[atomKey]*atom{},
		decl: map[types.Object]*atom{}, writes: map[types.Object][]*atom{}, filled: map[types.Object][]*atom{}, elems: map[types.Object][]elem{},
		group: map[types.Object]types.Object{}, values: map[types.Object][]ast.Expr{}, opaque: map[types.Object]bool{},
		named: map[*fn]int{}, sharedVars: map[types.Object]bool{}, atExit: map[types.Object]bool{}, typeMethods: map[*types.TypeName][]*fn{}, implicit: map[types.Object]ast.Node{}, guards: map[*atom]*guard{}, guardAt: map[ast.Node]*guard{}, outward: map[types.Object]bool{}, ifaces: map[types.Object][]ifaceKey{}, open: map[types.Object]bool{}, zero: map[types.Object]*atom{},
	}
	g.findFuncs()
	g.findValues()
	g.findOptions()
	for _, f := range g.fns {
		g.signature(f)
	}
	for _, f := range g.fns {
		g.build(f)
	}
	g.opened()
	g.members = map[memberKey][]types.Object{}
	for obj := range g.group {
		if isLocal(obj) && !g.sharedVars[obj] {
			k := memberKey{g.find(obj), g.enclosingVar(obj)}
			g.members[k] = append(g.members[k], obj)
		}
	}
	g.summarise()
	for _, f := range g.fns {
		for _, a := range f.atoms {
			g.define(a)
		}
		f.reach = g.reaching(f)
	}
	g.visible()
	return g
}
