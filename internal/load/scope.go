package load

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/internal/sift"
)

// A scope is the set of declarations of a package with its own test files, or of its external test package. It
// includes the declarations for every build, because it is made from the files, without build constraints.
type scope struct {
	node     *node
	external bool
	decls    []*decl
	named    map[string][]*decl // by the declared names
	methods  map[string][]*decl // by the receiver type
	using    map[string][]*decl // by the names of this package that they mention
	others   map[usage][]*decl  // by the names of other packages that they mention
}

type scopeKey struct {
	node     *node
	external bool
}

// A usage is a name of another package of the tree.
type usage struct {
	node *node
	name string
}

// A decl is a declaration at the top level of a file.
type decl struct {
	scope *scope
	names []string // the declared names; none for a method
	recv  string   // the receiver type of a method
	state bool     // a variable or a type: one declaration can store a value there, and another one read it
	test  bool     // in a test file
	rare  bool     // has a trigger of an end
	host  bool     // this trigger is a vendor whose API takes the signed JWT itself
	plain []string // the mentioned names without a package
	other []usage
	way   way

	file       string // its name
	start, end int    // offsets
}

// scope returns the declarations of a package. It parses both scopes of the package at the first call.
func (c *connection) scope(n *node, external bool) *scope {
	if s := c.scopes[scopeKey{n, external}]; s != nil {
		return s
	}
	pair := map[bool]*scope{}
	for _, x := range []bool{false, true} {
		pair[x] = &scope{
			node: n, external: x, named: map[string][]*decl{}, methods: map[string][]*decl{},
			using: map[string][]*decl{}, others: map[usage][]*decl{},
		}
		c.scopes[scopeKey{n, x}] = pair[x]
	}
	for _, f := range n.dir.Files {
		test := strings.HasSuffix(f.Name, "_test.go")
		if test && !c.plan.cfg.Tests {
			continue
		}
		src := c.plan.content(n, f.Name)
		c.read += len(src)
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, f.Name, src, parser.SkipObjectResolution)
		if syntax == nil || syntax.Name == nil {
			continue
		}
		r := &reader{plan: c.plan, scope: pair[test && strings.HasSuffix(syntax.Name.Name, "_test")], test: test}
		r.imports(syntax)
		var pieces []piece
		for _, d := range syntax.Decls {
			pieces = append(pieces, r.split(d)...)
		}
		at := fset.File(syntax.FileStart)
		if f.Class&(sift.Exchange|sift.Bearer) != 0 {
			r.triggers(syntax, pieces, func(from, to token.Pos) (rare, host bool) {
				start, end := at.Offset(from), at.Offset(to) // end may precede start after a syntax error
				class, host := c.plan.tree.Rare(src[start:max(start, end)])
				return class != 0, host
			})
		}
		if f.Class&sift.Bearer != 0 && !slices.ContainsFunc(pieces, func(one piece) bool { return one.rare }) {
			// A comment, or the name of the file or of a directory, names the vendor. It may refer to any declaration.
			for _, one := range pieces {
				one.rare, one.host = true, true
			}
		}
		for _, one := range pieces {
			one.file, one.start, one.end = f.Name, at.Offset(one.from), at.Offset(one.to)
			r.scope.add(one.decl)
		}
		if err != nil {
			// The part that does not parse may mention any word of the file.
			d := r.broken(src)
			r.scope.add(d)
			c.mark(d, through)
		}
	}
	return pair[external]
}

// content returns a file with the overlay, nil if it cannot be read.
func (p *plan) content(n *node, name string) []byte {
	file := filepath.Join(n.dir.Path, name)
	if src, ok := p.cfg.Overlay[file]; ok {
		return src
	}
	src, _ := os.ReadFile(file)
	return src
}

func (s *scope) add(d *decl) {
	d.scope = s
	s.decls = append(s.decls, d)
	for _, name := range d.names {
		s.named[name] = append(s.named[name], d)
	}
	if d.recv != "" {
		s.methods[d.recv] = append(s.methods[d.recv], d)
	}
	for _, name := range d.plain {
		s.using[name] = append(s.using[name], d)
	}
	for _, u := range d.other {
		s.others[u] = append(s.others[u], d)
	}
}

// A reader reads the declarations of a file.
type reader struct {
	plan    *plan
	scope   *scope
	test    bool
	byLocal map[string][]*node // the packages that a name before a dot may refer to
	dots    []*node            // the packages imported as .
}

