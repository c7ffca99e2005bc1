// Package edit writes the decisions of a View as entries of a change.Set.
//
// Input: a View and the set with the core change. Output: the set extended by the dead code, and a report. It determines how code is
// removed (a whole statement, one operand, one parameter with its arguments). Package live determines which code is dead. run.go has the
// order of the steps.
package edit

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/live"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/slice/report"
)

// An Editor translates a marking to entries of the set.
type Editor struct {
	*live.View
	prog *program.Program
	rep  *report.Report

	drop    map[ast.Node]string // removed nodes
	put     map[ast.Node]string // nodes with their replacement
	before  map[ast.Stmt][]string
	unwrap  map[ast.Node]ast.Node            // nodes that are replaced by a part of them
	cut     map[*ast.AssignStmt]map[int]bool // removed results of a call
	blank   map[*ast.Ident]bool
	defines map[*ast.AssignStmt]bool     // assignments that declare their targets
	alone   map[ast.Stmt][]*ast.CallExpr // statements of which only these calls stay

	deprecated map[ast.Node]string     // declarations that stay without a use
	uncomment  map[*ast.Comment]string // comments that are not true any more

	deadFlags map[string]bool // names of flags without readers
}

func (e *Editor) anyStrong(list []ast.Stmt) bool {
	for _, c := range list {
		if a := e.After.AtomAt(c, 0); a != nil && e.Is.Live[a.Key] && a.Strong {
			return true
		}
	}
	return false
}

func (e *Editor) guardOf(n ast.Node) *graph.Guard { return e.After.GuardAt[n] }

func (e *Editor) note(n ast.Node, msg string) {
	f := e.prog.FileOf(n)
	e.rep.Notes = append(e.rep.Notes, report.Statement{Pos: f.Pos(n), Text: msg})
}

// dropped reports whether the slicer removes the declaration of an object.
func (e *Editor) dropped(obj types.Object, n ast.Node) bool {
	if f := e.After.ByObj[obj]; f != nil {
		n = f.Node
	}
	_, whole := e.drop[n]
	_, name := e.drop[e.prog.Names[obj]]
	if gd, ok := e.prog.Parent[n].(*ast.GenDecl); ok && !whole {
		_, whole = e.drop[gd]
	}
	return whole || name && !e.blank[e.prog.Names[obj]]
}

func (e *Editor) lives(f *graph.Func) bool { return e.Is.Live[f.Key()] }

// keep reports whether the atom of a node stays. Nodes without an atom belong to the core change.
func (e *Editor) keep(n ast.Node, i int) bool {
	a := e.After.AtomAt(n, i)
	return a == nil || a.Removed || e.Is.Live[a.Key]
}

// gone reports whether a node itself is removed or replaced, by the core change or the slicer.
func (e *Editor) gone(n ast.Node) bool {
	if n == nil {
		return false
	}
	if _, ok := e.drop[n]; ok {
		return true
	}
	_, ok := e.prog.Set.Remove[n]
	return ok
}

func (e *Editor) remove(n ast.Node, why string) {
	if _, ok := e.prog.Set.Remove[n]; !ok {
		e.drop[n] = why
	}
}

// objectGoes reports whether a constant or type has lost its last use.
func (e *Editor) objectGoes(obj types.Object) bool { return obj != nil && e.Died(obj) }

// inGone reports whether n or something around it is removed.
func (e *Editor) inGone(n ast.Node) bool {
	for ; n != nil; n = e.prog.Parent[n] {
		if _, ok := e.prog.Set.Remove[n]; ok {
			return true
		}
	}
	return false
}

// inside reports whether something around n is removed or replaced.
func (e *Editor) inside(n ast.Node) bool { return e.prog.Set.Inside(n, e.prog.Parent) }

// relaxed records a place that no longer requires a dead setting.
func (e *Editor) relaxed(n ast.Node, msg string) {
	e.rep.Relaxed = append(e.rep.Relaxed, report.Statement{Pos: e.prog.FileOf(n).Pos(n), Text: msg})
}

func (e *Editor) diedKey(k program.EnvKey) bool { return e.Died(k) }

