package library

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

func TestFold(t *testing.T) {
	for path, want := range map[string]struct {
		id    string
		major int
	}{
		"os":                                                {"os", 1},
		"net/http":                                          {"net/http", 1},
		"math/rand/v2":                                      {"math/rand/v2", 1},
		"github.com/golang-jwt/jwt":                         {golangJWT, 3},
		"github.com/golang-jwt/jwt/v5":                      {golangJWT, 5},
		"github.com/dgrijalva/jwt-go":                       {golangJWT, 3},
		"github.com/dgrijalva/jwt-go/v4":                    {golangJWT, 4},
		"gopkg.in/dgrijalva/jwt-go.v2":                      {golangJWT, 2},
		"gopkg.in/dgrijalva/jwt-go.v3":                      {golangJWT, 3},
		"github.com/form3tech-oss/jwt-go":                   {golangJWT, 3},
		"github.com/someone/jwt-go":                         {golangJWT, 3},
		"github.com/go-jose/go-jose/v4":                     {jose, 4},
		"github.com/go-jose/go-jose/v4/jwt":                 {joseJWT, 4},
		"gopkg.in/go-jose/go-jose.v2/jwt":                   {joseJWT, 2},
		"gopkg.in/square/go-jose.v2/jwt":                    {joseJWT, 2},
		"gopkg.in/square/go-jose.v1":                        {jose, 1},
		"github.com/square/go-jose/v3":                      {jose, 3},
		"github.com/lestrrat-go/jwx/jwt":                    {jwxJWT, 1},
		"github.com/lestrrat-go/jwx/v3/jwt":                 {jwxJWT, 3},
		"resty.dev/v3":                                      {resty, 3},
		"gopkg.in/resty.v1":                                 {resty, 1},
		"github.com/go-resty/resty/v2":                      {resty, 2},
		"golang.org/x/oauth2/jwt":                           {oauthJWT, 1},
		"cloud.google.com/go/kms/apiv1":                     {"cloud.google.com/go/kms/apiv1", 1},
		"example.com/a/vendor/gopkg.in/dgrijalva/jwt-go.v3": {golangJWT, 3},
		"vendor/golang.org/x/crypto/ssh":                    {"golang.org/x/crypto/ssh", 1},
		"github.com/golang-jwt/jwt/v4 [example.com/a.test]": {golangJWT, 4},
		"github.com/okta/okta-sdk-golang/v5/okta":           {"github.com/okta/okta-sdk-golang/okta", 5},
		"example.com/jwt-go":                                {"example.com/jwt-go", 1},
	} {
		if id, major := Fold(path); id != want.id || major != want.major {
			t.Errorf("Fold(%q) = %q, %d; want %q, %d", path, id, major, want.id, want.major)
		}
	}
}

func TestLookupMajors(t *testing.T) {
	for _, tt := range []struct {
		pkg, recv, name string
		role            Role
		key             Slot
	}{
		{"github.com/lestrrat-go/jwx/jwt", "", "Sign", Sign, A2},
		{"github.com/lestrrat-go/jwx/v2/jwt", "", "Sign", Sign, Rest1},
		{"gopkg.in/square/go-jose.v2/jwt", "Builder", "CompactSerialize", Sign, Recv},
		{"github.com/go-jose/go-jose/v4/jwt", "Builder", "Serialize", Sign, Recv},
		{"gopkg.in/square/go-jose.v1", "", "NewSigner", Signer, A1},
		{"github.com/go-jose/go-jose/v4", "", "NewSigner", Signer, A0},
		{"gopkg.in/dgrijalva/jwt-go.v3", "Token", "SignedString", Sign, A0},
		{"example.com/app/vendor/github.com/golang-jwt/jwt/v4", "Token", "SignedString", Sign, A0},
	} {
		f, ok := Lookup(tt.pkg, tt.recv, tt.name)
		if !ok || f.Role != tt.role || f.Key != tt.key {
			t.Errorf("%s %s.%s: %+v", tt.pkg, tt.recv, tt.name, f)
		}
	}
	for _, none := range [][3]string{
		{"github.com/go-jose/go-jose/v4/jwt", "Builder", "CompactSerialize"}, // gone in version 4
		{"example.com/jwt", "Token", "SignedString"},
		{"github.com/golang-jwt/jwt/v5", "Claims", "SignedString"},
	} {
		if f, ok := Lookup(none[0], none[1], none[2]); ok {
			t.Errorf("%v: %+v", none, f)
		}
	}
}

func TestLookupBroken(t *testing.T) {
	for _, tt := range []struct {
		imports []string
		name    string
		want    Role
	}{
		{[]string{"fmt", "github.com/dgrijalva/jwt-go"}, "SignedString", Sign},
		{[]string{"github.com/adobe/ims-go/ims"}, "ExchangeJWT", Exchange},
		{[]string{"gopkg.in/square/go-jose.v2/jwt"}, "CompactSerialize", Sign},
		{[]string{"github.com/golang-jwt/jwt/v5"}, "ParseRSAPrivateKeyFromPEM", Parse},
		{[]string{"github.com/go-jose/go-jose/v3", "github.com/go-jose/go-jose/v3/jwt"}, "CompactSerialize", Sign}, // of the two that have it
		{[]string{"go.step.sm/crypto/jose"}, "CompactSerialize", Sign},                                             // by an alias
	} {
		f, ok := LookupBroken(tt.imports, tt.name)
		if !ok || f.Role != tt.want {
			t.Errorf("%v %s: %+v", tt.imports, tt.name, f)
		}
	}
	for _, tt := range []struct {
		imports []string
		name    string
	}{
		{[]string{"fmt"}, "SignedString"},                  // no library
		{[]string{"github.com/dgrijalva/jwt-go"}, "Parse"}, // a name that says nothing
		{[]string{"net/http"}, "Do"},
	} {
		if f, ok := LookupBroken(tt.imports, tt.name); ok {
			t.Errorf("%v %s: %s", tt.imports, tt.name, f.FullName())
		}
	}
}

