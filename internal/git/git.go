// Package git runs git in a repository that is not trusted.
//
// Input: a directory and a question. Output: git's answer. This is the only package that runs git, and it does so only where reading
// files is not enough.
//
// A repository has its own configuration, and git runs programs that the configuration names. A clone has none from its origin. But an
// unpacked archive contains .git/config, and a folder of a clone may have the layout of a bare repository, which git accepts as one when
// it is started there. The settings that run programs, and the defence against each:
//
//	core.fsmonitor                runs with anything that reads the index         off by -c
//	core.hooksPath, .git/hooks    post-index-change, when an index is written     an empty path; --no-optional-locks writes none
//	filter.*.clean, .process      run where files are compared with the index     emptied by -c, each by its name (see Filters)
//	diff.external, diff.*.command, textconv    run with patches                   only --raw is asked for, by plumbing commands
//	log.showSignature, gpg.program             run with git log                   git log is not asked; a commit is read as bytes
//	core.pager, core.editor, alias.*           run with porcelain, on a terminal  plumbing has none of them
//	core.sshCommand, remote.*.promisor, remote helpers (ext::)    fetch a missing object    no transport is allowed
//	core.worktree                 points to another tree                          only where git itself says so in GIT_WORK_TREE; writes are
//	                                                                              bound to the tree by package journal
//	submodules                    git runs git in them                            --ignore-submodules=all
//	include.path, include.if      read other files                                read, never run; what comes of them is closed as above
//	a bare repository in a folder of the work tree                                git is started at the top, and safe.bareRepository=explicit
//	.git of another owner         git refuses by itself (safe.directory); that is not switched off
//
// The configuration of the user and of the system is trusted, as it is whenever they run git.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNone says that a directory is in no repository.
var ErrNone = errors.New("not a git repository, nor below one")

// A Repo is a repository with a work tree.
type Repo struct {
	Dir string // the top of the work tree, as the caller names it; where GIT_DIR is set, where git is to start

	filters filters
}

// Top returns the directory at or above dir that has a .git, "" if there is none.
func Top(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// Open returns the repository around a directory, or ErrNone. In a hook git says by GIT_DIR which repository it is; then
// started is the directory that the process began in, which git takes for the top of the work tree if nothing
// else says so.
func Open(dir, started string) (*Repo, error) {
	r := &Repo{Dir: started}
	if os.Getenv("GIT_DIR") == "" {
		if r.Dir = Top(dir); r.Dir == "" {
			return nil, fmt.Errorf("%s: %w", dir, ErrNone)
		}
	}
	return r, nil
}

// safe are the settings that every call begins with.
var safe = []string{
	"--no-optional-locks",
	"-c", "safe.bareRepository=explicit",
	"-c", "core.fsmonitor=false",
	"-c", "core.hooksPath=" + os.DevNull,
	"-c", "core.sshCommand=false",
	"-c", "protocol.allow=never",
	"-c", "credential.helper=",
	"-c", "log.showSignature=false",
	"-c", "diff.external=",
	"-c", "diff.relative=false",
	"-c", "submodule.recurse=false",
}

// environ is the environment of every call.
func environ() []string {
	return append(os.Environ(), "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
}

// plumbing are the commands that may be asked: those that run nothing, given the settings above. comparing tells those
// that look at the contents of the work tree, where filters would run.
var plumbing = map[string]struct{ comparing bool }{
	"cat-file":    {},
	"config":      {},
	"diff-files":  {comparing: true},
	"diff-index":  {}, // --cached only, see check
	"hash-object": {},
	"ls-files":    {},
	"ls-tree":     {},
	"rev-parse":   {},
}

// check returns an error for a call that this package does not vouch for. It is the programmer's.
func check(args []string) error {
	switch _, known := plumbing[args[0]]; {
	case !known:
		return fmt.Errorf("git %s is not one of the commands that are safe in a foreign repository", args[0])
	case args[0] == "diff-index" && !slices.Contains(args, "--cached"):
		return errors.New("git diff-index without --cached looks at the work tree; use diff-files")
	case strings.HasPrefix(args[0], "diff-") && (!slices.Contains(args, "--raw") || !slices.Contains(args, "--ignore-submodules=all")):
		return fmt.Errorf("git %s runs programs of the repository without --raw and --ignore-submodules=all", args[0])
	case args[0] == "ls-files" && slices.ContainsFunc(args, func(a string) bool { return a == "-m" || a == "--modified" }):
		return errors.New("git ls-files --modified looks at the contents of the work tree; use diff-files")
	case args[0] == "hash-object" && !slices.Contains(args, "--stdin"), args[0] == "cat-file" && slices.ContainsFunc(args, func(a string) bool { return a == "--textconv" || a == "--filters" }):
		return fmt.Errorf("git %s would run filters", args[0])
	}
	return nil
}

// Run asks git.
func (r *Repo) Run(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	if err := check(args); err != nil {
		return nil, err
	}
	all := slices.Clone(safe)
	if plumbing[args[0]].comparing {
		off, err := r.filtersOff(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, off...)
	}
	return r.start(ctx, stdin, append(all, args...), args[0])
}

func (r *Repo) start(ctx context.Context, stdin []byte, args []string, verb string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = r.Dir, environ()
	if stdin != nil {
		cmd.Stdin = bytes.NewReader(stdin)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("git %s: %w: %s", verb, err, strings.TrimSpace(said.String()))
	}
	return out, nil
}
