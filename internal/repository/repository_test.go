package repository_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"jwtretire.example/internal/repository"
)

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"https://github.com/o/r.git":                           "github.com/o/r",
		"https://user:ghp_s3cr3t@GitHub.com/o/r":               "github.com/o/r",
		"https://oauth2:s3cr3t@gitlab.example:8443/a/b/c.git/": "gitlab.example:8443/a/b/c",
		"https://example.com/o/r?private_token=s3cr3t#x":       "example.com/o/r",
		"git@github.com:o/r.git":                               "github.com/o/r",
		"s3cr3t@host.example:o/r":                              "host.example/o/r",
		"ssh://git@github.com:22/o/r.git":                      "github.com/o/r",
		"git://host.example/o/r":                               "host.example/o/r",
		"/srv/git/r.git":                                       "",
		"file:///srv/git/r.git":                                "",
		`C:\repos\r`:                                           "",
		"../r":                                                 "",
		"":                                                     "",
	} {
		if got := repository.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
		if strings.Contains(repository.Clean(in), "s3cr3t") {
			t.Errorf("%q: a credential stays", in)
		}
	}
}

// The metadata equals the output of git.
func TestAt(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	top := filepath.Join(dir, "r")
	write(t, filepath.Join(top, "services", "app", "main.go"), "package main")
	git(t, dir, "init", "-q", "r")
	check := func(name, at, wantTop, wantRemote, wantRevision, wantPrefix string) {
		t.Helper()
		r := repository.At(at)
		if r.Top != wantTop || r.Remote != wantRemote || r.Revision != wantRevision || r.Prefix(at) != wantPrefix {
			t.Errorf("%s: %q %q %q %q, want %q %q %q %q", name, r.Top, r.Remote, r.Revision, r.Prefix(at), wantTop, wantRemote, wantRevision, wantPrefix)
		}
	}
	check("before the first commit", top, top, "", "", "")
	git(t, top, "add", ".")
	git(t, top, "commit", "-q", "-m", "one")
	git(t, top, "remote", "add", "upstream", "https://u:p@example.com/up/r")
	head := git(t, top, "rev-parse", "HEAD")
	check("the only remote", top, top, "example.com/up/r", head, "")
	git(t, top, "remote", "add", "origin", "git@example.com:o/r.git")
	check("origin", filepath.Join(top, "services", "app"), top, "example.com/o/r", head, "services/app")
	git(t, top, "pack-refs", "--all")
	check("packed", top, top, "example.com/o/r", head, "")
	git(t, top, "checkout", "-q", "--detach")
	check("detached", top, top, "example.com/o/r", head, "")
	git(t, top, "worktree", "add", "-q", filepath.Join(dir, "linked"), "-b", "other")
	git(t, filepath.Join(dir, "linked"), "commit", "-q", "--allow-empty", "-m", "two")
	check("linked work tree", filepath.Join(dir, "linked"), filepath.Join(dir, "linked"), "example.com/o/r", git(t, filepath.Join(dir, "linked"), "rev-parse", "HEAD"), "")
	check("none", dir, "", "", "", "")
}

// A repository whose files are not what git writes is one that nothing is known of.
func TestHostile(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, ".git", "HEAD"), "ref: refs/../../../etc/passwd\n")
	write(t, filepath.Join(top, ".git", "config"), "[remote \"origin\"]\n\turl = ext::sh -c touch% /tmp/x\n[core]\n\tfsmonitor = touch x\n")
	if r := repository.At(top); r.Revision != "" || r.Remote != "" {
		t.Errorf("%+v", r)
	}
	write(t, filepath.Join(top, ".git", "HEAD"), "ref: refs/heads/a\n")
	write(t, filepath.Join(top, ".git", "refs", "heads", "a"), "ref: refs/heads/a\n")
	if r := repository.At(top); r.Revision != "" {
		t.Errorf("a circle has the revision %q", r.Revision)
	}
}

func TestOwners(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       map[string]string
	}{
		{"github", "# all\n* @org/all\n*.go @go\n/services/ @org/services # the rest\n/services/app/auth.go\n/docs/* docs@example.com\nvendor/ @vendor\n/a/**/z.go @z\nwith\\ space.go @space\n", map[string]string{
			"README.md":            "@org/all",
			"main.go":              "@go",
			"x/y/main.go":          "@go",
			"services/app/main.go": "@org/services",
			"services/app/auth.go": "",
			"docs/a.md":            "docs@example.com",
			"docs/sub/a.md":        "@org/all",
			"x/vendor/a/b.md":      "@vendor",
			"a/z.go":               "@z",
			"a/b/c/z.go":           "@z",
			"with space.go":        "@space",
		}},
		{"gitlab sections", "* @all\n[Security] @sec\n*.go\n^[Docs][2]\n*.md @docs\n", map[string]string{
			"a.go": "@all @sec",
			"a.md": "@all @docs",
			"a.c":  "@all",
		}},
		{"odd lines", "!not @x\n[ab].go @x\n@only\n\n   \n* nobody\n", map[string]string{"a.go": ""}},
	} {
		t.Run(row.name, func(t *testing.T) {
			top := t.TempDir()
			write(t, filepath.Join(top, ".git", "HEAD"), "ref: refs/heads/main\n")
			write(t, filepath.Join(top, ".github", "CODEOWNERS"), row.text)
			r := repository.At(top)
			for file, want := range row.want {
				if got := strings.Join(r.Owners(filepath.Join(top, filepath.FromSlash(file))), " "); got != want {
					t.Errorf("%s: %q, want %q", file, got, want)
				}
			}
			if got := r.Owners(filepath.Join(filepath.Dir(top), "a.go")); got != nil {
				t.Errorf("outside: %q", got)
			}
		})
	}
}
