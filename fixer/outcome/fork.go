package outcome

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// nested writes items as text for a block of their own. A short declaration that assigns to a variable of the block around it
// would declare another one there: it becomes an assignment, if that makes a difference.
func (e *emitter) nested(items []*item) change.Text {
	own := map[types.Object]bool{}
	for _, it := range flat(items) {
		s, ok := it.node.(*ast.AssignStmt)
		if !ok || s.Tok != token.DEFINE || it.verb == spliced {
			continue
		}
		var decls string
		again := false
		for _, l := range s.Lhs {
			id := syntax.IdentOf(l)
			if id == nil || id.Name == "_" {
				continue
			}
			if obj := it.ev.f.Pkg.Info.Defs[id]; obj != nil {
				own[obj] = true
				decls += "var " + id.Name + " " + e.typeText(obj.Type()) + "\n"
				continue
			}
			obj := it.ev.f.Object(id)
			seen := it.ev.captured(obj)
			if it.ev.isResult(id) { // a return with operands assigns it anew
				seen = nakedReturn(items)
			}
			again = again || !own[obj] && (seen || !leaves(items))
		}
		p := &printer{}
		if text := p.item(it); again && strings.Contains(text, ":=") {
			it.verb, it.parts = written, nil
			it.text = rendering{text: decls + strings.Replace(text, ":=", "=", 1), keeps: p.keeps}
		}
	}
	return e.print(items)
}

// nakedReturn reports whether a return without operands is among items.
func nakedReturn(items []*item) bool {
	found := false
	for _, it := range everything(items) {
		if it.node == nil || it.verb == dropped || it.verb == written {
			found = found || it.verb == written && strings.Contains(it.text.text, "return\n")
			continue
		}
		ast.Inspect(it.node, func(n ast.Node) bool {
			r, ok := n.(*ast.ReturnStmt)
			found = found || ok && len(r.Results) == 0
			_, lit := n.(*ast.FuncLit)
			return !lit && !found
		})
	}
	return found
}

// refusedText writes the statements for a refusal.
func (e *emitter) refusedText(items []*item) change.Text {
	head := "var " + e.refused + " *" + quoted(oauth2Path) + ".RetrieveError\nif «errors».As(" + e.err() + ", &" + e.refused + ")"
	e.usesErr = true
	if len(items) == 1 && (items[0].verb == edited || items[0].verb == kept) {
		if s, ok := items[0].node.(*ast.IfStmt); ok && s.Else == nil && (s.Init == nil || items[0].verb == edited && items[0].parts[s.Init].gone) {
			p := &printer{}
			cond := p.part(items[0], s.Cond)
			if strings.Contains(cond, "||") {
				cond = "(" + cond + ")"
			}
			inner := items[0].parts[s.Body].items
			if items[0].verb == kept {
				inner = keepAll(items[0].ev, s.Body.List)
			}
			body := p.braces(items[0].ev.f, s.Body, inner)
			if items[0].turned {
				body = "{\n" + p.list(inner) + "}"
			}
			src := p.comments(items[0]) + head + " && " + cond + " " + body
			return change.Text{Src: src}
		}
	}
	if len(items) == 1 && items[0].cases != nil {
		if cond, body, ok := items[0].only(); ok {
			p := &printer{}
			if strings.Contains(cond.text, "||") {
				cond.text = "(" + cond.text + ")"
			}
			src := head + " && " + cond.text + " {" + p.trailing(items[0].ev.f, items[0].cases[0].clause.Colon+1) + "\n" + p.list(body) + "}"
			return change.Text{Src: src}
		}
	}
	if len(items) == 1 && items[0].verb == written && strings.HasPrefix(items[0].text.text, "if ") && !strings.Contains(items[0].text.text, "else") {
		cond, body, ok := strings.Cut(strings.TrimPrefix(items[0].text.text, "if "), " {\n")
		if ok && !strings.Contains(cond, ";") && !strings.Contains(body, "\n}\n") {
			if strings.Contains(cond, "||") {
				cond = "(" + cond + ")"
			}
			return change.Text{Src: head + " && " + cond + " {\n" + body}
		}
	}
	t := e.nested(items)
	return change.Text{Src: head + " {\n" + t.Src + "}"}
}

