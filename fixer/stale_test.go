package fixer

import (
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

func TestStale(t *testing.T) {
	const old = "package p\n\n// token signs a JWT and trades it.\nfunc token() int {\n\treturn 1\n}\n\n// other handles JWTs of sessions.\nfunc other() {}\n"
	const now = "package p\n\n// token signs a JWT and trades it.\nfunc token() int {\n\treturn 2 // the JWT exchange gave 1\n}\n\n// other handles JWTs of sessions.\nfunc other() {}\n"
	got := newStaleness(nil).changed(patch.File{Path: "/m/p.go", Old: []byte(old), New: []byte(now)})
	if len(got) != 1 || !strings.HasSuffix(got[0].text, "// token signs a JWT and trades it. (p.go:3)") {
		t.Errorf("stale comments: %+v", got)
	}
}

func TestStaleComments(t *testing.T) {
	for _, row := range []struct {
		name, removed, old, now, want string
	}{
		{
			"the code lost the key", "",
			"// Load parses the key.\nfunc Load() { parse(key) }\n", "// Load parses the key.\nfunc Load() { parse() }\n",
			`mentions "key", which was removed`,
		},
		{
			"another key", "",
			"// Load finds the key.\nfunc Load() { find(key, a) }\n", "// Load finds the key.\nfunc Load() { find(key) }\n",
			"",
		},
		{
			"a removed name", "field Client.keyFile",
			"// New needs a keyFile.\nfunc New() {}\n", "// New needs a keyFile.\nfunc New() {}\n",
			"names keyFile, which was removed",
		},
		{
			"a removed name that another thing has", "field Client.keyFile",
			"// New needs a keyFile.\nfunc New(keyFile string) {}\n", "// New needs a keyFile.\nfunc New(keyFile string) {}\n",
			"",
		},
		{
			"a plain word that was removed", "var token",
			"// New needs a token.\nfunc New() {}\n", "// New needs a token.\nfunc New() {}\n",
			"",
		},
		{
			"a caller", "",
			"func token() { sign() }\n\n// Login sends a JWT.\nfunc Login() { token() }\n", "func token() {}\n\n// Login sends a JWT.\nfunc Login() { token() }\n",
			"still describes removed code",
		},
		{
			"a caller of another function of that name", "",
			"func New() { sign() }\n\n// Login sends a JWT.\nfunc Login() { errors.New() }\n", "func New() {}\n\n// Login sends a JWT.\nfunc Login() { errors.New() }\n",
			"",
		},
		{
			"milliseconds", "",
			"type t struct {\n\tExpires int // ms\n}\n\nfunc f() { use(time.Millisecond) }\n", "type t struct {\n\tExpires int // ms\n}\n\nfunc f() { use(time.Second) }\n",
			"says milliseconds",
		},
		{
			"milliseconds that were divided", "",
			"func f() {\n\t// expires_in is in ms\n\tend = now + in/1000\n}\n", "func f() {\n\t// expires_in is in ms\n\tend = now + in\n}\n",
			"says milliseconds",
		},
		{
			"a type whose file lost the key", "",
			"// They share the key, not the account.\ntype t struct{ a, account int }\n\nfunc f(key int) {}\n", "// They share the key, not the account.\ntype t struct{ a int }\n\nfunc f() {}\n",
			`mentions "key", which was removed`,
		},
		{
			"a type of a file with another key", "",
			"// They share the key, not the account.\ntype t struct{ a, account int }\n\nfunc f(key int) {}\n", "// They share the key, not the account.\ntype t struct{ a int }\n\nfunc f(key string) {}\n",
			"",
		},
		{
			"both of one", "",
			"// Load reads both secrets.\nfunc Load() { read(secret); read(key) }\n", "// Load reads both secrets.\nfunc Load() { read(secret) }\n",
			`says "both"`,
		},
		{
			"both of two", "",
			"// Load reads both files.\nfunc Load() { read(a); read(b); c() }\n", "// Load reads both files.\nfunc Load() { read(a); read(b) }\n",
			"",
		},
		{
			"a message", "",
			"func f() error { sign(); return errors.New(\"trading the jwt: no answer\") }\n", "func f() error { return errors.New(\"trading the jwt: no answer\") }\n",
			`a message still speaks of the old exchange: "trading the jwt: no answer" (p.go:3)`,
		},
		{
			"a string that is no message, and one of another function", "",
			"func f() string { sign(); return \"jwt\" }\n\nfunc g() error { return errors.New(\"no jwt\") }\n", "func f() string { return \"jwt\" }\n\nfunc g() error { return errors.New(\"no jwt\") }\n",
			"",
		},
		{
			"milliseconds as before", "",
			"type t struct {\n\tExpires int // ms\n}\n\nfunc f() { use(1) }\n", "type t struct {\n\tExpires int // ms\n}\n\nfunc f() { use(2) }\n",
			"",
		},
	} {
		got := ""
		for _, r := range newStaleness([]string{row.removed}).changed(patch.File{Path: "/m/p.go", Old: []byte("package p\n\n" + row.old), New: []byte("package p\n\n" + row.now)}) {
			got += r.text
		}
		if row.want == "" && got != "" || !strings.Contains(got, row.want) {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

func TestSpeaksOf(t *testing.T) {
	for _, row := range []struct {
		text string
		want bool
	}{
		{"// reads the private key", true},
		{"// PrivateKey is a path", true},
		{"// trades the JWT", true},
		{"// key of the map", false},
		{"// gets an access token", false},
	} {
		if got := speaksOf(row.text, staleWords); got != row.want {
			t.Errorf("%s: %v", row.text, got)
		}
	}
}

func TestHeadings(t *testing.T) {
	const old = "package p\n\nimport (\n\t\"fmt\"\n\n\t// by hand\n\t\"net/http\"\n\t\"os\"\n\n\t// for os alone\n\t\"time\"\n)\n"
	for name, row := range map[string]struct{ now, want string }{
		"the first of a group went": {"package p\n\nimport (\n\t\"fmt\"\n\n\t// by hand\n\t\"os\"\n\n\t// for os alone\n\t\"time\"\n)\n", `above the import of "os", where "net/http" was: // by hand (p.go:6)`},
		"the group went":            {"package p\n\nimport (\n\t\"fmt\"\n\n\t// for os alone\n\t\"time\"\n)\n", ""},
		"another went":              {"package p\n\nimport (\n\t// by hand\n\t\"net/http\"\n\t\"os\"\n\n\t// for os alone\n\t\"time\"\n)\n", ""},
	} {
		got := ""
		for _, r := range newStaleness(nil).changed(patch.File{Path: "/m/p.go", Old: []byte(old), New: []byte(row.now)}) {
			got += r.text
		}
		if row.want == "" && got != "" || !strings.HasSuffix(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

// The comment of a package often stands in a file of its own. It is false once no code of the package has its word.
func TestPackageDocs(t *testing.T) {
	fset := token.NewFileSet()
	pkg := &load.Package{Fset: fset, Source: map[string][]byte{}, Info: &types.Info{}}
	for path, src := range map[string]string{
		"/m/doc.go":      "// Package m signs an assertion with its key.\npackage m\n",
		"/m/m.go":        "package m\n\nfunc F() { sign(assertion) }\n",
		"/m/a/doc.go":    "// Package a checks JWTs.\npackage a\n",
		"/m/a/a.go":      "package a\n\nfunc F() { check(jwt); exchange() }\n",
		"/m/other/no.go": "// Package other signs.\npackage other\n",
	} {
		tree, err := parser.ParseFile(fset, path, src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		pkg.Files, pkg.Syntax, pkg.Source[path] = append(pkg.Files, path), append(pkg.Syntax, tree), []byte(src)
	}
	index := syntax.NewIndex([]*load.Package{pkg})
	got := packageDocs([]patch.File{
		{Path: "/m/m.go", Old: index.File("/m/m.go").Src, New: []byte("package m\n\nfunc F() {}\n")},
		{Path: "/m/a/a.go", Old: index.File("/m/a/a.go").Src, New: []byte("package a\n\nfunc F() { check(jwt) }\n")},
	}, index)
	if len(got) != 1 || got[0].file != "/m/doc.go" || !strings.Contains(got[0].text, `has the word "signs"`) {
		t.Errorf("package comments: %+v", got)
	}
}
