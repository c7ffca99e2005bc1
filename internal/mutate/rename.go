package mutate

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// hostile are names that a rewrite uses itself, or that are names of packages in the code around it.
var hostile = []string{
	"oauth2", "clientcredentials", "context", "http", "url", "json", "fmt", "time", "strings", "errors",
	"config", "cfg", "conf", "token", "ctx", "err", "tok", "client", "jwt", "os", "string", "nil", "len", "any",
}

// renames returns the sites for the objects that want accepts.
func renames(names func(*editor) string, want func(types.Object) bool) func(*view, func(site)) {
	return func(v *view, add func(site)) {
		for _, o := range v.objects() {
			if want(o) {
				add(func(e *editor) { e.rename(o, names(e)) })
			}
		}
	}
}

func plain(stem string) func(*editor) string {
	return func(e *editor) string { return e.fresh(stem) }
}

func anyHostile(e *editor) string { return hostile[e.rnd.IntN(len(hostile))] }

// objects returns the objects that the program defines, in source order.
func (v *view) objects() []types.Object {
	var list []types.Object
	seen := map[types.Object]bool{}
	v.each(func(f *file, n ast.Node) {
		id, ok := n.(*ast.Ident)
		if !ok || id.Name == "_" || id.Name == "init" || id.Name == "main" {
			return
		}
		if o := f.pkg.Info.Defs[id]; o != nil && !seen[o] {
			seen[o] = true
			list = append(list, o)
		}
	})
	return list
}

func isLocal(o types.Object) bool {
	switch o := o.(type) {
	case *types.Var:
		return !o.IsField() && o.Pkg() != nil && o.Parent() != o.Pkg().Scope()
	case *types.Const, *types.TypeName:
		return o.Pkg() != nil && o.Parent() != o.Pkg().Scope()
	}
	return false
}

func isPackageLevel(o types.Object) bool {
	if o.Exported() || o.Pkg() == nil || o.Parent() != o.Pkg().Scope() {
		return false
	}
	fn, ok := o.(*types.Func)
	return !ok || !strings.HasPrefix(fn.Name(), "Test")
}

func isMethod(o types.Object) bool {
	fn, ok := o.(*types.Func)
	return ok && !o.Exported() && fn.Signature().Recv() != nil && !types.IsInterface(fn.Signature().Recv().Type())
}

// isField reports whether an object is a field whose name is invisible to reflection: it is unexported, or has
// a tag with a name.
func isField(o types.Object) bool {
	v, ok := o.(*types.Var)
	return ok && v.IsField() && !v.Embedded() && !v.Exported()
}

// rename renames an object at all uses. It rejects a name with another meaning in one of the scopes, unless
// that is a package or a builtin that is unused in the scope of the new name.
func (e *editor) rename(o types.Object, name string) {
	if o.Name() == name {
		e.fail()
		return
	}
	sites := e.uses[o]
	if len(sites) == 0 {
		e.fail()
		return
	}
	for _, s := range sites {
		if e.taken(s, o, name) {
			e.fail()
			return
		}
	}
	for _, s := range sites {
		text := name
		if kv, ok := s.file.parent[s.id].(*ast.KeyValueExpr); ok && kv.Key == ast.Expr(s.id) && !isFieldVar(o) {
			text = name // a key of a map
		}
		e.replace(s.file, s.id, text)
		// An embedded type names a field, a type switch a variable in each case.
		if f, ok := s.file.parent[s.id].(*ast.Field); ok && len(f.Names) == 0 {
			if _, ok := s.file.parent[s.file.parent[f]].(*ast.StructType); ok {
				e.fail()
			}
		}
		if a, ok := s.file.parent[s.id].(*ast.AssignStmt); ok {
			if _, ok := s.file.parent[a].(*ast.TypeSwitchStmt); ok {
				e.fail()
			}
		}
	}
}

func isFieldVar(o types.Object) bool {
	v, ok := o.(*types.Var)
	return ok && v.IsField()
}

// taken reports whether a name has a meaning at a use of an object, or would change the meaning of another use.
func (v *view) taken(s ident, o types.Object, name string) bool {
	if isFieldVar(o) || isMethod(o) {
		return v.inSelectors(name) // methods and fields share a namespace, and embedding extends it
	}
	for _, f := range v.files {
		if f.pkg != s.file.pkg || isLocal(o) && f != s.file {
			continue
		}
		var within ast.Node = f.syntax
		if isLocal(o) {
			within = enclosingDecl(f, s.id)
		}
		if within != nil && mentions(f, within, name) {
			return true
		}
		if !isLocal(o) && slices.ContainsFunc(f.syntax.Imports, func(spec *ast.ImportSpec) bool { return importName(f, spec) == name }) {
			return true
		}
	}
	return false
}

func importName(f *file, spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	if p, ok := f.pkg.Info.Implicits[spec].(*types.PkgName); ok {
		return p.Name()
	}
	return ""
}

func (v *view) inSelectors(name string) bool {
	found := false
	v.each(func(f *file, n ast.Node) {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			found = true
		}
	})
	return found
}

// mentions reports whether a node uses a name by scope: not after a dot, and not as the key of a struct's
// field.
func mentions(f *file, n ast.Node, name string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || id.Name != name {
			return true
		}
		if sel, ok := f.parent[id].(*ast.SelectorExpr); ok && sel.Sel == id {
			return true
		}
		if o := f.object(id); o != nil && isFieldVar(o) {
			return true
		}
		found = true
		return false
	})
	return found
}

func enclosingDecl(f *file, n ast.Node) ast.Decl {
	for n != nil {
		if d, ok := n.(ast.Decl); ok {
			if _, top := f.parent[d].(*ast.File); top {
				return d
			}
		}
		n = f.parent[n]
	}
	return nil
}

// enclosingFunc returns the function around a node: a declaration or a literal.
func enclosingFunc(f *file, n ast.Node) ast.Node {
	for n = f.parent[n]; n != nil; n = f.parent[n] {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return n
		}
	}
	return nil
}

// tagged reports whether the tag of a struct's field has its name.
func tagged(f *file, id *ast.Ident) bool {
	field, ok := f.parent[id].(*ast.Field)
	if !ok || field.Tag == nil {
		return false
	}
	text, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		return false
	}
	tag := reflect.StructTag(text)
	name, _, _ := strings.Cut(tag.Get("json"), ",")
	return name != "" && name != "-"
}

// renameTagged renames exported fields of package main whose JSON name is in their tag.
func renameTagged(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		id, ok := n.(*ast.Ident)
		if !ok || f.pkg.Name != "main" || !tagged(f, id) {
			return
		}
		if o, ok := f.pkg.Info.Defs[id].(*types.Var); ok && o.IsField() && o.Exported() {
			add(func(e *editor) { e.rename(o, e.fresh("Field")) })
		}
	})
}
