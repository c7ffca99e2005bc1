package applied

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

// A Program has the changed files with texts.
type Program struct {
	Replaced map[ast.Node]*Text // by the replaced node
	Before   map[ast.Stmt]*Text // by the statement after the text
}

// A Text is a text of the change, in the changed program.
type Text struct {
	Nodes []ast.Node // its outermost nodes, in order; none if it is in removed code
	File  *File
}

// A File is a changed file.
type File struct {
	Pkg    *load.Package // the changed package: Syntax, Types and Info; only functions with a text have a body
	Path   string
	Source []byte
	Syntax *ast.File

	of    *source
	edits []edit // in order, without overlaps
	pkg   *changed
}

// A source is an original file.
type source struct {
	pkg    *load.Package
	syntax *ast.File
	path   string
	text   []byte
}

// An edit replaces bytes by a text, or by blanks.
type edit struct {
	from, to int
	src      string // blanks if empty
	head     int    // bytes of src before the text
	text     *Text  // nil if it is no text of the change

	at, end int // its extent in the changed file
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

	declared map[token.Pos]types.Object    // the objects of the original package, by position
	reused   map[types.Object]types.Object // by variable that a text declares and other code uses: the variable that this code used before
}

func (s *source) offset(p token.Pos) int { return s.pkg.Fset.File(p).Offset(p) }

// old converts a position of the changed file to one of the original; false if it is in an edit.
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
