package applied

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

// A Program is the changed program, as far as there are texts in it.
type Program struct {
	Replaced map[ast.Node]*Text // by the node that a text takes the place of
	Before   map[ast.Stmt]*Text // by the statement that it stands in front of
}

// A Text is a text of the change, in the changed program.
type Text struct {
	Nodes []ast.Node // its outermost nodes, in order; none if something around it goes
	File  *File
}

// A File is a changed file.
type File struct {
	Pkg    *load.Package // as it is now: Syntax, Types and Info; of its functions only those with a text have a body
	Path   string
	Source []byte
	Syntax *ast.File

	of    *source
	edits []edit // in order, not overlapping
	pkg   *changed
}

// A source is a file as it was.
type source struct {
	pkg    *load.Package
	syntax *ast.File
	path   string
	text   []byte
}

// An edit puts a text, or blanks, in the place of some bytes.
type edit struct {
	from, to int
	src      string // blanks if empty
	head     int    // bytes of src in front of the text
	text     *Text  // nil if it is none of the change

	at, end int // where it is in the changed file
}

// A writer collects the edits of files.
type writer struct {
	set     *change.Set
	parent  map[ast.Node]ast.Node
	sources map[*ast.File]*source
	edits   map[*source][]edit
}

// A changed is a package with changed files.
type changed struct {
	*writer
	old   *load.Package
	all   []*load.Package
	files []*File
	types *types.Package

	declared map[token.Pos]types.Object    // the objects of the package as it was, by position
	reused   map[types.Object]types.Object // what a text declares and code around it uses, with what that used before
}

func (s *source) offset(p token.Pos) int { return s.pkg.Fset.File(p).Offset(p) }

// old returns where a position of the changed file was; false if it is in an edit.
func (f *File) old(pos token.Pos) (token.Pos, bool) {
	fset := f.of.pkg.Fset
	at := fset.File(pos).Offset(pos)
	i := sort.Search(len(f.edits), func(i int) bool { return f.edits[i].at > at }) - 1
	if i >= 0 {
		if at < f.edits[i].end {
			return token.NoPos, false
		}
		at += f.edits[i].to - f.edits[i].end
	}
	return fset.File(f.of.syntax.Package).Pos(at), true
}
