package valueflow

import (
	"go/types"
	"iter"
	"strings"
)

// symbols tells what the packages below speak of: functions, globals and fields. What only helpers
// that serve anything left there is not among it.
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

// function reports whether a function is spoken of.
func (s symbols) function(fn *types.Func) bool {
	if fn.Pkg() == nil || !s.of(fn.Pkg()) {
		return false // before a name is put together
	}
	return s.has(fn.FullName())
}

// variable reports whether a global or a field is spoken of.
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

// A symbolSet is what one segment speaks of.
type symbolSet struct {
	names map[string]bool // full names of functions, path.name of globals, "field path.name"
	paths map[string]bool // the packages that these are of, and more
}

func (s *segment) speaksOf() *symbolSet {
	set := &symbolSet{map[string]bool{}, map[string]bool{}}
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

func (s *symbolSet) add(n *Node) {
	switch n.Kind {
	case Param, Result:
		name, _, _ := strings.Cut(n.Name, "$")
		s.name(name, strings.TrimLeft(name, "(*"))
	case Global:
		s.name(n.Name, n.Name)
	case Field:
		// path.Type.Field; a structure inside another has more names.
		for path := range prefixes(n.Name) {
			s.name("field "+path+"."+n.Text, path+".")
		}
	}
}

// name adds a name that begins with a package path. Where that ends is not known for sure: there are
// dots in the last elements of some.
func (s *symbolSet) name(name, qualified string) {
	if s.names[name] {
		return
	}
	s.names[name] = true
	for path := range prefixes(qualified) {
		s.paths[path] = true
	}
}

// prefixes returns what may be the package path that a name begins with.
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
