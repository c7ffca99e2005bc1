package golangci

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	if _, err := New(map[string]any{"scope": "openid"}); err == nil || !strings.Contains(err.Error(), "scope") {
		t.Errorf("an unknown setting: %v", err)
	}
	p, err := New(map[string]any{"scopes": "openid", "all-vendors": true})
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.BuildAnalyzers()
	if err != nil || len(list) != 1 || list[0].Name != "jwtretire" {
		t.Fatalf("%v, %v", list, err)
	}
	if got := list[0].Flags.Lookup("scopes").Value.String(); got != "openid" {
		t.Errorf("scopes are %q", got)
	}
	if p, _ = New(nil); p != nil {
		_, err = p.BuildAnalyzers()
	}
	if got := list[0].Flags.Lookup("scopes").Value.String(); err != nil || got != "" {
		t.Errorf("without settings scopes are %q (%v)", got, err)
	}
}

// version is the golangci-lint that the plugin is tried in.
const version = "v2.15.0"

// TestRealBinary builds golangci-lint with the plugin, from module sources as golangci-lint custom would from a clone, and
// runs it. That takes many minutes of cpu, so it is asked for: JWTRETIRE_GOLANGCI=1, or the path of such a binary.
func TestRealBinary(t *testing.T) {
	bin := os.Getenv("JWTRETIRE_GOLANGCI")
	switch bin {
	case "":
		t.Skip("JWTRETIRE_GOLANGCI is not set, so the real golangci-lint was not built and run")
	case "1":
		bin = custom(t)
	}
	cache := t.TempDir()
	run := func(dir string, args ...string) string {
		cmd := exec.Command(bin, append([]string{"run"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOLANGCI_LINT_CACHE="+cache)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		begin := time.Now()
		err := cmd.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		t.Logf("%q: %.1f s, %.1f s of cpu", args, time.Since(begin).Seconds(), (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
		return out.String()
	}
	const finding = "token.go:41:3: Adobe IMS JWT exchange: this credential stopped working on 1 March 2026; move to OAuth Server-to-Server (jwtretire fix) (jwtretire)\n"
	one := program(t)
	cold, warm := run(one), run(one)
	if strings.Count(cold, "(jwtretire)") != 1 || !strings.Contains(cold, finding) {
		t.Errorf("cold it says\n%s", cold)
	}
	if warm != cold {
		t.Errorf("from its cache it says\n%s\nnot\n%s", warm, cold)
	}
	t.Run("nolint", func(t *testing.T) {
		dir := program(t)
		edit(t, filepath.Join(dir, "token.go"), "\t\t\"jwt_token\":", "\t\t//nolint:jwtretire // until the portal goes\n\t\t\"jwt_token\":")
		if got := run(dir); strings.Contains(got, "(jwtretire)") {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("fix", func(t *testing.T) {
		dir := program(t)
		if out, err := exec.Command("go", "-C", dir, "get", "golang.org/x/oauth2@v0.35.0").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		got := run(dir, "--fix")
		text, err := os.ReadFile(filepath.Join(dir, "token.go"))
		if err != nil || !bytes.Contains(text, []byte("clientcredentials.Config{")) || strings.Contains(got, "(jwtretire)") {
			t.Errorf("got\n%s\nand\n%s", got, text)
		}
		if out, err := exec.Command("go", "-C", dir, "build", "./...").CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("two packages", func(t *testing.T) {
		dir := program(t)
		text, err := os.ReadFile(filepath.Join(dir, "token.go"))
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.Replace(bytes.Replace(text, []byte("package main"), []byte("package ims"), 1), []byte("accessToken"), []byte("AccessToken"), -1)
		main := "package main\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/report/ims\"\n)\n\nfunc main() { fmt.Println(ims.AccessToken()) }\n"
		err = errors.Join(os.Mkdir(filepath.Join(dir, "ims"), 0o777), os.WriteFile(filepath.Join(dir, "ims", "token.go"), text, 0o666), os.Remove(filepath.Join(dir, "token.go")), os.WriteFile(filepath.Join(dir, "main.go"), []byte(main), 0o666))
		if err != nil {
			t.Fatal(err)
		}
		if got := run(dir); strings.Count(got, "(jwtretire)") != 1 || !strings.Contains(got, "ims/"+finding) {
			t.Errorf("got\n%s", got)
		}
	})
	t.Run("settings", func(t *testing.T) {
		dir := program(t)
		edit(t, filepath.Join(dir, ".golangci.yml"), "scopes: openid", "scope: openid")
		if got := run(dir); !strings.Contains(got, "scope") || strings.Contains(got, finding) {
			t.Errorf("a mistyped setting\n%s", got)
		}
	})
}

// custom builds the binary.
func custom(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "mod", "download", "-json", "github.com/golangci/golangci-lint/v2@"+version).Output()
	if err != nil {
		t.Skipf("the sources of golangci-lint cannot be had: %v", err)
	}
	_, rest, _ := strings.Cut(string(out), `"Dir": "`)
	source, _, _ := strings.Cut(rest, `"`)
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	main, err := os.ReadFile(filepath.Join(source, "cmd", "golangci-lint", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"main.go":    string(main),
		"plugins.go": "package main\n\nimport _ \"jwtretire.example/plugin/golangci\"\n",
		"go.mod": "module gcl\n\ngo 1.26.0\n\nrequire (\n\tgithub.com/golangci/golangci-lint/v2 " + version + "\n\tjwtretire.example/plugin/golangci v0.0.0\n)\n\n" +
			"replace (\n\tjwtretire.example => " + root + "\n\tjwtretire.example/plugin/golangci => " + filepath.Join(root, "plugin", "golangci") + "\n)\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"mod", "tidy"}, {"build", "-o", "custom-gcl", "."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", args[0], err, out)
		}
	}
	return filepath.Join(dir, "custom-gcl")
}

// program is a copy of the sample with a configuration of golangci-lint.
func program(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata/sample")); err != nil {
		t.Fatal(err)
	}
	config := "version: \"2\"\nlinters:\n  default: none\n  enable: [jwtretire]\n  settings:\n    custom:\n      jwtretire:\n        type: module\n        settings:\n          scopes: openid,AdobeID\n"
	if err := os.WriteFile(filepath.Join(dir, ".golangci.yml"), []byte(config), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func edit(t *testing.T, name, old, new string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil || !bytes.Contains(text, []byte(old)) {
		t.Fatalf("%s has no %q (%v)", name, old, err)
	}
	if err := os.WriteFile(name, bytes.Replace(text, []byte(old), []byte(new), 1), 0o666); err != nil {
		t.Fatal(err)
	}
}
