// Package change describes a change of syntax as data: nodes to remove, and text that replaces nodes.
// The planner makes a Set, the slicer adds dead code to it, the rewriter turns it into bytes.
package change

import (
	"go/ast"
	"iter"
	"maps"
	"slices"
	"strings"

	"jwtretire.example/fixer/safety"
)

// Text is Go source that replaces a node.
//
// An imported package is written as its path between « and »:
//
//	token, err := (&«golang.org/x/oauth2/clientcredentials».Config{…}).Token(ctx)
//
// The rewriter replaces it by the name of the package in the file, and adds an import
// if necessary.
type Text struct{ Src string }

// A Part is the remaining part of an unwrapped node.
type Part struct {
	Node  ast.Node // inside of it
	Block bool     // the statements of a branch keep their braces, because of the names that they declare
}

// An Assignment is the change of an assignment of a call's results.
type Assignment struct {
	Lost   map[int]bool // results that the call no longer has, which are removed with their targets
	Define bool         // = becomes :=
}

// Inside reports whether a node around n is removed or replaced, so that entries for n have no effect. parent
// has the parent of each node.
func (s *Set) Inside(n ast.Node, parent map[ast.Node]ast.Node) bool {
	for m, up := n, parent[n]; up != nil; m, up = up, parent[up] {
		if _, ok := s.Remove[up]; ok {
			return true
		}
		if _, ok := s.Replace[up]; ok {
			return true
		}
		if s.cuts(up, n, m, parent) {
			return true
		}
	}
	return false
}

// Gone reports whether n, or a node around it, is removed or replaced.
func (s *Set) Gone(n ast.Node, parent map[ast.Node]ast.Node) bool {
	_, rem := s.Remove[n]
	_, rep := s.Replace[n]
	return rem || rep || s.Inside(n, parent)
}

// Parts returns the remaining parts of an unwrapped node, and of a statement that is replaced by calls; false
// for any other node.
func (s *Set) Parts(n ast.Node) ([]ast.Node, bool) {
	if part, ok := s.Unwrap[n]; ok {
		if f, ok := n.(*ast.IfStmt); ok && s.Init(f) != nil {
			return []ast.Node{f.Init, part.Node}, true
		}
		return []ast.Node{part.Node}, true
	}
	st, _ := n.(ast.Stmt)
	calls, ok := s.Calls[st]
	var out []ast.Node
	for _, c := range calls {
		out = append(out, c)
	}
	return out, ok
}

// cuts reports whether only parts of up remain, and n, which is in its child m, is in none of them.
func (s *Set) cuts(up, n, m ast.Node, parent map[ast.Node]ast.Node) bool {
	parts, ok := s.Parts(up)
	if !ok {
		return false
	}
	if f, ok := up.(*ast.IfStmt); ok && m == f.Init {
		return false // it goes by itself, or stays
	}
	for ; n != up; n = parent[n] {
		if slices.Contains(parts, n) {
			return false
		}
	}
	return true
}

// Init returns the init of an unwrapped if that stays before the branch, nil if there is none.
func (s *Set) Init(f *ast.IfStmt) ast.Node {
	if f.Init == nil || s.Unwrap[f].Node == ast.Node(f.Init) {
		return nil
	}
	if _, gone := s.Remove[f.Init]; gone {
		return nil
	}
	return f.Init
}

