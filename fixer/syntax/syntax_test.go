package syntax

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/load"
)

// A checker type-checks packages in memory.
type checker struct {
	fset *token.FileSet
	done importer
}

// check type-checks a package from files by name.
func (c checker) check(t *testing.T, dir string, files map[string]string) *load.Package {
	t.Helper()
	p := &load.Package{Path: "example.com/" + dir, Fset: c.fset, Source: map[string][]byte{}, Info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{}, Instances: map[*ast.Ident]types.Instance{}}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := fmt.Sprintf("/m/%s/%s", dir, name)
		f, err := parser.ParseFile(c.fset, path, files[name], parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		p.Files, p.Syntax, p.Source[path], p.Name = append(p.Files, path), append(p.Syntax, f), []byte(files[name]), f.Name.Name
	}
	conf := types.Config{Importer: c.done}
	var err error
	if p.Types, err = conf.Check(p.Path, c.fset, p.Syntax, p.Info); err != nil {
		t.Fatal(err)
	}
	return p
}

// indexed type-checks packages, each from files by name; a later one may import an earlier one by its path.
func indexed(t *testing.T, pkgs ...map[string]string) *Index {
	t.Helper()
	c := checker{token.NewFileSet(), importer{}}
	var loaded []*load.Package
	for i, files := range pkgs {
		p := c.check(t, fmt.Sprintf("p%d", i), files)
		c.done[p.Path] = p.Types
		loaded = append(loaded, p)
	}
	return NewIndex(loaded)
}

type importer map[string]*types.Package

func (i importer) Import(path string) (*types.Package, error) {
	if p := i[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("no package %s", path)
}

// one indexes a package of one file.
func one(t *testing.T, src string) (*Index, *File) {
	t.Helper()
	ix := indexed(t, map[string]string{"p.go": "package p\n" + src})
	return ix, ix.File("/m/p0/p.go")
}

// A package and its test variant hold the same file, each with its own objects, and so does a module that sees the package by another load. The
// index has one function, one field and one file, with the uses of all copies.
func TestCopies(t *testing.T) {
	c := checker{token.NewFileSet(), importer{}}
	src := map[string]string{"p.go": "package p\n\ntype T struct{ F int }\n\nfunc G() int { return new(T).F }\n\nfunc h() int { return G() }\n"}
	p := c.check(t, "p", src)
	src["p_test.go"] = "package p\n\nvar x = T{F: G()}\n"
	variant := c.check(t, "p", src)
	variant.Augmented = true
	delete(src, "p_test.go")
	c.done["example.com/p"] = c.check(t, "p", src).Types
	user := c.check(t, "q", map[string]string{"q.go": "package q\n\nimport \"example.com/p\"\n\nvar y = p.G() + new(p.T).F\n"})
	ix := NewIndex([]*load.Package{p, variant, user})
	if len(ix.Files) != 3 || ix.File("/m/p/p.go").Pkg != p || ix.File("/m/p/p_test.go").Pkg != variant || !ix.File("/m/p/p_test.go").Test {
		t.Errorf("%d files", len(ix.Files))
	}
	for name, want := range map[string]string{"G": "p.go p_test.go q.go", "F": "p.go p_test.go q.go", "T": "p.go p_test.go q.go", "h": ""} {
		var got []string
		obj := object(t, ix, name)
		for _, id := range ix.Uses[obj] {
			got = append(got, filepath.Base(ix.FileOf(id).Path))
		}
		if strings.Join(got, " ") != want || ix.FileAt(obj).Pkg != p {
			t.Errorf("%s is used in %q, want %s", name, got, want)
		}
	}
	if calls, all := ix.Callers(object(t, ix, "G")); len(calls) != 3 || !all {
		t.Errorf("%d calls of G, and that is all: %v", len(calls), all)
	}
	for path, call := range map[string]string{"/m/p/p_test.go": "G()", "/m/q/q.go": "p.G()"} {
		f := ix.File(path)
		if d := ix.Target(f, find[*ast.CallExpr](t, f, call)); d == nil || d.File.Pkg != p {
			t.Errorf("%s in %s reaches %v", call, path, d)
		}
	}
}

// object finds the object that a name declares.
func object(t *testing.T, ix *Index, name string) types.Object {
	t.Helper()
	var found types.Object
	for obj := range ix.Names {
		if obj.Name() == name && (found == nil || obj.Pos() < found.Pos()) {
			found = obj
		}
	}
	if found == nil {
		t.Fatalf("nothing is called %s", name)
	}
	return found
}

// find returns the first node of a file with a text.
func find[N ast.Node](t *testing.T, f *File, text string) N {
	t.Helper()
	var found N
	ok := false
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		if m, is := n.(N); is && !ok && f.Text(n) == text {
			found, ok = m, true
		}
		return !ok
	})
	if !ok {
		t.Fatalf("no %T reads %s", found, text)
	}
	return found
}

