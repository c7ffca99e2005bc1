// Package gomod computes the go.mod and go.sum of a module whose Go files are rewritten:
// it adds golang.org/x/oauth2, and removes requirements that only the removed code needed.
//
// [Prepare] writes nothing into the module. It works on copies, with the rewritten Go files as an
// overlay, and returns bytes.
//
// The change is the difference between two runs of "go mod tidy": one on the old module
// and one on the new module. If go.mod was tidy, the result of the second run is the new go.mod.
// If not, only the difference is applied, and the rest stays untidy. Rejected: an import scan alone,
// because it does not know the checksums and the indirect requirements. The scan is the fallback if
// tidy cannot run, which is common: tidy needs the tests of dependencies, and these are missing offline.
package gomod

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/mod/modfile"
	"jwtretire.example/internal/load"
)

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

// Changed reports whether the new contents differ.
func (f File) Changed() bool {
	return (f.Old == nil) != (f.New == nil) || !bytes.Equal(f.Old, f.New)
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

// Close removes the temporary files. ModFile and OverlayFile are gone after it.
func (r *Result) Close() error {
	if r == nil || r.tmp == "" {
		return nil
	}
	err := os.RemoveAll(r.tmp)
	r.tmp = ""
	return err
}

// Prepare computes the new go.mod and go.sum of a module. It runs the go command, and writes nothing
// into the module. The caller closes the result. On an error the result is nil; the error means that no
// go.mod that is possible here builds the rewritten files, and names the missing module and the command
// to run. Prepare may run concurrently for different modules.
func Prepare(ctx context.Context, mod *load.Module, opts Options) (res *Result, err error) {
	tmp, err := os.MkdirTemp("", "jwtretire-gomod-")
	if err != nil {
		return nil, fmt.Errorf("preparing go.mod: %w", err)
	}
	res = &Result{tmp: tmp}
	defer func() {
		if err != nil {
			res.Close()
			res = nil
		}
	}()
	w := &work{mod: mod, opts: opts, tmp: tmp, res: res}
	if mod.GoMod == "" {
		res.Notes = append(res.Notes, noGoMod)
		return res, w.writeOverlay(nil)
	}
	if err := w.read(); err != nil {
		return nil, err
	}
	if w.goFiles, err = w.writeGoFiles(); err != nil {
		return nil, err
	}
	if w.vendored() {
		err = w.prepareVendored()
	} else {
		err = w.prepare(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", mod.GoMod, err)
	}
	return res, w.finish(ctx)
}

// Require is the first step of [Prepare]: a go.mod and a go.sum that only add the requirements of the rewritten
// files. They are sufficient to find imports, and must not be written. The result is nil if Prepare costs
// little more: the module has no go.mod, or vendors.
func Require(ctx context.Context, mod *load.Module, opts Options) (res *Result, err error) {
	w := &work{mod: mod, opts: opts, res: &Result{}}
	if mod.GoMod == "" || w.vendored() {
		return nil, nil
	}
	if w.tmp, err = os.MkdirTemp("", "jwtretire-gomod-"); err != nil {
		return nil, fmt.Errorf("preparing go.mod: %w", err)
	}
	w.res.tmp = w.tmp
	defer func() {
		if err != nil {
			w.res.Close()
			res = nil
		}
	}()
	if err := w.read(); err != nil {
		return nil, err
	}
	edited, err := modfile.Parse(w.mod.GoMod, w.oldMod, nil)
	if err != nil {
		return nil, err
	}
	sums, err := w.requireOAuth2(ctx, edited)
	if err != nil {
		return nil, err
	}
	w.newMod, w.newSum = format(edited, w.oldMod), mergeSums(w.oldSum, sums, nil)
	w.setNew()
	w.res.ModFile, err = w.place("result", tree{mod: w.newMod, sum: w.newSum})
	return w.res, err
}

// SameVersions reports whether modules require the same versions in the results of [Prepare] as in those of
// [Require]. Removed requirements do not count.
func SameVersions(required, prepared []*Result) bool {
	was := map[string]map[string]*modfile.Require{}
	for _, r := range required {
		f, err := modfile.ParseLax(r.GoMod.Path, r.GoMod.New, nil)
		if err != nil {
			return false
		}
		was[r.GoMod.Path] = requirements(f)
	}
	for _, r := range prepared {
		f, err := modfile.ParseLax(r.GoMod.Path, r.GoMod.New, nil)
		if err != nil || was[r.GoMod.Path] == nil {
			return false
		}
		for path, now := range requirements(f) {
			if old := was[r.GoMod.Path][path]; old != nil && old.Mod.Version != now.Mod.Version {
				return false
			}
		}
	}
	return len(required) == len(prepared)
}

const noGoMod = "there is no go.mod here, so nothing was required: the rewritten code needs " + oauth2Module

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

// read reads the old go.mod and go.sum, and the modules of the workspace.
func (w *work) read() error {
	data, err := os.ReadFile(w.mod.GoMod)
	if err != nil {
		return fmt.Errorf("reading go.mod: %w", err)
	}
	w.res.GoMod = File{Path: w.mod.GoMod, Old: data}
	w.crlf = bytes.Contains(data, []byte("\r\n"))
	w.oldMod = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if w.file, err = modfile.Parse(w.mod.GoMod, w.oldMod, nil); err != nil {
		return fmt.Errorf("reading go.mod: %w", err)
	}
	w.res.GoSum.Path = filepath.Join(filepath.Dir(w.mod.GoMod), "go.sum")
	switch data, err := os.ReadFile(w.res.GoSum.Path); {
	case err == nil:
		w.res.GoSum.Old = append([]byte{}, data...)
		w.oldSum = data
	case !os.IsNotExist(err):
		return fmt.Errorf("reading go.sum: %w", err)
	}
	w.newMod, w.newSum = w.oldMod, w.oldSum
	w.needs = oauth2Imports(w.opts.Overlay)
	if w.file.Module != nil && w.file.Module.Mod.Path == oauth2Module {
		w.needs = nil
	}
	if w.siblings, err = readSiblings(w.mod, w.file); err != nil {
		return err
	}
	return nil
}

// prepare sets newMod and newSum.
func (w *work) prepare(ctx context.Context) error {
	edited, err := modfile.Parse(w.mod.GoMod, w.oldMod, nil)
	if err != nil {
		return err
	}
	sums, err := w.requireOAuth2(ctx, edited)
	if err != nil {
		return err
	}
	gone := w.candidates()
	w.newMod, w.newSum = format(edited, w.oldMod), mergeSums(w.oldSum, sums, nil)
	if bytes.Equal(w.newMod, w.oldMod) && len(gone) == 0 && len(w.opts.Below) == 0 {
		return nil
	}

	overlayBefore, overlayAfter, err := w.writeTidied()
	if err != nil {
		return err
	}
	before, after := tree{mod: w.oldMod, sum: w.oldSum, overlay: overlayBefore}, tree{mod: w.newMod, sum: w.newSum, overlay: overlayAfter}
	var wg sync.WaitGroup
	var errBefore, errAfter error
	var tidyBefore, tidyAfter tree
	wg.Go(func() { tidyBefore, errBefore = w.tidy(ctx, "before", before) })
	wg.Go(func() { tidyAfter, errAfter = w.tidy(ctx, "after", after) })
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	if old, ok := errors.AsType[*tooOldError](errBefore); ok {
		return old
	}
	if errBefore != nil || errAfter != nil {
		return w.withoutTidy(ctx, edited, gone)
	}
	if w.wasTidy(tidyBefore) {
		w.newMod, w.newSum = tidyAfter.mod, tidyAfter.sum
	} else if err := w.applyDifference(edited, tidyBefore, tidyAfter); err != nil {
		return err
	}
	w.noteDropped()
	return nil
}

// wasTidy reports whether tidy changed nothing. It is false in a workspace, because the tidied copy has
// additional replace directives.
func (w *work) wasTidy(t tree) bool {
	return len(w.siblings) == 0 && bytes.Equal(t.mod, w.oldMod) && bytes.Equal(t.sum, w.oldSum)
}

// noteDropped fills in Dropped by comparing the old and the new go.mod.
func (w *work) noteDropped() {
	f, err := modfile.ParseLax("go.mod", w.newMod, nil)
	if err != nil {
		return
	}
	now := requirements(f)
	for _, r := range w.file.Require {
		if _, ok := now[r.Mod.Path]; !ok {
			w.res.Dropped = append(w.res.Dropped, r.Mod.Path)
		}
	}
}

// finish checks the new files against the go command and fills in the result.
func (w *work) finish(ctx context.Context) error {
	old, err := modfile.ParseLax("go.mod", w.oldMod, nil)
	if err != nil {
		return err
	}
	f, err := modfile.ParseLax("go.mod", w.newMod, nil)
	if err != nil {
		return err
	}
	if goLine(f) != goLine(old) {
		return fmt.Errorf("%s: the go line would have to change from %s to %s; nothing was changed", w.mod.GoMod, goLine(old), goLine(f))
	}
	w.setNew()
	if !w.vendored() {
		after, err := w.place("result", tree{mod: w.newMod, sum: w.newSum})
		if err != nil {
			return err
		}
		w.res.ModFile = after
	}
	if err := w.writeOverlay(map[string][]byte{w.res.GoMod.Path: w.res.GoMod.New, w.res.GoSum.Path: w.res.GoSum.New}); err != nil {
		return err
	}
	if len(w.needs) == 0 && len(w.opts.Below) == 0 && !w.res.GoMod.Changed() && !w.res.GoSum.Changed() {
		return nil
	}
	return w.check(ctx)
}

// setNew puts the new files into the result, with the line ends of the old ones.
func (w *work) setNew() {
	w.res.GoMod.New = w.newMod
	if w.crlf {
		w.res.GoMod.New = bytes.ReplaceAll(w.newMod, []byte("\n"), []byte("\r\n"))
	}
	if bytes.Equal(w.newMod, w.oldMod) {
		w.res.GoMod.New = w.res.GoMod.Old // also where line ends are mixed
	}
	if w.newSum != nil || w.res.GoSum.Old != nil {
		w.res.GoSum.New = append([]byte{}, w.newSum...)
	}
}
