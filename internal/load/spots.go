package load

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	limit "jwtretire.example/internal/budget"
	"jwtretire.example/internal/sift"
)

// interesting are the triggers that make the omission of a file a blind spot.
const interesting = sift.Exchange | sift.Bearer | sift.Sign

// treeSpots returns the blind spots of the prefilter.
func treeSpots(tree *sift.Result) []BlindSpot {
	var list []BlindSpot
	for _, s := range tree.Unreadable {
		list = append(list, BlindSpot{File: s.Path, Kind: SpotUnreadable, Detail: s.Why})
	}
	for _, s := range tree.Symlinks {
		list = append(list, BlindSpot{File: s.Path, Kind: SpotSymlink, Detail: s.Why + "; not followed"})
	}
	return list
}

// blindSpots returns the blind spots of a universe: no go command, excluded files, and packages that were
// loaded in part.
func (u *universe) blindSpots() []BlindSpot {
	var list []BlindSpot
	if errors.Is(u.listErr, exec.ErrNotFound) {
		where := u.group.work
		if where == "" {
			where = u.group.mods[0].GoMod
		}
		list = append(list, BlindSpot{File: where, Kind: SpotNoGo,
			Detail: "the go command was not found; packages were resolved without it, in the versions that go.mod requires"})
	}
	for _, n := range u.group.bodies {
		list = append(list, u.excluded(n)...)
	}
	for _, x := range u.sorted() {
		if x.pkg != nil && x.done && !x.pkg.Augmented {
			list = append(list, u.partial(x)...)
		}
	}
	return list
}

// classOf returns the triggers of a file of the tree.
func (u *universe) classOf(file string) sift.Class {
	dir := filepath.Dir(file)
	for _, n := range append(slices.Clone(u.plan.alone[dir]), u.plan.nodes[dir]) {
		if n == nil {
			continue
		}
		if i := slices.IndexFunc(n.dir.Files, func(f sift.File) bool { return f.Name == filepath.Base(file) }); i >= 0 {
			return n.dir.Files[i].Class
		}
	}
	return 0
}

// excluded returns the files of a package that build constraints exclude, with the commands that include them.
func (u *universe) excluded(n *node) []BlindSpot {
	m := u.byDir(n.dir.Path)
	if m == nil || n.alone != "" {
		return nil
	}
	var list []BlindSpot
	for _, name := range m.ignored {
		file := absolute(m.dir, []string{name})[0]
		if u.classOf(file)&interesting == 0 || slices.Contains(n.beside, name) {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		s := BlindSpot{File: file, Kind: SpotTags, Detail: "excluded by its build constraints"}
		goos, goarch, tags, ok := Satisfy(file, src)
		var set []string
		if ok && goos == "" && goarch == "" && tags == "" && bytes.Contains(src, []byte(`import "C"`)) {
			s.Kind, s.Detail = SpotCgo, "uses cgo, which is disabled"
			set = append(set, "CGO_ENABLED=1")
		}
		if goos != "" {
			set = append(set, "GOOS="+goos)
		}
		if goarch != "" {
			set = append(set, "GOARCH="+goarch)
		}
		command := append(set, "jwtretire")
		if tags != "" {
			s.Detail += ", which need the tags " + tags
			command = append(command, "-tags", tags)
		}
		if ok {
			s.Command = strings.Join(append(command, relative(m.dir)), " ")
		} else {
			s.Detail += ", which no platform and no tags satisfy"
		}
		list = append(list, s)
	}
	return list
}

// relative returns a path as an argument of a command that is run in the current directory.
func relative(dir string) string {
	wd, err := os.Getwd()
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(wd, dir)
	if err != nil || !filepath.IsLocal(rel) {
		return dir
	}
	return "./" + filepath.ToSlash(rel)
}

// partial returns the blind spots within a package that was loaded.
func (u *universe) partial(x *unit) []BlindSpot {
	if x.stripped {
		return x.pkg.Spots
	}
	if x.failed != "" {
		return []BlindSpot{{File: x.dir, Kind: SpotInternal, Detail: x.failed + "; its flows are unknown"}}
	}
	var list []BlindSpot
	var class sift.Class
	for _, name := range slices.Sorted(maps.Keys(x.tables)) {
		list = append(list, BlindSpot{File: name, Kind: SpotBudget, Detail: limit.TableBytes.Met(u.cfg.Budget) + "; its contents are unknown", Command: "jwtretire " + limit.Raise(u.cfg.Budget) + " " + relative(x.dir)})
	}
	for i, f := range x.syntax {
		name := x.files[i]
		c := u.classOf(name)
		class |= c
		if c&interesting == 0 {
			continue
		}
		if ast.IsGenerated(f) {
			list = append(list, BlindSpot{File: name, Kind: SpotGenerated,
				Detail: "generated code is analysed and not rewritten; change its generator"})
		}
		for _, spec := range f.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if why, ok := x.absent[path]; ok {
				list = append(list, BlindSpot{File: name, Kind: SpotDependency,
					Detail: fmt.Sprintf("%s is missing: %s", path, oneLine(why)), Command: x.module.FetchCommand(why)})
			}
		}
	}
	if class&interesting == 0 {
		return list
	}
	for _, name := range x.unparsed {
		list = append(list, BlindSpot{File: name, Kind: SpotParse, Detail: "does not parse: " + x.errorIn(name), Command: "gofmt -e -l " + relative(name)})
	}
	// Missing dependencies have blind spots of their own, and cause most other errors.
	if len(x.errs) > 0 && len(x.absent) == 0 && len(x.unparsed) == 0 {
		file := x.files[0]
		if name, _, ok := strings.Cut(x.errs[0], ":"); ok && slices.Contains(x.files, name) {
			file = name
		}
		detail := "does not type-check: " + x.errs[0]
		if n := len(x.errs) - 1; n > 0 {
			detail += fmt.Sprintf(" (and %d more)", n)
		}
		list = append(list, BlindSpot{File: file, Kind: SpotTypes, Detail: detail, Command: "go vet " + relative(x.dir)})
	}
	return list
}

// errorIn returns the first error in a file.
func (x *unit) errorIn(name string) string {
	for _, e := range x.errs {
		if rest, ok := strings.CutPrefix(e, name+":"); ok {
			return rest
		}
	}
	return "unknown error"
}
