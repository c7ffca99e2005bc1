package slice

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
)

// An occurrence is one place where a local variable is left in the source.
type occurrence struct {
	id    *ast.Ident
	at    ast.Node // the identifier, or the statement whose text names the variable
	write bool
}

// occurrences returns what is left of every local variable of a function, in order of
// position. Texts count by name.
func (e *emitter) occurrences(f *file, fd *ast.FuncDecl) map[types.Object][]occurrence {
	out := map[types.Object][]occurrence{}
	add := func(n ast.Node) {
		ast.Inspect(n, func(m ast.Node) bool {
			id, ok := m.(*ast.Ident)
			if !ok {
				return true
			}
			obj := e.p.object(f, id)
			if obj == nil || id.Name == "_" || !isLocal(obj) || !e.stands(id) {
				return true
			}
			if _, decl := e.p.parent[id].(*ast.Field); decl {
				return true
			}
			out[obj] = append(out[obj], occurrence{id: id, at: id, write: e.writes(id)})
			return true
		})
	}
	add(fd)
	text := func(n ast.Node, sn *snippet) {
		for _, v := range sn.reads {
			out[v] = append(out[v], occurrence{at: n})
		}
		for _, w := range sn.writes {
			out[w.v] = append(out[w.v], occurrence{at: n, write: true})
		}
	}
	ast.Inspect(fd, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		if s, ok := n.(ast.Stmt); ok {
			if _, ok := e.p.set.Before[s]; ok && !e.inGone(s) {
				text(n, e.p.fronts[s])
			}
		}
		if e.gone(n) {
			return false
		}
		if _, ok := e.p.set.Replace[n]; ok {
			text(n, e.p.texts[n])
		}
		return true
	})
	for _, list := range out {
		sort.SliceStable(list, func(i, j int) bool { return list[i].at.Pos() < list[j].at.Pos() })
	}
	return out
}

// writes reports whether an identifier is a plain target or a declaration: what the compiler
// does not count as a use.
func (e *emitter) writes(id *ast.Ident) bool {
	switch x := e.p.parent[id].(type) {
	case *ast.AssignStmt:
		if x.Tok != token.ASSIGN && x.Tok != token.DEFINE {
			return false
		}
		for _, l := range x.Lhs {
			if l == id {
				return true
			}
		}
	case *ast.ValueSpec:
		for _, n := range x.Names {
			if n == id {
				return true
			}
		}
	case *ast.RangeStmt:
		return x.Key == id || x.Value == id
	}
	return false
}

// noErrors makes return x, err into return x, nil where all that could have given err has gone.
func (e *emitter) noErrors() {
	for _, f := range e.g.fns {
		if f.untouched || !e.lives(f) {
			continue
		}
		for _, a := range f.atoms {
			s, ok := a.node.(*ast.ReturnStmt)
			if !ok || a.removed || !e.is.live[a.key] {
				continue
			}
			for _, x := range s.Results {
				id, ok := ast.Unparen(x).(*ast.Ident)
				if !ok || e.gone(x) {
					continue
				}
				if _, ok := e.p.set.Replace[x]; ok {
					continue
				}
				v, ok := e.p.object(f.file, id).(*types.Var)
				if !ok || !isLocal(v) || !isError(v.Type()) || e.g.sharedVars[v] {
					continue
				}
				if e.allGone(f, v, id) {
					e.put[x] = "nil"
				}
			}
		}
	}
}

// allGone reports whether v had a value at n and all definitions that gave it have gone.
func (e *emitter) allGone(f *fn, v *types.Var, n ast.Node) bool {
	defs, entry := f.defsAt(e.g, v, n)
	had := false
	for _, d := range defs {
		switch {
		case d.a.zero:
		case d.a.removed:
			had = had || !e.g.rewritten(d)
		case e.is.live[d.a.key]:
			return false
		default:
			had = true
		}
	}
	return had && !entry
}

// unused takes out what is left of local variables that have lost their last use. Each round takes
// identifiers away, so there is an end.
func (e *emitter) unused(f *file, fd *ast.FuncDecl) error {
	if fn := e.g.byNode[fd]; fn != nil && fn.untouched {
		return nil
	}
	for again := true; again; {
		again = false
		occ := e.occurrences(f, fd)
		var objs []types.Object
		for obj, list := range occ {
			used := false
			for _, o := range list {
				used = used || !o.write
			}
			if !used && !e.isParameter(obj) {
				objs = append(objs, obj)
			}
		}
		sort.Slice(objs, func(i, j int) bool { return objs[i].Pos() < objs[j].Pos() })
		for _, obj := range objs {
			for _, o := range occ[obj] {
				if o.id == nil || !e.stands(o.id) || !e.unwrite(f, o.id) {
					continue
				}
				if e.stands(o.id) {
					pos := f.pos(o.id)
					return fmt.Errorf("%s:%d: the variable %s loses its last use, and its definition cannot be taken out", base(pos.Filename), pos.Line, o.id.Name)
				}
				again = true
			}
		}
		again = e.unusedSwitch(f, fd, occ) || again
	}
	return nil
}

