package slice

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"jwtretire.example/fixer/change"
)

// An emitter turns a marking into entries of the set.
type emitter struct {
	p       *prog
	g       *graph
	was, is *marking
	rep     *Report

	drop    map[ast.Node]string   // nodes that go
	put     map[ast.Node]string   // nodes that become other text
	keeps   map[ast.Node]ast.Node // what of it that text repeats
	before  map[ast.Stmt][]string
	unwrap  map[*ast.IfStmt]ast.Stmt         // an if that becomes the statements of one of its branches
	cut     map[*ast.AssignStmt]map[int]bool // results that a call does not have any more
	blank   map[*ast.Ident]bool
	defines map[*ast.AssignStmt]bool // assignments that declare what they assign
}

func (e *emitter) run() error {
	e.drop, e.put, e.keeps = map[ast.Node]string{}, map[ast.Node]string{}, map[ast.Node]ast.Node{}
	e.before, e.unwrap = map[ast.Stmt][]string{}, map[*ast.IfStmt]ast.Stmt{}
	e.cut, e.blank = map[*ast.AssignStmt]map[int]bool{}, map[*ast.Ident]bool{}
	e.defines = map[*ast.AssignStmt]bool{}
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
	e.requiredNames()
	for _, f := range e.p.files {
		for _, d := range f.syntax.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && !e.gone(fd) {
				e.unused(f, fd)
				e.labels(f, fd)
				e.redeclare(f, fd)
			}
		}
	}
	e.exported()
	e.report()
	return e.finish()
}

func (e *emitter) lives(f *fn) bool { return e.is.live[fnKey{f.node}] }

// keep reports whether the atom of a node stays. Nodes without an atom are the core change's.
func (e *emitter) keep(n ast.Node, i int) bool {
	a := e.g.atoms[atomKey{n, i}]
	return a == nil || a.removed || e.is.live[a.key]
}

// gone reports whether a node itself has been taken out or replaced, by whomever.
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
		if !e.lives(fd) {
			e.remove(d, "no use left")
			e.rep.Removed = append(e.rep.Removed, funcName(fd))
			return
		}
		if d.Body != nil {
			e.list(d.Body.List)
			e.literals(d.Body)
		}
		if e.p.api(fd.obj) && !fd.dynamic {
			e.deprecateFunc(f, fd)
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

// emptied removes the functions that nothing is left of, and their calls.
func (e *emitter) emptied() {
	for again := true; again; {
		again = false
		for _, f := range e.g.fns {
			d, ok := f.node.(*ast.FuncDecl)
			if !ok || d.Body == nil || len(d.Body.List) == 0 || e.gone(d) || f.dynamic || f.untouched || f.nres > 0 || f.file.test || e.p.api(f.obj) || d.Name.Name == "main" {
				continue
			}
			left := false
			for _, s := range d.Body.List {
				left = left || !e.gone(s)
			}
			if left || !e.dropCalls(f) {
				continue
			}
			e.remove(d, "nothing left in it")
			e.rep.Removed = append(e.rep.Removed, funcName(f))
			again = true
		}
	}
}

// dropCalls removes the statements that call f, if that is all that is left of its uses.
func (e *emitter) dropCalls(f *fn) bool {
	var stmts []ast.Stmt
	for _, id := range e.p.uses[f.obj] {
		if !e.remains(id) {
			continue
		}
		n := e.p.parent[id]
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if sel.Sel != id || !isPlain(sel.X) {
				return false
			}
			n = e.p.parent[n]
		}
		c, ok := n.(*ast.CallExpr)
		if !ok || e.p.pinned[c] {
			return false
		}
		for _, arg := range c.Args {
			if !isPlain(arg) {
				return false
			}
		}
		switch s := e.p.parent[c].(type) {
		case *ast.ExprStmt:
			stmts = append(stmts, s)
		case *ast.DeferStmt:
			stmts = append(stmts, s)
		case *ast.GoStmt:
			stmts = append(stmts, s)
		default:
			return false
		}
	}
	for _, s := range stmts {
		e.remove(s, "the function does nothing any more")
	}
	return true
}

// isPlain reports whether evaluating e does nothing.
func isPlain(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return isPlain(e.X)
	case *ast.UnaryExpr:
		return e.Op == token.AND && isPlain(e.X)
	case *ast.StarExpr:
		return isPlain(e.X)
	}
	return false
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
	if d.Tok == token.IMPORT {
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

// objectGoes reports whether a constant or type had a use and has none left.
func (e *emitter) objectGoes(obj types.Object) bool {
	if obj == nil || len(e.p.uses[obj]) == 0 || e.is.live[obj] {
		return false
	}
	return true
}

// valueSpec returns how many of its names go. It takes single names out unless all go.
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
			if obj != nil && !isLocal(obj) && !goes && !e.is.live[obj] && !e.is.live[pinKey{obj}] && len(e.p.uses[obj]) > 0 && !e.p.api(obj) {
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
		if ifs, ok := s.(*ast.IfStmt); ok && e.unwrap[ifs] != nil && terminates(e.unwrap[ifs]) && onlyReturns(list[i+1:]) {
			for _, rest := range list[i+1:] { // it cannot be reached any more
				e.remove(rest, "not reached any more")
			}
			return false
		}
	}
	return all
}

