package config

import (
	"go/token"
	"go/types"
	"strings"
	"testing"

	"jwtretire.example/analyzer/library"
)

func TestFunctions(t *testing.T) {
	c, err := Parse("/x/.jwtretire.yaml", []byte("functions:\n  example.com/a.Count: pure\n  (*example.com/a/v2.Log).Event: logs\n  example.com/a.App.Die: exits\n  gopkg.in/own.v3.F: pure\n  own.F: pure\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := library.Declared{
		"example.com/a.Count":          {Effect: library.Pure, Line: 2, Where: ".jwtretire.yaml:2"},
		"(example.com/a/v2.Log).Event": {Effect: library.Logs, Line: 3, Where: ".jwtretire.yaml:3"},
		"(example.com/a.App).Die":      {Effect: library.Exits, Line: 4, Where: ".jwtretire.yaml:4"},
		"gopkg.in/own.v3.F":            {Effect: library.Pure, Line: 5, Where: ".jwtretire.yaml:5"},
		"own.F":                        {Effect: library.Pure, Line: 6, Where: ".jwtretire.yaml:6"},
	}
	if len(c.Functions) != len(want) {
		t.Errorf("%v", c.Functions)
	}
	for name, d := range want {
		if got := c.Functions[name]; got != d {
			t.Errorf("%s: %+v, want %+v", name, got, d)
		}
	}
}

func TestFunctionMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"functions: [example.com/a.F]":                                          "1:12: functions must be a map, not a list",
		"functions: {F: pure}":                                                  `"F" is no name of a function`,
		"functions: {example.com/a: pure}":                                      `"example.com/a" is no name of a function`,
		"functions: {example.com/a.F(): pure}":                                  "is no name of a function",
		"functions: {(example.com/a.F): pure}":                                  "is no name of a function",
		"functions: {example.com/a b.F: pure}":                                  "is no name of a function",
		"functions: {example.com/a.F: harmless}":                                `functions: example.com/a.F is "harmless"; it must be one of pure, logs, exits`,
		"functions: {example.com/a.F: }":                                        "must be a string, not nothing",
		"functions: {os.Remove: pure, os.Exit: pure}":                           "what os.Exit does is in the table",
		"functions: {(*net/http.Client).Do: pure}":                              "is in the table",
		"functions: {github.com/sirupsen/logrus.Info: pure}":                    "is in the table",
		"functions:\n  example.com/a.T.M: pure\n  (*example.com/a.T).M: logs\n": "3:3: functions: (*example.com/a.T).M is already on line 2, written differently",
		"functions:\n  example.com/a.F: pure\n  example.com/a.F: logs\n":        `key "example.com/a.F" of functions is already on line 2`,
	} {
		_, err := Parse("/x/.jwtretire.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestUndeclared(t *testing.T) {
	pkg := types.NewPackage("example.com/a", "a")
	pkg.Scope().Insert(types.NewFunc(token.NoPos, pkg, "F", types.NewSignatureType(nil, nil, nil, nil, nil, false)))
	named := types.NewNamed(types.NewTypeName(token.NoPos, pkg, "T", nil), types.NewStruct(nil, nil), nil)
	named.AddMethod(types.NewFunc(token.NoPos, pkg, "M", types.NewSignatureType(types.NewVar(token.NoPos, pkg, "", types.NewPointer(named)), nil, nil, nil, nil, false)))
	pkg.Scope().Insert(named.Obj())
	pkg.MarkComplete()
	above := types.NewPackage("example.com/b", "b")
	above.SetImports([]*types.Package{pkg})
	c, err := Parse("/x/.jwtretire.yaml", []byte("functions:\n  example.com/a.F: pure\n  example.com/a.T.M: pure\n  example.com/a.G: pure\n  example.com/a.T.N: pure\n  example.com/c.F: pure\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := c.Undeclared([]*types.Package{above, nil})
	if len(got) != 2 || got[0].Line != 4 || got[1].Line != 5 || !strings.Contains(got[1].Message, "package example.com/a has no T.N") {
		t.Errorf("%+v", got)
	}
}
