package gomod

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"jwtretire.example/internal/load"
)

// prepareVendored is prepare for a module that builds from its vendor directory, which stays as it is.
// It holds only packages that were imported before the rewrite, so the x/oauth2 packages must be there
// already. No requirement is dropped, because vendor/modules.txt has to agree with go.mod.
func (w *work) prepareVendored() error {
	dir := w.mod.Dir
	if w.mod.Work != "" {
		dir = filepath.Dir(w.mod.Work)
	}
	// The usual advice, go get and go mod vendor, does not help: go mod vendor copies only
	// packages that are imported, and nothing imports this one before the rewrite.
	cure, vendor := "run `GOFLAGS=-mod=mod jwtretire fix ./... && go mod vendor`", "go mod vendor"
	if w.mod.Work != "" {
		// A workspace takes no -mod=mod, and its vendor directory is another command's. Rejected: GOWORK=off, without which modules
		// that are not published do not see each other.
		vendor = "go work vendor"
		cure = "run `GOFLAGS=-mod=readonly jwtretire fix ./... && go work vendor`"
	}
	if len(w.needs) > 0 {
		data, err := os.ReadFile(filepath.Join(dir, "vendor", "modules.txt"))
		if err != nil {
			return fmt.Errorf("reading the vendor directory: %w", err)
		}
		have := sumLines(data)
		for _, pkg := range w.needs {
			if !slices.Contains(have, pkg) {
				return fmt.Errorf("the module builds from its vendor directory, which has no %s; nothing was changed: %s", pkg, cure)
			}
		}
		r := requirement(w.file, oauth2Module)
		switch {
		case r == nil:
			return fmt.Errorf("%s is vendored, but go.mod does not require it, and adding that makes vendor/modules.txt inconsistent; nothing was changed: %s", oauth2Module, cure)
		case semver.Compare(r.Mod.Version, oauth2Oldest) < 0:
			return fmt.Errorf("the vendored %s %s is too old for clientcredentials.Config.AuthStyle; nothing was changed: run `go get %s@%s && %s`, then fix again", oauth2Module, r.Mod.Version, oauth2Module, versionFor(goLine(w.file)), vendor)
		case r.Indirect:
			f, err := modfile.Parse(w.mod.GoMod, w.oldMod, nil)
			if err != nil {
				return err
			}
			setIndirect(requirement(f, oauth2Module), false)
			w.newMod = format(f, w.oldMod)
		}
	}
	if len(w.opts.Below) > 0 {
		w.res.Notes = append(w.res.Notes, w.mod.Path+" has a copy of a changed module in its vendor directory: run `go mod tidy && go mod vendor` in "+w.mod.Dir)
	} else if gone := w.unused(w.candidates()); len(gone) > 0 {
		w.res.Notes = append(w.res.Notes, fmt.Sprintf("nothing here imports %s any more: run `go mod tidy && go mod vendor`", strings.Join(gone, ", ")))
	}
	return nil
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
