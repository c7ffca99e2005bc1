package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"strings"
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

// differences returns what git diff lists. Its right side may be the index or the work tree.
func (c *command) differences(args ...string) ([]blob, error) {
	// -c instead of --no-relative, which git has only since 2.28.
	all := append([]string{"-c", "diff.relative=false", "diff", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--ignore-submodules"}, args...)
	raw, err := c.git(nil, all...)
	if err != nil {
		return nil, err
	}
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
func (c *command) contents(list []blob) ([][]byte, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var ask bytes.Buffer
	for _, b := range list {
		ask.WriteString(b.id)
		ask.WriteByte('\n')
	}
	out, err := c.git(ask.Bytes(), "cat-file", "--batch")
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

// top returns the work tree's root, without symbolic links in it.
func (c *command) top() (string, error) {
	out, err := c.git(nil, "rev-parse", "--show-toplevel")
	return strings.TrimSuffix(string(out), "\n"), err
}

// git runs git where the command was told to work. Where GIT_DIR is set, as in the hooks of a linked
// work tree, git takes the directory that it is started in for the root: that is then the one that
// the command was started in, whatever -C says.
func (c *command) git(stdin []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(c.ctx, "git", append([]string{"--no-optional-locks"}, args...)...)
	cmd.Dir = c.gitDir()
	if stdin != nil {
		cmd.Stdin = bytes.NewReader(stdin)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("-staged: git %s: %w: %s", verb(args), err, strings.TrimSpace(said.String()))
	}
	return out, nil
}

// gitDir returns the directory that git is started in.
func (c *command) gitDir() string {
	if os.Getenv("GIT_DIR") != "" {
		return c.started
	}
	return c.dir
}

// verb returns the subcommand among git's arguments.
func verb(args []string) string {
	for len(args) > 2 && args[0] == "-c" {
		args = args[2:]
	}
	return args[0]
}
