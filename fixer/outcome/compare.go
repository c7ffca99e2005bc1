package outcome

import (
	"go/ast"
	"slices"

	"jwtretire.example/fixer/syntax"
)

// canonical returns items as texts for comparison: all plain errors are the same word.
func canonical(items []*item) []string {
	var out []string
	for _, it := range flat(items) {
		p := &printer{canon: true}
		out = append(out, p.item(it))
	}
	return out
}

// An errors has the statements of the new program for an error of Token: for a refusal, and for any other error.
type errorPart struct {
	refused []*item // under errors.As
	failed  []*item // under err != nil, after it
	chain   bool    // failed is the else branch of refused: a refusal does not reach it
}

// errorsOf combines the statements for a refusal and for a failure. If they are alike, they become one.
func (e *emitter) errorsOf(r, f []*item, hasR, hasF, fallsR bool) errorPart {
	switch {
	case !hasR:
		return errorPart{failed: f}
	case !hasF:
		return errorPart{refused: r}
	}
	if fallsR && leaves(f) {
		if alike(r, f) {
			return errorPart{failed: f}
		}
		return errorPart{refused: r, failed: f, chain: true}
	}
	if leaves(f) || len(f) == 0 {
		less := reduced(r, f, e.distinctTexts(f))
		if leaves(less) || !leaves(r) || !e.assignsError(less) { // the remaining refusals reach f with the error of Token
			r = less
		}
	} else { // the common end follows both
		n := 0
		for n < len(r) && n < len(f) && alike(r[len(r)-1-n:len(r)-n], f[len(f)-1-n:len(f)-n]) {
			n++
		}
		if n == len(f) {
			return errorPart{refused: r[:len(r)-n], failed: f}
		}
		if !leaves(r) {
			return errorPart{refused: r, failed: f, chain: true}
		}
	}
	if len(r) > 0 && !leaves(r) && len(f) > 0 && !leaves(f) {
		return errorPart{refused: r, failed: f, chain: true}
	}
	return errorPart{refused: r, failed: f}
}

// assignsError reports whether items assign to the variable of Token's error.
func (e *emitter) assignsError(items []*item) bool {
	if e.errVar == nil {
		return false
	}
	found := false
	for _, it := range everything(items) {
		if it.node == nil || it.verb == dropped || it.verb == written {
			continue
		}
		ast.Inspect(it.node, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok {
				for _, l := range a.Lhs {
					if id := syntax.IdentOf(l); id != nil && it.ev.f.Object(id) == e.errVar && isWritten(it.ev.f, id) {
						found = true
					}
				}
			}
			return !found
		})
	}
	return found
}

// alike reports whether two lists of items have the same visible behaviour.
func alike(a, b []*item) bool {
	if slices.Equal(canonical(a), canonical(b)) {
		return true
	}
	x, y := &printer{canon: true, strict: true}, &printer{canon: true, strict: true}
	return x.list(a) == y.list(b)
}

// reduced removes the end of items that is the same as follows, because a refusal that passes them reaches follows.
// With texts, conditions stay: they choose between texts that operators search for.
func reduced(items, follows []*item, texts bool) []*item {
	items = flat(items)
	for len(items) > 0 {
		last := items[len(items)-1]
		if last.leaves && alike([]*item{last}, follows) {
			items = items[:len(items)-1]
			continue
		}
		if n := len(flat(follows)); n > 1 && len(items) >= n && leaves(items) && alike(items[len(items)-n:], follows) {
			items = items[:len(items)-n]
			continue
		}
		if last.cases != nil && !texts {
			if !reducedCases(last, follows) {
				break
			}
			if len(last.cases) > 0 {
				return items
			}
			items = items[:len(items)-1]
			continue
		}
		if last.verb == spliced { // it has names of its own
			return items
		}
		s, ok := last.node.(*ast.IfStmt)
		if !ok || texts || last.verb == written || !last.ev.harmlessHead(last, s) {
			break
		}
		var then, els []*item
		if last.verb == kept {
			then, els = keepWith(last, s.Body.List), keepWith(last, elseList(s.Else))
		} else {
			then = last.parts[s.Body].items
			if s.Else != nil {
				els = last.parts[s.Else].items
			}
		}
		a, b := reduced(then, follows, texts), reduced(els, follows, texts)
		switch {
		case len(a) == 0 && len(b) == 0:
			items = items[:len(items)-1]
			continue
		case len(a) == 0 && last.verb == edited && !last.turned:
			cond := last.parts[s.Cond]
			turned := &item{ev: last.ev, node: s, verb: edited, env: last.env, status: last.status, turned: true, parts: map[ast.Node]part{
				s.Cond: {rendering: rendering{text: negated(cond.text), keeps: cond.keeps}}, s.Body: {items: b, block: true}, s.Else: {block: true},
			}}
			if s.Init != nil {
				turned.parts[s.Init] = last.parts[s.Init]
			}
			return append(items[:len(items)-1:len(items)-1], turned)
		}
		return items
	}
	return items
}

// reducedCases leaves out of a switch at the end of items the cases that do as follows does. It reports whether something changed.
func reducedCases(it *item, follows []*item) (changed bool) {
	var left []*choice
	hasDefault := false
	for _, c := range it.cases {
		body := flat(c.items)
		if leaves(body) {
			if r := reduced(body, follows, false); len(r) < len(body) {
				c.items, changed = r, true
			}
		}
		if len(c.when) == 0 && len(flat(c.items)) > 0 {
			hasDefault = true
		}
	}
	for _, c := range it.cases {
		if len(flat(c.items)) > 0 || hasDefault && len(c.when) > 0 {
			left = append(left, c)
		}
	}
	it.cases = left
	if len(left) == 0 {
		it.cases = []*choice{}
	}
	return changed
}

// harmlessHead reports whether the head of an if has no side effect.
func (ev *evaluator) harmlessHead(it *item, s *ast.IfStmt) bool {
	if s.Init != nil && !(it.verb == edited && it.parts[s.Init].gone) {
		a, ok := s.Init.(*ast.AssignStmt)
		if !ok {
			return false
		}
		for _, l := range a.Lhs {
			id := syntax.IdentOf(l)
			if id == nil || id.Name != "_" && ev.f.Pkg.Info.Defs[id] == nil && (ev.errVar == nil || ev.f.Object(id) != ev.errVar) {
				return false // without the head, the variable of the error still holds that of Token
			}
		}
		for _, r := range a.Rhs {
			if !pureExpr(ev, r) && !ev.readsOnly(r) {
				return false
			}
		}
	}
	return pureExpr(ev, s.Cond) || ev.readsOnly(s.Cond)
}

// distinctTexts reports whether refusals end in several plain errors with texts that differ by status: operators search logs for them.
// follows is the residual of a failure.
func (e *emitter) distinctTexts(follows []*item) bool {
	f := flat(follows)
	if len(f) == 0 {
		return false
	}
	last := canonical(f[len(f)-1:])[0]
	seen := map[string]bool{}
	for _, x := range e.worlds[Refused].ev.exits {
		if x.how != returns || x.item == nil || x.item.out || x.env.failed || len(x.env.status) == 1 && x.env.status[0] == 200 {
			continue
		}
		if c := canonical([]*item{x.item}); len(c) != 1 || c[0] != last {
			continue
		}
		p := &printer{canon: false}
		it := *x.item
		it.env = nil
		seen[p.item(&it)] = true
	}
	return len(seen) > 1
}
