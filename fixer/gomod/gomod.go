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
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"jwtretire.example/internal/load"
)

// Changed reports whether the new contents differ.
func (f File) Changed() bool {
	return (f.Old == nil) != (f.New == nil) || !bytes.Equal(f.Old, f.New)
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

// wasTidy reports whether tidy changed nothing. It is false in a workspace, because the tidied copy has
// additional replace directives.
func (w *work) wasTidy(t tree) bool {
	return len(w.siblings) == 0 && bytes.Equal(t.mod, w.oldMod) && bytes.Equal(t.sum, w.oldSum)
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
