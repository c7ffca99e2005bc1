package rewrite

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// editImports removes imports without a use and adds those
// that new text needs, as edits of bytes: printing the block again would regroup it.
//
// It compares the uses of names in the file before and after. So repeated source, moved code and names that the type
// checker did not resolve are no special cases.
func (f *file) editImports(src []byte) ([]byte, error) {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, f.path, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	before, after := namesUsed(f.syntax), namesUsed(syntax)
	embeds := hasEmbed(syntax)
	// The import declarations are the same as in the loaded file, in the same order.
	for i := len(f.orig.Imports) - 1; i >= 0; i-- {
		spec := f.orig.Imports[i]
		path, _ := strconv.Unquote(spec.Path.Value)
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		}
		switch {
		case path == "C":
		case path == "embed" && name == "_":
			if hasEmbed(f.syntax) && !embeds {
				src = dropImport(src, i)
			}
		case name == "_":
			if _, gone := f.set.Remove[spec]; gone {
				src = dropImport(src, i)
			}
		case name == ".":
			if f.dotUsed(spec, f.syntax) && !f.dotUsed(spec, syntax) && f.names[path] != "." {
				src = dropImport(src, i)
			}
		default:
			was, is := f.used(spec, before), f.used(spec, after)
			if _, gone := f.set.Remove[spec]; is || !(was || gone) {
				continue
			}
			if path == "embed" && embeds {
				src = blankImport(src, i) // //go:embed requires the import, even without a use
				continue
			}
			src = dropImport(src, i)
		}
	}
	for _, imp := range f.added {
		if src, err = addImport(src, imp, f.modulePath()); err != nil {
			return nil, err
		}
	}
	return src, nil
}

func (f *file) modulePath() string {
	if f.pkg.Module == nil {
		return ""
	}
	return f.pkg.Module.Path
}

// namesUsed returns the qualifiers of selectors that are not declared in the file.
func namesUsed(file *ast.File) map[string]bool {
	free := map[*ast.Ident]bool{}
	for _, id := range file.Unresolved {
		free[id] = true
	}
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && free[id] {
				used[id.Name] = true
			}
		}
		return true
	})
	return used
}

// used reports whether an import is among used. If its package is missing, each of its possible names counts.
func (f *file) used(spec *ast.ImportSpec, used map[string]bool) bool {
	if spec.Name != nil {
		return used[spec.Name.Name]
	}
	path, _ := strconv.Unquote(spec.Path.Value)
	if f.pkg.Info != nil {
		if pn, ok := f.pkg.Info.Implicits[spec].(*types.PkgName); ok && pn.Imported() != nil && pn.Imported().Complete() {
			return used[pn.Name()]
		}
	}
	last := path[strings.LastIndex(path, "/")+1:]
	return used[f.importName(spec)] || used[plainName(path)] || used[last] || used[strings.ReplaceAll(last, "-", "")] ||
		used[strings.ReplaceAll(last, "-", "_")]
}

// dotUsed reports whether file uses a name of a dot import.
func (f *file) dotUsed(spec *ast.ImportSpec, file *ast.File) bool {
	if f.pkg.Info == nil {
		return true
	}
	path, _ := strconv.Unquote(spec.Path.Value)
	var pkg *types.Package
	if f.pkg.Types != nil {
		for _, p := range f.pkg.Types.Imports() {
			if p.Path() == path {
				pkg = p
			}
		}
	}
	if pkg == nil || !pkg.Complete() {
		return true
	}
	for _, id := range file.Unresolved {
		if ast.IsExported(id.Name) && pkg.Scope().Lookup(id.Name) != nil {
			return true
		}
	}
	return false
}

func hasEmbed(file *ast.File) bool {
	for _, g := range file.Comments {
		for _, c := range g.List {
			if strings.HasPrefix(c.Text, "//go:embed ") || strings.HasPrefix(c.Text, "//go:embed\t") {
				return true
			}
		}
	}
	return false
}
