package load

import (
	"go/build"
	"testing"
)

func TestSatisfy(t *testing.T) {
	if build.Default.GOOS != "linux" || build.Default.GOARCH != "amd64" {
		t.Skip("the table is for linux/amd64")
	}
	for _, test := range []struct {
		file, src          string
		goos, goarch, tags string
		ok                 bool
	}{
		{"a.go", "package a", "", "", "", true},
		{"a_linux.go", "package a", "", "", "", true},
		{"a_windows.go", "package a", "windows", "", "", true},
		{"a_windows_test.go", "package a", "windows", "", "", true},
		{"a_windows_arm64.go", "package a", "windows", "arm64", "", true},
		{"a_s390x.go", "package a", "", "s390x", "", true},
		{"windows.go", "package a", "", "", "", true},
		{"a.go", "//go:build darwin\n\npackage a", "darwin", "", "", true},
		{"a.go", "//go:build !linux\n\npackage a", "darwin", "", "", true},
		{"a.go", "//go:build !unix\n\npackage a", "windows", "", "", true},
		{"a.go", "//go:build integration && e2e\n\npackage a", "", "", "e2e,integration", true},
		{"a.go", "//go:build integration || windows\n\npackage a", "windows", "", "", true},
		{"a.go", "//go:build !prod\n\npackage a", "", "", "", true},
		{"a.go", "// +build special\n\npackage a", "", "", "special", true},
		{"a.go", "// +build darwin\n// +build arm64\n\npackage a", "darwin", "arm64", "", true},
		{"a.go", "//go:build cgo\n\npackage a", "", "", "", true},
		{"a.go", "//go:build !cgo\n\npackage a", "", "", "", false},
		{"a.go", "//go:build go1.9\n\npackage a", "", "", "", true},
		{"a.go", "//go:build go1.999\n\npackage a", "", "", "", false},
		{"a_linux.go", "//go:build windows\n\npackage a", "", "", "", false},
		{"a.go", "//go:build x && !x\n\npackage a", "", "", "", false},
	} {
		t.Run(test.file+" "+test.src, func(t *testing.T) {
			goos, goarch, tags, ok := Satisfy("/dir/"+test.file, []byte(test.src))
			if goos != test.goos || goarch != test.goarch || tags != test.tags || ok != test.ok {
				t.Errorf("got %q %q %q %v, want %q %q %q %v", goos, goarch, tags, ok, test.goos, test.goarch, test.tags, test.ok)
			}
		})
	}
}

func TestAssumedName(t *testing.T) {
	for path, want := range map[string]string{
		"github.com/golang-jwt/jwt/v5":      "jwt",
		"github.com/dgrijalva/jwt-go":       "jwt",
		"gopkg.in/square/go-jose.v2":        "jose",
		"github.com/go-jose/go-jose/v4":     "jose",
		"gopkg.in/yaml.v3":                  "yaml",
		"github.com/adobe/ims-go/ims":       "ims",
		"golang.org/x/oauth2":               "oauth2",
		"v2":                                "v2",
		"github.com/a/vendored":             "vendored",
		"example.com/9":                     "_9",
		"github.com/mattn/go-sqlite3":       "sqlite3",
		"github.com/lestrrat-go/jwx/v2/jwt": "jwt",
	} {
		if got := assumedName(path); got != want {
			t.Errorf("assumedName(%q) = %q, want %q", path, got, want)
		}
	}
}
