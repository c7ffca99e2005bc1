package slice

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"jwtretire.example/fixer/change"
)

// A renderer writes nodes as source, with what the set says of the nodes inside.
type renderer struct {
	e   *emitter
	f   *file
	err error
}

// An edit is a range of the file that becomes other text.
type edit struct {
	from, to int
	text     string
}

// text returns the source of n as it will be.
func (r *renderer) text(n ast.Node) string {
	set := r.e.p.set
	if t, ok := set.Replace[n]; ok {
		return t.Src
	}
	from, to := r.f.offset(n.Pos()), r.f.offset(n.End())
	return r.apply(from, to, r.edits(n))
}

func (r *renderer) apply(from, to int, edits []edit) string {
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].from < edits[j].from })
	var b strings.Builder
	at := from
	for _, ed := range edits {
		if ed.to <= at && ed.from < at {
			continue
		}
		ed.from = max(ed.from, at) // two neighbours of a list share the comma between them
		b.Write(r.f.src[at:ed.from])
		b.WriteString(ed.text)
		at = ed.to
	}
	b.Write(r.f.src[at:to])
	return b.String()
}

// edits collects what changes below n.
func (r *renderer) edits(n ast.Node) []edit {
	var out []edit
	set := r.e.p.set
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || m == n {
			return true
		}
		if t, ok := set.Replace[m]; ok {
			src := t.Src
			if s, ok := m.(ast.Stmt); ok {
				if b, ok := set.Before[s]; ok {
					src = b.Src + "\n" + src
				}
			}
			out = append(out, edit{r.f.offset(m.Pos()), r.f.offset(m.End()), src})
			return false
		}
		if s, ok := m.(ast.Stmt); ok {
			if b, ok := set.Before[s]; ok {
				at := r.f.offset(m.Pos())
				out = append(out, edit{at, at, b.Src + "\n"})
			}
		}
		if _, ok := set.Remove[m]; ok {
			out = append(out, r.removal(m))
			return false
		}
		return true
	})
	return out
}

// removal is the edit that takes a node out of the list that it stands in.
func (r *renderer) removal(n ast.Node) edit {
	from, to := r.f.offset(n.Pos()), r.f.offset(n.End())
	switch p := r.e.p.parent[n].(type) {
	case *ast.AssignStmt:
		if ts, ok := r.e.p.parent[p].(*ast.TypeSwitchStmt); ok && ts.Assign == ast.Stmt(p) {
			return edit{from, r.f.offset(p.Rhs[0].Pos()), ""}
		}
		return edit{from, to, "_"}
	case *ast.ValueSpec:
		return edit{from, to, "_"}
	case *ast.RangeStmt:
		switch {
		case p.Value == n:
			return edit{r.f.offset(p.Key.End()), to, ""}
		case p.Key == n && p.Value != nil && !r.e.gone(p.Value):
			return edit{from, to, "_"}
		case p.Key == n:
			return edit{from, r.f.offset(p.Range), ""}
		}
	case *ast.CallExpr, *ast.CompositeLit, *ast.ReturnStmt:
		end := to
		for end < len(r.f.src) && strings.IndexByte(" \t\n", r.f.src[end]) >= 0 {
			end++
		}
		if end < len(r.f.src) && r.f.src[end] == ',' {
			end++
			for end < len(r.f.src) && (r.f.src[end] == ' ' || r.f.src[end] == '\t') {
				end++
			}
			return edit{from, end, ""}
		}
		for from > 0 && strings.IndexByte(" \t\n", r.f.src[from-1]) >= 0 {
			from--
		}
		if from > 0 && r.f.src[from-1] == ',' {
			from--
		}
		return edit{from, to, ""}
	case *ast.IfStmt:
		if p.Else == n {
			for from > 0 && !strings.HasPrefix(string(r.f.src[from:]), "else") {
				from--
			}
			return edit{from, to, ""}
		}
		if p.Init == n {
			for to < len(r.f.src) && r.f.src[to-1] != ';' {
				to++
			}
			return edit{from, to, ""}
		}
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		return edit{r.lineStart(from), r.lineEnd(to), ""}
	case *ast.DeclStmt:
		return edit{r.lineStart(from), r.lineEnd(to), ""}
	}
	if _, ok := n.(ast.Stmt); ok {
		return edit{from, to, ""}
	}
	r.err = fmt.Errorf("%s: a part of a statement that is rewritten cannot be taken out; change it by hand first", r.f.pos(n))
	return edit{from, to, ""}
}