// A variable has a definition where exactly one expression is ever its value; Sources has all of them.
func TestDefinition(t *testing.T) {
	for _, c := range []struct {
		name, src      string // x is the variable
		def, addressed string // the definition, "" for none; where the address may be taken
		sources        string
	}{
		{"short", `func f() { x := 1; use(x) }`, "1", "1", "1"},
		{"var", `func f() { var x = 1; use(x) }`, "1", "1", "1"},
		{"var without a value", `func f() { var x int; use(x) }`, "", "", ""},
		{"var and one value", `func f() { var x int; x = 2; use(x) }`, "", "2", "2"},
		{"two values", `func f() { x := 1; x = 2; use(x) }`, "", "", "1 2"},
		{"several results", `func f() { x, y := two(); use(x, y) }`, "", "", "two()"},
		{"a further result", `func f() { y, x := two(); use(x, y) }`, "", "", ""},
		{"var of several results", `func f() { var x, y = two(); use(x, y) }`, "", "", "two()"},
		{"one of two values", `func f() { y, x := 1, 2; use(x, y) }`, "2", "2", "2"},
		{"increment", `func f() { x := 1; x++ }`, "", "1", "1"},
		{"addition", `func f() { x := 1; x += 2 }`, "", "", "1 2"},
		{"address", `func f() { x := 1; use(&x) }`, "", "1", "1"},
		{"loop", `func f() { for _, x := range list { use(x) } }`, "", "", ""},
		{"loop with a variable of its own", `func f() { x := 1; for _, x = range list { use(x) } }`, "", "1", "1"},
		{"parameter", `func f(x int) { use(x) }`, "", "", ""},
		{"parameter with a default", `func f(x int) { if x == 0 { x = 8 }; use(x) }`, "", "", "8"},
		{"result", `func f() (x int) { x = 3; return }`, "", "", "3"},
		{"package", `var x = 1; func f() { use(x) }`, "1", "1", "1"},
		{"package, set up", `var x = 1; func init() { x = 2 }`, "", "", "1 2"},
		{"field", `type s struct{ x int }; var v = s{x: 1}; func f() { v.x = 2 }`, "", "", "1 2"},
		{"key of a map", `func f() { x := "k"; use(map[string]int{x: 1}) }`, `"k"`, `"k"`, `"k"`},
		{"field of a generic type", `type s[T any] struct{ x T }; var v = s[int]{x: 1}`, "", "", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ix, f := one(t, c.src+"; func use(...any) {}; func two() (int, int) { return 1, 2 }; var list []int\n")
			obj := object(t, ix, "x")
			text := func(_ *File, e ast.Expr) string {
				if e == nil {
					return ""
				}
				return f.Text(e)
			}
			if got := text(ix.Definition(obj)); got != c.def {
				t.Errorf("defined by %q, want %q", got, c.def)
			}
			if got := text(ix.DefinitionOrAddressed(obj)); got != c.addressed {
				t.Errorf("defined, or addressed, by %q, want %q", got, c.addressed)
			}
			var sources []string
			for _, s := range ix.Sources(obj) {
				sources = append(sources, f.Text(s.Expr))
			}
			if got := strings.Join(sources, " "); got != c.sources {
				t.Errorf("sources %q, want %q", got, c.sources)
			}
		})
	}
}

// All files of a package count.
func TestDefinitionElsewhere(t *testing.T) {
	ix := indexed(t, map[string]string{"a.go": "package p\nvar x = 1", "b.go": "package p\nfunc init() { x = 2 }"})
	if _, e := ix.Definition(object(t, ix, "x")); e != nil {
		t.Error("another file writes the variable, and it has one definition")
	}
	if n := len(ix.Sources(object(t, ix, "x"))); n != 2 {
		t.Errorf("%d sources, want 2", n)
	}
}

