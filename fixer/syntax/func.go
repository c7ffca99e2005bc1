package syntax

import (
	"go/ast"
	"go/types"
)

// Enclosing returns the innermost function or function literal around the node.
func (ix *Index) Enclosing(f *File, n ast.Node) *Func {
	for n = f.Parent[n]; n != nil; n = f.Parent[n] {
		switch d := n.(type) {
		case *ast.FuncLit:
			return &Func{File: f, Node: d, Body: d.Body, Type: d.Type}
		case *ast.FuncDecl:
			if obj := f.Pkg.Info.Defs[d.Name]; obj != nil && ix.Funcs[obj] != nil {
				return ix.Funcs[obj]
			}
			return &Func{File: f, Node: d, Body: d.Body, Type: d.Type, Recv: d.Recv}
		}
	}
	return nil
}

// Outer returns the declared function around the node, past function literals.
func (ix *Index) Outer(f *File, n ast.Node) *Func {
	d := ix.Enclosing(f, n)
	for d != nil && d.Obj == nil {
		up := ix.Enclosing(f, d.Node)
		if up == nil {
			return d
		}
		d = up
	}
	return d
}

// Target returns the function of these packages that a call reaches, or nil.
func (ix *Index) Target(f *File, c *ast.CallExpr) *Func {
	if obj := f.Callee(c); obj != nil {
		return ix.Funcs[obj]
	}
	return nil
}

// A CallSite is a call with its file.
type CallSite struct {
	File *File
	Call *ast.CallExpr
}

// Callers returns the calls of a function, and whether these are all its uses
// (a function that is also used as a value can be called from anywhere).
func (ix *Index) Callers(obj types.Object) (sites []CallSite, all bool) {
	all = true
	for _, id := range ix.Uses[obj] {
		f := ix.FileOf(id)
		n := f.Whole(id)
		switch x := f.Parent[n].(type) {
		case *ast.IndexExpr: // fetch[Token](…)
			if x.X == n {
				n = x
			}
		case *ast.IndexListExpr:
			if x.X == n {
				n = x
			}
		}
		if c, ok := f.Parent[n].(*ast.CallExpr); ok && c.Fun == n {
			sites = append(sites, CallSite{f, c})
		} else {
			all = false
		}
	}
	return sites, all
}

// Calls returns the calls of a declared function, also those of an interface's method that may reach it, and whether the function is only called.
func (ix *Index) Calls(d *Func) (sites []CallSite, all bool) {
	sites, all = ix.Callers(d.Obj)
	return append(sites, ix.dynamic(d.Obj)...), all
}

// dynamic returns the calls of an interface's method that may reach the method obj of a type.
func (ix *Index) dynamic(obj *types.Func) []CallSite {
	recv := obj.Signature().Recv()
	if recv == nil || types.IsInterface(recv.Type()) {
		return nil
	}
	var sites []CallSite
	for use := range ix.Uses {
		m, ok := use.(*types.Func)
		if !ok || m.Name() != obj.Name() || m.Signature().Recv() == nil {
			continue
		}
		if i, ok := m.Signature().Recv().Type().Underlying().(*types.Interface); ok && types.Implements(recv.Type(), i) {
			more, _ := ix.Callers(m)
			sites = append(sites, more...)
		}
	}
	return sites
}

// Param returns the index of a parameter, or -1 for the receiver. ok is false for other objects.
func (d *Func) Param(obj types.Object) (index int, ok bool) {
	i := 0
	for _, fld := range d.Type.Params.List {
		for _, name := range fld.Names {
			if d.File.Pkg.Info.Defs[name] == obj {
				return i, true
			}
			i++
		}
		if len(fld.Names) == 0 {
			i++
		}
	}
	if d.Recv != nil {
		for _, fld := range d.Recv.List {
			for _, name := range fld.Names {
				if d.File.Pkg.Info.Defs[name] == obj {
					return -1, true
				}
			}
		}
	}
	return 0, false
}

// Params returns the names of the parameters in order; nil if one has no name.
func (d *Func) Params() []*ast.Ident {
	var out []*ast.Ident
	for _, fld := range d.Type.Params.List {
		if len(fld.Names) == 0 {
			out = append(out, nil)
		}
		out = append(out, fld.Names...)
	}
	return out
}

// Private reports whether only the module can call the function.
func (ix *Index) Private(d *Func) bool { return ix.isPrivate(d.File.Pkg.Path) }

// PrivatePath reports whether only the module imports the package.
func (ix *Index) PrivatePath(path string) bool { return ix.isPrivate(path) }
