package aep

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func TestToken(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := jwt.Parse(r.FormValue("jwt_token"), func(*jwt.Token) (any, error) { return &key.PublicKey, nil })
		if err != nil {
			t.Error(err)
		}
		io.WriteString(w, `{"access_token":"abc"}`)
	}))
	defer srv.Close()
	c := &Client{host: srv.URL, cfg: Config{ID: "i", KeyFile: file}, http: srv.Client(), now: time.Now}
	tok, err := c.Token()
	if err != nil || tok != "abc" {
		t.Fatal(tok, err)
	}
}

func TestHosts(t *testing.T) {
	for env, want := range map[string]string{"prod": hosts["prod"], "dev": hosts["stage"]} {
		c, err := New(env, Config{})
		if err != nil || c.host != want {
			t.Errorf("%s: %v, %v", env, c, err)
		}
	}
	if _, err := New("qa", Config{}); err == nil {
		t.Error("no error for qa")
	}
}
