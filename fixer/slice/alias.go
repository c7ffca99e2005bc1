package slice

import (
	"go/ast"
	"go/types"
)

// opened joins the arguments of unknown callers with the group of external memory.
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

// visible makes atoms strong that write to memory which other code can read.
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

// localMates returns the variables of a function, not shared with others, that may share memory with o.
func (g *graph) localMates(f *fn, o types.Object) []types.Object {
	if _, ok := g.group[o]; ok {
		return g.members[memberKey{g.find(o), f}]
	}
	if isLocal(o) && !g.sharedVars[o] {
		return []types.Object{o}
	}
	return nil
}

type memberKey struct {
	group types.Object
	f     *fn
}
