package settings_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/settings"
)

// pass is that of a package with one file in a directory.
func pass(t *testing.T, dir string) *analysis.Pass {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, filepath.Join(dir, "a.go"), "package a", 0)
	if err != nil {
		t.Fatal(err)
	}
	return &analysis.Pass{Fset: fset, Files: []*ast.File{f}}
}

func run(t *testing.T, a *analysis.Analyzer, p *analysis.Pass) *settings.Settings {
	t.Helper()
	got, err := a.Run(p)
	if err != nil {
		t.Fatal(err)
	}
	return got.(*settings.Settings)
}

// Each package has the configuration of its own folder.
func TestConfigurationOfThePackage(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"one": "providers: [box]", "two": "providers: [auth0]"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "sub"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, config.FileName), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	one, two := run(t, settings.Analyzer, pass(t, filepath.Join(dir, "one", "sub"))), run(t, settings.Analyzer, pass(t, filepath.Join(dir, "two")))
	if !one.OptedIn("box") || one.OptedIn("auth0") || two.OptedIn("box") || !two.OptedIn("auth0") {
		t.Errorf("%+v, %+v", one.Config, two.Config)
	}
}

// A result that a driver fixes does not depend on files or flags, and two of them do not meet.
func TestFixed(t *testing.T) {
	a := settings.Fixed(settings.Settings{Config: &config.Config{Providers: []provider.Provider{{ID: "acme"}}}})
	b := settings.Fixed(settings.Settings{All: true})
	p := pass(t, t.TempDir())
	if got := run(t, a, p); got.All || len(got.Config.Providers) != 1 {
		t.Errorf("%+v", got)
	}
	if got := run(t, b, p); !got.All || got.Config == nil || len(got.Config.Providers) != 0 {
		t.Errorf("%+v", got)
	}
}

// Flags that are set by one analyzer hold for all: they are the same values.
func TestFlags(t *testing.T) {
	var fs flag.FlagSet
	settings.Flags(&fs, "all")
	set := func(name, value string) {
		if err := fs.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { set("scopes", ""); set("provider", ""); set("secret-env", "") })
	set("scopes", "openid,AdobeID")
	set("provider", "box")
	p := pass(t, t.TempDir())
	adjusted := settings.Adjusted(func(s *settings.Settings) { s.Rule = true })
	if got := run(t, adjusted, p); strings.Join(got.Scopes, " ") != "openid AdobeID" || !got.OptedIn("box") || got.OptedIn("") || !got.Rule {
		t.Errorf("%+v", got)
	}
	set("secret-env", "not a name but s3cr3t")
	if _, err := settings.Analyzer.Run(p); err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("a secret on the command line: %v", err)
	}
}
