package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"jwtretire.example/fixer/journal"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/git"
	"jwtretire.example/internal/legible"
)

// The time that a run waits for another one: for the end of its fix, or of its write.
const (
	fixPatience  = time.Minute
	scanPatience = 10 * time.Second
)

// open locks the tree that a fix writes to.
func (c *command) open() error {
	site, err := journal.Open(c.root())
	if err != nil {
		return err
	}
	c.tree = site
	err = site.Lock(c.ctx, fixPatience, func() {
		c.remark([]string{"another fix is running in " + site.Root + "; waiting for it to end"})
	})
	if err != nil {
		site.Close()
	}
	return err
}

// within returns a function that reports whether this run may change a file: one below its directory or below
// an argument, or in the same repository (or workspace, or module). A go.work or a replacement can add other
// directories, which may be foreign. Nested repositories do not count.
func (c *command) within() func(file string) bool {
	root := realPath(c.root())
	own := git.Top(root)
	var asked []string
	for _, dir := range c.directories() {
		asked = append(asked, realPath(dir))
	}
	below := func(dir, file string) bool {
		rel, err := filepath.Rel(dir, file)
		return err == nil && filepath.IsLocal(rel)
	}
	return func(file string) bool {
		file = realPath(file)
		switch {
		case !below(root, file):
			return false
		case slices.ContainsFunc(asked, func(dir string) bool { return below(dir, file) }):
			return true
		}
		return git.Top(filepath.Dir(file)) == own
	}
}

// root returns the tree that the run may write to: the common parent of the directories of all arguments.
func (c *command) root() string {
	root := ""
	for _, dir := range c.directories() {
		tree := journal.RootOf(dir)
		for root != "" && tree != root && !strings.HasPrefix(tree, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator)) {
			if up := filepath.Dir(root); up != root {
				root = up
			} else {
				break
			}
		}
		if root == "" {
			root = tree
		}
	}
	return root
}

// realPath resolves the symbolic links of a name, as far as the path exists.
func realPath(name string) string {
	real, err := filepath.EvalSymlinks(name)
	if err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
		return filepath.Join(dir, filepath.Base(name))
	}
	return name
}

// writeTree writes the files and prints the notes of the journal.
func (c *command) writeTree(files []patch.File) error {
	notes, err := c.tree.Write(files)
	if err != nil {
		return fmt.Errorf("nothing was changed: %s", c.relative(err.Error()))
	}
	c.remark(notes)
	return nil
}

func (c *command) remark(notes []string) {
	for _, n := range notes {
		fmt.Fprintf(c.stderr, "jwtretire: %s\n", legible.Lines(c.relative(n)))
	}
}

// settleHere settles the trees of the run, once.
func (c *command) settleHere() error {
	if c.settled {
		return nil
	}
	c.settled = true
	return c.settleAll(c.interrupted())
}

// settleAll completes or reverts the interrupted writes in these trees.
func (c *command) settleAll(roots []string) error {
	for _, root := range roots {
		if c.tree != nil && sameDir(root, c.tree.Root) {
			if err := c.settle(c.tree, journal.Either); err != nil {
				return err
			}
			continue
		}
		other, err := c.other(root)
		if err != nil {
			return err
		}
		if other == nil {
			continue
		}
		err = c.settle(other, journal.Either)
		other.Close()
		if errors.Is(err, journal.ErrUnsigned) && c.tree == nil {
			c.remark([]string{err.Error()}) // a run that writes nothing continues with the tree as it is
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// other returns a tree with its lock, or nil if another run completed its write in the meantime.
func (c *command) other(root string) (*journal.Site, error) {
	s, err := journal.Open(root)
	if err != nil {
		return nil, err
	}
	for until := time.Now().Add(scanPatience); s.Pending(); {
		err = s.Lock(c.ctx, 0, nil)
		if err == nil {
			return s, nil
		}
		if !errors.Is(err, journal.ErrBusy) || time.Now().After(until) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Close()
	return nil, err
}

// settle settles one tree and prints the result.
func (c *command) settle(s *journal.Site, to journal.Direction) error {
	got, err := s.Settle(to)
	if err != nil || got == nil {
		return err
	}
	said := "what a fix had prepared that was interrupted is removed; it had changed nothing"
	if n := len(got.Files); n > 0 {
		what := "taken back: as before are"
		if got.Forward {
			what = "finished: written are"
		}
		said = fmt.Sprintf("a fix that was interrupted (process %d, %s) is now %s %s", got.PID, got.Started.Local().Format(time.DateTime), what, some(got.Files))
	}
	if len(got.Edited) > 0 {
		said += "; edited since, and so left as it is: " + some(got.Edited)
	}
	c.remark(append([]string{said}, got.Notes...))
	return nil
}

// some names the first of some files.
func some(files []string) string {
	const max = 5
	if len(files) <= max {
		return strings.Join(files, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(files[:max], ", "), len(files)-max)
}

// settleNow runs fix -abort and fix -continue.
func (c *command) settleNow() (int, error) {
	roots := c.interrupted()
	if len(roots) == 0 {
		return exitError, fmt.Errorf("no fix was interrupted in %s or above", c.dir)
	}
	to := journal.Forward
	if c.abort {
		to = journal.Backward
	}
	for _, root := range roots {
		s, err := journal.Open(root)
		if err == nil {
			if err = s.Lock(c.ctx, scanPatience, nil); err == nil {
				err = c.settle(s, to)
			}
			s.Close()
		}
		if err != nil {
			return exitError, err
		}
	}
	return exitClean, nil
}

// interrupted returns the directories with a journal, among those of the run and of its arguments, and their
// parents.
func (c *command) interrupted() []string {
	var roots []string
	seen := map[string]bool{}
	up := func(dir string) {
		for !seen[dir] {
			seen[dir] = true
			if journal.Pending(dir) {
				roots = append(roots, dir)
			}
			dir = filepath.Dir(dir)
		}
	}
	up(c.dir)
	for _, dir := range c.directories() {
		up(dir)
	}
	slices.Sort(roots)
	return roots
}

// directories returns the directories of the arguments, with or without those below them.
func (c *command) directories() []string {
	var out []string
	for _, arg := range c.args {
		dir := filepath.FromSlash(strings.TrimSuffix(strings.TrimSuffix(filepath.ToSlash(arg), "..."), "/"))
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(c.dir, dir)
		}
		info, err := os.Stat(dir)
		switch {
		case err != nil:
			continue
		case !info.IsDir():
			dir = filepath.Dir(dir)
		}
		out = append(out, filepath.Clean(dir))
	}
	if len(out) == 0 {
		return []string{c.dir}
	}
	return out
}

// sameDir reports whether two names are of one directory.
func sameDir(a, b string) bool {
	if a == b {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
