package valueflow

import (
	"go/ast"
	"go/token"
	"strings"

	"jwtretire.example/internal/lazyregexp"
)

// triggers are imports that make a package worth a look: keys are parsed, or tokens are signed by hand.
var triggers = map[string]bool{
	"crypto/x509": true, "crypto/rsa": true, "crypto/ecdsa": true, "crypto/ed25519": true, "crypto/hmac": true, "encoding/pem": true,
	"github.com/adobe/ims-go/ims": true,
}

var commentHost = lazyregexp.New(`https?://([A-Za-z0-9.-]+\.[a-z]+)`)

// hosts returns the hosts that a file's comments link to: whose documentation was followed.
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

// mentions reports whether a file has a text in which an assertion may be sent.
func mentions(f *ast.File) bool {
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && !found {
			for _, w := range []string{"assertion", "jwt_token", "jwt-bearer"} {
				if strings.Contains(lit.Value, w) {
					found = true
				}
			}
		}
		return !found
	})
	return found
}
