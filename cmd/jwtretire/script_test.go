package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain puts a directory with jwtretire, which is this test binary, at the front of PATH.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"jwtretire": main})
}

// inShort are the scripts that run under -short: the commands, the formats and the exit codes.
var inShort = []string{"scan", "scan_clean", "fix", "explain", "explain_code", "format_json", "format_csv", "merge", "ignore", "config", "help", "flag_unknown"}

// TestScript runs testdata/script: each file tests one rule, which is in its first line.
func TestScript(t *testing.T) {
	scripts := filepath.Join("testdata", "script")
	var files []string
	if testing.Short() {
		for _, name := range inShort {
			files = append(files, filepath.Join(scripts, name+".txtar"))
		}
		scripts = ""
	}
	testscript.Run(t, testscript.Params{
		Dir:                 scripts,
		Files:               files,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Condition:           condition,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "flow": flowProgram, "same": same, "interrupt": interrupt, "die": die, "faults": faults, "jsonpath": jsonPath,
		},
	})
}

// setup gives scripts the module and build caches of the machine, and nothing else of its user.
func setup(env *testscript.Env) error {
	out, err := exec.Command("go", "env", "-json", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN").Output()
	if err != nil {
		return err
	}
	vars := map[string]string{}
	if err := json.Unmarshal(out, &vars); err != nil {
		return err
	}
	for k, v := range vars {
		env.Setenv(k, v)
	}
	source, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return err
	}
	home := filepath.Join(env.WorkDir, ".home")
	for k, v := range map[string]string{
		"HOME": home, "XDG_CACHE_HOME": filepath.Join(home, "cache"), "PRE_COMMIT_HOME": filepath.Join(home, "pre-commit"),
		"GOFLAGS": "-buildvcs=false", "NO_COLOR": "1", "SOURCE": source, "SOURCE_DATE_EPOCH": "1764547200",
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull,
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		env.Setenv(k, v)
	}
	return os.Mkdir(home, 0o755)
}

// condition adds [superuser], under which file permissions have no effect, and [strace], under which processes
// can be traced.
func condition(cond string) (bool, error) {
	if cond == "superuser" {
		return runtime.GOOS != "windows" && os.Geteuid() == 0, nil
	}
	if cond == "strace" { // installed, and allowed
		return exec.Command("strace", "-qq", "-o", os.DevNull, "true").Run() == nil, nil
	}
	return false, errors.New("unknown condition " + cond)
}

// exits runs a command and compares its exit code: `exits 1 jwtretire ./...`.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// flowProgram copies the module of testdata/flow: `flow DIR`.
func flowProgram(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: flow DIR")
	}
	to := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(to, 0o777))
	from := filepath.Join(ts.Getenv("SOURCE"), "cmd", "jwtretire", "testdata", "flow")
	entries, err := os.ReadDir(from)
	ts.Check(err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(to, e.Name()), data, 0o666))
	}
}

// same compares two trees, git's own files left out: `same DIR DIR`.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: same DIR DIR")
	}
	err := exec.Command("diff", "-r", "-x", ".git", ts.MkAbs(args[0]), ts.MkAbs(args[1])).Run()
	if (err == nil) == neg {
		out, _ := exec.Command("diff", "-ru", "-x", ".git", ts.MkAbs(args[0]), ts.MkAbs(args[1])).Output()
		ts.Fatalf("%s and %s: %v\n%s", args[0], args[1], err, out)
	}
}

// interrupt runs a command and kills it after some milliseconds: `interrupt 100 jwtretire fix`. The signal
// is the one that cannot be caught. Whether the command was through by then does not matter.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	ms, err := strconv.Atoi(args[0])
	ts.Check(err)
	path, err := exec.LookPath(filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], args[1]))
	ts.Check(err)
	cmd := exec.Command(path, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, k := range []string{"PATH", "HOME", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOFLAGS", "TMPDIR"} {
		cmd.Env = append(cmd.Env, k+"="+ts.Getenv(k))
	}
	ts.Check(cmd.Start())
	time.Sleep(time.Duration(ms) * time.Millisecond)
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
}

// die runs a fix that is killed when it has begun to replace files: `die`. Only that takes this system call.
func die(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec("strace", "-f", "-qq", "-o", os.DevNull, "-e", "trace=renameat2", "-e", "inject=renameat2:signal=KILL", "jwtretire", "fix")
	if err == nil {
		ts.Fatalf("it did not die before it replaced files")
	}
}

// jsonPath prints one value of a JSON file: `jsonpath report.json findings 0 id`. Numbers index arrays.
// It fails where there is none.
func jsonPath(ts *testscript.TestScript, neg bool, args []string) {
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
	ok := true
	for _, key := range args[1:] {
		switch x := v.(type) {
		case map[string]any:
			if v, ok = x[key]; key == "*" { // the only one
				for _, v = range x {
					ok = len(x) == 1
				}
			}
		case []any:
			i, err := strconv.Atoi(key)
			if ok = err == nil && i < len(x); ok {
				v = x[i]
			}
		default:
			ok = false
		}
		if !ok {
			break
		}
	}
	if ok == neg {
		ts.Fatalf("%s in %s: %v", args[1:], args[0], v)
	}
	if ok {
		out, _ := v.(string)
		if _, isText := v.(string); !isText {
			data, err := json.Marshal(v)
			ts.Check(err)
			out = string(data)
		}
		_, err := ts.Stdout().Write([]byte(out + "\n"))
		ts.Check(err)
	}
}
