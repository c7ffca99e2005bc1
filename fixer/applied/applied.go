// Package applied has the program as a core change leaves it. The texts of a change.Set are written into their files, in memory,
// and the packages of these files are type-checked. So a text is real syntax with types where it stands, and whoever wants to know
// what it uses asks these. The files are for analysis only: what goes is blank in them, imports have names of their own, and nothing is formatted.
package applied

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/load"
)

// Apply writes the texts of set into the files of pkgs and type-checks the packages. parent has the node around each node of these. It
// fails if a text does not parse where it stands. Errors of the type checker are none: a core change leaves dead code behind, and may
// import a module that is not there yet. Neither pkgs nor set are changed; pkgs gets more files into its file sets.
func Apply(pkgs []*load.Package, set *change.Set, parent map[ast.Node]ast.Node) (*Program, error) {
	w := &writer{set: set, parent: parent, sources: map[*ast.File]*source{}, edits: map[*source][]edit{}}
	for _, pkg := range pkgs {
		for i, syntax := range pkg.Syntax {
			if i < len(pkg.Files) {
				w.sources[syntax] = &source{pkg, syntax, pkg.Files[i], pkg.Source[pkg.Files[i]]}
			}
		}
	}
	prog := &Program{Replaced: map[ast.Node]*Text{}, Before: map[ast.Stmt]*Text{}}
	for n, t := range set.Replace {
		prog.Replaced[n] = w.replace(n, t)
	}
	for s, t := range set.Before {
		prog.Before[s] = w.before(s, t)
	}
	w.blank()
	packages := map[*load.Package]*changed{}
	for of, edits := range w.edits {
		c := packages[of.pkg]
		if c == nil {
			c = &changed{writer: w, old: of.pkg, all: pkgs, reused: map[types.Object]types.Object{}}
			packages[of.pkg] = c
		}
		f, err := write(of, edits)
		if err != nil {
			return nil, fmt.Errorf("%s: the core change does not parse: %w", of.path, err)
		}
		f.pkg = c
		c.files = append(c.files, f)
	}
	for _, c := range packages {
		c.check()
		c.connect()
	}
	return prog, nil
}

// source returns the file of a node that no other part of the set takes away, nil otherwise.
func (w *writer) source(n ast.Node) *source {
	if w.set.Inside(n, w.parent) {
		return nil
	}
	for n != nil {
		if f, ok := n.(*ast.File); ok {
			return w.sources[f]
		}
		n = w.parent[n]
	}
	return nil
}

func (w *writer) replace(n ast.Node, t change.Text) *Text {
	text := &Text{}
	if f := w.source(n); f != nil {
		ed := edit{from: f.offset(n.Pos()), to: f.offset(n.End()), src: strings.TrimSuffix(strings.TrimSpace(t.Src), ","), text: text}
		w.fit(f, n, &ed)
		w.edits[f] = append(w.edits[f], ed)
	}
	return text
}

func (w *writer) before(s ast.Stmt, t change.Text) *Text {
	text := &Text{}
	if f := w.source(s); f != nil {
		at := f.offset(s.Pos())
		w.edits[f] = append(w.edits[f], edit{from: at, to: at, src: t.Src + "\n", text: text})
	}
	return text
}

// fit makes a text one that can stand where a node does.
func (w *writer) fit(f *source, n ast.Node, ed *edit) {
	up := w.parent[n]
	braces := false
	switch x := n.(type) {
	case *ast.BlockStmt:
		braces = true
	case *ast.IfStmt:
		outer, ok := up.(*ast.IfStmt)
		braces = ok && outer.Else == x
	case *ast.Ident:
		fl, ok := up.(*ast.Field)
		if !ok || !strings.ContainsAny(ed.src, " *") {
			break
		}
		if len(fl.Names) == 1 { // the name and the type
			ed.to = f.offset(fl.Type.End())
		} else { // one of several names, which gets a field of its own
			ed.src = x.Name
		}
	}
	if _, expr := n.(ast.Expr); !expr {
		switch up.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.GenDecl, *ast.File:
			if !isComm(up, n) {
				ed.src += "\n"
			}
		}
	}
	if braces {
		ed.src, ed.head = "{\n"+ed.src+"\n}", 2
	}
}

