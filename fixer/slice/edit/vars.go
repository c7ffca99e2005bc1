package edit

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"sort"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// noErrors turns return x, err into return x, nil if all definitions of err are removed.
func (e *Editor) noErrors() {
	for _, f := range e.After.Funcs {
		if f.Untouched || !e.lives(f) {
			continue
		}
		for _, a := range f.Atoms {
			s, ok := a.Node.(*ast.ReturnStmt)
			if !ok || a.Removed || !e.Is.Live[a.Key] {
				continue
			}
			for _, x := range s.Results {
				id, ok := ast.Unparen(x).(*ast.Ident)
				if !ok || e.gone(x) {
					continue
				}
				if _, ok := e.prog.Set.Replace[x]; ok {
					continue
				}
				v, ok := f.File.Object(id).(*types.Var)
				if !ok || !syntax.IsLocal(v) || !syntax.IsError(v.Type()) || e.After.SharedVars[v] {
					continue
				}
				if e.allGone(f, v, id) {
					e.put[x] = "nil"
				}
			}
		}
	}
}

// allGone reports whether v had a value at n and all definitions of this value are removed.
func (e *Editor) allGone(f *graph.Func, v *types.Var, n ast.Node) bool {
	defs, entry := f.DefsAt(e.After, v, n)
	had := false
	for _, d := range defs {
		switch {
		case d.Atom.Zero:
		case d.Atom.Removed:
			had = had || !e.After.Rewritten(d)
		case e.Is.Live[d.Atom.Key]:
			return false
		default:
			had = true
		}
	}
	return had && !entry
}

// unused removes the remaining places of local variables without a use, in a changed function: also in
// dead code, where an argument may be removed. It terminates, because each round removes identifiers.
func (e *Editor) unused(f *syntax.File, fd *ast.FuncDecl) error {
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
					pos := f.Pos(o.id)
					return fmt.Errorf("%s:%d: the variable %s loses its last use, and its definition cannot be removed", base(pos.Filename), pos.Line, o.id.Name)
				}
				again = true
			}
		}
		again = e.unusedSwitch(f, fd, occ) || again
	}
	return nil
}

// unwrite removes a definition, or makes its target blank. It reports whether it did.
func (e *Editor) unwrite(f *syntax.File, id *ast.Ident) bool {
	const why = "no use left"
	switch s := e.prog.Parent[id].(type) {
	case *ast.AssignStmt:
		i := slices.Index(s.Lhs, ast.Expr(id))
		if len(s.Lhs) == len(s.Rhs) {
			a := e.After.AtomAt(s, i)
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
		if a := e.After.AtomAt(s, 0); a != nil && e.harmless(a) {
			e.removeStmt(s)
		} else {
			e.callOnly(f, s)
		}
		return true
	case *ast.ValueSpec:
		gd, _ := e.prog.Parent[s].(*ast.GenDecl)
		i := 0
		for k, n := range s.Names {
			if n == id {
				i = k
			}
		}
		a := e.After.AtomAt(s, i)
		if len(s.Values) == 1 && len(s.Names) > 1 {
			a = e.After.AtomAt(s, 0)
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
		if ds, ok := e.prog.Parent[gd].(*ast.DeclStmt); ok {
			e.removeStmt(ds)
		}
		return true
	case *ast.RangeStmt:
		e.remove(id, why)
		return true
	}
	return false
}

// collapse removes a parallel assignment that has lost all its pairs.
func (e *Editor) collapse(s *ast.AssignStmt) {
	for _, l := range s.Lhs {
		if !e.gone(l) {
			return
		}
	}
	e.removeStmt(s)
}

func (e *Editor) removeStmt(s ast.Stmt) {
	if up, ok := e.prog.Parent[s].(*ast.IfStmt); ok && e.unwrap[up] == ast.Node(s) {
		delete(e.unwrap, up)
		e.removeStmt(up)
		return
	}
	e.remove(s, "no use left")
}

// callOnly replaces x := f() by the statement f().
func (e *Editor) callOnly(f *syntax.File, s *ast.AssignStmt) {
	if len(s.Rhs) != 1 {
		return
	}
	if _, ok := ast.Unparen(s.Rhs[0]).(*ast.CallExpr); !ok || f.IsConversion(s.Rhs[0].(*ast.CallExpr)) {
		return
	}
	if _, ok := e.prog.Parent[s].(*ast.IfStmt); ok {
		return
	}
	if e.cut[s] != nil {
		return
	}
	e.unwrap[s] = s.Rhs[0]
}

// harmless reports whether the removal of an atom has no visible effect.
func (e *Editor) harmless(a *graph.Atom) bool {
	if a.Strong || a.Ends || a.Kind == graph.Text {
		return false
	}
	for _, c := range a.Calls {
		for _, x := range c.Callees {
			if e.Is.Live[graph.EffectKey{Func: x.Node}] {
				return false
			}
		}
	}
	for _, t := range a.Targets {
		if t.How != graph.Local && t.How != graph.Blank && !(t.How == graph.Shared && syntax.IsLocal(t.Var)) {
			return false
		}
	}
	return true
}

// unusedSwitch handles switch x := y.(type) if x has no use any more.
func (e *Editor) unusedSwitch(f *syntax.File, fd *ast.FuncDecl, occ map[types.Object][]occurrence) bool {
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
			if obj := f.Pkg.Info.Implicits[c]; obj != nil && len(occ[obj]) > 0 {
				return true
			}
		}
		e.remove(as.Lhs[0], "no use left")
		did = true
		return true
	})
	return did
}
