package gomod

import (
	"golang.org/x/mod/modfile"

	"jwtretire.example/internal/load"
)

// A tree is a go.mod and a go.sum, with an overlay of Go files ("" for none).
type tree struct {
	mod, sum []byte
	overlay  string
}

// A replacement is another module of the workspace.
type replacement struct{ path, version, dir, newVersion string }

// Options describes the rewrite.
type Options struct {
	// Overlay is the rewritten Go files by absolute path. nil content is a deleted file.
	Overlay map[string][]byte

	// Below has the changed files (Go files and go.mod, by absolute path) of other modules that this one
	// builds from their directories. Their requirements are indirect requirements here.
	Below map[string][]byte

	// MaybeUnused lists import paths that the rewrite removed from at least one file. Only requirements
	// that provide one of them can be dropped. Paths of the standard library are ignored.
	MaybeUnused []string

	// Env is the environment of the go command; nil is the process's own.
	Env []string
}

// A File is a file before and after. Old is nil if it does not exist yet.
type File struct {
	Path     string // absolute
	Old, New []byte
}

// A Result is the new go.mod and go.sum of one module. Both are in memory and in temporary files; the
// module itself is unchanged.
type Result struct {
	GoMod, GoSum File

	Added   string   // "golang.org/x/oauth2 v0.30.0", "" if it was required before
	Dropped []string // paths of modules whose requirement was removed
	Notes   []string // sentences for the user, such as an advisory of the required version

	// ModFile is a copy of the new go.mod, with go.sum beside it, for the go command's -modfile.
	// That flag needs GOWORK=off, so the file replaces the other modules of a workspace by their
	// directories. "" if the module has no go.mod, or builds from its vendor directory.
	ModFile string

	// OverlayFile is for the go command's -overlay: the rewritten Go files, with go.mod and go.sum.
	// It serves in workspaces and with a vendor directory, too. The go command cannot write an overlaid
	// go.mod, so it must not run with -mod=mod.
	OverlayFile string

	tmp string
}

// work is one call of Prepare.
type work struct {
	mod  *load.Module
	opts Options
	tmp  string
	res  *Result

	file     *modfile.File // go.mod as it is
	oldMod   []byte        // with line ends as the go command writes them
	oldSum   []byte
	crlf     bool
	siblings []replacement // the other modules of the workspace
	needs    []string      // packages of x/oauth2 that the rewritten files import
	goFiles  string        // overlay JSON of the Go files alone

	newMod, newSum []byte
}
