package load

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// enclosed reports whether some files of a package make no difference outside of these files. Then only its
// tests can use them, as a harness behind a build tag, and importers of the package do not change:
//
//   - They declare no exported name, no method of a type of another file, and no init or main.
//   - No other file of the package, except tests, has a word that equals one of their names.
//   - The initialisers of their variables make no call with a side effect.
//   - They import no package of the tree that the rest of the package does not import, to any depth.
func (p *plan) enclosed(n *node, names []string) bool {
	c := enclosure{declared: map[string]bool{}}
	for _, name := range names {
		src := p.content(n, name)
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		if err != nil || bytes.Contains(src, []byte("//go:linkname")) || bytes.Contains(src, []byte("//export ")) {
			return false
		}
		c.files = append(c.files, f)
	}
	for _, f := range c.files {
		if !c.declare(f) {
			return false
		}
	}
	if slices.ContainsFunc(c.receivers, func(name string) bool { return !c.declared[name] }) {
		return false
	}
	var rest []string // the imports of the other files
	for _, f := range n.dir.Files {
		if strings.HasSuffix(f.Name, "_test.go") || slices.Contains(names, f.Name) {
			continue
		}
		src := p.content(n, f.Name)
		used := false
		identifiers(src, func(word []byte) { used = used || c.declared[string(word)] })
		if used {
			return false
		}
		_, plain, blank := importClauses(filepath.Join(n.dir.Path, f.Name), src)
		rest = append(rest, slices.Concat(plain, blank)...)
	}
	reached := reach(p.nodesOf(n, rest), func(n *node) []*node { return slices.Concat(n.uses, n.blank) }, nil)
	return !slices.ContainsFunc(p.nodesOf(n, c.imports), func(m *node) bool { return !slices.Contains(reached, m) })
}

// An enclosure is the declared names and the imports of some files.
type enclosure struct {
	files     []*ast.File
	declared  map[string]bool
	receivers []string // the receiver types of their methods
	imports   []string
}

// declare records the declarations of a file. It reports false if one of them matters to other files by itself.
func (c *enclosure) declare(f *ast.File) bool {
	locals := map[string]string{}
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil || path == "C" {
			return false
		}
		c.imports = append(c.imports, path)
		locals[assumedName(path)] = path
		if spec.Name != nil {
			locals[spec.Name.Name] = path
		}
	}
	hidden := func(id *ast.Ident) bool {
		c.declared[id.Name] = true
		return !id.IsExported() && id.Name != "init" && id.Name != "main" && id.Name != "_"
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil && len(d.Recv.List) > 0 {
				c.receivers = append(c.receivers, receiver(d.Recv.List[0].Type))
			} else if !hidden(d.Name) {
				return false
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if !hidden(spec.Name) {
						return false
					}
				case *ast.ValueSpec:
					if slices.ContainsFunc(spec.Names, func(id *ast.Ident) bool { return !hidden(id) }) {
						return false
					}
					if slices.ContainsFunc(spec.Values, func(e ast.Expr) bool { return !inert(e, locals) }) {
						return false
					}
				}
			}
		}
	}
	return true
}

// makers are packages whose functions have no effect besides their results.
var makers = []string{"bytes", "errors", "fmt", "regexp", "strings", "time"}

// inert reports whether an expression makes no call that may have a side effect. locals are the names of
// imports.
func inert(e ast.Expr, locals map[string]string) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // it is not called here, and only these files can have its value
		case *ast.CallExpr:
			switch fun := ast.Unparen(n.Fun).(type) {
			case *ast.Ident:
				ok = ok && types.Universe.Lookup(fun.Name) != nil
			case *ast.SelectorExpr:
				id, named := fun.X.(*ast.Ident)
				ok = ok && named && slices.Contains(makers, locals[id.Name])
			case *ast.ArrayType, *ast.MapType:
			default:
				ok = false
			}
		}
		return ok
	})
	return ok
}