// imports records the packages of the tree that a file imports, by all names that they may have in it.
func (r *reader) imports(f *ast.File) {
	r.byLocal = map[string][]*node{}
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		n := r.plan.byPath[path]
		if err != nil || n == nil {
			continue
		}
		locals := []string{assumedName(path)}
		if name := n.name; name != "" && name != locals[0] {
			locals = append(locals, name)
		}
		if spec.Name != nil {
			locals = []string{spec.Name.Name}
		}
		for _, local := range locals {
			if local == "." {
				r.dots = append(r.dots, n)
			}
			r.byLocal[local] = append(r.byLocal[local], n)
		}
	}
}

// A piece is a declaration and its extent in the file.
type piece struct {
	*decl
	from, to token.Pos
}

// split returns the declarations of a top-level declaration, one for each spec in parentheses.
func (r *reader) split(d ast.Decl) []piece {
	switch d := d.(type) {
	case *ast.FuncDecl:
		one := piece{&decl{test: r.test}, d.Pos(), d.End()}
		parts := []ast.Node{d.Type}
		if d.Recv == nil {
			one.names = []string{d.Name.Name}
		} else if len(d.Recv.List) > 0 {
			one.recv = receiver(d.Recv.List[0].Type)
			parts = append(parts, d.Recv)
		}
		if d.Body != nil {
			parts = append(parts, d.Body)
		}
		r.read(one.decl, parts...)
		return []piece{one}
	case *ast.GenDecl:
		var list []piece
		for _, spec := range d.Specs {
			one := piece{&decl{test: r.test, state: d.Tok == token.VAR || d.Tok == token.TYPE}, spec.Pos(), spec.End()}
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				one.names = []string{spec.Name.Name}
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					one.names = append(one.names, id.Name)
				}
			default:
				continue
			}
			r.read(one.decl, spec)
			list = append(list, one)
		}
		return list
	}
	return nil
}

// triggers records which declarations have a trigger, or use an import that has one.
func (r *reader) triggers(f *ast.File, pieces []piece, look func(from, to token.Pos) (rare, host bool)) {
	for _, spec := range f.Imports {
		if rare, _ := look(spec.Pos(), spec.End()); !rare {
			continue
		}
		path, _ := strconv.Unquote(spec.Path.Value)
		local := assumedName(path)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		uses := func(one piece) bool { return slices.Contains(one.plain, local) }
		any := slices.ContainsFunc(pieces, uses)
		for _, one := range pieces {
			one.rare = one.rare || !any || uses(one) // without a use, the package has another name than its path suggests
		}
	}
	for _, one := range pieces {
		rare, host := look(one.from, one.to)
		one.rare, one.host = one.rare || rare, host
	}
}

// read records the names that a declaration mentions.
func (r *reader) read(d *decl, parts ...ast.Node) {
	plain, other := map[string]bool{}, map[usage]bool{}
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok {
				for _, m := range r.byLocal[id.Name] {
					other[usage{m, n.Sel.Name}] = true
				}
			}
			ast.Inspect(n.X, visit)
			return false
		case *ast.Field: // its names are no uses
			ast.Inspect(n.Type, visit)
			return false
		case *ast.Ident:
			plain[n.Name] = true
			for _, m := range r.dots {
				other[usage{m, n.Name}] = true
			}
		}
		return true
	}
	for _, n := range parts {
		ast.Inspect(n, visit)
	}
	delete(plain, "_")
	d.plain = slices.Sorted(maps.Keys(plain))
	for u := range other {
		d.other = append(d.other, u)
	}
}

// broken returns a declaration that mentions every word of a file.
func (r *reader) broken(src []byte) *decl {
	d := &decl{test: r.test}
	words := map[string]bool{}
	identifiers(src, func(word []byte) { words[string(word)] = true })
	d.plain = slices.Sorted(maps.Keys(words))
	for _, nodes := range r.byLocal {
		for _, m := range nodes {
			for _, word := range d.plain {
				d.other = append(d.other, usage{m, word})
			}
		}
	}
	return d
}

// receiver returns the name of a receiver's type.
func receiver(e ast.Expr) string {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// identifiers calls do for every word that looks like an identifier, also in comments and strings.
func identifiers(src []byte, do func(word []byte)) {
	for i := 0; i < len(src); i++ {
		if !isLetter(src[i]) {
			continue
		}
		start := i
		for i < len(src) && isLetter(src[i]) {
			i++
		}
		do(src[start:i])
	}
}
