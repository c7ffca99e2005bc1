package valueflow

import (
	"go/ast"
	"go/token"
	"strings"
)

// triggers are imports that make a package worth a look: keys are parsed, or tokens are signed by hand.
var triggers = map[string]bool{
	"crypto/x509": true, "crypto/rsa": true, "crypto/ecdsa": true, "crypto/ed25519": true, "crypto/hmac": true, "encoding/pem": true,
	"github.com/adobe/ims-go/ims": true,
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
