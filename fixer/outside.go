package fixer

import (
	"bytes"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/internal/leftover"
)

// outside searches the other files of the modules' repositories for environment variables, key files and settings that nothing
// reads any more.
func (t *attempt) outside(got *result) {
	var search leftover.Search
	for _, l := range got.leftovers {
		switch {
		case l.Expr:
		case l.Kind == "env":
			search.Variables = append(search.Variables, l.Name)
		case l.Kind == "file" || l.Kind == "embed":
			search.KeyFiles = append(search.KeyFiles, l.Name)
		case l.Kind == "setting":
			search.Settings = append(search.Settings, l.Name)
		}
	}
	if len(search.Variables)+len(search.KeyFiles)+len(search.Settings) == 0 {
		return
	}
	search.Near = got.roots
	search.Known = func(path string) bool { return t.res.Has(path) || t.opts.Apart[path] }
	var roots []string
	for _, dir := range got.roots {
		if root := repository(dir); !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	for _, root := range roots {
		search.Root = root
		places, read, err := leftover.Find(search)
		for _, a := range got.about {
			if err != nil {
				a.Notes = append(a.Notes, "looking for what stays behind outside of Go: "+err.Error())
			}
			a.Leftovers = slices.DeleteFunc(a.Leftovers, func(l report.Leftover) bool {
				return read[l.Name] || (l.Kind == "file" || l.Kind == "embed") && read[path.Base(filepath.ToSlash(l.Name))]
			})
			for _, p := range places {
				if p.Kind == "pem-file" || slices.ContainsFunc(a.Leftovers, func(l report.Leftover) bool { return l.Name == p.Name || path.Base(filepath.ToSlash(l.Name)) == p.Name }) {
					a.Outside = append(a.Outside, p)
				}
			}
		}
	}
}

// builds searches for build files that repeat changed imports or requirements.
func (t *attempt) builds(got *result) {
	b := leftover.Build{Mods: map[string][]byte{}, Change: map[string][]byte{}}
	for _, f := range got.files {
		switch {
		case filepath.Base(f.Path) == "go.mod":
			b.Mods[f.Path], b.Change[f.Path] = f.Old, f.New
		case strings.HasSuffix(f.Path, ".go") && !maps.Equal(imports(f.Old), imports(f.New)):
			if dir := filepath.Dir(f.Path); !slices.Contains(b.Dirs, dir) {
				b.Dirs = append(b.Dirs, dir)
			}
		}
	}
	if len(b.Dirs)+len(b.Mods) == 0 {
		return
	}
	at := got.roots
	if len(at) == 0 {
		at = b.Dirs
	}
	b.Root = repository(at[0])
	places := leftover.Builds(b)
	for _, a := range got.about {
		a.Outside = append(a.Outside, places...)
	}
}

// repository returns the nearest directory above with .git, or the directory itself: deployment files
// are often outside of the module.
func repository(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

// unread drops the settings that the result still names: a secret that moved from the form to the new
// configuration is still read. Standard variables of the system are not settings of the program.
func (t *attempt) unread(list []report.Leftover, files map[string][]byte) []report.Leftover {
	source := map[string][]byte{}
	for _, p := range t.res.Packages {
		maps.Copy(source, p.Source)
	}
	maps.Copy(source, files)
	var names []string
	for _, l := range list {
		if !l.Expr {
			names = append(names, l.Name)
		}
	}
	quoted := quotedIn(source, names)
	var out []report.Leftover
	for _, l := range list {
		named := l.Kind == "env" && leftover.OfSystem(l.Name)
		if l.Expr {
			named = named || bytes.Contains(source[l.Pos.Filename], []byte("("+l.Name+")"))
		} else {
			named = named || quoted[l.Name]
		}
		if l.Kept || !named {
			out = append(out, l)
		}
	}
	return out
}

// quotedIn returns the names that occur in quotes in some sources. A name without an escape is between two consecutive
// quotes, so one pass finds all of them.
func quotedIn(source map[string][]byte, names []string) map[string]bool {
	found, plain := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		quoted := strconv.Quote(name)
		if quoted == `"`+name+`"` {
			plain[name] = true
			continue
		}
		for _, src := range source {
			found[name] = found[name] || bytes.Contains(src, []byte(quoted))
		}
	}
	if len(plain) == 0 {
		return found
	}
	for _, src := range source {
		_, rest, _ := bytes.Cut(src, []byte{'"'})
		for {
			part, after, more := bytes.Cut(rest, []byte{'"'})
			if !more {
				break
			}
			if plain[string(part)] {
				found[string(part)] = true
			}
			rest = after
		}
	}
	return found
}
