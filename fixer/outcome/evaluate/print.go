package evaluate

import (
	"go/ast"
	"go/token"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/syntax"
)

func (p *Printer) List(items []*Item) string {
	var b strings.Builder
	for _, it := range Flat(items) {
		if s := p.Item(it); s != "" {
			b.WriteString(s)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func (p *Printer) Item(it *Item) string {
	if it.inexpressible != nil && it.Verb != Dropped {
		Fail(it.inexpressible)
	}
	switch it.Verb {
	case Dropped:
		return ""
	case Written:
		if r, ok := it.Node.(*ast.ReturnStmt); ok && p.Canon && len(r.Results) == 0 && it.Env != nil {
			return p.kept(it) // operands were written for named results only
		}
		p.Keeps = append(p.Keeps, it.Text.Keeps...)
		if _, ok := it.Node.(*ast.ReturnStmt); ok && !strings.Contains(it.Text.Text, "//") {
			return p.Comments(it) + it.Text.Text + p.after(it)
		}
		return it.Text.Text
	case Spliced:
		return "{\n" + p.List(it.List) + "}"
	case Kept:
		return p.Comments(it) + p.kept(it) + p.after(it)
	}
	return p.Comments(it) + p.edited(it) + p.after(it)
}

// after returns the comment behind a statement on its line. Behind an else that is an if it is the whole statement's.
func (p *Printer) after(it *Item) string {
	if outer, ok := it.Ev.F.Parent[it.Node].(*ast.IfStmt); ok && outer.Else == it.Node {
		return ""
	}
	return p.Trailing(it.Ev.F, it.Node.End())
}

// Trailing returns the comment that follows a position on its line, with nothing between.
func (p *Printer) Trailing(f *syntax.File, after token.Pos) string {
	if p.Canon {
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

// Braces writes items in the place of the statements of a block.
func (p *Printer) Braces(f *syntax.File, b *ast.BlockStmt, items []*Item) string {
	return "{" + p.Trailing(f, b.Lbrace+1) + "\n" + p.List(items) + p.ending(f, b) + "}"
}

// ending returns the comments at the end of a block, behind its last statement.
func (p *Printer) ending(f *syntax.File, b *ast.BlockStmt) string {
	if p.Canon {
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

// Comments returns the comments above a statement.
func (p *Printer) Comments(it *Item) string {
	if p.Canon || it.Node == nil {
		return ""
	}
	f := it.Ev.F
	line := f.Pkg.Fset.PositionFor(it.Node.Pos(), false).Line
	var b strings.Builder
	for _, g := range f.Syntax.Comments {
		end := f.Pkg.Fset.PositionFor(g.End(), false).Line
		start := f.Pkg.Fset.PositionFor(g.Pos(), false)
		if end == line-1 && g.End() < it.Node.Pos() && f.FirstOnLine(start.Offset) {
			b.WriteString(f.Text(g))
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// kept repeats a statement; for comparison, errors that no code distinguishes are one word.
func (p *Printer) kept(it *Item) string {
	if p.Canon && it.Env != nil {
		return (&renderer{ev: it.Ev, en: it.Env, canon: true, strict: p.Strict, texts: p.Texts}).all(it.Node).Text
	}
	s := &renderer{ev: it.Ev, verbatim: true}
	t := s.all(it.Node)
	p.Keeps = append(p.Keeps, it.Node)
	return t.Text
}

// edited writes a statement with its parts as they are now.
func (p *Printer) edited(it *Item) string {
	if it.Cases != nil {
		return p.switchStmt(it)
	}
	switch s := it.Node.(type) {
	case *ast.IfStmt:
		return p.ifStmt(it, s)
	case *ast.BlockStmt:
		return p.Braces(it.Ev.F, s, it.Parts[s].Items)
	case *ast.LabeledStmt:
		return s.Label.Name + ":\n" + p.List(it.Parts[s.Stmt].Items)
	}
	f := it.Ev.F
	if p.Canon && it.Env != nil {
		if len(it.Parts) == 0 || !HasBlocks(it.Parts) {
			return (&renderer{ev: it.Ev, en: it.Env, canon: true, strict: p.Strict, texts: p.Texts}).all(it.Node).Text
		}
	}
	base := f.Offset(it.Node.Pos())
	s := &renderer{ev: it.Ev, verbatim: true, base: base}
	ast.Inspect(it.Node, func(n ast.Node) bool {
		pt, ok := it.Parts[n]
		if n == nil || !ok {
			if id, isIdent := n.(*ast.Ident); isIdent {
				s.ident(id)
			}
			return true
		}
		switch {
		case pt.Gone:
			from, to := f.Offset(n.Pos()), f.Offset(n.End())
			s.edits = append(s.edits, change.Edit{From: from - base, To: to - base})
		case pt.Block:
			s.replace(n, p.block(n, pt.Items))
		default:
			s.replace(n, pt.Text)
			s.keeps = append(s.keeps, pt.Keeps...)
		}
		return false
	})
	p.Keeps = append(p.Keeps, s.keeps...)
	return change.Splice(f.Text(it.Node), s.edits)
}

func HasBlocks(parts map[ast.Node]Part) bool {
	for _, p := range parts {
		if p.Block {
			return true
		}
	}
	return false
}

// block writes a block or a case clause with other statements.
func (p *Printer) block(n ast.Node, items []*Item) string {
	switch n := n.(type) {
	case *ast.CaseClause:
		it := items[0]
		head := "default:"
		if n.List != nil {
			var list []string
			for _, e := range n.List {
				list = append(list, p.Part(it, e))
			}
			head = "case " + strings.Join(list, ", ") + ":"
		}
		return head + p.Trailing(it.Ev.F, n.Colon+1) + "\n" + p.List(it.List)
	case *ast.CommClause:
		it := items[0]
		head := "default:\n"
		if n.Comm != nil {
			head = "case " + p.Part(it, n.Comm) + ":\n"
		}
		return head + p.List(it.List)
	}
	return "{\n" + p.List(items) + "}"
}

// Part writes a part of an item.
func (p *Printer) Part(it *Item, n ast.Node) string {
	if pt, ok := it.Parts[n]; ok {
		if p.Canon || pt.Gone {
			return pt.Text
		}
		p.Keeps = append(p.Keeps, pt.Keeps...)
		return pt.Text
	}
	p.Keeps = append(p.Keeps, n)
	return it.Ev.Source(n)
}

// switchStmt writes a switch; one with a single case is an if.
func (p *Printer) switchStmt(it *Item) string {
	if cond, body, ok := it.Only(); ok && !p.Canon {
		p.Keeps = append(p.Keeps, cond.Keeps...)
		return "if " + cond.Text + " {" + p.Trailing(it.Ev.F, it.Cases[0].Clause.Colon+1) + "\n" + p.List(body) + "}"
	}
	return p.cases(it.tag, it.Cases, func(c *Choice) string { return p.Trailing(it.Ev.F, c.Clause.Colon+1) })
}

// cases writes a switch. comment returns the comment after the colon of a case.
func (p *Printer) cases(tag Rendering, cases []*Choice, comment func(*Choice) string) string {
	text := "switch "
	if tag.Text != "" {
		text += tag.Text + " "
		p.Keeps = append(p.Keeps, tag.Keeps...)
	}
	text += "{\n"
	for _, c := range cases {
		if len(c.When) == 0 {
			text += "default:"
		} else {
			var when []string
			for _, w := range c.When {
				when = append(when, w.Text)
				p.Keeps = append(p.Keeps, w.Keeps...)
			}
			text += "case " + strings.Join(when, ", ") + ":"
		}
		text += comment(c) + "\n" + p.List(c.Items)
	}
	return text + "}"
}

func (p *Printer) ifStmt(it *Item, s *ast.IfStmt) string {
	var b strings.Builder
	b.WriteString("if ")
	if s.Init != nil && !it.Parts[s.Init].Gone {
		b.WriteString(p.Part(it, s.Init))
		b.WriteString("; ")
	}
	b.WriteString(p.Part(it, s.Cond))
	b.WriteString(" ")
	if it.Turned {
		b.WriteString("{\n" + p.List(it.Parts[s.Body].Items) + "}")
	} else {
		b.WriteString(p.Braces(it.Ev.F, s.Body, it.Parts[s.Body].Items))
	}
	if s.Else != nil {
		if e := Flat(it.Parts[s.Else].Items); len(e) > 0 {
			mark := len(p.Keeps)
			text := p.List(e)
			if inner, ok := e[0].Node.(*ast.IfStmt); ok && len(e) == 1 && e[0].Verb != Written && inner != nil && e[0].Verb != Spliced {
				b.WriteString(" else " + strings.TrimSpace(strings.TrimPrefix(text, p.Comments(e[0]))))
			} else if block, ok := s.Else.(*ast.BlockStmt); ok && !it.Turned {
				p.Keeps = p.Keeps[:mark]
				b.WriteString(" else " + p.Braces(it.Ev.F, block, it.Parts[s.Else].Items))
			} else {
				b.WriteString(" else {\n" + text + "}")
			}
		}
	}
	return b.String()
}
