package outcome

import (
	"go/ast"
	"go/token"
	"strings"

	"jwtretire.example/fixer/change"
)

// An item is the residual of one statement of the old program in an outcome.
type item struct {
	ev   *evaluator
	node ast.Stmt // the statement, nil where the text is new
	verb verb

	parts  map[ast.Node]part // edited
	list   []*item           // spliced: the items that take the place of the statement
	branch ast.Stmt          // spliced: the branch of an if that they are the items of
	scoped bool              // spliced: they declare names that mean something else around the statement
	text   change.Text       // written

	turned bool // edited: an if of which only the else branch is left

	tag   said      // edited: of a switch
	cases []*choice // edited: a switch, case by case

	leaves bool  // control does not get past it
	crash  bool  // the old program panics here
	status []int // the statuses that come to it
	env    *env  // what is known there: exits only
	taken  bool  // it follows a decoding of a refusal, and nobody has looked at that
	out    bool  // an exit of an unchecked refusal: it is replaced
	unsaid error // it cannot be said, which counts only where it is not left out
}

type verb int

const (
	kept    verb = iota // as it is
	dropped             // gone
	edited              // parts of it are said otherwise
	spliced             // what is inside of it takes its place
	written             // other text
)

// A choice is one case of a switch: under which values, none for default, what.
type choice struct {
	clause *ast.CaseClause
	when   []said
	items  []*item
}

// flat takes the items of spliced statements out, where they need no braces, and leaves out what is dropped.
func flat(items []*item) []*item {
	var out []*item
	for _, it := range items {
		switch {
		case it.verb == dropped:
		case it.verb == spliced && (!it.scoped || len(flat(it.list)) == 0):
			out = append(out, flat(it.list)...)
		default:
			out = append(out, it)
		}
	}
	return out
}

// leaves reports whether control can pass the last of the items.
func leaves(items []*item) bool {
	f := flat(items)
	if len(f) == 0 {
		return false
	}
	last := f[len(f)-1]
	switch {
	case last.verb == spliced:
		return leaves(last.list)
	case last.verb == edited:
		if s, ok := last.node.(*ast.IfStmt); ok && !last.turned {
			return s.Else != nil && leaves(last.parts[s.Body].items) && leaves(last.parts[s.Else].items)
		}
	}
	return last.leaves
}

// only returns the condition and the statements of a switch with a single case.
func (it *item) only() (cond said, body []*item, ok bool) {
	if len(it.cases) != 1 || len(it.cases[0].when) == 0 || breaksInside(it.cases[0].items) {
		return said{}, nil, false
	}
	c := it.cases[0]
	var parts []string
	for _, w := range c.when {
		text := w.text
		if it.tag.text != "" {
			text = it.tag.text + " == " + text
		} else if len(c.when) > 1 && strings.Contains(text, "&&") {
			text = "(" + text + ")"
		}
		parts = append(parts, text)
		cond.keeps = append(cond.keeps, w.keeps...)
	}
	cond.keeps = append(cond.keeps, it.tag.keeps...)
	cond.text = strings.Join(parts, " || ")
	return cond, c.items, true
}

// breaksInside reports whether items leave a switch around them.
func breaksInside(items []*item) bool {
	for _, it := range everything(items) {
		if b, ok := it.node.(*ast.BranchStmt); ok && b.Tok == token.BREAK && b.Label == nil {
			return true
		}
	}
	return false
}
