package edit

import (
	"go/ast"

	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/syntax"
)

// Decide decides for every node whether it stays. It does not change the set yet.
func (e *Editor) Decide() error {
	for _, f := range e.prog.Files {
		for _, d := range f.Syntax.Decls {
			e.topLevel(f, d)
		}
	}
	e.emptied()
	for _, f := range e.After.Funcs {
		if f.Obj != nil && e.lives(f) {
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
	for _, f := range e.prog.Files {
		for _, d := range f.Syntax.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && touched[fd] && !e.gone(fd) {
				if err := e.unused(f, fd); err != nil {
					return err
				}
				e.labels(f, fd)
				e.redeclare(f, fd)
			}
		}
	}
	e.relaxDescriptions()
	e.exported()
	e.idleOptions()
	e.examples()
	e.report()
	return nil
}

// touched returns the changed functions.
func (e *Editor) touched() map[*ast.FuncDecl]bool {
	out := map[*ast.FuncDecl]bool{}
	in := func(n ast.Node) {
		for ; n != nil; n = e.prog.Parent[n] {
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
	for n := range e.prog.Set.Remove {
		in(n)
	}
	for n := range e.prog.Set.Replace {
		in(n)
	}
	for n := range e.prog.Set.Before {
		in(n)
	}
	return out
}

// Named returns the objects that would be removed although a name of them is left, in code whose
// liveness no marking explains.
func (e *Editor) Named() map[graph.Key]string {
	out := map[graph.Key]string{}
	for obj := range e.prog.Names {
		if syntax.IsLocal(obj) || !e.dropped(obj, e.prog.Decl(obj)) || !e.hasUses(obj) {
			continue
		}
		if f := e.After.ByObj[obj]; f != nil {
			out[f.Key()] = obj.Name()
		} else {
			out[obj] = obj.Name()
		}
	}
	return out
}

func (e *Editor) topLevel(f *syntax.File, d ast.Decl) {
	if e.gone(d) {
		return
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		fd := e.After.ByNode[d]
		if !e.lives(fd) && e.FunctionGone(fd) {
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
func (e *Editor) literals(n ast.Node) {
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || e.gone(m) {
			return false
		}
		if _, ok := e.prog.Set.Replace[m]; ok {
			return false
		}
		if lit, ok := m.(*ast.FuncLit); ok {
			e.list(lit.Body.List)
		}
		return true
	})
}
