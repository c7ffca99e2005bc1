package slice

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// connected returns an error if a changed declaration has no chain of names to the core change: every changed declaration has to
// name, or be named by, another declaration of the chain, or share an object or the name of a setting with it. The definition of a
// flag is a link between its variable and its name, even if it stays. This check is independent of the markings. gone has the keys that are gone.
func connected(p *program.Program, gone map[graph.Key]bool, core map[ast.Node]bool) error {
	c := &chains{p: p, gone: gone, changed: p.Units(), mentions: map[types.Object][]ast.Node{}, objects: map[ast.Node][]types.Object{}, settings: map[string][]ast.Node{}, names: map[ast.Node][]string{}}
	for u := range c.changed {
		c.add(p.FileOf(u), u)
	}
	if c.apart(core) == nil {
		return nil
	}
	for _, f := range p.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if class, _ := p.Classify(f, call); class == program.Defines {
					c.add(f, call)
				}
			}
			return true
		})
	}
	if u := c.apart(core); u != nil {
		return fmt.Errorf("%s would change, which has no part in the flow; this is a fault of jwtretire", p.FileOf(u).Pos(u))
	}
	return nil
}

// Chains are changed declarations, and definitions of flags, with what connects them.
type chains struct {
	p       *program.Program
	gone    map[graph.Key]bool
	changed map[ast.Node]bool

	mentions map[types.Object][]ast.Node
	objects  map[ast.Node][]types.Object
	settings map[string][]ast.Node
	names    map[ast.Node][]string
}

// add notes the objects and the settings that a node names.
func (c *chains) add(f *syntax.File, u ast.Node) {
	ast.Inspect(u, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			obj := f.Object(n)
			if obj != nil && !syntax.IsLocal(obj) && c.p.Own(obj) && (c.gone[obj] || c.changed[c.p.Unit(c.p.Names[obj])]) {
				c.mentions[obj] = append(c.mentions[obj], u)
				c.objects[u] = append(c.objects[u], obj)
			}
		case *ast.BasicLit:
			if name := f.ConstString(n); name != "" {
				c.settings[name] = append(c.settings[name], u)
				c.names[u] = append(c.names[u], name)
			}
		}
		return true
	})
}

// apart returns a changed declaration without a chain to the core change, nil if there is none.
func (c *chains) apart(core map[ast.Node]bool) ast.Node {
	seen := map[ast.Node]bool{}
	var queue []ast.Node
	reach := func(list []ast.Node) {
		for _, u := range list {
			if !seen[u] {
				seen[u] = true
				queue = append(queue, u)
			}
		}
	}
	reach(slices.Collect(maps.Keys(core)))
	for len(queue) > 0 {
		u := queue[0]
		queue = queue[1:]
		for _, obj := range c.objects[u] {
			reach(c.mentions[obj])
		}
		for _, name := range c.names[u] {
			reach(c.settings[name])
		}
	}
	for u := range c.changed {
		if !seen[u] {
			return u
		}
	}
	return nil
}
