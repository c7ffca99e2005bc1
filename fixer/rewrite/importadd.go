package rewrite

import (
	"bytes"
	"go/ast"
	"strconv"
	"strings"
)

// addImport adds an import according to the file's own order: in the group of its kind, sorted by path.
func addImport(src []byte, imp newImport, module string) ([]byte, error) {
	c, err := parseClause(src)
	if err != nil {
		return nil, err
	}
	spec := strconv.Quote(imp.path)
	if imp.name != "" {
		spec = imp.name + " " + spec
	}
	nl := eol(src)
	var blocks, singles []*ast.GenDecl
	for _, d := range c.file.Decls {
		g := d.(*ast.GenDecl)
		switch {
		case len(g.Specs) == 1 && importPath(g.Specs[0]) == "C":
		case g.Lparen.IsValid() && len(g.Specs) > 0:
			blocks = append(blocks, g)
		case len(g.Specs) == 1:
			singles = append(singles, g)
		}
	}
	switch {
	case len(blocks) > 0:
		return c.intoBlock(c.pick(blocks, imp.path, module), imp.path, spec, module, nl), nil
	case len(singles) == 1 && len(c.file.Decls) == 1:
		return c.intoParens(singles[0], imp.path, spec, nl), nil
	case len(singles) > 0:
		return c.besideSingles(singles, imp.path, spec, nl), nil
	}
	return c.alone(spec, nl), nil
}

// std reports whether a path is one of the standard library's.
func std(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func inModule(path, module string) bool {
	return module != "" && (path == module || strings.HasPrefix(path, module+"/"))
}

// alone adds a declaration after the last one, or after the package clause.
func (c *clause) alone(spec, nl string) []byte {
	end := c.offset(c.file.Name.End())
	gap := nl + nl
	if n := len(c.file.Decls); n > 0 {
		end = c.offset(c.file.Decls[n-1].End())
	}
	end = behind(c.src, end)
	text := gap + "import " + spec
	if rest := bytes.TrimLeft(c.src[end:], " \t"); len(rest) > 0 && rest[0] == ';' {
		return replaceBytes(c.src, end, end+bytes.IndexByte(c.src[end:], ';')+1, []byte(text+gap))
	}
	return replaceBytes(c.src, end, end, []byte(text))
}

// intoParens makes a block of the only import line.
func (c *clause) intoParens(g *ast.GenDecl, path, spec, nl string) []byte {
	old := g.Specs[0].(*ast.ImportSpec)
	start := c.offset(g.Pos())
	from := c.offset(old.Pos())
	end := behind(c.src, c.offset(g.End()))
	line := "\t" + strings.TrimRight(string(c.src[from:end]), " \t;") + nl
	mine := "\t" + spec + nl
	sep := ""
	if std(importPath(old)) != std(path) {
		sep = nl
	}
	first, second := line, mine
	if std(path) && !std(importPath(old)) || std(path) == std(importPath(old)) && path < importPath(old) {
		first, second = mine, line
	}
	return replaceBytes(c.src, start, end, []byte("import ("+nl+first+sep+second+")"))
}

// besideSingles adds one more import line to several.
func (c *clause) besideSingles(singles []*ast.GenDecl, path, spec, nl string) []byte {
	for _, g := range singles {
		if importPath(g.Specs[0]) > path && std(path) == std(importPath(g.Specs[0])) && g.Doc == nil {
			at := c.offset(g.Pos())
			return replaceBytes(c.src, at, at, []byte("import "+spec+nl))
		}
	}
	last := singles[len(singles)-1]
	for _, g := range singles {
		if std(importPath(g.Specs[0])) == std(path) {
			last = g
		}
	}
	at := behind(c.src, c.offset(last.End()))
	return replaceBytes(c.src, at, at, []byte(nl+"import "+spec))
}

// pick returns the block that takes a path: the one with a group of its kind, else the
// first.
func (c *clause) pick(blocks []*ast.GenDecl, path, module string) *ast.GenDecl {
	for _, g := range blocks {
		for _, s := range g.Specs {
			if std(importPath(s)) == std(path) && inModule(importPath(s), module) == inModule(path, module) {
				return g
			}
		}
	}
	return blocks[0]
}

// groups divides the specs of a block at blank lines.
func (c *clause) groups(g *ast.GenDecl) [][]*ast.ImportSpec {
	var out [][]*ast.ImportSpec
	last := 0
	for _, s := range g.Specs {
		spec := s.(*ast.ImportSpec)
		top := c.line(spec.Pos())
		if spec.Doc != nil {
			top = c.line(spec.Doc.Pos())
		}
		if len(out) == 0 || top-last > 1 {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], spec)
		last = c.line(spec.End())
	}
	return out
}

