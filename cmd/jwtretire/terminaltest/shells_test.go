//go:build !windows

package terminaltest

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// asked is what is typed before the tab key, and what has to be offered; a word that begins with ! must not be.
var asked = []struct{ typed, want string }{
	{"jwtretire fi", "fix"},
	{"jwtretire fix -ver", "-verify"},
	{"jwtretire fix -verify ", "types build test"},
	{"jwtretire fix -verify t", "types test !build"},
	{"jwtretire -format s", "sarif !json"},
	{"jwtretire -all -form", "-format"},
	{"jwtretire -dif", "!-diff"},
	{"jwtretire fix -dif", "-diff"},
	{"jwtretire explain stal", "stale-comment"},
	{"jwtretire explain to", "token.go"},
	{"jwtretire -config to", "token.go tokens"},
	{"jwtretire fix to", "tokens !token.go"},
	{"jwtretire completion ", "bash zsh fish"},
}

// TestCompletion asks the real shells what they would offer.
func TestCompletion(t *testing.T) {
	bin := build(t)
	for shell, start := range map[string]func(t *testing.T, script, dir string) func(typed string) string{
		"bash": bash, "fish": fish, "zsh": zsh,
	} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(shell); err != nil {
				t.Skipf("%s is not installed, so its completion was not tried", shell)
			}
			dir := t.TempDir()
			script := filepath.Join(dir, "_jwtretire")
			text, err := exec.Command(bin, "completion", shell).Output()
			if err = errors.Join(err, os.WriteFile(script, text, 0o666)); err != nil {
				t.Fatal(err)
			}
			tree := filepath.Join(dir, "tree")
			if err := errors.Join(os.MkdirAll(filepath.Join(tree, "tokens"), 0o777), os.WriteFile(filepath.Join(tree, "token.go"), nil, 0o666)); err != nil {
				t.Fatal(err)
			}
			offers := start(t, script, tree)
			for _, row := range asked {
				got := offers(row.typed)
				words := strings.FieldsFunc(got, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) })
				for i := range words {
					words[i] = strings.TrimSuffix(words[i], "/")
				}
				for _, want := range strings.Fields(row.want) {
					name, not := strings.CutPrefix(want, "!")
					if slices.Contains(words, name) == not {
						t.Errorf("%q: offered is %q, want %s", row.typed, got, row.want)
					}
				}
			}
		})
	}
}

func bash(t *testing.T, script, dir string) func(string) string {
	return func(typed string) string {
		args := []string{"-c", `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _jwtretire; printf '%s\n' "${COMPREPLY[@]}"`, script}
		return output(t, dir, "bash", append(args, strings.Split(typed, " ")...)...)
	}
}

func fish(t *testing.T, script, dir string) func(string) string {
	return func(typed string) string {
		var words []string
		for line := range strings.Lines(output(t, dir, "fish", "-c", `source $argv[1]; complete -C $argv[2]`, script, typed)) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			words = append(words, word)
		}
		return strings.Join(words, "\n")
	}
}

// zsh completes on a terminal only: the line is typed there, and what is offered goes to a file.
func zsh(t *testing.T, script, dir string) func(string) string {
	cmd := exec.Command("zsh", "-f", "-i")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=dumb", "PS1=")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 200, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, tty) // what it shows does not matter, but has to go somewhere
	t.Cleanup(func() {
		tty.Close()
		cmd.Process.Kill()
		cmd.Wait()
	})
	offered := filepath.Join(dir, ".offered")
	for _, line := range []string{
		"fpath=(" + filepath.Dir(script) + " $fpath); autoload -Uz compinit; compinit -u -D; jwtretire() { :; }",
		// Words go through compadd; with -O those that match what is typed are put into an array.
		`compadd() { local -a hits; builtin compadd -O hits "$@"; print -r -- $hits >> ` + offered + `; builtin compadd "$@" }`,
		`done-completing() { print -r -- . >> ` + offered + `; zle kill-whole-line }; zle -N done-completing; bindkey '^X^X' done-completing`,
	} {
		tty.WriteString(line + "\n")
	}
	return func(typed string) string {
		os.Remove(offered)
		tty.WriteString(typed + "\t\x18\x18")
		for range 200 {
			time.Sleep(50 * time.Millisecond)
			if data, _ := os.ReadFile(offered); strings.HasSuffix(string(data), ".\n") {
				return string(data)
			}
		}
		t.Fatalf("zsh does not answer to %q", typed)
		return ""
	}
}

func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// onlyDate is what mandoc says of a page whose program knows of no revision.
var onlyDate = regexp.MustCompile(`^[^\n]*cannot parse date[^\n]*\n$`)

// TestMan lets man read the page, and mandoc look for faults.
func TestMan(t *testing.T) {
	bin := build(t)
	page, err := exec.Command(bin, "man").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "jwtretire.1")
	if err := os.WriteFile(file, page, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Run("man", func(t *testing.T) {
		if _, err := exec.LookPath("man"); err != nil {
			t.Skip("man is not installed, so the page was not read")
		}
		cmd := exec.Command("man", "--warnings", "-l", file)
		cmd.Env = append(os.Environ(), "MANWIDTH=80", "LC_ALL=C.UTF-8", "MAN_KEEP_FORMATTING=", "PAGER=cat", "MANPAGER=cat")
		var warned strings.Builder
		cmd.Stderr = &warned
		text, err := cmd.Output()
		if err != nil || warned.Len() > 0 {
			t.Errorf("%v\n%s", err, warned.String())
		}
		for _, want := range []string{"jwtretire - find JWT token flows", "jwtretire fix [flags] [packages]", "-verify types|build|test", "EXIT STATUS"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the page does not say %q:\n%s", want, text)
			}
		}
	})
	t.Run("mandoc", func(t *testing.T) {
		if _, err := exec.LookPath("mandoc"); err != nil {
			t.Skip("mandoc is not installed, so nothing looked for faults")
		}
		if out, err := exec.Command("mandoc", "-T", "lint", "-W", "warning", file).CombinedOutput(); err != nil && !onlyDate.Match(out) {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

// build returns the tool.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "jwtretire")
	cmd := exec.Command("go", "build", "-o", bin, "./cmd/jwtretire")
	cmd.Dir = "../../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}
