package slice

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"sort"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
)

// finish writes what was decided into the set, outermost texts last.
func (e *emitter) finish() error {
	set := e.p.set
	e.define()
	for n, why := range e.drop {
		set.Remove[n] = why
	}
	if set.Uncomment == nil {
		set.Uncomment = map[*ast.Comment]string{}
	}
	maps.Copy(set.Uncomment, e.uncomment)
	for n, text := range e.deprecated {
		if set.Deprecated == nil {
			set.Deprecated = map[ast.Node]string{}
		}
		set.Deprecated[n] = text
	}
	var nodes []ast.Node
	for n := range e.put {
		nodes = append(nodes, n)
	}
	for s := range e.unwrap {
		nodes = append(nodes, s)
	}
	for s := range e.cut {
		nodes = append(nodes, s)
	}
	for s := range e.alone {
		nodes = append(nodes, s)
	}
	sort.Slice(nodes, func(i, j int) bool { // inner before outer
		return nodes[i].End()-nodes[i].Pos() < nodes[j].End()-nodes[j].Pos()
	})
	for _, n := range nodes {
		if e.inGone(n) {
			continue
		}
		f := e.p.fileFor(n)
		if err := e.replace(f, n); err != nil {
			return err
		}
	}
	for s, lines := range e.before {
		if e.inGone(s) {
			continue
		}
		src := strings.Join(lines, "\n")
		if t, ok := set.Replace[s]; ok {
			t.Src = src + "\n" + t.Src
			set.Replace[s] = t
			continue
		}
		t := set.Before[s]
		if t.Src != "" {
			src += "\n" + t.Src
		}
		t.Src = src
		set.Before[s] = t
	}
	// What is inside of a removed or replaced node needs no entry of its own.
	for n := range set.Remove {
		if e.inside(n) {
			delete(set.Remove, n)
		}
	}
	for n := range set.Replace {
		if e.inside(n) {
			delete(set.Replace, n)
		}
	}
	for n := range set.Before {
		if e.inside(n) {
			delete(set.Before, n)
		}
	}
	for n := range set.Deprecated {
		if e.inside(n) || e.gone(n) {
			delete(set.Deprecated, n)
		}
	}
	e.files()
	for _, n := range e.rep.Notes {
		set.Look(safety.Condition, fmt.Sprintf("%s:%d: %s", base(n.Pos.Filename), n.Pos.Line, n.Text))
	}
	return nil
}

// inGone reports whether n or something around it is removed.
func (e *emitter) inGone(n ast.Node) bool {
	for ; n != nil; n = e.p.parent[n] {
		if _, ok := e.p.set.Remove[n]; ok {
			return true
		}
	}
	return false
}

// inside reports whether something around n is removed or replaced.
func (e *emitter) inside(n ast.Node) bool {
	for m := e.p.parent[n]; m != nil; m = e.p.parent[m] {
		if _, ok := e.p.set.Remove[m]; ok {
			return true
		}
		if _, ok := e.p.set.Replace[m]; ok {
			return true
		}
	}
	return false
}

// replace makes the text for a node that stays in another form.
func (e *emitter) replace(f *file, n ast.Node) error {
	r := &renderer{e: e, f: f}
	var t change.Text
	switch {
	case e.keeps[n] != nil:
		t = change.Text{Src: r.text(e.keeps[n]), Keeps: []ast.Node{e.keeps[n]}}
	case e.put[n] != "":
		t = change.Text{Src: e.put[n]}
	default:
		if s, ok := n.(ast.Stmt); ok && e.alone[s] != nil {
			var texts []string
			for _, c := range e.alone[s] {
				texts = append(texts, r.text(c))
				t.Keeps = append(t.Keeps, c)
			}
			t.Src = strings.Join(texts, "\n")
			break
		}
		switch s := n.(type) {
		case *ast.IfStmt:
			t = r.branch(s, e.unwrap[s])
		case *ast.AssignStmt:
			t = r.assign(s, e.cut[s])
		}
	}
	if r.err != nil {
		return r.err
	}
	e.p.set.Replace[n] = t
	return nil
}

// files removes the files that nothing is left of, unless their package would be empty. Their
// declarations stay in the set: who cannot delete a file leaves one with a package clause.
func (e *emitter) files() {
	set := e.p.set
	for _, pkg := range e.p.pkgs {
		var empty []*file
		for _, syntax := range pkg.Syntax {
			left, had := 0, 0
			for _, d := range syntax.Decls {
				if gd, ok := d.(*ast.GenDecl); ok && gd.Tok == token.IMPORT {
					continue
				}
				had++
				if _, ok := set.Remove[d]; !ok {
					left++
				}
			}
			if had > 0 && left == 0 {
				empty = append(empty, e.p.fileOf[syntax])
			}
		}
		if len(empty) == len(pkg.Syntax) {
			continue
		}
		for _, f := range empty {
			if f.syntax.Doc != nil || hasBlankImport(f.syntax) {
				continue
			}
			set.Remove[f.syntax] = "nothing left in it"
			e.rep.Removed = append(e.rep.Removed, "file "+base(f.path))
		}
	}
}

func hasBlankImport(f *ast.File) bool {
	for _, s := range f.Imports {
		if s.Name != nil && s.Name.Name == "_" && s.Path.Value != `"embed"` {
			return true
		}
	}
	return false
}
