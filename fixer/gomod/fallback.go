package gomod

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// withoutTidy sets newMod and newSum if go mod tidy cannot run, most often because it is offline. f
// requires x/oauth2 already. An unused requirement is dropped if `go mod graph` works, and go.sum gets
// the lines that the go command adds while it loads the rewritten packages.
func (w *work) withoutTidy(ctx context.Context, f *modfile.File, candidates []string) error {
	var remove []string
	for _, m := range w.unused(candidates) {
		by, err := w.requiredBy(ctx, m)
		if err != nil {
			w.res.Notes = append(w.res.Notes, fmt.Sprintf("nothing here imports %s any more, but a dependency may need it: run `go mod tidy` with access to a module proxy", m))
			continue
		}
		if by {
			setIndirect(requirement(f, m), true)
			continue
		}
		if err := f.DropRequire(m); err != nil {
			return err
		}
		for _, line := range sumLines(w.oldSum) {
			if strings.HasPrefix(line, m+" ") {
				remove = append(remove, line)
			}
		}
	}
	w.newMod, w.newSum = format(f, w.oldMod), mergeSums(w.newSum, nil, remove)
	w.noteDropped()
	return w.fillSums(ctx)
}

// requiredBy reports whether a module other than the main one requires m.
func (w *work) requiredBy(ctx context.Context, m string) (bool, error) {
	file, err := w.place("graph", tree{mod: w.oldMod, sum: w.oldSum})
	if err != nil {
		return false, err
	}
	out, err := w.run(ctx, w.mod.Dir, "mod", "graph", "-modfile="+file)
	if err != nil {
		return false, err
	}
	for line := range strings.Lines(string(out)) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " ")
		path, _, _ := strings.Cut(to, "@")
		if path == m && strings.Contains(from, "@") { // the main module has no version
			return true, nil
		}
	}
	return false, nil
}

// fillSums lets the go command complete a copy of go.sum, and of the indirect requirements, while it
// loads the rewritten packages. check reports the lines that are still missing.
func (w *work) fillSums(ctx context.Context) error {
	file, err := w.place("fill", tree{mod: w.newMod, sum: w.newSum})
	if err != nil {
		return err
	}
	w.list(ctx, "-mod=mod", "-modfile="+file, "-overlay="+w.goFiles)
	sum, err := os.ReadFile(filepath.Join(filepath.Dir(file), "go.sum"))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	w.newSum = mergeSums(w.newSum, missing(sumLines(w.newSum), sumLines(sum)), nil)
	if len(w.opts.Below) > 0 {
		return w.fillRequirements(file)
	}
	return nil
}

// fillRequirements takes over the indirect requirements that the go command added to a copy of go.mod.
func (w *work) fillRequirements(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	now, err := modfile.ParseLax(file, data, nil)
	if err != nil {
		return err
	}
	f, err := modfile.Parse(w.mod.GoMod, w.newMod, nil)
	if err != nil {
		return err
	}
	for _, r := range now.Require {
		if r.Indirect && requirement(f, r.Mod.Path) == nil {
			insertRequire(f, r.Mod.Path, r.Mod.Version, true)
		}
	}
	w.newMod = format(f, w.newMod)
	return nil
}

// list loads the packages of the rewritten files and their imports, and returns the go command's error
// messages, sorted.
func (w *work) list(ctx context.Context, flags ...string) []string {
	flags = slices.DeleteFunc(flags, func(f string) bool { return f == "-overlay=" })
	args := append([]string{"list", "-e", "-deps", "-test"}, flags...)
	args = append(args, "-f", "{{with .Error}}{{.Err}}{{end}}", "--")
	dirs := w.dirs()
	if len(dirs) == 0 {
		return nil
	}
	out, err := w.run(ctx, w.mod.Dir, append(args, dirs...)...)
	var msgs []string
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" {
			msgs = append(msgs, line)
		}
	}
	if err != nil {
		msgs = append(msgs, err.Error())
	}
	slices.Sort(msgs)
	return slices.Compact(msgs)
}

// dirs returns the directories of the rewritten files as patterns.
func (w *work) dirs() []string {
	var out []string
	if len(w.opts.Below) > 0 {
		return []string{"./..."} // any package may import a changed one of another module
	}
	for name := range w.opts.Overlay {
		rel, err := filepath.Rel(w.mod.Dir, filepath.Dir(name))
		if err == nil && filepath.IsLocal(rel) {
			out = append(out, "./"+filepath.ToSlash(rel))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// check makes sure that the go command accepts the new go.mod and go.sum without writing to them. An
// error that it gives for the old ones, too, does not count.
func (w *work) check(ctx context.Context) error {
	var after, before []string
	if w.vendored() {
		after = w.list(ctx, "-overlay="+w.res.OverlayFile)
	} else {
		after = w.list(ctx, "-mod=readonly", "-modfile="+w.res.ModFile, "-overlay="+w.goFiles)
	}
	if len(after) == 0 {
		return nil
	}
	if w.vendored() {
		before = w.list(ctx)
	} else {
		file, err := w.place("original", tree{mod: w.oldMod, sum: w.oldSum})
		if err != nil {
			return err
		}
		before = w.list(ctx, "-mod=readonly", "-modfile="+file)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	now := missing(before, after)
	if len(now) == 0 || len(before) > 0 && fatal(before) {
		w.res.Notes = append(w.res.Notes, "the go command does not load this module as it is, so the new go.mod could not be tried: "+after[0])
		return nil
	}
	return errors.New(w.mod.GoMod + ": the go command rejects the new go.mod; nothing was changed: " + strings.Join(now, "; "))
}

// fatal reports whether go list failed before it loaded any package, so that there are no messages to compare.
func fatal(msgs []string) bool {
	return slices.ContainsFunc(msgs, func(m string) bool { return strings.HasPrefix(m, "go list: ") })
}

// vendored reports whether the go command builds the module from its vendor directory. GOFLAGS=-mod=mod
// and, in a workspace, -mod=readonly turn that off.
func (w *work) vendored() bool {
	if !w.mod.Vendored {
		return false
	}
	env := w.opts.Env
	if env == nil {
		env = os.Environ()
	}
	for _, kv := range slices.Backward(env) {
		if flags, ok := strings.CutPrefix(kv, "GOFLAGS="); ok {
			list := strings.Fields(flags)
			return !slices.Contains(list, "-mod=mod") && !slices.Contains(list, "-mod=readonly")
		}
	}
	return true
}
