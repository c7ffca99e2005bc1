package slice

import (
	"go/ast"
	"go/token"
	"go/types"

	"jwtretire.example/fixer/change"
)

// A key names what can be needed: a types.Object, or one of the types below. Keys are the
// same in the graph before the change and in the one after it.
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
	effectKey struct{ f ast.Node } // the function does something that its callers' callers see
	fillKey   struct{ v types.Object }
	guardKey  struct{ n ast.Node }
	pinKey    struct{ v types.Object } // the variable has to be declared, whether or not it is read
	// ifaceKey is a parameter of a method of an interface: any implementation may read it.
	ifaceKey struct {
		m *types.Func
		i int
	}
	envKey string
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

// An atom is the smallest piece of a function that can go or stay on its own: one pair of
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
	calls    []*callRec
	strong   bool
	log      bool
	flag     bool     // defines a flag
	closes   bool     // goes with what it closes
	locks    bool     // takes or gives back a mutex
	zero     bool     // var x T
	removed  bool     // by the core change
	of       ast.Stmt // the loop that a jump leaves or continues
	args     []ast.Expr
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

// A target is what an atom writes to.
type target struct {
	how  how
	v    types.Object // variable or field
	base types.Object // local variable that holds the field, if any
	id   *ast.Ident
	res  *resKey // the result of a module function that it gets
	resf []resKey
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

// A need is one thing that an atom needs once it is live, and all conds are.
type need struct {
	key   key
	v     *types.Var // a local variable, read at the node at
	at    ast.Node
	conds []key
	base  bool // only the way to a field
}

// An elem is the value that a literal gives a field.
type elem struct {
	a     *atom
	needs []need
}

type callRec struct {
	call
	atom  *atom
	conds []key
}

// A ctl is one step of the control that an atom is under.
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
	callers []*callRec
	refs    []*atom // atoms that refer to it without calling it
	fills   map[int]bool
	loops   map[ast.Stmt]*atom

	root      bool // somebody outside may call it
	untouched bool // dead code
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
	defs        map[types.Object][]*atom // of variables that are not followed along the control flow
	elems       map[types.Object][]elem  // values that literals give a field
	group       map[types.Object]types.Object
	members     map[types.Object][]types.Object
	values      map[types.Object][]ast.Expr // function values that a variable may hold
	opaque      map[types.Object]bool       // variables that may hold an unknown function
	sharedVars  map[types.Object]bool
	typeMethods map[*types.TypeName][]*fn
	implicit    map[types.Object]ast.Node
	guards      map[*atom]*guard
	zero        map[types.Object]*atom      // declarations without a value of local variables
	ifaces      map[types.Object][]ifaceKey // by parameter of an implementation
	open        map[types.Object]bool       // parameters that unknown callers give
	outward     map[types.Object]bool       // variables that refer to memory outside
	guardAt     map[ast.Node]*guard
	blocked     map[*atom]string // atoms that keep something dead, and what
}

func newGraph(p *prog, set *change.Set) *graph {
	g := &graph{
		p: p, set: set,
		byNode: map[ast.Node]*fn{}, byObj: map[types.Object]*fn{}, atoms: map[atomKey]*atom{},
		decl: map[types.Object]*atom{}, defs: map[types.Object][]*atom{}, elems: map[types.Object][]elem{},
		group: map[types.Object]types.Object{}, values: map[types.Object][]ast.Expr{}, opaque: map[types.Object]bool{},
		sharedVars: map[types.Object]bool{}, typeMethods: map[*types.TypeName][]*fn{}, implicit: map[types.Object]ast.Node{}, guards: map[*atom]*guard{}, blocked: map[*atom]string{}, guardAt: map[ast.Node]*guard{}, outward: map[types.Object]bool{}, ifaces: map[types.Object][]ifaceKey{}, open: map[types.Object]bool{}, zero: map[types.Object]*atom{},
	}
	g.findFuncs()
	g.findValues()
	for _, f := range g.fns {
		g.signature(f)
	}
	for _, f := range g.fns {
		g.build(f)
	}
	g.opened()
	g.members = map[types.Object][]types.Object{}
	for obj := range g.group {
		r := g.find(obj)
		g.members[r] = append(g.members[r], obj)
	}
	for _, f := range g.fns {
		f.reach = g.reaching(f)
	}
	g.summarise()
	g.visible()
	return g
}

