package outcome

import (
	"go/ast"
	"slices"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/reason"
)

// inPlace changes a list of statements to the items of one outcome, node by node: unchanged nodes keep their bytes.
func (e *emitter) inPlace(k int, items []*item) { e.inPlaceWith(k, items, nil, nil) }

// inPlaceWith is like inPlace with a remaining check of the error, which contains the statements of a failure.
func (e *emitter) inPlaceWith(k int, items []*item, check *ast.IfStmt, failed []*item) {
	var rest, before []*item
	for i, it := range items {
		if check != nil && it.node == ast.Stmt(check) {
			for _, f := range failed {
				if f.node == ast.Stmt(check) {
					e.apply(f.list, check.Body.List, false)
				}
			}
			for _, b := range items[:i] { // new text belongs to the granted outcome, after the check
				if b.node == nil || e.pseudo(b.node) {
					before = append(before, b)
				}
			}
			rest = slices.DeleteFunc(rest, func(b *item) bool { return b.node == nil || e.pseudo(b.node) })
			rest = append(rest, before...)
			continue
		}
		rest = append(rest, it)
	}
	if check != nil && len(before) > 0 {
		n := slices.IndexFunc(rest, func(it *item) bool { return slices.Contains(before, it) })
		e.apply(rest[:n], nil, false)
		if head := e.apply(rest[n:], e.after(k, check), false); head.Src != "" {
			fail(reason.New(reason.Statement, "nothing follows the check of the exchange's error (%s)", e.ex.Func.File.Place(check)))
		}
		return
	}
	if head := e.apply(rest, e.after(k, check), k == 0); head.Src != "" {
		e.add(head)
	}
}

// after returns the statements of a list after the exchange, except the check of its error.
func (e *emitter) after(k int, check *ast.IfStmt) []ast.Stmt {
	fr := &e.frames[k]
	return slices.DeleteFunc(slices.Clone(fr.list[fr.at+1:]), func(s ast.Stmt) bool { return check != nil && s == ast.Stmt(check) })
}

// unreached removes the statements of a list without an item: they are unreachable. The target of a goto stays.
func (e *emitter) unreached(list []ast.Stmt, items []*item) {
	if !leaves(items) {
		return
	}
	seen := map[ast.Stmt]bool{}
	for _, it := range everything(items) {
		seen[it.node] = true
	}
	for _, s := range list {
		if l, ok := s.(*ast.LabeledStmt); ok && e.jumpedTo(l) {
			return
		}
		if !seen[s] {
			if _, ok := e.set.Replace[s]; !ok {
				e.remove(s)
			}
		}
	}
}

// jumpedTo reports whether a goto leads to a label.
func (e *emitter) jumpedTo(l *ast.LabeledStmt) bool {
	found := false
	ast.Inspect(e.ex.Func.Body, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		found = found || ok && b.Label != nil && b.Label.Name == l.Label.Name
		return !found
	})
	return found
}

// clear removes the statements of a list whose text moved: those after the last shared statement that have an item.
func (e *emitter) clear(k int, after ast.Stmt, items []*item) {
	fr := &e.frames[k]
	at := fr.at
	if after != nil {
		at = slices.Index(fr.list, after)
	}
	keep := map[ast.Stmt]bool{}
	lists := [][]*item{}
	for _, what := range []Outcome{Granted, Refused, Failed} {
		if l, live := e.at(what, k); live && !crashing(l) {
			lists = append(lists, flat(l))
		}
	}
	_, q := shared(lists)
	if len(lists) > 0 {
		l := lists[0]
		for _, it := range l[len(l)-q:] {
			keep[it.node] = true
		}
	}
	for _, s := range fr.list[at+1:] {
		if keep[s] {
			continue
		}
		if t, ok := e.set.Before[s]; ok {
			delete(e.set.Before, s)
			e.set.Replace[s] = t
			continue
		}
		e.set.Remove[s] = "answer of the exchange"
	}
}