// stmt edits a statement and reports whether it goes.
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
		return e.assign(s)
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
		return !e.keep(s, 0)
	}
	return false
}

// terminates reports whether control does not go on after a block.
func terminates(s ast.Stmt) bool {
	b, ok := s.(*ast.BlockStmt)
	if !ok || len(b.List) == 0 {
		return false
	}
	_, ok = b.List[len(b.List)-1].(*ast.ReturnStmt)
	return ok
}

func onlyReturns(list []ast.Stmt) bool {
	for _, s := range list {
		r, ok := s.(*ast.ReturnStmt)
		if !ok {
			return false
		}
		for _, x := range r.Results {
			if !isPlain(x) {
				return false
			}
		}
	}
	return len(list) > 0
}

func (e *emitter) clauses(init ast.Stmt, list []ast.Stmt, head bool) bool {
	left := 0
	initGone := init == nil || e.stmt(init)
	for _, c := range list {
		cl := c.(*ast.CaseClause)
		if e.gone(cl) {
			continue
		}
		empty := e.list(cl.Body)
		if gd := e.guardOf(cl); gd != nil && e.is.value(gd) != 0 {
			e.remove(cl, "the failure cannot happen any more")
			continue
		}
		if gd := e.guardOf(cl); gd != nil && len(cl.Body) > 0 {
			if !empty {
				left++
			}
			continue
		}
		if !empty || len(cl.Body) == 0 && !head || e.keep(cl, 0) && !head {
			left++
		}
	}
	if left == 0 && head && initGone {
		return true
	}
	if left == 0 && initGone && !e.anyStrong(list) {
		return true
	}
	if init != nil && initGone {
		e.remove(init, "died with the flow")
	}
	return false
}

func (e *emitter) anyStrong(list []ast.Stmt) bool {
	for _, c := range list {
		if a := e.g.atoms[atomKey{c, 0}]; a != nil && e.is.live[a.key] && a.strong {
			return true
		}
	}
	return false
}

func (e *emitter) guardOf(n ast.Node) *guard { return e.g.guardAt[n] }

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

func (e *emitter) ifStmt(s *ast.IfStmt) bool {
	initGone := s.Init == nil || e.stmt(s.Init)
	body := e.list(s.Body.List)
	other := s.Else == nil || e.stmt(s.Else)
	v := 0
	gd := e.guardOf(s)
	if gd != nil {
		v = e.is.value(gd)
	}
	const failed = "the failure cannot happen any more"
	switch {
	case v < 0 && other, v > 0 && body:
		if !initGone && s.Init != nil {
			e.only(s, s.Init)
			return false
		}
		return true
	case v < 0:
		e.unwrap[s] = s.Else
		return false
	case v > 0:
		e.unwrap[s] = s.Body
		return false
	}
	if !e.keep(s.Cond, 0) && body && other {
		if len(s.Body.List) == 0 && s.Else == nil && gd != nil {
			return false // it was empty before
		}
		if !initGone && s.Init != nil {
			e.only(s, s.Init)
			return false
		}
		return true
	}
	if s.Init != nil && initGone {
		e.remove(s.Init, "died with the flow")
	}
	if s.Else != nil && other {
		e.remove(s.Else, failed)
	}
	if gd != nil {
		e.operands(gd.cond)
	}
	return false
}

// only makes an if its init statement.
func (e *emitter) only(s *ast.IfStmt, init ast.Stmt) { e.unwrap[s] = init }

// operands takes dead operands out of a condition.
func (e *emitter) operands(o *operand) {
	if o.x == nil {
		return
	}
	val := func(o *operand) int { return o.value(func(o *operand) bool { return e.is.live[o] }) }
	x, y := val(o.x), val(o.y)
	var stays *operand
	switch {
	case x != 0 && y == 0:
		stays = o.y
	case y != 0 && x == 0:
		stays = o.x
	default:
		e.operands(o.x)
		e.operands(o.y)
		return
	}
	e.put[o.expr] = ""
	e.keeps[o.expr] = stays.expr
	e.note(o.expr, "a part of the condition went with what it asked for; check the message that belongs to it")
	e.operands(stays)
}