// findFuncs makes a fn of every function, literal and file.
func (g *graph) findFuncs() {
	p := g.p
	for _, f := range p.files {
		top := &fn{file: f, node: f.syntax, root: true, eligible: true}
		g.add(top)
		var walk func(n ast.Node, outer *fn)
		walk = func(n ast.Node, outer *fn) {
			ast.Inspect(n, func(m ast.Node) bool {
				if m == n {
					return true
				}
				switch m := m.(type) {
				case *ast.FuncDecl:
					fd := &fn{file: f, node: m, typ: m.Type, body: m.Body}
					fd.obj, _ = f.pkg.Info.Defs[m.Name].(*types.Func)
					g.add(fd)
					g.setSignature(fd, f.pkg.Info.Defs[m.Name])
					if m.Body != nil {
						walk(m.Body, fd)
					}
					return false
				case *ast.FuncLit:
					fl := &fn{file: f, node: m, typ: m.Type, body: m.Body, outer: outer}
					g.add(fl)
					if t, ok := f.pkg.Info.TypeOf(m).(*types.Signature); ok {
						g.params(fl, t)
					}
					walk(m.Body, fl)
					return false
				case *ast.CaseClause:
					if obj := f.pkg.Info.Implicits[m]; obj != nil {
						g.implicit[obj] = m
					}
				}
				return true
			})
		}
		walk(f.syntax, top)
	}
	for _, f := range g.fns {
		if f.obj != nil {
			g.rooted(f)
		}
	}
	// A variable is shared when a function other than the one that declares it uses it.
	for _, f := range p.files {
		for id, obj := range f.pkg.Info.Uses {
			if !isLocal(obj) {
				continue
			}
			obj = p.canon(f, obj)
			var d ast.Node = p.names[obj]
			if n, ok := g.implicit[obj]; ok {
				d = n
			} else if p.names[obj] == nil {
				continue
			}
			if g.enclosing(id) != g.enclosing(d) {
				g.sharedVars[obj] = true
			}
		}
	}
}

func (g *graph) add(f *fn) {
	f.loops = map[ast.Stmt]*atom{}
	f.switches = map[ast.Stmt][]*atom{}
	f.fills = map[int]bool{}
	g.fns = append(g.fns, f)
	g.byNode[f.node] = f
	if f.obj != nil {
		g.byObj[f.obj] = f
	}
}

func (g *graph) setSignature(f *fn, obj types.Object) {
	if fo, ok := obj.(*types.Func); ok {
		g.params(f, fo.Signature())
	}
}

func (g *graph) params(f *fn, sig *types.Signature) {
	for i := range sig.Params().Len() {
		f.params = append(f.params, sig.Params().At(i))
	}
	for i := range sig.Results().Len() {
		f.results = append(f.results, sig.Results().At(i))
	}
	f.nres = len(f.results)
	if sig.Recv() != nil {
		f.recv = sig.Recv()
	}
}

// enclosing returns the fn that a node is in.
func (g *graph) enclosing(n ast.Node) *fn {
	for ; n != nil; n = g.p.parent[n] {
		if f, ok := g.byNode[n]; ok {
			// Parameters belong to the function, the name of a function does not.
			return f
		}
	}
	return nil
}

// rooted decides who may call a declared function.
func (g *graph) rooted(f *fn) {
	p := g.p
	d := f.node.(*ast.FuncDecl)
	outside := 0
	for _, id := range p.uses[f.obj] {
		if !p.within(id, d) {
			outside++
		}
	}
	tn := receiverType(f.obj)
	f.dynamic = p.dynamic[f.obj]
	switch {
	case tn == nil && (d.Name.Name == "init" || d.Name.Name == "main" && f.file.pkg.Name == "main" || d.Name.Name == "_"):
		f.root = true
	case tn != nil && f.dynamic, tn != nil && p.api(f.obj):
		f.dynamic = true
		g.typeMethods[tn] = append(g.typeMethods[tn], f)
	case p.api(f.obj):
		f.root = true
	case outside == 0:
		f.root = true
		f.untouched = !f.obj.Exported() && !g.changed(d) && !f.file.test
	}
	if g.set != nil {
		if _, gone := g.set.Remove[d]; gone {
			f.root, f.untouched, f.gone = false, false, true
		}
	}
	f.eligible = f.root
	f.drops, f.zeroes = p.droppable(f)
}

