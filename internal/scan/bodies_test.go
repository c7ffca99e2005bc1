package scan

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"jwtretire.example/internal/config"
	"jwtretire.example/internal/load"
)

// A large package is not analysed as a whole. Where an assertion comes from further away than what is, more of it is; and where that
// does not do either, a blind spot says so.
func TestBodiesFarAway(t *testing.T) {
	dir := t.TempDir()
	const steps = 60 // twice as many as the first graph has from both sides
	for _, row := range []struct {
		name   string
		weight int // bytes of each step's body
		budget int
		signed bool
		spot   bool
	}{
		{"small steps", 100, 1, true, false},
		{"more than a megabyte of steps", 30_000, 1, true, false},
		{"more than there may be", 80_000, 1, false, true},
		{"the same, with a budget", 80_000, 3, true, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if testing.Short() && row.weight*steps > 1<<20 {
				t.Skip("megabytes of source")
			}
			var b strings.Builder
			b.WriteString(`func fetch(key *rsa.PrivateKey) (*http.Response, error) {
	return http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{"jwt_token": {step0(key)}})
}
`)
			for i := range steps {
				next := fmt.Sprint("step", i+1)
				if i == steps-1 {
					next = "sign"
				}
				fmt.Fprintf(&b, "\nfunc step%d(key *rsa.PrivateKey) string {\n%s\treturn %s(key)\n}\n", i, strings.Repeat("\tprintln(1)\n", row.weight/12), next)
			}
			// What is not between the two is not looked at.
			for i := range 20 {
				fmt.Fprintf(&b, "\nfunc aside%d() {\n%s}\n", i, strings.Repeat("\tprintln(1)\n", 1000))
			}
			res := signing(t, dir, b.String(), row.budget)
			signed := len(res.Ledger.Records) == 1 && !res.Ledger.Records[0].Flow.Presigned
			if signed != row.signed {
				t.Errorf("the flow was found with its signature: %t, want %t", signed, row.signed)
			}
			spot := false
			for _, s := range res.Ledger.BlindSpots {
				spot = spot || s.Kind == load.SpotBudget && strings.Contains(s.Detail, "bytes of function bodies") && strings.Contains(s.Command, "-budget 2")
			}
			if spot != row.spot {
				t.Errorf("a blind spot: %t, want %t: %v", spot, row.spot, res.Ledger.BlindSpots)
			}
		})
	}
}

// A helper around itself is followed as often as there are calls of it, within the budget.
func TestContexts(t *testing.T) {
	dir := t.TempDir()
	for _, row := range []struct {
		calls, budget int
		signed, spot  bool
	}{{5, 1, true, false}, {20, 1, true, false}, {70, 1, false, true}, {70, 2, true, false}} {
		text := `func wrap(s string) string { return s }

func fetch(key *rsa.PrivateKey) (*http.Response, error) {
	return http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", url.Values{"jwt_token": {` + strings.Repeat("wrap(", row.calls) + "sign(key)" + strings.Repeat(")", row.calls) + `}})
}
`
		res := signing(t, dir, text, row.budget)
		signed := len(res.Ledger.Records) == 1 && !res.Ledger.Records[0].Flow.Presigned
		if signed != row.signed {
			t.Errorf("%d calls, budget %d: signature found %t, want %t", row.calls, row.budget, signed, row.signed)
		}
		spot := false
		for _, s := range res.Ledger.BlindSpots {
			spot = spot || s.Kind == load.SpotBudget && strings.Contains(s.Detail, "call chains") && strings.Contains(s.Command, "-budget 2")
		}
		if spot != row.spot {
			t.Errorf("%d calls, budget %d: a blind spot %t, want %t: %v", row.calls, row.budget, spot, row.spot, res.Ledger.BlindSpots)
		}
	}
}

