package outcome

import (
	"go/ast"
	"go/token"
	"strings"
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
	text   rendering         // written

	turned bool // edited: an if of which only the else branch is left

	tag   rendering // edited: of a switch
	cases []*choice // edited: a switch, case by case

	leaves        bool  // control does not get past it
	crash         bool  // the old program panics here
	status        []int // the statuses that reach it
	env           *env  // the facts there: exits only
	unchecked     bool  // it follows a decoding of a refusal that no condition has checked
	out           bool  // an exit of an unchecked refusal: it is replaced
	inexpressible error // why it cannot be expressed; an error only if it stays
}

type verb int

const (
	kept    verb = iota // as it is
	dropped             // gone
	edited              // parts of it change
	spliced             // its inner statements replace it
	written             // other text
)

// A choice is one case of a switch: its values (none for default) and its items.
type choice struct {
	clause *ast.CaseClause
	when   []rendering
	items  []*item
}

// flat returns the items with those of spliced statements in place, if they need no braces, and without dropped ones.
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
func (it *item) only() (cond rendering, body []*item, ok bool) {
	if len(it.cases) != 1 || len(it.cases[0].when) == 0 || breaksInside(it.cases[0].items) {
		return rendering{}, nil, false
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
