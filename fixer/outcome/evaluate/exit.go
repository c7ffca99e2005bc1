package evaluate

import (
	"go/ast"
)

func (ev *Evaluator) Exit(x Exit) { ev.Exits = append(ev.Exits, x) }

func drops(s ast.Stmt) []*Item { return []*Item{{Node: s, Verb: Dropped}} }

func Unchanged(items []*Item) bool {
	for _, it := range items {
		if it.Verb != Kept || it.Crash {
			return false
		}
	}
	return true
}

func (it *Item) set(n ast.Node, t Rendering) {
	if it.Parts == nil {
		it.Parts = map[ast.Node]Part{}
	}
	it.Verb = Edited
	it.Parts[n] = Part{Rendering: t}
}
