package valueflow

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/sift"
)

// triggers are imports of packages that may parse keys or sign tokens by hand.
var triggers = map[string]bool{
	"crypto/x509": true, "crypto/rsa": true, "crypto/ecdsa": true, "crypto/ed25519": true, "crypto/hmac": true, "encoding/pem": true,
	"github.com/adobe/ims-go/ims": true,
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
