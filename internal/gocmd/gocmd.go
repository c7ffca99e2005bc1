// Package gocmd starts the go command in a module that is not trusted.
//
// Input: a directory, an environment, arguments. Output: a command to run. No other package starts the go command. The ways
// in which a repository can make the go command run a program, and the defence against each:
//
//	toolchain and go lines (go.mod, go.work)   fetch and run another toolchain     none is fetched: a toolchain in the module cache is used,
//	                                                                               or the installed one, see toolchain.go
//	version control around the module          git, hg, svn, bzr, fossil are run   -buildvcs=false; version stamps are not used. When modules
//	                                           for a stamp, with their settings    are fetched, the go command runs them in its cache
//	GIT_DIR and others in a hook               git of a fetch works in the         removed from the environment
//	                                           repository of the commit
//	cgo, #cgo, pkg-config, .s, .syso           compilers and pkg-config run        go list without -export, -compiled or -deps of tests runs none; -verify
//	                                           in a build                          build and test do, with the flags that the go command lets through
//	-toolexec, -exec, -overlay, -vettool       programs run                        flags and GOFLAGS come from the user (environment, go env -w) only: no file
//	                                                                               of a repository sets them
//	go.env                                     sets GOFLAGS, GOPROXY, …            the go command reads $GOROOT/go.env and the user's, none of a repository
//	GOPROXY, GONOSUMDB, GOINSECURE, GOVCS      unchecked sources of modules        the same; go.sum and the checksum database stay as the user has them
//	requirements                               modules are fetched from hosts      fetched, as by any go command; their code is read, not run. GOPROXY=off
//	                                           that go.mod names                   in the environment forbids it
//	replace and use with a path outside        files outside are read              they are read and never written, see package journal
//	generate and tool lines, init, TestMain    programs run                        no generators or tools are run; only -verify test runs tests, at the user's
//	                                                                               request
//	a program named go in the tree             runs instead of the installed one   os/exec does not start a program found by a relative path
package gocmd

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// stamping are the commands that run version control for a stamp.
var stamping = []string{"build", "list", "test", "vet"}

// allowed are the commands that may be started. Others run code (run, generate, tool) or change files of the
// user.
var allowed = append([]string{"env", "mod"}, stamping...)

// Command returns a go command that runs in dir. env is its environment, nil for that of the process; the last
// value of a variable counts. A command that is not allowed has its error in Err.
func Command(ctx context.Context, dir string, env []string, args ...string) *exec.Cmd {
	args = slices.Clone(args)
	if slices.Contains(stamping, args[0]) {
		args = slices.Insert(args, 1, "-buildvcs=false")
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	if !slices.Contains(allowed, args[0]) {
		cmd.Err = fmt.Errorf("go %s is not one of the commands that are safe in a foreign module", args[0])
	}
	cmd.Dir, cmd.Env = dir, closed(env, dir)
	return cmd
}

// repositories are the variables by which git names its repository to other programs, from git rev-parse
// --local-env-vars.
var repositories = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_PREFIX", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_IMPLICIT_WORK_TREE",
}

// closed returns an environment in which the repository does not select programs.
func closed(env []string, dir string) []string {
	if env == nil {
		env = os.Environ()
	}
	out := slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(repositories, name)
	})
	if dir != "" {
		out = append(out, "PWD="+dir)
	}
	if t := toolchain(out, dir); t != "" {
		out = append(out, "GOTOOLCHAIN="+t)
	}
	return out
}

// Getenv returns the value of a variable in an environment.
func Getenv(env []string, name string) string {
	value := ""
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			value = v
		}
	}
	return value
}
