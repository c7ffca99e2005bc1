//go:build !windows

package terminaltest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/creack/pty"
)

// A program is a tree with a flow and a tool that takes its time: the go command that it asks is slow.
type program struct{ bin, dir, path string }

func TestTerminal(t *testing.T) {
	p := prepare(t)
	piped := p.run(t, nil)
	if piped.code != 1 || len(piped.stderr) > 0 || len(piped.stdout) == 0 {
		t.Fatalf("not on a terminal: exit %d\n%s\non standard error\n%s", piped.code, piped.stdout, piped.stderr)
	}
	report := strings.TrimSuffix(string(piped.stdout), "\n")

	t.Run("one line", func(t *testing.T) {
		t.Parallel()
		r := p.run(t, &pty.Winsize{Rows: 24, Cols: 500}, "TERM=xterm", "NO_COLOR=1")
		if !strings.Contains(r.terminal, "\rjwtretire: loading…") || !strings.Contains(r.terminal, "\rjwtretire: analysing…") {
			t.Errorf("nothing is said of what it does: %q", r.terminal)
		}
		if got := screen(r.terminal); got != report {
			t.Errorf("on the screen stays\n%s\nwant\n%s", got, report)
		}
	})
	t.Run("colour", func(t *testing.T) {
		t.Parallel()
		r := p.run(t, &pty.Winsize{Rows: 24, Cols: 500}, "TERM=xterm")
		if !strings.Contains(r.terminal, "\x1b[") {
			t.Error("the report has no colour")
		}
		if got := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(screen(r.terminal), ""); got != report {
			t.Errorf("on the screen stays\n%s\nwant\n%s", got, report)
		}
	})
	t.Run("narrow", func(t *testing.T) {
		t.Parallel()
		r := p.run(t, &pty.Winsize{Rows: 24, Cols: 16}, "TERM=xterm", "NO_COLOR=1")
		said, _, _ := strings.Cut(r.terminal, report[:10])
		if !strings.Contains(said, "\rjwtretire: load") {
			t.Errorf("nothing is said of what it does: %q", r.terminal)
		}
		for _, line := range strings.Split(said, "\r") {
			if utf8.RuneCountInString(line) > 15 {
				t.Errorf("%q does not fit", line)
			}
		}
		if first, _, _ := strings.Cut(report, "\n"); !strings.Contains(screen(r.terminal), first+"\n") {
			t.Errorf("the first line is not one, for editors:\n%s", screen(r.terminal))
		}
	})
	t.Run("width", func(t *testing.T) {
		t.Parallel()
		r := p.run(t, &pty.Winsize{Rows: 24, Cols: 80}, "TERM=xterm", "NO_COLOR=1")
		_, below, _ := strings.Cut(screen(r.terminal), "\n")
		for line := range strings.Lines(below) {
			// A list of scopes has no place to break at.
			if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 80 && !strings.Contains(line, "openid,") {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	})
	t.Run("dumb", func(t *testing.T) {
		t.Parallel()
		r := p.run(t, &pty.Winsize{Rows: 24, Cols: 500}, "TERM=dumb")
		want := "jwtretire: loading…\njwtretire: analysing…\n" + report
		if got := strings.TrimSuffix(strings.ReplaceAll(r.terminal, "\r\n", "\n"), "\n"); got != want {
			t.Errorf("said was\n%q\nwant\n%q", got, want)
		}
	})
}

// An outcome is what a run wrote: to a terminal, or to two pipes.
type outcome struct {
	code           int
	terminal       string
	stdout, stderr []byte
}

// run runs the tool on a terminal of that size, or with pipes.
func (p *program) run(t *testing.T, size *pty.Winsize, env ...string) (r outcome) {
	t.Helper()
	cmd := exec.Command(p.bin, "-cache=off")
	cmd.Dir = p.dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return name == "TERM" || name == "NO_COLOR" || name == "PATH"
	}), append(env, "PATH="+p.path)...)
	var err error
	if size == nil {
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err = cmd.Run()
		r.stdout, r.stderr = stdout.Bytes(), stderr.Bytes()
	} else {
		var tty *os.File
		if tty, err = pty.StartWithSize(cmd, size); err != nil {
			t.Fatal(err)
		}
		defer tty.Close()
		said, readErr := io.ReadAll(tty)
		if readErr != nil && !errors.Is(readErr, syscall.EIO) { // which says that nobody holds the other end any more
			t.Fatal(readErr)
		}
		r.terminal = string(said)
		err = cmd.Wait()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		r.code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return r
}

// screen returns what is to be read in the end, without spaces at the end of lines: a carriage return goes back in
// the line, and what comes then is written over what stands there.
func screen(written string) string {
	var lines []string
	for _, line := range strings.Split(strings.ReplaceAll(written, "\r\n", "\n"), "\n") {
		var cells []rune
		at := 0
		for _, c := range line {
			switch {
			case c == '\r':
				at = 0
				continue
			case at < len(cells):
				cells[at] = c
			default:
				cells = append(cells, c)
			}
			at++
		}
		lines = append(lines, strings.TrimRight(string(cells), " "))
	}
	return strings.TrimSuffix(strings.Join(lines, "\n"), "\n")
}

func prepare(t *testing.T) *program {
	t.Helper()
	dir := t.TempDir()
	p := &program{bin: build(t), dir: filepath.Join(dir, "m"), path: filepath.Join(dir, "bin") + ":" + os.Getenv("PATH")}
	if err := os.CopyFS(p.dir, os.DirFS("../testdata/flow")); err != nil {
		t.Fatal(err)
	}
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	slow := "#!/bin/sh\nsleep 1.5\nexec '" + real + "' \"$@\"\n"
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "bin"), 0o777), os.WriteFile(filepath.Join(dir, "bin", "go"), []byte(slow), 0o777)); err != nil {
		t.Fatal(err)
	}
	return p
}
