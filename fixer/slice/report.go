package slice

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
)

// report fills the report: removed statements with output, blocked atoms, and
// settings that the program does not read any more.
func (e *emitter) report() {
	seen := e.readByTexts()
	for _, f := range e.g.fns {
		if f.gone && f.file.test {
			e.rep.Removed = append(e.rep.Removed, funcName(f))
		}
	}
	for _, f := range e.g.fns {
		for _, a := range f.atoms {
			if e.is.live[a.key] && !a.removed {
				e.flag(f, a)
				if e.idle(a) {
					e.rep.Idle = append(e.rep.Idle, Idle{Statement{f.file.pos(a.node), firstLine(f.file.text(a.node))}, a.node})
				}
				continue
			}
			if a.removed {
				e.sources(f.file, a.node, seen)
				continue
			}
			if f.untouched || e.stands(a.node) {
				continue
			}
			e.sources(f.file, a.node, seen)
			if a.log || a.strong && says(a) || a.kind == expression && !e.core.live[a.key] && e.g.logs(a) {
				e.rep.Dropped = append(e.rep.Dropped, Statement{Pos: f.file.pos(a.node), Text: firstLine(f.file.text(a.node))})
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
		e.sources(e.p.fileFor(n), n, seen)
	}
	for a, vars := range e.is.lost {
		for _, v := range vars {
			e.block(a, v.Name())
		}
	}
	for a, name := range e.blocked {
		if e.is.live[a.key] {
			e.block(a, name)
		}
	}
	e.flowValues()
}

// readByTexts returns what the texts of the core change read, without positions.
func (e *emitter) readByTexts() map[Leftover]bool {
	others := e.rep.Leftovers
	e.rep.Leftovers = nil
	for _, sn := range e.p.snippets() {
		for _, n := range sn.nodes {
			e.sources(sn.file, n, map[Leftover]bool{})
			ast.Inspect(n, func(n ast.Node) bool {
				if lit, ok := n.(*ast.FuncLit); ok {
					e.sources(sn.file, lit.Body, map[Leftover]bool{})
				}
				return true
			})
		}
	}
	out := map[Leftover]bool{}
	for _, l := range e.rep.Leftovers {
		l.Pos = token.Position{}
		out[l] = true
	}
	e.rep.Leftovers = others
	return out
}

func (e *emitter) block(a *atom, name string) {
	f := a.fn.file
	n := a.node
	if a.stmt != nil && a.kind != condition {
		n = a.stmt
	}
	b := Blocked{Pos: f.pos(n), Text: firstLine(f.text(n)), Value: name}
	for _, o := range e.rep.Blocked {
		if o == b {
			return
		}
	}
	e.rep.Blocked = append(e.rep.Blocked, b)
}

// says reports whether a removed atom is a statement with its own purpose, such as a metric,
// and not the end of a failed branch.
func says(a *atom) bool {
	if a.kind != expression {
		return false
	}
	for _, c := range a.calls {
		if c.class == strong && (c.obj == nil || !library.EndsByName(c.obj.Name())) {
			return true
		}
	}
	return false
}

// flowValues finds effects that read a value of a signing call that the core change read too.
func (e *emitter) flowValues() {
	for _, f := range e.g.fns {
		if f.untouched || !e.lives(f) {
			continue
		}
		for _, a := range f.atoms {
			if a.removed || !a.strong || a.kind == text || !e.is.live[a.key] {
				continue
			}
			for _, n := range a.needs {
				if n.v == nil || isError(n.v.Type()) || !e.coreReads(n.v) {
					continue
				}
				defs, _ := f.defsAt(e.g, n.v, n.at)
				for _, d := range defs {
					if !d.a.removed && signs(d.a) {
						e.block(a, n.v.Name())
					}
				}
			}
		}
	}
}

// coreReads reports whether the core change removed a use of v.
func (e *emitter) coreReads(v *types.Var) bool {
	if e.p.inText[v] {
		return false
	}
	for _, id := range e.p.uses[v] {
		for m := ast.Node(id); m != nil; m = e.p.parent[m] {
			_, rem := e.p.set.Remove[m]
			_, rep := e.p.set.Replace[m]
			if rem || rep {
				return true
			}
		}
	}
	return false
}

// signs reports whether an atom signs something, or deals with JSON web tokens.
func signs(a *atom) bool {
	for _, c := range a.calls {
		if c.obj == nil || c.obj.Pkg() == nil {
			continue
		}
		if library.IsJWTLibrary(c.obj.Pkg().Path()) || c.row != nil && (c.row.Role == library.Sign || c.row.Role == library.SignRaw) || strings.HasPrefix(c.obj.Name(), "Sign") {
			return true
		}
	}
	return false
}

// sources lists the files and variables that calls below n read.
func (e *emitter) sources(f *file, n ast.Node, seen map[Leftover]bool) {
	add := func(l Leftover) {
		if !seen[l] && !seen[Leftover{Kind: l.Kind, Name: l.Name, Expr: l.Expr}] {
			seen[l] = true
			e.rep.Leftovers = append(e.rep.Leftovers, l)
		}
	}
	if vs, ok := n.(*ast.ValueSpec); ok {
		for _, name := range embedded(f, vs) {
			add(Leftover{Kind: "embed", Name: name, Pos: f.pos(vs)})
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
		fo := f.callee(c)
		if fo == nil || len(c.Args) == 0 {
			return true
		}
		if k, ok := e.p.lookup(f, c); ok && f.envName(c) == "" && e.diedKey(k) {
			kind, name := kindOfKey(k)
			add(Leftover{Kind: kind, Name: name, Pos: f.pos(c)})
			return true
		}
		row := library.RowOf(fo)
		if row == nil {
			return true
		}
		arg := argAt(c, row.Path)
		switch {
		case arg == nil:
		case row.Setting() && row.Source == "env":
			env := f.constString(arg)
			if env == "" {
				env = f.text(arg)
			} else if e.is.live[envKey(env)] {
				return true
			}
			add(Leftover{Kind: "env", Name: env, Expr: f.constString(arg) == "", Pos: f.pos(c)})
		case row.Source == "file" || row.Source == "embed":
			if in, ok := ast.Unparen(arg).(*ast.CallExpr); ok && f.envName(in) != "" {
				return true
			}
			files, constant := e.constants(f, arg)
			for _, file := range files {
				add(Leftover{Kind: row.Source, Name: file, Expr: !constant, Pos: f.pos(c)})
			}
		}
		return true
	})
}

// constants returns the constant values of an expression: its own, or those that callers pass
// for a parameter. Where there are none it returns the expression itself, and false.
func (e *emitter) constants(f *file, arg ast.Expr) ([]string, bool) {
	if s := f.constString(arg); s != "" {
		return []string{s}, true
	}
	self := []string{f.text(arg)}
	id, ok := ast.Unparen(arg).(*ast.Ident)
	if !ok {
		return self, false
	}
	v, ok := e.p.object(f, id).(*types.Var)
	if !ok {
		return self, false
	}
	owner := e.g.enclosingVar(v)
	if owner == nil || owner.obj == nil {
		return self, false
	}
	var out []string
	for i, prm := range owner.params {
		if prm != v {
			continue
		}
		for _, c := range e.calls(owner) {
			cf := e.p.fileFor(c)
			if i >= len(c.Args) {
				return self, false
			}
			s := cf.constString(c.Args[i])
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
func embedded(f *file, vs *ast.ValueSpec) []string {
	var out []string
	groups := []*ast.CommentGroup{vs.Doc}
	for _, d := range f.syntax.Decls {
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

// flag adds the flags whose values have no readers any more.
func (e *emitter) flag(f *fn, a *atom) {
	if !a.flag {
		return
	}
	if name, dead := e.deadFlag(f, a); dead {
		pos := f.file.pos(a.node)
		e.rep.Kept = append(e.rep.Kept, Kept{Name: "flag -" + name, Why: "a command line that passes it would fail; it is accepted and ignored", Pos: pos})
		e.rep.Leftovers = append(e.rep.Leftovers, Leftover{Kind: "flag", Name: name, Pos: pos, Kept: true})
	}
}

// idle reports whether no result of an atom has a use any more, although one had a use before.
func (e *emitter) idle(a *atom) bool {
	if a.kind != assign || !a.strong || a.flag {
		return false
	}
	lost := false
	for _, t := range a.targets {
		switch {
		case t.v != nil && isError(t.v.Type()), t.how == blank:
		case e.lostValue(a, t):
			lost = true
		default:
			return false
		}
	}
	return lost
}

// lostValue reports whether the value of a target was read before the change and is not read now.
func (e *emitter) lostValue(a *atom, t target) bool {
	if t.v == nil {
		return false
	}
	if isLocal(t.v) && !e.g.sharedVars[t.v] {
		k := def{a, t.v}.key()
		return e.died(k)
	}
	if isLocal(t.v) {
		k := def{a, t.v}.key()
		return e.died(k)
	}
	return e.died(t.v)
}