// A vendor is known by its URL, which helpers may be around, within the budget.
func TestFarURL(t *testing.T) {
	dir := t.TempDir()
	for _, row := range []struct {
		helpers, budget int
		known, spot     bool
	}{{5, 1, true, false}, {15, 1, false, true}, {15, 2, true, false}} {
		var b strings.Builder
		b.WriteString(`func fetch(key *rsa.PrivateKey) (*http.Response, error) {
	return http.PostForm(at0(), url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {sign(key)}})
}
`)
		for i := range row.helpers {
			fmt.Fprintf(&b, "\nfunc at%d() string { u := at%d(); return u }\n", i, i+1)
		}
		fmt.Fprintf(&b, "\nfunc at%d() string { return \"https://oauth2.googleapis.com/token\" }\n", row.helpers)
		res := signingAll(t, dir, b.String(), row.budget, true)
		if len(res.Ledger.Records) != 1 {
			t.Fatalf("%d findings", len(res.Ledger.Records))
		}
		if known := res.Ledger.Records[0].Flow.Provider != "unknown"; known != row.known {
			t.Errorf("%d helpers, budget %d: the vendor is known: %t, want %t", row.helpers, row.budget, known, row.known)
		}
		spot := false
		for _, s := range res.Ledger.BlindSpots {
			spot = spot || s.Kind == load.SpotBudget && strings.Contains(s.Detail, "back to its URL") && strings.Contains(s.Command, "-budget 2")
		}
		if spot != row.spot {
			t.Errorf("%d helpers, budget %d: a blind spot %t, want %t: %v", row.helpers, row.budget, spot, row.spot, res.Ledger.BlindSpots)
		}
	}
}

const (
	jwtModule = "module example.com/m\n\ngo 1.24\n\nrequire github.com/golang-jwt/jwt/v5 v5.3.0\n"
	jwtSum    = "github.com/golang-jwt/jwt/v5 v5.3.0 h1:pv4AsKCKKZuqlgs5sUmn4x8UlGa0kEVt/puTpKx9vvo=\ngithub.com/golang-jwt/jwt/v5 v5.3.0/go.mod h1:fxCRLWMO43lRc8nhHWY6LGqRcf+1gQWArsqaEUEa5bE=\n"
)

// signing scans a program with a function that signs, and more declarations.
func signing(t *testing.T, dir string, more string, budget int) *Result {
	t.Helper()
	return signingAll(t, dir, more, budget, false)
}

func signingAll(t *testing.T, dir string, more string, budget int, all bool) *Result {
	t.Helper()
	text := `package main

import (
	"crypto/rsa"
	"net/http"
	"net/url"

	"github.com/golang-jwt/jwt/v5"
)

func sign(key *rsa.PrivateKey) string {
	s, _ := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"iss": "x"}).SignedString(key)
	return s
}

` + more
	fill(t, dir, map[string]string{"main.go": text, "go.mod": jwtModule, "go.sum": jwtSum})
	res, err := Run(context.Background(), Options{Dir: dir, Cache: typeCache, Config: &config.Config{}, Budget: budget, All: all, Progress: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// A helper that puts parameters into forms has as many callers, and as many helpers above it, as there are.
func TestFormHelper(t *testing.T) {
	dir := t.TempDir()
	for _, row := range []struct{ callers, deep int }{{3, 1}, {60, 1}, {3, 30}} {
		text := ""
		for i := range row.deep {
			text += fmt.Sprintf("func set%d(f url.Values, k, v string) { set%d(f, k, v) }\n", i, i+1)
		}
		text += fmt.Sprintf("func set%d(f url.Values, k, v string) { f.Set(k, v) }\n", row.deep)
		for i := range row.callers {
			text += fmt.Sprintf(`
func fetch%d(key *rsa.PrivateKey) {
	form := url.Values{}
	set0(form, "client_id", "x")
	set0(form, "jwt_token", sign(key))
	_, _ = http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/jwt", form)
}
`, i)
		}
		res := signing(t, dir, text, 0)
		sends := map[int]bool{}
		for _, r := range res.Ledger.Records {
			for _, s := range r.Flow.Steps {
				if strings.Contains(s.What, "PostForm") {
					sends[s.Span.Line] = true
				}
			}
		}
		if len(sends) != row.callers {
			t.Errorf("%d callers, %d helpers: %d requests found", row.callers, row.deep, len(sends))
		}
	}
}
