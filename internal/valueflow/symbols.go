package valueflow

import (
	"go/types"
	"iter"
	"maps"
	"slices"
	"strings"
)

// symbols has the functions, globals and fields in the facts of lower packages, except those of general
// helpers.
type symbols []*symbolSet

func speakOf(segments []*segment) symbols {
	var list symbols
	for _, s := range segments {
		if set := s.symbols(); len(set.names) > 0 {
			list = append(list, set)
		}
	}
	return list
}

// function reports whether a function is in the facts.
func (s symbols) function(fn *types.Func) bool {
	if fn.Pkg() == nil || !s.of(fn.Pkg()) {
		return false // before the full name is built, which is slow
	}
	return s.has(fn.FullName())
}

// variable reports whether a global or a field is in the facts.
func (s symbols) variable(v *types.Var) bool {
	switch {
	case v.Pkg() == nil || !s.of(v.Pkg()):
		return false
	case v.IsField():
		return s.has("field " + v.Pkg().Path() + "." + v.Name())
	}
	return s.has(v.Pkg().Path() + "." + v.Name())
}

func (s symbols) of(p *types.Package) bool {
	for _, set := range s {
		if set.paths[p.Path()] {
			return true
		}
	}
	return false
}

func (s symbols) has(name string) bool {
	for _, set := range s {
		if set.names[name] {
			return true
		}
	}
	return false
}

// A symbolSet has the symbols of one segment.
type symbolSet struct {
	names map[string]bool // full names of functions, path.name of globals, "field path.name"
	paths map[string]bool // their packages, and possibly more
}

func (s *segment) speaksOf() *symbolSet {
	set := newSymbolSet()
	for i := range s.nodes[1:] {
		if n := &s.nodes[i+1]; !n.Weak {
			set.add(n)
		}
	}
	for _, n := range s.strong {
		r := s.foreign[int(n)-len(s.nodes)]
		set.add(&r.seg.nodes[r.node])
	}
	return set
}

func newSymbolSet() *symbolSet { return &symbolSet{map[string]bool{}, map[string]bool{}} }

func (s *symbolSet) sorted() []string { return slices.Sorted(maps.Keys(s.names)) }

func (s *symbolSet) add(n *Node) {
	switch n.Kind {
	case Param, Result:
		name, _, _ := strings.Cut(n.Name, "$")
		s.name(name)
	case Global:
		s.name(n.Name)
	case Field:
		// path.Type.Field; a nested structure has more names.
		for path := range prefixes(n.Name) {
			s.name(fieldPrefix + path + "." + n.Text)
		}
	}
}

const fieldPrefix = "field "

// name adds a name that begins with a package path. The end of the path is ambiguous, because its last element can contain
// dots.
func (s *symbolSet) name(name string) {
	if s.names[name] {
		return
	}
	s.names[name] = true
	qualified := strings.TrimLeft(name, "(*")
	if field, ok := strings.CutPrefix(name, fieldPrefix); ok {
		qualified = field[:strings.LastIndexByte(field, '.')+1]
	}
	for path := range prefixes(qualified) {
		s.paths[path] = true
	}
}

// prefixes returns the possible package paths at the beginning of a name.
func prefixes(name string) iter.Seq[string] {
	name, _, _ = strings.Cut(name, "[")
	return func(yield func(string) bool) {
		for i := strings.LastIndexByte(name, '/') + 1; i < len(name); i++ {
			if name[i] == '.' && !yield(name[:i]) {
				return
			}
		}
	}
}
