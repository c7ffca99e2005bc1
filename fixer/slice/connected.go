package slice

import (
	"fmt"
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// connected returns an error if a changed declaration has no chain of names to the core change: every changed declaration has to
// name, or be named by, another declaration of the chain, or share an
// object or the name of a setting with it. This check is independent of the markings.
// gone has the keys that are gone.
func connected(p *program.Program, gone map[graph.Key]bool, core map[ast.Node]bool) error {
	changed := p.Units()
	mentions := map[types.Object][]ast.Node{}
	of := map[ast.Node][]types.Object{}
	settings := map[string][]ast.Node{}
	named := map[ast.Node][]string{}
	for u := range changed {
		f := p.FileOf(u)
		ast.Inspect(u, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				obj := f.Object(n)
				if obj == nil || syntax.IsLocal(obj) || !p.Own(obj) {
					return true
				}
				if gone[obj] || changed[p.Unit(p.Names[obj])] {
					mentions[obj] = append(mentions[obj], u)
					of[u] = append(of[u], obj)
				}
			case *ast.BasicLit:
				if name := f.ConstString(n); name != "" {
					settings[name] = append(settings[name], u)
					named[u] = append(named[u], name)
				}
			}
			return true
		})
	}
	var queue []ast.Node
	seen := map[ast.Node]bool{}
	reach := func(list []ast.Node) {
		for _, u := range list {
			if !seen[u] {
				seen[u] = true
				queue = append(queue, u)
			}
		}
	}
	for u := range core {
		reach([]ast.Node{u})
	}
	for len(queue) > 0 {
		u := queue[0]
		queue = queue[1:]
		for _, obj := range of[u] {
			reach(mentions[obj])
		}
		for _, name := range named[u] {
			reach(settings[name])
		}
	}
	for u := range changed {
		if !seen[u] {
			return fmt.Errorf("%s would change, which has no part in the flow; this is a fault of jwtretire", p.FileOf(u).Pos(u))
		}
	}
	return nil
}
