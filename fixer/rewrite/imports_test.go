package rewrite

import (
	"strings"
	"testing"
)

const cc = "golang.org/x/oauth2/clientcredentials"

func TestAddImport(t *testing.T) {
	for _, test := range []struct {
		name, src string
		imp       newImport
		want      string
	}{
		{"no import", "package p\n\nvar x int\n", newImport{path: cc},
			"package p\n\nimport \"" + cc + "\"\n\nvar x int\n"},
		{"no import, comment behind the clause", "package p // c\n\n// x is.\nvar x int\n", newImport{path: cc},
			"package p // c\n\nimport \"" + cc + "\"\n\n// x is.\nvar x int\n"},
		{"no import, all on a line", "package p; var x int\n", newImport{path: cc},
			"package p\n\nimport \"" + cc + "\"\n\n var x int\n"},
		{"nothing but a clause without newline", "package p", newImport{path: cc},
			"package p\n\nimport \"" + cc + "\""},
		{"single std", "package p\n\nimport \"fmt\" // f\n\nvar x int\n", newImport{path: cc},
			"package p\n\nimport (\n\t\"fmt\" // f\n\n\t\"" + cc + "\"\n)\n\nvar x int\n"},
		{"single after", "package p\n\nimport \"k8s.io/api\"\n", newImport{path: cc},
			"package p\n\nimport (\n\t\"" + cc + "\"\n\t\"k8s.io/api\"\n)\n"},
		{"single, std comes first", "package p\n\nimport \"k8s.io/api\"\n", newImport{path: "context"},
			"package p\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/api\"\n)\n"},
		{"lines", "package p\n\nimport \"fmt\"\nimport \"os\"\n\nimport \"k8s.io/api\"\n", newImport{path: "net/http"},
			"package p\n\nimport \"fmt\"\nimport \"net/http\"\nimport \"os\"\n\nimport \"k8s.io/api\"\n"},
		{"lines, last", "package p\n\nimport \"fmt\"\nimport \"os\" // o\n\nvar x int\n", newImport{path: "strings"},
			"package p\n\nimport \"fmt\"\nimport \"os\" // o\nimport \"strings\"\n\nvar x int\n"},
		{"only C", "package p\n\n// #include <a.h>\nimport \"C\"\n\nvar x int\n", newImport{path: cc},
			"package p\n\n// #include <a.h>\nimport \"C\"\n\nimport \"" + cc + "\"\n\nvar x int\n"},
		{"C and a line", "package p\n\n// #include <a.h>\nimport \"C\"\nimport \"fmt\"\n", newImport{path: "os"},
			"package p\n\n// #include <a.h>\nimport \"C\"\nimport \"fmt\"\nimport \"os\"\n"},
		{"third-party group", "package p\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/a/b\"\n\t\"k8s.io/api\"\n)\n", newImport{path: cc},
			"package p\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/a/b\"\n\t\"" + cc + "\"\n\t\"k8s.io/api\"\n)\n"},
		{"std group", "package p\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\n\t\"k8s.io/api\"\n)\n", newImport{path: "net/http"},
			"package p\n\nimport (\n\t\"fmt\"\n\t\"net/http\"\n\t\"os\"\n\n\t\"k8s.io/api\"\n)\n"},
		{"new third-party group", "package p\n\nimport (\n\t\"fmt\"\n\t\"os\" // o\n)\n", newImport{path: cc},
			"package p\n\nimport (\n\t\"fmt\"\n\t\"os\" // o\n\n\t\"" + cc + "\"\n)\n"},
		{"new std group", "package p\n\nimport (\n\t// api\n\t\"k8s.io/api\"\n)\n", newImport{path: "context"},
			"package p\n\nimport (\n\t\"context\"\n\n\t// api\n\t\"k8s.io/api\"\n)\n"},
		{"not among the module's own", "package p\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/m/a\"\n)\n", newImport{path: cc},
			"package p\n\nimport (\n\t\"fmt\"\n\n\t\"" + cc + "\"\n\n\t\"example.com/m/a\"\n)\n"},
		{"group that shares most", "package p\n\nimport (\n\t\"github.com/a/b\"\n\n\t\"golang.org/x/net\"\n\t\"golang.org/x/sys\"\n)\n", newImport{path: "golang.org/x/oauth2"},
			"package p\n\nimport (\n\t\"github.com/a/b\"\n\n\t\"golang.org/x/net\"\n\t\"golang.org/x/oauth2\"\n\t\"golang.org/x/sys\"\n)\n"},
		{"below the heading", "package p\n\nimport (\n\t\"fmt\"\n\n\t// third party\n\t\"k8s.io/api\"\n\t\"k8s.io/klog\"\n)\n", newImport{path: cc},
			"package p\n\nimport (\n\t\"fmt\"\n\n\t// third party\n\t\"" + cc + "\"\n\t\"k8s.io/api\"\n\t\"k8s.io/klog\"\n)\n"},
		{"above a comment on one", "package p\n\nimport (\n\t\"a.b/c\"\n\t// api is.\n\t\"k8s.io/api\"\n)\n", newImport{path: cc},
			"package p\n\nimport (\n\t\"a.b/c\"\n\t\"" + cc + "\"\n\t// api is.\n\t\"k8s.io/api\"\n)\n"},
		{"alias", "package p\n\nimport (\n\t\"k8s.io/api\"\n)\n", newImport{path: cc, name: "cc"},
			"package p\n\nimport (\n\tcc \"" + cc + "\"\n\t\"k8s.io/api\"\n)\n"},
		{"mixed group in order", "package p\n\nimport (\n\t\"fmt\"\n\t\"k8s.io/api\"\n\t\"os\"\n)\n", newImport{path: "net/http"},
			"package p\n\nimport (\n\t\"fmt\"\n\t\"k8s.io/api\"\n\t\"net/http\"\n\t\"os\"\n)\n"},
		{"blanks for tabs", "package p\n\nimport (\n    \"fmt\"\n\n    \"k8s.io/api\"\n)\n", newImport{path: cc},
			"package p\n\nimport (\n    \"fmt\"\n\n    \"" + cc + "\"\n    \"k8s.io/api\"\n)\n"},
		{"on one line", "package p\n\nimport (\"fmt\"; \"os\")\n", newImport{path: "strings"},
			"package p\n\nimport (\"fmt\"; \"os\"; \"strings\")\n"},
		{"crlf", "package p\r\n\r\nimport \"fmt\"\r\n", newImport{path: cc},
			"package p\r\n\r\nimport (\r\n\t\"fmt\"\r\n\r\n\t\"" + cc + "\"\r\n)\r\n"},
		{"empty block", "package p\n\nimport ()\n", newImport{path: cc},
			"package p\n\nimport ()\n\nimport \"" + cc + "\"\n"},
		{"two blocks", "package p\n\nimport (\n\t\"fmt\"\n)\n\nimport (\n\t\"k8s.io/api\"\n)\n", newImport{path: cc},
			"package p\n\nimport (\n\t\"fmt\"\n)\n\nimport (\n\t\"" + cc + "\"\n\t\"k8s.io/api\"\n)\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := addImport([]byte(test.src), test.imp, "example.com/m")
			if err != nil || string(got) != test.want {
				t.Errorf("got\n%s\nwant\n%s(%v)", visible(got), visible([]byte(test.want)), err)
			}
		})
	}
}

