package rewrite

import (
	"bytes"
	"go/parser"
	"go/token"
	"testing"
)

// FuzzImports adds an import to any file that parses, and drops each. The file parses afterwards, has that
// import more or less and no other, and everything behind the import clauses keeps its bytes.
func FuzzImports(f *testing.F) {
	for _, src := range []string{
		"package p\n", "package p", "package p; import \"fmt\"; var x int\n", "package p\n\nimport (\n\t\"fmt\"\n)\n\nvar x int\n",
		"package p\r\n\r\nimport \"fmt\"\r\n", "\ufeffpackage p\n\nimport (\n\t\"a\" // c\n\n\t// d\n\t_ \"b\"\n)\n", "package p\n\n// #include <a.h>\nimport \"C\"\n",
		"package p\nimport ()\n", "package p\nimport (\"a\";\"b\")\n", "package p\nimport(\n\"a\"/* c */;. \"b\"\n)\n", "// doc\npackage p // x\n/* y */ import x \"a\"\n",
		"package p\nimport `a`\nimport (\n)\n", "package p\n\nimport (\n\t\"golang.org/x/net\"\n\t\"fmt\"\n)\nfunc f() {}",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		before := paths(src)
		if before == nil {
			t.Skip()
		}
		got, err := addImport(src, newImport{path: cc}, "example.com/m")
		if err != nil {
			t.Fatalf("add to %q: %v", src, err)
		}
		after := paths(got)
		if after == nil || after[cc] != before[cc]+1 || len(after) > len(before)+1 {
			t.Errorf("%q has the import added as\n%q", src, got)
		}
		n := 0
		for _, k := range before {
			n += k
		}
		for i := range n {
			file, _ := parser.ParseFile(token.NewFileSet(), "a.go", src, parser.ImportsOnly|parser.ParseComments)
			path := unquoted(file.Imports[i].Path.Value)
			got := dropImport(bytes.Clone(src), i)
			after := paths(got)
			if after == nil || after[path] != before[path]-1 {
				t.Errorf("%q without import %d is\n%q", src, i, got)
			}
		}
	})
}

// paths counts the imports by path; nil if the file does not parse.
func paths(src []byte) map[string]int {
	file, err := parser.ParseFile(token.NewFileSet(), "a.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	out := map[string]int{}
	for _, s := range file.Imports {
		out[unquoted(s.Path.Value)]++
	}
	return out
}

func unquoted(s string) string { return s[1 : len(s)-1] }
