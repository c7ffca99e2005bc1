package outcome

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
)

// An item is what one statement of the old program comes to in an outcome.
type item struct {
	ev   *evaluator
	node ast.Stmt // the statement, nil where the text is new
	verb verb

	parts  map[ast.Node]part // edited
	list   []*item           // spliced: the items that take the place of the statement
	branch ast.Stmt          // spliced: the branch of an if that they are the items of
	scoped bool              // spliced: they declare names that mean something else around the statement
	text   change.Text       // written

	turned bool // edited: an if of which only the else branch is left

	tag   said      // edited: of a switch
	cases []*choice // edited: a switch, case by case

	leaves bool  // control does not get past it
	crash  bool  // the old program panics here
	status []int // the statuses that come to it
	env    *env  // what is known there: exits only
	taken  bool  // it follows a decoding of a refusal, and nobody has looked at that
	out    bool  // an exit of an unchecked refusal: it is replaced
	unsaid error // it cannot be said, which counts only where it is not left out
}

type verb int

const (
	kept    verb = iota // as it is
	dropped             // gone
	edited              // parts of it are said otherwise
	spliced             // what is inside of it takes its place
	written             // other text
)

// A part is what becomes of a part of a statement: other text, or the items of a block.
type part struct {
	said
	items []*item
	block bool // items counts
	gone  bool
}

// A choice is one case of a switch: under which values, none for default, what.
type choice struct {
	when  []said
	items []*item
}

// flat takes the items of spliced statements out, where they need no braces, and leaves out what is dropped.
func flat(items []*item) []*item {
	var out []*item
	for _, it := range items {
		switch {
		case it.verb == dropped:
		case it.verb == spliced && (!it.scoped || len(flat(it.list)) == 0):
			out = append(out, flat(it.list)...)
		default:
			out = append(out, it)
		}
	}
	return out
}

// leaves reports whether control gets past the last of the items.
func leaves(items []*item) bool {
	f := flat(items)
	if len(f) == 0 {
		return false
	}
	last := f[len(f)-1]
	switch {
	case last.verb == spliced:
		return leaves(last.list)
	case last.verb == edited:
		if s, ok := last.node.(*ast.IfStmt); ok && !last.turned {
			return s.Else != nil && leaves(last.parts[s.Body].items) && leaves(last.parts[s.Else].items)
		}
	}
	return last.leaves
}

// A printer writes items as source.
type printer struct {
	canon  bool // for comparison: plain errors are one and the same word
	strict bool // for comparison: errors are told apart
	keeps  []ast.Node
}

