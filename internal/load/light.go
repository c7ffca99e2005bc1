package load

import (
	"go/ast"
	"slices"
)

// lighten removes parts of a dependency that importers cannot use, and that cost time or memory as long as its
// types exist: functions and methods that only bodies can call, the names of parameters, and the lines of positions.
func (x *unit) lighten(u *universe) {
	used := map[string]bool{} // by the declarations other than functions; a method is used by an interface that has it
	for _, file := range x.syntax {
		for _, d := range file.Decls {
			if gen, ok := d.(*ast.GenDecl); ok {
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
			return ok && !fn.Name.IsExported() && !used[fn.Name.Name]
		})
		anonymous(file)
		u.fset.File(file.FileStart).SetLines([]int{0})
	}
}

// anonymous replaces the names of the parameters of declared functions by _. They are in a map of each
// function's scope, which hangs on that of the package, and take a sixth of the memory of the types in a large
// program. Callers do not use these names. Methods of interfaces keep
// them: the graph has a node for each, which represents the parameter of every implementation.
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
