package excerpt

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// What may be a secret is blanked, what names a place is not.
func TestMask(t *testing.T) {
	for _, row := range []struct{ src, want string }{
		{`secret := "hunter2"`, `secret := "[redacted]"`},
		{`const clientSecret = "p8e-abc"`, `const clientSecret = "[redacted]"`},
		{`var password string = "x"`, `var password string = "[redacted]"`},
		{`form := url.Values{"client_secret": {"hunter2"}, "grant_type": {"jwt"}}`, `form := url.Values{"client_secret": {"[redacted]"}, "grant_type": {"jwt"}}`},
		{`form.Set("client_secret", "hunter2")`, `form.Set("client_secret", "[redacted]")`},
		{`cfg := Config{ClientSecret: "hunter2", ClientID: "report"}`, `cfg := Config{ClientSecret: "[redacted]", ClientID: "report"}`},
		{`key := []byte("hunter2")`, `key := []byte("[redacted]")`},
		{"apiKey := `hunter2`", "apiKey := `[redacted]`"},
		{`signingKey = "a" + "b"`, `signingKey = "[redacted]" + "[redacted]"`},
		{`req.Header.Set("Authorization", "Basic aHVudGVyMg==")`, `req.Header.Set("Authorization", "[redacted]")`},
		{`req.Header.Set("Authorization", "Bearer "+token)`, `req.Header.Set("Authorization", "Bearer "+token)`},

		{`secret := "correct horse battery"`, `secret := "[redacted]"`},
		{`password := "100%!"`, `password := "[redacted]"`},
		{`clientSecret = "ab/cd+12=="`, `clientSecret = "[redacted]"`},
		{`secret := "HUNTER2"`, `secret := "[redacted]"`},
		{`secret := "supersecret"`, `secret := "[redacted]"`},
		{`password := "p@ss.word"`, `password := "[redacted]"`},
		{`user, pass := "bob", "hunter2"`, `user, pass := "[redacted]", "[redacted]"`},
		{`if secret == "hunter2" {`, `if secret == "[redacted]" {`},
		{`flag.String("client-secret", "hunter2", "what to send")`, `flag.String("client-secret", "[redacted]", "what to send")`},
		{`body := "client_id=report&client_secret=hunter2&jwt_token="`, `body := "client_id=report&client_secret=[redacted]&jwt_token="`},
		{`u := "https://ims.example/exchange?client_secret=hunter2&x=1"`, `u := "https://ims.example/exchange?client_secret=[redacted]&x=1"`},
		{`post("https://bob:hunter2@ims.example/token")`, `post("https://bob:[redacted]@ims.example/token")`},
		{`post(` + "`" + `{"client_id": "report", "client_secret": "hunter2"}` + "`)", `post(` + "`" + `{"client_id": "report", "client_secret": "[redacted]"}` + "`)"},
		{`post("{\"client_secret\":\"hunter2\"}")`, `post("{\"client_secret\":\"[redacted]\"}")`},
		{`run("curl -H 'Authorization: Bearer aHVudGVyMg'")`, `run("curl -H 'Authorization: Bearer [redacted]'")`},
		{`x := "" // secret := "hunter2"`, `x := "" // secret := "[redacted]"`},
		{`/* password: hunter2 */`, `/* password: [redacted] */`},
		{"Secret string `env:\"SECRET\" default:\"hunter2\"`", "Secret string `env:\"SECRET\" default:\"[redacted]\"`"},
		{`k := []byte{0x30, 0x82, 0x04, 0xbe, 0x02, 0x01, 0x00, 0x30, 0x0d}`, `k := []byte{[redacted]}`},
		{`k := []byte{'h', 'u', 'n', 't', 'e', 'r', '2', '!'}`, `k := []byte{[redacted]}`},

		{`form.Set("exp", strconv.Itoa(1, 2, 3))`, `form.Set("exp", strconv.Itoa(1, 2, 3))`},
		{`body := fmt.Sprintf("client_id=%s&client_secret=%s", id, secret)`, `body := fmt.Sprintf("client_id=%s&client_secret=%s", id, secret)`},
		{"ClientSecret string `json:\"client_secret\"`", "ClientSecret string `json:\"client_secret\"`"},
		{`secret := "/run/secrets/adobe"`, `secret := "/run/secrets/adobe"`},
		{`// client_secret: where it comes from`, `// client_secret: where it comes from`},
		{`// key := load(name)`, `// key := load(name)`},
		{`secret := os.Getenv("CLIENT_SECRET")`, `secret := os.Getenv("CLIENT_SECRET")`},
		{`"client_secret": {os.Getenv("ADOBE_CLIENT_SECRET")},`, `"client_secret": {os.Getenv("ADOBE_CLIENT_SECRET")},`},
		{`const secretEnv = "hunter2"`, `const secretEnv = "hunter2"`},
		{`keyFile := "private"`, `keyFile := "private"`},
		{`key := "config/private.key"`, `key := "config/private.key"`},
		{`tokenURL := "https://ims-na1.adobelogin.com/ims/exchange/jwt"`, `tokenURL := "https://ims-na1.adobelogin.com/ims/exchange/jwt"`},
		{`return fmt.Errorf("secret: %w", err)`, `return fmt.Errorf("secret: %w", err)`},
		{`const param = "client_secret"`, `const param = "client_secret"`},
		{`name := "hunter2"`, `name := "hunter2"`},
		{`import "github.com/example/organisation2/services/v2/internal/token"`, `import "github.com/example/organisation2/services/v2/internal/token"`},
		{`x := "" // the secret is in the vault`, `x := "" // the secret is in the vault`},
		{`claims["https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk"] = true`, `claims["https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk"] = true`},
	} {
		if got := string(mask("a.go", []byte(row.src)).text); got != row.want {
			t.Errorf("%s\nbecomes %s\nwant    %s", row.src, got, row.want)
		}
	}
}

