package plan

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/httpclient"
)

// Vendors, their SDKs and HTTP libraries are rows of tables: the rooms that plan a rewrite name none of them.
func TestNamesNoVendor(t *testing.T) {
	var words []string
	add := func(w string) {
		ordinary := []string{"apple", "box", "github", "github.com", "line", "req", "requests", "square"} // words of English, hosts of code
		if w = strings.ToLower(w); len(w) > 2 && !slices.Contains(ordinary, w) {
			words = append(words, regexp.QuoteMeta(w))
		}
	}
	for _, p := range provider.All() {
		add(p.ID)
		add(strings.Fields(p.Name)[0])
		for _, e := range p.Endpoints {
			if parts := strings.Split(e.Host, "."); len(parts) > 1 {
				add(parts[len(parts)-2] + "." + parts[len(parts)-1])
			}
			if strings.Trim(e.Path, "*/") != "" && strings.Contains(strings.Trim(e.Path, "*/"), "/") {
				add(strings.Trim(e.Path, "*/"))
			}
		}
	}
	for _, row := range library.Types() {
		if row.SDK != "" {
			add(row.Pkg)
			for name := range row.Constants {
				add(name)
			}
		}
	}
	for _, l := range httpclient.All() {
		add(strings.Fields(l.Name)[0])
	}
	any := regexp.MustCompile(`(?i)\b(` + strings.Join(words, "|") + `)`)
	for _, dir := range []string{".", "../outcome", "../syntax", "../reason"} {
		for _, file := range sources(t, dir) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(src), "\n") {
				if w := any.FindString(line); w != "" {
					t.Errorf("%s:%d names %q: %s", file, i+1, w, strings.TrimSpace(line))
				}
			}
		}
	}
}

// sources returns the Go files of a package and of the packages below it, tests left out.
func sources(t *testing.T, dir string) []string {
	var out []string
	for _, pattern := range []string{"*.go", "*/*.go"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, files...)
	}
	out = slices.DeleteFunc(out, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
	if len(out) == 0 {
		t.Fatal("no sources in", dir)
	}
	return out
}
