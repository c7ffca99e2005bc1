package replay_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/replay"
	"jwtretire.example/internal/userkey"
)

var testKey = userkey.Key("the key of the tests")

// here are circumstances in which a go command can be found.
func here() replay.Circumstances {
	return replay.Circumstances{Tool: "tool", Args: []string{"-json", "./..."}, Dir: "/src", Env: []string{"PATH=/bin", "GOFLAGS=-mod=mod"}}
}

// tree makes some files that are older than a run that begins now.
func tree(t *testing.T) (dir string, in replay.Inputs) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range map[string]string{"go.mod": "module m", "a/a.go": "package a", "a/README": "a", "b/b.go": "package b", "link.go": ""} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	os.Remove(filepath.Join(dir, "link.go"))
	if err := os.Symlink("a/a.go", filepath.Join(dir, "link.go")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	in = replay.Inputs{
		Dirs:  []string{dir, filepath.Join(dir, "a"), filepath.Join(dir, "b")},
		Files: []string{filepath.Join(dir, "go.mod"), filepath.Join(dir, "go.work"), filepath.Join(dir, "a", "a.go"), filepath.Join(dir, "b", "b.go"), filepath.Join(dir, "link.go"), filepath.Join(dir, "c", "go.mod")},
	}
	time.Sleep(30 * time.Millisecond) // the clock of the file system lags
	return dir, in
}

// An answer holds until something changes that it depends on, and no other thing makes it invalid.
func TestAnswer(t *testing.T) {
	write := func(name, content string) func(string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666) }
	}
	for _, tc := range []struct {
		name   string
		change func(dir string) error
		holds  bool
	}{
		{"nothing", func(string) error { return nil }, true},
		{"the same content again", write("a/a.go", "package a"), true},
		{"another time", func(dir string) error {
			return os.Chtimes(filepath.Join(dir, "a", "a.go"), time.Now(), time.Now().Add(time.Hour))
		}, true},
		{"a file that nobody reads", write("a/README", "b"), true},
		{"a new file that nobody reads", write("a/report.json", "{}"), true},
		{"a Go file", write("a/a.go", "package A"), false},
		{"go.mod", write("go.mod", "module n"), false},
		{"a new Go file", write("b/c.go", "package b"), false},
		{"a new C file", write("b/c.c", ""), false},
		{"a Go file is gone", func(dir string) error { return os.Remove(filepath.Join(dir, "b", "b.go")) }, false},
		{"a Go file has another name", func(dir string) error {
			return os.Rename(filepath.Join(dir, "b", "b.go"), filepath.Join(dir, "b", "c.go"))
		}, false},
		{"a new directory", func(dir string) error { return os.Mkdir(filepath.Join(dir, "d"), 0o777) }, false},
		{"a directory is gone", func(dir string) error { return os.RemoveAll(filepath.Join(dir, "b")) }, false},
		{"a file that was not there", write("go.work", ""), false},
		{"a file in a directory that was not there", func(dir string) error {
			if err := os.Mkdir(filepath.Join(dir, "c"), 0o777); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "c", "go.mod"), nil, 0o666)
		}, false},
		{"a link leads elsewhere", func(dir string) error {
			link := filepath.Join(dir, "link.go")
			if err := os.Remove(link); err != nil {
				return err
			}
			return os.Symlink("b/b.go", link)
		}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := cache.At(t.TempDir(), 1<<20, testKey)
			dir, in := tree(t)
			said := replay.Output{Report: []byte("found"), Message: "one place", Code: 1}
			replay.Begin(c, here()).Keep(said, in)
			if err := tc.change(dir); err != nil {
				t.Fatal(err)
			}
			got, ok := replay.Begin(c, here()).Answer()
			if ok != tc.holds {
				t.Fatalf("it holds: %v, want %v", ok, tc.holds)
			}
			if ok && (string(got.Report) != "found" || got.Message != said.Message || got.Code != 1) {
				t.Errorf("the answer is %+v", got)
			}
		})
	}
}

// Other circumstances have other answers.
func TestCircumstances(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(c *replay.Circumstances)
		holds  bool
	}{
		{"the same", func(c *replay.Circumstances) {}, true},
		{"variables in another order", func(c *replay.Circumstances) { slices.Reverse(c.Env) }, true},
		{"a variable that nobody looks at", func(c *replay.Circumstances) { c.Env = append(c.Env, "EDITOR=vi") }, true},
		{"another build of the tool", func(c *replay.Circumstances) { c.Tool = "other" }, false},
		{"a tool that cannot be told", func(c *replay.Circumstances) { c.Tool = "" }, false},
		{"other arguments", func(c *replay.Circumstances) { c.Args = []string{"./..."} }, false},
		{"another directory", func(c *replay.Circumstances) { c.Dir = "/other" }, false},
		{"a platform", func(c *replay.Circumstances) { c.Env = append(c.Env, "GOOS=windows") }, false},
		{"cgo", func(c *replay.Circumstances) { c.Env = append(c.Env, "CGO_ENABLED=0") }, false},
		{"other flags", func(c *replay.Circumstances) { c.Env[1] = "GOFLAGS=-mod=vendor" }, false},
		{"a go.mod that nobody sees", func(c *replay.Circumstances) { c.Env[1] = "GOFLAGS=-modfile=x.mod" }, false},
		{"settings of the go command", func(c *replay.Circumstances) { c.Env = append(c.Env, "GOENV=off") }, false},
		{"colors", func(c *replay.Circumstances) { c.Look = "true" }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := cache.At(t.TempDir(), 1<<20, testKey)
			_, in := tree(t)
			replay.Begin(c, here()).Keep(replay.Output{}, in)
			other := here()
			tc.change(&other)
			if _, ok := replay.Begin(c, other).Answer(); ok != tc.holds {
				t.Errorf("it holds: %v, want %v", ok, tc.holds)
			}
		})
	}
}

// A wrapper around the go command may start any version, so its runs are not cached.
func TestWrapper(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\nexec go1.99 \"$@\"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	c := cache.At(t.TempDir(), 1<<20, testKey)
	_, in := tree(t)
	replay.Begin(c, here()).Keep(replay.Output{}, in)
	if _, ok := replay.Begin(c, here()).Answer(); ok {
		t.Error("it is answered")
	}
}

// What was written during a run may have been seen or not.
func TestChangedDuringTheRun(t *testing.T) {
	c := cache.At(t.TempDir(), 1<<20, testKey)
	dir, in := tree(t)
	run := replay.Begin(c, here())
	if err := os.WriteFile(filepath.Join(dir, "a", "a.go"), []byte("package a // new"), 0o666); err != nil {
		t.Fatal(err)
	}
	run.Keep(replay.Output{}, in)
	if _, ok := replay.Begin(c, here()).Answer(); ok {
		t.Error("it is kept")
	}
}

// Where a report depends on the day, yesterday's does not hold. Dates are compared as they are kept.
func TestDay(t *testing.T) {
	c := cache.At(t.TempDir(), 1<<20, testKey)
	_, in := tree(t)
	in.Dated = true
	replay.Begin(c, here()).Keep(replay.Output{}, in)
	if _, ok := replay.Begin(c, here()).Answer(); !ok {
		t.Error("it does not hold on the same day")
	}
	replay.SetDay(t, "2001-01-01")
	if _, ok := replay.Begin(c, here()).Answer(); ok {
		t.Error("it holds on another day")
	}
}

func TestNoCache(t *testing.T) {
	_, in := tree(t)
	run := replay.Begin(nil, here())
	run.Keep(replay.Output{}, in)
	if _, ok := run.Answer(); ok {
		t.Error("it is answered")
	}
}
