package drive_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
)

// world is many packages above one client that everything imports: each calls the one before it and has
// some code of its own.
func world(b *testing.B, packages, functions int) []*load.Package {
	b.Helper()
	fset := token.NewFileSet()
	known := map[string]*types.Package{}
	std := importer.ForCompiler(fset, "source", nil)
	conf := types.Config{Importer: importerFunc(func(path string) (*types.Package, error) {
		if p := known[path]; p != nil {
			return p, nil
		}
		return std.Import(path)
	})}
	var list []*load.Package
	add := func(path, src string, imports ...*load.Package) {
		name := "/src/" + path + ".go"
		f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
		if err != nil {
			b.Fatal(err)
		}
		p := &load.Package{
			Path: path, Fset: fset, Syntax: []*ast.File{f}, Imports: imports, Source: map[string][]byte{name: []byte(src)},
			Module: &load.Module{Path: "example.com/world"},
			Info: &types.Info{
				Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
				Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{},
			},
		}
		if p.Types, err = conf.Check(path, fset, p.Syntax, p.Info); err != nil {
			b.Fatal(err)
		}
		known[path] = p.Types
		list = append(list, p)
	}
	add("example.com/world/client", `package client

import ("crypto"; "crypto/rand"; "crypto/rsa"; "encoding/base64"; "net/http"; "net/url")

type Client struct { Key *rsa.PrivateKey; ID, Secret string; Last *http.Response; Labels map[string]string }

func (c *Client) Sign(claims string) string {
	s, _ := rsa.SignPKCS1v15(rand.Reader, c.Key, crypto.SHA256, []byte(claims))
	return claims + "." + base64.RawURLEncoding.EncodeToString(s)
}

func (c *Client) Token(claims string) (*http.Response, error) {
	form := url.Values{"client_id": {c.ID}, "client_secret": {c.Secret}, "jwt_token": {c.Sign(claims)}}
	r, err := http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", form)
	c.Last = r
	return r, err
}

func (c *Client) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set("Authorization", "Signature " + c.Sign(r.URL.Path))
	return http.DefaultClient.Do(r)
}
`)
	client := list[0]
	for i := range packages {
		below, path := client, fmt.Sprintf("example.com/world/p%d", i)
		var src strings.Builder
		fmt.Fprintf(&src, "package p%d\n\nimport (\"example.com/world/client\"; \"net/http\"", i)
		if i > 0 {
			below = list[i]
			fmt.Fprintf(&src, "; \"example.com/world/p%d\"", i-1)
		}
		src.WriteString(")\n\ntype Holder struct { C *client.Client; Name string; Parts map[string]string }\n")
		for j := range functions {
			call := fmt.Sprintf("h.C.Token(h.Parts[\"f%d\"])", j)
			if i > 0 {
				call = fmt.Sprintf("(&p%d.Holder{C: h.C, Name: h.Name, Parts: h.Parts}).F%d(u)", i-1, j)
			}
			fmt.Fprintf(&src, `
func (h *Holder) F%d(u string) (*http.Response, error) {
	h.Parts["f%d"] = h.Name + h.C.Labels["f%d"]
	r, _ := http.NewRequest("GET", u, nil)
	r.Header.Set("Authorization", "Bearer " + h.Parts["f%d"])
	if r, err := h.C.Do(r); err == nil {
		return r, nil
	}
	return %s
}
`, j, j, j, j, call)
		}
		add(path, src.String(), client, below)
	}
	return list
}

type importerFunc func(string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// The cost of a package must depend on the package itself, not on those below it.
func BenchmarkPackagesAboveOne(b *testing.B) {
	for _, n := range []int{10, 40} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			pkgs := world(b, n, 10)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := drive.Run(pkgs, flow.Analyzer); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/package")
		})
	}
}