func TestChanged(t *testing.T) {
	for _, c := range []struct {
		src, path string
		want      bool
	}{
		{`func f(x string) { use(x) }`, "", false},
		{`func f(x string) { x = "d" }`, "", true},
		{`func f(x string) { use(&x) }`, "", true},
		{`func f(x s) { use(&x) }`, "", false}, // who gets a structure by its address only reads it, as a rule
		{`func f(x s) { x.id = "d" }`, "id", true},
		{`func f(x s) { x.id = "d" }`, "secret", false},
		{`func f(x s) { x.in.id = "d" }`, "in", true},
		{`func f(x s) { x.in.id = "d" }`, "in id", true},
		{`func f(x *s) { x.id = "d" }`, "id", false}, // the caller's as well
		{`func f(x *s) { x = nil }`, "id", true},
		{`func f(x []string) { for _, x[0] = range x {} }`, "", false},
		{`func f(x int) { x++ }`, "", true},
	} {
		ix, _ := one(t, c.src+"; type s struct{ id, secret string; in struct{ id string } }; func use(...any) {}\n")
		if got := ix.Changed(object(t, ix, "x"), strings.Fields(c.path)); got != c.want {
			t.Errorf("%s: %q changed: %v", c.src, c.path, got)
		}
	}
	ix, f := one(t, `func f() { x := 1; _ = x; x = 2; _ = x }`)
	first, second := find[*ast.AssignStmt](t, f, "x := 1"), find[*ast.AssignStmt](t, f, "x = 2")
	x := object(t, ix, "x")
	if !ix.ChangedBetween(x, first.End(), second.End()) || ix.ChangedBetween(x, second.End(), f.Syntax.End()) || ix.ChangedBetween(x, first.Pos()-1, second.Pos()) {
		t.Error("only the assignment counts, at its place")
	}
}

const calls = `
type sender interface{ Send(string) error }
type mail struct{}
func (m *mail) Send(to string) error { return deliver(to, 1) }
func deliver(to string, n int) error { return nil }
func generic[T any](v T) T { return v }
func all(s sender, f func(string, int) error) {
	s.Send("a")
	deliver("b", 2)
	generic[int](1)
	generic(2)
	f("c", 3)
	func() { deliver("d", 4) }()
}
func value() { all(nil, deliver) }
`

// A call reaches a declared function or nothing; all its uses are its callers, or it is a value.
func TestCalls(t *testing.T) {
	ix, f := one(t, calls)
	target := func(text string) string {
		if d := ix.Target(f, find[*ast.CallExpr](t, f, text)); d != nil {
			return d.Obj.Name()
		}
		return ""
	}
	for text, want := range map[string]string{`deliver("b", 2)`: "deliver", `generic[int](1)`: "generic", `generic(2)`: "generic", `f("c", 3)`: "", `s.Send("a")`: ""} {
		if got := target(text); got != want {
			t.Errorf("%s reaches %q, want %q", text, got, want)
		}
	}
	callers := func(name string) (texts []string, all bool) {
		sites, all := ix.Callers(object(t, ix, name))
		for _, s := range sites {
			texts = append(texts, f.Text(s.Call))
		}
		return texts, all
	}
	if got, all := callers("deliver"); all || len(got) != 3 {
		t.Errorf("deliver is called by %q, and that is all: %v", got, all)
	}
	if got, all := callers("generic"); !all || len(got) != 2 {
		t.Errorf("generic is called by %q, and that is all: %v", got, all)
	}
	var send *types.Func
	for obj := range ix.Funcs {
		if obj.Name() == "Send" {
			send = obj.(*types.Func)
		}
	}
	if got := ix.dynamic(send); len(got) != 1 || f.Text(got[0].Call) != `s.Send("a")` {
		t.Errorf("Send is reached by %d calls of an interface", len(got))
	}
	decl := func(name string) *Func { return ix.Funcs[object(t, ix, name)] }
	for _, c := range []struct {
		from, to string
		depth    int
		want     bool
	}{{"all", "deliver", 1, true}, {"value", "deliver", 1, false}, {"value", "deliver", 2, true}, {"deliver", "all", 9, false}, {"all", "all", 0, true}} {
		if got := ix.Reaches(decl(c.from), decl(c.to), c.depth); got != c.want {
			t.Errorf("%s reaches %s in %d: %v", c.from, c.to, c.depth, got)
		}
	}
	call := find[*ast.CallExpr](t, f, `deliver("d", 4)`)
	if in, out := ix.Enclosing(f, call), ix.Outer(f, call); in.Obj != nil || out.Obj == nil || out.Obj.Name() != "all" {
		t.Error("a literal encloses the call, and all is around it")
	}
	if got := ix.Functions("example.com/p0"); len(got) != 5 || got[0].Obj.Name() != "Send" || got[4].Obj.Name() != "value" {
		t.Errorf("%d functions", len(got))
	}
}