// intoBlock adds a spec to the best group: a group with paths of its kind, and of these the one with the longest common path
// prefix. Paths of the main module stay apart if the file has them apart.
func (c *clause) intoBlock(g *ast.GenDecl, path, spec, module, nl string) []byte {
	groups := c.groups(g)
	best, score := -1, -1
	for i, group := range groups {
		s := -1
		own := true
		for _, m := range group {
			p := importPath(m)
			own = own && inModule(p, module)
			if std(p) == std(path) && (m.Name == nil || m.Name.Name != "_" && m.Name.Name != ".") {
				s = max(s, shared(p, path))
			}
		}
		if own && !inModule(path, module) {
			continue
		}
		if s > score {
			best, score = i, s
		}
	}
	if best < 0 {
		return c.newGroup(g, groups, path, spec, nl)
	}
	group := groups[best]
	for i, m := range group {
		if importPath(m) < path || std(importPath(m)) != std(path) && !std(path) {
			continue
		}
		at := m.Pos()
		if m.Doc != nil && (i > 0 || !c.heads(g, m)) {
			at = m.Doc.Pos()
		}
		return c.lineAt(c.offset(at), spec, nl)
	}
	return c.lineBehind(group[len(group)-1], nl, spec)
}

// shared counts the leading path elements that two paths have in common.
func shared(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(as) && n < len(bs) && as[n] == bs[n] {
		n++
	}
	return n
}

// newGroup adds a group: the standard library in front, others behind it.
func (c *clause) newGroup(g *ast.GenDecl, groups [][]*ast.ImportSpec, path, spec, nl string) []byte {
	if std(path) {
		first := groups[0][0]
		at := first.Pos()
		if first.Doc != nil {
			at = first.Doc.Pos()
		}
		out := c.lineAt(c.offset(at), spec, nl)
		return insertBlank(out, c.offset(at), nl)
	}
	after := -1
	for i, group := range groups {
		if std(importPath(group[len(group)-1])) {
			after = i
		}
	}
	if after < 0 {
		after = len(groups) - 1
	}
	group := groups[after]
	return c.lineBehind(group[len(group)-1], nl+nl, spec)
}

// insertBlank inserts an empty line behind the line at off.
func insertBlank(src []byte, off int, nl string) []byte {
	at := off + lineEnd(src[off:])
	return replaceBytes(src, at, at, []byte(nl))
}

// lineAt inserts a spec on a separate line in front of off.
func (c *clause) lineAt(off int, spec, nl string) []byte {
	return replaceBytes(c.src, off, off, []byte(spec+nl+c.lead(off)))
}

// lineBehind inserts a spec on a separate line behind another.
func (c *clause) lineBehind(m *ast.ImportSpec, gap, spec string) []byte {
	off := c.offset(m.Pos())
	end := behind(c.src, c.offset(m.End()))
	text := gap + c.lead(off) + spec
	if next := bytes.TrimLeft(c.src[end:], " \t;"); bytes.HasPrefix(next, []byte(")")) {
		// import ("a"; "b"): the parenthesis is on the same line.
		return replaceBytes(c.src, end, end, []byte("; "+spec))
	}
	return replaceBytes(c.src, end, end, []byte(text))
}

// lead returns the white space of the line in front of off, a tab if there is other text, too.
func (c *clause) lead(off int) string {
	line := c.src[bytes.LastIndexByte(c.src[:off], '\n')+1 : off]
	if len(bytes.TrimSpace(line)) == 0 && len(line) > 0 {
		return string(line)
	}
	return "\t"
}