func (r *renderer) lineStart(at int) int {
	i := at
	for i > 0 && (r.f.src[i-1] == ' ' || r.f.src[i-1] == '\t') {
		i--
	}
	if i == 0 || r.f.src[i-1] == '\n' {
		return i
	}
	return at
}

func (r *renderer) lineEnd(at int) int {
	i := at
	for i < len(r.f.src) && r.f.src[i] != '\n' {
		i++
	}
	if rest := strings.TrimSpace(string(r.f.src[at:i])); rest == "" || strings.HasPrefix(rest, "//") {
		return min(i+1, len(r.f.src))
	}
	return at
}

// branch renders what is left of an if whose outcome is certain.
func (r *renderer) branch(s *ast.IfStmt, to ast.Stmt) change.Text {
	t := change.Text{Keeps: []ast.Node{to}}
	switch to := to.(type) {
	case *ast.BlockStmt:
		from, end := r.f.offset(to.Lbrace)+1, r.f.offset(to.Rbrace)
		inner := strings.Trim(r.apply(from, end, r.edits(to)), "\n")
		if r.clashes(s, to) {
			inner = "{\n" + inner + "\n}"
		}
		if s.Init != nil && to == s.Body && !r.e.gone(s.Init) {
			inner = "{\n" + r.text(s.Init) + "\n" + inner + "\n}"
			t.Keeps = append(t.Keeps, s.Init)
		}
		t.Src = inner
	case *ast.AssignStmt:
		t.Src = r.text(to)
		if all, call := r.allBlank(to); call {
			t.Src = r.text(to.Rhs[0])
		} else if all {
			t.Src = strings.Replace(t.Src, ":=", "=", 1)
		}
	default:
		t.Src = r.text(to)
	}
	return t
}

// allBlank reports whether nothing is left of the targets, and whether they are those of one call.
func (r *renderer) allBlank(s *ast.AssignStmt) (all, call bool) {
	for _, l := range s.Lhs {
		if id, ok := l.(*ast.Ident); !ok || id.Name != "_" && !r.e.gone(id) {
			return false, false
		}
	}
	_, call = ast.Unparen(s.Rhs[0]).(*ast.CallExpr)
	return true, call && len(s.Rhs) == 1
}

// clashes reports whether a name that a block declares means something else around it.
func (r *renderer) clashes(s *ast.IfStmt, b *ast.BlockStmt) bool {
	var names []string
	if inner := r.f.pkg.Info.Scopes[b]; inner != nil {
		for _, name := range inner.Names() {
			if r.left(inner.Lookup(name)) {
				names = append(names, name)
			}
		}
	}
	for _, st := range b.List {
		if t, ok := r.e.p.set.Replace[st]; ok {
			for name := range parseText(t.Src).declared {
				names = append(names, name)
			}
		}
	}
	outer := r.e.p.scopeAt(r.f, s)
	for _, name := range names {
		if outer == nil {
			return true
		}
		if _, obj := outer.LookupParent(name, token.NoPos); obj != nil && r.left(obj) {
			return true
		}
	}
	return false
}

// left reports whether something of an object stays in the source.
func (r *renderer) left(obj types.Object) bool {
	p := r.e.p
	if obj == nil || !isLocal(obj) {
		return obj != nil
	}
	return p.names[obj] != nil && r.e.remains(p.names[obj]) || r.e.hasUses(obj) || r.e.isParameter(obj)
}

// assign renders an assignment of a call that has lost results.
func (r *renderer) assign(s *ast.AssignStmt, cut map[int]bool) change.Text {
	var lhs []string
	for i, l := range s.Lhs {
		if cut[i] {
			continue
		}
		if _, ok := r.e.p.set.Remove[l]; ok {
			lhs = append(lhs, "_")
			continue
		}
		lhs = append(lhs, r.text(l))
	}
	call := r.text(s.Rhs[0])
	t := change.Text{Src: call, Keeps: []ast.Node{s.Rhs[0]}}
	used, fresh := false, false
	for i, l := range s.Lhs {
		if cut[i] {
			continue
		}
		if _, ok := r.e.p.set.Remove[l]; ok {
			continue
		}
		id, ok := l.(*ast.Ident)
		used = used || !ok || id.Name != "_"
		if ok && id.Name != "_" && r.f.pkg.Info.Defs[id] != nil {
			fresh = true
		}
	}
	if used {
		tok := s.Tok
		if tok == token.DEFINE && !fresh && !r.e.defines[s] {
			tok = token.ASSIGN
		}
		if r.e.defines[s] {
			tok = token.DEFINE
		}
		t.Src = strings.Join(lhs, ", ") + " " + tok.String() + " " + call
	}
	return t
}
