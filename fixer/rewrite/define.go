package rewrite

import (
	"go/ast"
	"go/token"
	"go/types"
)

// definitions finds the assignments that have to become definitions, because the
// defining statement is removed:
//
//	key, err := os.ReadFile(path)	// goes
//	err = start()			// becomes err := start()
//
// Only the first remaining use counts, and only if all others are in its scope.
// Otherwise the result does not type-check, which the caller detects.
func (f *file) definitions(marks []ast.Node) map[ast.Node]bool {
	info := f.pkg.Info
	if info == nil || info.Defs == nil || info.Uses == nil || f.pkg.Types == nil {
		return nil
	}
	fresh := map[string]bool{} // names that new text defines
	lost := map[types.Object]bool{}
	for _, n := range marks {
		if t, ok := f.set.Replace[n]; ok {
			for name := range declared(t.Src) {
				fresh[name] = true
			}
		}
		if s, ok := n.(ast.Stmt); ok {
			if t, ok := f.set.Before[s]; ok {
				for name := range declared(t.Src) {
					fresh[name] = true
				}
			}
		}
		_, unwrapped := f.set.Parts(n)
		if !unwrapped && !f.dropped(n) {
			continue
		}
		for m := range f.gone(n) {
			if id, ok := m.(*ast.Ident); ok {
				if v, ok := info.Defs[id].(*types.Var); ok && !v.IsField() {
					lost[v] = true
				}
			}
		}
	}
	for v := range lost {
		if fresh[v.Name()] {
			delete(lost, v)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return f.redefine(lost)
}

// gone returns n and the nodes below it, without those that stay as a part of it.
func (f *file) gone(n ast.Node) map[ast.Node]bool {
	all := map[ast.Node]bool{}
	ast.Inspect(n, func(m ast.Node) bool {
		all[m] = m != nil
		return true
	})
	if !f.dropped(n) {
		f.each(n, func(m ast.Node) bool {
			delete(all, m)
			return true
		})
	}
	return all
}

// dropped reports whether the set removes a node.
func (f *file) dropped(n ast.Node) bool {
	_, rem := f.set.Remove[n]
	_, rep := f.set.Replace[n]
	return rem || rep
}

func (f *file) redefine(lost map[types.Object]bool) map[ast.Node]bool {
	info := f.pkg.Info
	uses := map[types.Object][]*ast.Ident{}
	assigned := map[*ast.Ident]*ast.AssignStmt{}
	f.each(f.orig, func(n ast.Node) bool {
		if f.dropped(n) {
			return false
		}
		switch n := n.(type) {
		case *ast.Ident:
			if obj := info.Uses[n]; lost[obj] {
				uses[obj] = append(uses[obj], n)
			}
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if id, ok := x.(*ast.Ident); ok && (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) {
					assigned[id] = n
				}
			}
		}
		return true
	})
	out := map[ast.Node]bool{}
	for _, ids := range uses {
		first := ids[0]
		for _, id := range ids {
			if id.Pos() < first.Pos() {
				first = id
			}
		}
		a := assigned[first]
		if a == nil {
			continue
		}
		scope := f.pkg.Types.Scope().Innermost(a.Pos())
		ok := scope != nil
		for _, id := range ids {
			ok = ok && scope.Contains(id.Pos())
		}
		for _, x := range a.Lhs {
			id, name := x.(*ast.Ident)
			switch {
			case !name:
				ok = false
			case id.Name == "_" || lost[info.Uses[id]] || info.Defs[id] != nil || f.dropped(id):
			default:
				obj := info.Uses[id]
				ok = ok && obj != nil && obj.Parent() == scope
			}
		}
		if ok {
			out[a] = true
		}
	}
	return out
}