// apply changes the statements of items in place. With wantsHead, text before the first of them is returned.
func (e *emitter) apply(items []*item, list []ast.Stmt, wantsHead bool) (head change.Text) {
	defer e.unreached(list, items)
	var pending change.Text
	var last *item
	flush := func(it *item) change.Text {
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
		if it.node == nil || e.pseudo(it.node) {
			join(&pending, e.print([]*item{it}))
			continue
		}
		if last == nil && wantsHead && pending.Src != "" {
			join(&head, flush(it))
		}
		last = it
		switch it.verb {
		case dropped:
			if pending.Src != "" {
				e.replace(it.node, flush(it))
			} else {
				e.remove(it.node)
			}
			continue
		case written:
			t := flush(it)
			join(&t, change.Text{Src: it.text.text})
			e.replace(it.node, t)
			continue
		}
		if pending.Src != "" {
			e.before(it.node, flush(it))
		}
		switch it.verb {
		case edited:
			if !e.parts(it) {
				e.replace(it.node, e.print([]*item{it}))
			}
		case spliced:
			if !e.unwrap(it) {
				e.replace(it.node, e.print([]*item{it}))
			}
		}
	}
	if pending.Src != "" {
		if last == nil {
			join(&head, pending)
			return head
		}
		if _, gone := e.set.Remove[last.node]; gone {
			delete(e.set.Remove, last.node)
			e.set.Replace[last.node] = pending
			return head
		}
		t := change.Text{Src: last.ev.source(last.node) + "\n"}
		if old, ok := e.set.Replace[last.node]; ok {
			t = old
		}
		join(&t, pending)
		e.set.Replace[last.node] = t
	}
	return head
}

// pseudo reports whether a node is not in the tree by itself: the statement with the exchange, or its rest.
func (e *emitter) pseudo(n ast.Stmt) bool {
	fr := &e.frames[0]
	if n == e.stmt || n == fr.list[fr.at] {
		return true
	}
	return len(fr.tail) > len(fr.list)-fr.at-1 && n == fr.tail[0]
}

func (e *emitter) remove(n ast.Stmt) {
	if t, ok := e.set.Before[n]; ok {
		delete(e.set.Before, n)
		e.set.Replace[n] = t
		return
	}
	e.set.Remove[n] = "answer of the exchange"
}

func (e *emitter) replace(n ast.Node, t change.Text) {
	t.Src = strings.TrimSpace(t.Src)
	if s, ok := n.(ast.Stmt); ok {
		if b, ok := e.set.Before[s]; ok {
			delete(e.set.Before, s)
			t = change.Text{Src: b.Src + "\n" + t.Src}
		}
	}
	if t.Src == "" {
		e.set.Remove[n] = "answer of the exchange"
		return
	}
	e.set.Replace[n] = t
}

// parts changes parts of a statement in place; it reports whether that can be done.
func (e *emitter) parts(it *item) bool {
	if it.turned || it.cases != nil {
		return false
	}
	for n, p := range it.parts {
		switch {
		case p.gone:
			if _, ok := n.(ast.Stmt); !ok {
				return false
			}
			e.set.Remove[n] = "answer of the exchange"
		case p.block:
			switch n := n.(type) {
			case *ast.CaseClause, *ast.CommClause:
				inner := p.items[0]
				for x, q := range inner.parts {
					if it.ev.differs(q.rendering, x) {
						e.set.Replace[x] = change.Text{Src: q.text}
					}
				}
				var body []ast.Stmt
				if c, ok := ast.Node(n).(*ast.CaseClause); ok {
					body = c.Body
				}
				if head := e.apply(inner.list, body, false); head.Src != "" {
					return false
				}
			case *ast.BlockStmt:
				if len(flat(p.items)) == 0 && len(p.items) > 0 {
					if i, ok := it.node.(*ast.IfStmt); ok && i.Else == ast.Stmt(n) {
						e.set.Remove[n] = "answer of the exchange"
						continue
					}
				}
				if head := e.apply(p.items, n.List, false); head.Src != "" {
					return false
				}
			default:
				if head := e.apply(p.items, nil, false); head.Src != "" {
					return false
				}
			}
		default:
			if it.ev.differs(p.rendering, n) {
				e.set.Replace[n] = change.Text{Src: p.text}
			}
		}
	}
	return true
}

// unwrap makes an if one of its branches in place; it reports whether that can be done.
func (e *emitter) unwrap(it *item) bool {
	s, ok := it.node.(*ast.IfStmt)
	if !ok {
		return false
	}
	inner := it
	if it.branch == nil { // a head with its rest
		if len(it.list) == 0 {
			return false
		}
		last := it.list[len(it.list)-1]
		if last.node != it.node || len(flat(it.list[:len(it.list)-1])) > 0 {
			return false
		}
		inner = last
		if inner.verb != spliced || inner.branch == nil {
			return false
		}
	}
	if inner.scoped || !slices.Contains([]ast.Stmt{s.Body, s.Else}, inner.branch) {
		return false
	}
	if s.Init != nil {
		e.set.Remove[s.Init] = "answer of the exchange"
	}
	if head := e.apply(inner.list, elseList(inner.branch), false); head.Src != "" {
		return false
	}
	e.set.Unwrap[s] = change.Part{Node: inner.branch}
	return true
}
