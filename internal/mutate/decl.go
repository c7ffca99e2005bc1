package mutate

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// region returns the extent of a declaration with its comment and the rest of its last line.
func (f *file) region(d ast.Decl) (start, end int) {
	start, end = f.off(d.Pos()), f.off(d.End())
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc != nil {
			start = f.off(d.Doc.Pos())
		}
	case *ast.GenDecl:
		if d.Doc != nil {
			start = f.off(d.Doc.Pos())
		}
	}
	if i := bytes.IndexByte(f.src[end:], '\n'); i >= 0 {
		end += i + 1
	} else {
		end = len(f.src)
	}
	return start, end
}

// splitFile moves a function, method, type, variable or constant to a new file.
func splitFile(v *view, add func(site)) {
	v.eachDecl(func(f *file, d ast.Decl) {
		if strings.HasSuffix(f.path, "_test.go") || bytes.Contains(f.src, []byte("//go:build")) || bytes.Contains(f.src, []byte("import \"C\"")) {
			return
		}
		if len(f.syntax.Decls) < 3 || strings.Count(strings.TrimSuffix(f.path[strings.LastIndexByte(f.path, '/')+1:], ".go"), "_") > 0 {
			return
		}
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "main" {
			return
		}
		add(func(e *editor) {
			start, end := f.region(d)
			text := string(f.src[start:end])
			if strings.Contains(text, "//go:") {
				e.fail() // an embed needs its import, and a line directive its place
				return
			}
			imports := ""
			for _, spec := range f.syntax.Imports {
				name := importName(f, spec)
				if name == "." || name == "_" {
					continue
				}
				if !uses(f, d, name) {
					continue
				}
				imports += "\t" + f.text(spec) + "\n"
				if !usedElsewhere(f, d, name) {
					e.dropImport(f, spec)
				}
			}
			if imports != "" {
				imports = "import (\n" + imports + ")\n\n"
			}
			e.splice(f, start, end, "")
			e.create(f, fmt.Sprintf("moved%d", e.number), "package "+f.syntax.Name.Name+"\n\n"+imports+strings.ReplaceAll(text, "\r\n", "\n"))
		})
	})
}

// eachDecl calls fn with every declaration that is not an import.
func (v *view) eachDecl(fn func(f *file, d ast.Decl)) {
	for _, f := range v.files {
		for _, d := range f.syntax.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
				continue
			}
			fn(f, d)
		}
	}
}

// uses reports whether a node mentions an imported package.
func uses(f *file, n ast.Node, name string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			if _, ok := f.pkg.Info.Uses[id].(*types.PkgName); ok {
				found = true
			}
		}
		return !found
	})
	return found
}

func usedElsewhere(f *file, d ast.Decl, name string) bool {
	for _, other := range f.syntax.Decls {
		if other != d && uses(f, other, name) {
			return true
		}
	}
	return false
}

func (e *editor) dropImport(f *file, spec *ast.ImportSpec) {
	if g, ok := f.parent[spec].(*ast.GenDecl); ok && len(g.Specs) == 1 {
		e.replace(f, g, "")
		return
	}
	e.replace(f, spec, "")
}

// neighbour adds unrelated declarations around one of the program.
func neighbour(v *view, add func(site)) {
	v.eachDecl(func(f *file, d ast.Decl) {
		add(func(e *editor) {
			start, end := f.region(d)
			above := fmt.Sprintf("// unrelatedAbove%d is about something else.\nvar unrelatedAbove%[1]d = []string{\"jwt\", \"token\"}\n", e.number)
			below := fmt.Sprintf("// unrelatedBelow%d too.\nfunc unrelatedBelow%[1]d(key string) (string, error) { return key + \"-%[1]d\", nil }\n", e.number)
			glue := "\n"
			if e.rnd.IntN(2) == 0 {
				glue = "" // without a blank line
			}
			if g, ok := d.(*ast.GenDecl); ok && g.Doc != nil || isDoc(d) {
				glue = "\n"
			}
			e.splice(f, start, start, above+glue)
			e.splice(f, end, end, glue+below)
			e.unrelated = append(e.unrelated, strings.TrimSpace(below), strings.TrimSpace(above))
		})
	})
}

