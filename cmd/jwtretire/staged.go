package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	top, err := git(c, c.dir, nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	root := strings.TrimRight(string(top), "\n")
	// git's names have no symbolic links in them, and these names meet those of git.
	if real, err := filepath.EvalSymlinks(c.dir); err == nil {
		c.dir = real
	}
	staged, err := blobs(c, root, "diff", "--cached", "--diff-filter=ACM")
	if err != nil {
		return nil, err
	}
	dirs := map[string]bool{}
	for name, blob := range staged {
		if dir := filepath.Dir(name); sift.Blob(filepath.Base(name), blob) != 0 && isDir(dir) {
			dirs[dir] = true
		}
	}
	if len(dirs) == 0 {
		return nothing, nil
	}
	opts := c.options()
	if opts.Overlay, err = index(c, root, staged); err != nil {
		return nil, err
	}
	opts.Patterns = nil
	for d := range dirs {
		opts.Patterns = append(opts.Patterns, d)
	}
	slices.Sort(opts.Patterns)
	res, err := scan.Run(c.ctx, opts)
	if err != nil {
		return nil, err
	}
	res.Keep(func(r *ledger.Record) bool {
		for _, s := range r.Flow.Steps {
			if staged[s.Span.File] != nil {
				return true
			}
		}
		return false
	})
	return res, nil
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// index returns the overlay that makes the work tree look like the index: what is staged, what was
// changed since, and nothing that git does not know.
func index(c *command, root string, staged map[string][]byte) (map[string][]byte, error) {
	overlay, err := blobs(c, root, "diff")
	if err != nil {
		return nil, err
	}
	for name, blob := range staged {
		overlay[name] = blob
	}
	others, err := git(c, root, nil, "ls-files", "-z", "--others", "--exclude-standard", "--", "*.go")
	if err != nil {
		return nil, err
	}
	for _, name := range strings.Split(string(others), "\x00") {
		if name != "" {
			overlay[filepath.Join(root, filepath.FromSlash(name))] = nil
		}
	}
	return overlay, nil
}

// blobs returns the contents, in the index, of the Go and module files that a git diff names, by
// absolute path. It takes two calls of git.
func blobs(c *command, root string, diff ...string) (map[string][]byte, error) {
	files := map[string][]byte{}
	args := append(diff[:1:1], "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--ignore-submodules")
	raw, err := git(c, root, nil, append(args, diff[1:]...)...)
	if err != nil {
		return nil, err
	}
	fields := strings.Split(string(raw), "\x00")
	var names []string
	var ask bytes.Buffer
	for i := 0; i+1 < len(fields); i += 2 {
		var was, is, wasID, isID, status string
		if _, err := fmt.Sscanf(fields[i], ":%s %s %s %s %s", &was, &is, &wasID, &isID, &status); err != nil {
			return nil, fmt.Errorf("git diff said %q", fields[i])
		}
		mode, id := is, isID
		if strings.Trim(id, "0") == "" { // the right side is the work tree
			mode, id = was, wasID
		}
		name := fields[i+1]
		base := filepath.Base(name)
		if !strings.HasPrefix(mode, "100") || !strings.HasSuffix(base, ".go") && base != "go.mod" && base != "go.sum" && base != "go.work" {
			continue
		}
		names = append(names, filepath.Join(root, filepath.FromSlash(name)))
		fmt.Fprintln(&ask, id)
	}
	if len(names) == 0 {
		return files, nil
	}
	out, err := git(c, root, ask.Bytes(), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		head, rest, _ := bytes.Cut(out, []byte("\n"))
		var id, kind string
		var size int
		if _, err := fmt.Sscanf(string(head), "%s %s %d", &id, &kind, &size); err != nil || size > len(rest) {
			return nil, fmt.Errorf("git cat-file said %q of %s", head, c.rel(n))
		}
		files[n] = rest[:size:size]
		out = bytes.TrimPrefix(rest[size:], []byte("\n"))
	}
	return files, nil
}

func git(c *command, dir string, stdin []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(c.ctx, "git", args...)
	cmd.Dir = dir
	if stdin != nil {
		cmd.Stdin = bytes.NewReader(stdin)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("-staged: git %s: %w: %s", args[0], err, strings.TrimSpace(said.String()))
	}
	return out, nil
}
