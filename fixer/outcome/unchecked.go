package outcome

import (
	"go/ast"
	"slices"
)

// dropUnchecked replaces the exits of refusals that were taken for a token, with the statements that used them: these
// refusals are failures now.
func (e *emitter) dropUnchecked(items, f []*item, falls bool) {
	for _, it := range items {
		it.list = e.withoutUnchecked(it.list, f, falls)
		for _, c := range it.cases {
			c.items = e.withoutUnchecked(c.items, f, falls)
		}
		for n, p := range it.parts {
			if p.block {
				p.items = e.withoutUnchecked(p.items, f, falls)
				it.parts[n] = p
			}
		}
		if it.out {
			e.replaceOut(it, f, falls)
		}
	}
}

func (e *emitter) withoutUnchecked(items, f []*item, falls bool) []*item {
	if fl := flat(items); len(fl) > 0 && fl[len(fl)-1].out {
		last := fl[len(fl)-1]
		items = append(trimUnchecked(slices.DeleteFunc(slices.Clone(items), func(it *item) bool { return it == last })), last)
	}
	e.dropUnchecked(items, f, falls)
	return items
}

func (e *emitter) replaceOut(it *item, f []*item, falls bool) {
	if falls { // the code after it handles the failure
		it.verb, it.list, it.node, it.out = spliced, f, nil, false
		return
	}
	it.verb, it.leaves = dropped, false
}

// trimUnchecked removes the end of items that is reached only with a refusal that was taken for a token.
func trimUnchecked(items []*item) []*item {
	for len(items) > 0 {
		last := items[len(items)-1]
		if last.verb == dropped {
			items = items[:len(items)-1]
			continue
		}
		if !last.unchecked || len(last.list) > 0 || last.verb == edited && hasBlocks(last.parts) || last.leaves {
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