// Set is one change over any number of files. The nodes are those of the packages that were loaded.
type Set struct {
	// Remove has the removed nodes: statements, declarations, specs, *ast.Field (one name: its
	// *ast.Ident), arguments and elements (ast.Expr) of a call or a composite literal,
	// *ast.CaseClause, names on the left of an assignment (they become _).
	Remove map[ast.Node]string // by node, the reason in a word ("key load", "unused parameter")

	// Replace has the text that replaces a statement or an expression.
	// An empty list of statements is a removal; use Remove for that.
	Replace map[ast.Node]Text

	// Before has statements that are inserted before a statement that stays.
	Before map[ast.Stmt]Text

	// Unwrap replaces a node by a part of it, with the changes of the set in that part: an if by one of its branches or its
	// init, an assignment by its call, a condition by one operand, a labelled statement by the statement.
	Unwrap map[ast.Node]Part

	// Calls has statements that are replaced by some of their calls, each as a statement.
	Calls map[ast.Stmt][]*ast.CallExpr

	// Assign alters an assignment whose call loses results, or that becomes a definition.
	Assign map[*ast.AssignStmt]Assignment

	// Append adds declarations at the end of a file.
	Append map[*ast.File]Text

	// Deprecated adds a "Deprecated: …" paragraph to the doc comment of a *ast.Field,
	// *ast.FuncDecl, *ast.TypeSpec or *ast.ValueSpec that has to stay. A text that begins with a capital
	// letter is a separate paragraph without "Deprecated", for a declaration in use. Empty lines separate paragraphs.
	Deprecated map[ast.Node]string

	// Uncomment has comments that are removed although their code stays, because the change made them
	// wrong, with the reason.
	Uncomment map[*ast.Comment]string

	Notes []string               // for the reviewer, in the order in which they were added
	Looks map[string]safety.Look // by note: the question for the reviewer, if it has one
}

// NewSet returns an empty set.
func NewSet() *Set {
	return &Set{
		Remove:     map[ast.Node]string{},
		Replace:    map[ast.Node]Text{},
		Before:     map[ast.Stmt]Text{},
		Unwrap:     map[ast.Node]Part{},
		Calls:      map[ast.Stmt][]*ast.CallExpr{},
		Assign:     map[*ast.AssignStmt]Assignment{},
		Append:     map[*ast.File]Text{},
		Deprecated: map[ast.Node]string{},
		Uncomment:  map[*ast.Comment]string{},
		Looks:      map[string]safety.Look{},
	}
}

// Look adds a note with a question for the reviewer.
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

// Nodes returns every node with an entry, without comments, in no particular order. A node in two maps appears
// twice.
func (s *Set) Nodes() iter.Seq[ast.Node] {
	return func(yield func(ast.Node) bool) {
		_ = each(s.Remove, yield) && each(s.Replace, yield) && each(s.Before, yield) && each(s.Unwrap, yield) &&
			each(s.Calls, yield) && each(s.Assign, yield) && each(s.Append, yield) && each(s.Deprecated, yield)
	}
}

func each[N nodeKey, V any](m map[N]V, yield func(ast.Node) bool) bool {
	for n := range m {
		if !yield(n) {
			return false
		}
	}
	return true
}

// A nodeKey is a kind of node that is a key of a map of the set.
type nodeKey interface {
	ast.Node
	comparable
}

// Conflicts reports whether two sets have different texts or parts for a node.
func (s *Set) Conflicts(other *Set) bool {
	for n, text := range other.Replace {
		if old, ok := s.Replace[n]; ok && old != text {
			return true
		}
	}
	for n, text := range other.Before {
		if old, ok := s.Before[n]; ok && old != text {
			return true
		}
	}
	for n, part := range other.Unwrap {
		if old, ok := s.Unwrap[n]; ok && old != part {
			return true
		}
	}
	return false
}

// Merge adds the entries of another set, which must not conflict. Equal declarations at the end of a file are
// added once.
func (s *Set) Merge(from *Set) {
	maps.Copy(s.Remove, from.Remove)
	maps.Copy(s.Replace, from.Replace)
	maps.Copy(s.Before, from.Before)
	maps.Copy(s.Unwrap, from.Unwrap)
	for f, text := range from.Append {
		if !strings.Contains(s.Append[f].Src, text.Src) {
			s.Append[f] = Text{Src: strings.TrimSpace(s.Append[f].Src + "\n\n" + text.Src)}
		}
	}
	maps.Copy(s.Deprecated, from.Deprecated)
	maps.Copy(s.Uncomment, from.Uncomment)
	s.Notes = append(s.Notes, from.Notes...)
	maps.Copy(s.Looks, from.Looks)
}

// Empty reports whether the set changes nothing.
func (s *Set) Empty() bool {
	return len(s.Remove)+len(s.Replace)+len(s.Before)+len(s.Append)+len(s.Deprecated)+len(s.Unwrap)+len(s.Assign)+len(s.Calls) == 0
}
