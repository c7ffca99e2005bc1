package slice

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// An emitter translates a marking to entries of the set.
type emitter struct {
	*view
	p   *prog
	rep *Report

	drop    map[ast.Node]string // nodes that go
	put     map[ast.Node]string // nodes that become other text
	before  map[ast.Stmt][]string
	unwrap  map[ast.Node]ast.Node            // nodes that become a part of themselves
	cut     map[*ast.AssignStmt]map[int]bool // results that a call does not have any more
	blank   map[*ast.Ident]bool
	defines map[*ast.AssignStmt]bool     // assignments that declare what they assign
	alone   map[ast.Stmt][]*ast.CallExpr // statements of which only these calls stay

	deprecated map[ast.Node]string     // declarations that stay without a use
	uncomment  map[*ast.Comment]string // comments that are not true any more

	deadFlags map[string]bool // names of the flags that nobody reads any more
}

// newEmitter returns an emitter for the set of the program in v. It writes what it removes into rep.
func newEmitter(v *view, rep *Report) *emitter {
	return &emitter{
		view: v, p: v.g.p, rep: rep,
		drop: map[ast.Node]string{}, put: map[ast.Node]string{},
		before: map[ast.Stmt][]string{}, unwrap: map[ast.Node]ast.Node{},
		cut: map[*ast.AssignStmt]map[int]bool{}, blank: map[*ast.Ident]bool{},
		defines: map[*ast.AssignStmt]bool{}, deadFlags: map[string]bool{},
		alone:      map[ast.Stmt][]*ast.CallExpr{},
		deprecated: map[ast.Node]string{}, uncomment: map[*ast.Comment]string{},
	}
}

// run decides for every node whether it stays. It does not change the set yet.
func (e *emitter) run() error {
	for _, f := range e.p.files {
		for _, d := range f.syntax.Decls {
			e.topLevel(f, d)
		}
	}
	e.emptied()
	for _, f := range e.g.fns {
		if f.obj != nil && e.lives(f) {
			e.signature(f)
		}
	}
	e.fields()
	e.elements()
	e.zeroThroughInterfaces()
	e.noErrors()
	e.relaxFlags()
	e.requiredNames()
	e.rosters()
	e.options()
	touched := e.touched()
	for _, f := range e.p.files {
		for _, d := range f.syntax.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && touched[fd] && !e.gone(fd) {
				if err := e.unused(f, fd); err != nil {
					return err
				}
				e.labels(f, fd)
				e.redeclare(f, fd)
			}
		}
	}
	e.exported()
	e.idleOptions()
	e.examples()
	e.report()
	return nil
}

// touched returns the changed functions.
func (e *emitter) touched() map[*ast.FuncDecl]bool {
	out := map[*ast.FuncDecl]bool{}
	in := func(n ast.Node) {
		for ; n != nil; n = e.p.parent[n] {
			if fd, ok := n.(*ast.FuncDecl); ok {
				out[fd] = true
				return
			}
		}
	}
	for n := range e.drop {
		in(n)
	}
	for n := range e.put {
		in(n)
	}
	for n := range e.unwrap {
		in(n)
	}
	for n := range e.cut {
		in(n)
	}
	for n := range e.alone {
		in(n)
	}
	for n := range e.p.set.Remove {
		in(n)
	}
	for n := range e.p.set.Replace {
		in(n)
	}
	for n := range e.p.set.Before {
		in(n)
	}
	return out
}

// named returns the objects that would be removed although a name of them is left, in code whose
// liveness no marking explains.
func (e *emitter) named() map[key]string {
	out := map[key]string{}
	for obj, n := range e.p.decls {
		if isLocal(obj) && !isField(obj) || !e.dropped(obj, n) || !e.hasUses(obj) {
			continue
		}
		if f := e.g.byObj[obj]; f != nil {
			out[f.key()] = obj.Name()
		} else {
			out[obj] = obj.Name()
		}
	}
	return out
}

