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

// deadFlag returns the name of the flag that an atom defines, and whether it has no readers any more.
func (e *Editor) deadFlag(f *graph.Func, a *graph.Atom) (string, bool) {
	for _, c := range a.Calls {
		if c.Class != program.Defines {
			continue
		}
		name := flagName(f.File, c.Expr)
		if name == "" {
			continue
		}
		for _, t := range a.Targets {
			if e.lostValue(a, t) {
				return name, true
			}
		}
		if e.diedKey(program.FlagKey + program.EnvKey(name)) {
			return name, true
		}
	}
	return "", false
}

// flagName returns the name of the flag that a call, or a chain of calls, defines.
func flagName(f *syntax.File, e ast.Expr) string {
	for {
		c, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return ""
		}
		for _, arg := range c.Args {
			if s := f.ConstString(arg); s != "" {
				return s
			}
		}
		sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		e = sel.X
	}
}

// sources lists the files and variables that calls below n read.
func (e *Editor) sources(f *syntax.File, n ast.Node, seen map[report.Leftover]bool) {
	add := func(l report.Leftover) {
		if !seen[l] && !seen[report.Leftover{Kind: l.Kind, Name: l.Name, Expr: l.Expr}] {
			seen[l] = true
			e.rep.Leftovers = append(e.rep.Leftovers, l)
		}
	}
	if vs, ok := n.(*ast.ValueSpec); ok {
		for _, name := range embedded(f, vs) {
			add(report.Leftover{Kind: "embed", Name: name, Pos: f.Pos(vs)})
		}
	}
	switch s := n.(type) {
	case *ast.RangeStmt:
		n = s.X
	case *ast.SwitchStmt, *ast.SelectStmt, *ast.ForStmt, *ast.CaseClause:
		return
	}
	ast.Inspect(n, func(m ast.Node) bool {
		if _, ok := m.(*ast.FuncLit); ok {
			return false
		}
		c, ok := m.(*ast.CallExpr)
		if !ok {
			return true
		}
		fo := f.Callee(c)
		if fo == nil || len(c.Args) == 0 {
			return true
		}
		if k, ok := e.prog.Lookup(f, c); ok && program.EnvName(f, c) == "" && e.diedKey(k) {
			kind, name := program.KindOfKey(k)
			add(report.Leftover{Kind: kind, Name: name, Pos: f.Pos(c)})
			return true
		}
		row := library.RowOf(fo)
		if row == nil {
			return true
		}
		arg := program.ArgAt(c, row.Path)
		switch {
		case arg == nil:
		case row.Setting() && row.Source == "env":
			env := f.ConstString(arg)
			if env == "" {
				env = f.Text(arg)
			} else if e.Is.Live[program.EnvKey(env)] {
				return true
			}
			add(report.Leftover{Kind: "env", Name: env, Expr: f.ConstString(arg) == "", Pos: f.Pos(c)})
		case row.Source == "file" || row.Source == "embed":
			if in, ok := ast.Unparen(arg).(*ast.CallExpr); ok && program.EnvName(f, in) != "" {
				return true
			}
			files, constant := e.constants(f, arg)
			for _, file := range files {
				add(report.Leftover{Kind: row.Source, Name: file, Expr: !constant, Pos: f.Pos(c)})
			}
		}
		return true
	})
}

// constants returns the constant values of an expression: its own, or those that callers pass for a parameter.
// If there are none, it returns the expression itself, and false.
func (e *Editor) constants(f *syntax.File, arg ast.Expr) ([]string, bool) {
	if s := f.ConstString(arg); s != "" {
		return []string{s}, true
	}
	self := []string{f.Text(arg)}
	id, ok := ast.Unparen(arg).(*ast.Ident)
	if !ok {
		return self, false
	}
	v, ok := f.Object(id).(*types.Var)
	if !ok {
		return self, false
	}
	owner := e.After.EnclosingVar(v)
	if owner == nil || owner.Obj == nil {
		return self, false
	}
	var out []string
	for i, prm := range owner.Params {
		if prm != v {
			continue
		}
		for _, c := range e.calls(owner) {
			cf := e.prog.FileOf(c)
			if i >= len(c.Args) {
				return self, false
			}
			s := cf.ConstString(c.Args[i])
			if s == "" {
				return self, false
			}
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return self, false
	}
	return out, true
}

// embedded returns the patterns of the //go:embed lines above a variable.
func embedded(f *syntax.File, vs *ast.ValueSpec) []string {
	var out []string
	groups := []*ast.CommentGroup{vs.Doc}
	for _, d := range f.Syntax.Decls {
		if gd, ok := d.(*ast.GenDecl); ok && gd.Tok == token.VAR {
			for _, s := range gd.Specs {
				if s == ast.Spec(vs) {
					groups = append(groups, gd.Doc)
				}
			}
		}
	}
	for _, g := range groups {
		if g == nil {
			continue
		}
		for _, c := range g.List {
			if rest, ok := strings.CutPrefix(c.Text, "//go:embed "); ok {
				out = append(out, strings.Fields(rest)...)
			}
		}
	}
	return out
}

// idle reports whether no result of an atom has a use any more, although one had a use before.
func (e *Editor) idle(a *graph.Atom) bool {
	if a.Kind != graph.Assign || !a.Strong || a.Flag {
		return false
	}
	lost := false
	for _, t := range a.Targets {
		switch {
		case t.Var != nil && syntax.IsError(t.Var.Type()), t.How == graph.Blank:
		case e.lostValue(a, t):
			lost = true
		default:
			return false
		}
	}
	return lost
}

// lostValue reports whether the value of a target was read before the change and is not read now.
func (e *Editor) lostValue(a *graph.Atom, t graph.Target) bool {
	if t.Var == nil {
		return false
	}
	if syntax.IsLocal(t.Var) && !e.After.SharedVars[t.Var] {
		k := graph.Def{Atom: a, Var: t.Var}.Key()
		return e.Died(k)
	}
	if syntax.IsLocal(t.Var) {
		k := graph.Def{Atom: a, Var: t.Var}.Key()
		return e.Died(k)
	}
	return e.Died(t.Var)
}
