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

// mayWrite returns an error if a write would overwrite uncommitted changes, unless -dirty is set. For files
// outside of version control it prints their names. With -n and -diff, nothing is written.
func (c *command) mayWrite(files []patch.File) error {
	if c.staged || c.dirty {
		return nil // staged contents are in the index; see unstaged
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
		fmt.Fprintf(&said, "files outside of version control are changed now (jwtretire fix -n lists changes without writing them):")
		for _, f := range loose {
			said.WriteString("\n\t" + f)
		}
		c.remark([]string{said.String()})
	}
	return nil
}

// uncommitted returns those of the files to change whose contents are not in the last commit (old), and those
// outside of any repository (loose). A repository without any of its files here, for example around a directory
// that it ignores, does not count.
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

// uncommittedIn returns the files that differ from the last commit of one repository, and whether it has any of
// them.
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
			continue // a new file overwrites nothing
		}
		path, err := filepath.EvalSymlinks(f.Path)
		if err != nil {
			return nil, false, err
		}
		rel, err := filepath.Rel(real, path)
		if err != nil || !filepath.IsLocal(rel) {
			continue // the journal rejects it with its reason
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

// unchanged reports whether contents are those of a blob, possibly with other line ends (core.autocrlf).
func unchanged(content []byte, id string) bool {
	return git.Named(content)(id) || bytes.Contains(content, []byte("\r\n")) && git.Named(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")))(id)
}

// preview is the output of fix -n: the report, and on standard error the names of the files to change.
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
