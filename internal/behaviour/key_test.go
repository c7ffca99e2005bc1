package behaviour_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// A signingKey is the throwaway key pair of all programs. Those that carry the key in their source
// carry this one, so that the emulator knows it.
type signingKey struct {
	*rsa.PrivateKey
}

var readKey = sync.OnceValues(func() (*signingKey, error) {
	raw, err := os.ReadFile(filepath.Join(testdata, "keys", "private.key"))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return &signingKey{key.(*rsa.PrivateKey)}, nil
})

func testKey(t *testing.T) *signingKey {
	t.Helper()
	key, err := readKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// encode gives the key as pkcs8 (PEM), pkcs1 (PEM) or base64 (of the pkcs8 PEM).
func (k *signingKey) encode(t *testing.T, form string) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(k.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	switch form {
	case "pkcs8":
		return text
	case "pkcs1":
		return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(k.PrivateKey)})
	case "base64":
		return []byte(base64.StdEncoding.EncodeToString(text))
	}
	t.Fatalf("no such form of a key: %q", form)
	return nil
}