// TestDropImport drops the import of "x/gone".
func TestDropImport(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"single", "package p\n\nimport \"x/gone\"\n\nvar x int\n", "package p\n\nvar x int\n"},
		{"single with comments", "package p\n\n// doc\nimport \"x/gone\" // c\n\nvar x int\n", "package p\n\nvar x int\n"},
		{"single below a directive", "package p\n\n//go:generate a\nimport \"x/gone\"\n\nvar x int\n", "package p\n\n//go:generate a\n\nvar x int\n"},
		{"only one of a block", "package p\n\nimport (\n\t\"x/gone\"\n)\n\nvar x int\n", "package p\n\nvar x int\n"},
		{"from a group", "package p\n\nimport (\n\t\"a\"\n\t\"x/gone\" // c\n\t\"z\"\n)\n", "package p\n\nimport (\n\t\"a\"\n\t\"z\"\n)\n"},
		{"first group", "package p\n\nimport (\n\t\"x/gone\"\n\n\t\"z\"\n)\n", "package p\n\nimport (\n\t\"z\"\n)\n"},
		{"middle group", "package p\n\nimport (\n\t\"a\"\n\n\t\"x/gone\"\n\n\t\"z\"\n)\n", "package p\n\nimport (\n\t\"a\"\n\n\t\"z\"\n)\n"},
		{"last group", "package p\n\nimport (\n\t\"a\"\n\n\t// gone is.\n\t\"x/gone\"\n)\n", "package p\n\nimport (\n\t\"a\"\n)\n"},
		{"heading stays", "package p\n\nimport (\n\t\"a\"\n\n\t// third party\n\t\"x/gone\"\n\t\"z\"\n)\n", "package p\n\nimport (\n\t\"a\"\n\n\t// third party\n\t\"z\"\n)\n"},
		{"own comment goes", "package p\n\nimport (\n\t\"a\"\n\t// why\n\t\"x/gone\"\n\t\"z\"\n)\n", "package p\n\nimport (\n\t\"a\"\n\t\"z\"\n)\n"},
		{"on one line, first", "package p\n\nimport (\"x/gone\"; \"z\")\n", "package p\n\nimport (\"z\")\n"},
		{"on one line, last", "package p\n\nimport (\"a\"; \"x/gone\")\n", "package p\n\nimport (\"a\")\n"},
		{"comments between", "package p\n\nimport (\n\t\"x/gone\" /* x */; \"b\" /* y */\n)\n", "package p\n\nimport (\n\t\"b\" /* y */\n)\n"},
		{"comment of the next", "package p\n\nimport (\n\t\"x/gone\"; /* b is */ \"b\"\n)\n", "package p\n\nimport (\n\t/* b is */ \"b\"\n)\n"},
		{"crlf", "package p\r\n\r\nimport (\r\n\t\"x/gone\" // c\r\n\r\n\t\"z\"\r\n)\r\n", "package p\r\n\r\nimport (\r\n\t\"z\"\r\n)\r\n"},
		{"between lines", "package p\n\nimport \"a\"\nimport \"x/gone\"\nimport \"z\"\n", "package p\n\nimport \"a\"\nimport \"z\"\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := parseClause([]byte(test.src))
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range c.file.Imports {
				if s.Path.Value == `"x/gone"` {
					if got := dropImport([]byte(test.src), i); string(got) != test.want {
						t.Errorf("got\n%s\nwant\n%s", visible(got), visible([]byte(test.want)))
					}
				}
			}
		})
	}
}

