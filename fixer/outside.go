package fixer

import (
	"bytes"
	"strconv"

	"jwtretire.example/fixer/slice"
	"jwtretire.example/internal/leftover"
)

// outside looks for the variables and key files that nothing reads any more in the modules' other files.
func outside(got *result) ([]leftover.Place, error) {
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
		return nil, nil
	}
	var all []leftover.Place
	for _, root := range got.roots {
		places, err := leftover.Find(root, variables, keys)
		if err != nil {
			return all, err
		}
		all = append(all, places...)
	}
	return all, nil
}

// unread drops the sources that the result still names: a secret that moved from the form to the new
// configuration is read as before.
func (t *attempt) unread(list []slice.Leftover, files map[string][]byte) []slice.Leftover {
	named := func(name string) bool {
		quoted := []byte(strconv.Quote(name))
		for _, p := range t.res.Packages {
			for path, src := range p.Source {
				if changed, ok := files[path]; ok {
					src = changed
				}
				if bytes.Contains(src, quoted) {
					return true
				}
			}
		}
		return false
	}
	var out []slice.Leftover
	for _, l := range list {
		if !named(l.Name) {
			out = append(out, l)
		}
	}
	return out
}
