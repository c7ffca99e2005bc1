package gomod

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"jwtretire.example/internal/gocmd"
	"jwtretire.example/internal/load"
)

// Replaces reports whether a replace directive of the go.mod file names one of the directories
// (absolute, clean), so that the module is built from the files there.
func Replaces(goMod string, dirs []string) bool {
	data, err := os.ReadFile(goMod)
	if err != nil {
		return false
	}
	f, err := modfile.Parse(goMod, data, nil) // the lax one leaves replacements out
	if err != nil {
		return false
	}
	return slices.ContainsFunc(f.Replace, func(r *modfile.Replace) bool {
		dir := filepath.FromSlash(r.New.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(goMod), dir)
		}
		return r.New.Version == "" && slices.Contains(dirs, filepath.Clean(dir))
	})
}

// readSiblings returns the other modules that go.work uses, and its replace directives. A copy of go.mod
// needs them as replace directives of its own, because the flag -modfile works without a workspace only.
func readSiblings(mod *load.Module, f *modfile.File) ([]replacement, error) {
	if mod.Work == "" {
		return nil, nil
	}
	data, err := os.ReadFile(mod.Work)
	if err != nil {
		return nil, fmt.Errorf("reading go.work: %w", err)
	}
	work, err := modfile.ParseWork(mod.Work, data, nil)
	if err != nil {
		return nil, fmt.Errorf("reading go.work: %w", err)
	}
	root := filepath.Dir(mod.Work)
	abs := func(dir string) string {
		if dir = filepath.FromSlash(dir); !filepath.IsAbs(dir) {
			dir = filepath.Join(root, dir)
		}
		return dir
	}
	var out []replacement
	for _, use := range work.Use {
		dir := abs(use.Path)
		data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			continue // the go command will say so
		}
		if path := modfile.ModulePath(data); path != "" && dir != filepath.Clean(mod.Dir) {
			out = append(out, replacement{path: path, dir: dir})
		}
	}
	for _, r := range work.Replace {
		to := r.New.Path
		if r.New.Version == "" {
			to = abs(to)
		}
		out = append(out, replacement{r.Old.Path, r.Old.Version, to, r.New.Version})
	}
	return slices.DeleteFunc(out, func(r replacement) bool {
		return f.Module != nil && f.Module.Mod.Path == r.path
	}), nil
}

// place writes a tree into a directory of its own, with the replacements of the workspace, and
// returns the name of its go.mod.
func (w *work) place(name string, t tree) (string, error) {
	dir := filepath.Join(w.tmp, name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	data := t.mod
	if len(w.siblings) > 0 {
		f, err := modfile.Parse("go.mod", data, nil)
		if err != nil {
			return "", err
		}
		for _, r := range w.siblings {
			if err := f.AddReplace(r.path, r.version, r.dir, r.newVersion); err != nil {
				return "", err
			}
		}
		data = modfile.Format(f.Syntax)
	}
	file := filepath.Join(dir, "go.mod")
	if err := os.WriteFile(file, data, 0o666); err != nil {
		return "", err
	}
	if t.sum != nil {
		if err := os.WriteFile(filepath.Join(dir, "go.sum"), t.sum, 0o666); err != nil {
			return "", err
		}
	}
	return file, nil
}

// tidy runs go mod tidy over a tree and returns the result.
func (w *work) tidy(ctx context.Context, name string, t tree) (tree, error) {
	file, err := w.place(name, t)
	if err != nil {
		return t, err
	}
	args := []string{"mod", "tidy", "-modfile=" + file}
	if t.overlay != "" {
		args = append(args, "-overlay="+t.overlay)
	}
	if _, err := w.run(ctx, w.mod.Dir, args...); err != nil {
		return t, err
	}
	out := tree{}
	if out.mod, err = os.ReadFile(file); err != nil {
		return t, err
	}
	out.sum, err = os.ReadFile(filepath.Join(filepath.Dir(file), "go.sum"))
	if err != nil && !os.IsNotExist(err) {
		return t, err
	}
	return out, nil
}

// A tooOldError is returned if the go command is older than the go line of go.mod. No command works then.
type tooOldError struct{ advice string }

func (e *tooOldError) Error() string { return e.advice }

// run runs the go command without a workspace and returns its output.
func (w *work) run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	return w.runEnv(ctx, dir, nil, args...)
}

