// Package build makes the dependence graph of a program from its syntax. In: a Program, and the core change for the graph after
// it, or nil for the one before. Out: a Graph. builder.go has the two types that do it: a builder makes the atoms of a function
// from its statements, a Walker finds the needs of one atom from its expressions. The effect of a call, the values that a condition checks,
// and whether a branch only reports a failure, are decided in this package only.
package build

import (
	"go/ast"
	"go/types"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/slice/box"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

func build(g *graph.Graph, f *graph.Func) {
	b := &builder{g: g, p: g.Prog, f: f, labels: map[string]ast.Stmt{}}
	for o := f; o != nil; o = o.Outer {
		b.gone = b.gone || o.Gone
	}
	if syntax, ok := f.Node.(*ast.File); ok {
		for _, d := range syntax.Decls {
			if gd, ok := d.(*ast.GenDecl); ok {
				b.genDecl(gd, nil, nil)
			}
		}
		return
	}
	if f.Body == nil {
		return
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok {
			b.labels[l.Label.Name] = l.Stmt
		}
		return true
	})
	b.list(f.Body.List, nil)
}

// signature makes the atom that holds what a function's type needs.
func signature(g *graph.Graph, f *graph.Func) {
	if f.Type == nil || f.Gone {
		return
	}
	b := &builder{g: g, p: g.Prog, f: f}
	a := &graph.Atom{Key: graph.AtomKey{Node: f.Type, Index: 0}, Kind: graph.Declares, Func: f, Node: f.Type}
	g.Atoms[a.Key] = a
	w := &Walker{b: b, a: a}
	if d, ok := f.Node.(*ast.FuncDecl); ok && d.Recv != nil {
		for _, fl := range d.Recv.List {
			w.expr(fl.Type, nil)
		}
	}
	if f.Type.TypeParams != nil {
		for _, fl := range f.Type.TypeParams.List {
			w.expr(fl.Type, nil)
		}
	}
	i := 0
	for _, fl := range f.Type.Params.List {
		n := max(1, len(fl.Names))
		for range n {
			var conds []graph.Key
			if f.Drops && DropsParam(g, f, i) {
				conds = []graph.Key{f.Params[i]}
			}
			w.expr(fl.Type, conds)
			i++
		}
	}
	if f.Type.Results == nil {
		return
	}
	i = 0
	for _, fl := range f.Type.Results.List {
		n := max(1, len(fl.Names))
		for range n {
			w.expr(fl.Type, []graph.Key{graph.ResultKey{Func: f.Node, Index: i}})
			i++
		}
	}
}

// New builds the graph of a program, with the core change if set is not nil.
func New(p *program.Program, set *change.Set, boxes *box.Boxes) *graph.Graph {
	g := &graph.Graph{
		Prog: p, Set: set, Boxes: boxes,
		ByNode: map[ast.Node]*graph.Func{}, ByObj: map[types.Object]*graph.Func{}, Atoms: map[graph.AtomKey]*graph.Atom{},
		Decl: map[types.Object]*graph.Atom{}, Writes: map[types.Object][]*graph.Atom{}, Filled: map[types.Object][]*graph.Atom{}, Elems: map[types.Object][]graph.Elem{},
		Group: map[types.Object]types.Object{}, Values: map[types.Object][]ast.Expr{}, Opaque: map[types.Object]bool{},
		Named: map[*graph.Func]int{}, SharedVars: map[types.Object]bool{}, AtExit: map[types.Object]bool{}, TypeMethods: map[*types.TypeName][]*graph.Func{}, Implicit: map[types.Object]ast.Node{}, Guards: map[*graph.Atom]*graph.Guard{}, GuardAt: map[ast.Node]*graph.Guard{}, Outward: map[types.Object]bool{}, Ifaces: map[types.Object][]graph.InterfaceKey{}, Open: map[types.Object]bool{}, Zero: map[types.Object]*graph.Atom{},
	}
	findFuncs(g)
	for _, f := range g.Funcs {
		if f.Outer != nil {
			f.Outer.Inner = append(f.Outer.Inner, f)
		}
	}
	findValues(g)
	findOptions(g)
	for _, f := range g.Funcs {
		signature(g, f)
	}
	for _, f := range g.Funcs {
		build(g, f)
	}
	opened(g)
	g.Members = map[graph.MemberKey][]types.Object{}
	for obj := range g.Group {
		if syntax.IsLocal(obj) && !g.SharedVars[obj] {
			k := graph.MemberKey{Group: g.Find(obj), Func: g.EnclosingVar(obj)}
			g.Members[k] = append(g.Members[k], obj)
		}
	}
	summarise(g)
	for _, f := range g.Funcs {
		for _, a := range f.Atoms {
			g.Define(a)
		}
		f.Reach = g.Reaching(f)
	}
	visible(g)
	return g
}
