package redact_test

import (
	"strings"
	"testing"

	"jwtretire.example/internal/redact"
)

// A token is blanked wherever it stands; a name that has its first letters is not.
func TestTokens(t *testing.T) {
	const head, body = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9", "eyJpc3MiOiJhIn0"
	for _, token := range []string{head + "." + body + ".c2ln", head + "." + body, head, "eyJhbGciOiJub25lIn0", "eyJhbGciOi_-"} {
		for _, around := range []string{"%", "token=%", `"%"`, "Bearer %", "a %, b", "jwt_%", "x.%", "\t%\n", "é%"} {
			text := strings.ReplaceAll(around, "%", token)
			if got, want := redact.Text(text), strings.ReplaceAll(around, "%", redact.Mark); got != want {
				t.Errorf("%q became %q, want %q", text, got, want)
			}
		}
	}
	for _, text := range []string{"abc" + head + "." + body + ".c2ln", "abc" + head} {
		if got := redact.Text(text); strings.Contains(got, "hbGci") || strings.Contains(got, "pc3M") {
			t.Errorf("%q became %q", text, got)
		}
	}
	for _, name := range []string{"privateKeyJWTTokenRequest", "federation.privateKeyJWTRequest", "*client.privateKeyJWTSource.Token", "KeyJWKSetFetcher", "private_keyJWT_assertion"} {
		if got := redact.Text("handed to " + name); got != "handed to "+name {
			t.Errorf("%s became %q", name, got)
		}
	}
}
