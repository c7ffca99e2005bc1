package behaviour_test

import (
	"path/filepath"
	"slices"
	"testing"

	"jwtretire.example/internal/behaviour/ims"
)

// TestHandwritten runs a migration that a person wrote through the same gates as the tool's, so that
// a failure of TestFix is the tool's and not that of the gates.
func TestHandwritten(t *testing.T) {
	if testing.Short() {
		t.Skip("tests the gates of TestFix, not the tool")
	}
	needTrust(t)
	dirs, err := filepath.Glob(filepath.Join(testdata, "handwritten", "*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no handwritten migrations: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			p, err := readCase(filepath.Join(testdata, "programs", filepath.Base(dir), "case.json"))
			if err != nil {
				t.Fatal(err)
			}
			c := p.lay(t)
			before := c.play(t, ims.Before, c.build(t))
			original := c.tree(t)
			overlay := (&copied{p, dir}).tree(t)
			for path, text := range overlay {
				c.write(t, path, []byte(text))
			}
			checkFixed(t, c, report{}, original, c.tree(t))
			c.goDo(t, goEnv(), "vet", "./...")
			c.dropKeys(t)
			if got := c.play(t, ims.After, c.build(t)); !slices.Equal(stdouts(got), stdouts(before)) {
				t.Errorf("standard output before:\n%q\nafter:\n%q", stdouts(before), stdouts(got))
			}
		})
	}
}
