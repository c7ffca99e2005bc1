package emit

import (
	"go/ast"
	"slices"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome/evaluate"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
)

// inPlace changes a list of statements to the items of one outcome, node by node: unchanged nodes keep their bytes.
func (e *Emitter) inPlace(k int, items []*evaluate.Item) { e.inPlaceWith(k, items, nil, nil) }

// inPlaceWith is like inPlace with a remaining check of the error, which contains the statements of a failure.
func (e *Emitter) inPlaceWith(k int, items []*evaluate.Item, check *ast.IfStmt, failed []*evaluate.Item) {
	var rest, before []*evaluate.Item
	for i, it := range items {
		if check != nil && it.Node == ast.Stmt(check) {
			for _, f := range failed {
				if f.Node == ast.Stmt(check) {
					e.apply(f.List, check.Body.List, false)
				}
			}
			for _, b := range items[:i] { // new text belongs to the granted outcome, after the check
				if b.Node == nil || e.pseudo(b.Node) {
					before = append(before, b)
				}
			}
			rest = slices.DeleteFunc(rest, func(b *evaluate.Item) bool { return b.Node == nil || e.pseudo(b.Node) })
			rest = append(rest, before...)
			continue
		}
		rest = append(rest, it)
	}
	if check != nil && len(before) > 0 {
		n := slices.IndexFunc(rest, func(it *evaluate.Item) bool { return slices.Contains(before, it) })
		e.apply(rest[:n], nil, false)
		if head := e.apply(rest[n:], e.after(k, check), false); head.Src != "" {
			evaluate.Fail(reason.New(reason.Statement, "there is no statement after the check of the exchange's error (%s)", e.Ex.Func.File.Place(check)))
		}
		return
	}
	if head := e.apply(rest, e.after(k, check), k == 0); head.Src != "" {
		e.add(head)
	}
}

// unreached removes the statements of a list without an item: they are unreachable. The target of a goto stays.
func (e *Emitter) unreached(list []ast.Stmt, items []*evaluate.Item) {
	if !evaluate.Leaves(items) {
		return
	}
	seen := map[ast.Stmt]bool{}
	for _, it := range evaluate.Everything(items) {
		seen[it.Node] = true
	}
	for _, s := range list {
		if l, ok := s.(*ast.LabeledStmt); ok && e.jumpedTo(l) {
			return
		}
		if !seen[s] {
			if _, ok := e.Set.Replace[s]; !ok {
				e.remove(s)
			}
		}
	}
}

// jumpedTo reports whether a goto leads to a label.
func (e *Emitter) jumpedTo(l *ast.LabeledStmt) bool {
	found := false
	ast.Inspect(e.Ex.Func.Body, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		found = found || ok && b.Label != nil && b.Label.Name == l.Label.Name
		return !found
	})
	return found
}

// clear removes the statements of a list whose text moved: those after the last shared statement that have an item.
func (e *Emitter) clear(k int, after ast.Stmt, items []*evaluate.Item) {
	fr := &e.Frames[k]
	at := fr.At
	if after != nil {
		at = slices.Index(fr.List, after)
	}
	keep := map[ast.Stmt]bool{}
	lists := [][]*evaluate.Item{}
	for _, what := range []value.Outcome{evaluate.Granted, evaluate.Refused, evaluate.Failed} {
		if l, live := e.At(what, k); live && !crashing(l) {
			lists = append(lists, evaluate.Flat(l))
		}
	}
	_, q := shared(lists)
	if len(lists) > 0 {
		l := lists[0]
		for _, it := range l[len(l)-q:] {
			keep[it.Node] = true
		}
	}
	for _, s := range fr.List[at+1:] {
		if keep[s] {
			continue
		}
		if t, ok := e.Set.Before[s]; ok {
			delete(e.Set.Before, s)
			e.Set.Replace[s] = t
			continue
		}
		e.Set.Remove[s] = "answer of the exchange"
	}
}

