package applied

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

const program = `package p

type pair[T any] struct{ left, right T }

func (p *pair[T]) swap() { p.left, p.right = p.right, p.left }

type outer struct {
	*inner
	name string
}

type inner struct{ depth int }

const limit = 3

var count int

func help(n int) (int, error) { return n, nil }

func all(names []string, o outer, ch chan int) (total int, err error) {
	a, err := help(1)
	if err != nil {
		return 0, err
	}
	b := pair[int]{a, limit}
	b.swap()
	if c, err := help(b.left); err == nil {
		total += c
	} else if c > 2 {
		total -= c
	} else {
		total, err = help(c)
	}
	for i, name := range names {
		d := len(name) + i
		count += d
		o.depth = d
	}
	for e := 0; e < limit; e++ {
		func() { total++; o.name = names[e] }()
	}
	switch x := any(o).(type) {
	case outer:
		count = x.depth
	case nil:
		count--
	}
	switch f := a; {
	case f > 1:
		count = f
		fallthrough
	default:
		g := outer{inner: &inner{depth: f}, name: "g"}
		o = g
	}
	select {
	case h := <-ch:
		total = h
	case ch <- total:
	}
loop:
	for {
		a++
		if a > 3 {
			break loop
		}
	}
	var k, l = a, b
	_ = l
	defer help(k)
	return total, err
}
`

// parsed returns the program as a package, with its index.
func parsed(t *testing.T, src string) (*load.Package, *syntax.Index) {
	t.Helper()
	pkg := &load.Package{Path: "example.com/p", Name: "p", Fset: token.NewFileSet(), Files: []string{"p.go"}, Source: map[string][]byte{"p.go": []byte(src)}, Info: &types.Info{
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{}, Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	tree, err := parser.ParseFile(pkg.Fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg.Syntax = []*ast.File{tree}
	if pkg.Types, err = (&types.Config{}).Check(pkg.Path, pkg.Fset, pkg.Syntax, pkg.Info); err != nil {
		t.Fatal(err)
	}
	return pkg, syntax.NewIndex([]*load.Package{pkg})
}

func idents(nodes ...ast.Node) (out []*ast.Ident) {
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				out = append(out, id)
			}
			return true
		})
	}
	return out
}

// A node that is replaced by its own source means what it meant: the text has the same identifiers, and they stand for the same
// objects, but for those that only the text knows. So it is with everything around it, whatever stands in front and goes behind.
func TestSameSource(t *testing.T) {
	pkg, ix := parsed(t, program)
	var nodes []ast.Node
	ast.Inspect(pkg.Syntax[0], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CaseClause, *ast.CommClause, *ast.LabeledStmt:
		case *ast.BlockStmt:
			switch ix.Parent[n].(type) {
			case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			default:
				nodes = append(nodes, n)
			}
		case ast.Stmt, *ast.KeyValueExpr, *ast.BinaryExpr, *ast.CallExpr, *ast.CompositeLit:
			nodes = append(nodes, n)
		}
		return true
	})
	for i, n := range nodes {
		src := func(n ast.Node) string {
			return program[pkg.Fset.Position(n.Pos()).Offset:pkg.Fset.Position(n.End()).Offset]
		}
		set := change.NewSet()
		set.Replace[n] = change.Text{Src: src(n)}
		if b, ok := n.(*ast.BlockStmt); ok {
			set.Replace[n] = change.Text{Src: strings.Trim(src(b), "{}")}
		}
		for _, m := range nodes { // something elsewhere, too
			s, ok := m.(ast.Stmt)
			if list, in := ix.Parent[m].(*ast.BlockStmt); ok && in && m != n && (i+len(src(m)))%5 == 0 && !set.Inside(m, ix.Parent) {
				set.Before[s] = change.Text{Src: "{\n\t«example.com/none».Call(limit)\n}"}
				if list.List[len(list.List)-1] == s {
					set.Before[s] = change.Text{Src: "count++"}
				}
			}
		}
		prog, err := Apply(ix, set)
		if err != nil {
			t.Fatalf("%s: %v", src(n), err)
		}
		text := prog.Replaced[n]
		same(t, pkg, text.File, idents(n), idents(text.Nodes...), src(n))
		for m, before := range prog.Before {
			if got := fmt.Sprint(idents(before.Nodes...)); got != "[imported0 Call limit]" && got != "[count]" && !set.Inside(m, ix.Parent) {
				t.Errorf("in front of %s stands %v", src(m), got)
			}
		}
		around := idents(text.File.Syntax)
		old := map[token.Pos]*ast.Ident{}
		for _, id := range idents(pkg.Syntax[0]) {
			old[id.Pos()] = id
		}
		for _, id := range around {
			pos, ok := text.File.old(id.Pos())
			if !ok {
				continue
			}
			if old[pos] == nil || old[pos].Name != id.Name {
				t.Errorf("with %s in its own place, %s at %s was %v", src(n), id.Name, pkg.Fset.Position(id.Pos()), old[pos])
				continue
			}
			same(t, pkg, text.File, []*ast.Ident{old[pos]}, []*ast.Ident{id}, src(n))
		}
	}
}