// dropped reports whether the slicer removes the declaration of an object.
func (e *emitter) dropped(obj types.Object, n ast.Node) bool {
	if f := e.g.byObj[obj]; f != nil {
		n = f.node
	}
	_, whole := e.drop[n]
	_, name := e.drop[e.p.names[obj]]
	if gd, ok := e.p.parent[n].(*ast.GenDecl); ok && !whole {
		_, whole = e.drop[gd]
	}
	return whole || name && !e.blank[e.p.names[obj]]
}

func (e *emitter) lives(f *fn) bool { return e.is.live[f.key()] }

// keep reports whether the atom of a node stays. Nodes without an atom are the core change's.
func (e *emitter) keep(n ast.Node, i int) bool {
	a := e.g.atomAt(n, i)
	return a == nil || a.removed || e.is.live[a.key]
}

// gone reports whether a node itself is removed or replaced, by the core change or the slicer.
func (e *emitter) gone(n ast.Node) bool {
	if n == nil {
		return false
	}
	if _, ok := e.drop[n]; ok {
		return true
	}
	_, ok := e.p.set.Remove[n]
	return ok
}

func (e *emitter) remove(n ast.Node, why string) {
	if _, ok := e.p.set.Remove[n]; !ok {
		e.drop[n] = why
	}
}

func (e *emitter) topLevel(f *file, d ast.Decl) {
	if e.gone(d) {
		return
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		fd := e.g.byNode[d]
		if !e.lives(fd) && e.functionGone(fd) {
			e.remove(d, "no use left")
			e.rep.Removed = append(e.rep.Removed, funcName(fd))
			return
		}
		if d.Body != nil {
			e.list(d.Body.List)
			e.literals(d.Body)
		}
	case *ast.GenDecl:
		e.genDecl(f, d)
		for _, s := range d.Specs {
			if !e.gone(s) {
				e.literals(s)
			}
		}
	}
}

// literals edits the bodies of the function literals in n.
func (e *emitter) literals(n ast.Node) {
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || e.gone(m) {
			return false
		}
		if _, ok := e.p.set.Replace[m]; ok {
			return false
		}
		if lit, ok := m.(*ast.FuncLit); ok {
			e.list(lit.Body.List)
		}
		return true
	})
}

func funcName(f *fn) string {
	if tn := receiverType(f.obj); tn != nil {
		return fmt.Sprintf("method %s.%s", tn.Name(), f.obj.Name())
	}
	return "func " + f.obj.Name()
}

// genDecl edits a declaration of the package or of a function. It reports whether all of it goes.
func (e *emitter) genDecl(f *file, d *ast.GenDecl) bool {
	if d.Tok == token.IMPORT || len(d.Specs) == 0 {
		return false
	}
	all := true
	var specs []ast.Node
	for _, s := range d.Specs {
		if e.gone(s) {
			continue
		}
		switch s := s.(type) {
		case *ast.TypeSpec:
			obj := f.pkg.Info.Defs[s.Name]
			if e.objectGoes(obj) {
				specs = append(specs, s)
				e.rep.Removed = append(e.rep.Removed, "type "+s.Name.Name)
			} else {
				all = false
			}
		case *ast.ValueSpec:
			n := e.valueSpec(f, d, s)
			if n == len(s.Names) {
				specs = append(specs, s)
			} else {
				all = false
			}
		}
	}
	if all {
		e.remove(d, "no use left")
		return true
	}
	for _, s := range specs {
		e.remove(s, "no use left")
	}
	return false
}

// objectGoes reports whether a constant or type has lost its last use.
func (e *emitter) objectGoes(obj types.Object) bool { return obj != nil && e.died(obj) }

