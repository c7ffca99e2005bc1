package report_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"testing"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/suppress"
)

// secrets makes key material in the forms in which it is met, new in each run.
func secrets(t *testing.T) map[string]string {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	der = append(der, key...) // as long as keys are that need more than one line
	block := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	enc := base64.StdEncoding.EncodeToString(der)
	return map[string]string{
		"PEM":               block,
		"PEM, escaped":      strings.ReplaceAll(block, "\n", `\n`),
		"PEM, cut off":      block[:len(block)/2],
		"base64":            enc,
		"base64, URL":       base64.RawURLEncoding.EncodeToString(der),
		"base64, two lines": enc[:64] + "\n" + enc[64:],
		"hex":               hex.EncodeToString(der),
		"JWT":               "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(der[:40]) + "." + base64.RawURLEncoding.EncodeToString(der),
	}
}

// leaking is a ledger that has the text in every place where free text can be.
func leaking(secret string) *ledger.Ledger {
	s := "constant " + secret
	r := adobe()
	r.Flow.Evidence = []flow.Evidence{{Kind: "url", Text: s, Span: span("a.go", 1, 1)}}
	for i := range r.Flow.Steps {
		r.Flow.Steps[i].What = s
	}
	r.Reason, r.Needs, r.Notes, r.Looks = s, []string{s}, []string{s}, []safety.Remark{{Look: safety.Scopes, Text: s}}
	r.Leftovers[0].What = s
	r2 := adobe()
	r2.Flow.ID, r2.Status, r2.Suppressed = "2", ledger.Suppressed, &suppress.Why{Reason: s, By: "nolint"}
	return &ledger.Ledger{
		Records:    []*ledger.Record{r, r2},
		BlindSpots: []load.BlindSpot{{File: "/m/a.go", Kind: "cgo", Detail: s, Command: s}},
		Problems:   []suppress.Problem{{File: "/m/a.go", Line: 1, Message: s}},
		Source:     map[string][]byte{"/m/ims/token.go": []byte(tokenGo)},
	}
}

func TestNoKeyMaterialInAnyFormat(t *testing.T) {
	for name, secret := range secrets(t) {
		for _, format := range report.Formats {
			for _, mode := range []ledger.Mode{ledger.Scan, ledger.Fix} {
				t.Run(name+" "+format, func(t *testing.T) {
					got := render(t, format, leaking(secret), asked{all: true, mode: mode})
					flat := strings.NewReplacer("\n", "", `\n`, "").Replace(secret)
					for i := 0; i+16 <= len(flat); i += 16 {
						if piece := flat[i : i+16]; !strings.Contains(piece, "-----") && strings.Contains(got, piece) {
							t.Fatalf("%q is in the report", piece)
						}
					}
					if !strings.Contains(got, "[redacted]") {
						t.Error("nothing says that something was left out")
					}
				})
			}
		}
	}
}

func TestHarmlessTextStays(t *testing.T) {
	for _, s := range []string{
		"jwt.ParseRSAPrivateKeyFromPEM of /very/long/path/to/the/configuration/directory/of/2024/keys/v1/private.pem",
		"github.com/example/organisation/services/integration/adobe/analytics/v2/internal/token",
		"TestThatTheServiceAccountCredentialOfTheAdobeIntegrationIsExchangedOnce",
		"https://ims-na1.adobelogin.com/ims/exchange/jwt and urn:ietf:params:oauth:grant-type:jwt-bearer",
		"field privateKey of struct clientWithAVeryLongNameThatGoesOnAndOnAndOnAndOnAndOnAndOn",
	} {
		l := &ledger.Ledger{Problems: []suppress.Problem{{File: "/m/a.go", Line: 1, Message: s}}}
		equal(t, render(t, "text", l, asked{}), "a.go:1: "+s+" [jwtretire]\n")
	}
}

func TestControlCharactersGo(t *testing.T) {
	l := &ledger.Ledger{Problems: []suppress.Problem{{File: "/m/a.go", Line: 1, Message: "one\ntwo\x1b[2Jthree"}}}
	equal(t, render(t, "text", l, asked{}), "a.go:1: one two [2Jthree [jwtretire]\n")
}
