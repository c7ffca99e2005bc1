package slice

import (
	"go/ast"
	"strings"
	"testing"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/syntax"
)

// A change that no names connect with the core change is an error.
func TestConnected(t *testing.T) {
	src := map[string][]byte{"main.go": []byte(`package main

import "os"

var name = env("NAME")

func env(k string) string { return os.Getenv(k) }

func main() { os.Stdout.WriteString(name) }

var other = 1

func far() int { return other }

func settings() []string { return []string{"NAME"} }
`)}
	for _, tc := range []struct {
		change string // the declaration that changes beside main
		ok     bool
	}{
		{"env", true},
		{"settings", true},
		{"far", false},
	} {
		m := newModule(t, src, nil)
		p, err := program.New(syntax.NewIndex(m.pkgs), change.NewSet(), program.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		var core, more ast.Node
		for _, d := range m.pkgs[0].Syntax[0].Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "main" {
					core = d
				}
				if d.Name.Name == tc.change {
					more = d
				}
			case *ast.GenDecl:
				if vs, ok := d.Specs[0].(*ast.ValueSpec); ok && vs.Names[0].Name == "name" {
					p.Set.Remove[vs] = "dead"
				}
			}
		}
		p.Set.Remove[core], p.Set.Remove[more] = "core", "dead"
		err = connected(p, nil, map[ast.Node]bool{core: true})
		if (err == nil) != tc.ok || err != nil && !strings.Contains(err.Error(), "main.go:13") {
			t.Errorf("with %s: %v", tc.change, err)
		}
	}
}
