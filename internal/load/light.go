package load

import (
	"go/ast"
	"go/token"
	"slices"
)

// lighten takes out of the files of a dependency what nobody asks for and what costs time, or memory for as long as there are its types: functions that
// only the bodies of others can call, the names of parameters, and the lines of places.
func (x *unit) lighten(u *universe) {
	used := map[string]bool{}
	for _, file := range x.syntax {
		for _, d := range file.Decls {
			if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.VAR {
				ast.Inspect(gen, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok {
						used[id.Name] = true
					}
					return true
				})
			}
		}
	}
	for _, file := range x.syntax {
		file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
			fn, ok := d.(*ast.FuncDecl)
			return ok && fn.Recv == nil && !fn.Name.IsExported() && !used[fn.Name.Name]
		})
		anonymous(file)
		u.fset.File(file.FileStart).SetLines([]int{0})
	}
}

// anonymous makes _ of the names of the parameters of functions that are declared: the scope of each function has them in a
// map, which hangs on that of the package, and is a sixth of what the types of a large program take. Nobody calls by these names; those of the
// methods of interfaces, which stand for parameters of functions that are not known, stay.
func anonymous(file *ast.File) {
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		for _, list := range []*ast.FieldList{fn.Recv, fn.Type.Params, fn.Type.Results} {
			if list == nil {
				continue
			}
			for _, f := range list.List {
				for _, id := range f.Names {
					id.Name = "_"
				}
			}
		}
	}
}
