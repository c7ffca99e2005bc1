package load

import (
	"slices"
	"strings"
	"testing"
)

// Each tree has an exchange in m/end, which signs with m/sign, and a package that is loaded only if a name
// connects it with the exchange.
func TestConnected(t *testing.T) {
	const common = `
-- go.mod --
module m
go 1.24
-- sign/sign.go --
package sign

import _ "crypto/hmac"

func JWT(key string) string { return key }
-- end/end.go --
package end

import "m/sign"

type Client struct{ key string }

var Limit, Retries = 1, 2

func New(key string) *Client { return &Client{key: key} }

func (c *Client) Token() string { EXCHANGE; return sign.JWT(c.key) + k }

func Unrelated() {}
`
	for _, test := range []struct {
		name, files string
		want        string // of user, via, key
	}{
		{"calls what makes the client", `
-- user/user.go --
package user

import "m/end"

func Run() { end.New("k") }
`, "user"},
		{"calls something else of the package", `
-- user/user.go --
package user

import "m/end"

func Run() { end.Unrelated() }
`, ""},
		{"has a local name of its own for it", `
-- user/user.go --
package user

import other "m/end"

var _ = other.New
`, "user"},
		{"imports it with a dot", `
-- user/user.go --
package user

import . "m/end"

var _ = New("k")
`, "user"},
		{"has the client in a structure of its own", `
-- user/user.go --
package user

import "m/end"

type Box struct{ *end.Client }
`, "user"},
		{"uses what another makes of it", `
-- via/via.go --
package via

import "m/end"

type alias = end.Client

func Default() *alias { return nil }

func Else() {}
-- user/user.go --
package user

import "m/via"

func Run() { via.Default().Token() }
`, "user via"},
		{"uses what another has beside it", `
-- via/via.go --
package via

import "m/end"

var C = end.New("k")

func Else() {}
-- user/user.go --
package user

import "m/via"

func Run() { via.Else() }
`, "via"},
		{"gives the key from a third package", `
-- key/key.go --
package key

import _ "encoding/pem"

func Read() string { return "k" }
-- user/user.go --
package user

import (
	"m/end"
	"m/key"
)

func Run() { end.New(key.Read()) }
`, "key user"},
		{"has another key beside the one that goes there", `
-- key/key.go --
package key

import _ "encoding/pem"

func Server() string { return "k" }
-- user/user.go --
package user

import (
	"m/end"
	"m/key"
)

func Run() { end.New("k") }

func Serve() { key.Server() }
`, "user"},
		{"sets a variable that the key comes from", `
-- key/key.go --
package key

import _ "encoding/pem"

var current string

func Set(k string) { current = k }

func Current() string { return current }
-- via/via.go --
package via

import (
	"m/end"
	"m/key"
)

func Client() *end.Client { return end.New(key.Current()) }
-- user/user.go --
package user

import (
	"m/key"
	"m/via"
)

var _ = via.Unknown

func init() { key.Set("k") }
`, "key user via"},
		{"is a test of it", `
-- user/user_test.go --
package user_test

import "m/end"

func TestToken() { end.New("k").Token() }
`, "user"},
		{"uses what only a test of another sends with", `
-- via/via.go --
package via

type Kept struct{}
-- via/via_test.go --
package via

import "m/end"

func TestKept() { _ = Kept{}; end.New("k") }
-- user/user.go --
package user

import "m/via"

var _ via.Kept
`, "via"},
		{"does not parse", `
-- user/user.go --
package user

import "m/end"

func Run( { end.New("k") }
`, "user"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := narrowed(t, tree(t, common+test.files), Config{Tests: true})
			var got []string
			for _, p := range []string{"key", "user", "via"} {
				if slices.ContainsFunc(r.Packages, func(q *Package) bool { return strings.TrimSuffix(q.Path, "_test") == "m/"+p }) {
					got = append(got, p)
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("loaded %q beside m/end and m/sign, want %q", got, test.want)
			}
			pkg(t, r, "m/end")
			pkg(t, r, "m/sign")
		})
	}
}

// Where very much is connected, all is loaded rather than looked through.
func TestConnectedMuch(t *testing.T) {
	defer func(n int) { maxRead = n }(maxRead)
	dir := tree(t, `
-- go.mod --
module m
go 1.24
-- end/end.go --
package end

func Token() string { EXCHANGE; return k }

func Unrelated() {}
-- user/user.go --
package user

import "m/end"

func Run() { end.Unrelated() }
`)
	for limit, want := range map[int][]string{1 << 20: {"m/end"}, 10: {"m/end", "m/user"}} {
		maxRead = limit
		expect(t, paths(narrowed(t, dir, Config{})), want...)
	}
}

// The host of a vendor that takes the signed JWT itself may be far from the signature. The host of a token
// endpoint is near it.
func TestConnectedByHost(t *testing.T) {
	const files = `
-- go.mod --
module m
go 1.24
-- end/end.go --
package end

import _ "crypto/hmac"

const host = "https://HOST"

func JWT() string { return "" }
-- user/user.go --
package user

import "m/end"

func Run() { end.JWT() }
`
	for host, want := range map[string][]string{"api.zoom.us": {"m/end", "m/user"}, "ims-na1.adobelogin.com": {"m/end"}} {
		expect(t, paths(narrowed(t, tree(t, strings.ReplaceAll(files, "HOST", host)), Config{})), want...)
	}
}

// An import can be the only trigger of an exchange.
func TestConnectedByImport(t *testing.T) {
	r := narrowed(t, tree(t, `
-- go.mod --
module m
go 1.24
-- end/end.go --
package end

import "golang.org/x/oauth2/jwt"

func Config() *jwt.Config { return &jwt.Config{} }
-- user/user.go --
package user

import "m/end"

func Run() { end.Config() }
`), Config{})
	expect(t, paths(r), "m/end", "m/user")
}

// With Whole, packages are loaded that are connected by imports only. Without it, they do not count as
// UsedElsewhere.
func TestWholeAndElsewhere(t *testing.T) {
	dir := tree(t, `
-- go.mod --
module m
go 1.24
-- end/end.go --
package end

func Token() string { EXCHANGE; return k }

func Unrelated() {}
-- user/user.go --
package user

import "m/end"

func Run() { end.Unrelated() }
`)
	r := narrowed(t, dir, Config{})
	expect(t, paths(r), "m/end")
	if pkg(t, r, "m/end").UsedElsewhere {
		t.Error("user is said to use what it does not name")
	}
	expect(t, paths(loaded(t, dir, Config{})), "m/end", "m/user")
}