func TestParams(t *testing.T) {
	ix, _ := one(t, `type t struct{}; func (r *t) f(a, b string, _ int, c bool) {}; func g(string, int) {}`)
	d := ix.Funcs[object(t, ix, "f")]
	for name, want := range map[string]int{"a": 0, "b": 1, "c": 3, "r": -1} {
		if got, ok := d.Param(object(t, ix, name)); !ok || got != want {
			t.Errorf("%s is parameter %d (%v), want %d", name, got, ok, want)
		}
	}
	if _, ok := d.Param(object(t, ix, "g")); ok {
		t.Error("a function is a parameter")
	}
	if got := ix.Funcs[object(t, ix, "g")].Params(); !slices.Equal(got, []*ast.Ident{nil, nil}) {
		t.Errorf("parameters without names: %v", got)
	}
}

// Whatever a span names is found again: an expression by its bytes, else the innermost node around them.
func TestNode(t *testing.T) {
	ix, f := one(t, "func f(a int) int {\n\tif a > 1 {\n\t\treturn g(a,\n\t\t\t2)\n\t}\n\treturn 0\n}\nfunc g(a, b int) int { return a + b }")
	for _, text := range []string{"g(a,\n\t\t\t2)", "a > 1", "a + b"} {
		n := find[ast.Expr](t, f, text)
		if g, got := ix.Node(f.Span(n)); g != f || got != ast.Node(n) {
			t.Errorf("%q is found as %T", text, got)
		}
	}
	s := f.Span(find[ast.Expr](t, f, "g(a,\n\t\t\t2)"))
	s.Offset = s.End - 1
	if _, c := ix.Call(s); c == nil || f.Text(c) != "g(a,\n\t\t\t2)" {
		t.Error("the call around a place is not found")
	}
	if _, n := ix.Node(flow.Span{}); n != nil {
		t.Error("no span names a node")
	}
	if got := f.Place(find[*ast.ReturnStmt](t, f, "return 0")); got != "p.go:7" {
		t.Errorf("place %s", got)
	}
	ret := find[*ast.ReturnStmt](t, f, "return 0")
	if list, i := f.List(ret); len(list) != 2 || i != 1 {
		t.Errorf("statement %d of %d", i, len(list))
	}
	if f.Stmt(find[*ast.BasicLit](t, f, "0")) != ast.Stmt(ret) || f.StmtOf(nil) != nil {
		t.Error("the statement of a literal is the return")
	}
	if !f.FirstOnLine(f.Offset(ret.Pos())) || f.FirstOnLine(f.Offset(ret.Results[0].Pos())) {
		t.Error("the return is first on its line, its operand is not")
	}
}

func TestExpressions(t *testing.T) {
	parse := func(src string) ast.Expr {
		e, err := parser.ParseExpr(src)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	for src, want := range map[string]string{"x": "x", "x.f[i].g": "x", "(*x).f": "x", "f().g": "", "&x": "", "x[1]": "x"} {
		got := ""
		if id := Root(parse(src)); id != nil {
			got = id.Name
		}
		if got != want {
			t.Errorf("%s starts from %q, want %q", src, got, want)
		}
	}
	for src, want := range map[string]string{"f(1)": "f", "a.b.f(1)": "f", "(f)(1)": "f", "f[int](1)": "", "func() {}()": ""} {
		if got := CalleeName(parse(src).(*ast.CallExpr)); got != want {
			t.Errorf("%s calls %q, want %q", src, got, want)
		}
	}
	for _, c := range []struct {
		src  string
		i    int
		want bool
	}{{"x.f(1, 2)", -1, true}, {"f(1, 2)", -1, false}, {"f(1, 2)", 1, true}, {"f(1, 2)", 2, false}, {"f(1, l...)", 1, false}, {"f(1, l...)", 0, true}} {
		if got := Argument(parse(c.src).(*ast.CallExpr), c.i); (got != nil) != c.want {
			t.Errorf("argument %d of %s: %v", c.i, c.src, got)
		}
	}
	for text, want := range map[string]bool{"a.b": true, "f(x)": true, "a + b": false, "«net/http»": true, "-x": false, "f(a, b)": false} {
		if IsOperand(text) != want {
			t.Errorf("%s is an operand: %v", text, !want)
		}
	}
	for src, want := range map[string]bool{"x.f": true, "x + 1": true, "x[1]": true, "a[x]": false, "f(x)": false, "x(1)": true, "*x": true, "x[1:]": true} {
		e := parse(src)
		var x ast.Expr
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == "x" {
				x = id
			}
			return true
		})
		if NeedsParens(e, x) != want {
			t.Errorf("x needs parentheses in %s: %v", src, !want)
		}
	}
	if got := OneLine("a\n\tb  " + strings.Repeat("c", 99)); len(got) != 70 || !strings.HasPrefix(got, "a b c") || !strings.HasSuffix(got, "...") {
		t.Errorf("one line: %q", got)
	}
	if !IsNil(parse("nil")) || IsNil(parse("x")) || IdentOf(parse("x.y")) != nil {
		t.Error("nil is nil, a selector is no identifier")
	}
}

