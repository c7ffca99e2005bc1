package rewrite

import (
	"go/ast"
	"strings"

	"github.com/dave/dst"
)

// stmts edits a list of statements: it inserts, replaces and removes.
func (e *editor) stmts(list []dst.Stmt, hole *dst.Decorations) []dst.Stmt {
	var out []dst.Stmt
	for _, s := range list {
		put := []dst.Stmt{s}
		repl, edited := e.parts[s]
		if a, ok := e.replace[s]; ok {
			var err error
			if repl, err = e.f.parseStmts(e.f.set.Replace[a].Src); err != nil {
				e.fail(a, err)
				return list
			}
			edited = true
			e.done[s] = true
		}
		if edited && len(repl) == 0 {
			e.gone[s] = true
		} else if edited {
			carryStmt(s, repl)
			put = repl
		}
		if a, ok := e.before[s]; ok {
			front, err := e.f.parseStmts(e.f.set.Before[a.(ast.Stmt)].Src)
			if err != nil {
				e.fail(a, err)
				return list
			}
			e.done[s] = true
			if len(front) > 0 {
				front[0].Decorations().Before = s.Decorations().Before
				if len(put) > 0 && put[0].Decorations().Before == dst.EmptyLine {
					put[0].Decorations().Before = dst.NewLine
				}
			}
			put = append(front, put...)
		}
		out = append(out, put...)
	}
	return edit(e, out, hole)
}

// carryStmt moves the comments of a replaced statement to the replacement.
func carryStmt(old dst.Stmt, repl []dst.Stmt) {
	if len(repl) == 0 {
		return
	}
	from := old.Decorations()
	first, last := repl[0].Decorations(), repl[len(repl)-1].Decorations()
	first.Before, last.After = from.Before, from.After
	first.Start.Prepend(from.Start...)
	same, below := sameLine(from.End)
	if len(same) > 0 {
		if len(repl) == 1 && oneLine(repl[0]) && len(first.End) == 0 {
			first.End.Append(same...)
		} else {
			// Behind the last line of a longer statement, it would be at the wrong line.
			first.Start.Append(same...)
			if !strings.HasPrefix(same[len(same)-1], "//") {
				first.Start.Append("\n")
			}
		}
	}
	if len(below) > 0 {
		last.End.Append(below...)
	}
}

// carryExpr moves the comments and the line breaks around an expression to its replacement.
func carryExpr(old, repl dst.Node) {
	from, to := old.Decorations(), repl.Decorations()
	to.Before, to.After = from.Before, from.After
	to.Start.Prepend(from.Start...)
	to.End.Append(from.End...)
}

// carryDecl moves the doc comment of a replaced declaration to a replacement without one.
func carryDecl(old dst.Decl, repl []dst.Decl) {
	if len(repl) == 0 {
		return
	}
	from := old.Decorations()
	if first := repl[0].Decorations(); len(first.Start) == 0 {
		first.Start = from.Start
	}
	last := repl[len(repl)-1].Decorations()
	last.End.Append(from.End...)
}

// oneLine reports whether a parsed statement is on one line.
func oneLine(s dst.Stmt) bool {
	one := true
	dst.Inspect(s, func(n dst.Node) bool {
		if n == nil {
			return false
		}
		switch n := n.(type) {
		case *dst.BlockStmt:
			one = one && len(n.List) == 0
		case *dst.BasicLit:
			one = one && !strings.Contains(n.Value, "\n")
		}
		d := n.Decorations()
		if n != dst.Node(s) && (d.Before != dst.None || d.After != dst.None) {
			one = false
		}
		return one
	})
	return one
}
