package graph

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/cfg"

	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// Reaching solves the reaching definitions of a function body. Writes through a variable
// define it too, without ending what was there. Variables that a closure uses are left out:
// all their definitions reach all their uses.
func (g *Graph) Reaching(f *Func) *Reach {
	r := &Reach{byVar: map[types.Object][]int{}, in: map[ast.Node]bits{}}
	if f.Body == nil {
		return r
	}
	gens := map[*Atom][]int{}
	kills := map[int]bool{}
	put := func(a *Atom, v types.Object, kill bool) {
		i := len(r.defs)
		r.defs = append(r.defs, Def{a, v})
		r.byVar[v] = append(r.byVar[v], i)
		gens[a] = append(gens[a], i)
		kills[i] = kill
	}
	for _, a := range f.Atoms {
		for _, t := range a.Targets {
			switch t.How {
			case Local:
				put(a, t.Var, a.Kind != Condition && !t.May)
			case Shared:
				if g.AtExit[t.Var] && g.EnclosingVar(t.Var) == f {
					put(a, t.Var, a.Kind != Condition && !t.May)
				}
			case Fill:
				for _, m := range g.localMates(f, t.Var) {
					put(a, m, false)
				}
			case Field:
				if t.Base != nil {
					for _, m := range g.localMates(f, t.Base) {
						put(a, m, false)
					}
				}
			}
		}
	}
	var entry []int
	params := []types.Object{}
	for _, v := range f.Params {
		params = append(params, v)
	}
	if f.Recv != nil {
		params = append(params, f.Recv)
	}
	for _, v := range params {
		entry = append(entry, len(r.defs))
		r.byVar[v] = append(r.byVar[v], len(r.defs))
		r.defs = append(r.defs, Def{nil, v})
	}
	graph := cfg.New(f.Body, func(c *ast.CallExpr) bool {
		cl, _ := g.Prog.Classify(f.File, c)
		return cl != program.Exit
	})
	runOnce(f.File.Pkg.Info, graph)
	at := g.atomsAt(f, graph)
	n := (len(r.defs) + 63) / 64
	ins := make([]bits, len(graph.Blocks))
	for i := range ins {
		ins[i] = make(bits, n)
	}
	for _, i := range entry {
		ins[0].set(i)
	}
	flow := func(b *cfg.Block, record bool) bits {
		cur := ins[b.Index].clone()
		for _, node := range b.Nodes {
			for _, a := range at[node] {
				if a.Key.Index == BeforeIndex {
					r.step(cur, gens[a], kills)
				}
			}
			if record {
				r.in[node] = cur.clone()
			}
			// The values of a parallel assignment are read before any is written.
			for _, a := range at[node] {
				if a.Key.Index != BeforeIndex {
					r.step(cur, gens[a], kills)
				}
			}
		}
		return cur
	}
	for again := true; again; {
		again = false
		for _, b := range graph.Blocks {
			out := flow(b, false)
			for _, s := range b.Succs {
				if ins[s.Index].or(out) {
					again = true
				}
			}
		}
	}
	for _, b := range graph.Blocks {
		flow(b, true)
	}
	return r
}

func (r *Reach) step(cur bits, gens []int, kills map[int]bool) {
	for _, i := range gens {
		if kills[i] {
			for _, o := range r.byVar[r.defs[i].Var] {
				cur.clear(o)
			}
		}
		cur.set(i)
	}
}

// atomsAt maps the nodes of the control-flow graph to the atoms that are evaluated there.
func (g *Graph) atomsAt(f *Func, graph *cfg.CFG) map[ast.Node][]*Atom {
	nodes := map[ast.Node]bool{}
	var order []ast.Node
	for _, b := range graph.Blocks {
		for _, n := range b.Nodes {
			nodes[n] = true
			order = append(order, n)
		}
	}
	at := map[ast.Node][]*Atom{}
	for _, a := range f.Atoms {
		n := a.Node
		if rs, ok := n.(*ast.RangeStmt); ok {
			n = rs.X
			if rs.Value != nil {
				n = rs.Value
			} else if rs.Key != nil {
				n = rs.Key
			}
		}
		if !nodes[n] && a.Kind == Text {
			for _, o := range order {
				if g.Prog.Within(o, n) {
					n = o
					break
				}
			}
		}
		at[n] = append(at[n], a)
	}
	return at
}