// apply changes the statements of items in place. With wantsHead, text before the first of them is returned.
func (e *Emitter) apply(items []*evaluate.Item, list []ast.Stmt, wantsHead bool) (head change.Text) {
	defer e.unreached(list, items)
	var pending change.Text
	var last *evaluate.Item
	flush := func(it *evaluate.Item) change.Text {
		t := pending
		pending = change.Text{}
		return t
	}
	join := func(t *change.Text, more change.Text) {
		if more.Src == "" {
			return
		}
		if t.Src != "" {
			t.Src = strings.TrimRight(t.Src, "\n") + "\n"
		}
		t.Src += more.Src
	}
	for _, it := range items {
		if it.Node == nil || e.pseudo(it.Node) {
			join(&pending, e.print([]*evaluate.Item{it}))
			continue
		}
		if last == nil && wantsHead && pending.Src != "" {
			join(&head, flush(it))
		}
		last = it
		switch it.Verb {
		case evaluate.Dropped:
			if pending.Src != "" {
				e.replace(it.Node, flush(it))
			} else {
				e.remove(it.Node)
			}
			continue
		case evaluate.Written:
			t := flush(it)
			join(&t, change.Text{Src: it.Text.Text})
			e.replace(it.Node, t)
			continue
		}
		if pending.Src != "" {
			e.before(it.Node, flush(it))
		}
		switch it.Verb {
		case evaluate.Edited:
			if !e.parts(it) {
				e.replace(it.Node, e.print([]*evaluate.Item{it}))
			}
		case evaluate.Spliced:
			if !e.unwrap(it) {
				e.replace(it.Node, e.print([]*evaluate.Item{it}))
			}
		}
	}
	if pending.Src != "" {
		if last == nil {
			join(&head, pending)
			return head
		}
		if _, gone := e.Set.Remove[last.Node]; gone {
			delete(e.Set.Remove, last.Node)
			e.Set.Replace[last.Node] = pending
			return head
		}
		t := change.Text{Src: last.Ev.Source(last.Node) + "\n"}
		if old, ok := e.Set.Replace[last.Node]; ok {
			t = old
		}
		join(&t, pending)
		e.Set.Replace[last.Node] = t
	}
	return head
}

// parts changes parts of a statement in place; it reports whether that can be done.
func (e *Emitter) parts(it *evaluate.Item) bool {
	if it.Turned || it.Cases != nil {
		return false
	}
	for n, p := range it.Parts {
		switch {
		case p.Gone:
			if _, ok := n.(ast.Stmt); !ok {
				return false
			}
			e.Set.Remove[n] = "answer of the exchange"
		case p.Block:
			switch n := n.(type) {
			case *ast.CaseClause, *ast.CommClause:
				inner := p.Items[0]
				for x, q := range inner.Parts {
					if it.Ev.Differs(q.Rendering, x) {
						e.Set.Replace[x] = change.Text{Src: q.Text}
					}
				}
				var body []ast.Stmt
				if c, ok := ast.Node(n).(*ast.CaseClause); ok {
					body = c.Body
				}
				if head := e.apply(inner.List, body, false); head.Src != "" {
					return false
				}
			case *ast.BlockStmt:
				if len(evaluate.Flat(p.Items)) == 0 && len(p.Items) > 0 {
					if i, ok := it.Node.(*ast.IfStmt); ok && i.Else == ast.Stmt(n) {
						e.Set.Remove[n] = "answer of the exchange"
						continue
					}
				}
				if head := e.apply(p.Items, n.List, false); head.Src != "" {
					return false
				}
			default:
				if head := e.apply(p.Items, nil, false); head.Src != "" {
					return false
				}
			}
		default:
			if it.Ev.Differs(p.Rendering, n) {
				e.Set.Replace[n] = change.Text{Src: p.Text}
			}
		}
	}
	return true
}

// unwrap makes an if one of its branches in place; it reports whether that can be done.
func (e *Emitter) unwrap(it *evaluate.Item) bool {
	s, ok := it.Node.(*ast.IfStmt)
	if !ok {
		return false
	}
	inner := it
	if it.Branch == nil { // a head with its rest
		if len(it.List) == 0 {
			return false
		}
		last := it.List[len(it.List)-1]
		if last.Node != it.Node || len(evaluate.Flat(it.List[:len(it.List)-1])) > 0 {
			return false
		}
		inner = last
		if inner.Verb != evaluate.Spliced || inner.Branch == nil {
			return false
		}
	}
	if inner.Scoped || !slices.Contains([]ast.Stmt{s.Body, s.Else}, inner.Branch) {
		return false
	}
	if s.Init != nil {
		e.Set.Remove[s.Init] = "answer of the exchange"
	}
	if head := e.apply(inner.List, evaluate.ElseList(inner.Branch), false); head.Src != "" {
		return false
	}
	e.Set.Unwrap[s] = change.Part{Node: inner.Branch}
	return true
}
