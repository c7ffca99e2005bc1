// Rows prints the rows of bench/README.md: what ours takes in each case, and what it is compared with, in turn in the same tree.
//
//	rows [-trees DIR] [-n N] [-peers] [NAME…]     the rows whose names contain one of the words; without any, all
//	rows -list                                    the names, the trees they need, and whether peers are run
//
// A row is skipped, with a line that says so, where its tree is not below -trees: bench/trees makes them. With -peers the compared
// commands are run, too (up to four minutes of cpu each); without, a row quotes what they took on an earlier day, and marks it with *.
// The load of the machine stands beside each row, before and after.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	r := &runner{}
	list := flag.Bool("list", false, "list the rows")
	flag.StringVar(&r.trees, "trees", os.TempDir(), "`DIR` with the trees of bench/trees")
	flag.StringVar(&r.bin, "bin", "", "`DIR` with jwtretire, plainvet, pairs, many, pathological and staged; bench/run builds them")
	flag.IntVar(&r.n, "n", 1, "runs of each command, of which the median counts")
	flag.BoolVar(&r.peers, "peers", false, "run what ours is compared with")
	flag.Parse()
	rows := all()
	if *list {
		for _, w := range rows {
			fmt.Printf("%s\t%s\t%s\n", w.name, w.tree, w.peer)
		}
		return
	}
	tmp, err := os.MkdirTemp("", "rows-")
	if err == nil {
		defer os.RemoveAll(tmp)
		r.tmp = tmp
		fmt.Println("row | ours | compared with | load")
		for _, w := range rows {
			if err = r.run(w, flag.Args()); err != nil {
				break
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rows:", err)
		os.Exit(2)
	}
}

type runner struct {
	trees, bin, tmp string
	n               int
	peers           bool
}

// run prints a row, if it is asked for and its tree is there.
func (r *runner) run(w row, names []string) error {
	asked := len(names) == 0
	for _, n := range names {
		asked = asked || strings.Contains(w.name, n)
	}
	if !asked {
		return nil
	}
	dir := filepath.Join(r.trees, w.tree)
	if w.make != nil {
		dir = filepath.Join(r.tmp, "tree")
		defer os.RemoveAll(dir)
		args := w.make(dir)
		if out, err := exec.Command(filepath.Join(r.bin, args[0]), args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", w.name, err, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		fmt.Printf("%s | skipped: no %s; bench/trees makes it\n", w.name, dir)
		return nil
	}
	before := load()
	peer := w.peer
	if !r.peers || peer == "" {
		peer = "true"
	}
	args := []string{"-dir", dir, "-n", fmt.Sprint(r.n), "-brief", "-a", r.words(w.ours), "-b", r.words(peer)}
	if w.cold {
		args = append(args, "-cold")
	}
	if w.edit {
		args = append(args, "-edit")
	}
	cmd := exec.Command(filepath.Join(r.bin, "pairs"), args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", w.name, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	compared := w.quoted
	if peer != "true" {
		compared = w.peer + ": " + lines[1]
	} else if compared != "" {
		compared += " *"
	}
	fmt.Printf("%s | %s | %s | %s to %s\n", w.name, lines[0], compared, before, load())
	return nil
}

// words puts our programs in their places in a command.
func (r *runner) words(command string) string {
	for _, name := range []string{"jwtretire", "plainvet", "staticcheck", "gosec"} {
		command = strings.ReplaceAll(command, "$"+name, filepath.Join(r.bin, name))
	}
	return command
}

// load returns the load of the machine over the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
