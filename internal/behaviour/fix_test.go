package behaviour_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"jwtretire.example/internal/behaviour/ims"
)

// TestFix is the promise: found, rewritten, and nobody sees a difference.
func TestFix(t *testing.T) {
	needTrust(t)
	tool(t)
	for _, p := range programs(t) {
		for i := range p.Fixes {
			f := &p.Fixes[i]
			name := p.Name
			if f.Name != "" {
				name += "/" + f.Name
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				testFix(t, p, f)
			})
		}
	}
}

func testFix(t *testing.T, p *program, f *fix) {
	c := p.layFor(t, f)
	before := c.play(t, ims.Before, c.build(t))
	original := c.tree(t)

	suppressed := slices.Equal(f.Statuses, []string{"suppressed"})
	scan, exit := c.reported(t)
	if len(scan.Findings) != p.Findings {
		t.Errorf("scan: %d findings, want %d: %+v", len(scan.Findings), p.Findings, scan.Findings)
	}
	if want := exitFor(!suppressed); exit != want {
		t.Errorf("scan: exit %d, want %d", exit, want)
	}

	rep, exit := c.reported(t, append([]string{"fix"}, f.Args...)...)
	fixed := checkStatuses(t, rep, f)
	if want := exitFor(!fixed && !suppressed); exit != want {
		t.Errorf("fix: exit %d, want %d", exit, want)
	}
	after := c.tree(t)
	if !fixed {
		if names := changed(original, after); len(names) > 0 {
			t.Errorf("fix changed %v although it says that it did not", names)
		}
		return
	}
	checkFixed(t, c, rep, original, after)
	checkAgain(t, c, f, after)

	c.goDo(t, goEnv(), "build", "-tags="+c.Tags, "./...")
	c.goDo(t, goEnv(), "vet", "-tags="+c.Tags, "./...")
	c.vetForeign(t)
	c.dropKeys(t)
	if got := c.play(t, ims.After, c.build(t)); !slices.Equal(stdouts(got), stdouts(before)) {
		t.Errorf("standard output before:\n%q\nafter:\n%q", stdouts(before), stdouts(got))
	}
}

// layFor copies the program and adds the files of one fix.
func (p *program) layFor(t *testing.T, f *fix) *copied {
	t.Helper()
	c := p.lay(t)
	for path, text := range f.Files {
		c.write(t, path, []byte(text))
	}
	return c
}

func exitFor(left bool) int {
	if left {
		return 1
	}
	return 0
}

// checkStatuses compares the report with the case and tells whether everything is fixed.
func checkStatuses(t *testing.T, rep report, f *fix) (fixed bool) {
	t.Helper()
	fixed = len(rep.Findings) > 0
	for _, got := range rep.Findings {
		// A fix ends every finding as fixed, skipped or failed; what a scan calls needs-input or
		// manual is skipped then, and Needs tells the two apart.
		status := got.Status
		if status == "skipped" {
			status = "manual"
			if len(got.Needs) > 0 {
				status = "needs-input"
			}
		}
		if !slices.Contains(f.Statuses, status) {
			t.Errorf("fix: %s is %s (%s), want %v", got.Position.File, got.Status, got.Reason, f.Statuses)
		}
		if got.Status == "fixed" {
			continue
		}
		fixed = false
		if got.Reason == "" || !strings.Contains(got.Reason, f.Reason) {
			t.Errorf("fix: reason %q, want one with %q", got.Reason, f.Reason)
		}
		if f.Code != "" && got.Code != f.Code {
			t.Errorf("fix: reason code %q (%s), want %q", got.Code, got.Reason, f.Code)
		}
		for _, need := range f.Needs {
			if !slices.Contains(got.Needs, need) {
				t.Errorf("fix: needs %v, want %s among them", got.Needs, need)
			}
		}
	}
	return fixed
}