func (w *work) runEnv(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	all := w.opts.Env
	if all == nil {
		all = os.Environ()
	}
	cmd := gocmd.Command(ctx, dir, append(append(slices.Clone(all), "GOWORK=off"), env...), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, fmt.Errorf("the go command is needed to edit go.mod: %w", err)
		}
		if advice := gocmd.Advice(stderr.String()); advice != "" {
			return nil, &tooOldError{advice}
		}
		return out, fmt.Errorf("go %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

// writeTidied writes the overlays for go mod tidy before and after the rewrite. Usually the first is empty
// and the second has the rewritten files. Tidy ignores a file with "//go:build ignore", which is run by
// name. If such a file is rewritten, its new imports would get no requirement. Then both overlays have
// every such file of the module with another tag, so that tidy reads them.
func (w *work) writeTidied() (before, after string, err error) {
	byName := func(src []byte) bool {
		f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.PackageClauseOnly|parser.ParseComments)
		return err == nil && f != nil && !builds(f)
	}
	rewritten := false
	for name, src := range w.opts.Overlay {
		rewritten = rewritten || src != nil && strings.HasSuffix(name, ".go") && byName(src)
	}
	if !rewritten {
		return "", w.goFiles, nil
	}
	old, now := map[string][]byte{}, map[string][]byte{}
	maps.Copy(now, w.opts.Below)
	w.goFilesOf(func(name string, src []byte) {
		if bytes.Contains(src, []byte("ignore")) && byName(src) {
			old[name] = renameIgnore(src)
		}
	})
	maps.Copy(now, old)
	for name, src := range w.opts.Overlay {
		if now[name] = src; src != nil && strings.HasSuffix(name, ".go") && byName(src) {
			now[name] = renameIgnore(src)
		}
	}
	before, after = filepath.Join(w.tmp, "tidy-before.json"), filepath.Join(w.tmp, "tidy-after.json")
	return before, after, cmp.Or(w.writeReplace(before, old), w.writeReplace(after, now))
}

// renameIgnore returns a file whose build constraints have another tag in the place of "ignore".
func renameIgnore(src []byte) []byte {
	var out []byte
	for line := range bytes.Lines(src) {
		if constraint.IsGoBuild(string(line)) || constraint.IsPlusBuild(string(line)) {
			line = bytes.ReplaceAll(line, []byte("ignore"), []byte("jwtretire"))
		}
		out = append(out, line...)
	}
	return out
}

// writeGoFiles writes the rewritten files into the temporary directory and returns the overlay for
// them, "" if there are none.
func (w *work) writeGoFiles() (string, error) {
	if len(w.opts.Overlay)+len(w.opts.Below) == 0 {
		return "", nil
	}
	all := maps.Clone(w.opts.Below)
	if all == nil {
		all = map[string][]byte{}
	}
	maps.Copy(all, w.opts.Overlay)
	file := filepath.Join(w.tmp, "gofiles.json")
	return file, w.writeReplace(file, all)
}

// writeOverlay writes Result.OverlayFile, with the rewritten files and the files of more.
func (w *work) writeOverlay(more map[string][]byte) error {
	all := map[string][]byte{}
	maps.Copy(all, w.opts.Below)
	maps.Copy(all, w.opts.Overlay)
	for name, src := range more {
		if src != nil {
			all[name] = src
		}
	}
	file := filepath.Join(w.tmp, "overlay.json")
	w.res.OverlayFile = file
	return w.writeReplace(file, all)
}

// writeReplace writes an overlay file for the go command, and beside it the content that it refers to.
func (w *work) writeReplace(file string, content map[string][]byte) error {
	dir := strings.TrimSuffix(file, ".json")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	replace := map[string]string{}
	n := 0
	for name, src := range content {
		if src == nil {
			replace[name] = "" // the go command's word for a deleted file
			continue
		}
		n++
		to := filepath.Join(dir, strconv.Itoa(n)+filepath.Ext(name))
		if err := os.WriteFile(to, src, 0o666); err != nil {
			return fmt.Errorf("writing the overlay: %w", err)
		}
		replace[name] = to
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	return nil
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
