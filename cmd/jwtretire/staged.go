package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sourcegraph/conc/pool"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/git"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/scan"
	"jwtretire.example/internal/sift"
)

// findStaged scans the staged changes. The prefilter reads the index, not the work tree, and the scan ends
// there if nothing matters. Otherwise the packages are analysed with the contents of the index, and the
// findings with a step in staged files are kept.
func (c *command) findStaged() (*scan.Result, error) {
	// git resolves symbolic links in the names that these are compared with.
	if real, err := filepath.EvalSymlinks(c.dir); err == nil {
		c.dir = real
	}
	ix, err := c.index()
	if err != nil {
		return nil, err
	}
	matters, err := ix.matters()
	if err != nil {
		return nil, err
	}
	if !matters {
		return &scan.Result{Ledger: &ledger.Ledger{}}, nil
	}
	opts := c.options()
	if opts.Overlay, err = ix.overlay(); err != nil {
		return nil, err
	}
	opts.Patterns = ix.dirs()
	res, err := scan.Run(c.ctx, opts)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, b := range ix.staged {
		named[absolute(ix.top, b.name)] = true
	}
	res.Keep(func(r *ledger.Record) bool {
		return slices.ContainsFunc(r.Flow.Steps, func(s flow.Step) bool { return named[s.Span.File] })
	})
	return res, nil
}

// An index is the content of the next commit, with its changes.
type index struct {
	*command
	repo   *git.Repo
	top    string // the root of the work tree
	small  bool   // the whole tree can be read quickly
	staged []blob
	files  []blob // the staged Go files
}

// smallIndex is the size of an index in bytes up to which a hook reads the whole tree: about 2,500 files.
const smallIndex = 256 << 10

// index lists the staged files.
func (c *command) index() (*index, error) {
	repo, err := git.Open(c.dir, c.started)
	if err != nil {
		return nil, fmt.Errorf("-staged: %w", err)
	}
	ix := &index{command: c, repo: repo}
	p := pool.New().WithErrors().WithFirstError()
	p.Go(func() (err error) {
		ix.staged, err = ix.stagedBlobs()
		return err
	})
	p.Go(ix.place)
	if err := p.Wait(); err != nil {
		return nil, fmt.Errorf("-staged: %w", err)
	}
	for _, b := range ix.staged {
		if b.matters() && sift.IsGoFile(b.name) {
			ix.files = append(ix.files, b)
		}
	}
	return ix, nil
}

// place finds the top of the work tree and the size of the index.
func (ix *index) place() error {
	out, err := ix.repo.Run(ix.ctx, nil, "rev-parse", "--show-toplevel", "--git-path", "index")
	if err != nil {
		return err
	}
	lines := strings.TrimSuffix(string(out), "\n")
	i := strings.LastIndexByte(lines, '\n')
	ix.top = lines[:max(i, 0)]
	if os.Getenv("GIT_DIR") == "" && !sameDir(ix.top, ix.repo.Dir) {
		return fmt.Errorf("the configuration of the repository in %s sets core.worktree to %s, outside of the repository", ix.repo.Dir, ix.top)
	}
	path := lines[i+1:]
	if !filepath.IsAbs(path) {
		path = filepath.Join(ix.repo.Dir, path)
	}
	info, err := os.Stat(path)
	ix.small = err != nil || info.Size() <= smallIndex // without an index, no file is staged
	return nil
}

// dirs returns the absolute directories of the staged Go files.
func (ix *index) dirs() []string {
	var dirs []string
	for _, b := range ix.files {
		dirs = append(dirs, filepath.Dir(absolute(ix.top, b.name)))
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// rare are the classes of which every flow has one.
const rare = sift.Exchange | sift.Bearer

// matters reports whether a staged Go file may be part of a flow: its package has an exchange, or the tree has one and
// the package signs or has a key, also in a file that is not staged, because a change can connect existing code. Other
// packages may still pass values on; see related and importedClasses.
//
// Files without unstaged changes are read from the work tree, which is faster than git. Untracked files are read, too; they
// can only cause a scan that was not necessary.
func (ix *index) matters() (bool, error) {
	if len(ix.files) == 0 {
		return false, nil
	}
	words := scan.Words(ix.all, ix.config)
	if ix.small {
		return ix.related(words)
	}
	dirs := ix.dirs()
	var committed []blob
	var disk onDisk
	var imported sift.Class
	p := pool.New().WithErrors().WithFirstError()
	p.Go(func() (err error) {
		committed, err = ix.committed()
		return err
	})
	p.Go(func() error {
		disk.hashed = true
		disk.look(ix.ctx, dirs, sift.IsGoFile, words.Blob)
		return nil
	})
	p.Go(func() error {
		imported = ix.importedClasses(words, nil)
		return nil
	})
	if err := p.Wait(); err != nil || (disk.class()|imported)&rare != 0 {
		return err == nil, err
	}
	class := disk.class()
	changed, err := ix.unlike(committed, &disk)
	if err != nil {
		return false, err
	}
	overlay, err := ix.contentsOf(changed)
	if err != nil {
		return false, err
	}
	for name, src := range overlay {
		if slices.Contains(dirs, filepath.Dir(name)) {
			class |= words.Blob(filepath.Base(name), src)
		}
	}
	switch {
	case class&rare != 0:
		return true, nil
	case class != 0:
		return ix.elsewhere(words, overlay)
	}
	return ix.importedClasses(words, overlay) != 0, nil
}

// overlay returns the contents that turn the work tree into the index: staged files, and files with unstaged
// changes. Untracked files are deleted.
func (ix *index) overlay() (map[string][]byte, error) {
	changed, err := ix.differences()
	if err != nil {
		return nil, err
	}
	overlay, err := ix.contentsOf(append(changed, ix.staged...))
	if err != nil {
		return nil, err
	}
	others, err := ix.repo.Run(ix.ctx, nil, "ls-files", "-z", "--full-name", "--others", "--exclude-standard", "--", ":(top)*.go")
	if err != nil {
		return nil, err
	}
	for _, name := range strings.Split(string(others), "\x00") {
		if name != "" {
			overlay[absolute(ix.top, name)] = nil
		}
	}
	return overlay, nil
}

// contentsOf returns the contents in the index of those blobs that matter, by absolute path.
func (ix *index) contentsOf(blobs []blob) (map[string][]byte, error) {
	overlay := map[string][]byte{}
	var list []blob
	for _, b := range blobs {
		switch {
		case b.status == "A" && strings.Trim(b.id, "0") == "":
			overlay[absolute(ix.top, b.name)] = nil // added with git add -N: its contents are not staged
		case strings.Trim(b.id, "0") == "": // in conflict: the file of the work tree counts
		case b.matters():
			list = append(list, b)
		}
	}
	contents, err := ix.contents(list)
	if err != nil {
		return nil, err
	}
	for i, b := range list {
		overlay[absolute(ix.top, b.name)] = contents[i]
	}
	return overlay, nil
}

// absolute returns the absolute path of a name of git.
func absolute(top, name string) string {
	return filepath.Join(top, filepath.FromSlash(name))
}