// changed reports whether the core change touches something in n.
func (g *graph) changed(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || found {
			return false
		}
		_, rem := g.p.set.Remove[m]
		_, rep := g.p.set.Replace[m]
		found = found || rem || rep
		if s, ok := m.(ast.Stmt); ok {
			if _, ok := g.p.set.Before[s]; ok {
				found = true
			}
		}
		return !found
	})
	return found
}

// droppable reports whether parameters and results of f may go, and if not, whether callers
// may pass zero values for parameters that nobody reads.
func (p *prog) droppable(f *fn) (drops, zeroes bool) {
	d := f.node.(*ast.FuncDecl)
	if d.Body == nil {
		return false, false
	}
	if p.dynamic[f.obj] || p.api(f.obj) || f.obj.Signature().TypeParams().Len() > 0 || f.root && f.obj.Name() == "main" {
		return false, true
	}
	for _, id := range p.uses[f.obj] {
		var e ast.Expr = id
		n := p.parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel == id {
			e, n = sel, p.parent[sel]
			uf := p.fileFor(sel)
			if s, ok := uf.pkg.Info.Selections[sel]; ok && s.Kind() == types.MethodExpr {
				return false, true
			}
		}
		for {
			switch x := n.(type) {
			case *ast.ParenExpr:
				e, n = x, p.parent[x]
				continue
			case *ast.IndexExpr:
				if x.X == e {
					e, n = x, p.parent[x]
					continue
				}
			case *ast.IndexListExpr:
				e, n = x, p.parent[x]
				continue
			}
			break
		}
		c, ok := n.(*ast.CallExpr)
		if !ok || c.Fun != e || p.pinned[c] {
			return false, true
		}
		if len(c.Args) == 1 && len(f.params) > 1 {
			return false, true // f(g())
		}
	}
	return true, false
}

// findValues notes which functions a variable of function type may hold.
func (g *graph) findValues() {
	p := g.p
	put := func(f *file, obj types.Object, e ast.Expr) {
		if obj == nil {
			return
		}
		if _, ok := obj.Type().Underlying().(*types.Signature); !ok {
			return
		}
		if e == nil {
			g.opaque[obj] = true
			return
		}
		g.values[obj] = append(g.values[obj], e)
	}
	for _, f := range p.files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					var r ast.Expr
					if len(n.Rhs) == len(n.Lhs) {
						r = n.Rhs[i]
					}
					put(f, g.variable(f, l), r)
				}
			case *ast.ValueSpec:
				for i, id := range n.Names {
					switch {
					case len(n.Values) == len(n.Names):
						put(f, p.object(f, id), n.Values[i])
					case len(n.Values) > 0:
						put(f, p.object(f, id), nil)
					}
				}
			case *ast.RangeStmt:
				if n.Value != nil {
					put(f, g.variable(f, n.Value), nil)
				}
				if n.Key != nil {
					put(f, g.variable(f, n.Key), nil)
				}
			case *ast.CompositeLit:
				for i, e := range n.Elts {
					v, val := g.element(f, n, i, e)
					if v != nil {
						put(f, v, val)
					}
				}
			case *ast.CallExpr:
				if fo := f.callee(n); fo != nil {
					if c := g.byObj[p.canon(f, fo)]; c != nil {
						for i, prm := range c.params {
							if i < len(n.Args) && !(i == len(c.params)-1 && c.obj.Signature().Variadic()) && len(n.Args) == len(c.params) {
								put(f, prm, n.Args[i])
							} else {
								put(f, prm, nil)
							}
						}
					}
				}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					put(f, g.variable(f, n.X), nil)
				}
			}
			return true
		})
	}
	for _, f := range g.fns {
		if f.obj == nil || f.root || f.dynamic || !f.drops && !f.zeroes {
			for _, prm := range f.params {
				if _, ok := prm.Type().Underlying().(*types.Signature); ok {
					g.opaque[prm] = true
				}
			}
		}
	}
}

// variable returns the variable or field that an expression names.
func (g *graph) variable(f *file, e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return g.p.object(f, e)
	case *ast.SelectorExpr:
		return g.p.object(f, e.Sel)
	}
	return nil
}

