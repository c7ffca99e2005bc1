package slice

import (
	"strings"
	"testing"

	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// What a text shares with the code around it is what its blocks do not declare for themselves.
func TestSnippet(t *testing.T) {
	deps := readDeps(t)
	for _, tt := range []struct {
		text                          string
		reads, writes, declared, deep string // variables
		names, stores                 string // everything else
	}{
		{text: "x, err := 1, out", reads: "out", writes: "x err", declared: "x err"},
		{text: "x, err := f(n)\nif err != nil {\n\treturn err\n}", reads: "n", writes: "x err", declared: "x err", names: "f"},
		{text: "x := n + 1\nuse(x)\nerr := out", reads: "n out", writes: "x err", declared: "x err", names: "use"},
		{text: "x, err := 1, out\nfor n = range 3 {\n\tn := n\n\tuse(n)\n}", reads: "out n", writes: "x err n", declared: "x err", deep: "n", names: "use"},
		{text: "var x, err = f(0)\nn++\nn += x", reads: "n n", writes: "x err", declared: "x err", names: "f"},
		{text: "x, err := f(y.size)\ny.in.deep = 1", reads: "y y", writes: "x err", declared: "x err", names: "f size in deep", stores: "deep in"},
		{text: "x, err := f(T{1, inner{}}.size)\n_ = T{size: n}", reads: "n", writes: "x err", declared: "x err", names: "f T inner size T size", stores: "size in size"},
		{text: "x, err := y.method(all)\nall, out = nil, err", reads: "y", writes: "x err out", declared: "x err", names: "method all", stores: "all"},
		{text: "tok, err := f(n)\nx := tok", reads: "n", writes: "err x", declared: "err x", names: "f"},
		{text: "x, err := f(0)\ndefer func() {\n\tout = errors.Join(out, err)\n}()", reads: "out", writes: "x err out", declared: "x err", deep: "out", names: "f"},
		{text: "x, err := f(0)\nswitch y := any(y).(type) {\ncase T:\n\tuse(y.size)\n}", reads: "y", writes: "x err", declared: "x err", names: "f T use size"},
		{text: "x, err := «example.com/none».Get(n, y.in)", reads: "n y", writes: "x err", declared: "x err", names: "in"},
		{text: "x, err := f(0)\n{\n\tvar n string\n\tuse(n)\n}\nuse(n)", reads: "n", writes: "x err", declared: "x err", names: "f use use"},
	} {
		m := newModule(t, map[string][]byte{"main.go": []byte(`package main

import "errors"

type inner struct{ deep int }

type T struct {
	size int
	in   inner
}

func (T) method([]string) (int, error) { return 0, nil }

var all []string

func f(int) (int, error) { return 0, errors.New("") }

func use(...any) {}

func run(y T, n int) (out error) {
	x, err := f(1) //x:replace ` + strings.ReplaceAll(tt.text, "\n", `\n`) + `
	use(x, err, y, n, all)
	return out
}

func main() { use(run(T{}, 1)) }
`)}, deps)
		p, err := program.New(syntax.NewIndex(m.pkgs), m.core(t), program.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		var sn *program.Snippet
		for _, one := range p.Texts {
			sn = one
		}
		var reads, writes, declared, deep, names, stores []string
		for _, v := range sn.Reads {
			reads = append(reads, v.Name())
		}
		for _, w := range sn.Writes {
			writes = append(writes, w.Var.Name())
			if w.Declared {
				declared = append(declared, w.Var.Name())
			}
			if w.May {
				deep = append(deep, w.Var.Name())
			}
		}
		for _, obj := range sn.Names {
			names = append(names, obj.Name())
		}
		for _, v := range sn.Stores {
			stores = append(stores, v.Name())
		}
		for _, c := range []struct {
			what, want string
			got        []string
		}{{"reads", tt.reads, reads}, {"writes", tt.writes, writes}, {"declares", tt.declared, declared}, {"may write", tt.deep, deep}, {"names", tt.names, names}, {"stores to", tt.stores, stores}} {
			if got := strings.Join(c.got, " "); got != c.want {
				t.Errorf("%s: %s %q, want %q", tt.text, c.what, got, c.want)
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
	if _, err := Extend(syntax.NewIndex(m.pkgs), set, Options{}); err != nil {
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