// blank leaves out what goes, in the files that have a text.
func (w *writer) blank() {
	put := func(f *source, from, to token.Pos, src string) {
		w.edits[f] = append(w.edits[f], edit{from: f.offset(from), to: f.offset(to), src: src})
	}
	for n := range w.set.Remove {
		if f := w.source(n); f != nil && w.edits[f] != nil && w.apart(n) {
			put(f, n.Pos(), n.End(), "")
		}
	}
	for n, part := range w.set.Unwrap {
		s, ok := n.(*ast.IfStmt)
		f := w.source(n)
		if !ok || f == nil || w.edits[f] == nil {
			continue
		}
		put(f, s.Cond.Pos(), s.Cond.End(), "true")
		gone := s.Else
		if part.Node == ast.Node(s.Else) {
			gone = s.Body
		}
		if b, ok := gone.(*ast.BlockStmt); ok {
			put(f, b.Lbrace+1, b.Rbrace, "")
		}
	}
}

// apart reports whether a node can be left out of the source by itself.
func (w *writer) apart(n ast.Node) bool {
	switch up := w.parent[n].(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.File, *ast.DeclStmt:
		return true
	case *ast.CommClause:
		return !isComm(up, n)
	case *ast.GenDecl:
		return up.Lparen.IsValid()
	case *ast.IfStmt:
		return n == up.Init
	case *ast.ForStmt:
		return n == up.Init || n == up.Post
	case *ast.SwitchStmt:
		return n == up.Init
	}
	return false
}

func isComm(up, n ast.Node) bool {
	c, ok := up.(*ast.CommClause)
	return ok && c.Comm == n
}

var quotedImport = lazyregexp.New(`«([^»]*)»`)

// write returns a file with edits in it.
func write(of *source, edits []edit) (*File, error) {
	slices.SortStableFunc(edits, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to // what stands in front comes first
	})
	imports := map[string]string{}
	for i := range edits {
		edits[i].src = quotedImport.ReplaceAllStringFunc(edits[i].src, func(q string) string {
			path := quotedImport.FindStringSubmatch(q)[1]
			if imports[path] == "" {
				imports[path] = fmt.Sprintf("imported%d", len(imports))
			}
			return imports[path]
		})
	}
	f := &File{Path: of.path, of: of}
	var src strings.Builder
	at := of.offset(of.syntax.Name.End())
	src.Write(of.text[:at])
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&src, ";import %s %s", imports[path], strconv.Quote(path))
	}
	f.edits = append(f.edits, edit{from: at, to: at, at: at, end: src.Len()})
	for _, ed := range edits {
		if ed.from < at {
			continue // in something that goes
		}
		src.Write(of.text[at:ed.from])
		ed.at = src.Len()
		if ed.src == "" && ed.text == nil {
			ed.src = blanks(of.text[ed.from:ed.to])
		}
		src.WriteString(ed.src)
		ed.end = src.Len()
		at = ed.to
		f.edits = append(f.edits, ed)
	}
	src.Write(of.text[at:])
	f.Source = []byte(src.String())
	var err error
	if f.Syntax, err = parser.ParseFile(of.pkg.Fset, of.path, f.Source, parser.SkipObjectResolution); err != nil {
		return nil, err
	}
	tf := of.pkg.Fset.File(f.Syntax.Package)
	for _, ed := range f.edits {
		if ed.text != nil {
			ed.text.File = f
			ed.text.Nodes = between(f.Syntax, tf.Pos(ed.at+ed.head), tf.Pos(ed.end))
		}
	}
	return f, nil
}

// blanks returns as many blanks as a source has bytes, on as many lines.
func blanks(src []byte) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return r
		}
		return ' '
	}, string(slices.Concat(src)))
}

// between returns the outermost nodes between two positions.
func between(root ast.Node, from, to token.Pos) (out []ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		switch {
		case n == nil || n.End() <= from || n.Pos() >= to:
			return false
		case n.Pos() >= from && n.End() <= to:
			out = append(out, n)
			return false
		}
		return true
	})
	return out
}
