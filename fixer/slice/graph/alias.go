package graph

import (
	"go/token"
	"go/types"

	"jwtretire.example/fixer/syntax"
)

// Find and union keep groups of variables that may share memory.
func (g *Graph) Find(o types.Object) types.Object {
	for {
		up, ok := g.Group[o]
		if !ok || up == o {
			return o
		}
		o = up
	}
}

func (g *Graph) Union(a, b types.Object) {
	if a == Outer || b == Outer {
		// Outer is no member, because that would join all groups with memory outside.
		if a == Outer {
			a = b
		}
		g.Outward[a] = true
		return
	}
	if _, ok := g.Group[a]; !ok {
		g.Group[a] = a
	}
	if _, ok := g.Group[b]; !ok {
		g.Group[b] = b
	}
	ra, rb := g.Find(a), g.Find(b)
	if ra != rb {
		g.Group[ra] = rb
	}
}

// Mate reports whether two variables may share memory.
func (g *Graph) Mate(a, b types.Object) bool {
	if a == b {
		return true
	}
	_, x := g.Group[a]
	_, y := g.Group[b]
	return x && y && g.Find(a) == g.Find(b)
}

// localMates returns the variables of a function, not shared with others, that may share memory with o.
func (g *Graph) localMates(f *Func, o types.Object) []types.Object {
	if _, ok := g.Group[o]; ok {
		return g.Members[MemberKey{g.Find(o), f}]
	}
	if syntax.IsLocal(o) && !g.SharedVars[o] {
		return []types.Object{o}
	}
	return nil
}

// Outer is all memory that other code can refer to: a variable of another package, the result of a call with
// effects, an argument of an unknown caller. A write to it is an effect.
var Outer types.Object = types.NewVar(token.NoPos, nil, "outside", types.Typ[types.Invalid])
