package outcome

import (
	"go/ast"
	"slices"
)

// untake replaces the exits of refusals that were taken for a token, and what was done with that: they are failures.
func (e *emitter) untake(items, f []*item, falls bool) {
	for _, it := range items {
		it.list = e.untaken(it.list, f, falls)
		for _, c := range it.cases {
			c.items = e.untaken(c.items, f, falls)
		}
		for n, p := range it.parts {
			if p.block {
				p.items = e.untaken(p.items, f, falls)
				it.parts[n] = p
			}
		}
		if it.out {
			e.replaceOut(it, f, falls)
		}
	}
}

func (e *emitter) untaken(items, f []*item, falls bool) []*item {
	if fl := flat(items); len(fl) > 0 && fl[len(fl)-1].out {
		last := fl[len(fl)-1]
		items = append(untaken(slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return it == last })), last)
	}
	e.untake(items, f, falls)
	return items
}

func (e *emitter) replaceOut(it *item, f []*item, falls bool) {
	if falls { // whoever gets past is dealt with
		it.verb, it.list, it.node, it.out = spliced, f, nil, false
		return
	}
	it.verb, it.leaves = dropped, false
}

// untaken leaves out, at the end of items, what is only done with a refusal that was taken for a token.
func untaken(items []*item) []*item {
	for len(items) > 0 {
		last := items[len(items)-1]
		if last.verb == dropped {
			items = items[:len(items)-1]
			continue
		}
		if !last.taken || len(last.list) > 0 || last.verb == edited && hasBlocks(last.parts) || last.leaves {
			break
		}
		if !isSimple(last.node) {
			break
		}
		items = items[:len(items)-1]
	}
	return items
}

// isSimple reports whether a statement holds no other statements.
func isSimple(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ExprStmt, *ast.AssignStmt, *ast.DeclStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.GoStmt, *ast.DeferStmt:
		return true
	}
	return false
}
