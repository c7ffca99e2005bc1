package excerpt

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
)

// A key is blanked in any notation, from its first to its last character.
func TestMaskKeys(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for kind, key := range map[string]any{"RSA": rsaKey, "EC": ecKey, "Ed25519": edKey} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		block := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
		lines := strings.Split(strings.TrimSpace(block), "\n")
		code := base64.StdEncoding.EncodeToString(der)
		quoted := func(sep string) string {
			var q []string
			for _, l := range lines {
				q = append(q, fmt.Sprintf("%q", l+"\n"))
			}
			return strings.Join(q, sep)
		}
		for name, src := range map[string]string{
			"raw":               "x := parse(`" + block + "`)",
			"raw, indented":     "x := parse(`\n\t\t" + strings.ReplaceAll(block, "\n", "\n\t\t") + "`)",
			"raw, CRLF":         "x := parse(`" + strings.ReplaceAll(block, "\n", "\r\n") + "`)",
			"raw, more behind":  "x := parse(`" + block + "`, \"a\\n\", `b\nc`)",
			"escaped":           fmt.Sprintf("x := parse(%q)", block),
			"escaped, CRLF":     fmt.Sprintf("x := parse(%q)", strings.ReplaceAll(block, "\n", "\r\n")),
			"escaped twice":     fmt.Sprintf("x := parse(%q)", strings.ReplaceAll(block, "\n", `\n`)),
			"escaped, indented": fmt.Sprintf("x := parse(%q)", "\n  "+strings.ReplaceAll(block, "\n", "\n  ")),
			"two":               fmt.Sprintf("x := parse(%q, `%s`)", block, block),
			"two in one":        fmt.Sprintf("x := parse(%q)", block+block),
			"added up":          "x := parse(" + quoted(" +\n\t") + ")",
			"joined":            "x := strings.Join([]string{\n\t" + quoted(",\n\t") + ",\n}, \"\")",
			"base64":            fmt.Sprintf("x := parse(%q)", code),
			"base64, raw lines": "x := parse(`" + strings.Join(lines[1:len(lines)-1], "\n") + "`)",
			"comment":           "// " + strings.Join(lines, "\n// ") + "\nx := 1",
			"block comment":     "/*\n" + block + "*/\nx := 1",
			"JSON":              fmt.Sprintf("x := parse(`{\"private_key\": %q}`)", block),
			"JSON, quoted":      fmt.Sprintf("x := parse(%q)", fmt.Sprintf("{\"private_key\": %q}", block)),
		} {
			got := string(mask("a.go", []byte("package p\n\nfunc f() {\n"+src+"\n}\n")).text)
			for i := 0; i+10 <= len(code); i++ {
				if strings.Contains(got, code[i:i+10]) {
					t.Errorf("%s, %s: from character %d of %d the key is in\n%s", kind, name, i, len(code), got)
					break
				}
			}
		}
	}
}
