package patch

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestUnifiedAppliesWithGit has git check and apply the patch of each case, and compares
// the tree.
func TestUnifiedAppliesWithGit(t *testing.T) {
	long := strings.Repeat("line\n", 50)
	for _, test := range []struct {
		name  string
		files []File // paths below the root
	}{
		{"change", []File{{"a.go", []byte("a\nb\nc\n"), []byte("a\nB\nc\n"), 0o644}}},
		{"several, unsorted", []File{{"z/b.go", []byte("b\n"), []byte("c\n"), 0o644}, {"a.go", []byte("1\n"), []byte("2\n"), 0o644}}},
		{"far apart", []File{{"a", []byte("x\n" + long + "y\n"), []byte("X\n" + long + "Y\n"), 0o644}}},
		{"create", []File{{"d/new.go", nil, []byte("package d\n"), 0}}},
		{"create empty", []File{{"new", nil, []byte{}, 0o644}}},
		{"create executable", []File{{"run", nil, []byte("#!/bin/sh\n"), 0o755}}},
		{"delete", []File{{"old.go", []byte("a\nb\n"), nil, 0o644}}},
		{"delete empty", []File{{"old", []byte{}, nil, 0o644}}},
		{"fill", []File{{"a", []byte{}, []byte("a\n"), 0o644}}},
		{"empty out", []File{{"a", []byte("a\nb\n"), []byte{}, 0o644}}},
		{"no newline before", []File{{"a", []byte("a\nb"), []byte("a\nb\n"), 0o644}}},
		{"no newline after", []File{{"a", []byte("a\nb\n"), []byte("a\nb"), 0o644}}},
		{"no newline both", []File{{"a", []byte("a\nb"), []byte("c\nb"), 0o644}}},
		{"create without newline", []File{{"a", nil, []byte("a"), 0o644}}},
		{"delete without newline", []File{{"a", []byte("a"), nil, 0o644}}},
		{"crlf", []File{{"a", []byte("a\r\nb\r\nc\r\n"), []byte("a\r\nc\r\nd\r\n"), 0o644}}},
		{"crlf to lf", []File{{"a", []byte("a\r\nb\r\n"), []byte("a\nb\n"), 0o644}}},
		{"lone cr", []File{{"a", []byte("a\rb\nc\n"), []byte("a\rb\nd\n"), 0o644}}},
		{"mode kept", []File{{"run", []byte("a\n"), []byte("b\n"), 0o755}}},
		{"mode unknown", []File{{"a", []byte("a\n"), []byte("b\n"), 0}}},
		{"blank in name", []File{{"a b/c d.go", []byte("a\n"), []byte("b\n"), 0o644}}},
		{"quotes in name", []File{{"a\"b\\c\td", []byte("a\n"), []byte("b\n"), 0o644}}},
		{"letters in name", []File{{"schlüssel/ключ.go", []byte("a\n"), []byte("b\n"), 0o644}}},
		{"lines that look like headers", []File{{"a", []byte("-- a\n++ b\n@@ c\n"), []byte("-- a\n+++ b\n@@ c\n"), 0o644}}},
		{"bom", []File{{"a", []byte("\ufeffa\nb\n"), []byte("\ufeffa\nc\n"), 0o644}}},
		{"not utf-8", []File{{"a", []byte("\xff\xfe\nb\n"), []byte("\xff\xfe\nc\n"), 0o644}}},
	} {
		t.Run(test.name, func(t *testing.T) { applies(t, test.files) })
	}
}

