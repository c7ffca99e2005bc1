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

// enclosed reports whether nothing outside of some files of a package can tell whether the files are there. Then they are for its
// tests only, as a harness behind a build tag is, and change nothing for the packages above:
//
//   - They declare no exported name, no method of a type that another file declares, and no init or main.
//   - No other file of the package that is not a test has a word like one of their names.
//   - Their variables are initialised without a call that could leave something elsewhere.
//   - They import no package of the tree that the rest of the package does not reach.
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
	var rest []string // what the other files import
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

// An enclosure is what some files declare and import.
type enclosure struct {
	files     []*ast.File
	declared  map[string]bool
	receivers []string // the types that they declare methods of
	imports   []string
}

// declare notes what a file declares. It reports false where that is something to the other files as it stands.
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

// makers are packages whose functions leave nothing anywhere but in their results.
var makers = []string{"bytes", "errors", "fmt", "regexp", "strings", "time"}

// inert reports whether an expression calls nothing that could leave something elsewhere. Locals are the names of imports.
func inert(e ast.Expr, locals map[string]string) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // a value; whoever has it is one of the files
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