// Random bytes are blanked with any name and in any notation.
func TestMaskRandom(t *testing.T) {
	raw := make([]byte, 48)
	if _, err := rand.Read(raw); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"base64": base64.StdEncoding.EncodeToString(raw), "base64 URL": base64.RawURLEncoding.EncodeToString(raw), "hex": hex.EncodeToString(raw), "short hex": hex.EncodeToString(raw[:16]),
		"short base64": base64.RawURLEncoding.EncodeToString([]byte("0123456789abcdefghijklm\x80\xff\x91")),
	} {
		for _, src := range []string{`x := "` + text + `"`, "x := `" + text + "`", "f(1, \"" + text + "\")", "// " + text} {
			if strings.HasPrefix(src, "//") && len(text) < 48 {
				continue // of comments only what is surely encoded
			}
			if got := string(mask("a.go", []byte(src)).text); strings.Contains(got, text) {
				t.Errorf("%s: %s stays", name, src)
			}
		}
	}
}

// A key over many lines goes, and the lines stay as many.
func TestMaskKeepsLines(t *testing.T) {
	block := "-----BEGIN PRIVATE KEY-----\r\nMC4CAQAwBQYDK2VwBCIEIJ\r\nabc\r\n-----END PRIVATE KEY-----"
	src := "package p\r\n\r\nconst pem = `" + block + "`\r\n\r\nvar after = 1\r\n"
	m := mask("a.go", []byte(src))
	got := string(m.text)
	if strings.Count(got, "\n") != strings.Count(src, "\n") || strings.Contains(got, "MC4C") || strings.Contains(got, "PRIVATE") || !strings.HasSuffix(got, "\r\n\r\nvar after = 1\r\n") {
		t.Errorf("got\n%q", got)
	}
	if at := strings.Index(src, "after"); m.find(at) != strings.Index(got, "after") {
		t.Errorf("the name after it is at %d, not %d", m.find(at), strings.Index(got, "after"))
	}
}

// Of a file that is no Go key material goes; hashes of modules stay.
func TestMaskOtherFiles(t *testing.T) {
	sum := "golang.org/x/oauth2 v0.35.0 h1:Mv2mzuHuZuY2+bkyWXIHMfhNdJAdwW3FuWeCPYN5GVQ=\n"
	if got := string(mask("dir/go.sum", []byte(sum)).text); got != sum {
		t.Errorf("go.sum becomes %s", got)
	}
	env := "A=b\nKEY=\"-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\"\nC=d\n"
	if got := string(mask(".env", []byte(env)).text); strings.Contains(got, "abc") || !strings.HasPrefix(got, "A=b\n") || !strings.HasSuffix(got, "C=d\n") || strings.Count(got, "\n") != strings.Count(env, "\n") {
		t.Errorf(".env becomes %s", got)
	}
}

// FuzzMask shows that a mask neither adds nor drops lines, and that places are found again in order.
func FuzzMask(f *testing.F) {
	f.Add("a.go", "package p\nconst secret = `a\nb`\n// c\nvar x = \"\\\"\"")
	f.Add("b.txt", "-----BEGIN A-----\n\n-----END A-----x-----BEGIN")
	f.Fuzz(func(t *testing.T, name, src string) {
		m := mask(name, []byte(src))
		if strings.Count(string(m.text), "\n") != strings.Count(src, "\n") {
			t.Errorf("%q has other lines than %q", m.text, src)
		}
		last := 0
		for at := 0; at <= len(src); at++ {
			got := m.find(at)
			if got < last || got > len(m.text) {
				t.Fatalf("offset %d of %q is found at %d of %q, after %d", at, src, got, m.text, last)
			}
			last = got
		}
	})
}