func (e *emitter) note(n ast.Node, msg string) {
	f := e.p.fileFor(n)
	pos := f.pos(n)
	e.rep.Notes = append(e.rep.Notes, fmt.Sprintf("%s:%d: %s", base(pos.Filename), pos.Line, msg))
}

func base(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}

// finish writes what was decided into the set, outermost texts last.
func (e *emitter) finish() error {
	set := e.p.set
	for n, why := range e.drop {
		set.Remove[n] = why
	}
	var nodes []ast.Node
	for n := range e.put {
		nodes = append(nodes, n)
	}
	for s := range e.unwrap {
		nodes = append(nodes, s)
	}
	for s := range e.cut {
		nodes = append(nodes, s)
	}
	sort.Slice(nodes, func(i, j int) bool { // inner before outer
		return nodes[i].End()-nodes[i].Pos() < nodes[j].End()-nodes[j].Pos()
	})
	for _, n := range nodes {
		if e.inGone(n) {
			continue
		}
		f := e.p.fileFor(n)
		if err := e.replace(f, n); err != nil {
			return err
		}
	}
	for s, lines := range e.before {
		if e.inGone(s) {
			continue
		}
		src := strings.Join(lines, "\n")
		if t, ok := set.Replace[s]; ok {
			t.Src = src + "\n" + t.Src
			set.Replace[s] = t
			continue
		}
		t := set.Before[s]
		if t.Src != "" {
			src += "\n" + t.Src
		}
		t.Src = src
		set.Before[s] = t
	}
	// What is inside of a removed or replaced node needs no entry of its own.
	for n := range set.Remove {
		if e.inside(n) {
			delete(set.Remove, n)
		}
	}
	for n := range set.Replace {
		if e.inside(n) {
			delete(set.Replace, n)
		}
	}
	for n := range set.Before {
		if e.inside(n) {
			delete(set.Before, n)
		}
	}
	for n := range set.Deprecated {
		if e.inside(n) || e.gone(n) {
			delete(set.Deprecated, n)
		}
	}
	e.files()
	set.Notes = append(set.Notes, e.rep.Notes...)
	return nil
}

// inGone reports whether n or something around it is removed.
func (e *emitter) inGone(n ast.Node) bool {
	for ; n != nil; n = e.p.parent[n] {
		if _, ok := e.p.set.Remove[n]; ok {
			return true
		}
	}
	return false
}

// inside reports whether something around n is removed or replaced.
func (e *emitter) inside(n ast.Node) bool {
	for m := e.p.parent[n]; m != nil; m = e.p.parent[m] {
		if _, ok := e.p.set.Remove[m]; ok {
			return true
		}
		if _, ok := e.p.set.Replace[m]; ok {
			return true
		}
	}
	return false
}

// replace makes the text for a node that stays in another form.
func (e *emitter) replace(f *file, n ast.Node) error {
	r := &renderer{e: e, f: f}
	var t change.Text
	switch {
	case e.keeps[n] != nil:
		t = change.Text{Src: r.text(e.keeps[n]), Keeps: []ast.Node{e.keeps[n]}}
	case e.put[n] != "":
		t = change.Text{Src: e.put[n]}
	default:
		switch s := n.(type) {
		case *ast.IfStmt:
			t = r.branch(s, e.unwrap[s])
		case *ast.AssignStmt:
			t = r.assign(s, e.cut[s])
		}
	}
	if r.err != nil {
		return r.err
	}
	e.p.set.Replace[n] = t
	return nil
}

// files removes the files that nothing is left of, unless their package would be empty. Their
// declarations stay in the set: who cannot delete a file leaves one with a package clause.
func (e *emitter) files() {
	set := e.p.set
	for _, pkg := range e.p.pkgs {
		var empty []*file
		for _, syntax := range pkg.Syntax {
			left, had := 0, 0
			for _, d := range syntax.Decls {
				if gd, ok := d.(*ast.GenDecl); ok && gd.Tok == token.IMPORT {
					continue
				}
				had++
				if _, ok := set.Remove[d]; !ok {
					left++
				}
			}
			if had > 0 && left == 0 {
				empty = append(empty, e.p.fileOf[syntax])
			}
		}
		if len(empty) == len(pkg.Syntax) {
			continue
		}
		for _, f := range empty {
			if f.syntax.Doc != nil || hasBlankImport(f.syntax) {
				continue
			}
			set.Remove[f.syntax] = "nothing left in it"
			e.rep.Removed = append(e.rep.Removed, "file "+base(f.path))
		}
	}
}

func hasBlankImport(f *ast.File) bool {
	for _, s := range f.Imports {
		if s.Name != nil && s.Name.Name == "_" && s.Path.Value != `"embed"` {
			return true
		}
	}
	return false
}
