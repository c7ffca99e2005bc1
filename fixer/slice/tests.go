package slice

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/slice/build"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/live"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// flowTests removes the test functions that exercise nothing but what dies with the flow. A
// test that also uses other code of the module keeps the code that it uses.
func flowTests(p *program.Program, set *change.Set, before *graph.Graph) {
	g := build.New(p, set, before.Boxes)
	var tests []*graph.Func
	for _, f := range g.Funcs {
		if f.Obj != nil && f.File.Test && isTest(f.Obj.Name()) && f.Recv == nil && !g.Changed(f.Node) {
			f.Root, f.Optional = false, true
			tests = append(tests, f)
		}
	}
	if len(tests) == 0 {
		return
	}
	v := live.Settle(before, g, nil)
	for _, f := range tests {
		own, dead := 0, 0
		ast.Inspect(f.Node, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			obj := f.File.Object(id)
			if obj == nil || !p.Own(obj) || syntax.IsLocal(obj) || obj == types.Object(f.Obj) || p.FileAt(obj).Test || syntax.IsField(obj) {
				return true
			}
			own++
			if v.Died(obj) {
				dead++
			}
			return true
		})
		if own > 0 && own == dead {
			set.Remove[f.Node] = "a test of what died"
		}
	}
}

func isTest(name string) bool {
	for _, p := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}
