package edit

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"

	"jwtretire.example/fixer/syntax"
)

// labels removes labels without a jump.
func (e *Editor) labels(f *syntax.File, fd *ast.FuncDecl) {
	ast.Inspect(fd.Body, func(n ast.Node) bool {
		if n == nil || e.gone(n) {
			return false
		}
		l, ok := n.(*ast.LabeledStmt)
		if !ok {
			return true
		}
		obj := f.Pkg.Info.Defs[l.Label]
		if obj == nil || len(e.prog.Uses[obj]) == 0 || e.hasUses(obj) {
			return true
		}
		e.unwrap[l] = l.Stmt
		return true
	})
}

// redeclare adds new declarations for local variables that lost theirs.
func (e *Editor) redeclare(f *syntax.File, fd *ast.FuncDecl) {
	occ := e.occurrences(f, fd)
	var objs []types.Object
	for obj := range occ {
		objs = append(objs, obj)
	}
	sort.Slice(objs, func(i, j int) bool { return objs[i].Pos() < objs[j].Pos() })
	for _, obj := range objs {
		id := e.prog.Names[obj]
		if id == nil || e.isParameter(obj) || e.After.Implicit[obj] != nil {
			continue
		}
		if e.stands(id) {
			continue
		}
		e.declare(f, obj, id, occ[obj])
	}
}

// declare declares a variable at its first remaining use.
func (e *Editor) declare(f *syntax.File, obj types.Object, id *ast.Ident, occ []occurrence) {
	home := e.blockOf(id)
	if home == nil || len(occ) == 0 {
		return
	}
	first := occ[0]
	stmt := e.childOf(home, first.at)
	if stmt == nil {
		return
	}
	if e.prog.Texts[stmt].Declares(obj) || e.prog.Fronts[stmt].Declares(obj) {
		return
	}
	for n := ast.Node(id); n != nil && n != home; n = e.prog.Parent[n] {
		if e.prog.Texts[n].Declares(obj) {
			return // the head of a statement that is written anew: if err, ok := byStatus[http.StatusOK]; ok
		}
	}
	if first.id != nil {
		if s, ok := e.prog.Parent[first.id].(*ast.AssignStmt); ok && first.write && s == stmt {
			if s.Tok == token.DEFINE {
				e.defines[s] = true // even if its other targets die
			}
			if e.defines[s] {
				return // it defines the variable now
			}
			if e.canDefine(f, s, obj) {
				e.defines[s] = true
				if e.cut[s] == nil {
					e.cut[s] = map[int]bool{}
				}
				return
			}
		}
	}
	e.before[stmt] = append(e.before[stmt], e.declaration(f, obj))
}

// declaration returns the declaration of a variable without a value.
func (e *Editor) declaration(f *syntax.File, obj types.Object) string {
	return "var " + obj.Name() + " " + e.typeName(f, obj.Type())
}

// canDefine reports whether = may become := in a statement whose first target lost its declaration: all others
// must be in the same scope, and the type must stay the same.
func (e *Editor) canDefine(f *syntax.File, s *ast.AssignStmt, obj types.Object) bool {
	if len(s.Rhs) != 1 || s.Tok != token.ASSIGN {
		return false
	}
	for i, l := range s.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok {
			return false
		}
		if id.Name == "_" || e.gone(id) {
			continue
		}
		o := f.Object(id)
		if o == nil || o.Parent() != obj.Parent() {
			return false
		}
		if o == obj {
			t := f.Pkg.Info.TypeOf(s.Rhs[0])
			if tup, ok := t.(*types.Tuple); ok {
				if i >= tup.Len() {
					return false
				}
				t = tup.At(i).Type()
			}
			if t == nil || !types.Identical(t, obj.Type()) {
				return false
			}
		}
	}
	return true
}

// blockOf returns the block, or clause, with the declaration of a variable.
func (e *Editor) blockOf(n ast.Node) ast.Node {
	for m := e.prog.Parent[n]; m != nil; m = e.prog.Parent[m] {
		switch m.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return m
		}
	}
	return nil
}

// childOf returns the statement of block's list that holds n.
func (e *Editor) childOf(block, n ast.Node) ast.Stmt {
	for n != nil && e.prog.Parent[n] != block {
		n = e.prog.Parent[n]
	}
	s, _ := n.(ast.Stmt)
	return s
}

// typeName writes a type for a file; packages are written for the rewriter to name.
func (e *Editor) typeName(f *syntax.File, t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == f.Pkg.Types || p.Path() == f.Pkg.Path {
			return ""
		}
		return "«" + p.Path() + "»"
	})
}
