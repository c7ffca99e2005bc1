package valueflow

import (
	"go/ast"
	"strconv"
	"strings"
)

// mayBeIn reports whether files may use one of the symbols, by their names. The result can be true without need, because an
// identifier of a method or a field does not say whose it is; it is never false without need.
func (s symbols) mayBeIn(files []*ast.File) bool {
	if len(s) == 0 {
		return false
	}
	used := identifiers{members: map[string]bool{}, qualified: map[string]bool{}}
	for _, f := range files {
		used.add(f)
	}
	for _, set := range s {
		for name := range set.names {
			if used.has(name) {
				return true
			}
		}
	}
	return false
}

// identifiers are the names that files may use of other packages.
type identifiers struct {
	members   map[string]bool // exported identifiers, except after the name of an import
	qualified map[string]bool // "path.Name" after the name of an import
}

func (u *identifiers) add(f *ast.File) {
	imports := map[string][]string{} // by local name; by "" those without one, whose package may have any
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = append(imports[name], p)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if !ok || !n.Sel.IsExported() {
				break
			}
			paths, named := imports[x.Name]
			if !named || x.Name == "." {
				paths = imports[""]
			}
			for _, p := range paths {
				u.qualified[p+"."+n.Sel.Name] = true
			}
		case *ast.Ident:
			if n.IsExported() {
				u.members[n.Name] = true
			}
		}
		return true
	})
	for _, p := range imports["."] {
		u.qualified[p] = true
	}
}

// has reports whether the files may use the symbol with this full name.
func (u *identifiers) has(full string) bool {
	if i := strings.Index(full, ")."); i >= 0 { // a method
		return u.members[full[i+2:]]
	}
	dot := strings.LastIndexByte(full, '.')
	name := full[dot+1:]
	if !ast.IsExported(name) {
		return false
	}
	if strings.HasPrefix(full, fieldPrefix) {
		return u.members[name]
	}
	return u.qualified[full] || u.members[name] && u.qualified[full[:dot]]
}
