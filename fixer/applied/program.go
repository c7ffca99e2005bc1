package applied

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
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
	*syntax.File // its package is the changed one: Syntax, Types and Info; only functions with a text have a body

	of    *syntax.File
	edits []edit // in order, without overlaps
	pkg   *changed
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
	set   *change.Set
	ix    *syntax.Index
	edits map[*syntax.File][]edit
}

// A changed is a package with changed files.
type changed struct {
	*writer
	old   *load.Package
	files []*File
	types *types.Package

	declared map[token.Pos]types.Object    // the objects of the original package, by position
	reused   map[types.Object]types.Object // by variable that a text declares and other code uses: the variable that this code used before
}

// old converts a position of the changed file to one of the original; false if it is in an edit.
func (f *File) old(pos token.Pos) (token.Pos, bool) {
	fset := f.of.Pkg.Fset
	at := fset.File(pos).Offset(pos)
	i := sort.Search(len(f.edits), func(i int) bool { return f.edits[i].at > at }) - 1
	if i >= 0 {
		if at < f.edits[i].end {
			return token.NoPos, false
		}
		at += f.edits[i].to - f.edits[i].end
	}
	return fset.File(f.of.Syntax.Package).Pos(at), true
}
