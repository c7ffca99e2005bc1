package build

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/slice/graph"
)

// opened joins the arguments of unknown callers with the group of external memory.
func opened(g *graph.Graph) {
	for _, f := range g.Funcs {
		open := f.Root || f.Dynamic || f.Obj != nil && !f.Drops && usedAsValue(g, f)
		if f.Outer != nil {
			c, ok := g.Prog.Parent[f.Node].(*ast.CallExpr)
			open = !(ok && ast.Unparen(c.Fun) == f.Node) && len(f.Callers) == 0
		}
		if !open {
			continue
		}
		for _, v := range f.Params {
			if carries(v.Type()) {
				g.Union(v, graph.Outer)
			}
		}
	}
}

// visible makes atoms strong that write to memory which other code can read.
func visible(g *graph.Graph) {
	seen := map[types.Object]bool{}
	for v := range g.Outward {
		seen[g.Find(v)] = true
	}
	for _, f := range g.Funcs {
		for _, a := range f.Atoms {
			for _, t := range a.Targets {
				if (t.How == graph.Fill || t.How == graph.FillShared) && !a.Removed {
					a.Strong = a.Strong || seen[g.Find(t.Var)]
				}
			}
		}
	}
}
