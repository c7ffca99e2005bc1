package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestForeignValues: a configuration may come with a pull request. What becomes part of a program is a name, a call or a
// printable constant.
func TestForeignValues(t *testing.T) {
	const in = "providers:\n  acme:\n    hosts: [login.acme.example]\n    "
	for _, row := range []struct{ name, text, want string }{
		{"a function", in + "client_secret: {expr: 'func() string { os.Exit(1); return \"\" }()'}", "has a function in it"},
		{"a comparison", in + "client_secret: {expr: 'a == b'}", "the operator =="},
		{"an address", in + "client_secret: {expr: '*&a'}", "the operator &"},
		{"a receive", in + "client_secret: {expr: '<-c'}", "the operator <-"},
		{"a literal of a type", in + "client_secret: {expr: 'T{}.x'}", "what only programs have"},
		{"an assertion", in + "client_secret: {expr: 'a.(string)'}", "what only programs have"},
		{"a line end", in + "client_secret: {expr: \"a +\\nb\"}", "not printable"},
		{"a line end in a text", in + "client_secret: {expr: \"os.Getenv(`a\\nb`)\"}", "not printable"},
		{"a bidirectional mark", in + "client_secret: {expr: \"a\\u202e\"}", "not printable"},
		{"the rewriter's marks", in + "client_secret: {expr: '\"«net/http/pprof»\" + a'}", "guillemet"},
		{"the marks in a parameter", in + "params: {audience: '«net/http/pprof»'}", "guillemet"},
		{"the marks in the name of a parameter", in + "params: {'«x»': y}", "guillemet"},
		{"a line end in a parameter", in + "params: {audience: \"a\\nb\"}", "not printable"},
		{"the marks in a URL", in + "token_url: 'https://login.acme.example/«x»'", "guillemet"},
		{"a line end in a name", in + "name: \"a\\n::error::x\"", "not printable"},
		{"plain http", in + "token_url: http://login.acme.example/t", "plain http"},
		{"plain http in an expression", in + "token_url: {expr: '\"http://login.acme.example/t\"'}", "plain http"},
		{"the marks in scopes", "scopes:\n  acme: ['«x»']", "outside of ASCII"},
		{"a line end in scopes", "scopes:\n  acme: [\"a\\nb\"]", "contains a blank"},
		{"a name of a variable", in + "client_secret: {env: 'A\") + f(\"'}", "not the name of an environment variable"},
		{"an id", "providers:\n  'a: b': {hosts: [x.example]}", "provider id"},
	} {
		if _, err := parse("/m/.jwtretire.yaml", []byte(row.text), small); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.name, err, row.want)
		}
	}
}

func TestExpressionsAreNormal(t *testing.T) {
	for text, want := range map[string]string{
		"cfg.Secret":                     "cfg.Secret",
		"cfg.Secret // for now":          "cfg.Secret",
		"/* x */ f( a,b )":               "f(a, b)",
		"settings[\"acme\"].Host+\"/t\"": `settings["acme"].Host + "/t"`,
		"secrets.Get(ctx, 3)":            "secrets.Get(ctx, 3)",
		"*(flags.secret)":                "*(flags.secret)",
	} {
		c := read(t, "providers:\n  box:\n    client_secret:\n      expr: "+strings.ReplaceAll(strings.ReplaceAll("'"+strings.ReplaceAll(text, "'", "''")+"'", "\n", " "), "\t", " ")+"\n")
		if got := c.OptIns["box"].ClientSecret.Expr; got != want {
			t.Errorf("%s is read as %s", text, got)
		}
	}
}

func TestPlainAddressesOfThisMachine(t *testing.T) {
	for _, address := range []string{"http://localhost:8080/t", "http://127.0.0.1/t", "http://[::1]:80/t"} {
		read(t, "providers:\n  acme:\n    hosts: [login.acme.example]\n    token_url: '"+address+"'\n")
	}
}

func TestNone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte("unknown: 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if c, err := Load(None, dir); err != nil || c.File != "" {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := Load("", dir); err == nil {
		t.Error("the file that is there was not read")
	}
}

func TestOddFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FileName), make([]byte, maxSize+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load("", dir); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("a large file: %v", err)
	}
}