func TestAssigned(t *testing.T) {
	_, f := one(t, "func f() {\n\tx, y := g()\n\tx = 1\n\tvar z, w = g()\n\tvar v int = 2\n\tg()\n\t_, _, _, _, _ = x, y, z, w, v\n}\nfunc g() (int, int) { return 1, 2 }")
	for text, want := range map[string]string{"x, y := g()": "2 1", "x = 1": "1 1", "var z, w = g()": "2 1", "var v int = 2": "0 0", "g()": "0 0"} {
		lhs, rhs := Assigned(find[ast.Stmt](t, f, text))
		if got := fmt.Sprint(len(lhs), " ", len(rhs)); got != want {
			t.Errorf("%s has %s sides, want %s", text, got, want)
		}
	}
}

func TestTypes(t *testing.T) {
	ix, f := one(t, `type text string; type own struct{}; func (own) Error() string { return "" }; type alias = *own; var a text; var b own; var c alias; var d error; var n float64; const k = "v" + "w"; var e = k`)
	of := func(name string) types.Type { return object(t, ix, name).Type() }
	if !IsString(of("a")) || IsString(of("n")) || !IsNumber(of("n")) || IsNumber(of("a")) {
		t.Error("strings and numbers by their underlying types")
	}
	if IsError(of("b")) || !IsError(of("d")) || IsError(nil) || !IsErrorLike(of("b")) || IsErrorLike(of("a")) || IsErrorLike(nil) {
		t.Error("error is an error, own implements it")
	}
	if Named(of("b")).Obj().Name() != "own" || Named(types.NewPointer(of("b"))).Obj().Name() != "own" || Named(of("n")) != nil {
		t.Error("the named type, through a pointer")
	}
	if got := f.ConstString(find[ast.Expr](t, f, `"v" + "w"`)); got != "vw" {
		t.Errorf("constant %q", got)
	}
	if g, e := ix.ValueOf(object(t, ix, "k")); g != f || f.Text(e) != `"v" + "w"` {
		t.Error("the value of a constant")
	}
	if !f.Mentions(find[ast.Expr](t, f, "k"), object(t, ix, "k")) || f.Mentions(find[ast.Expr](t, f, "k"), object(t, ix, "a")) {
		t.Error("k mentions k only")
	}
}

// A fresh name means nothing in the function, in what is inside of it, in the file and in the package.
func TestFreshName(t *testing.T) {
	ix := indexed(t, map[string]string{"q.go": "package q\ntype T int"}, map[string]string{
		"a.go": "package p\nimport token \"example.com/p0\"\nvar _ token.T\nfunc f(config int) { func() { var inner int; _ = inner }() }", "b.go": "package p\nvar global int"})
	for wish, want := range map[string]string{"token": "token2", "config": "config2", "inner": "inner2", "global": "global2", "taken": "taken2", "free": "free"} {
		if got := FreshName(ix, ix.Funcs[object(t, ix, "f")], map[string]bool{"taken": true}, wish); got != want {
			t.Errorf("for %s: %s, want %s", wish, got, want)
		}
	}
	if got := FreshName(ix, ix.Funcs[object(t, ix, "f")], nil, "config", "conf"); got != "conf" {
		t.Errorf("the second wish is free: %s", got)
	}
}

func TestPrivate(t *testing.T) {
	pkgs := []*load.Package{
		{Path: "example.com/cmd", Name: "main"}, {Path: "example.com/lib", Name: "lib"}, {Path: "example.com/internal/x", Name: "x"},
		{Path: "example.com/used", Name: "used", UsedElsewhere: true},
	}
	private := Private(pkgs, false)
	for path, want := range map[string]bool{"example.com/cmd": true, "example.com/lib": false, "example.com/internal/x": true, "example.com/internal": true,
		"example.com/internals": false, "example.com/unknown": false, "example.com/used": false} {
		if private(path) != want {
			t.Errorf("%s is private: %v", path, !want)
		}
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"a\n\tb":                 "a b",
		strings.Repeat("é", 100): strings.Repeat("é", 100),
		strings.Repeat("é", 101): strings.Repeat("é", 97) + "...",
	} {
		if got := Line(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
