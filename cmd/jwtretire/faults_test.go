package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// every selects all points of the script faults, which takes half an hour of a processor. Without it, some are
// tried.
var every = flag.Bool("every", false, "let each system call of a fix that writes go wrong")

// writing are the system calls with which a fix changes files. They are counted by thread, so the points differ
// a little between two runs. That does not matter, because the property must hold at each point. fixer/journal
// has the exact matrix.
var writing = []string{"mkdirat", "write", "fchmod", "fsync", "flock", "linkat", "renameat", "renameat2", "unlinkat"}

// faults runs whole fixes in which a system call kills the process or fails, followed by the next command:
// `faults OLD NEW`. Every tree is then OLD or NEW, without other files, and NEW if the fix reported success.
// The go command in it has the same faults.
func faults(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: faults OLD NEW")
	}
	most := mostCalls(ts, args[0])
	count := map[string]int{}
	n := 0
	for _, call := range writing {
		for at := 1; at <= most[call]; at++ {
			for _, fault := range []string{"signal=KILL", "error=ENOSPC", "error=EIO", "error=EROFS", "error=EDQUOT", "error=EINTR"} {
				n++
				if kill := fault == "signal=KILL"; !*every && (kill && at != 2 || !kill && n%199 != 0) {
					continue
				}
				if hit, isNew := oneFault(ts, args[0], args[1], call, fmt.Sprintf("inject=%s:%s:when=%d", call, fault, at)); hit {
					count[fault]++
					count[fmt.Sprintf("new %v", isNew)]++
				}
			}
		}
	}
	ts.Logf("points: %v", count)
	if *every && (count["signal=KILL"] < 30 || count["new true"] == 0 || count["new false"] == 0) {
		ts.Fatalf("it shows too little")
	}
}

// traced runs a fix in a copy of a tree under strace. It returns the copy, the trace, and the output of the
// fix.
func traced(ts *testscript.TestScript, old string, options ...string) (tree, trace string, said []byte, err error) {
	dir, err := os.MkdirTemp(ts.MkAbs("."), "fault")
	ts.Check(err)
	tree, log := filepath.Join(dir, "tree"), filepath.Join(dir, "log")
	ts.Check(exec.Command("cp", "-r", ts.MkAbs(old), tree).Run())
	args := append([]string{"strace", "-f", "-q", "-o", log}, options...)
	said, err = inTree(ts, tree, append(args, tool(ts), "fix", "-cache=off")...)
	text, _ := os.ReadFile(log)
	return tree, string(text), said, err
}

func tool(ts *testscript.TestScript) string {
	return filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], "jwtretire")
}

func inTree(ts *testscript.TestScript, tree string, args ...string) ([]byte, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = tree
	for _, k := range []string{"PATH", "HOME", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOFLAGS", "TMPDIR", "XDG_CACHE_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"} {
		cmd.Env = append(cmd.Env, k+"="+ts.Getenv(k))
	}
	return cmd.CombinedOutput()
}

// mostCalls returns how often the thread that does so most makes each of the calls.
func mostCalls(ts *testscript.TestScript, old string) map[string]int {
	tree, trace, said, err := traced(ts, old, "-e", "trace="+strings.Join(writing, ","))
	if err != nil {
		ts.Fatalf("strace: %v\n%s", err, said)
	}
	os.RemoveAll(filepath.Dir(tree))
	most, each := map[string]int{}, map[string]int{}
	for line := range strings.Lines(trace) {
		thread, rest, _ := strings.Cut(line, " ")
		if name, _, ok := strings.Cut(strings.TrimSpace(rest), "("); ok {
			each[thread+name]++
			most[name] = max(most[name], each[thread+name])
		}
	}
	return most
}

// oneFault is one fix with one fault. hit reports whether the fault occurred.
func oneFault(ts *testscript.TestScript, old, new, call, inject string) (hit, isNew bool) {
	tree, trace, said, err := traced(ts, old, "-e", "trace="+call, "-e", inject)
	defer os.RemoveAll(filepath.Dir(tree))
	hit = strings.Contains(trace, "INJECTED") || strings.Contains(trace, "killed by SIGKILL")
	next, _ := inTree(ts, tree, tool(ts), "-cache=off")
	differs := func(from string, but ...string) ([]byte, bool) {
		out, err := exec.Command("diff", append(but, "-r", ts.MkAbs(from), tree)...).CombinedOutput()
		return out, err != nil
	}
	notNew, isOther := differs(new)
	notOld, isNeither := differs(old)
	if isOther && isNeither {
		// A go command that failed may have left go.mod with more than is needed; it builds.
		_, other := differs(new, "-x", "go.mod", "-x", "go.sum")
		vet, vetErr := inTree(ts, tree, "go", "vet", "./...")
		if other || vetErr != nil {
			ts.Fatalf("%s: neither old nor new\n%s%s%s\n%s%s", inject, notOld, notNew, vet, said, next)
		}
		isOther = false
	}
	if isOther && err == nil {
		ts.Fatalf("%s: it said that all is well, and all is old\n%s", inject, said)
	}
	return hit, !isOther
}
