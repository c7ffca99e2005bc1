package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"jwtretire.example/internal/git"
)

// A blob is a file of the index.
type blob struct {
	name   string // relative to the top of the work tree, with slashes
	mode   string // "100644"
	id     string
	status string // of a difference: "A", "M", "D", …
}

// matters reports whether an analysis can depend on the blob: a Go file, or a file that selects modules. Links
// and submodules do not count.
func (b blob) matters() bool {
	base := path.Base(b.name)
	return strings.HasPrefix(b.mode, "100") &&
		(strings.HasSuffix(base, ".go") || base == "go.mod" || base == "go.sum" || base == "go.work" || b.name == "vendor/modules.txt" || strings.HasSuffix(b.name, "/vendor/modules.txt"))
}

// head is the last commit, which a new repository does not have.
const head = "HEAD"

// stagedBlobs returns the blobs of the index that differ from the last commit, without deletions.
func (ix *index) stagedBlobs() ([]blob, error) {
	args := []string{"diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ita-invisible-in-index", "--ignore-submodules=all", "--diff-filter=ACMT"}
	raw, err := ix.repo.Run(ix.ctx, nil, append(args, head, "--")...)
	if err != nil {
		if _, outside := ix.repo.Run(ix.ctx, nil, "rev-parse", "-q", "--verify", head); outside == nil {
			return nil, err
		}
		// Before the first commit all files are new.
		empty, err := ix.repo.Run(ix.ctx, []byte{}, "hash-object", "-t", "tree", "--stdin")
		if err != nil {
			return nil, err
		}
		if raw, err = ix.repo.Run(ix.ctx, nil, append(args, strings.TrimSpace(string(empty)), "--")...); err != nil {
			return nil, err
		}
	}
	return readRaw(raw)
}

// differences returns the files of the work tree that may differ from the index, with the blobs of the index. With pathspecs
// it is restricted to these.
//
// It runs git diff-files. Rejected: git diff, because it runs the repository's filters on files whose time differs from that in
// the index. Such files are compared here; files that git converts for the work tree (line ends) are then among the
// differences, which costs a read of each.
func (ix *index) differences(pathspecs ...string) ([]blob, error) {
	args := []string{"diff-files", "-0", "--raw", "-z", "--no-renames", "--no-abbrev", "--ita-invisible-in-index", "--ignore-submodules=all", "--"}
	raw, err := ix.repo.Run(ix.ctx, nil, append(args, pathspecs...)...)
	if err != nil {
		return nil, err
	}
	list, err := readRaw(raw)
	return slices.DeleteFunc(list, func(b blob) bool {
		if b.status != "M" || !b.matters() {
			return false
		}
		src, err := os.ReadFile(absolute(ix.top, b.name))
		return err == nil && git.Named(src)(b.id)
	}), err
}

// readRaw parses the output of git with --raw -z.
func readRaw(raw []byte) ([]blob, error) {
	var list []blob
	fields := strings.Split(string(raw), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		// ":100644 100644 from to M"
		f := strings.Fields(strings.TrimPrefix(fields[i], ":"))
		if len(f) != 5 {
			return nil, fmt.Errorf("-staged: unexpected output of git diff: %q", fields[i])
		}
		b := blob{fields[i+1], f[1], f[3], f[4]}
		if strings.Trim(b.id, "0") == "" { // the right side is the work tree, or has no such file
			b.mode, b.id = f[0], f[2]
		}
		list = append(list, b)
	}
	return list, nil
}

// packages returns pathspecs for the Go files in the directories of staged ones.
func (ix *index) packages() []string {
	args := []string{"--"}
	seen := map[string]bool{}
	for _, b := range ix.files {
		if dir := path.Dir(b.name); !seen[dir] {
			seen[dir] = true
			args = append(args, ":(top,glob)"+path.Join(quoteGlob.Replace(dir), "*.go"))
		}
	}
	return args
}

// quoteGlob quotes a name for a pathspec.
var quoteGlob = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// contents returns the contents of blobs in their order, with one git process.
func (ix *index) contents(list []blob) ([][]byte, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var ask bytes.Buffer
	for _, b := range list {
		ask.WriteString(b.id)
		ask.WriteByte('\n')
	}
	out, err := ix.repo.Run(ix.ctx, ask.Bytes(), "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	contents := make([][]byte, len(list))
	for i, b := range list {
		head, rest, _ := bytes.Cut(out, []byte("\n"))
		var id, kind string
		var size int
		if _, err := fmt.Sscanf(string(head), "%s %s %d", &id, &kind, &size); err != nil || size > len(rest) {
			return nil, fmt.Errorf("-staged: unexpected output of git cat-file: %q for %s", head, b.name)
		}
		contents[i] = rest[:size:size]
		out = bytes.TrimPrefix(rest[size:], []byte("\n"))
	}
	return contents, nil
}