// same compares what identifiers stand for, before and now.
func same(t *testing.T, pkg *load.Package, f *File, was, is []*ast.Ident, about string) {
	t.Helper()
	if len(was) != len(is) {
		t.Errorf("%s has %d identifiers, and as a text %d", about, len(was), len(is))
		return
	}
	for i := range was {
		a, b := pkg.Info.ObjectOf(was[i]), f.Pkg.Info.ObjectOf(is[i])
		if b == nil && a != nil && f.Pkg.Info.Defs[is[i]] == nil {
			if !f.holds(is[i]) && !inBody(f, is[i]) {
				continue // in a function without a text
			}
		}
		if _, ok := a.(*types.Label); ok {
			continue
		}
		b = f.Before(b)
		if v, ok := b.(*types.Var); ok && v != a && a != nil && a.Pos() >= was[0].Pos() && a.Pos() <= was[len(was)-1].End() && v.Name() == a.Name() {
			continue // its own
		}
		switch o := a.(type) {
		case *types.Var:
			a = o.Origin()
		case *types.Func:
			a = o.Origin()
		}
		if a != b {
			t.Errorf("in %s, %s stood for %v and stands for %v", about, was[i].Name, a, b)
		}
	}
}

// inBody reports whether a node is in the body of a function that was checked.
func inBody(f *File, n ast.Node) bool {
	for _, d := range f.Syntax.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Pos() <= n.Pos() && n.End() <= fd.End() {
			return f.holds(fd) || n.Pos() < fd.Body.Pos()
		}
	}
	return true
}

// What goes is blank: a text does not mean what has gone.
func TestGone(t *testing.T) {
	pkg, ix := parsed(t, `package p

var x = 1

func f(y int) int {
	x := "inner"
	_ = x
	if x := 2; x > y {
		return x
	} else {
		y = len("")
	}
	return y
}
`)
	set := change.NewSet()
	body := pkg.Syntax[0].Decls[1].(*ast.FuncDecl).Body.List
	set.Remove[body[0]] = "test"
	set.Replace[body[1]] = change.Text{Src: "y = x"}
	iff := body[2].(*ast.IfStmt)
	set.Remove[iff.Init] = "test"
	set.Unwrap[iff] = change.Part{Node: iff.Else}
	set.Before[iff.Body.List[0]] = change.Text{Src: "not Go ("}
	set.Replace[body[3]] = change.Text{Src: "return x + y"}
	prog, err := Apply(ix, set)
	if err != nil {
		t.Fatal(err)
	}
	if text := prog.Before[iff.Body.List[0]]; text.File != nil {
		t.Errorf("the text of a branch that goes is there: %v", text.Nodes)
	}
	for n, text := range prog.Replaced {
		for _, id := range idents(text.Nodes...) {
			if id.Name == "x" && text.File.Before(text.File.Pkg.Info.Uses[id]) != pkg.Types.Scope().Lookup("x") {
				t.Errorf("at %s x is %v", pkg.Fset.Position(n.Pos()), text.File.Pkg.Info.Uses[id])
			}
		}
	}
	set.Replace[body[3]] = change.Text{Src: "not Go ("}
	if _, err := Apply(ix, set); err == nil || !strings.Contains(err.Error(), "p.go: the core change does not parse") {
		t.Errorf("a text that does not parse: %v", err)
	}
}