func (p *printer) list(items []*item) string {
	var b strings.Builder
	for _, it := range flat(items) {
		if s := p.item(it); s != "" {
			b.WriteString(s)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func (p *printer) item(it *item) string {
	if it.unsaid != nil && it.verb != dropped {
		fail(it.unsaid)
	}
	switch it.verb {
	case dropped:
		return ""
	case written:
		p.keeps = append(p.keeps, it.text.Keeps...)
		return it.text.Src
	case spliced:
		return "{\n" + p.list(it.list) + "}"
	case kept:
		return p.comments(it) + p.kept(it)
	}
	return p.comments(it) + p.edited(it)
}

// comments returns the comments that stand above a statement.
func (p *printer) comments(it *item) string {
	if p.canon || it.node == nil {
		return ""
	}
	f := it.ev.f
	line := f.Pkg.Fset.PositionFor(it.node.Pos(), false).Line
	var b strings.Builder
	for _, g := range f.Syntax.Comments {
		end := f.Pkg.Fset.PositionFor(g.End(), false).Line
		start := f.Pkg.Fset.PositionFor(g.Pos(), false)
		if end == line-1 && g.End() < it.node.Pos() && f.FirstOnLine(start.Offset) {
			b.WriteString(f.Text(g))
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// kept repeats a statement; for comparison, errors that nobody can tell apart are one word.
func (p *printer) kept(it *item) string {
	if p.canon && it.env != nil {
		return (&sayer{ev: it.ev, en: it.env, canon: true, strict: p.strict}).all(it.node).text
	}
	s := &sayer{ev: it.ev, verbatim: true}
	t := s.all(it.node)
	p.keeps = append(p.keeps, it.node)
	return t.text
}

// edited writes a statement with its parts as they are now.
func (p *printer) edited(it *item) string {
	if it.cases != nil {
		return p.switchStmt(it)
	}
	switch s := it.node.(type) {
	case *ast.IfStmt:
		return p.ifStmt(it, s)
	case *ast.BlockStmt:
		return "{\n" + p.list(it.parts[s].items) + "}"
	case *ast.LabeledStmt:
		return s.Label.Name + ":\n" + p.list(it.parts[s.Stmt].items)
	}
	f := it.ev.f
	if p.canon && it.env != nil {
		if len(it.parts) == 0 || !hasBlocks(it.parts) {
			return (&sayer{ev: it.ev, en: it.env, canon: true, strict: p.strict}).all(it.node).text
		}
	}
	base := f.Offset(it.node.Pos())
	s := &sayer{ev: it.ev, verbatim: true, base: base}
	ast.Inspect(it.node, func(n ast.Node) bool {
		pt, ok := it.parts[n]
		if n == nil || !ok {
			if id, isIdent := n.(*ast.Ident); isIdent {
				s.ident(id)
			}
			return true
		}
		switch {
		case pt.gone:
			from, to := f.Offset(n.Pos()), f.Offset(n.End())
			s.edits = append(s.edits, textEdit{from - base, to - base, ""})
		case pt.block:
			s.put(n, p.block(n, pt.items))
		default:
			s.put(n, pt.text)
			s.keeps = append(s.keeps, pt.keeps...)
		}
		return false
	})
	p.keeps = append(p.keeps, s.keeps...)
	sortEdits(s.edits)
	return spliceText(f.Text(it.node), s.edits)
}

func hasBlocks(parts map[ast.Node]part) bool {
	for _, p := range parts {
		if p.block {
			return true
		}
	}
	return false
}

// block writes a block or a case clause with other statements.
func (p *printer) block(n ast.Node, items []*item) string {
	switch n := n.(type) {
	case *ast.CaseClause:
		it := items[0]
		head := "default:\n"
		if n.List != nil {
			var list []string
			for _, e := range n.List {
				list = append(list, p.part(it, e))
			}
			head = "case " + strings.Join(list, ", ") + ":\n"
		}
		return head + p.list(it.list)
	case *ast.CommClause:
		it := items[0]
		head := "default:\n"
		if n.Comm != nil {
			head = "case " + p.part(it, n.Comm) + ":\n"
		}
		return head + p.list(it.list)
	}
	return "{\n" + p.list(items) + "}"
}

// part writes a part of an item.
func (p *printer) part(it *item, n ast.Node) string {
	if pt, ok := it.parts[n]; ok {
		if p.canon || pt.gone {
			return pt.text
		}
		p.keeps = append(p.keeps, pt.keeps...)
		return pt.text
	}
	p.keeps = append(p.keeps, n)
	return it.ev.source(n)
}

// switchStmt writes a switch; one with a single case is an if.
func (p *printer) switchStmt(it *item) string {
	if cond, body, ok := it.only(); ok && !p.canon {
		p.keeps = append(p.keeps, cond.keeps...)
		return "if " + cond.text + " {\n" + p.list(body) + "}"
	}
	text := "switch "
	if it.tag.text != "" {
		text += it.tag.text + " "
		p.keeps = append(p.keeps, it.tag.keeps...)
	}
	text += "{\n"
	for _, c := range it.cases {
		if len(c.when) == 0 {
			text += "default:\n"
		} else {
			var when []string
			for _, w := range c.when {
				when = append(when, w.text)
				p.keeps = append(p.keeps, w.keeps...)
			}
			text += "case " + strings.Join(when, ", ") + ":\n"
		}
		text += p.list(c.items)
	}
	return text + "}"
}

// only returns the condition and the statements of a switch with a single case.
func (it *item) only() (cond said, body []*item, ok bool) {
	if len(it.cases) != 1 || len(it.cases[0].when) == 0 || breaksInside(it.cases[0].items) {
		return said{}, nil, false
	}
	c := it.cases[0]
	var parts []string
	for _, w := range c.when {
		text := w.text
		if it.tag.text != "" {
			text = it.tag.text + " == " + text
		} else if len(c.when) > 1 && strings.Contains(text, "&&") {
			text = "(" + text + ")"
		}
		parts = append(parts, text)
		cond.keeps = append(cond.keeps, w.keeps...)
	}
	cond.keeps = append(cond.keeps, it.tag.keeps...)
	cond.text = strings.Join(parts, " || ")
	return cond, c.items, true
}

// breaksInside reports whether items leave a switch around them.
func breaksInside(items []*item) bool {
	for _, it := range everything(items) {
		if b, ok := it.node.(*ast.BranchStmt); ok && b.Tok == token.BREAK && b.Label == nil {
			return true
		}
	}
	return false
}

func (p *printer) ifStmt(it *item, s *ast.IfStmt) string {
	var b strings.Builder
	b.WriteString("if ")
	if s.Init != nil && !it.parts[s.Init].gone {
		b.WriteString(p.part(it, s.Init))
		b.WriteString("; ")
	}
	b.WriteString(p.part(it, s.Cond))
	b.WriteString(" {\n")
	b.WriteString(p.list(it.parts[s.Body].items))
	b.WriteString("}")
	if s.Else != nil {
		if e := flat(it.parts[s.Else].items); len(e) > 0 {
			text := p.list(e)
			if inner, ok := e[0].node.(*ast.IfStmt); ok && len(e) == 1 && e[0].verb != written && inner != nil && e[0].verb != spliced {
				b.WriteString(" else " + strings.TrimSpace(strings.TrimPrefix(text, p.comments(e[0]))))
			} else {
				b.WriteString(" else {\n" + text + "}")
			}
		}
	}
	return b.String()
}

// prune leaves out declarations of variables that nothing uses, where nobody can miss their values. What used only
// by what goes goes, too.
func prune(items []*item) []*item {
	for {
		uses := map[types.Object]int{}
		count(items, uses)
		if !drop(items, uses) {
			blank(items, uses)
			return items
		}
	}
}

// count counts the reads of variables.
func count(items []*item, uses map[types.Object]int) {
	for _, it := range items {
		switch it.verb {
		case written:
			for _, n := range it.text.Keeps {
				countNode(it.ev, n, uses)
			}
		case spliced:
			count(it.list, uses)
		case kept:
			countNode(it.ev, it.node, uses)
		case edited:
			if it.cases != nil {
				for _, k := range it.tag.keeps {
					countNode(it.ev, k, uses)
				}
				for _, c := range it.cases {
					for _, w := range c.when {
						for _, k := range w.keeps {
							countNode(it.ev, k, uses)
						}
					}
					count(c.items, uses)
				}
				continue
			}
			ast.Inspect(it.node, func(n ast.Node) bool {
				if n == nil {
					return true
				}
				if pt, ok := it.parts[n]; ok {
					for _, k := range pt.keeps {
						countNode(it.ev, k, uses)
					}
					count(pt.items, uses)
					return false
				}
				if r, ok := n.(*ast.ReturnStmt); ok {
					countResults(it.ev, r, uses)
				}
				if id, ok := n.(*ast.Ident); ok && !isTarget(it.ev.f, id) {
					uses[it.ev.f.Object(id)]++
				}
				return true
			})
			for _, pt := range it.parts {
				if pt.block {
					for _, inner := range pt.items {
						for _, q := range inner.parts {
							for _, k := range q.keeps {
								countNode(it.ev, k, uses)
							}
						}
					}
				}
			}
		}
	}
}

func countNode(ev *evaluator, n ast.Node, uses map[types.Object]int) {
	if ev == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			countResults(ev, r, uses)
		}
		if id, ok := n.(*ast.Ident); ok && !isTarget(ev.f, id) {
			uses[ev.f.Object(id)]++
		}
		return true
	})
}

// countResults counts what a return without operands reads.
func countResults(ev *evaluator, r *ast.ReturnStmt, uses map[types.Object]int) {
	if len(r.Results) > 0 || ev.d.Type.Results == nil {
		return
	}
	for _, fld := range ev.d.Type.Results.List {
		for _, id := range fld.Names {
			uses[ev.f.Pkg.Info.Defs[id]]++
		}
	}
}

// isTarget reports whether an identifier is a variable that is declared or assigned as a whole.
func isTarget(f *syntax.File, id *ast.Ident) bool {
	if f.Pkg.Info.Defs[id] != nil {
		return true
	}
	a, ok := f.Parent[id].(*ast.AssignStmt)
	if !ok || a.Tok != token.ASSIGN && a.Tok != token.DEFINE {
		return false
	}
	for _, l := range a.Lhs {
		if l == id {
			return true
		}
	}
	return false
}

// drop drops the statements that only give values to variables without a use.
func drop(items []*item, uses map[types.Object]int) (changed bool) {
	for _, it := range items {
		switch it.verb {
		case spliced:
			changed = drop(it.list, uses) || changed
			continue
		case dropped, written:
			continue
		}
		for _, c := range it.cases {
			changed = drop(c.items, uses) || changed
		}
		for _, pt := range it.parts {
			changed = drop(pt.items, uses) || changed
			for _, inner := range pt.items {
				if inner.node == nil && inner.verb == spliced {
					changed = drop(inner.list, uses) || changed
				}
			}
		}
		if it.idle(uses) {
			it.verb, it.parts = dropped, nil
			changed = true
		}
	}
	return changed
}

// blank makes targets without a use blank, where the statement that defines them stays for what it does.
func blank(items []*item, uses map[types.Object]int) {
	for _, it := range everything(items) {
		s, ok := it.node.(*ast.AssignStmt)
		if !ok || it.verb != kept && it.verb != edited || s.Tok != token.DEFINE {
			continue
		}
		left, some := 0, false
		for _, l := range s.Lhs {
			id := syntax.IdentOf(l)
			if id == nil || id.Name == "_" {
				continue
			}
			if v, ok := it.ev.f.Pkg.Info.Defs[id].(*types.Var); ok && uses[v] == 0 && it.ev.insideTail(v) {
				it.put(id, said{text: "_"})
				some = true
				continue
			}
			left++
		}
		if !some || left > 0 {
			continue
		}
		p := &printer{}
		var lhs, rhs []string
		for _, r := range s.Rhs {
			rhs = append(rhs, p.part(it, r))
		}
		for range s.Lhs {
			lhs = append(lhs, "_")
		}
		it.verb, it.text = written, change.Text{Src: strings.Join(lhs, ", ") + " = " + strings.Join(rhs, ", "), Keeps: p.keeps}
	}
}

// idle reports whether all that a statement does is to give values to variables of the residual that nothing uses.
func (it *item) idle(uses map[types.Object]int) bool {
	f := it.ev.f
	unused := func(e ast.Expr) bool {
		id := syntax.IdentOf(e)
		if id == nil {
			return false
		}
		if id.Name == "_" {
			return true
		}
		v, ok := f.Object(id).(*types.Var)
		return ok && uses[v] == 0 && (it.ev.insideTail(v) || types.Object(v) == it.ev.errVar)
	}
	switch s := it.node.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE && s.Tok != token.ASSIGN {
			return false
		}
		for _, l := range s.Lhs {
			if !unused(l) {
				return false
			}
		}
		for _, r := range s.Rhs {
			if !pureExpr(it.ev, r) && !it.ev.readsOnly(r) {
				return false
			}
			for _, obj := range it.ev.decoding(r) {
				if obj == nil || uses[obj] > 1 || !it.ev.insideTail(obj) { // &x itself is one
					return false
				}
			}
		}
		return true
	case *ast.DeclStmt:
		g, ok := s.Decl.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			return false
		}
		for _, sp := range g.Specs {
			vs, ok := sp.(*ast.ValueSpec)
			if !ok {
				return false
			}
			for _, id := range vs.Names {
				if !unused(id) {
					return false
				}
			}
			for _, v := range vs.Values {
				if !pureExpr(it.ev, v) && !it.ev.readsOnly(v) {
					return false
				}
			}
		}
		return true
	case *ast.ExprStmt: // a decoding whose target nothing uses
		return false
	}
	return false
}

func sortEdits(edits []textEdit) {
	for i := 1; i < len(edits); i++ {
		for j := i; j > 0 && edits[j].from < edits[j-1].from; j-- {
			edits[j], edits[j-1] = edits[j-1], edits[j]
		}
	}
}
