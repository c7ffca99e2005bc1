package program

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Units returns the functions, and the specs of declarations, that the set changes.
func (p *Program) Units() map[ast.Node]bool {
	out := map[ast.Node]bool{}
	put := func(n ast.Node) {
		if gd, ok := n.(*ast.GenDecl); ok && p.isTop(gd) {
			for _, s := range gd.Specs {
				out[s] = true
			}
			return
		}
		if u := p.Unit(n); u != nil {
			out[u] = true
		}
	}
	for n := range p.Set.Nodes() {
		put(n)
	}
	return out
}

func (p *Program) isTop(n ast.Node) bool {
	_, ok := p.Parent[n].(*ast.File)
	return ok
}

// Unit returns the function, or the spec of a package-level declaration, around a node; nil for an import.
func (p *Program) Unit(n ast.Node) ast.Node {
	for ; n != nil; n = p.Parent[n] {
		switch x := n.(type) {
		case *ast.FuncDecl:
			return x
		case ast.Spec:
			if gd, ok := p.Parent[x].(*ast.GenDecl); ok && p.isTop(gd) {
				if gd.Tok == token.IMPORT {
					return nil
				}
				return x
			}
		}
	}
	return nil
}

// Unused reports whether an object has no uses, besides the methods of a type.
func (p *Program) Unused(obj types.Object) bool {
	tn, ok := obj.(*types.TypeName)
	if !ok {
		return len(p.Uses[obj]) == 0
	}
	for _, id := range p.Uses[obj] {
		own := false
		for n := ast.Node(id); n != nil; n = p.Parent[n] {
			if d, ok := n.(*ast.FuncDecl); ok && d.Recv != nil {
				fn, _ := p.FileOf(d).Pkg.Info.Defs[d.Name].(*types.Func)
				own = fn != nil && ReceiverType(fn) == tn
			}
			if n == p.Decl(obj) {
				own = true
			}
		}
		if !own {
			return false
		}
	}
	return true
}
