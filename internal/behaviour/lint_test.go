package behaviour_test

import (
	"flag"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var lintAll = flag.Bool("lint", false, "lint what becomes of every program, not of a sample")

// TestLint: gofmt, go vet and staticcheck have nothing to say of a changed file that they did not say
// before.
func TestLint(t *testing.T) {
	if testing.Short() {
		t.Skip("builds staticcheck")
	}
	tool(t)
	staticcheck := filepath.Join(t.TempDir(), "staticcheck")
	if r := command(t, ".", os.Environ(), "", "go", "build", "-o", staticcheck, "honnef.co/go/tools/cmd/staticcheck"); r.exit != 0 {
		t.Fatalf("build staticcheck: %s", r.stderr)
	}
	for i, p := range programs(t) {
		if i%8 != 0 && !*lintAll {
			continue
		}
		f := &p.Fixes[len(p.Fixes)-1]
		if !slices.Contains(f.Statuses, "fixed") {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			c := p.layFor(t, f)
			original := c.tree(t)
			said := c.lint(t, staticcheck)
			c.jwtretire(t, append([]string{"fix"}, f.Args...)...)
			after := c.tree(t)
			for _, path := range changed(original, after) {
				if strings.HasSuffix(path, ".go") && formatted(original[path]) && !formatted(after[path]) {
					t.Errorf("gofmt would change %s", path)
				}
			}
			for _, msg := range c.lint(t, staticcheck) {
				i := slices.Index(said, msg)
				if i < 0 {
					t.Errorf("new: %s", msg)
					continue
				}
				said = slices.Delete(said, i, i+1)
			}
		})
	}
}

func formatted(src string) bool {
	out, err := format.Source([]byte(src))
	return err == nil && string(out) == src
}

var lintPlace = regexp.MustCompile(`^([^:]+):\d+:\d+: `)

// lint returns what go vet and staticcheck say of a copy, without lines and columns.
func (c *copied) lint(t *testing.T, staticcheck string) []string {
	t.Helper()
	var out []string
	for _, r := range []result{
		command(t, c.dir, goEnv(), "", "go", "vet", "-tags="+c.Tags, "./..."),
		command(t, c.dir, goEnv(), "", staticcheck, "-tags="+c.Tags, "./..."),
	} {
		for line := range strings.Lines(r.stdout + r.stderr) {
			if m := lintPlace.FindStringSubmatch(line); m != nil {
				out = append(out, filepath.Base(m[1])+": "+strings.TrimSpace(line[len(m[0]):]))
			}
		}
	}
	return out
}