func (e *emitter) isParameter(obj types.Object) bool {
	o := e.g.enclosingVar(obj)
	if o == nil {
		return false
	}
	if o.isParam(obj) {
		return true
	}
	for i, v := range o.results {
		if v == obj {
			d, ok := o.node.(*ast.FuncDecl)
			return !ok || !e.gone(e.fieldOf(d.Type.Results, i))
		}
	}
	return false
}

// unwrite takes a definition out, or makes its target blank. It reports whether it did.
func (e *emitter) unwrite(f *file, id *ast.Ident) bool {
	const why = "no use left"
	switch s := e.p.parent[id].(type) {
	case *ast.AssignStmt:
		i := position(s.Lhs, id)
		if len(s.Lhs) == len(s.Rhs) {
			a := e.g.atomAt(s, i)
			if a != nil && e.harmless(a) {
				if len(s.Lhs) == 1 {
					e.removeStmt(s)
				} else {
					e.remove(s.Lhs[i], why)
					e.remove(s.Rhs[i], why)
					e.collapse(s)
				}
				return true
			}
			e.remove(id, why)
			e.callOnly(f, s)
			return true
		}
		e.remove(id, why)
		for _, l := range s.Lhs {
			if x, ok := l.(*ast.Ident); !ok || x.Name != "_" && !e.gone(x) {
				return true
			}
		}
		if a := e.g.atomAt(s, 0); a != nil && e.harmless(a) {
			e.removeStmt(s)
		} else {
			e.callOnly(f, s)
		}
		return true
	case *ast.ValueSpec:
		gd, _ := e.p.parent[s].(*ast.GenDecl)
		i := 0
		for k, n := range s.Names {
			if n == id {
				i = k
			}
		}
		a := e.g.atomAt(s, i)
		if len(s.Values) == 1 && len(s.Names) > 1 {
			a = e.g.atomAt(s, 0)
		}
		if a != nil && !e.harmless(a) {
			e.remove(id, why)
			return true
		}
		if len(s.Names) > 1 {
			e.remove(id, why)
			if len(s.Values) == len(s.Names) {
				e.remove(s.Values[i], why)
			}
			for _, n := range s.Names {
				if !e.gone(n) {
					return true
				}
			}
		}
		if gd != nil && len(gd.Specs) > 1 {
			e.remove(s, why)
			for _, o := range gd.Specs {
				if !e.gone(o) {
					return true
				}
			}
		}
		if ds, ok := e.p.parent[gd].(*ast.DeclStmt); ok {
			e.removeStmt(ds)
		}
		return true
	case *ast.RangeStmt:
		e.remove(id, why)
		return true
	}
	return false
}

func position(list []ast.Expr, e ast.Expr) int {
	for i, x := range list {
		if x == e {
			return i
		}
	}
	return -1
}

// collapse removes a parallel assignment that has lost all its pairs.
func (e *emitter) collapse(s *ast.AssignStmt) {
	for _, l := range s.Lhs {
		if !e.gone(l) {
			return
		}
	}
	e.removeStmt(s)
}

func (e *emitter) removeStmt(s ast.Stmt) {
	if up, ok := e.p.parent[s].(*ast.IfStmt); ok && e.unwrap[up] == ast.Node(s) {
		delete(e.unwrap, up)
		e.removeStmt(up)
		return
	}
	e.remove(s, "no use left")
}

// callOnly makes x := f() the statement f().
func (e *emitter) callOnly(f *file, s *ast.AssignStmt) {
	if len(s.Rhs) != 1 {
		return
	}
	if _, ok := ast.Unparen(s.Rhs[0]).(*ast.CallExpr); !ok || f.isConversion(s.Rhs[0].(*ast.CallExpr)) {
		return
	}
	if _, ok := e.p.parent[s].(*ast.IfStmt); ok {
		return
	}
	if e.cut[s] != nil {
		return
	}
	e.unwrap[s] = s.Rhs[0]
}

// harmless reports whether nobody sees that an atom is not there any more.
func (e *emitter) harmless(a *atom) bool {
	if a.strong || a.ends || a.kind == text {
		return false
	}
	for _, c := range a.calls {
		for _, x := range c.callees {
			if e.is.live[effectKey{x.node}] {
				return false
			}
		}
	}
	for _, t := range a.targets {
		if t.how != local && t.how != blank && !(t.how == shared && isLocal(t.v)) {
			return false
		}
	}
	return true
}

// unusedSwitch handles switch x := y.(type) whose x nobody reads any more.
func (e *emitter) unusedSwitch(f *file, fd *ast.FuncDecl, occ map[types.Object][]occurrence) bool {
	did := false
	ast.Inspect(fd, func(n ast.Node) bool {
		if n == nil || e.gone(n) {
			return false
		}
		s, ok := n.(*ast.TypeSwitchStmt)
		if !ok {
			return true
		}
		as, ok := s.Assign.(*ast.AssignStmt)
		if !ok || e.gone(as.Lhs[0]) {
			return true
		}
		for _, c := range s.Body.List {
			if obj := f.pkg.Info.Implicits[c]; obj != nil && len(occ[obj]) > 0 {
				return true
			}
		}
		e.remove(as.Lhs[0], "no use left")
		did = true
		return true
	})
	return did
}