// element returns the field that element i of a struct literal sets, and the value.
func (g *graph) element(f *file, lit *ast.CompositeLit, i int, e ast.Expr) (*types.Var, ast.Expr) {
	t := f.pkg.Info.TypeOf(lit)
	if t == nil {
		return nil, nil
	}
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil, nil
	}
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		if id, ok := kv.Key.(*ast.Ident); ok {
			if v, ok := g.p.object(f, id).(*types.Var); ok {
				return v, kv.Value
			}
		}
		return nil, kv.Value
	}
	if i >= st.NumFields() {
		return nil, nil
	}
	v, _ := g.p.canon(f, st.Field(i)).(*types.Var)
	return v, e
}

// functions returns the functions of the module that a function value may be; ok is false if
// it may be another one as well.
func (g *graph) functions(f *file, e ast.Expr, seen map[types.Object]bool) (out []*fn, ok bool) {
	e = ast.Unparen(e)
	if lit, isLit := e.(*ast.FuncLit); isLit {
		return []*fn{g.byNode[lit]}, true
	}
	if id, isIdent := e.(*ast.Ident); isIdent && id.Name == "nil" {
		return nil, true
	}
	obj := g.variable(f, e)
	switch o := obj.(type) {
	case *types.Func:
		if c := g.byObj[o]; c != nil {
			return []*fn{c}, true
		}
		return nil, false
	case *types.Var:
		if g.opaque[o] || seen[o] || !g.p.own(o) || (o.IsField() || !isLocal(o)) && g.p.api(o) {
			return nil, false
		}
		if seen == nil {
			seen = map[types.Object]bool{}
		}
		seen[o] = true
		for _, v := range g.values[o] {
			vf := g.p.fileFor(v)
			fs, known := g.functions(vf, v, seen)
			if !known {
				return nil, false
			}
			out = append(out, fs...)
		}
		return out, len(out) > 0
	}
	return nil, false
}

// opened puts what unknown callers pass into the group of the outside.
func (g *graph) opened() {
	for _, f := range g.fns {
		open := f.root || f.dynamic || f.obj != nil && !f.drops && g.usedAsValue(f)
		if f.outer != nil {
			c, ok := g.p.parent[f.node].(*ast.CallExpr)
			open = !(ok && ast.Unparen(c.Fun) == f.node) && len(f.callers) == 0
		}
		if !open {
			continue
		}
		for _, v := range f.params {
			if carries(v.Type()) {
				g.union(v, outer)
			}
		}
	}
}

// usedAsValue reports whether a function is used without being called.
func (g *graph) usedAsValue(f *fn) bool {
	for _, id := range g.p.uses[f.obj] {
		var e ast.Node = id
		n := g.p.parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel == id {
			e, n = sel, g.p.parent[sel]
		}
		if c, ok := n.(*ast.CallExpr); !ok || c.Fun != e {
			return true
		}
	}
	return false
}

// visible makes atoms strong that write where others look.
func (g *graph) visible() {
	seen := map[types.Object]bool{}
	for v := range g.outward {
		seen[g.find(v)] = true
	}
	for _, f := range g.fns {
		for _, a := range f.atoms {
			for _, t := range a.targets {
				if (t.how == fill || t.how == fillShared) && !a.removed {
					a.strong = a.strong || seen[g.find(t.v)]
				}
			}
		}
	}
}

// find and union keep groups of variables that may share memory.
func (g *graph) find(o types.Object) types.Object {
	for {
		up, ok := g.group[o]
		if !ok || up == o {
			return o
		}
		o = up
	}
}

func (g *graph) union(a, b types.Object) {
	if a == outer || b == outer {
		// Not a member: all that is outside would be one memory.
		if a == outer {
			a = b
		}
		g.outward[a] = true
		return
	}
	if _, ok := g.group[a]; !ok {
		g.group[a] = a
	}
	if _, ok := g.group[b]; !ok {
		g.group[b] = b
	}
	ra, rb := g.find(a), g.find(b)
	if ra != rb {
		g.group[ra] = rb
	}
}

// mate reports whether two variables may share memory.
func (g *graph) mate(a, b types.Object) bool {
	if a == b {
		return true
	}
	_, x := g.group[a]
	_, y := g.group[b]
	return x && y && g.find(a) == g.find(b)
}

// mates returns the variables that may share memory with o, o included.
func (g *graph) mates(o types.Object) []types.Object {
	if _, ok := g.group[o]; !ok {
		return []types.Object{o}
	}
	return g.members[g.find(o)]
}
