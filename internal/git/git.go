// Package git runs git in a repository that is not trusted.
//
// Input: a directory and a query. Output: the output of git. No other package runs git. It is run only if reading
// files is not enough.
//
// A repository has its own configuration, and git runs programs that the configuration names. A clone gets none from its origin. But an
// unpacked archive contains .git/config, and a directory of a clone may have the layout of a bare repository, which git accepts as one if
// it is started there. The settings that run programs, and the defence against each:
//
//	core.fsmonitor                runs with commands that read the index          disabled by -c
//	core.hooksPath, .git/hooks    post-index-change, when an index is written     an empty path; --no-optional-locks writes none
//	filter.*.clean, .process      run when files are compared with the index      emptied by -c, each by its name (see filters)
//	diff.external, diff.*.command, textconv    run with patches                   only --raw, by plumbing commands
//	log.showSignature, gpg.program             run with git log                   git log is not used; a commit is read as bytes
//	core.pager, core.editor, alias.*           run with porcelain, on a terminal  plumbing commands ignore them
//	core.sshCommand, remote.*.promisor, remote helpers (ext::)    fetch a missing object    no transport is allowed
//	core.worktree                 points to another tree                          used only if git sets GIT_WORK_TREE; package journal
//	                                                                              restricts writes to the tree
//	submodules                    git runs git in them                            --ignore-submodules=all
//	include.path, include.if      read other files                                read, never run; their settings are overridden as above
//	a bare repository in a directory of the work tree                             git is started at the top, and safe.bareRepository=explicit
//	.git of another owner         git refuses by itself (safe.directory); that is not disabled
//
// The configuration of the user and of the system is trusted, as in any other run of git.
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

// ErrNone means that a directory is in no repository.
var ErrNone = errors.New("not a git repository, nor below one")

// A Repo is a repository with a work tree.
type Repo struct {
	Dir string // the top of the work tree, as the caller named it; with GIT_DIR, the directory to start git in

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

// Open returns the repository of a directory. The error wraps ErrNone if there is none. In a hook, git sets
// GIT_DIR; then started is the working directory at the start of the process, which git takes for the top of
// the work tree unless GIT_WORK_TREE is set.
func Open(dir, started string) (*Repo, error) {
	r := &Repo{Dir: started}
	if os.Getenv("GIT_DIR") == "" {
		if r.Dir = Top(dir); r.Dir == "" {
			return nil, fmt.Errorf("%s: %w", dir, ErrNone)
		}
	}
	return r, nil
}

// safe are the settings of every call.
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

// environ returns the environment of every call.
func environ() []string {
	return append(os.Environ(), "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
}

// plumbing are the allowed commands, which run no programs with the settings above. comparing marks those that
// read the contents of the work tree, where filters would run.
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

// check returns an error for a command line that is not known to be safe, which is a bug of the caller.
func check(args []string) error {
	switch _, known := plumbing[args[0]]; {
	case !known:
		return fmt.Errorf("git %s is not one of the commands that are safe in a foreign repository", args[0])
	case args[0] == "diff-index" && !slices.Contains(args, "--cached"):
		return errors.New("git diff-index without --cached reads the work tree; use diff-files")
	case strings.HasPrefix(args[0], "diff-") && (!slices.Contains(args, "--raw") || !slices.Contains(args, "--ignore-submodules=all")):
		return fmt.Errorf("git %s runs programs of the repository without --raw and --ignore-submodules=all", args[0])
	case args[0] == "ls-files" && slices.ContainsFunc(args, func(a string) bool { return a == "-m" || a == "--modified" }):
		return errors.New("git ls-files --modified reads the contents of the work tree; use diff-files")
	case args[0] == "hash-object" && !slices.Contains(args, "--stdin"), args[0] == "cat-file" && slices.ContainsFunc(args, func(a string) bool { return a == "--textconv" || a == "--filters" }):
		return fmt.Errorf("git %s would run filters", args[0])
	}
	return nil
}

// Run runs a git command that check allows, and returns its standard output. The error contains git's message.
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
