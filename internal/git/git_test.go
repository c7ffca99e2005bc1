package git

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// plain runs git as its user does, with nothing of the machine's configuration.
func plain(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_COMMITTER_DATE=1700000000 -0330")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func must(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := plain(t, dir, args...)
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return out
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// repository makes one with a commit, a staged file and a changed one.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	must(t, dir, "init", "-q")
	put(t, filepath.Join(dir, "a.go"), "package a\n")
	put(t, filepath.Join(dir, "sub/b.go"), "package b\n")
	must(t, dir, "add", ".")
	must(t, dir, "commit", "-qm", "first\n\ncommitter fake <x> 1 +0000")
	put(t, filepath.Join(dir, "c.go"), "package c\n")
	must(t, dir, "add", ".")
	put(t, filepath.Join(dir, "sub/b.go"), "package b // changed\n")
	return dir
}

func open(t *testing.T, dir string) *Repo {
	t.Helper()
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	r, err := Open(dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// everything asks all that the program asks.
func everything(t *testing.T, r *Repo) {
	t.Helper()
	for _, args := range [][]string{
		{"rev-parse", "--show-toplevel", "--git-path", "index"},
		{"diff-index", "--cached", "--raw", "-z", "--ignore-submodules=all", "HEAD", "--"},
		{"diff-files", "-0", "--raw", "-z", "--ignore-submodules=all", "--"},
		{"ls-files", "-z", "--full-name", "--", ":(top)*.go"},
		{"ls-files", "-z", "--full-name", "--others", "--exclude-standard", "--", ":(top)*.go"},
		{"ls-tree", "-z", "--full-tree", "HEAD", "--", "sub/"},
		{"cat-file", "--batch"},
		{"cat-file", "commit", "HEAD"},
	} {
		r.Run(context.Background(), []byte("HEAD\n"), args...) // what is broken may fail
	}
	r.Date(context.Background())
	r.Committed(context.Background(), "a.go", "sub/b.go")
	r.InIndex(context.Background(), "a.go")
}

// TestNothingOfTheRepositoryRuns: each row is a repository that has plain git run its program.
func TestNothingOfTheRepositoryRuns(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	for _, test := range []struct {
		name  string
		plain []string // what runs the program, where somebody asks git plainly
		make  func(t *testing.T, dir, canary string)
	}{
		{"fsmonitor", []string{"status"}, func(t *testing.T, dir, canary string) { must(t, dir, "config", "core.fsmonitor", canary) }},
		{"clean filter", []string{"diff"}, func(t *testing.T, dir, canary string) {
			must(t, dir, "config", "filter.Evil One.clean", canary)
			put(t, filepath.Join(dir, ".git/info/attributes"), "*.go filter=\"Evil One\"\n")
			put(t, filepath.Join(dir, ".gitattributes"), "*.go filter=evil\n")
			must(t, dir, "config", "filter.evil.clean", canary)
		}},
		{"process filter", []string{"diff"}, func(t *testing.T, dir, canary string) {
			must(t, dir, "config", "filter.evil.process", canary)
			must(t, dir, "config", "filter.evil.required", "true")
			put(t, filepath.Join(dir, ".gitattributes"), "*.go filter=evil\n")
		}},
		{"filter in an included file", []string{"diff"}, func(t *testing.T, dir, canary string) {
			put(t, filepath.Join(dir, "more.cfg"), "[filter \"evil\"]\n\tclean = "+canary+"\n")
			must(t, dir, "config", "include.path", "../more.cfg")
			put(t, filepath.Join(dir, ".gitattributes"), "*.go filter=evil\n")
		}},
		{"filter of a linked work tree", []string{"diff"}, func(t *testing.T, dir, canary string) {
			must(t, dir, "config", "extensions.worktreeConfig", "true")
			must(t, dir, "config", "--worktree", "filter.evil.clean", canary)
			put(t, filepath.Join(dir, ".gitattributes"), "*.go filter=evil\n")
		}},
		{"external diff", []string{"diff"}, func(t *testing.T, dir, canary string) { must(t, dir, "config", "diff.external", canary) }},
		{"diff driver", []string{"diff"}, func(t *testing.T, dir, canary string) {
			must(t, dir, "config", "diff.evil.command", canary)
			put(t, filepath.Join(dir, ".gitattributes"), "*.go diff=evil\n")
		}},
		{"textconv", []string{"diff"}, func(t *testing.T, dir, canary string) {
			must(t, dir, "config", "diff.evil.textconv", canary)
			put(t, filepath.Join(dir, ".gitattributes"), "*.go diff=evil\n")
		}},
		{"hook", []string{"commit", "-qm", "x"}, func(t *testing.T, dir, canary string) {
			put(t, filepath.Join(dir, ".git/hooks/pre-commit"), "#!/bin/sh\n"+canary+"\n")
			put(t, filepath.Join(dir, ".git/hooks/post-index-change"), "#!/bin/sh\n"+canary+"\n")
		}},
		{"signature", []string{"log", "-1"}, func(t *testing.T, dir, canary string) {
			tree := strings.TrimSpace(must(t, dir, "write-tree"))
			put(t, filepath.Join(dir, "commit.txt"), "tree "+tree+"\nauthor a <a@a> 1700000000 +0000\ncommitter a <a@a> 1700000000 +0000\n"+
				"gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\n\nmsg\n")
			id := strings.TrimSpace(must(t, dir, "hash-object", "-t", "commit", "-w", "commit.txt"))
			must(t, dir, "update-ref", "HEAD", id)
			must(t, dir, "config", "log.showSignature", "true")
			must(t, dir, "config", "gpg.program", canary)
		}},
		{"lazy fetch", []string{"cat-file", "-p", strings.Repeat("1", 40)}, func(t *testing.T, dir, canary string) {
			must(t, dir, "config", "core.repositoryformatversion", "1")
			must(t, dir, "config", "extensions.partialClone", "origin")
			must(t, dir, "config", "remote.origin.url", "ssh://nowhere.invalid/x")
			must(t, dir, "config", "remote.origin.promisor", "true")
			must(t, dir, "config", "core.sshCommand", canary)
			os.RemoveAll(filepath.Join(dir, ".git/objects"))
			os.MkdirAll(filepath.Join(dir, ".git/objects/pack"), 0o755)
		}},
		{"remote helper", []string{"cat-file", "-p", strings.Repeat("1", 40)}, func(t *testing.T, dir, canary string) {
			must(t, dir, "config", "core.repositoryformatversion", "1")
			must(t, dir, "config", "extensions.partialClone", "origin")
			must(t, dir, "config", "remote.origin.url", "ext::"+canary)
			must(t, dir, "config", "remote.origin.promisor", "true")
			must(t, dir, "config", "protocol.ext.allow", "always")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, dead := repository(t), filepath.Join(t.TempDir(), "dead")
			canary := filepath.Join(t.TempDir(), "canary")
			put(t, canary, "#!/bin/sh\ntouch '"+dead+"'\nexit 1\n")
			test.make(t, dir, canary)
			// Written in the same moment as the index, a file has to be compared by its contents.
			put(t, filepath.Join(dir, "a.go"), "package a\n")
			r := open(t, dir)
			everything(t, r)
			if _, err := os.Stat(dead); err == nil {
				t.Fatal("a program of the repository has run")
			}
			if out, _ := plain(t, dir, test.plain...); !dies(dead) {
				t.Errorf("plain git %v does not run it either, so this shows nothing\n%s", test.plain, out)
			}
		})
	}
}

func dies(dead string) bool {
	_, err := os.Stat(dead)
	return err == nil
}

// TestBareFolder: a folder of a clone that is laid out as a repository is not one.
func TestBareFolder(t *testing.T) {
	dir, dead := repository(t), filepath.Join(t.TempDir(), "dead")
	canary := filepath.Join(t.TempDir(), "canary")
	put(t, canary, "#!/bin/sh\ntouch '"+dead+"'\nexit 1\n")
	evil := filepath.Join(dir, "sub")
	must(t, evil, "init", "-q", "--bare", ".")
	must(t, evil, "--git-dir=.", "config", "core.bare", "false")
	must(t, evil, "--git-dir=.", "config", "core.worktree", ".")
	must(t, evil, "--git-dir=.", "config", "core.fsmonitor", canary)
	r := open(t, evil)
	if r.Dir != dir {
		t.Errorf("the repository is %s", r.Dir)
	}
	everything(t, r)
	if dies(dead) {
		t.Error("a program of the folder has run")
	}
	plain(t, evil, "status")
	if !dies(dead) {
		t.Error("plain git does not run it either, so this shows nothing")
	}
}

func TestOnlyPlumbing(t *testing.T) {
	r := open(t, repository(t))
	for _, args := range [][]string{
		{"status"}, {"log", "-1"}, {"diff", "--raw"}, {"show"}, {"-c", "x=y", "cat-file"},
		{"diff-index", "--raw", "--ignore-submodules=all", "HEAD"}, {"diff-files", "-p", "--ignore-submodules=all"}, {"diff-files", "--raw"},
		{"ls-files", "-m"}, {"hash-object", "a.go"}, {"cat-file", "--textconv", "HEAD:a.go"},
	} {
		if out, err := r.Run(context.Background(), nil, args...); err == nil {
			t.Errorf("git %v was asked: %s", args, out)
		}
	}
}

func TestAnswers(t *testing.T) {
	dir := repository(t)
	r := open(t, filepath.Join(dir, "sub"))
	if r.Dir != dir {
		t.Errorf("the repository is %s", r.Dir)
	}
	date, ok := r.Date(context.Background())
	if want := "2023-11-14T18:43:20-03:30"; !ok || date.Format(time.RFC3339) != want {
		t.Errorf("date %v, want %s", date, want)
	}
	known, err := r.Committed(context.Background(), "a.go", "sub/b.go", "c.go")
	if err != nil || len(known) != 2 || known[1].Name != "sub/b.go" || !Named([]byte("package b\n"))(known[1].ID) || Named([]byte("x"))(known[1].ID) {
		t.Errorf("committed: %+v, %v", known, err)
	}
	index, err := r.InIndex(context.Background(), "c.go", "d.go", "*.go")
	if err != nil || !slices.Equal(index, []string{"c.go"}) {
		t.Errorf("in the index: %q, %v", index, err)
	}
}

func TestBeforeTheFirstCommit(t *testing.T) {
	dir := t.TempDir()
	must(t, dir, "init", "-q")
	r := open(t, dir)
	if known, err := r.Committed(context.Background(), "a.go"); len(known) > 0 || err != nil {
		t.Errorf("committed: %+v, %v", known, err)
	}
	if date, ok := r.Date(context.Background()); ok {
		t.Errorf("date %v", date)
	}
}

func TestNoRepository(t *testing.T) {
	if r, err := Open(t.TempDir(), ""); err == nil {
		t.Errorf("there is one: %+v", r)
	}
}
