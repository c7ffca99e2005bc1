package fixer

import (
	"bytes"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"jwtretire.example/fixer/slice"
	"jwtretire.example/internal/leftover"
)

// outside looks for the variables and key files that nothing reads any more in the modules' other files.
func outside(got *result) {
	var variables, keys []string
	for _, l := range got.leftovers {
		switch l.Kind {
		case "env":
			variables = append(variables, l.Name)
		case "file", "embed":
			keys = append(keys, l.Name)
		}
	}
	if len(variables)+len(keys) == 0 {
		return
	}
	for _, root := range got.roots {
		places, err := leftover.Find(root, variables, keys)
		for _, a := range got.about {
			if err != nil {
				a.Notes = append(a.Notes, "looking for what stays behind outside of Go: "+err.Error())
			}
			for _, p := range places {
				if slices.ContainsFunc(a.Leftovers, func(l slice.Leftover) bool { return l.Name == p.Name || path.Base(filepath.ToSlash(l.Name)) == p.Name }) {
					a.Outside = append(a.Outside, p)
				}
			}
		}
	}
}

// unread drops the sources that the result still names: a secret that moved from the form to the new
// configuration is read as before. Names that a system gives to its variables are nobody's setting.
func (t *attempt) unread(list []slice.Leftover, files map[string][]byte) []slice.Leftover {
	source := map[string][]byte{}
	for _, p := range t.res.Packages {
		maps.Copy(source, p.Source)
	}
	maps.Copy(source, files)
	var out []slice.Leftover
	for _, l := range list {
		named := l.Kind == "env" && leftover.OfSystem(l.Name)
		if l.Expr {
			named = named || bytes.Contains(source[l.Pos.Filename], []byte("("+l.Name+")"))
		} else {
			quoted := []byte(strconv.Quote(l.Name))
			for _, src := range source {
				named = named || bytes.Contains(src, quoted)
			}
		}
		if !named {
			out = append(out, l)
		}
	}
	return out
}