func applies(t *testing.T, files []File) {
	t.Helper()
	root := t.TempDir()
	for i := range files {
		files[i].Path = filepath.Join(root, files[i].Path)
		put(t, files[i].Path, files[i].Old, files[i].Mode)
	}
	p, err := Unified(files, root)
	if err != nil {
		t.Fatal(err)
	}
	git(t, root, p, "apply", "--check", "--whitespace=nowarn", "-")
	git(t, root, p, "apply", "--whitespace=nowarn", "-")
	for _, f := range files {
		got, err := os.ReadFile(f.Path)
		if f.New == nil {
			if !os.IsNotExist(err) {
				t.Errorf("%s is still there", f.Path)
			}
			continue
		}
		if err != nil || !bytes.Equal(got, f.New) {
			t.Errorf("%s is %q (%v), want %q; patch:\n%s", f.Path, got, err, f.New, p)
		}
		if info, err := os.Stat(f.Path); err == nil && f.Mode != 0 && info.Mode().Perm()&0o100 != f.Mode&0o100 {
			t.Errorf("%s has mode %v, want %v", f.Path, info.Mode(), f.Mode)
		}
	}
}

func put(t *testing.T, path string, content []byte, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if content == nil {
		return
	}
	if mode == 0 {
		mode = 0o644
	}
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
}

// git runs git in dir without the configuration of who runs the test.
func git(t *testing.T, dir string, in []byte, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Stdin = bytes.NewReader(in)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s\npatch:\n%s", strings.Join(args, " "), err, out, in)
	}
	return string(out)
}

// TestUnifiedRandom applies patches between random texts of few different lines, where
// diffs are ambiguous.
func TestUnifiedRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := func() []byte {
		var b bytes.Buffer
		for range rnd.IntN(30) {
			fmt.Fprintf(&b, "%c%s", 'a'+rune(rnd.IntN(4)), []string{"\n", "\n", "\r\n"}[rnd.IntN(3)])
		}
		if rnd.IntN(4) == 0 {
			b.WriteString("end")
		}
		if b.Len() == 0 {
			return []byte{}
		}
		return b.Bytes()
	}
	var files []File
	for i := range 300 {
		files = append(files, File{fmt.Sprintf("f%03d", i), text(), text(), 0o644})
	}
	applies(t, files)
}

// TestUnifiedIsGits compares with what git itself prints.
func TestUnifiedIsGits(t *testing.T) {
	root := t.TempDir()
	files := []File{
		{"a.go", []byte("package a\n\nvar x = 1\n\nfunc f() {}\n"), []byte("package a\n\nfunc f() {}\n"), 0o644},
		{"b c.go", []byte("b"), []byte("c"), 0o644},
		{"new.go", nil, []byte("package n\n"), 0o644},
		{"old.go", []byte("package o\n"), nil, 0o644},
	}
	git(t, root, nil, "init", "-q")
	for i := range files {
		files[i].Path = filepath.Join(root, files[i].Path)
		put(t, files[i].Path, files[i].Old, files[i].Mode)
	}
	git(t, root, nil, "add", ".")
	for _, f := range files {
		if f.New == nil {
			os.Remove(f.Path)
		} else {
			put(t, f.Path, f.New, f.Mode)
		}
	}
	git(t, root, nil, "add", "-N", "new.go")
	want := git(t, root, nil, "-c", "core.abbrev=12", "diff")
	got, err := Unified(files, root)
	if err != nil {
		t.Fatal(err)
	}
	// git names a missing side with as many zeros as it abbreviates to.
	if w := strings.ReplaceAll(want, "000000000000", "0000000"); string(got) != w {
		t.Errorf("got\n%s\nwant\n%s", got, w)
	}
}

func TestUnifiedRefuses(t *testing.T) {
	root := filepath.FromSlash("/r")
	for name, test := range map[string]struct {
		files []File
		want  string
	}{
		"outside": {[]File{{"/other/a.go", nil, []byte("a"), 0}}, "/other/a.go is outside of /r"},
		"twice":   {[]File{{"/r/a", nil, []byte("a"), 0}, {"/r/a", nil, []byte("b"), 0}}, "given twice"},
		"binary":  {[]File{{"/r/a", nil, []byte("a\x00"), 0}}, "binary"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Unified(test.files, root); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestUnifiedOfNothing(t *testing.T) {
	p, err := Unified([]File{{"/r/a", []byte("a"), []byte("a"), 0}, {Path: "/r/b"}}, "/r")
	if err != nil || len(p) > 0 {
		t.Errorf("got %q, %v", p, err)
	}
}
