// Pairs runs two commands in turn on the same tree, A B A B …, and prints for both the median of
// wall time, processor time and peak memory, and the ratios B/A pair by pair.
//
//	pairs -dir TREE [-n 5] [-cold] -a 'jwtretire ./...' -b 'go vet ./...'
//
// With -cold every run has an empty build cache of its own (GOCACHE) and an empty cache of the tools
// (XDG_CACHE_HOME); modules stay downloaded. Exit codes of the commands are printed and ignored, because
// findings are not failures.
//
// In a command, @n is replaced by a number that is unique to the run, and fresh=FILE by the path of a copy of
// that program with other last bytes, so the go command has no cached results for it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type sample struct {
	wall, cpu float64 // seconds
	peak      float64 // MiB, of the largest process
	code      int
}

func main() {
	dir := flag.String("dir", ".", "tree to run in")
	n := flag.Int("n", 5, "counted runs of each command, after one that is not")
	cold := flag.Bool("cold", false, "give every run an empty build cache")
	a := flag.String("a", "", "first command, words separated by blanks")
	b := flag.String("b", "", "second command")
	brief := flag.Bool("brief", false, "print a line for each command: cpu, wall time and peak")
	flag.BoolVar(&edit, "edit", false, "add a comment to a Go file before each run, and take it off afterwards")
	flag.Parse()
	if *a == "" || *b == "" {
		fmt.Fprintln(os.Stderr, "pairs: -a and -b are needed")
		os.Exit(2)
	}
	var as, bs []sample
	first := -1
	if *cold {
		first = 0 // in a cold run, nothing may have run before
	}
	for i := first; i < *n; i++ {
		sa, err := run(*dir, *a, *cold)
		if err == nil {
			var sb sample
			if sb, err = run(*dir, *b, *cold); err == nil && i >= 0 {
				as, bs = append(as, sa), append(bs, sb)
			}
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "pairs:", err)
			os.Exit(2)
		}
	}
	if *brief {
		for _, list := range [][]sample{as, bs} {
			fmt.Printf("%s cpu, %s wall, %.0f MiB\n",
				seconds(median(list, func(s sample) float64 { return s.cpu })),
				seconds(median(list, func(s sample) float64 { return s.wall })),
				median(list, func(s sample) float64 { return s.peak }))
		}
		return
	}
	show("A", *a, as)
	show("B", *b, bs)
	fmt.Printf("B/A: wall %.1f  cpu %.1f  peak %.1f\n",
		ratio(as, bs, func(s sample) float64 { return s.wall }),
		ratio(as, bs, func(s sample) float64 { return s.cpu }),
		ratio(as, bs, func(s sample) float64 { return s.peak }))
}

// edit adds an edit before each run.
var edit bool

func run(dir, command string, cold bool) (sample, error) {
	if edit {
		undo, err := change(dir)
		if err != nil {
			return sample{}, err
		}
		defer undo()
	}
	tmp, err := os.MkdirTemp("", "pairs-")
	if err != nil {
		return sample{}, err
	}
	defer os.RemoveAll(tmp)
	words, err := expand(command, tmp)
	if err != nil {
		return sample{}, err
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = dir
	if cold {
		cmd.Env = append(os.Environ(), "GOCACHE="+tmp+"/build", "XDG_CACHE_HOME="+tmp+"/tools", "STATICCHECK_CACHE="+tmp+"/staticcheck")
	}
	start := time.Now()
	err = cmd.Run()
	wall := time.Since(start).Seconds()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return sample{}, fmt.Errorf("%s: %w", command, err)
	}
	use := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return sample{
		wall: wall,
		cpu:  (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(),
		peak: float64(use.Maxrss) / 1024,
		code: cmd.ProcessState.ExitCode(),
	}, nil
}

// change adds a comment that is unique to the run to the first Go file of a tree. undo removes it.
func change(dir string) (undo func(), err error) {
	var name string
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			name = path
			return fs.SkipAll
		}
		return err
	})
	if err == nil && name == "" {
		err = fmt.Errorf("no Go file in %s", dir)
	}
	if err != nil {
		return nil, err
	}
	old, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	undo = func() { _ = os.WriteFile(name, old, 0o666) }
	return undo, os.WriteFile(name, fmt.Appendf(old[:len(old):len(old)], "\n// %d\n", time.Now().UnixNano()), 0o666)
}

// expand returns the words of a command. Copies of programs go to tmp.
func expand(command, tmp string) ([]string, error) {
	salt := strconv.FormatInt(time.Now().UnixNano(), 36)
	words := strings.Fields(strings.ReplaceAll(command, "@n", salt))
	for i, w := range words {
		before, name, ok := strings.Cut(w, "fresh=")
		if !ok {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		words[i] = before + filepath.Join(tmp, filepath.Base(name))
		if err := os.WriteFile(filepath.Join(tmp, filepath.Base(name)), append(data, salt...), 0o700); err != nil {
			return nil, err
		}
	}
	return words, nil
}

func show(name, command string, all []sample) {
	fmt.Printf("%s: wall %.3f s  cpu %.3f s  peak %.0f MiB  exit %d  (median of %d)  %s\n", name,
		median(all, func(s sample) float64 { return s.wall }),
		median(all, func(s sample) float64 { return s.cpu }),
		median(all, func(s sample) float64 { return s.peak }), all[0].code, len(all), command)
}

// seconds prints a time, a short one in milliseconds.
func seconds(s float64) string {
	if s < 0.1 {
		return fmt.Sprintf("%.0f ms", 1000*s)
	}
	return fmt.Sprintf("%.2f s", s)
}

func median(all []sample, f func(sample) float64) float64 {
	var v []float64
	for _, s := range all {
		v = append(v, f(s))
	}
	sort.Float64s(v)
	return v[len(v)/2]
}

func ratio(as, bs []sample, f func(sample) float64) float64 {
	var v []float64
	for i := range as {
		v = append(v, f(bs[i])/f(as[i]))
	}
	sort.Float64s(v)
	return v[len(v)/2]
}
