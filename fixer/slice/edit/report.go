package edit

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
)

// report fills the report: removed statements with output, blocked atoms, and settings that the program no
// longer reads.
func (e *Editor) report() {
	seen := e.readByTexts()
	for _, f := range e.After.Funcs {
		if f.Gone && f.File.Test {
			e.rep.Removed = append(e.rep.Removed, funcName(f))
		}
	}
	for _, f := range e.After.Funcs {
		for _, a := range f.Atoms {
			if e.Is.Live[a.Key] && !a.Removed {
				e.flag(f, a)
				if e.idle(a) {
					e.rep.Idle = append(e.rep.Idle, report.Idle{Statement: report.Statement{Pos: f.File.Pos(a.Node), Text: firstLine(f.File.Text(a.Node))}, Node: a.Node})
				}
				continue
			}
			if a.Removed {
				e.sources(f.File, a.Node, seen)
				continue
			}
			if f.Untouched || e.stands(a.Node) {
				continue
			}
			e.sources(f.File, a.Node, seen)
			if a.Log || a.Strong && says(a) || a.Kind == graph.Expression && !e.Core.Live[a.Key] && e.After.Logs(a) {
				e.rep.Dropped = append(e.rep.Dropped, report.Statement{Pos: f.File.Pos(a.Node), Text: firstLine(f.File.Text(a.Node))})
			}
		}
	}
	var parts []ast.Node
	for n := range e.drop {
		if _, ok := n.(ast.Expr); ok {
			parts = append(parts, n)
		}
	}
	for n := range e.put {
		if _, ok := n.(ast.Expr); ok {
			parts = append(parts, n)
		}
	}
	for _, n := range parts {
		e.sources(e.prog.FileOf(n), n, seen)
	}
	for a, vars := range e.Is.Lost {
		for _, v := range vars {
			e.block(a, v.Name())
		}
	}
	for a, name := range e.Blocked {
		if e.Is.Live[a.Key] {
			e.block(a, name)
		}
	}
	e.flowValues()
}

// readByTexts returns the settings that the texts of the core change read, without positions.
func (e *Editor) readByTexts() map[report.Leftover]bool {
	others := e.rep.Leftovers
	e.rep.Leftovers = nil
	for _, sn := range e.prog.Snippets() {
		for _, n := range sn.Nodes {
			e.sources(sn.File, n, map[report.Leftover]bool{})
			ast.Inspect(n, func(n ast.Node) bool {
				if lit, ok := n.(*ast.FuncLit); ok {
					e.sources(sn.File, lit.Body, map[report.Leftover]bool{})
				}
				return true
			})
		}
	}
	out := map[report.Leftover]bool{}
	for _, l := range e.rep.Leftovers {
		l.Pos = token.Position{}
		out[l] = true
	}
	e.rep.Leftovers = others
	return out
}

func (e *Editor) block(a *graph.Atom, name string) {
	f := a.Func.File
	n := a.Node
	if a.Stmt != nil && a.Kind != graph.Condition {
		n = a.Stmt
	}
	b := report.Blocked{Pos: f.Pos(n), Text: firstLine(f.Text(n)), Value: name}
	for _, o := range e.rep.Blocked {
		if o == b {
			return
		}
	}
	e.rep.Blocked = append(e.rep.Blocked, b)
}

// says reports whether a removed atom is a statement with its own purpose, such as a metric, and not the end of
// a failed branch.
func says(a *graph.Atom) bool {
	if a.Kind != graph.Expression {
		return false
	}
	for _, c := range a.Calls {
		if c.Class == program.Strong && (c.Obj == nil || !library.EndsByName(c.Obj.Name())) {
			return true
		}
	}
	return false
}

// flowValues finds effects that read a value of a signing call that the core change read too.
func (e *Editor) flowValues() {
	for _, f := range e.After.Funcs {
		if f.Untouched || !e.lives(f) {
			continue
		}
		for _, a := range f.Atoms {
			if a.Removed || !a.Strong || a.Kind == graph.Text || !e.Is.Live[a.Key] {
				continue
			}
			for _, n := range a.Needs {
				if n.Var == nil || syntax.IsError(n.Var.Type()) || !e.coreReads(n.Var) {
					continue
				}
				defs, _ := f.DefsAt(e.After, n.Var, n.At)
				for _, d := range defs {
					if !d.Atom.Removed && signs(d.Atom) {
						e.block(a, n.Var.Name())
					}
				}
			}
		}
	}
}

// coreReads reports whether the core change removed a use of v.
func (e *Editor) coreReads(v *types.Var) bool {
	if e.prog.InText[v] {
		return false
	}
	for _, id := range e.prog.Uses[v] {
		for m := ast.Node(id); m != nil; m = e.prog.Parent[m] {
			_, rem := e.prog.Set.Remove[m]
			_, rep := e.prog.Set.Replace[m]
			if rem || rep {
				return true
			}
		}
	}
	return false
}

// signs reports whether an atom makes a signature, or handles JSON web tokens.
func signs(a *graph.Atom) bool {
	for _, c := range a.Calls {
		if c.Obj == nil || c.Obj.Pkg() == nil {
			continue
		}
		if library.IsJWTLibrary(c.Obj.Pkg().Path()) || c.Row != nil && (c.Row.Role == library.Sign || c.Row.Role == library.SignRaw) || strings.HasPrefix(c.Obj.Name(), "Sign") {
			return true
		}
	}
	return false
}

// flag adds the flags whose values have no readers any more.
func (e *Editor) flag(f *graph.Func, a *graph.Atom) {
	if !a.Flag {
		return
	}
	if name, dead := e.deadFlag(f, a); dead {
		pos := f.File.Pos(a.Node)
		e.rep.Kept = append(e.rep.Kept, report.Kept{Name: "flag -" + name, Why: "a command line that passes it would fail; it is accepted and ignored", Pos: pos})
		e.rep.Leftovers = append(e.rep.Leftovers, report.Leftover{Kind: "flag", Name: name, Pos: pos, Kept: true})
	}
}