func TestPlainName(t *testing.T) {
	for path, want := range map[string]string{
		"fmt":                           "fmt",
		"net/http":                      "http",
		"golang.org/x/oauth2":           "oauth2",
		"github.com/golang-jwt/jwt/v5":  "jwt",
		"gopkg.in/yaml.v3":              "yaml",
		"github.com/dgrijalva/jwt-go":   "jwt",
		"github.com/go-jose/go-jose/v4": "jose",
		"v2":                            "v2",
		"example.com/type":              "pkg",
	} {
		if got := plainName(path); got != want {
			t.Errorf("plainName(%q) = %q, want %q", path, got, want)
		}
	}
}

// TestImportsFollowUse removes or replaces something and looks at the import clause.
func TestImportsFollowUse(t *testing.T) {
	for _, test := range []struct{ name, src, edit, want string }{
		{"last use gone", "import \"os\"\n\nfunc f() { os.Exit(1); g() }", "remove ExprStmt os.Exit", ""},
		{"another use left", "import \"os\"\n\nfunc f() { os.Exit(1); os.Exit(2) }", "remove ExprStmt os.Exit", `import "os"`},
		{"unused before is not ours", "import \"os\"\n\nfunc f() { g() }", "remove ExprStmt g", `import "os"`},
		{"blank stays", "import _ \"os\"\n\nfunc f() { g() }", "remove ExprStmt g", `import _ "os"`},
		{"local variable is no use", "import \"os\"\n\nfunc f() { os.Exit(1); os := 1; os.x() }", "remove ExprStmt os.Exit", ""},
		{"text repeats the use", "import \"os\"\n\nfunc f() { os.Exit(1) }", "replace ExprStmt os.Exit\n\tos.Exit(2)", `import "os"`},
		{"text uses it by path", "import \"os\"\n\nfunc f() { os.Exit(1) }", "replace ExprStmt os.Exit\n\t«os».Exit(2)", `import "os"`},
		{"renamed", "import o \"os\"\n\nfunc f() { o.Exit(1) }", "remove ExprStmt o.Exit", ""},
		{"dot", "import . \"strings\"\n\nvar x = ToUpper", "remove GenDecl var x", ""},
		{"dot still used", "import . \"strings\"\n\nvar x = ToUpper\nvar y = Repeat", "remove GenDecl var x", `import . "strings"`},
		{"embed with its variable", "import _ \"embed\"\n\n//go:embed a.pem\nvar x []byte", "remove GenDecl var x", ""},
		{"embed for another", "import _ \"embed\"\n\n//go:embed a.pem\nvar x []byte\n\n//go:embed b\nvar y []byte", "remove GenDecl var x", `import _ "embed"`},
		{"embed.FS gone, another embed left", "import \"embed\"\n\n//go:embed a.pem\nvar x embed.FS\n\n//go:embed b\nvar y []byte", "remove GenDecl var x", `import _ "embed"`},
		{"embed.FS gone", "import \"embed\"\n\n//go:embed a.pem\nvar x embed.FS", "remove GenDecl var x", ""},
		{"cgo", "// #include <a.h>\nimport \"C\"\n\nvar x = C.a", "remove GenDecl var x", `import "C"`},
		{"name in a type", "import \"os\"\n\nfunc f(k *os.File, a int) {}", "remove Field k", ""},
		{"missing package of another name", "import \"github.com/x/go-thing\"\n\nvar x = thing.A", "remove GenDecl var x", ""},
		{"spec removed by the set", "import _ \"os\"\n\nvar x = 1", "remove ImportSpec _ \"os\"", ""},
		{"spec removed by the set but used", "import \"os\"\n\nvar x = os.A", "remove ImportSpec \"os\"", `import "os"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := []byte("package m\n\n" + test.src + "\n")
			pkg := newPackage(t, map[string][]byte{"/m/a.go": src})
			res, err := rewritten(pkg, newSet(t, pkg, test.edit))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for l := range strings.Lines(string(res)) {
				if strings.HasPrefix(l, "import ") {
					got = strings.TrimSpace(l)
				}
			}
			if got != test.want {
				t.Errorf("import is %q, want %q, in\n%s", got, test.want, res)
			}
		})
	}
}
