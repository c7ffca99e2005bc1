package valueflow

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/sift"
)

// triggers reports whether an import is that of a package that parses keys, signs tokens or exchanges them.
func triggers(path string) bool {
	p := library.PackageOf(path)
	return p.Keys || p.Word.For == library.Sign || p.Word.For == library.Exchange
}

var commentHost = lazyregexp.New(`https?://([A-Za-z0-9.-]+\.[a-z]+)`)

// hosts returns the hosts of links in a file's comments: evidence for the vendor.
func hosts(f *ast.File) []string {
	var list []string
	for _, g := range f.Comments {
		for _, c := range g.List {
			if !strings.Contains(c.Text, "://") {
				continue
			}
			for _, m := range commentHost.FindAllStringSubmatch(c.Text, -1) {
				if len(list) < 20 {
					list = append(list, m[1])
				}
			}
		}
	}
	return list
}

// Texts and names in packages that may send an assertion, or pass keys on: settings, wrappers around secret stores.
var (
	sayTexts = []string{"assertion", "jwt_token", "jwt-bearer", "subject_token", "actor_token", "private_key", "PRIVATE_KEY", "PRIVATE KEY"}
	sayNames = []string{"PrivateKey", "privateKey", "GetSecret", "AccessSecret", "SubjectToken", "ActorToken"}
)

// mentions reports whether a file has such a text or name, or sets a request header that can be a bearer.
func mentions(f *ast.File) bool {
	found := false
	http := slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"net/http"` })
	contains := func(s string, words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			found = found || n.Kind == token.STRING && (contains(n.Value, sayTexts) || http && n.Value == sift.HeaderName)
		case *ast.Ident:
			found = found || contains(n.Name, sayNames)
		}
		return !found
	})
	return found
}
