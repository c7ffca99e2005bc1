package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// The tests of this file do to a process what the others do to the file system behind an interface: strace kills it at
// a system call, or lets the call fail. The process is this test's binary, which writes one program and ends.

const childEnv = "JOURNAL_TEST_WRITES"

func init() {
	if os.Getenv(childEnv) != "" {
		runtime.LockOSThread() // strace counts the calls of each thread
	}
}

func TestMain(m *testing.M) {
	if root := os.Getenv(childEnv); root != "" {
		os.Exit(child(root))
	}
	os.Exit(m.Run())
}

// marker is a name that the child looks for when it begins to write.
const marker = "/the-journal-begins-here"

func child(root string) int {
	os.Lstat(marker)
	s, err := Open(root)
	if err == nil {
		s.key = testKey
		defer s.Close()
		if err = s.Lock(context.Background(), 0, nil); err == nil {
			_, err = s.Write(straced.files(root))
		}
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// straced is the program that the child writes.
var straced = programs()[3]

// harmless are the system calls that do nothing to files.
var harmless = strings.Fields("futex nanosleep clock_nanosleep rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack mmap munmap madvise mprotect brk clone clone3 " +
	"tgkill getpid gettid sched_yield sched_getaffinity prctl arch_prctl set_tid_address set_robust_list rseq prlimit64 getrandom exit exit_group execve epoll_create1 eventfd2 " +
	"epoll_pwait epoll_ctl timer_create timer_settime timer_delete")

// trace runs the child under strace.
func trace(t *testing.T, root string, args ...string) (out string, killed bool, err error) {
	t.Helper()
	args = append([]string{"-f", "-qq", "-o", filepath.Join(root, "..", "trace")}, args...)
	cmd := exec.Command("strace", append(args, os.Args[0])...)
	cmd.Env = append(os.Environ(), childEnv+"="+root, "GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = time.Minute
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		killed = exit.ExitCode() < 0 || exit.ExitCode() == 137
	}
	return said.String(), killed, err
}

// calls returns the system calls of a write in their order, each as its name and its number among those of the
// process with that name.
func calls(t *testing.T) (names []string, numbers []int) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "r")
	straced.put(t, root)
	if out, _, err := trace(t, root); err != nil {
		t.Skipf("strace does not work here: %v %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(root, "..", "trace"))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	form := regexp.MustCompile(`^(\d+) +([a-z0-9_]+)\(`)
	thread, begun := "", false
	for line := range strings.Lines(string(text)) {
		m := form.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if thread == "" {
			thread = m[1] // the main one
		}
		if m[1] != thread {
			continue
		}
		count[m[2]]++
		begun = begun || strings.Contains(line, marker)
		if begun && !slices.Contains(harmless, m[2]) {
			names, numbers = append(names, m[2]), append(numbers, count[m[2]])
		}
	}
	return names, numbers
}

func needStrace(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts processes")
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
}

// afterwards is the next run. It returns whether all is new.
func afterwards(t *testing.T, root, what string) bool {
	t.Helper()
	s := open(t, root)
	defer s.Close()
	if _, err := s.Settle(Either); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	return whole(t, straced, tree(t, root), what)
}

func TestKilledAtSystemCalls(t *testing.T) {
	needStrace(t)
	names, numbers := calls(t)
	step := 1
	if !*every {
		step = 29
	}
	killed, olds := 0, 0
	for i := 0; i < len(names); i += step {
		root := filepath.Join(t.TempDir(), "r")
		straced.put(t, root)
		_, dead, _ := trace(t, root, "-e", "trace="+names[i], "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", names[i], numbers[i]))
		if dead {
			killed++
		}
		if !afterwards(t, root, fmt.Sprintf("killed at %s %d", names[i], numbers[i])) {
			olds++
		}
	}
	t.Logf("%d system calls, killed at %d: %d trees are old, %d new", len(names), killed, olds, killed-olds)
	if killed == 0 || *every && (killed < len(names)*9/10 || olds == 0 || olds == killed) {
		t.Errorf("killed at %d of %d calls, %d trees are old: it shows too little", killed, len(names), olds)
	}
}

func TestSystemCallsFail(t *testing.T) {
	needStrace(t)
	names, numbers := calls(t)
	step := 1
	if !*every {
		step = 89
	}
	runs, told := 0, 0
	for e, fail := range []string{"ENOSPC", "EIO", "EROFS", "EDQUOT", "EINTR"} {
		for i := e; i < len(names); i += step {
			root := filepath.Join(t.TempDir(), "r")
			straced.put(t, root)
			out, _, err := trace(t, root, "-e", "trace="+names[i], "-e", fmt.Sprintf("inject=%s:error=%s:when=%d", names[i], fail, numbers[i]))
			what := fmt.Sprintf("%s at %s %d (%s)", fail, names[i], numbers[i], strings.TrimSpace(out))
			runs++
			if err != nil {
				told++
			}
			if s := maps.Equal(tree(t, root), straced.new); s && err != nil && !strings.Contains(out, "next run") {
				t.Errorf("%s: it failed and all is new", what)
			}
			if isNew := afterwards(t, root, what); !isNew && err == nil {
				t.Errorf("%s: it said that all is well", what)
			}
		}
	}
	t.Logf("%d failures of system calls, %d told as an error", runs, told)
}
