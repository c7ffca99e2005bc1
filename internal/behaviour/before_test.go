// Package behaviour_test runs whole programs before and after their migration. Before: against an
// emulator of Adobe's token service that only takes valid JWT exchanges. After: rewritten by the tool,
// the key deleted, against one that only takes client credentials. A caller may not see a difference.
package behaviour_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/internal/behaviour/ims"
)

// TestBefore shows that the programs are sound: they compile, pass vet, get a token by the exchange, say
// the same twice, and hold what their case.json says of their text.
func TestBefore(t *testing.T) {
	if testing.Short() {
		t.Skip("TestFix runs a few programs before and after")
	}
	needTrust(t)
	for _, p := range programs(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			c := p.lay(t)
			checkText(t, c)
			bin := c.build(t)
			c.goDo(t, goEnv(), "vet", "-tags="+c.Tags, "./...")
			c.vetForeign(t)
			first := c.play(t, ims.Before, bin)
			if again := c.play(t, ims.Before, bin); !slices.Equal(stdouts(first), stdouts(again)) {
				t.Errorf("two starts, two outputs:\n%q\n%q", stdouts(first), stdouts(again))
			}
		})
	}
}

func stdouts(results []result) []string {
	var out []string
	for _, r := range results {
		out = append(out, r.stdout)
	}
	return out
}

// checkText looks for what a case says about the original's files.
func checkText(t *testing.T, c *copied) {
	t.Helper()
	tree := c.tree(t)
	for _, path := range c.Identical {
		if _, ok := tree[path]; !ok {
			t.Errorf("identical: no file %s", path)
		}
	}
	for path, texts := range c.Survives {
		for _, text := range texts {
			if !strings.Contains(tree[path], text) {
				t.Errorf("survives: %s lacks %q", path, text)
			}
		}
	}
	for _, text := range c.Gone {
		if !slices.ContainsFunc(goFiles(tree), func(path string) bool { return strings.Contains(tree[path], text) }) {
			t.Errorf("gone: no Go file has %q", text)
		}
	}
}

func (c *copied) vetForeign(t *testing.T) {
	t.Helper()
	for _, f := range c.Foreign {
		goos := f.GOOS
		if goos == "" {
			goos = runtime.GOOS
		}
		// Cross-compiling with cgo off needs no C compiler for the other system.
		c.goDo(t, goEnv("GOOS="+goos, "CGO_ENABLED=0"), "vet", "-tags="+f.Tags, "./...")
	}
}

// needTrust skips where a program cannot be made to trust the emulator's certificate by its environment.
func needTrust(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skipf("SSL_CERT_FILE has no effect on %s", runtime.GOOS)
	}
}
