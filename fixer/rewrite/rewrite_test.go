package rewrite

import (
	"strings"
	"testing"

	"go/ast"
	"go/token"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

// rewritten returns the only file of a package after a change.
func rewritten(pkg *load.Package, set *change.Set) ([]byte, error) {
	res, err := Rewrite([]*load.Package{pkg}, set)
	if err != nil {
		return nil, err
	}
	if out, ok := res.Files[pkg.Files[0]]; ok {
		return out, nil
	}
	return pkg.Source[pkg.Files[0]], nil
}

func TestRewriteRefuses(t *testing.T) {
	for _, test := range []struct{ name, src, edit, want string }{
		{"text does not parse", "func f() { a() }", "replace ExprStmt a\n\tb(", "line 3: the replacement \"b(\" does not parse"},
		{"text is too much", "func f() { if a(); b {} }", "replace ExprStmt a\n\tx()\n\ty()", "2 statements do not fit"},
		{"condition", "func f() { if a {} }", "remove Ident a", "a *ast.Ident cannot be removed here"},
		{"operand", "var x = a + b", "remove Ident b", "a *ast.Ident cannot be removed here"},
		{"case without expressions", "func f() { switch { case a: b() } }", "remove Ident a", "would become the default"},
		{"in front of an init", "func f() { if a(); b {} }", "before ExprStmt a\n\tx()", "no statement can be put in front"},
		{"not an expression", "var x = 1", "replace BasicLit 1\n\ta, b", "not one expression"},
		{"own package", "func f() { a() }", "replace ExprStmt a\n\t«example.com/m».X()", "names its own package"},
	} {
		t.Run(test.name, func(t *testing.T) {
			pkg := newPackage(t, map[string][]byte{"/m/a.go": []byte("package m\n\n" + test.src + "\n")})
			_, err := rewritten(pkg, newSet(t, pkg, test.edit))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "/m/a.go") {
				t.Errorf("error is %v, want one with /m/a.go and %q", err, test.want)
			}
		})
	}
}

func TestRewriteWantsKnownNodes(t *testing.T) {
	pkg := newPackage(t, map[string][]byte{"/m/a.go": []byte("package m\n")})
	set := change.NewSet()
	set.Remove[&ast.Ident{NamePos: token.NoPos, Name: "x"}] = "test"
	if _, err := rewritten(pkg, set); err == nil || !strings.Contains(err.Error(), "in no loaded package") {
		t.Errorf("error is %v", err)
	}
}

// TestWithoutTypes chooses names in a package of which nothing but syntax is known.
func TestWithoutTypes(t *testing.T) {
	src := "package p\n\nimport \"golang.org/x/oauth2\"\n\nfunc f(oauth2 int) {\n\ta()\n}\n\nfunc g() {\n\tb()\n}\n"
	for _, test := range []struct{ edit, want string }{
		{"replace ExprStmt a\n\t«golang.org/x/oauth2».X()", "\toauth2cc.X()"},
		{"replace ExprStmt b\n\t«golang.org/x/oauth2».X()", "\toauth2.X()"},
	} {
		pkg := untyped(t, "/m/a.go", []byte(src))
		out, err := rewritten(pkg, newSet(t, pkg, test.edit))
		if err != nil || !strings.Contains(string(out), test.want) {
			t.Errorf("%s: got\n%s(%v), want %q", test.edit, out, err, test.want)
		}
	}
}

// TestSourceMayDiffer: bytes that are not those of the tree are not edited.
func TestSourceMayDiffer(t *testing.T) {
	pkg := newPackage(t, map[string][]byte{"/m/a.go": []byte("package m\n\nfunc f() { a() }\n")})
	set := newSet(t, pkg, "remove ExprStmt a")
	pkg.Source["/m/a.go"] = []byte("package m\n\nfunc f() { a(); b() }\n")
	if _, err := rewritten(pkg, set); err == nil || !strings.Contains(err.Error(), "load again") {
		t.Errorf("error is %v", err)
	}
}
