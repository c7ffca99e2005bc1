package mutate

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// An editor collects the edits of one site.
type editor struct {
	*view
	rnd       *rand.Rand
	number    int
	late      bool
	edits     []edit
	created   map[string]string
	unrelated []string
	failed    bool
}

type edit struct {
	file       *file
	start, end int
	text       string
}

// fail rejects the site.
func (e *editor) fail() { e.failed = true }

// replace replaces a node by text.
func (e *editor) replace(f *file, n ast.Node, text string) {
	e.splice(f, f.off(n.Pos()), f.off(n.End()), text)
}

func (e *editor) insert(f *file, at token.Pos, text string) { e.splice(f, f.off(at), f.off(at), text) }

func (e *editor) splice(f *file, start, end int, text string) {
	e.edits = append(e.edits, edit{f, start, end, text})
}

// fresh returns an unused name.
func (e *editor) fresh(stem string) string {
	for i := e.number; ; i++ {
		name := fmt.Sprintf("%s%d", stem, i)
		if !e.named(name) {
			return name
		}
	}
}

// named reports whether an identifier of the program has that name.
func (v *view) named(name string) bool {
	return slices.ContainsFunc(v.files, func(f *file) bool { return bytes.Contains(f.src, []byte(name)) })
}

// create adds a file to the package of f.
func (e *editor) create(f *file, stem, text string) {
	if e.created == nil {
		e.created = map[string]string{}
	}
	e.created[filepath.Join(filepath.Dir(f.path), stem+".go")] = text
}

// pkg returns the name of a package in a file, and adds an import if necessary.
func (e *editor) pkg(f *file, path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	for _, spec := range f.syntax.Imports {
		if strings.Trim(spec.Path.Value, `"`) != path {
			continue
		}
		if spec.Name == nil {
			return name
		}
		if spec.Name.Name != "_" && spec.Name.Name != "." {
			return spec.Name.Name
		}
	}
	if slices.ContainsFunc(f.syntax.Decls, func(d ast.Decl) bool { return declares(d, name) }) {
		e.fail()
	}
	for _, ed := range e.edits {
		if ed.file == f && strings.Contains(ed.text, `"`+path+`"`) {
			return name
		}
	}
	at := f.off(f.syntax.Name.End())
	e.splice(f, at, at, "\n\nimport \""+path+"\"\n")
	return name
}

func declares(d ast.Decl, name string) bool {
	fn, ok := d.(*ast.FuncDecl)
	return ok && fn.Recv == nil && fn.Name.Name == name
}

// typ writes a type as source of a file. It rejects the site if the file cannot name the type.
func (e *editor) typ(f *file, t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == f.pkg.Types {
			return ""
		}
		for _, spec := range f.syntax.Imports {
			if strings.Trim(spec.Path.Value, `"`) == p.Path() {
				if spec.Name != nil {
					if spec.Name.Name == "." || spec.Name.Name == "_" {
						e.fail()
					}
					return spec.Name.Name
				}
				return p.Name()
			}
		}
		e.fail() // real code imports the packages that it names
		return p.Name()
	})
}

// apply returns the new contents of the files.
func (e *editor) apply() (map[string][]byte, error) {
	if e.failed {
		return nil, nil
	}
	byFile := map[*file][]edit{}
	for _, ed := range e.edits {
		byFile[ed.file] = append(byFile[ed.file], ed)
	}
	out := map[string][]byte{}
	for f, list := range byFile {
		sort.SliceStable(list, func(i, j int) bool { return list[i].start < list[j].start })
		var b []byte
		at := 0
		for _, ed := range list {
			if ed.start < at {
				return nil, nil // two edits overlap
			}
			b = append(append(b, f.src[at:ed.start]...), e.lines(f, ed.text)...)
			at = ed.end
		}
		b = append(b, f.src[at:]...)
		out[f.path] = e.tidy(f.src, pruned(f, b))
	}
	for path, text := range e.created {
		b, err := format.Source([]byte(text))
		if err != nil {
			return nil, nil
		}
		out[path] = b
	}
	return out, nil
}

// pruned returns the new contents of a file without unused imports.
func pruned(f *file, src []byte) []byte {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, f.path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return src // the type checker reports it
	}
	named := map[string]bool{}
	ast.Inspect(syntax, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				named[id.Name] = true
			}
		}
		return true
	})
	known := map[string]string{}
	for _, spec := range f.syntax.Imports {
		if name := importName(f, spec); named[name] || name == "." || name == "_" || name == "C" {
			continue
		}
		known[spec.Path.Value] = importName(f, spec)
	}
	for i := len(syntax.Imports) - 1; i >= 0; i-- {
		spec := syntax.Imports[i]
		name, ok := known[spec.Path.Value]
		if !ok || spec.Name != nil && spec.Name.Name != name {
			continue
		}
		start, end := fset.PositionFor(spec.Pos(), false).Offset, fset.PositionFor(spec.End(), false).Offset
		for _, d := range syntax.Decls {
			if g, ok := d.(*ast.GenDecl); ok && len(g.Specs) == 1 && g.Specs[0] == ast.Spec(spec) {
				start, end = fset.PositionFor(g.Pos(), false).Offset, fset.PositionFor(g.End(), false).Offset
			}
		}
		if j := bytes.IndexByte(src[end:], '\n'); j >= 0 && len(bytes.TrimSpace(src[end:end+j])) == 0 {
			end += j + 1
		}
		src = slices.Concat(src[:start], src[end:])
	}
	return src
}

// lines converts the line ends of a text to those of a file.
func (e *editor) lines(f *file, text string) string {
	if !e.late && bytes.Contains(f.src, []byte("\r\n")) {
		return strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// tidy formats a file that was formatted before.
func (e *editor) tidy(old, now []byte) []byte {
	if e.late {
		return now
	}
	if was, err := format.Source(old); err != nil || !bytes.Equal(was, old) {
		return now
	}
	out, err := format.Source(now)
	if err != nil {
		return now // the type checker reports it
	}
	return out
}
