package scan

import (
	"context"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/internal/config"
	"jwtretire.example/internal/load"
)

// beside is in every tree: a flow that no tag has to do with.
const beside = `
-- go.mod --
module m
go 1.24
-- beside/beside.go --
package beside

import (
	"net/http"
	"net/url"

	"m/sign"
)

func Token(key []byte) (*http.Response, error) {
	return http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{"jwt_token": {sign.JWT(key)}})
}
-- sign/sign.go --
package sign

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
)

func JWT(key []byte) string {
	k, _ := x509.ParsePKCS8PrivateKey(key)
	head := base64.RawURLEncoding.EncodeToString([]byte("{\"alg\":\"RS256\"}")) + "." + base64.RawURLEncoding.EncodeToString([]byte("{\"iss\":\"me\"}"))
	sum := sha256.Sum256([]byte(head))
	sig, _ := rsa.SignPKCS1v15(rand.Reader, k.(*rsa.PrivateKey), crypto.SHA256, sum[:])
	return head + "." + base64.RawURLEncoding.EncodeToString(sig)
}
`

func run(t *testing.T, dir string, archive string, changes bool) *Result {
	t.Helper()
	files := map[string]string{}
	for _, f := range txtar.Parse([]byte(archive + beside)).Files {
		files[f.Name] = string(f.Data)
	}
	fill(t, dir, files)
	res, err := Run(context.Background(), Options{Dir: dir, Tests: true, Changes: changes, Config: &config.Config{}, Cache: typeCache})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// What a file behind a tag makes a flow of is found, wherever the other parts of the flow are.
func TestFlowsThroughTaggedFiles(t *testing.T) {
	const send = `
	http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{"jwt_token": {jwt}})
`
	dir := t.TempDir()
	for name, archive := range map[string]string{
		"it sends what a package above signs": `
-- low/low.go --
package low
-- low/low_special.go --
//go:build special

package low

import ("net/http"; "net/url")

func Send(jwt string) { SEND }
-- app/app.go --
package app

import ("m/low"; "m/sign")

func Run(key []byte) { low.Send(sign.JWT(key)) }
`,
		"it sends by what the package hands it": `
-- low/low.go --
package low

func Send(jwt string) { send(jwt) }
-- low/low_other.go --
//go:build !special

package low

func send(string) {}
-- low/low_special.go --
//go:build special

package low

import ("net/http"; "net/url")

func send(jwt string) { SEND }
-- app/app.go --
package app

import ("m/low"; "m/sign")

func Run(key []byte) { low.Send(sign.JWT(key)) }
`,
		"it is for tests only": `
-- app/app.go --
package app
-- app/harness.go --
//go:build special

package app

import ("net/http"; "net/url"; "m/sign")

func harness() { jwt := sign.JWT(nil); SEND }
`,
		"it is a test": `
-- app/app.go --
package app
-- app/app_test.go --
//go:build special

package app_test

import ("net/http"; "net/url"; "testing"; "m/sign")

func TestRun(t *testing.T) { jwt := sign.JWT(nil); SEND }
`,
	} {
		t.Run(name, func(t *testing.T) {
			res := run(t, dir, strings.ReplaceAll(archive, "SEND", send), false)
			var notes []string
			for _, r := range res.Ledger.Records {
				notes = append(notes, r.Notes...)
			}
			if len(res.Ledger.Records) != 2 || !slices.Equal(notes, []string{"found with -tags special"}) {
				t.Errorf("%d flows, %q; want that of the tag and the one beside it", len(res.Ledger.Records), notes)
			}
			if there := res.Platforms[1].Load; !slices.ContainsFunc(there.Packages, func(p *load.Package) bool { return p.Path == "m/sign" }) {
				t.Error("the flow cannot be planned without the package that signs, which is the same there")
			}
		})
	}
}

// A file behind a tag that has a trigger and no flow costs the analysis of its package and of its importers,
// not of the tree. If flows are rewritten, the result is proved for the tag with all changed packages and their
// importers.
func TestTaggedFileWithoutFlow(t *testing.T) {
	dir := t.TempDir()
	for changes, want := range map[bool][]string{
		false: {"m/low", "m/app"},
		true:  {"m/low", "m/app", "m/sign", "m/beside"},
	} {
		res := run(t, dir, `
-- low/low.go --
package low

const K = 1
-- low/low_special.go --
//go:build special

package low

const Alg = "RS256"
-- app/app.go --
package app

import "m/low"

const field = "client_assertion"

var _ = map[string]int{field: low.K}
`, changes)
		if len(res.Platforms) != 2 {
			t.Fatalf("%d platforms, want 2", len(res.Platforms))
		}
		var paths []string
		for _, p := range res.Platforms[1].Load.Packages {
			paths = append(paths, p.Path)
		}
		slices.Sort(paths)
		slices.Sort(want)
		if !slices.Equal(paths, want) {
			t.Errorf("changes %t: %q were loaded for the tag, want %q", changes, paths, want)
		}
		if len(res.Ledger.BlindSpots) != 0 {
			t.Errorf("blind spots %v, but the file was looked at", res.Ledger.BlindSpots)
		}
		if len(res.Ledger.Records) != 1 {
			t.Errorf("%d flows, want the one", len(res.Ledger.Records))
		}
	}
}
