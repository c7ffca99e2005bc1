package main

import (
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/scan"
	"jwtretire.example/internal/sift"
)

// findStaged looks at what is staged: the sift reads the index, not the work tree, and stops there
// when nothing matters. Where something does, the packages are analysed with the index's contents, and
// the findings that touch staged files are kept.
func (c *command) findStaged() (*scan.Result, error) {
	// git's names have no symbolic links in them, and these names meet those of git.
	if real, err := filepath.EvalSymlinks(c.dir); err == nil {
		c.dir = real
	}
	staged, err := c.differences("--cached", "--diff-filter=ACMT")
	if err != nil {
		if _, outside := c.top(); outside != nil {
			return nil, outside // git diff is another command there, and speaks of its options
		}
		return nil, err
	}
	dirs, err := c.packages(staged)
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		return &scan.Result{Ledger: &ledger.Ledger{}}, nil
	}
	top, err := c.top()
	if err != nil {
		return nil, err
	}
	opts := c.options()
	if opts.Overlay, err = c.overlay(top, staged); err != nil {
		return nil, err
	}
	opts.Patterns = nil
	for _, d := range dirs {
		opts.Patterns = append(opts.Patterns, absolute(top, d))
	}
	res, err := scan.Run(c.ctx, opts)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, b := range staged {
		named[absolute(top, b.name)] = true
	}
	res.Keep(func(r *ledger.Record) bool {
		return slices.ContainsFunc(r.Flow.Steps, func(s flow.Step) bool { return named[s.Span.File] })
	})
	return res, nil
}

// packages returns the directories, from the top, that have both a staged Go file and a trigger. The
// trigger may be in a file that is not staged: a change can join what was there before.
func (c *command) packages(staged []blob) ([]string, error) {
	var files []blob
	for _, b := range staged {
		if b.matters() && sift.IsGoFile(b.name) {
			files = append(files, b)
		}
	}
	if len(files) == 0 {
		return nil, nil
	}
	all, err := c.siblings(files)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(b blob) bool { return !b.matters() || !sift.IsGoFile(b.name) })
	contents, err := c.contents(all)
	if err != nil {
		return nil, err
	}
	words := scan.Words(c.all, c.config)
	var dirs []string
	for i, b := range all {
		if words.Blob(b.name, contents[i]) != 0 {
			dirs = append(dirs, filepath.Dir(b.name))
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs), nil
}

// overlay returns the contents that make the work tree look like the index: what is staged, what was
// changed since, and nothing that git does not know.
func (c *command) overlay(top string, staged []blob) (map[string][]byte, error) {
	changed, err := c.differences()
	if err != nil {
		return nil, err
	}
	overlay := map[string][]byte{}
	var list []blob
	for _, b := range append(changed, staged...) {
		switch {
		case b.status == "A" && strings.Trim(b.id, "0") == "":
			overlay[absolute(top, b.name)] = nil // added with git add -N: known, and not staged
		case b.matters():
			list = append(list, b)
		}
	}
	contents, err := c.contents(list)
	if err != nil {
		return nil, err
	}
	for i, b := range list {
		overlay[absolute(top, b.name)] = contents[i]
	}
	others, err := c.git(nil, "ls-files", "-z", "--full-name", "--others", "--exclude-standard", "--", ":(top)*.go")
	if err != nil {
		return nil, err
	}
	for _, name := range strings.Split(string(others), "\x00") {
		if name != "" {
			overlay[absolute(top, name)] = nil
		}
	}
	return overlay, nil
}

// absolute returns the path of a file that git names.
func absolute(top, name string) string {
	return filepath.Join(top, filepath.FromSlash(name))
}