// valueSpec returns the number of its removed names. It removes single names unless all are removed.
func (e *emitter) valueSpec(f *file, d *ast.GenDecl, s *ast.ValueSpec) int {
	type part struct {
		id  *ast.Ident
		val ast.Expr
	}
	var parts []part
	one := len(s.Values) == 1 && len(s.Names) > 1
	if one {
		if !e.keep(s, 0) {
			return len(s.Names)
		}
		return 0
	}
	for i, id := range s.Names {
		obj := f.pkg.Info.Defs[id]
		goes := false
		if d.Tok == token.CONST {
			goes = e.objectGoes(obj)
		} else {
			goes = !e.keep(s, i) && !e.is.live[pinKey{obj}]
			if obj != nil && !isLocal(obj) && !goes && e.died(obj) && !e.is.live[pinKey{obj}] && !e.p.api(obj) {
				e.blank[id] = true // only what computing the value does is left
				e.remove(id, "no use left")
			}
		}
		if goes {
			p := part{id: id}
			if i < len(s.Values) {
				p.val = s.Values[i]
			}
			parts = append(parts, p)
			if obj != nil && !isLocal(obj) {
				e.rep.Removed = append(e.rep.Removed, d.Tok.String()+" "+id.Name)
			}
		}
	}
	if len(parts) < len(s.Names) {
		for _, p := range parts {
			e.remove(p.id, "no use left")
			if p.val != nil {
				e.remove(p.val, "no use left")
			}
		}
	}
	return len(parts)
}

// list edits statements and reports whether none of them is left.
func (e *emitter) list(list []ast.Stmt) bool {
	all := true
	for i, s := range list {
		if e.stmt(s) {
			e.remove(s, "died with the flow")
			continue
		}
		all = false
		if ifs, ok := s.(*ast.IfStmt); ok && terminates(e.unwrap[ifs]) && onlyReturns(list[i+1:]) {
			for _, rest := range list[i+1:] { // it cannot be reached any more
				e.remove(rest, "not reached any more")
			}
			return false
		}
	}
	return all
}

// stmt edits a statement and reports whether it is removed.
func (e *emitter) stmt(s ast.Stmt) bool {
	if s == nil || e.gone(s) {
		return true
	}
	if _, ok := e.p.set.Replace[s]; ok {
		return false
	}
	switch s := s.(type) {
	case *ast.BlockStmt:
		return e.list(s.List) && len(s.List) > 0
	case *ast.LabeledStmt:
		return e.stmt(s.Stmt)
	case *ast.DeclStmt:
		gd, ok := s.Decl.(*ast.GenDecl)
		return ok && e.genDecl(e.p.fileFor(s), gd)
	case *ast.AssignStmt:
		return e.assign(s) && !e.extract(s)
	case *ast.IfStmt:
		return e.ifStmt(s)
	case *ast.ForStmt:
		var n ast.Node = s
		if s.Cond != nil {
			n = s.Cond
		}
		body := e.list(s.Body.List)
		if !e.keep(n, 0) && body {
			return true
		}
		for _, in := range []ast.Stmt{s.Init, s.Post} {
			if in != nil && e.stmt(in) {
				e.remove(in, "died with the flow")
			}
		}
	case *ast.RangeStmt:
		body := e.list(s.Body.List)
		return !e.keep(s, 0) && body
	case *ast.SwitchStmt:
		var n ast.Node = s
		if s.Tag != nil {
			n = s.Tag
		}
		return e.clauses(s.Init, s.Body.List, !e.keep(n, 0))
	case *ast.TypeSwitchStmt:
		return e.clauses(s.Init, s.Body.List, !e.keep(s.Assign, 0))
	case *ast.SelectStmt:
		for _, c := range s.Body.List {
			e.list(c.(*ast.CommClause).Body)
		}
	case *ast.EmptyStmt:
		return false
	default:
		return !e.keep(s, 0) && !e.extract(s)
	}
	return false
}

func (e *emitter) assign(s *ast.AssignStmt) bool {
	if len(s.Lhs) != len(s.Rhs) || len(s.Lhs) == 1 {
		return !e.keep(s, 0)
	}
	var dead []int
	for i := range s.Lhs {
		if !e.keep(s, i) {
			dead = append(dead, i)
		}
	}
	if len(dead) == len(s.Lhs) {
		return true
	}
	for _, i := range dead {
		e.remove(s.Lhs[i], "no use left")
		e.remove(s.Rhs[i], "no use left")
	}
	return false
}
