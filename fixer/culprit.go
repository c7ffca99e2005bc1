package fixer

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"jwtretire.example/fixer/plan"
)

// A lineup finds the flows that cause an error of the type checker, if files are not precise enough: a file can
// have many flows, and the error can be in a file without one. An error names declarations. If the result
// changes such a declaration, the change belongs to the flows whose functions lead to it, by names, through
// other changed declarations.
//
// Names are not resolved, so an innocent flow may be found. That costs an attempt, because it is tried again.
type lineup struct {
	t      *attempt
	files  map[string][]byte // of the result
	about  *concern
	parsed map[string][]declared // declarations of old files
	// by directory and changed declaration: the names in the declaration
	changed map[string]map[string]map[string]bool
}

// A declared is a declaration of package level: a function, a method, or one spec.
type declared struct {
	names    []string
	from, to int // offsets
	text     string
	words    map[string]bool // identifiers
}

// declarations returns the declarations of a file. A method has only its own name.
func declarations(src []byte) (list []declared) {
	fset := token.NewFileSet()
	f, _ := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if f == nil {
		return nil
	}
	add := func(n ast.Node, names ...*ast.Ident) {
		d := declared{from: fset.Position(n.Pos()).Offset, to: min(fset.Position(n.End()).Offset, len(src)), words: map[string]bool{}}
		d.text = string(src[d.from:d.to])
		for _, id := range names {
			d.names = append(d.names, id.Name)
		}
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				d.words[id.Name] = true
			}
			return true
		})
		list = append(list, d)
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(d, d.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					add(s, s.Name)
				case *ast.ValueSpec:
					add(s, s.Names...)
				}
			}
		}
	}
	return list
}

// old returns the declarations of the old file.
func (l *lineup) old(file string) []declared {
	list, ok := l.parsed[file]
	if !ok {
		list = declarations(l.t.old(file))
		l.parsed[file] = list
	}
	return list
}

// changes returns the declarations of a directory that the result changes, with the names in them.
func (l *lineup) changes(dir string) map[string]map[string]bool {
	if l.changed[dir] != nil {
		return l.changed[dir]
	}
	out := map[string]map[string]bool{}
	l.changed[dir] = out
	for file, src := range l.files {
		if filepath.Dir(file) != dir {
			continue
		}
		now := map[string]bool{} // names with texts in the new files
		for _, d := range declarations(src) {
			for _, name := range d.names {
				now[name+"\x00"+d.text] = true
			}
		}
		for _, d := range l.old(file) {
			for _, name := range d.names {
				if now[name+"\x00"+d.text] {
					continue
				}
				if out[name] == nil {
					out[name] = map[string]bool{}
				}
				for w := range d.words {
					out[name][w] = true
				}
			}
		}
	}
	return out
}

// named returns the plans that change a declaration which an error names, nil if there is none. The error is at
// line of file.
func (l *lineup) named(file, line, msg string, dirs []string) []*plan.Plan {
	words := l.words(file, line, msg)
	var guilty []*plan.Plan
	for _, dir := range dirs {
		changed := l.changes(dir)
		wanted := map[string]bool{}
		for name := range changed {
			if words[name] {
				wanted[name] = true
			}
		}
		if len(wanted) == 0 {
			continue
		}
		for _, pl := range l.about.byFolder[dir] {
			if !slices.Contains(guilty, pl) && l.leads(pl, dir, changed, wanted) {
				guilty = append(guilty, pl)
			}
		}
	}
	return guilty
}

// words returns the names in an error: the words of its text, the identifiers on its line, and the enclosing
// function.
func (l *lineup) words(file, line, msg string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(msg, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		words[w] = true
	}
	src, ok := l.files[file]
	if !ok {
		src = l.t.old(file)
	}
	n, err := strconv.Atoi(line)
	fset := token.NewFileSet()
	f, _ := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if f == nil || err != nil {
		return words
	}
	ast.Inspect(f, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.Ident:
			if fset.Position(node.Pos()).Line == n {
				words[node.Name] = true
			}
		case *ast.FuncDecl:
			if fset.Position(node.Pos()).Line <= n && n <= fset.Position(node.End()).Line {
				words[node.Name.Name] = true
			}
		}
		return true
	})
	return words
}

// leads reports whether the declarations of a plan's flow lead to one of the wanted names through changed
// declarations.
func (l *lineup) leads(pl *plan.Plan, dir string, changed map[string]map[string]bool, wanted map[string]bool) bool {
	seen := map[string]bool{}
	var todo []string
	reach := func(name string) {
		if !seen[name] {
			seen[name] = true
			todo = append(todo, name)
		}
	}
	for _, sp := range spans(pl.Flow) {
		if filepath.Dir(sp.File) != dir {
			continue
		}
		for _, d := range l.old(sp.File) {
			if d.from <= sp.Offset && sp.Offset < d.to {
				for _, name := range d.names {
					reach(name)
				}
			}
		}
	}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		if wanted[name] {
			return true
		}
		for w := range changed[name] {
			if changed[w] != nil {
				reach(w)
			}
		}
	}
	return false
}
