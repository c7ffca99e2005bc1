package emit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome/evaluate"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// nested writes items as text for a block of their own. A short declaration that assigns to a variable of the block around it
// would declare another one there: it becomes an assignment, if that makes a difference.
func (e *Emitter) nested(items []*evaluate.Item) change.Text {
	own := map[types.Object]bool{}
	for _, it := range evaluate.Flat(items) {
		s, ok := it.Node.(*ast.AssignStmt)
		if !ok || s.Tok != token.DEFINE || it.Verb == evaluate.Spliced {
			continue
		}
		var decls string
		again := false
		for _, l := range s.Lhs {
			id := syntax.IdentOf(l)
			if id == nil || id.Name == "_" {
				continue
			}
			if obj := it.Ev.F.Pkg.Info.Defs[id]; obj != nil {
				own[obj] = true
				decls += "var " + id.Name + " " + e.TypeText(obj.Type()) + "\n"
				continue
			}
			obj := it.Ev.F.Object(id)
			seen := it.Ev.Captured(obj)
			if it.Ev.IsResult(id) { // a return with operands assigns it anew
				seen = nakedReturn(items)
			}
			again = again || !own[obj] && (seen || !evaluate.Leaves(items))
		}
		p := &evaluate.Printer{}
		if text := p.Item(it); again && strings.Contains(text, ":=") {
			it.Verb, it.Parts = evaluate.Written, nil
			it.Text = evaluate.Rendering{Text: decls + strings.Replace(text, ":=", "=", 1), Keeps: p.Keeps}
		}
	}
	return e.print(items)
}

// ifRefused declares the variable for a refusal and begins the if statement for it.
func (e *Emitter) ifRefused() string {
	e.usesErr, e.Refusals = true, true
	return "var " + e.Refused + " *" + evaluate.Quoted(evaluate.Oauth2Path) + ".RetrieveError\nif «errors».As(" + e.err() + ", &" + e.Refused + ")"
}

