package slice

import (
	"go/ast"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/rewrite"
)

// What a text shares with the code around it is what its blocks do not declare for themselves.
func TestParseText(t *testing.T) {
	for _, tt := range []struct {
		src                           string
		reads, declared, writes, deep string
	}{
		{src: "x", reads: "x"},
		{src: "a.b(c)", reads: "a c"},
		{src: "[]string{a, b}", reads: "string a b"},
		{src: "Name: name,\nBy: by", reads: "name by"},
		{src: "T{Name: name, by: by}", reads: "T name by"},
		{src: "map[string]int{a: b}", reads: "string int a b"},
		{src: "«net/http».Get(url)", reads: "url"},
		{src: "x, err := f(y)\nif err != nil {\n\treturn x\n}", reads: "f y nil", declared: "err x", writes: "err x"},
		{src: "x := x + 1", reads: "x", declared: "x", writes: "x"},
		{src: "x = 1\nuse(x)", reads: "use", writes: "x"},
		{src: "x += 1", reads: "x"},
		{src: "x++", reads: "x"},
		{src: "var x = y", reads: "y", declared: "x", writes: "x"},
		{src: "if f() {\n\tok := g()\n\tif !ok {\n\t\tx = ok\n\t}\n}", reads: "f g", writes: "x", deep: "x"},
		{src: "if x := f(); x {\n}", reads: "f"},
		{src: "for i := range n {\n\tuse(i)\n}", reads: "n use"},
		{src: "for i = range n {\n}", reads: "n", writes: "i", deep: "i"},
		{src: "f := func(a int) (b error) {\n\tb = c\n\treturn\n}", reads: "int error c", declared: "f", writes: "f"},
		{src: "defer func() {\n\terr = errors.Join(err, f())\n}()", reads: "errors err f", writes: "err", deep: "err"},
		{src: "switch v := v.(type) {\ncase T:\n\tuse(v)\n}", reads: "v T use"},
		{src: "L:\nfor {\n\tbreak L\n}"},
		{src: "select {\ncase x := <-c:\n\tuse(x)\ncase y = <-c:\n}", reads: "c use c", writes: "y", deep: "y"},
		{src: "{\n\tvar x int\n\tuse(x)\n}\nuse(x)", reads: "int use use x"},
		{src: "not Go ("},
	} {
		s := parseText(tt.src)
		var declared, deep []string
		for name := range s.declared {
			declared = append(declared, name)
		}
		for name := range s.may {
			deep = append(deep, name)
		}
		slices.Sort(declared)
		for _, c := range []struct {
			what, want string
			got        []string
		}{{"reads", tt.reads, s.reads}, {"declared", tt.declared, declared}, {"writes", tt.writes, s.writes()}, {"may", tt.deep, deep}} {
			if got := strings.Join(c.got, " "); got != c.want {
				t.Errorf("%q: %s %q, want %q", tt.src, c.what, got, c.want)
			}
		}
	}
}

// A text may repeat a statement that goes, in a block of its own. The variable that the statement declares
// there is not the one that loses its definition.
func TestKeptDefinition(t *testing.T) {
	deps := readDeps(t)
	m := newModule(t, map[string][]byte{"main.go": []byte(`package main

import (
	"errors"
	"fmt"
	"net/http"
)

type refusal struct{ status int }

func (r *refusal) Error() string { return "refused" }

func token() (string, error) { return "", &refusal{403} }

func main() {
	resp, err := http.Get("u") //x:replace tok, err := token()
	if err != nil { //x:before var refused *refusal\nif errors.As(err, &refused) {\nok := refused.status < 300\nif !ok {\nfmt.Println(refused.status)\n}\n}
		panic(errors.Unwrap(err))
	}
	ok := resp.StatusCode < 300 //x:remove
	if ok { //x:unwrap
		fmt.Println("ok") //x:replace fmt.Println(tok)
	}
}
`)}, deps)
	set := m.core(t)
	for s, text := range set.Before {
		for n, why := range set.Remove {
			if why == "core" {
				text.Keeps = append(text.Keeps, n.(ast.Stmt))
			}
		}
		set.Before[s] = change.Text{Src: text.Src, Keeps: text.Keeps}
	}
	if _, err := Extend(m.pkgs, set, Options{}); err != nil {
		t.Fatal(err)
	}
	out, err := rewrite.Files(m.pkgs, set)
	if err != nil {
		t.Fatal(err)
	}
	got := string(out["/m/main.go"])
	check(t, map[string][]byte{"main.go": []byte(got)}, deps, false)
	if strings.Contains(got, "resp") || strings.Count(got, "ok :=") != 1 {
		t.Errorf("the definition outside of the text is left, or the one inside is not:\n%s", got)
	}
}
