package slice

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/fixer/change"
)

// flowTests removes the test functions that exercise nothing but what dies with the flow. A
// test that uses anything else of the module as well keeps what it uses.
func flowTests(p *prog, set *change.Set, before *graph) {
	g := newGraph(p, set)
	var tests []*fn
	for _, f := range g.fns {
		if f.obj != nil && f.file.test && isTest(f.obj.Name()) && f.recv == nil && !g.changed(f.node) {
			f.root, f.optional = false, true
			tests = append(tests, f)
		}
	}
	if len(tests) == 0 {
		return
	}
	v := settle(before, g, nil)
	for _, f := range tests {
		own, dead := 0, 0
		ast.Inspect(f.node, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			obj := p.object(f.file, id)
			if obj == nil || !p.own(obj) || isLocal(obj) || obj == types.Object(f.obj) || p.inFile[obj].test || isField(obj) {
				return true
			}
			own++
			if v.died(obj) {
				dead++
			}
			return true
		})
		if own > 0 && own == dead {
			set.Remove[f.node] = "a test of what died"
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
