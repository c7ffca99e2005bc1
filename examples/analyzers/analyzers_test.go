// Package analyzers shows how other programs run the analyzers of jwtretire. It is a module of its own, as theirs are.
package analyzers

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// said runs a command in a directory and returns what it prints. That it ends with an error is a finding.
func said(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		if _, ok := err.(*exec.ExitError); !ok {
			t.Fatal(err)
		}
	}
	return out.String()
}

func built(t *testing.T, name string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command("go", "build", "-o", bin, "./"+name).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// sample is a copy of the program that the README shows.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata/sample")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What each analyzer says of the sample, in the words of a driver that prints messages alone.
var messages = map[string]string{
	"jwtretire":    "token.go:41:3: Adobe IMS JWT exchange: this credential stopped working on 1 March 2026; move to OAuth Server-to-Server (jwtretire fix)\n",
	"jwtflow":      "token.go:38:15: a signed JWT is traded for an access token (Adobe IMS, retire); withdrawn by the vendor, use the client-credentials grant (jwtretire fix)\n",
	"jwtkeyload":   "token.go:18:14: key material is loaded (os.ReadFile)\n",
	"jwtassertion": "token.go:27:20: claims are built (github.com/golang-jwt/jwt.NewWithClaims)\n",
	"jwtexchange":  "token.go:41:3: an assertion is stored in jwt_token\n",
}

func TestDrivers(t *testing.T) {
	multi, single := built(t, "multi"), built(t, "single")
	t.Run("multichecker", func(t *testing.T) {
		got := said(t, sample(t), multi, "./...")
		for name, want := range messages {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not say %q:\n%s", name, want, got)
			}
		}
	})
	t.Run("singlechecker", func(t *testing.T) {
		dir := sample(t)
		if got := said(t, dir, single, "./..."); !strings.Contains(got, messages["jwtretire"]) || strings.Contains(got, messages["jwtflow"]) {
			t.Errorf("got:\n%s", got)
		}
		writeConfig(t, dir, "ignore: [{id: 88367e3e9fa4, reason: frozen}]\n")
		if got := said(t, dir, single, "./..."); got != "" {
			t.Errorf("the configuration silences it, but:\n%s", got)
		}
		writeConfig(t, dir, "scope: x\n")
		if got := said(t, dir, single, "./..."); !strings.Contains(got, `unknown key "scope"`) {
			t.Errorf("a mistyped configuration:\n%s", got)
		}
	})
	t.Run("go vet", func(t *testing.T) {
		got := said(t, sample(t), "go", "vet", "-vettool="+multi, "./...")
		for name, want := range messages {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not say %q:\n%s", name, want, got)
			}
		}
	})
}

// A fix is offered once, and needs golang.org/x/oauth2 in go.mod.
func TestFix(t *testing.T) {
	single := built(t, "single")
	dir := sample(t)
	edits := func() int {
		var out map[string]map[string][]struct {
			Category string
			Fixes    []struct{ Edits []any } `json:"suggested_fixes"`
		}
		got := said(t, dir, single, "-json", "./...")
		if err := json.Unmarshal([]byte(got), &out); err != nil {
			t.Fatalf("%v\n%s", err, got)
		}
		n := 0
		for _, byAnalyzer := range out {
			for _, d := range byAnalyzer["jwtretire"] {
				for _, f := range d.Fixes {
					n += len(f.Edits)
				}
			}
		}
		return n
	}
	if n := edits(); n != 0 {
		t.Errorf("without the requirement there are %d edits", n)
	}
	said(t, dir, "go", "get", "golang.org/x/oauth2@v0.35.0")
	if n := edits(); n == 0 {
		t.Error("there is no fix")
	}
	said(t, dir, single, "-fix", "./...")
	src, err := os.ReadFile(filepath.Join(dir, "token.go"))
	if err != nil || !bytes.Contains(src, []byte("clientcredentials.Config{")) {
		t.Errorf("%v\n%s", err, src)
	}
	if got := said(t, dir, single, "./..."); got != "" {
		t.Errorf("after the fix:\n%s", got)
	}
	if out, err := exec.Command("go", "-C", dir, "build", "./...").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func writeConfig(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, ".jwtretire.yaml"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
