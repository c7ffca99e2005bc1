package emit

import (
	"go/ast"
	"maps"
	"slices"

	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/outcome/evaluate"
	"jwtretire.example/fixer/syntax"
)

// canonical returns items as texts for comparison: all plain errors are the same word.
func canonical(items []*evaluate.Item) []string {
	var out []string
	for _, it := range evaluate.Flat(items) {
		p := &evaluate.Printer{Canon: true}
		out = append(out, p.Item(it))
	}
	return out
}

// An errors has the statements of the new program for an error of Token: for a refusal, and for any other error.
type errorPart struct {
	Refused []*evaluate.Item // under errors.As
	failed  []*evaluate.Item // under err != nil, after it
	chain   bool             // failed is the else branch of refused: a refusal does not reach it
}

// ErrorsOf combines the statements for a refusal and for a failure. If they are alike, they become one.
func (e *Emitter) ErrorsOf(r, f []*evaluate.Item, hasR, hasF, fallsR bool) errorPart {
	switch {
	case !hasR:
		return errorPart{failed: f}
	case !hasF:
		return errorPart{Refused: r}
	}
	if fallsR && evaluate.Leaves(f) {
		if e.alike(r, f) {
			return errorPart{failed: f}
		}
		return errorPart{Refused: r, failed: f, chain: true}
	}
	if evaluate.Leaves(f) || len(f) == 0 {
		less := e.reduced(r, f, !e.Texts && e.distinctTexts(f))
		if evaluate.Leaves(less) || !evaluate.Leaves(r) || !e.assignsError(less) { // the remaining refusals reach f with the error of Token
			r = less
		}
	} else { // the common end follows both
		n := 0
		for n < len(r) && n < len(f) && e.alike(r[len(r)-1-n:len(r)-n], f[len(f)-1-n:len(f)-n]) {
			n++
		}
		if n == len(f) {
			return errorPart{Refused: r[:len(r)-n], failed: f}
		}
		if !evaluate.Leaves(r) {
			return errorPart{Refused: r, failed: f, chain: true}
		}
	}
	if len(r) > 0 && !evaluate.Leaves(r) && len(f) > 0 && !evaluate.Leaves(f) {
		return errorPart{Refused: r, failed: f, chain: true}
	}
	return errorPart{Refused: r, failed: f}
}

// assignsError reports whether items assign to the variable of Token's error.
func (e *Emitter) assignsError(items []*evaluate.Item) bool {
	if e.ErrVar == nil {
		return false
	}
	found := false
	for _, it := range evaluate.Everything(items) {
		if it.Node == nil || it.Verb == evaluate.Dropped || it.Verb == evaluate.Written {
			continue
		}
		ast.Inspect(it.Node, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok {
				for _, l := range a.Lhs {
					if id := syntax.IdentOf(l); id != nil && it.Ev.F.Object(id) == e.ErrVar && evaluate.IsWritten(it.Ev.F, id) {
						found = true
					}
				}
			}
			return !found
		})
	}
	return found
}

// alike reports whether the statements for a refusal and for a failure have the same visible behaviour.
func (e *Emitter) alike(r, f []*evaluate.Item) bool {
	if !alike(r, f) {
		return false
	}
	if !e.Texts || !slices.ContainsFunc(r, refuses) {
		return true
	}
	print := func(l []*evaluate.Item, strict, texts bool) string {
		return (&evaluate.Printer{Canon: true, Strict: strict, Texts: texts}).List(evaluate.Flat(l))
	}
	own := print(r, false, true)
	return own == print(r, false, false) || own == print(f, false, true) || print(r, true, true) == print(f, true, true)
}

// refuses reports whether a status of a refusal reaches an item. Vendors do not send a good status with an error member.
func refuses(it *evaluate.Item) bool {
	return len(it.Status) != 1 || it.Status[0] != httpclient.StatusOK
}

// alike reports whether two lists of items have the same visible behaviour, but for the texts of errors.
func alike(a, b []*evaluate.Item) bool {
	if slices.Equal(canonical(a), canonical(b)) {
		return true
	}
	x, y := &evaluate.Printer{Canon: true, Strict: true}, &evaluate.Printer{Canon: true, Strict: true}
	return x.List(a) == y.List(b)
}

