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
	name   string // from the top of the work tree, with slashes
	mode   string // "100644"
	id     string
	status string // of a difference: "A", "M", "D", …
}

// matters reports whether the blob is a file that an analysis can depend on: a Go file or one that
// says where packages come from. Links and submodules are not.
func (b blob) matters() bool {
	base := path.Base(b.name)
	return strings.HasPrefix(b.mode, "100") &&
		(strings.HasSuffix(base, ".go") || base == "go.mod" || base == "go.sum" || base == "go.work" || b.name == "vendor/modules.txt" || strings.HasSuffix(b.name, "/vendor/modules.txt"))
}

// head is the last commit, which a new repository has not.
const head = "HEAD"

// stagedBlobs returns what the index has that the last commit has not, deletions left out.
func (ix *index) stagedBlobs() ([]blob, error) {
	args := []string{"diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ita-invisible-in-index", "--ignore-submodules=all", "--diff-filter=ACMT"}
	raw, err := ix.repo.Run(ix.ctx, nil, append(args, head, "--")...)
	if err != nil {
		if _, outside := ix.repo.Run(ix.ctx, nil, "rev-parse", "-q", "--verify", head); outside == nil {
			return nil, err
		}
		// Before the first commit everything is new.
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

// differences returns the files of the work tree that are not as the index has them, with the index's version. With
// pathspecs only these are looked at.
//
// git diff-files is asked and not git diff, which reads what has another time than the index noted and hands it to
// the repository's filters. What only has another time is found out here; files that git converts on their way to
// the work tree (line ends) are among the differences then, which costs a look at each.
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

// readRaw reads what git's --raw -z prints.
func readRaw(raw []byte) ([]blob, error) {
	var list []blob
	fields := strings.Split(string(raw), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		// ":100644 100644 from to M"
		f := strings.Fields(strings.TrimPrefix(fields[i], ":"))
		if len(f) != 5 {
			return nil, fmt.Errorf("-staged: git diff said %q", fields[i])
		}
		b := blob{fields[i+1], f[1], f[3], f[4]}
		if strings.Trim(b.id, "0") == "" { // the right side is the work tree, or has no such file
			b.mode, b.id = f[0], f[2]
		}
		list = append(list, b)
	}
	return list, nil
}

// packages returns, for git, the Go files beside those that are staged, and these.
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

// quoteGlob takes a name for what it is.
var quoteGlob = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// contents returns what is in blobs, in their order. It takes one call of git.
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
			return nil, fmt.Errorf("-staged: git cat-file said %q of %s", head, b.name)
		}
		contents[i] = rest[:size:size]
		out = bytes.TrimPrefix(rest[size:], []byte("\n"))
	}
	return contents, nil
}
