package slice

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// connected returns an error if a changed declaration has no chain of names to the core change: every changed declaration has to
// name, or be named by, another declaration of the chain, or share an
// object or the name of a setting with it. This check is independent of the markings.
// gone has the keys that are gone.
func connected(p *prog, gone map[key]bool, core map[ast.Node]bool) error {
	changed := p.units()
	mentions := map[types.Object][]ast.Node{}
	of := map[ast.Node][]types.Object{}
	settings := map[string][]ast.Node{}
	named := map[ast.Node][]string{}
	for u := range changed {
		f := p.fileFor(u)
		ast.Inspect(u, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				obj := p.object(f, n)
				if obj == nil || isLocal(obj) && !isField(obj) || !p.own(obj) {
					return true
				}
				if gone[obj] || changed[p.unit(p.names[obj])] {
					mentions[obj] = append(mentions[obj], u)
					of[u] = append(of[u], obj)
				}
			case *ast.BasicLit:
				if name := f.constString(n); name != "" {
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
			return fmt.Errorf("%s would change, which has no part in the flow; this is a fault of jwtretire", p.fileFor(u).pos(u))
		}
	}
	return nil
}

// units returns the functions, and the specs of declarations, that the set changes.
func (p *prog) units() map[ast.Node]bool {
	out := map[ast.Node]bool{}
	put := func(n ast.Node) {
		if gd, ok := n.(*ast.GenDecl); ok && p.isTop(gd) {
			for _, s := range gd.Specs {
				out[s] = true
			}
			return
		}
		if u := p.unit(n); u != nil {
			out[u] = true
		}
	}
	for n := range p.set.Nodes() {
		put(n)
	}
	return out
}

func (p *prog) isTop(n ast.Node) bool {
	_, ok := p.parent[n].(*ast.File)
	return ok
}

// unit returns the function, or the spec of a declaration of the package, that a node is in; nil for an import.
func (p *prog) unit(n ast.Node) ast.Node {
	for ; n != nil; n = p.parent[n] {
		switch x := n.(type) {
		case *ast.FuncDecl:
			return x
		case ast.Spec:
			if gd, ok := p.parent[x].(*ast.GenDecl); ok && p.isTop(gd) {
				if gd.Tok == token.IMPORT {
					return nil
				}
				return x
			}
		}
	}
	return nil
}
