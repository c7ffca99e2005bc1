package edit

import (
	"go/ast"

	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
)

// rosters removes the dead elements from the remaining rosters.
func (e *Editor) rosters() {
	for _, f := range e.After.Funcs {
		for _, a := range f.Atoms {
			if a.Removed || !e.Is.Live[a.Key] {
				continue
			}
			for _, o := range a.Roster {
				if e.Is.Live[o] || e.gone(o.Expr) {
					continue
				}
				n := e.rosterNode(o.Expr)
				e.remove(n, "what it asked for is not there any more")
				if s, ok := a.Node.(*ast.RangeStmt); ok && e.readsEnvironment(f.File, s) {
					e.environment(f.File, n)
				}
			}
		}
	}
}

// environment lists the environment variables that an element names.
func (e *Editor) environment(f *syntax.File, el ast.Node) {
	ast.Inspect(el, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok {
			if name := f.ConstString(x); name != "" && !e.Is.Live[program.EnvKey(name)] {
				e.rep.Leftovers = append(e.rep.Leftovers, report.Leftover{Kind: "env", Name: name, Pos: f.Pos(x)})
				return false
			}
		}
		return true
	})
}