// refusedText writes the statements for a refusal.
func (e *Emitter) refusedText(items []*evaluate.Item) change.Text {
	head := e.ifRefused()
	if len(items) == 1 && (items[0].Verb == evaluate.Edited || items[0].Verb == evaluate.Kept) {
		if s, ok := items[0].Node.(*ast.IfStmt); ok && s.Else == nil && (s.Init == nil || items[0].Verb == evaluate.Edited && items[0].Parts[s.Init].Gone) {
			p := &evaluate.Printer{}
			cond := p.Part(items[0], s.Cond)
			if strings.Contains(cond, "||") {
				cond = "(" + cond + ")"
			}
			inner := items[0].Parts[s.Body].Items
			if items[0].Verb == evaluate.Kept {
				inner = keepAll(items[0].Ev, s.Body.List)
			}
			body := p.Braces(items[0].Ev.F, s.Body, inner)
			if items[0].Turned {
				body = "{\n" + p.List(inner) + "}"
			}
			src := p.Comments(items[0]) + head + " && " + cond + " " + body
			return change.Text{Src: src}
		}
	}
	if len(items) == 1 && items[0].Cases != nil {
		if cond, body, ok := items[0].Only(); ok {
			p := &evaluate.Printer{}
			if strings.Contains(cond.Text, "||") {
				cond.Text = "(" + cond.Text + ")"
			}
			src := head + " && " + cond.Text + " {" + p.Trailing(items[0].Ev.F, items[0].Cases[0].Clause.Colon+1) + "\n" + p.List(body) + "}"
			return change.Text{Src: src}
		}
	}
	if len(items) == 1 && items[0].Verb == evaluate.Written && strings.HasPrefix(items[0].Text.Text, "if ") && !strings.Contains(items[0].Text.Text, "else") {
		cond, body, ok := strings.Cut(strings.TrimPrefix(items[0].Text.Text, "if "), " {\n")
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
func (e *Emitter) fork(k int, g []*evaluate.Item, part errorPart, hasG, hasE bool, after ast.Stmt, whole, failed []*evaluate.Item) {
	var text change.Text
	add := func(t change.Text) {
		text.Src += strings.TrimRight(t.Src, "\n") + "\n"
	}
	leavesR, leavesF := evaluate.Leaves(part.Refused), evaluate.Leaves(part.failed)
	always := leavesF && (!part.chain || leavesR)
	nothing := len(part.Refused) == 0 && len(part.failed) == 0
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
		if len(part.Refused) > 0 {
			add(e.refusedText(part.Refused))
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
	if hasG && evaluate.Leaves(g) && len(g) > 0 && !nothing { // the granted outcome leaves, the others continue
		gt := e.nested(g)
		if len(part.Refused) > 0 && !part.chain {
			add(e.refusedText(part.Refused))
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
			if len(part.Refused) > 0 {
				add(e.refusedText(part.Refused))
			}
			if len(part.failed) > 0 {
				add(e.failedText(part.failed))
			}
		}
	default:
		gt := e.nested(g)
		t := e.chainText(part)
		t.Src = strings.TrimRight(t.Src, "\n") + " else {\n" + gt.Src + "}"
		if len(part.failed) == 0 && len(part.Refused) > 0 {
			t.Src = strings.TrimSuffix(t.Src, " else {\n"+gt.Src+"}") + " else if " + name + " == nil {\n" + gt.Src + "}"
		}
		add(t)
	}
	e.put(k, text, after, nil)
	e.clear(k, after, whole)
}

// only takes the statements of a list out that items do not keep.
func (e *Emitter) only(k int, after ast.Stmt, items []*evaluate.Item) {
	fr := &e.Frames[k]
	at := fr.At
	if after != nil {
		at = slices.Index(fr.List, after)
	}
	stays := map[ast.Stmt]bool{}
	for _, it := range evaluate.Flat(items) {
		stays[it.Node] = true
	}
	for _, s := range fr.List[at+1:] {
		if !stays[s] {
			e.remove(s)
		}
	}
}

func (e *Emitter) failedText(items []*evaluate.Item) change.Text {
	e.usesErr = true
	t := e.nested(items)
	return change.Text{Src: "if " + e.err() + " != nil {\n" + t.Src + "}"}
}

// chainText writes both branches on the error, one or the other.
func (e *Emitter) chainText(part errorPart) change.Text {
	if len(part.Refused) == 0 {
		return e.failedText(part.failed)
	}
	t := e.refusedWhole(part.Refused)
	if len(part.failed) > 0 {
		f := e.failedText(part.failed)
		t.Src += " else " + f.Src
	}
	return t
}

// refusedWhole writes the statements for a refusal without joining a condition: an else may follow.
func (e *Emitter) refusedWhole(items []*evaluate.Item) change.Text {
	t := e.nested(items)
	return change.Text{Src: e.ifRefused() + " {\n" + t.Src + "}"}
}

// check returns the statement `if err != nil { … }` of the old program, if it handles a failure: it stays.
func (e *Emitter) check(k int, part errorPart, whole, failed []*evaluate.Item) *ast.IfStmt {
	if e.ErrNew || e.ErrText != "" || part.chain {
		return nil
	}
	var found *evaluate.Item
	for _, it := range failed {
		switch {
		case it.Verb == evaluate.Dropped:
		case it.Verb == evaluate.Kept && !it.Leaves && found == nil: // shared with the others
		case found == nil:
			found = it
		default:
			return nil
		}
	}
	if found == nil || found.Verb != evaluate.Spliced || found.Scoped {
		return nil
	}
	s, ok := found.Node.(*ast.IfStmt)
	if !ok || s.Init != nil || s.Else != nil || found.Branch != ast.Stmt(s.Body) || !slices.Contains(e.Frames[k].List, ast.Stmt(s)) {
		return nil
	}
	if len(evaluate.Flat(part.failed)) != len(evaluate.Flat(found.List)) {
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
	if id == nil || e.Ex.Func.File.Object(id) != e.ErrVar {
		return nil
	}
	e.usesErr = true
	return s
}

// put places a text where the outcomes part: behind the exchange, or behind the last statement that they share.
func (e *Emitter) put(k int, text change.Text, after ast.Stmt, check *ast.IfStmt) {
	text.Src = strings.TrimSpace(text.Src)
	if text.Src == "" {
		return
	}
	fr := &e.Frames[k]
	if check != nil {
		e.before(check, text)
		return
	}
	if after == nil && k == 0 {
		e.add(text)
		return
	}
	at := fr.At
	if after != nil {
		at = slices.Index(fr.List, after)
	}
	if at+1 < len(fr.List) {
		e.before(fr.List[at+1], text)
		return
	}
	evaluate.Fail(reason.New(reason.Statement, "there is no place after the exchange to check its error (%s)", e.Ex.Func.File.Place(e.Ex.Call)))
}