// reduced removes the end of items that is the same as follows, because a refusal that passes them reaches follows.
// With texts, conditions stay: they choose between texts that operators search for.
func (e *Emitter) reduced(items, follows []*evaluate.Item, texts bool) []*evaluate.Item {
	items = evaluate.Flat(items)
	for len(items) > 0 {
		last := items[len(items)-1]
		if last.Leaves && e.alike([]*evaluate.Item{last}, follows) {
			items = items[:len(items)-1]
			continue
		}
		if n := len(evaluate.Flat(follows)); n > 1 && len(items) >= n && evaluate.Leaves(items) && e.alike(items[len(items)-n:], follows) {
			items = items[:len(items)-n]
			continue
		}
		if last.Cases != nil && !texts {
			if !e.reducedCases(last, follows) {
				break
			}
			if len(last.Cases) > 0 {
				return items
			}
			items = items[:len(items)-1]
			continue
		}
		if last.Verb == evaluate.Spliced { // it has names of its own
			return items
		}
		s, ok := last.Node.(*ast.IfStmt)
		if !ok || texts || last.Verb == evaluate.Written || !last.Ev.HarmlessHead(last, s) {
			break
		}
		var then, els []*evaluate.Item
		if last.Verb == evaluate.Kept {
			then, els = evaluate.KeepWith(last, s.Body.List), evaluate.KeepWith(last, evaluate.ElseList(s.Else))
		} else {
			then = last.Parts[s.Body].Items
			if s.Else != nil {
				els = last.Parts[s.Else].Items
			}
		}
		a, b := e.reduced(then, follows, texts), e.reduced(els, follows, texts)
		switch {
		case len(a) == 0 && len(b) == 0:
			items = items[:len(items)-1]
			continue
		case len(b) == 0 && len(els) > 0 && last.Verb == evaluate.Edited && !last.Turned:
			only := *last
			only.Parts = maps.Clone(last.Parts)
			only.Parts[s.Else] = evaluate.Part{Block: true}
			return append(items[:len(items)-1:len(items)-1], &only)
		case len(a) == 0 && last.Verb == evaluate.Edited && !last.Turned:
			cond := last.Parts[s.Cond]
			turned := &evaluate.Item{Ev: last.Ev, Node: s, Verb: evaluate.Edited, Env: last.Env, Status: last.Status, Turned: true, Parts: map[ast.Node]evaluate.Part{
				s.Cond: {Rendering: evaluate.Rendering{Text: evaluate.Negated(cond.Text), Keeps: cond.Keeps}}, s.Body: {Items: b, Block: true}, s.Else: {Block: true},
			}}
			if s.Init != nil {
				turned.Parts[s.Init] = last.Parts[s.Init]
			}
			return append(items[:len(items)-1:len(items)-1], turned)
		}
		return items
	}
	return items
}

// reducedCases leaves out of a switch at the end of items the cases that do as follows does. It reports whether something changed.
func (e *Emitter) reducedCases(it *evaluate.Item, follows []*evaluate.Item) (changed bool) {
	var left []*evaluate.Choice
	hasDefault := false
	for _, c := range it.Cases {
		body := evaluate.Flat(c.Items)
		if evaluate.Leaves(body) {
			if r := e.reduced(body, follows, false); len(r) < len(body) {
				c.Items, changed = r, true
			}
		}
		if len(c.When) == 0 && len(evaluate.Flat(c.Items)) > 0 {
			hasDefault = true
		}
	}
	for _, c := range it.Cases {
		if len(evaluate.Flat(c.Items)) > 0 || hasDefault && len(c.When) > 0 {
			left = append(left, c)
		}
	}
	it.Cases = left
	if len(left) == 0 {
		it.Cases = []*evaluate.Choice{}
	}
	return changed
}

// distinctTexts reports whether refusals end in several plain errors with texts that differ by status: operators search logs for them.
// follows is the residual of a failure.
func (e *Emitter) distinctTexts(follows []*evaluate.Item) bool {
	f := evaluate.Flat(follows)
	if len(f) == 0 {
		return false
	}
	last := canonical(f[len(f)-1:])[0]
	seen := map[string]bool{}
	for _, x := range e.Worlds[evaluate.Refused].Ev.Exits {
		if x.How != evaluate.Returns || x.Item == nil || x.Item.Out || x.Env.Failed || len(x.Env.Status) == 1 && x.Env.Status[0] == 200 {
			continue
		}
		if c := canonical([]*evaluate.Item{x.Item}); len(c) != 1 || c[0] != last {
			continue
		}
		p := &evaluate.Printer{Canon: false}
		it := *x.Item
		it.Env = nil
		seen[p.Item(&it)] = true
	}
	return len(seen) > 1
}
