package load

import (
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"jwtretire.example/internal/lazyregexp"
)

// Recheck type-checks, in memory, the packages that own a file of an overlay, and their importers. Contents are
// by absolute path; nil stands for a deleted file. A new file belongs to the package of its directory. Imports
// that no package had before are found with the go.mod and go.sum of the overlay, also in a workspace, or with
// the go.mod file modfile, if it is not "".
//
// It returns the errors that r does not have. r does not change, and Recheck may be called concurrently.
func (r *Result) Recheck(ctx context.Context, overlay map[string][]byte, modfile string) []error {
	_, errs := r.Retype(ctx, overlay, modfile)
	return errs
}

// Retype is [Result.Recheck] that also returns the checked packages: those that own a file of the overlay, and
// their importers.
func (r *Result) Retype(ctx context.Context, overlay map[string][]byte, modfile string) (pkgs []*Package, errs []error) {
	tmp, err := os.MkdirTemp("", "jwtretire-")
	if err != nil {
		return nil, []error{fmt.Errorf("type-check the result: %w", err)}
	}
	defer os.RemoveAll(tmp)
	owned := map[string]bool{}
	for _, u := range r.universes {
		fresh, found := u.recheck(ctx, overlay, modfile, tmp, owned)
		pkgs = append(pkgs, fresh...)
		errs = append(errs, found...)
	}
	for _, name := range slices.Sorted(maps.Keys(overlay)) {
		if !strings.HasSuffix(name, ".go") || owned[name] || overlay[name] == nil {
			continue
		}
		// No loaded package has the file, maybe because of its platform. It must at least parse.
		if _, err := parser.ParseFile(token.NewFileSet(), name, overlay[name], parser.SkipObjectResolution); err != nil {
			errs = append(errs, fmt.Errorf("%w", err))
		}
	}
	if err := ctx.Err(); err != nil {
		errs = append(errs, err)
	}
	return pkgs, errs
}

// recheck checks one universe with an overlay. It adds the files that the universe has to owned.
func (u *universe) recheck(ctx context.Context, overlay map[string][]byte, modfile, tmp string, owned map[string]bool) (pkgs []*Package, errs []error) {
	v, again, fresh := u.overlaid(ctx, overlay, modfile, tmp, owned)
	if len(again) == 0 {
		return nil, nil
	}
	v.read(ctx, fresh)
	v.check(ctx)
	for i, x := range fresh {
		if x.pkg == nil {
			continue
		}
		pkgs = append(pkgs, x.pkg)
		errs = append(errs, newErrors(again[i].errs, x.errs)...)
	}
	return pkgs, errs
}

// overlaid returns a copy of a universe with an overlay, the units that the overlay changes directly or through
// an import, and their copies, which are not read or checked yet. It adds the files that u has to owned.
func (u *universe) overlaid(ctx context.Context, overlay map[string][]byte, modfile, tmp string, owned map[string]bool) (v *universe, again, fresh []*unit) {
	v = u.copied()
	v.cfg.Overlay = maps.Clone(u.cfg.Overlay)
	if v.cfg.Overlay == nil {
		v.cfg.Overlay = map[string][]byte{}
	}
	maps.Copy(v.cfg.Overlay, overlay)
	if modfile != "" {
		v.cfg.ModFile = modfile
	}
	lister := *u.lister
	lister.cfg, lister.tmp, lister.overlay = v.cfg, tmp, ""
	lister.cfg.Overlay = moduleFiles(v.cfg.Overlay) // it lists imports only, never the changed packages
	v.lister = &lister

	again = v.affected(overlay, owned)
	if len(again) == 0 {
		return v, nil, nil
	}
	v.find(ctx, overlay)
	at := folders(overlay)
	for _, old := range again {
		x := old.renew(v, overlay, at)
		v.units[x.key] = x
		fresh = append(fresh, x)
	}
	return v, again, fresh
}

// copied returns a copy of a universe. Units, metadata and modules can be added to it.
func (u *universe) copied() *universe {
	v := new(universe)
	*v = *u
	v.visit = Visit{}
	v.mu = new(sync.Mutex)
	v.metas, v.units, v.modules = maps.Clone(u.metas), maps.Clone(u.units), maps.Clone(u.modules)
	return v
}