func isDoc(d ast.Decl) bool {
	fn, ok := d.(*ast.FuncDecl)
	return ok && fn.Doc != nil
}

// group puts a variable or constant into a group with others.
func group(v *view, add func(site)) {
	v.eachDecl(func(f *file, d ast.Decl) {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Lparen.IsValid() || g.Tok != token.VAR && g.Tok != token.CONST || g.Doc != nil && strings.Contains(g.Doc.Text(), "go:embed") {
			return
		}
		if g.Doc != nil {
			for _, c := range g.Doc.List {
				if strings.HasPrefix(c.Text, "//go:") {
					return
				}
			}
		}
		add(func(e *editor) {
			spec := f.text(g.Specs[0])
			e.replace(f, g, fmt.Sprintf("%s (\n\tgrouped%d = \"x\"\n\t%s\n\n\t// behind is behind.\n\tbehind%[2]d, more%[2]d = 1, 2\n)", g.Tok, e.number, spec))
		})
	})
}

// reorder exchanges two neighbouring functions.
func reorder(v *view, add func(site)) {
	for _, f := range v.files {
		for i := 0; i+1 < len(f.syntax.Decls); i++ {
			a, ok1 := f.syntax.Decls[i].(*ast.FuncDecl)
			b, ok2 := f.syntax.Decls[i+1].(*ast.FuncDecl)
			if !ok1 || !ok2 {
				continue
			}
			add(func(e *editor) {
				as, ae := f.region(a)
				bs, be := f.region(b)
				first, second := string(f.src[as:ae]), string(f.src[bs:be])
				if !strings.HasSuffix(second, "\n") {
					e.fail()
					return
				}
				e.splice(f, as, ae, second)
				e.splice(f, bs, be, first)
			})
		}
	}
}

// renameImports changes the name of an imported package in a file.
func renameImports(v *view, add func(site)) {
	for _, f := range v.files {
		for _, spec := range f.syntax.Imports {
			name := importName(f, spec)
			if name == "." || name == "_" || name == "C" || strings.Contains(spec.Path.Value, "embed") && spec.Name != nil {
				continue
			}
			add(func(e *editor) {
				now := e.fresh("my" + name)
				o := f.pkg.Info.Implicits[spec]
				if spec.Name != nil {
					o = f.pkg.Info.Defs[spec.Name]
				}
				e.replace(f, spec, now+" "+spec.Path.Value)
				for _, u := range e.uses[o] {
					if u.id != spec.Name {
						e.replace(u.file, u.id, now)
					}
				}
			})
		}
	}
}

// dotImports imports a package as dot.
func dotImports(v *view, add func(site)) {
	for _, f := range v.files {
		for _, spec := range f.syntax.Imports {
			name := importName(f, spec)
			o, _ := f.pkg.Info.Implicits[spec].(*types.PkgName)
			if o == nil || spec.Name != nil || name == "C" {
				continue
			}
			add(func(e *editor) {
				e.replace(f, spec, ". "+spec.Path.Value)
				for _, exported := range o.Imported().Scope().Names() {
					if !token.IsExported(exported) {
						continue
					}
					for _, g := range e.files { // another object with that name
						if g.pkg == f.pkg && mentions(g, g.syntax, exported) {
							e.fail()
							return
						}
					}
				}
				for _, u := range e.uses[o] {
					sel, ok := u.file.parent[u.id].(*ast.SelectorExpr)
					if !ok {
						e.fail()
						return
					}
					e.replace(f, sel, sel.Sel.Name)
				}
			})
		}
	}
}

// ownImport moves one import of a group to a declaration of its own.
func ownImport(v *view, add func(site)) {
	for _, f := range v.files {
		for _, spec := range f.syntax.Imports {
			g, ok := f.parent[spec].(*ast.GenDecl)
			if !ok || len(g.Specs) < 2 {
				continue
			}
			add(func(e *editor) {
				e.replace(f, spec, "")
				e.insert(f, g.End(), fmt.Sprintf("\n\nimport %s // note %d\n", f.text(spec), e.number))
			})
		}
	}
}
