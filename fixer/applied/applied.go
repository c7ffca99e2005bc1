// Package applied has the program after a core change. It writes the texts of a change.Set into their files, in memory, and type-checks the
// packages of these files. So a text has syntax and types in its place, which show its uses. The files are for analysis only: removed code is
// blank, imports have artificial names, and nothing is formatted.
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
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/load"
)

// Apply writes the texts of set into the files of an index and type-checks their packages. It returns an error if a
// text does not parse in its place. Type errors are ignored: a core change leaves dead code, and may import a missing
// module. It does not change ix and set, but adds files to the file sets of the packages.
func Apply(ix *syntax.Index, set *change.Set) (*Program, error) {
	w := &writer{set: set, ix: ix, edits: map[*syntax.File][]edit{}}
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
		c := packages[of.Pkg]
		if c == nil {
			c = &changed{writer: w, old: of.Pkg, reused: map[types.Object]types.Object{}}
			packages[of.Pkg] = c
		}
		f, err := w.write(of, edits)
		if err != nil {
			return nil, fmt.Errorf("%s: the core change does not parse: %w", of.Path, err)
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

// source returns the file of a node, nil if another part of the set removes it.
func (w *writer) source(n ast.Node) *syntax.File {
	if w.set.Inside(n, w.ix.Parent) {
		return nil
	}
	return w.ix.FileOf(n)
}

func (w *writer) replace(n ast.Node, t change.Text) *Text {
	text := &Text{}
	if f := w.source(n); f != nil {
		ed := edit{from: f.Offset(n.Pos()), to: f.Offset(n.End()), src: strings.TrimSuffix(strings.TrimSpace(t.Src), ","), text: text}
		w.fit(f, n, &ed)
		w.edits[f] = append(w.edits[f], ed)
	}
	return text
}

func (w *writer) before(s ast.Stmt, t change.Text) *Text {
	text := &Text{}
	if f := w.source(s); f != nil {
		at := f.Offset(s.Pos())
		w.edits[f] = append(w.edits[f], edit{from: at, to: at, src: t.Src + "\n", text: text})
	}
	return text
}

// fit converts a text to one that is valid in the place of a node.
func (w *writer) fit(f *syntax.File, n ast.Node, ed *edit) {
	up := w.ix.Parent[n]
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
			ed.to = f.Offset(fl.Type.End())
		} else { // one of several names, which gets a separate field
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

// blank overwrites removed code in the files with a text.
func (w *writer) blank() {
	put := func(f *syntax.File, from, to token.Pos, src string) {
		w.edits[f] = append(w.edits[f], edit{from: f.Offset(from), to: f.Offset(to), src: src})
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

// apart reports whether a node can be removed from the source independently.
func (w *writer) apart(n ast.Node) bool {
	switch up := w.ix.Parent[n].(type) {
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
func (w *writer) write(of *syntax.File, edits []edit) (*File, error) {
	slices.SortStableFunc(edits, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to // an insertion before a node comes first
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
	f := &File{of: of}
	var src strings.Builder
	at := of.Offset(of.Syntax.Name.End())
	src.Write(of.Src[:at])
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&src, ";import %s %s", imports[path], strconv.Quote(path))
	}
	f.edits = append(f.edits, edit{from: at, to: at, at: at, end: src.Len()})
	for _, ed := range edits {
		if ed.from < at {
			continue // in removed code
		}
		src.Write(of.Src[at:ed.from])
		ed.at = src.Len()
		if ed.src == "" && ed.text == nil {
			ed.src = blanks(of.Src[ed.from:ed.to])
		}
		src.WriteString(ed.src)
		ed.end = src.Len()
		at = ed.to
		f.edits = append(f.edits, ed)
	}
	src.Write(of.Src[at:])
	tree, err := parser.ParseFile(of.Pkg.Fset, of.Path, src.String(), parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f.File = w.ix.Rewritten(of, tree, []byte(src.String()), f.Before)
	tf := of.Pkg.Fset.File(tree.Package)
	for _, ed := range f.edits {
		if ed.text != nil {
			ed.text.File = f
			ed.text.Nodes = between(tree, tf.Pos(ed.at+ed.head), tf.Pos(ed.end))
		}
	}
	return f, nil
}

// blanks returns blanks with the length and the line ends of a source.
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