// Define registers the writes of an atom to objects without flow-sensitive definitions.
func (g *Graph) Define(a *Atom) {
	for _, t := range a.Targets {
		switch t.How {
		case Shared:
			g.Writes[t.Var] = append(g.Writes[t.Var], a)
		case Field, Fill, FillShared:
			if g.sharedOrField(t.Var) {
				g.Writes[t.Var] = append(g.Writes[t.Var], a)
			}
			r := g.Find(t.Var)
			g.Filled[r] = append(g.Filled[r], a)
		}
	}
}

// Definitions returns the atoms that write to a field or shared variable, or to memory that it may refer to.
func (g *Graph) Definitions(o types.Object) []*Atom {
	own := g.Writes[o]
	if !g.sharedOrField(o) {
		return own
	}
	group := g.Filled[g.Find(o)]
	if len(group) == 0 {
		return own
	}
	out := own[:len(own):len(own)]
	for _, a := range group {
		if !a.writes(o) && g.MayTouch(a, GroupKey{g.Find(o), o.Type()}) {
			out = append(out, a)
		}
	}
	return out
}

func (g *Graph) sharedOrField(o types.Object) bool {
	return !syntax.IsLocal(o) || g.SharedVars[o]
}

// DefsAt returns the definitions of v that reach n; entry is set if the value that v had at
// the start of the function does.
func (f *Func) DefsAt(g *Graph, v types.Object, n ast.Node) (defs []Def, entry bool) {
	if g.SharedVars[v] && !g.followed(f, v, n) {
		for _, a := range g.Definitions(v) {
			defs = append(defs, Def{a, v})
		}
		owner := g.EnclosingVar(v)
		return defs, owner != nil && owner.IsParam(v)
	}
	r := f.Reach
	var in bits
	for m := n; m != nil && m != f.Node; m = g.Prog.Parent[m] {
		if b, ok := r.in[m]; ok {
			in = b
			break
		}
		if s, ok := m.(ast.Stmt); ok {
			if _, ok := r.in[s]; !ok && m == n {
				if first := g.firstIn(f, s); first != nil {
					in = r.in[first]
					break
				}
			}
		}
	}
	for _, i := range r.byVar[v] {
		if in == nil || in.has(i) {
			if r.defs[i].Atom == nil {
				entry = true
				continue
			}
			defs = append(defs, r.defs[i])
		}
	}
	return defs, entry
}

// followed reports whether the definitions of a shared variable are flow-sensitive: it is shared only with deferred literals, which
// run after the rest of its function. They may still change a result.
func (g *Graph) followed(f *Func, v types.Object, n ast.Node) bool {
	if !g.AtExit[v] || g.EnclosingVar(v) != f {
		return false
	}
	for m := n; m != nil && m != f.Node; m = g.Prog.Parent[m] {
		switch m := m.(type) {
		case *ast.ReturnStmt:
			return false
		case *ast.UnaryExpr:
			if m.Op == token.AND {
				return false
			}
		}
	}
	return true
}

// IsParam reports whether v is a parameter or the receiver of f.
func (f *Func) IsParam(v types.Object) bool {
	for _, p := range f.Params {
		if p == v {
			return true
		}
	}
	return f.Recv != nil && f.Recv == v
}

// FilledFor returns the parameters that may share memory with v.
func (f *Func) FilledFor(g *Graph, v types.Object) (out []types.Object) {
	for _, p := range f.Params {
		if g.Mate(v, p) {
			out = append(out, p)
		}
	}
	if f.Recv != nil && g.Mate(v, f.Recv) {
		out = append(out, f.Recv)
	}
	return out
}

