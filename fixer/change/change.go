// Package change describes a change of syntax as data: nodes to remove, and text that replaces nodes.
// The planner makes a Set, the slicer adds dead code to it, the rewriter turns it into bytes.
package change

import (
	"go/ast"
	"strings"

	"jwtretire.example/fixer/safety"
)

// Text is Go source that takes the place of a node.
//
// An imported package is written as its path between « and »:
//
//	token, err := (&«golang.org/x/oauth2/clientcredentials».Config{…}).Token(ctx)
//
// The rewriter puts the file's own name for the package there and adds the import
// where there is none.
type Text struct {
	Src   string
	Keeps []ast.Node // original nodes whose source Src repeats: everything they use stays in use
}

// Set is one change over any number of files. The nodes are those of the packages that were loaded.
type Set struct {
	// Remove holds nodes that go: statements, declarations, specs, *ast.Field (one name: its
	// *ast.Ident), arguments and elements (ast.Expr) of a call or a composite literal,
	// *ast.CaseClause, names on the left of an assignment (they become _).
	Remove map[ast.Node]string // the node, and in a word why ("key load", "unused parameter")

	// Replace puts text in the place of a statement or an expression.
	// An empty list of statements is a removal; use Remove for that.
	Replace map[ast.Node]Text

	// Before puts statements in front of a statement that stays.
	Before map[ast.Stmt]Text

	// Unwrap makes an if the statements of one of its branches: nobody asks its condition any more.
	// The slicer turns it into a Replace.
	Unwrap map[*ast.IfStmt]ast.Stmt

	// Append adds declarations at the end of a file.
	Append map[*ast.File]Text

	// Deprecated adds a "Deprecated: …" paragraph to the doc comment of a *ast.Field,
	// *ast.FuncDecl, *ast.TypeSpec or *ast.ValueSpec that has to stay. A text that begins with a capital
	// letter is a paragraph by itself: what it is about is in use. Empty lines part paragraphs.
	Deprecated map[ast.Node]string

	// Uncomment holds comments that go although their code stays, because the change made them
	// untrue, and why.
	Uncomment map[*ast.Comment]string

	Notes []string               // what a reviewer should know, in the order found
	Looks map[string]safety.Look // those of the notes that ask for a judgement, and which
}

// NewSet returns an empty set.
func NewSet() *Set {
	return &Set{
		Remove:     map[ast.Node]string{},
		Replace:    map[ast.Node]Text{},
		Before:     map[ast.Stmt]Text{},
		Unwrap:     map[*ast.IfStmt]ast.Stmt{},
		Append:     map[*ast.File]Text{},
		Deprecated: map[ast.Node]string{},
		Uncomment:  map[*ast.Comment]string{},
		Looks:      map[string]safety.Look{},
	}
}

// Look adds a note that asks for a reviewer's judgement.
func (s *Set) Look(look safety.Look, note string) {
	s.Notes = append(s.Notes, note)
	s.Looks[note] = look
}

// Mentions reports whether a text of the set uses a package, or one below it.
func (s *Set) Mentions(path string) bool {
	in := func(t Text) bool {
		return strings.Contains(t.Src, "«"+path+"»") || strings.Contains(t.Src, "«"+path+"/")
	}
	for _, t := range s.Replace {
		if in(t) {
			return true
		}
	}
	for _, t := range s.Before {
		if in(t) {
			return true
		}
	}
	for _, t := range s.Append {
		if in(t) {
			return true
		}
	}
	return false
}

// Empty reports whether the set changes nothing.
func (s *Set) Empty() bool {
	return len(s.Remove)+len(s.Replace)+len(s.Before)+len(s.Append)+len(s.Deprecated)+len(s.Unwrap) == 0
}
