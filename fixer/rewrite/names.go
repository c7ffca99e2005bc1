package rewrite

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// chooseNames selects this file's name for every package that a text names, and returns the imports to add.
func (f *file) chooseNames() error {
	f.names = map[string]string{}
	uses := map[string][]use{}
	own := map[string]bool{} // names that texts declare themselves
	collect := func(n ast.Node, src string) {
		for _, m := range qualified.FindAllStringSubmatchIndex(src, -1) {
			path := src[m[2]:m[3]]
			uses[path] = append(uses[path], use{n.Pos(), leadingName(src[m[1]:])})
		}
		for name := range declared(src) {
			own[name] = true
		}
	}
	f.each(f.orig, func(n ast.Node) bool {
		if s, ok := n.(ast.Stmt); ok {
			if t, ok := f.set.Before[s]; ok {
				collect(n, t.Src)
			}
		}
		if t, ok := f.set.Replace[n]; ok {
			collect(n, t.Src)
		}
		return !f.dropped(n)
	})
	if t, ok := f.set.Append[f.orig]; ok {
		collect(f.orig, t.Src)
	}
	paths := make([]string, 0, len(uses))
	for p := range uses {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	for _, path := range paths {
		if path == f.pkg.Path {
			return fmt.Errorf("a replacement names its own package %q; write what it means without a qualifier", path)
		}
		if name := f.existing(path, uses[path], own); name != "" {
			f.names[path] = name
			continue
		}
		base := plainName(path)
		name := base
		for i := 1; f.taken(name, uses[path], own); i++ {
			name = alias(base, i)
		}
		f.names[path] = name
		imp := newImport{path: path}
		if name != impliedName(path) {
			imp.name = name
		}
		f.added = append(f.added, imp)
	}
	return nil
}

// A use is the place of a text that names a package, and the name that it selects from the package.
type use struct {
	pos token.Pos
	sel string
}

func leadingName(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		return s
	}
	return s[:end]
}

// existing returns the name under which the file already imports path, if the name denotes the
// package at every use; "." for a dot import.
func (f *file) existing(path string, uses []use, own map[string]bool) string {
	dot := false
	for _, spec := range f.orig.Imports {
		if p, _ := strconv.Unquote(spec.Path.Value); p != path {
			continue
		}
		if spec.Name != nil && spec.Name.Name == "_" {
			continue
		}
		if spec.Name != nil && spec.Name.Name == "." {
			dot = true
			continue
		}
		name := f.importName(spec)
		if own[name] {
			continue
		}
		visible := true
		for _, u := range uses {
			visible = visible && f.meansImport(name, u.pos)
		}
		if visible {
			return name
		}
	}
	if dot && f.dotVisible(path, uses, own) {
		return "."
	}
	return ""
}

// importName returns the local name of an import.
func (f *file) importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	path, _ := strconv.Unquote(spec.Path.Value)
	if f.pkg.Info != nil {
		if pn, ok := f.pkg.Info.Implicits[spec].(*types.PkgName); ok {
			// For a missing package, go/types uses the last element, even a version.
			if n := pn.Name(); token.IsIdentifier(n) && !version(n) {
				return n
			}
		}
	}
	return plainName(path)
}

// meansImport reports whether name denotes an imported package at pos.
func (f *file) meansImport(name string, pos token.Pos) bool {
	if s := f.scope(pos); s != nil {
		_, obj := s.LookupParent(name, pos)
		_, ok := obj.(*types.PkgName)
		return ok || obj == nil // nil: imports of files with errors may be unknown
	}
	return !f.declaredAround(name, pos)
}

func (f *file) dotVisible(path string, uses []use, own map[string]bool) bool {
	for _, u := range uses {
		s := f.scope(u.pos)
		if s == nil || u.sel == "" || own[u.sel] {
			return false
		}
		_, obj := s.LookupParent(u.sel, u.pos)
		if obj == nil || obj.Pkg() == nil || obj.Pkg().Path() != path {
			return false
		}
	}
	return true
}

