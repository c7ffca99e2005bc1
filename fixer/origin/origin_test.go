package origin_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"jwtretire.example/fixer/origin"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

// TestOf looks at the arguments of use, each of which has what it can be in a comment behind it.
func TestOf(t *testing.T) {
	const src = `package p

import (
	"fmt"
	"net/url"
	"os"
	"strings"
)

const host = "https://h.example"
const path = "/ims/exchange/jwt"

var base = "https://v.example"

type conf struct{ Host, Secret string }

var settings conf

func use(string) {}

func main() {
	use(host + path)                                 // https://h.example/ims/exchange/jwt
	use("https://h.example" + "/x")                  // https://h.example/x
	use(base + "/x")                                 // «variable p.base»/x
	use(os.Getenv("URL"))                            // «call os.Getenv(URL)»
	use(os.Getenv("URL") + "/x")                     // «call os.Getenv(URL)»/x
	u := host + "/x"
	use(u)                                           // https://h.example/x
	v := "https://a.example"
	if len(os.Args) > 1 {
		v = "https://b.example"
	}
	use(v + "/x")                                    // https://a.example/x | https://b.example/x
	use(fmt.Sprintf("https://%s/x/%d", v[1:], 3))    // https://«v[1:]»/x/3
	use(fmt.Sprintf("%s/x?%%", host))                // https://h.example/x?%
	use(fmt.Sprintf("%5s", host))                    // «call fmt.Sprintf(%5s, https://h.example)»
	use(strings.TrimRight(base, "/") + "/x")         // «variable p.base»/x
	use(strings.TrimRight(base, "e") + "/x")         // «call strings.TrimRight(variable p.base, e)»/x
	use(strings.ReplaceAll(host, "/a", "/b"))        // https://h.example
	use(strings.ReplaceAll(host, "h.example", "x"))  // «call strings.ReplaceAll(https://h.example, h.example, x)»
	use(strings.NewReplacer("/a", "/b").Replace(u))  // https://h.example/x
	use(strings.NewReplacer("h", "b").Replace(u))    // «call (*strings.Replacer).Replace(https://h.example/x)»
	use(strings.Join([]string{host, "x"}, "/"))      // https://h.example/x
	joined, _ := url.JoinPath(host, "a", "b")
	use(joined)                                      // https://h.example/a/b
	parsed, _ := url.Parse(base)
	use(parsed.JoinPath("x").String())               // «variable p.base»
	built := url.URL{Scheme: "https", Host: v[1:], Path: "/x"}
	use(built.String())                              // https://«v[1:]»//x
	use(settings.Host)                               // «field p.conf.Host of p.settings»
	one, two := conf{Host: "a"}, load()
	use(one.Host)                                    // a
	use(two.Host)                                    // «field p.conf.Host of call p.load()»
	use(text(host))                                  // https://h.example
	helper("https://c.example")
	helper("https://d.example")
	loop(host)
	_ = helper2
	use(self())                                      // «call p.self()»
}

type text = string

func load() conf { return conf{} }

func self() string { return "" }

func helper(h string) {
	use(h + "/x")                                    // https://c.example/x | https://d.example/x
}

func helper2(h string) {
	use(h)                                           // «parameter 0 of p.helper2»
}

func loop(h string) {
	use(h)                                           // https://h.example | «local h»/x
	loop(h + "/x")
}

func (c *conf) method() {
	use(c.Host)                                      // a | «field p.conf.Host»
	func(inner string) { use(inner) }("x")           // «parameter inner»
}
`
	f := load1(t, src)
	fd := origin.Finder{Index: syntax.NewIndex([]*load.Package{f})}
	file := fd.Index.File("/p/p.go")
	lines := strings.Split(src, "\n")
	n := 0
	ast.Inspect(file.Syntax, func(node ast.Node) bool {
		c, ok := node.(*ast.CallExpr)
		if !ok || syntax.CalleeName(c) != "use" {
			return true
		}
		_, want, ok := strings.Cut(lines[file.Pkg.Fset.Position(c.Pos()).Line-1], "// ")
		if i := strings.LastIndex(lines[file.Pkg.Fset.Position(c.Pos()).Line-1], "  // "); i >= 0 {
			want = lines[file.Pkg.Fset.Position(c.Pos()).Line-1][i+len("  // "):]
		}
		if !ok {
			return true
		}
		n++
		if got := strings.Join(fd.Of(file, c.Args[0]), " | "); got != want {
			t.Errorf("%s\n\tis   %s\n\twant %s", file.Text(c), got, want)
		}
		return true
	})
	if n < 25 {
		t.Errorf("only %d expressions were looked at", n)
	}
}

func load1(t *testing.T, src string) *load.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "/p/p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	pkg, err := (&types.Config{Importer: importer.ForCompiler(fset, "source", nil)}).Check("p", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	return &load.Package{Path: "p", Name: "p", Fset: fset, Files: []string{"/p/p.go"}, Source: map[string][]byte{"/p/p.go": []byte(src)}, Syntax: []*ast.File{f}, Types: pkg, Info: info}
}

// TestTooMuch: an expression that can be a hundred things is told as nothing, in bounded time.
func TestTooMuch(t *testing.T) {
	var src strings.Builder
	src.WriteString("package p\n\nfunc use(string) {}\n\nfunc main() {\n\ta := \"x\"\n")
	for range 30 {
		src.WriteString("\ta = a + a\n")
	}
	src.WriteString("\tb := a + a + a + a\n\tuse(b + b + b + b)\n}\n")
	p := load1(t, src.String())
	fd := origin.Finder{Index: syntax.NewIndex([]*load.Package{p})}
	ast.Inspect(p.Syntax[0], func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if got := fd.Of(fd.Index.File("/p/p.go"), c.Args[0]); got != nil {
				t.Errorf("it is %d things", len(got))
			}
		}
		return true
	})
}

// TestManyWays: so is one that is made of others by many ways.
func TestManyWays(t *testing.T) {
	var src strings.Builder
	src.WriteString("package p\n\nfunc use(string) {}\n\nfunc f() string { return \"\" }\n\nfunc main() {\n\ta0 := f()\n")
	for i := range 10 {
		fmt.Fprintf(&src, "\ta%d := a%d + a%d + a%d\n", i+1, i, i, i)
	}
	src.WriteString("\tuse(a10)\n}\n")
	p := load1(t, src.String())
	fd := origin.Finder{Index: syntax.NewIndex([]*load.Package{p})}
	ast.Inspect(p.Syntax[0], func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && syntax.CalleeName(c) == "use" {
			if got := fd.Of(fd.Index.File("/p/p.go"), c.Args[0]); got != nil {
				t.Errorf("it is %d things", len(got))
			}
		}
		return true
	})
}

func TestAuthority(t *testing.T) {
	for text, want := range map[string]string{
		"https://h.example/a/b":            "https://h.example",
		"https://h.example":                "https://h.example",
		"http://h.example:80?x=/":          "http://h.example:80",
		"https://«region».h.example/x":     "https://«region».h.example",
		"«call os.Getenv(a/b)»/x":          "«call os.Getenv(a/b)»",
		"«call f(https://x/)»":             "«call f(https://x/)»",
		"«variable p.host»:8080/x":         "«variable p.host»:8080",
		"«variable p.scheme»://h/x":        "«variable p.scheme»://h",
		"https://h.example@evil.example/x": "https://h.example@evil.example",
		"/ims/exchange/jwt":                "",
		"ims":                              "",
		"":                                 "",
	} {
		if got := origin.Authority(text); got != want {
			t.Errorf("%s is of %q, want %q", text, got, want)
		}
	}
}
