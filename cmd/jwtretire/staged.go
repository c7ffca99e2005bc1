package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"

	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/scan"
	"jwtretire.example/internal/sift"
)

// findStaged looks at what is staged: the sift reads the index, not the work tree, and stops there
// when nothing matters. Where something does, the packages are analysed with the index's contents, and
// the findings that touch staged files are kept.
func (c *command) findStaged() (*scan.Result, error) {
	nothing := &scan.Result{Ledger: &ledger.Ledger{}}
	files, err := stagedFiles(c)
	if err != nil {
		return nil, err
	}
	dirs := map[string]bool{}
	for name, blob := range files {
		if sift.Blob(filepath.Base(name), blob) != 0 {
			dirs[filepath.Dir(name)] = true
		}
	}
	if len(dirs) == 0 {
		return nothing, nil
	}
	opts := c.options()
	opts.Patterns, opts.Overlay = nil, files
	for d := range dirs {
		opts.Patterns = append(opts.Patterns, d)
	}
	sort.Strings(opts.Patterns)
	res, err := scan.Run(c.ctx, opts)
	if err != nil {
		return nil, err
	}
	res.Ledger.Records = keepStaged(res, files)
	res.Flows = res.Flows[:0]
	for _, r := range res.Ledger.Records {
		res.Flows = append(res.Flows, &r.Flow)
	}
	return res, nil
}

func keepStaged(res *scan.Result, staged map[string][]byte) []*ledger.Record {
	var out []*ledger.Record
	for _, r := range res.Ledger.Records {
		for _, s := range r.Flow.Steps {
			if _, ok := staged[s.Span.File]; ok {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

// stagedFiles returns the staged contents of the Go files that a commit adds or changes, by
// absolute path, in two calls of git.
func stagedFiles(c *command) (map[string][]byte, error) {
	top, err := git(c, nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	root := strings.TrimRight(string(top), "\n")
	names, err := git(c, nil, "diff", "--cached", "--name-only", "--diff-filter=ACMR", "-z")
	if err != nil {
		return nil, err
	}
	var list []string
	var ask bytes.Buffer
	for _, n := range strings.Split(string(names), "\x00") {
		if strings.HasSuffix(n, ".go") {
			list = append(list, n)
			fmt.Fprintf(&ask, ":%s\n", n)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	out, err := git(c, ask.Bytes(), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, n := range list {
		head, rest, ok := bytes.Cut(out, []byte("\n"))
		var sha, kind string
		var size int
		if !ok {
			return nil, fmt.Errorf("git cat-file said nothing of %s", n)
		}
		if _, err := fmt.Sscanf(string(head), "%s %s %d", &sha, &kind, &size); err != nil || size > len(rest) {
			return nil, fmt.Errorf("git cat-file said %q of %s", head, n)
		}
		files[filepath.Join(root, filepath.FromSlash(n))] = rest[:size]
		out = bytes.TrimPrefix(rest[size:], []byte("\n"))
	}
	return files, nil
}

func git(c *command, stdin []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(c.ctx, "git", args...)
	cmd.Dir = c.dir
	if stdin != nil {
		cmd.Stdin = bytes.NewReader(stdin)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(said.String()))
	}
	return out, nil
}
