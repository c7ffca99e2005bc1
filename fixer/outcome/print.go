package outcome

import (
	"go/ast"
	"go/token"
	"strings"

	"jwtretire.example/fixer/syntax"
)

// A part is the residual of a part of a statement: other text, or the items of a block.
type part struct {
	rendering
	items []*item
	block bool // items counts
	gone  bool
}

// A printer writes items as source.
type printer struct {
	canon  bool // for comparison: plain errors are one and the same word
	strict bool // for comparison: errors are distinct
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
	if it.inexpressible != nil && it.verb != dropped {
		fail(it.inexpressible)
	}
	switch it.verb {
	case dropped:
		return ""
	case written:
		if r, ok := it.node.(*ast.ReturnStmt); ok && p.canon && len(r.Results) == 0 && it.env != nil {
			return p.kept(it) // operands were written for named results only
		}
		p.keeps = append(p.keeps, it.text.keeps...)
		if _, ok := it.node.(*ast.ReturnStmt); ok && !strings.Contains(it.text.text, "//") {
			return p.comments(it) + it.text.text + p.after(it)
		}
		return it.text.text
	case spliced:
		return "{\n" + p.list(it.list) + "}"
	case kept:
		return p.comments(it) + p.kept(it) + p.after(it)
	}
	return p.comments(it) + p.edited(it) + p.after(it)
}

// after returns the comment behind a statement on its line. Behind an else that is an if it is the whole statement's.
func (p *printer) after(it *item) string {
	if outer, ok := it.ev.f.Parent[it.node].(*ast.IfStmt); ok && outer.Else == it.node {
		return ""
	}
	return p.trailing(it.ev.f, it.node.End())
}

// trailing returns the comment that follows a position on its line, with nothing between.
func (p *printer) trailing(f *syntax.File, after token.Pos) string {
	if p.canon {
		return ""
	}
	for _, g := range f.Syntax.Comments {
		if g.Pos() < after {
			continue
		}
		from, to := f.Offset(after), f.Offset(g.Pos())
		if strings.Trim(string(f.Src[from:to]), " \t") != "" {
			break
		}
		return " " + f.Text(g)
	}
	return ""
}

// braces writes items in the place of the statements of a block.
func (p *printer) braces(f *syntax.File, b *ast.BlockStmt, items []*item) string {
	return "{" + p.trailing(f, b.Lbrace+1) + "\n" + p.list(items) + p.ending(f, b) + "}"
}

// ending returns the comments at the end of a block, behind its last statement.
func (p *printer) ending(f *syntax.File, b *ast.BlockStmt) string {
	if p.canon {
		return ""
	}
	after := b.Lbrace + 1
	if n := len(b.List); n > 0 {
		after = b.List[n-1].End()
	}
	var out strings.Builder
	for _, g := range f.Syntax.Comments {
		if g.Pos() >= after && g.End() <= b.Rbrace && f.FirstOnLine(f.Offset(g.Pos())) {
			out.WriteString(f.Text(g) + "\n")
		}
	}
	return out.String()
}

// comments returns the comments above a statement.
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

// kept repeats a statement; for comparison, errors that no code distinguishes are one word.
func (p *printer) kept(it *item) string {
	if p.canon && it.env != nil {
		return (&renderer{ev: it.ev, en: it.env, canon: true, strict: p.strict}).all(it.node).text
	}
	s := &renderer{ev: it.ev, verbatim: true}
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
		return p.braces(it.ev.f, s, it.parts[s].items)
	case *ast.LabeledStmt:
		return s.Label.Name + ":\n" + p.list(it.parts[s.Stmt].items)
	}
	f := it.ev.f
	if p.canon && it.env != nil {
		if len(it.parts) == 0 || !hasBlocks(it.parts) {
			return (&renderer{ev: it.ev, en: it.env, canon: true, strict: p.strict}).all(it.node).text
		}
	}
	base := f.Offset(it.node.Pos())
	s := &renderer{ev: it.ev, verbatim: true, base: base}
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
			s.replace(n, p.block(n, pt.items))
		default:
			s.replace(n, pt.text)
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
		head := "default:"
		if n.List != nil {
			var list []string
			for _, e := range n.List {
				list = append(list, p.part(it, e))
			}
			head = "case " + strings.Join(list, ", ") + ":"
		}
		return head + p.trailing(it.ev.f, n.Colon+1) + "\n" + p.list(it.list)
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
		return "if " + cond.text + " {" + p.trailing(it.ev.f, it.cases[0].clause.Colon+1) + "\n" + p.list(body) + "}"
	}
	text := "switch "
	if it.tag.text != "" {
		text += it.tag.text + " "
		p.keeps = append(p.keeps, it.tag.keeps...)
	}
	text += "{\n"
	for _, c := range it.cases {
		if len(c.when) == 0 {
			text += "default:"
		} else {
			var when []string
			for _, w := range c.when {
				when = append(when, w.text)
				p.keeps = append(p.keeps, w.keeps...)
			}
			text += "case " + strings.Join(when, ", ") + ":"
		}
		text += p.trailing(it.ev.f, c.clause.Colon+1) + "\n" + p.list(c.items)
	}
	return text + "}"
}

func (p *printer) ifStmt(it *item, s *ast.IfStmt) string {
	var b strings.Builder
	b.WriteString("if ")
	if s.Init != nil && !it.parts[s.Init].gone {
		b.WriteString(p.part(it, s.Init))
		b.WriteString("; ")
	}
	b.WriteString(p.part(it, s.Cond))
	b.WriteString(" ")
	if it.turned {
		b.WriteString("{\n" + p.list(it.parts[s.Body].items) + "}")
	} else {
		b.WriteString(p.braces(it.ev.f, s.Body, it.parts[s.Body].items))
	}
	if s.Else != nil {
		if e := flat(it.parts[s.Else].items); len(e) > 0 {
			mark := len(p.keeps)
			text := p.list(e)
			if inner, ok := e[0].node.(*ast.IfStmt); ok && len(e) == 1 && e[0].verb != written && inner != nil && e[0].verb != spliced {
				b.WriteString(" else " + strings.TrimSpace(strings.TrimPrefix(text, p.comments(e[0]))))
			} else if block, ok := s.Else.(*ast.BlockStmt); ok && !it.turned {
				p.keeps = p.keeps[:mark]
				b.WriteString(" else " + p.braces(it.ev.f, block, it.parts[s.Else].items))
			} else {
				b.WriteString(" else {\n" + text + "}")
			}
		}
	}
	return b.String()
}

func sortEdits(edits []textEdit) {
	for i := 1; i < len(edits); i++ {
		for j := i; j > 0 && edits[j].from < edits[j-1].from; j-- {
			edits[j], edits[j-1] = edits[j-1], edits[j]
		}
	}
}
