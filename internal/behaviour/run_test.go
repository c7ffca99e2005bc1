package behaviour_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"jwtretire.example/internal/behaviour/ims"
)

// patience is the longest that any command may take; builds on a cold cache are the slowest.
const patience = 5 * time.Minute

// A result is what a caller of a program sees.
type result struct {
	stdout, stderr string
	exit           int
}

// command runs name in dir and waits.
func command(t *testing.T, dir string, env []string, stdin, name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var out, errOut bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, env, strings.NewReader(stdin), &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		t.Fatalf("%s %v: %v\n%s", name, args, err, errOut.String())
	}
	return result{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// goEnv is the environment of the go command and of the tool, with additions.
func goEnv(extra ...string) []string {
	return append(os.Environ(), append([]string{"GOWORK=off", "GOTOOLCHAIN=local", "GOFLAGS="}, extra...)...)
}

// goDo runs the go command in the copy and expects it to succeed.
func (c *copied) goDo(t *testing.T, env []string, args ...string) {
	t.Helper()
	if r := command(t, c.dir, env, "", "go", args...); r.exit != 0 {
		t.Fatalf("go %s: exit %d\n%s%s", strings.Join(args, " "), r.exit, r.stdout, r.stderr)
	}
}

// build compiles the program's command and returns where it is.
func (c *copied) build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), c.Name)
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	// Without symbols the linker needs half the time.
	c.goDo(t, goEnv(), "build", "-ldflags=-s -w", "-tags="+c.Tags, "-o", bin, c.Package)
	return bin
}

// play starts the built command for each run against an emulator in the given mode, checks what is to be
// true in either mode, and returns what was seen.
func (c *copied) play(t *testing.T, mode ims.Mode, bin string) []result {
	t.Helper()
	var results []result
	for i := range c.Runs {
		results = append(results, c.playOne(t, mode, bin, &c.Runs[i]))
	}
	return results
}

func (c *copied) playOne(t *testing.T, mode ims.Mode, bin string, r *run) result {
	t.Helper()
	s, err := ims.Start(mode, &testKey(t).PublicKey, c.Clients...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c.configure(t, s, mode == ims.Before)
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, s.CACert, 0o666); err != nil {
		t.Fatal(err)
	}
	args := make([]string, len(r.Args))
	for i, arg := range r.Args {
		args[i] = c.expand(t, s, arg, mode == ims.Before)
	}
	got := command(t, c.dir, c.environment(t, s, mode, r, caFile), r.Stdin, bin, args...)
	c.check(t, s, r, got)
	return got
}

// environment has nothing of this process but what a program cannot do without.
// Go reads SSL_CERT_FILE on Unix but not on macOS or Windows.
func (c *copied) environment(t *testing.T, s *ims.Server, mode ims.Mode, r *run, caFile string) []string {
	env := []string{"HOME=" + c.dir, "HTTPS_PROXY=" + s.Proxy, "SSL_CERT_FILE=" + caFile, "SSL_CERT_DIR=" + c.dir, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
	for name, value := range r.Env {
		if mode == ims.After {
			if holdsKey(value) {
				continue
			}
			if other, ok := r.AfterEnv[name]; ok {
				value = other
			}
		}
		env = append(env, name+"="+c.expand(t, s, value, mode == ims.Before))
	}
	return env
}

func (c *copied) check(t *testing.T, s *ims.Server, r *run, got result) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("run %q: "+format+"\nstdout:\n%s\nstderr:\n%s\nrequests: %+v", append(append([]any{r.Name}, args...), got.stdout, got.stderr, s.TokenRequests())...)
	}
	if got.exit != r.Exit {
		fail("exit %d, want %d", got.exit, r.Exit)
	}
	for _, want := range r.Stdout {
		if !strings.Contains(got.stdout, want) {
			fail("standard output lacks %q", want)
		}
	}
	for _, want := range r.Stderr {
		if !strings.Contains(got.stderr, want) {
			fail("standard error lacks %q", want)
		}
	}
	if n := len(s.TokenRequests()); n != r.Tokens {
		fail("%d token requests, want %d", n, r.Tokens)
	}
	if refused := len(s.Violations()) > 0; refused != r.Refused {
		fail("refused requests: %+v, want any: %v", s.Violations(), r.Refused)
	}
}