// firstIn returns the first node of the control-flow graph inside a compound statement.
func (g *Graph) firstIn(f *Func, s ast.Stmt) ast.Node {
	var first ast.Node
	ast.Inspect(s, func(n ast.Node) bool {
		if first != nil || n == nil {
			return false
		}
		if _, ok := f.Reach.in[n]; ok {
			first = n
			return false
		}
		return true
	})
	return first
}

// Takes reports whether a definition that the core change removed set the value of v, and the text in its place
// does not. A missing element of a map, or of memory behind a pointer, does not count.
func (g *Graph) Takes(d Def) bool {
	for _, t := range d.Atom.Targets {
		if t.Var == d.Var && (t.How == Local || t.How == Shared) {
			return !g.Rewritten(d)
		}
	}
	found := false
	ast.Inspect(d.Atom.Node, func(n ast.Node) bool {
		if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.AND {
			if id, ok := ast.Unparen(u.X).(*ast.Ident); ok && d.Atom.Func.File.Object(id) == d.Var {
				found = !d.Atom.Func.textWrites(d.Var)
			}
		}
		return !found
	})
	return found
}

// textWrites reports whether a text that the core change brought fills a variable of the function.
func (f *Func) textWrites(v types.Object) bool {
	return slices.ContainsFunc(f.Atoms, func(a *Atom) bool { return a.Kind == Text && a.writes(v) })
}

// Rewritten reports whether the text in the place of a definition gives the variable a value.
func (g *Graph) Rewritten(d Def) bool {
	t := g.AtomAt(d.Atom.Node, TextIndex)
	return t != nil && t.writes(d.Var)
}

// runOnce takes the way past a loop out of a control-flow graph where the loop certainly runs: for i := 0; i < 3; i++, or a
// range over a number. What its body assigns for certain then ends the definitions in front of it. Retry loops are of that kind.
func runOnce(info *types.Info, graph *cfg.CFG) {
	for _, loop := range graph.Blocks {
		if loop.Kind != cfg.KindForLoop && loop.Kind != cfg.KindRangeLoop || len(loop.Succs) != 2 {
			continue
		}
		var enters func(*cfg.Block) bool
		switch s := loop.Stmt.(type) {
		case *ast.ForStmt:
			if s.Post == nil || !startsTrue(info, s) {
				continue
			}
			enters = func(b *cfg.Block) bool { return b.Kind != cfg.KindForPost || b.Stmt != loop.Stmt }
		case *ast.RangeStmt:
			if !positive(info, s.X) {
				continue
			}
			enters = func(b *cfg.Block) bool { return slices.Contains(b.Nodes, ast.Node(s.X)) }
		}
		for _, b := range graph.Blocks {
			if !enters(b) {
				continue
			}
			for i, to := range b.Succs {
				if to == loop {
					b.Succs[i] = loop.Succs[0]
				}
			}
		}
	}
}

// startsTrue reports whether the condition of a loop holds at its beginning: i := constant; i op constant.
func startsTrue(info *types.Info, s *ast.ForStmt) bool {
	init, ok := s.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE || len(init.Lhs) != 1 || len(init.Rhs) != 1 {
		return false
	}
	cond, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	switch cond.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.NEQ:
	default:
		return false
	}
	v, isVar := init.Lhs[0].(*ast.Ident)
	x, isIdent := ast.Unparen(cond.X).(*ast.Ident)
	if !isVar || !isIdent || info.Defs[v] == nil || info.Uses[x] != info.Defs[v] {
		return false
	}
	from, to := info.Types[init.Rhs[0]].Value, info.Types[cond.Y].Value
	return from != nil && to != nil && from.Kind() == constant.Int && to.Kind() == constant.Int && constant.Compare(from, cond.Op, to)
}

// positive reports whether an expression is a constant number above zero.
func positive(info *types.Info, e ast.Expr) bool {
	v := info.Types[e].Value
	return v != nil && v.Kind() == constant.Int && constant.Sign(v) > 0
}
