package slice

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/cfg"

	"jwtretire.example/fixer/syntax"
)

// A def is a definition of a local variable.
type def struct {
	a *atom
	v types.Object
}

// key is live if somebody wants the value.
func (d def) key() key { return lhsKey{d.a.key, d.v, false} }

// A reach has the reaching definitions of the local variables of a function.
type reach struct {
	defs  []def
	byVar map[types.Object][]int
	in    map[ast.Node]bits
}

type bits []uint64

func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) clear(i int)    { b[i/64] &^= 1 << (i % 64) }

func (b bits) or(o bits) bool {
	changed := false
	for i := range b {
		if n := b[i] | o[i]; n != b[i] {
			b[i], changed = n, true
		}
	}
	return changed
}

func (b bits) clone() bits { return append(bits(nil), b...) }

// reaching solves the reaching definitions of a function body. Writes through a variable
// define it too, without ending what was there. Variables that a closure uses are left out:
// all their definitions reach all their uses.
func (g *graph) reaching(f *fn) *reach {
	r := &reach{byVar: map[types.Object][]int{}, in: map[ast.Node]bits{}}
	if f.body == nil {
		return r
	}
	gens := map[*atom][]int{}
	kills := map[int]bool{}
	put := func(a *atom, v types.Object, kill bool) {
		i := len(r.defs)
		r.defs = append(r.defs, def{a, v})
		r.byVar[v] = append(r.byVar[v], i)
		gens[a] = append(gens[a], i)
		kills[i] = kill
	}
	for _, a := range f.atoms {
		for _, t := range a.targets {
			switch t.how {
			case local:
				put(a, t.v, a.kind != condition && !t.may)
			case shared:
				if g.atExit[t.v] && g.enclosingVar(t.v) == f {
					put(a, t.v, a.kind != condition && !t.may)
				}
			case fill:
				for _, m := range g.localMates(f, t.v) {
					put(a, m, false)
				}
			case field:
				if t.base != nil {
					for _, m := range g.localMates(f, t.base) {
						put(a, m, false)
					}
				}
			}
		}
	}
	var entry []int
	params := []types.Object{}
	for _, v := range f.params {
		params = append(params, v)
	}
	if f.recv != nil {
		params = append(params, f.recv)
	}
	for _, v := range params {
		entry = append(entry, len(r.defs))
		r.byVar[v] = append(r.byVar[v], len(r.defs))
		r.defs = append(r.defs, def{nil, v})
	}
	graph := cfg.New(f.body, func(c *ast.CallExpr) bool {
		cl, _ := g.p.classify(f.file, c)
		return cl != exit
	})
	runOnce(f.file.pkg.Info, graph)
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
				if a.key.i == beforeIndex {
					r.step(cur, gens[a], kills)
				}
			}
			if record {
				r.in[node] = cur.clone()
			}
			// The values of a parallel assignment are read before any is written.
			for _, a := range at[node] {
				if a.key.i != beforeIndex {
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

func (r *reach) step(cur bits, gens []int, kills map[int]bool) {
	for _, i := range gens {
		if kills[i] {
			for _, o := range r.byVar[r.defs[i].v] {
				cur.clear(o)
			}
		}
		cur.set(i)
	}
}

// atomsAt maps the nodes of the control-flow graph to the atoms that are evaluated there.
func (g *graph) atomsAt(f *fn, graph *cfg.CFG) map[ast.Node][]*atom {
	nodes := map[ast.Node]bool{}
	var order []ast.Node
	for _, b := range graph.Blocks {
		for _, n := range b.Nodes {
			nodes[n] = true
			order = append(order, n)
		}
	}
	at := map[ast.Node][]*atom{}
	for _, a := range f.atoms {
		n := a.node
		if rs, ok := n.(*ast.RangeStmt); ok {
			n = rs.X
			if rs.Value != nil {
				n = rs.Value
			} else if rs.Key != nil {
				n = rs.Key
			}
		}
		if !nodes[n] && a.kind == text {
			for _, o := range order {
				if g.p.within(o, n) {
					n = o
					break
				}
			}
		}
		at[n] = append(at[n], a)
	}
	return at
}

// define registers the writes of an atom to objects without flow-sensitive definitions.
func (g *graph) define(a *atom) {
	for _, t := range a.targets {
		switch t.how {
		case shared:
			g.writes[t.v] = append(g.writes[t.v], a)
		case field, fill, fillShared:
			if g.sharedOrField(t.v) {
				g.writes[t.v] = append(g.writes[t.v], a)
			}
			r := g.find(t.v)
			g.filled[r] = append(g.filled[r], a)
		}
	}
}

// definitions returns the atoms that write to a field or shared variable, or to memory that it may refer to.
func (g *graph) definitions(o types.Object) []*atom {
	own := g.writes[o]
	if !g.sharedOrField(o) {
		return own
	}
	group := g.filled[g.find(o)]
	if len(group) == 0 {
		return own
	}
	out := own[:len(own):len(own)]
	for _, a := range group {
		if !a.writes(o) {
			out = append(out, a)
		}
	}
	return out
}

func (g *graph) sharedOrField(o types.Object) bool {
	return !isLocal(o) || g.sharedVars[o]
}

// defsAt returns the definitions of v that reach n; entry is set if the value that v had at
// the start of the function does.
func (f *fn) defsAt(g *graph, v types.Object, n ast.Node) (defs []def, entry bool) {
	if g.sharedVars[v] && !g.followed(f, v, n) {
		for _, a := range g.definitions(v) {
			defs = append(defs, def{a, v})
		}
		owner := g.enclosingVar(v)
		return defs, owner != nil && owner.isParam(v)
	}
	r := f.reach
	var in bits
	for m := n; m != nil && m != f.node; m = g.p.parent[m] {
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
			if r.defs[i].a == nil {
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
func (g *graph) followed(f *fn, v types.Object, n ast.Node) bool {
	if !g.atExit[v] || g.enclosingVar(v) != f {
		return false
	}
	for m := n; m != nil && m != f.node; m = g.p.parent[m] {
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

// isParam reports whether v is a parameter or the receiver of f.
func (f *fn) isParam(v types.Object) bool {
	for _, p := range f.params {
		if p == v {
			return true
		}
	}
	return f.recv != nil && f.recv == v
}

// filledFor returns the parameters that may share memory with v.
func (f *fn) filledFor(g *graph, v types.Object) (out []types.Object) {
	for _, p := range f.params {
		if g.mate(v, p) {
			out = append(out, p)
		}
	}
	if f.recv != nil && g.mate(v, f.recv) {
		out = append(out, f.recv)
	}
	return out
}

// firstIn returns the first node of the control-flow graph inside a compound statement.
func (g *graph) firstIn(f *fn, s ast.Stmt) ast.Node {
	var first ast.Node
	ast.Inspect(s, func(n ast.Node) bool {
		if first != nil || n == nil {
			return false
		}
		if _, ok := f.reach.in[n]; ok {
			first = n
			return false
		}
		return true
	})
	return first
}

// summarise computes the parameters through which the module's functions write, and adds the
// writes to the atoms that call them.
func (g *graph) summarise() {
	changed := g.fns
	for len(changed) > 0 {
		var filling []*fn
		for _, f := range changed {
			n := len(f.fills)
			for _, a := range f.atoms {
				if !a.removed {
					g.fillsThrough(f, a)
				}
			}
			if len(f.fills) > n {
				filling = append(filling, f)
			}
		}
		again := map[*fn]bool{}
		changed = nil
		for _, f := range filling {
			for _, rec := range f.callers {
				a := rec.atom
				n := len(a.targets)
				w := newWalker(g, a.fn, a)
				for i := range f.fills {
					if e := syntax.Operand(rec.expr, i); e != nil {
						w.fills(e)
					}
				}
				if len(a.targets) > n && !again[a.fn] {
					again[a.fn] = true
					changed = append(changed, a.fn)
				}
			}
		}
	}
}

// fillsThrough records the parameters of a function through which an atom writes.
func (g *graph) fillsThrough(f *fn, a *atom) {
	for _, t := range a.targets {
		if t.how != fill && t.how != fillShared {
			continue
		}
		for i, v := range f.params {
			if g.mate(t.v, v) {
				f.fills[i] = true
			}
		}
		if f.recv != nil && g.mate(t.v, f.recv) {
			f.fills[-1] = true
		}
	}
}