// fork writes the branches on the error, and the granted outcome in place where that can be. after is the last statement
// that all outcomes share before it; whole and failed are the unabridged lists of Granted and Failed.
func (e *emitter) fork(k int, g []*item, part errorPart, hasG, hasE bool, after ast.Stmt, whole, failed []*item) {
	var text change.Text
	add := func(t change.Text) {
		text.Src += strings.TrimRight(t.Src, "\n") + "\n"
	}
	leavesR, leavesF := leaves(part.refused), leaves(part.failed)
	always := leavesF && (!part.chain || leavesR)
	nothing := len(part.refused) == 0 && len(part.failed) == 0
	switch {
	case nothing && !hasG:
		return
	case nothing && len(g) == 0:
		e.inPlace(k, whole)
		return
	case nothing && !hasE:
		e.inPlace(k, whole)
		return
	case always && hasG:
		check := e.check(k, part, whole, failed)
		if len(part.refused) > 0 {
			add(e.refusedText(part.refused))
		}
		if check == nil {
			add(e.failedText(part.failed))
		}
		e.put(k, text, after, check)
		e.inPlaceWith(k, whole, check, failed)
		return
	}
	e.usesErr = true
	name := e.err()
	if hasG && leaves(g) && len(g) > 0 && !nothing { // the granted outcome leaves, the others continue
		gt := e.nested(g)
		if len(part.refused) > 0 && !part.chain {
			add(e.refusedText(part.refused))
		}
		add(change.Text{Src: "if " + name + " == nil {\n" + gt.Src + "}"})
		if part.chain {
			add(e.chainText(part))
			e.put(k, text, after, nil)
			e.clear(k, after, whole)
			return
		}
		if first := e.standing(k, part.failed); first != nil { // it stays in place
			e.before(first, text)
			e.only(k, after, failed)
			return
		}
		ft := e.print(part.failed)
		add(ft)
		e.put(k, text, after, nil)
		e.clear(k, after, whole)
		return
	}
	switch {
	case nothing:
		gt := e.nested(g)
		add(change.Text{Src: "if " + name + " == nil {\n" + gt.Src + "}"})
	case len(g) == 0 || !hasG:
		if part.chain || leavesR && len(part.failed) > 0 {
			add(e.chainText(part))
		} else {
			if len(part.refused) > 0 {
				add(e.refusedText(part.refused))
			}
			if len(part.failed) > 0 {
				add(e.failedText(part.failed))
			}
		}
	default:
		gt := e.nested(g)
		t := e.chainText(part)
		t.Src = strings.TrimRight(t.Src, "\n") + " else {\n" + gt.Src + "}"
		if len(part.failed) == 0 && len(part.refused) > 0 {
			t.Src = strings.TrimSuffix(t.Src, " else {\n"+gt.Src+"}") + " else if " + name + " == nil {\n" + gt.Src + "}"
		}
		add(t)
	}
	e.put(k, text, after, nil)
	e.clear(k, after, whole)
}

// standing returns the first of items where all of them are statements of a list as they were.
func (e *emitter) standing(k int, items []*item) ast.Stmt {
	list := e.frames[k].list
	for _, it := range items {
		if it.verb != kept || it.node == nil || !slices.Contains(list, it.node) {
			return nil
		}
	}
	if len(items) == 0 {
		return nil
	}
	return items[0].node
}

// only takes the statements of a list out that items do not keep.
func (e *emitter) only(k int, after ast.Stmt, items []*item) {
	fr := &e.frames[k]
	at := fr.at
	if after != nil {
		at = slices.Index(fr.list, after)
	}
	stays := map[ast.Stmt]bool{}
	for _, it := range flat(items) {
		stays[it.node] = true
	}
	for _, s := range fr.list[at+1:] {
		if !stays[s] {
			e.remove(s)
		}
	}
}

func (e *emitter) failedText(items []*item) change.Text {
	e.usesErr = true
	t := e.nested(items)
	return change.Text{Src: "if " + e.err() + " != nil {\n" + t.Src + "}"}
}

// chainText writes both branches on the error, one or the other.
func (e *emitter) chainText(part errorPart) change.Text {
	if len(part.refused) == 0 {
		return e.failedText(part.failed)
	}
	t := e.refusedWhole(part.refused)
	if len(part.failed) > 0 {
		f := e.failedText(part.failed)
		t.Src += " else " + f.Src
	}
	return t
}

// refusedWhole writes the statements for a refusal without joining a condition: an else may follow.
func (e *emitter) refusedWhole(items []*item) change.Text {
	e.usesErr = true
	t := e.nested(items)
	return change.Text{Src: "var " + e.refused + " *" + quoted(oauth2Path) + ".RetrieveError\nif «errors».As(" + e.err() + ", &" + e.refused + ") {\n" + t.Src + "}"}
}

// check returns the statement `if err != nil { … }` of the old program, if it handles a failure: it stays.
func (e *emitter) check(k int, part errorPart, whole, failed []*item) *ast.IfStmt {
	if e.errNew || e.errText != "" || part.chain {
		return nil
	}
	var found *item
	for _, it := range failed {
		switch {
		case it.verb == dropped:
		case it.verb == kept && !it.leaves && found == nil: // shared with the others
		case found == nil:
			found = it
		default:
			return nil
		}
	}
	if found == nil || found.verb != spliced || found.scoped {
		return nil
	}
	s, ok := found.node.(*ast.IfStmt)
	if !ok || s.Init != nil || s.Else != nil || found.branch != ast.Stmt(s.Body) || !slices.Contains(e.frames[k].list, ast.Stmt(s)) {
		return nil
	}
	if len(flat(part.failed)) != len(flat(found.list)) {
		return nil
	}
	b, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ {
		return nil
	}
	x := b.X
	switch {
	case syntax.IsNil(b.X):
		x = b.Y
	case !syntax.IsNil(b.Y):
		return nil
	}
	id := syntax.IdentOf(x)
	if id == nil || e.ex.Func.File.Object(id) != e.errVar {
		return nil
	}
	e.usesErr = true
	return s
}

// put places a text where the outcomes part: behind the exchange, or behind the last statement that they share.
func (e *emitter) put(k int, text change.Text, after ast.Stmt, check *ast.IfStmt) {
	text.Src = strings.TrimSpace(text.Src)
	if text.Src == "" {
		return
	}
	fr := &e.frames[k]
	if check != nil {
		e.before(check, text)
		return
	}
	if after == nil && k == 0 {
		e.add(text)
		return
	}
	at := fr.at
	if after != nil {
		at = slices.Index(fr.list, after)
	}
	if at+1 < len(fr.list) {
		e.before(fr.list[at+1], text)
		return
	}
	fail(reason.New(reason.Statement, "nothing follows the exchange where its outcome could be asked (%s)", e.ex.Func.File.Place(e.ex.Call)))
}

func (e *emitter) before(s ast.Stmt, text change.Text) {
	old := e.set.Before[s]
	if old.Src != "" {
		text.Src = old.Src + "\n" + text.Src
	}
	e.set.Before[s] = text
}