func TestIsJWTLibrary(t *testing.T) {
	for path, want := range map[string]bool{
		"github.com/golang-jwt/jwt/v5/request": true, "gopkg.in/dgrijalva/jwt-go.v3": true, "github.com/lestrrat-go/jwx/v2/jwk": true,
		"gopkg.in/square/go-jose.v2/jwt": true, "go.step.sm/crypto/jose": true, "golang.org/x/oauth2/jwt": true,
		"golang.org/x/oauth2": false, "go.step.sm/crypto/pemutil": false, "net/http": false, "example.com/jwt": false,
	} {
		if got := IsJWTLibrary(path); got != want {
			t.Errorf("IsJWTLibrary(%q) = %v", path, got)
		}
	}
}

func TestExchanges(t *testing.T) {
	for path, want := range map[string]bool{
		"github.com/zitadel/oidc/v3/pkg/client/profile": true, "github.com/adobe/ims-go/ims": true, "golang.org/x/oauth2/jwt": true,
		"golang.org/x/oauth2": false, "net/http": false,
	} {
		if got := Exchanges(path); got != want {
			t.Errorf("Exchanges(%q) = %v", path, got)
		}
	}
}

// A row that another one hides would never be found.
func TestNoRowHidesAnother(t *testing.T) {
	for i, a := range All() {
		for _, b := range All()[i+1:] {
			overlap := (a.Max == 0 || b.Min <= a.Max) && (b.Max == 0 || a.Min <= b.Max)
			if a.Pkg == b.Pkg && a.Recv == b.Recv && a.Name == b.Name && overlap {
				t.Errorf("two rows for %s", a.FullName())
			}
		}
	}
}

func TestSlots(t *testing.T) {
	for s, want := range map[Slot]struct {
		arg, result int
		rest        bool
	}{A0: {0, -1, false}, A6: {6, -1, false}, Rest0: {0, -1, true}, Rest3: {3, -1, true}, R0: {-1, 0, false}, R2: {-1, 2, false}, None: {-1, -1, false}, Recv: {-1, -1, false}} {
		arg, rest, ok := s.Arg()
		if !ok {
			arg = -1
		}
		result, ok := s.Result()
		if !ok {
			result = -1
		}
		if arg != want.arg || rest != want.rest || result != want.result {
			t.Errorf("slot %d: %d, %v, %d; want %+v", s, arg, rest, result, want)
		}
	}
}

func TestAlgorithm(t *testing.T) {
	for _, tt := range [][3]string{
		{"github.com/golang-jwt/jwt/v5", "SigningMethodRS384", "RS384"}, {"github.com/golang-jwt/jwt/v5", "SigningMethodEdDSA", "EdDSA"},
		{"github.com/go-jose/go-jose/v4", "ES256", "ES256"}, {"github.com/gbrlsnchs/jwt/v3", "NewPS256", "PS256"},
		{"github.com/lestrrat-go/jwx/v2/jwa", "RS256", "RS256"}, {"github.com/salrashid123/golang-jwt-tpm", "SigningMethodTPMRS256", "RS256"},
		{"example.com/own", "RS256", ""}, {"github.com/golang-jwt/jwt/v5", "NewWithClaims", ""},
	} {
		if got := Algorithm(tt[0], tt[1]); got != tt[2] {
			t.Errorf("Algorithm(%s, %s) = %q", tt[0], tt[1], got)
		}
	}
}

const callSource = `package p

import (
	"crypto"
	"io"
	"net/http"
	"net/url"
)

type doer interface {
	Do(r *http.Request) (*http.Response, error)
}
type own interface{ Do(string) error }
type client struct{ *http.Client }
type key struct{ crypto.Signer }

func f(d doer, o own, c client, k key, rt http.RoundTripper, r *http.Request, v url.Values) {
	d.Do(r)
	o.Do("")
	c.PostForm("", v)
	(rt).RoundTrip(r)
	k.Sign(nil, nil, crypto.SHA256)
	io.ReadAll(r.Body)
	f(nil, nil, c, k, nil, nil, nil)
}
`

// The types come from export data, as they do under go vet.
func TestLookupCall(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", callSource, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	if _, err := (&types.Config{Importer: importer.Default()}).Check("p", fset, []*ast.File{file}, info); err != nil {
		t.Fatal(err)
	}
	var got []string
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if f, ok := LookupCall(info, call); ok {
				got = append(got, f.FullName())
			} else {
				got = append(got, "-")
			}
		}
		return true
	})
	want := []string{"(net/http.Client).Do", "-", "(net/http.Client).PostForm", "(net/http.RoundTripper).RoundTrip", "(crypto.Signer).Sign", "io.ReadAll", "-"}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("call %d: %s, want %s", i, got[i], want[i])
		}
	}
}
