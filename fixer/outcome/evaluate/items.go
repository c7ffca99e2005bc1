package evaluate

import (
	"go/ast"
	"go/token"
	"strings"
)

// Flat returns the items with those of spliced statements in place, if they need no braces, and without dropped ones.
func Flat(items []*Item) []*Item {
	var out []*Item
	for _, it := range items {
		switch {
		case it.Verb == Dropped:
		case it.Verb == Spliced && (!it.Scoped || len(Flat(it.List)) == 0):
			out = append(out, Flat(it.List)...)
		default:
			out = append(out, it)
		}
	}
	return out
}

// Leaves reports whether control can pass the last of the items.
func Leaves(items []*Item) bool {
	f := Flat(items)
	if len(f) == 0 {
		return false
	}
	last := f[len(f)-1]
	switch {
	case last.Verb == Spliced:
		return Leaves(last.List)
	case last.Verb == Edited:
		if s, ok := last.Node.(*ast.IfStmt); ok && !last.Turned {
			return s.Else != nil && Leaves(last.Parts[s.Body].Items) && Leaves(last.Parts[s.Else].Items)
		}
	}
	return last.Leaves
}

// Only returns the condition and the statements of a switch with a single case.
func (it *Item) Only() (cond Rendering, body []*Item, ok bool) {
	if len(it.Cases) != 1 || len(it.Cases[0].When) == 0 || breaksInside(it.Cases[0].Items) {
		return Rendering{}, nil, false
	}
	c := it.Cases[0]
	var parts []string
	for _, w := range c.When {
		text := w.Text
		if it.tag.Text != "" {
			text = it.tag.Text + " == " + text
		} else if len(c.When) > 1 && strings.Contains(text, "&&") {
			text = "(" + text + ")"
		}
		parts = append(parts, text)
		cond.Keeps = append(cond.Keeps, w.Keeps...)
	}
	cond.Keeps = append(cond.Keeps, it.tag.Keeps...)
	cond.Text = strings.Join(parts, " || ")
	return cond, c.Items, true
}

// breaksInside reports whether items leave a switch around them.
func breaksInside(items []*Item) bool {
	for _, it := range Everything(items) {
		if b, ok := it.Node.(*ast.BranchStmt); ok && b.Tok == token.BREAK && b.Label == nil {
			return true
		}
	}
	return false
}

// ElseList returns the statements of an else branch; an else if is one.
func ElseList(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case nil:
		return nil
	case *ast.BlockStmt:
		return s.List
	}
	return []ast.Stmt{s}
}

// Negated returns the negation of a condition.
func Negated(cond string) string {
	if !strings.Contains(cond, "&&") && !strings.Contains(cond, "||") {
		for _, ops := range [][2]string{{" == ", " != "}, {" != ", " == "}, {" >= ", " < "}, {" <= ", " > "}, {" < ", " >= "}, {" > ", " <= "}} {
			if l, r, ok := strings.Cut(cond, ops[0]); ok && !strings.ContainsAny(r, "=<>") {
				return l + ops[1] + r
			}
		}
		if strings.HasPrefix(cond, "!") && !strings.Contains(cond, " ") {
			return cond[1:]
		}
		if !strings.Contains(cond, " ") {
			return "!" + cond
		}
	}
	return "!(" + cond + ")"
}

// place returns the position of an item, for messages.
func (it *Item) place(ev *Evaluator) string {
	if it.Node != nil && it.Ev != nil {
		return it.Ev.F.Place(it.Node)
	}
	return ev.F.Place(ev.D.Node)
}

func KeepWith(of *Item, list []ast.Stmt) []*Item {
	var out []*Item
	for _, s := range list {
		it := &Item{Ev: of.Ev, Node: s, Verb: Kept, Env: of.Env, Status: of.Status}
		switch s := s.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			it.Leaves = true
		case *ast.ExprStmt:
			if c, ok := s.X.(*ast.CallExpr); ok {
				it.Leaves = of.Ev.endsProgram(c)
			}
		}
		out = append(out, it)
	}
	return out
}

func remove(exits []Exit, from int, gone []Exit) []Exit {
	out := exits[:from:from]
	for _, x := range exits[from:] {
		keep := true
		for _, g := range gone {
			if g.Item == x.Item {
				keep = false
			}
		}
		if keep {
			out = append(out, x)
		}
	}
	return out
}