// checkFixed looks at the files: what had to stay, and what had to go.
func checkFixed(t *testing.T, c *copied, rep report, original, after map[string]string) {
	t.Helper()
	names := changed(original, after)
	for _, path := range names {
		keep := slices.Contains(c.Identical, path)
		if base := filepath.Base(path); !strings.HasSuffix(path, ".go") && base != "go.mod" && base != "go.sum" {
			keep = true // keys and configuration are the operator's
		}
		if keep {
			t.Errorf("fix changed %s", path)
		}
	}
	for path, texts := range c.Survives {
		for _, text := range texts {
			if !strings.Contains(after[path], text) {
				t.Errorf("%s lost %q", path, text)
			}
		}
	}
	for _, text := range c.Gone {
		for _, path := range goFiles(after) {
			if strings.Contains(after[path], text) && !strings.HasSuffix(path, "_test.go") {
				t.Errorf("%s still has %q", path, text)
			}
		}
	}
	for _, f := range c.Foreign {
		named := slices.ContainsFunc(rep.BlindSpots, func(b blindSpot) bool { return b.File == f.File })
		if !named && !slices.Contains(names, f.File) {
			t.Errorf("%s is neither rewritten nor named as a blind spot", f.File)
		}
	}
	if t.Failed() {
		for _, path := range names {
			t.Logf("%s is now:\n%s", path, after[path])
		}
	}
}

// checkAgain runs scan and fix on what the fix left.
func checkAgain(t *testing.T, c *copied, f *fix, after map[string]string) {
	t.Helper()
	if rep, exit := c.reported(t); exit != 0 || len(rep.Findings) != 0 {
		t.Errorf("scan after the fix: exit %d, %+v", exit, rep.Findings)
	}
	if _, exit := c.reported(t, append([]string{"fix"}, f.Args...)...); exit != 0 {
		t.Errorf("second fix: exit %d", exit)
	}
	if names := changed(after, c.tree(t)); len(names) > 0 {
		t.Errorf("the second fix changed %v", names)
	}
}

// TestPatch shows that `fix -diff` leaves the tree alone and prints what git makes the same files of.
func TestPatch(t *testing.T) {
	tool(t)
	for _, p := range programs(t) {
		f := &p.Fixes[len(p.Fixes)-1]
		if !slices.Contains(f.Statuses, "fixed") {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			patched, fixed := p.layFor(t, f), p.layFor(t, f)
			original := patched.tree(t)
			r := patched.jwtretire(t, append([]string{"fix", "-diff"}, f.Args...)...)
			if names := changed(original, patched.tree(t)); len(names) > 0 {
				t.Fatalf("fix -diff changed %v", names)
			}
			fixed.jwtretire(t, append([]string{"fix"}, f.Args...)...)
			want := fixed.tree(t)
			if len(changed(original, want)) == 0 {
				if r.stdout != "" || r.exit != 0 {
					t.Errorf("fix changes nothing, fix -diff: exit %d\n%s", r.exit, r.stdout)
				}
				return
			}
			if r.exit != 1 {
				t.Errorf("fix -diff: exit %d, want 1", r.exit)
			}
			patched.gitApply(t, r.stdout)
			if names := changed(want, patched.tree(t)); len(names) > 0 {
				t.Errorf("the patch and the fix differ in %v", names)
			}
		})
	}
}

// gitApply makes the copy a repository and applies the patch there.
func (c *copied) gitApply(t *testing.T, patch string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "retire.patch")
	if err := os.WriteFile(file, []byte(patch), 0o666); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	for _, args := range [][]string{
		{"init", "-q"},
		{"apply", "--check", file},
		{"apply", file},
	} {
		if r := command(t, c.dir, env, "", "git", args...); r.exit != 0 {
			t.Fatalf("git %s: %s\n%s", args[0], r.stderr, patch)
		}
	}
}

// TestVettool compares the findings under go vet with those of the tool by itself.
func TestVettool(t *testing.T) {
	if testing.Short() {
		t.Skip("TestWays has go vet, for a few programs")
	}
	bin := tool(t)
	for _, p := range programs(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			c := p.layFor(t, &p.Fixes[0])
			rep, _ := c.reported(t)
			r := command(t, c.dir, goEnv(), "", "go", "vet", "-vettool="+bin, "-tags="+c.Tags, "./...")
			found := false
			for _, f := range rep.Findings {
				if f.Status == "suppressed" || slices.ContainsFunc(p.Foreign, func(o foreign) bool { return o.File == f.Position.File }) {
					continue // go vet looks at one platform
				}
				found = true
				where := filepath.Base(f.Position.File) + ":" + strconv.Itoa(f.Position.Line) + ":"
				if !strings.Contains(r.stderr, where) {
					t.Errorf("go vet does not report %s:\n%s", where, r.stderr)
				}
			}
			if (r.exit != 0) != found {
				t.Errorf("go vet: exit %d, findings of the tool by itself: %v\n%s", r.exit, found, r.stderr)
			}
		})
	}
}
