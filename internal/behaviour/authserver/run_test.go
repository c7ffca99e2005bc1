package authserver_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v3"

	"jwtretire.example/internal/behaviour/authserver"
)

// patience is the longest that any command may take; builds on a cold cache are the slowest.
const patience = 5 * time.Minute

type result struct {
	stdout, stderr string
	exit           int
}

func command(t *testing.T, dir string, env []string, name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var out, errOut bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		t.Fatalf("%s %v: %v\n%s", name, args, err, errOut.String())
	}
	return result{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

func goEnv() []string { return append(os.Environ(), "GOWORK=off", "GOTOOLCHAIN=local", "GOFLAGS=") }

// A copied program is one in a directory of its own.
type copied struct {
	*program
	dir string
}

func (p *program) lay(t *testing.T, f *fix) *copied {
	t.Helper()
	c := &copied{p, filepath.Join(t.TempDir(), p.Name)}
	if err := os.CopyFS(c.dir, os.DirFS(p.Dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(c.dir, "case.json")); err != nil {
		t.Fatal(err)
	}
	for path, form := range p.Keys {
		c.write(t, path, encodeKey(t, form))
	}
	if f != nil && len(f.Config) > 0 {
		c.write(t, ".jwtretire.yaml", strings.Join(f.Config, "\n")+"\n")
	}
	return c
}

func (c *copied) write(t *testing.T, path, text string) {
	t.Helper()
	full := filepath.Join(c.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func (c *copied) goDo(t *testing.T, args ...string) {
	t.Helper()
	if r := command(t, c.dir, goEnv(), "go", args...); r.exit != 0 {
		t.Fatalf("go %s: exit %d\n%s%s", strings.Join(args, " "), r.exit, r.stdout, r.stderr)
	}
}

func (c *copied) build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), c.Name)
	c.goDo(t, "build", "-ldflags=-s -w", "-o", bin, ".")
	return bin
}

// play starts the built command for each run against a server in the given mode.
func (c *copied) play(t *testing.T, mode authserver.Mode, bin string) []result {
	t.Helper()
	var results []result
	for i := range c.Runs {
		results = append(results, c.playOne(t, mode, bin, &c.Runs[i]))
	}
	return results
}

func (c *copied) playOne(t *testing.T, mode authserver.Mode, bin string, r *run) result {
	t.Helper()
	s, err := authserver.Start(mode, &testKey(t).PublicKey, c.Vendor)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for path, text := range c.Files {
		if other, ok := c.AfterFiles[path]; ok && mode == authserver.After {
			text = other
		}
		c.write(t, path, expand(t, s, text, mode))
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, s.Front.CACert, 0o666); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"HOME": c.dir, "HTTPS_PROXY": s.Front.Proxy, "SSL_CERT_FILE": ca, "SSL_CERT_DIR": c.dir}
	for name, value := range r.Env {
		if mode == authserver.Before || !strings.Contains(value, "${KEY_") {
			vars[name] = value
		}
	}
	if mode == authserver.After {
		for name, value := range r.AfterEnv {
			vars[name] = value
		}
	}
	var env []string
	for name, value := range vars {
		env = append(env, name+"="+expand(t, s, value, mode))
	}
	got := command(t, c.dir, env, bin, r.Args...)
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf(format+"\nstdout:\n%s\nstderr:\n%s\nrequests: %+v", append(args, got.stdout, got.stderr, s.TokenRequests())...)
	}
	if got.exit != r.Exit {
		fail("exit %d, want %d", got.exit, r.Exit)
	}
	for _, want := range r.Stdout {
		if !strings.Contains(got.stdout, want) {
			fail("standard output lacks %q", want)
		}
	}
	tokens := r.Tokens
	if mode == authserver.After {
		tokens += r.After
	}
	if n := len(s.TokenRequests()); n != tokens {
		fail("%d token requests, want %d", n, tokens)
	}
	if v := s.Violations(); len(v) > 0 != r.Refused {
		fail("refused: %+v, want any: %v", v, r.Refused)
	}
	return got
}

// expand replaces ${URL} and the key: ${KEY_PEM}, ${KEY_JWK}, and in a JSON string ${KEY_JSON} and ${KEY_PKCS1_JSON}.
func expand(t *testing.T, s *authserver.Server, text string, mode authserver.Mode) string {
	pkcs8, pkcs1, jwk := "", "", ""
	if mode == authserver.Before {
		pkcs8, pkcs1, jwk = encodeKey(t, "pkcs8"), encodeKey(t, "pkcs1"), encodeKey(t, "jwk")
	}
	return strings.NewReplacer(
		"${URL}", s.URL,
		"${KEY_PEM}", pkcs8,
		"${KEY_JSON}", strings.ReplaceAll(pkcs8, "\n", `\n`),
		"${KEY_PKCS1_JSON}", strings.ReplaceAll(pkcs1, "\n", `\n`),
		"${KEY_JWK}", jwk,
	).Replace(text)
}

var readKey = sync.OnceValues(func() (*rsa.PrivateKey, error) {
	raw, err := os.ReadFile(filepath.Join(testdata, "keys", "private.key"))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return key.(*rsa.PrivateKey), nil
})

func testKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := readKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func encodeKey(t *testing.T, form string) string {
	t.Helper()
	key := testKey(t)
	switch form {
	case "pkcs8":
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	case "pkcs1":
		return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	case "jwk":
		text, err := json.Marshal(jose.JSONWebKey{Key: key})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	t.Fatalf("no such form of a key: %s", form)
	return ""
}
