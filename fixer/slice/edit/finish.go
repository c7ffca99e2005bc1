package edit

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// Finish writes the decisions into the set, outermost texts last.
func (e *Editor) Finish() error {
	set := e.prog.Set
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
	for n, text := range e.put {
		if !e.inGone(n) {
			set.Replace[n] = change.Text{Src: text}
		}
	}
	for n, to := range e.unwrap {
		set.Unwrap[n] = change.Part{Node: to}
	}
	for s := range e.cut {
		set.Assign[s] = change.Assignment{Lost: e.cut[s], Define: e.defines[s]}
	}
	for s, calls := range e.alone {
		set.Calls[s] = calls
	}
	for n, part := range set.Unwrap {
		if s, ok := n.(*ast.IfStmt); ok {
			part.Block = e.clashes(s, part.Node)
			set.Unwrap[n] = part
		}
	}
	for s, lines := range e.before {
		if e.inGone(s) || len(lines) == 0 {
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
	prune(set.Remove, e.inside)
	prune(set.Replace, e.inside)
	prune(set.Before, e.inside)
	goes := func(n ast.Node) bool { return e.inside(n) || e.gone(n) }
	prune(set.Unwrap, goes)
	prune(set.Assign, goes)
	prune(set.Calls, goes)
	prune(set.Deprecated, goes)
	e.files()
	for _, n := range e.rep.Notes {
		set.Look(safety.Condition, fmt.Sprintf("%s:%d: %s", base(n.Pos.Filename), n.Pos.Line, n.Text))
	}
	return nil
}

// prune takes the nodes out of a map of the set that need no entry.
func prune[N interface {
	ast.Node
	comparable
}, V any](m map[N]V, needless func(ast.Node) bool) {
	maps.DeleteFunc(m, func(n N, _ V) bool { return needless(n) })
}

// clashes reports whether a name that a branch declares has another meaning around its if.
func (e *Editor) clashes(s *ast.IfStmt, branch ast.Node) bool {
	b, ok := branch.(*ast.BlockStmt)
	if !ok {
		return false
	}
	f := e.prog.FileOf(s)
	var names []string
	if inner := f.Pkg.Info.Scopes[b]; inner != nil {
		for _, name := range inner.Names() {
			if e.left(inner.Lookup(name)) {
				names = append(names, name)
			}
		}
	}
	for _, st := range b.List {
		if sn := e.prog.Texts[st]; sn != nil {
			for _, w := range sn.Writes {
				if w.Declared {
					names = append(names, w.Var.Name())
				}
			}
		}
	}
	own := f.Pkg.Info.Scopes[s]
	return slices.ContainsFunc(names, func(name string) bool {
		if own == nil {
			return true
		}
		_, obj := own.Parent().LookupParent(name, token.NoPos)
		return obj != nil && e.left(obj)
	})
}

// left reports whether a part of an object stays in the source.
func (e *Editor) left(obj types.Object) bool {
	if obj == nil || !syntax.IsLocal(obj) {
		return obj != nil
	}
	return e.prog.Names[obj] != nil && e.stands(e.prog.Names[obj]) || e.hasUses(obj) || e.isParameter(obj)
}

// files removes files without remaining declarations, unless their package would be empty. The removed
// declarations stay in the set: a caller that cannot delete a file leaves one with a package clause.
func (e *Editor) files() {
	set := e.prog.Set
	for _, pkg := range e.prog.Packages {
		var empty []*syntax.File
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
				empty = append(empty, e.prog.FileOf(syntax))
			}
		}
		if len(empty) == len(pkg.Syntax) {
			continue
		}
		for _, f := range empty {
			if f.Syntax.Doc != nil || hasBlankImport(f.Syntax) {
				continue
			}
			set.Remove[f.Syntax] = "nothing left in it"
			e.rep.Removed = append(e.rep.Removed, "file "+base(f.Path))
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