// calls returns the calls of f, including those in removed code.
func (e *Editor) calls(f *graph.Func) []*ast.CallExpr {
	var out []*ast.CallExpr
	for _, id := range e.prog.Uses[f.Obj] {
		n := e.prog.Parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel == id {
			n = e.prog.Parent[sel]
		}
		for {
			switch n.(type) {
			case *ast.ParenExpr, *ast.IndexExpr, *ast.IndexListExpr:
				n = e.prog.Parent[n]
				continue
			}
			break
		}
		if c, ok := n.(*ast.CallExpr); ok {
			out = append(out, c)
		}
	}
	return out
}

// fieldOf returns the node of the i-th name of a list: the *ast.Field if it has that name only.
func (e *Editor) fieldOf(l *ast.FieldList, i int) ast.Node {
	for _, fl := range l.List {
		n := max(1, len(fl.Names))
		if i < n {
			if n == 1 {
				return fl
			}
			return fl.Names[i]
		}
		i -= n
	}
	return nil
}

// hasUses reports whether an identifier for obj is left.
func (e *Editor) hasUses(obj types.Object) bool {
	return e.prog.InText[obj] || slices.ContainsFunc(e.prog.Uses[obj], func(id *ast.Ident) bool { return e.stands(id) })
}

// stands reports whether a node stays in its place.
func (e *Editor) stands(n ast.Node) bool {
	for m := n; m != nil; m = e.prog.Parent[m] {
		if e.gone(m) {
			return false
		}
		if _, ok := e.prog.Set.Replace[m]; ok {
			return false
		}
		if _, ok := e.put[m]; ok {
			return false
		}
		if s, ok := m.(ast.Stmt); ok && e.alone[s] != nil && !slices.ContainsFunc(e.alone[s], func(c *ast.CallExpr) bool { return e.prog.Within(n, c) }) {
			return false
		}
		if to, ok := e.unwrap[m]; ok && !e.prog.Within(n, to) {
			s, isIf := m.(*ast.IfStmt)
			if !isIf || n != m && !(s.Init != nil && e.prog.Within(n, s.Init)) {
				return false
			}
		}
		if up, ok := e.prog.Parent[m].(*ast.AssignStmt); ok {
			if cut := e.cut[up]; cut != nil {
				for i, l := range up.Lhs {
					if l == m && cut[i] {
						return false
					}
				}
			}
		}
	}
	return true
}

func (e *Editor) isParameter(obj types.Object) bool {
	o := e.After.EnclosingVar(obj)
	if o == nil {
		return false
	}
	if o.IsParam(obj) {
		return true
	}
	for i, v := range o.Results {
		if v == obj {
			d, ok := o.Node.(*ast.FuncDecl)
			return !ok || !e.gone(e.fieldOf(d.Type.Results, i))
		}
	}
	return false
}

func base(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}

// firstLine shortens a statement for messages.
func firstLine(s string) string {
	line, _, more := strings.Cut(s, "\n")
	if more {
		line += " …"
	}
	return line
}

// New returns an Editor for the set of the program in v. It writes what it removes into rep.
func New(v *live.View, rep *report.Report) *Editor {
	return &Editor{
		View: v, prog: v.After.Prog, rep: rep,
		drop: map[ast.Node]string{}, put: map[ast.Node]string{},
		before: map[ast.Stmt][]string{}, unwrap: map[ast.Node]ast.Node{},
		cut: map[*ast.AssignStmt]map[int]bool{}, blank: map[*ast.Ident]bool{},
		defines: map[*ast.AssignStmt]bool{}, deadFlags: map[string]bool{},
		alone:      map[ast.Stmt][]*ast.CallExpr{},
		deprecated: map[ast.Node]string{}, uncomment: map[*ast.Comment]string{},
	}
}

func funcName(f *graph.Func) string {
	if tn := program.ReceiverType(f.Obj); tn != nil {
		return fmt.Sprintf("method %s.%s", tn.Name(), f.Obj.Name())
	}
	return "func " + f.Obj.Name()
}
