package behaviour_test

import (
	"os"
	"path/filepath"
	"testing"
)

// lookalikes returns the programs that use JWTs and keys for something else, or for a vendor whose
// flow is only migrated on request.
func lookalikes(t *testing.T) []*program {
	t.Helper()
	var all []*program
	for _, folder := range []string{"lookalikes", "optin"} {
		files, err := filepath.Glob(filepath.Join(testdata, folder, "*", "go.mod"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no %s: %v", folder, err)
		}
		if testing.Short() {
			files = files[:1]
		}
		for _, file := range files {
			dir := filepath.Dir(file)
			all = append(all, &program{Name: filepath.Base(dir), Dir: dir, Package: "."})
		}
	}
	return all
}

// TestBeforeLookalikes shows that they are programs at all: one that does not compile proves nothing.
func TestBeforeLookalikes(t *testing.T) {
	if testing.Short() {
		t.Skip("tests the programs, not the tool")
	}
	for _, p := range lookalikes(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			c := p.lay(t)
			c.goDo(t, goEnv(), "build", "-o", os.DevNull, "./...")
			c.goDo(t, goEnv(), "vet", "./...")
		})
	}
}

// TestLookalikes shows that the tool has nothing to say of them and leaves them alone.
func TestLookalikes(t *testing.T) {
	tool(t)
	for _, p := range lookalikes(t) {
		if p.Name == "zoom" {
			continue // withdrawn by the vendor as Adobe's was: reporting it is no mistake
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			c := p.lay(t)
			original := c.tree(t)
			for _, args := range [][]string{nil, {"fix"}} {
				rep, exit := c.reported(t, args...)
				if exit != 0 || len(rep.Findings) != 0 {
					t.Errorf("jwtretire %v: exit %d, %+v", args, exit, rep.Findings)
				}
			}
			if names := changed(original, c.tree(t)); len(names) > 0 {
				t.Errorf("fix changed %v", names)
			}
		})
	}
}
