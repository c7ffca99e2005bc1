package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/git"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/scan"
)

// mayWrite returns an error if files would be written over that nobody could get back: those with uncommitted changes,
// unless -dirty says so. Of files that are under no version control it tells which are going to change; whoever wants
// to look first has -n and -diff.
func (c *command) mayWrite(files []patch.File) error {
	if c.staged || c.dirty {
		return nil // what is staged can be got back from the index; see unstaged
	}
	old, loose, err := c.uncommitted(files)
	if err != nil {
		return fmt.Errorf("nothing was changed: cannot find out whether files have uncommitted changes (%w); -dirty skips this check", err)
	}
	if len(old) > 0 {
		verb := "has"
		if len(old) > 1 {
			verb = "have"
		}
		return fmt.Errorf("nothing was changed: %s %s uncommitted changes, which would be mixed with the rewrite; commit or stash them, or run with -dirty", some(old), verb)
	}
	if len(loose) > 0 {
		var said strings.Builder
		fmt.Fprintf(&said, "not under version control (jwtretire fix -n lists the changes without writing them); files that are changed now:")
		for _, f := range loose {
			said.WriteString("\n\t" + f)
		}
		c.remark([]string{said.String()})
	}
	return nil
}

// uncommitted sorts out the files that are to change: those whose contents the last commit does not have, and
// those that are in no repository. A repository that knows none of its files here, such as one around a folder that it
// ignores, counts as none.
func (c *command) uncommitted(files []patch.File) (old, loose []string, err error) {
	tops := map[string][]patch.File{}
	var order []string
	for _, f := range files {
		top := git.Top(filepath.Dir(f.Path))
		if os.Getenv("GIT_DIR") != "" {
			top = git.Top(c.dir)
		}
		if tops[top] == nil {
			order = append(order, top)
		}
		tops[top] = append(tops[top], f)
	}
	for _, top := range order {
		list := tops[top]
		changed, known := []string(nil), false
		if top != "" {
			if changed, known, err = c.uncommittedIn(top, list); err != nil {
				return nil, nil, err
			}
		}
		if known {
			old = append(old, changed...)
			continue
		}
		for _, f := range list {
			loose = append(loose, c.rel(f.Path))
		}
	}
	slices.Sort(loose)
	return old, loose, nil
}

// uncommittedIn returns the files of one repository that are not as it has them, and whether it knows any.
func (c *command) uncommittedIn(top string, files []patch.File) (changed []string, known bool, err error) {
	repo, err := git.Open(top, c.started)
	if err != nil {
		return nil, false, err
	}
	real, err := filepath.EvalSymlinks(top)
	if err != nil {
		return nil, false, err
	}
	var names []string
	old := map[string]patch.File{}
	for _, f := range files {
		if f.Old == nil {
			continue // a new file is written over nothing
		}
		path, err := filepath.EvalSymlinks(f.Path)
		if err != nil {
			return nil, false, err
		}
		rel, err := filepath.Rel(real, path)
		if err != nil || !filepath.IsLocal(rel) {
			continue // the journal refuses it, and says why
		}
		name := filepath.ToSlash(rel)
		names = append(names, name)
		old[name] = f
	}
	if len(names) == 0 {
		return nil, true, nil
	}
	committed, err := repo.Committed(c.ctx, names...)
	if err != nil {
		return nil, false, err
	}
	for _, k := range committed {
		if f, ok := old[k.Name]; ok && unchanged(f.Old, k.ID) {
			delete(old, k.Name)
		}
	}
	known = len(committed) > 0
	if !known {
		index, err := repo.InIndex(c.ctx, names...)
		if err != nil {
			return nil, false, err
		}
		known = len(index) > 0
	}
	for _, name := range names {
		if f, ok := old[name]; ok {
			changed = append(changed, c.rel(f.Path))
		}
	}
	return changed, known, nil
}

// unchanged reports whether contents are those that git has, be it with other line ends (core.autocrlf).
func unchanged(content []byte, id string) bool {
	return git.Named(content)(id) || bytes.Contains(content, []byte("\r\n")) && git.Named(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")))(id)
}

// preview is what fix -n has to say: the report, and on standard error the files that would change.
func (c *command) preview(res *scan.Result, files []patch.File) (int, error) {
	d, err := c.document(res, ledger.Diff, files)
	if err != nil {
		return exitError, err
	}
	c.analysed, c.changed = res.Ledger, files
	code := exitClean
	var would []string
	for _, f := range files {
		how := "change"
		switch {
		case bytes.Equal(f.Old, f.New) && (f.Old == nil) == (f.New == nil):
			continue
		case f.Old == nil:
			how = "create"
		case f.New == nil:
			how = "delete"
		}
		would = append(would, "would "+how+" "+c.rel(f.Path))
		code = exitFound
	}
	if code, err = c.present(d, code); err == nil {
		c.remark(would)
	}
	return code, err
}