// taken reports whether an import called name would clash or be hidden at one of uses.
func (f *file) taken(name string, uses []use, own map[string]bool) bool {
	if own[name] || !token.IsIdentifier(name) || types.Universe.Lookup(name) != nil {
		return true
	}
	if f.pkg.Types != nil && f.pkg.Types.Scope().Lookup(name) != nil {
		return true
	}
	for _, file := range f.pkg.Syntax {
		for _, d := range file.Decls {
			if declares(d, name) {
				return true // also without type information
			}
		}
	}
	for _, spec := range f.orig.Imports {
		if f.importName(spec) == name {
			return true
		}
	}
	for _, n := range f.names {
		if n == name {
			return true
		}
	}
	for _, u := range uses {
		if s := f.scope(u.pos); s != nil {
			if _, obj := s.LookupParent(name, u.pos); obj != nil {
				return true
			}
		} else if f.declaredAround(name, u.pos) {
			return true
		}
	}
	return false
}

func declares(d ast.Decl, name string) bool {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Recv == nil && d.Name.Name == name
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.Name == name {
					return true
				}
			case *ast.ValueSpec:
				for _, id := range s.Names {
					if id.Name == name {
						return true
					}
				}
			}
		}
	}
	return false
}

// scope returns the innermost scope at pos, nil where types are missing.
func (f *file) scope(pos token.Pos) *types.Scope {
	if f.pkg.Info != nil {
		if s := f.pkg.Info.Scopes[f.orig]; s != nil {
			if in := s.Innermost(pos); in != nil && (in != s || !f.inBody(pos)) {
				return in
			}
			return nil // a body that was not type-checked
		}
	}
	if f.pkg.Types == nil {
		return nil
	}
	s := f.pkg.Types.Scope().Innermost(pos)
	if s == f.pkg.Types.Scope() {
		return nil
	}
	return s
}

func (f *file) inBody(pos token.Pos) bool {
	for _, d := range f.orig.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil && fn.Body.Pos() < pos && pos < fn.Body.End() {
			return true
		}
	}
	return false
}

// declaredAround is used without types. It reports whether name is declared anywhere in the declaration at pos, or in the file.
func (f *file) declaredAround(name string, pos token.Pos) bool {
	found := false
	for i, d := range f.orig.Decls {
		if pos < d.Pos() || d.End() < pos {
			continue
		}
		ast.Inspect(f.syntax.Decls[i], func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == name && id.Obj != nil {
				found = true
			}
			return !found
		})
	}
	return found
}

// plainName guesses a package's name from its path.
func plainName(path string) string {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if version(last) && len(parts) > 1 {
		last = parts[len(parts)-2]
	}
	if i := strings.LastIndex(last, ".v"); i > 0 && version(last[i+1:]) {
		last = last[:i]
	}
	last = strings.TrimSuffix(strings.TrimPrefix(last, "go-"), "-go")
	if i := strings.LastIndexAny(last, "-."); i >= 0 {
		last = last[i+1:]
	}
	if !token.IsIdentifier(last) {
		return "pkg"
	}
	return last
}

// impliedName returns the package name that readers and tools expect for path, "" if it cannot be derived.
func impliedName(path string) string {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if version(last) && len(parts) > 1 {
		last = parts[len(parts)-2]
	}
	if token.IsIdentifier(last) {
		return last
	}
	return ""
}

func version(s string) bool {
	return len(s) > 1 && s[0] == 'v' && strings.Trim(s[1:], "0123456789") == ""
}

// alias derives a free name from a name that is taken. A name that ends in a digit gets no second digit.
func alias(base string, i int) string {
	if last := base[len(base)-1]; last >= '0' && last <= '9' {
		base += "cc" // client credentials
		if i == 1 {
			return base
		}
	}
	return base + strconv.Itoa(i+1)
}