// moduleFiles returns the files of an overlay that are not Go files: go.mod, go.sum, vendor/modules.txt.
func moduleFiles(overlay map[string][]byte) map[string][]byte {
	var out map[string][]byte
	for name, content := range overlay {
		if !strings.HasSuffix(name, ".go") {
			if out == nil {
				out = map[string][]byte{}
			}
			out[name] = content
		}
	}
	return out
}

// affected returns the units that own a file of the overlay, and their importers.
func (u *universe) affected(overlay map[string][]byte, owned map[string]bool) []*unit {
	at := folders(overlay)
	users := map[*unit][]*unit{}
	var list []*unit
	seen := map[*unit]bool{}
	for _, x := range u.sorted() {
		if !x.done {
			continue
		}
		for _, dep := range x.deps {
			users[dep] = append(users[dep], x)
		}
		if at[x.dir] == nil {
			continue
		}
		if names := x.owned(overlay, at); len(names) > 0 {
			for _, name := range names {
				owned[name] = true
			}
			seen[x] = true
			list = append(list, x)
		}
	}
	for i := 0; i < len(list); i++ {
		for _, x := range users[list[i]] {
			if !seen[x] {
				seen[x] = true
				list = append(list, x)
			}
		}
	}
	return list
}

// folders returns the names of an overlay by directory.
func folders(overlay map[string][]byte) map[string][]string {
	at := map[string][]string{}
	for name := range overlay {
		dir := filepath.Dir(name)
		at[dir] = append(at[dir], name)
	}
	return at
}

// owned returns the files of an overlay that belong to the unit, sorted. at has the names of the overlay by
// directory.
func (x *unit) owned(overlay map[string][]byte, at map[string][]string) []string {
	var names []string
	for _, name := range slices.Concat(x.files, at[x.dir]) {
		if _, ok := overlay[name]; ok && x.owns(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// owns reports whether a file of the overlay belongs to the unit, or a new file would.
func (x *unit) owns(name string) bool {
	if slices.Contains(x.files, name) {
		return true
	}
	if x.pkg != nil && x.pkg.Alone || filepath.Dir(name) != x.dir || !strings.HasSuffix(name, ".go") {
		return false
	}
	known := slices.Concat(x.meta.files, x.tests, x.xtests, x.ignored)
	return !slices.Contains(known, filepath.Base(name)) && !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(x.pkgName, "_test")
}

// renew returns a copy of a unit that is not read or checked yet.
func (x *unit) renew(u *universe, overlay map[string][]byte, at map[string][]string) *unit {
	y := &unit{meta: x.meta, key: x.key, files: slices.Clone(x.files)}
	if x.pkg != nil {
		y.pkg = u.newPackage(x.meta, x.pkg.Path, x.pkg.ForTest)
		y.pkg.Augmented, y.pkg.Alone, y.pkg.node = x.pkg.Augmented, x.pkg.Alone, x.pkg.node
	}
	for _, name := range x.owned(overlay, at) {
		if overlay[name] != nil && !slices.Contains(y.files, name) {
			y.files = append(y.files, name)
		}
	}
	return y
}

// find lists, with one go command, the imports of the overlay that no package had before.
func (u *universe) find(ctx context.Context, overlay map[string][]byte) {
	var paths []string
	for name, src := range overlay {
		if src == nil || !strings.HasSuffix(name, ".go") {
			continue
		}
		f, _ := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly|parser.SkipObjectResolution)
		if f == nil {
			continue
		}
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if m := u.metas[path]; err == nil && path != "C" && path != "unsafe" && (m == nil || m.dir == "") {
				paths = append(paths, path)
			}
		}
	}
	if len(paths) == 0 || u.lister.mod == "" && u.lister.work == "" {
		return
	}
	slices.Sort(paths)
	pkgs, err := u.lister.list(ctx, false, slices.Compact(paths))
	if err != nil {
		return // the type checker reports the missing imports
	}
	for _, p := range pkgs {
		u.addMeta(metaOf(p))
	}
}

var position = lazyregexp.New(`:\d+(:\d+)?`)

// newErrors returns the errors of after that are not in before. Positions do not count, because lines move. If
// before has an error twice, after may have it twice.
func newErrors(before, after []string) []error {
	count := map[string]int{}
	for _, e := range before {
		count[position.ReplaceAllString(e, "")]++
	}
	var errs []error
	for _, e := range after {
		key := position.ReplaceAllString(e, "")
		if count[key]--; count[key] < 0 {
			errs = append(errs, errors.New(e))
		}
	}
	return errs
}
