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

// A scope is the declarations of a package with its own test files, or those of its external tests, as
// they stand in the files: whatever build they are for.
type scope struct {
	node     *node
	external bool
	decls    []*decl
	named    map[string][]*decl // by what they declare
	methods  map[string][]*decl // by the type that they are methods of
	using    map[string][]*decl // by the names of the package that they mention
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

// A decl is a declaration at the top of a file.
type decl struct {
	scope *scope
	names []string // what it declares; a method declares nothing
	recv  string   // the type that it is a method of
	state bool     // it is a variable or a type: what one puts there another takes out
	test  bool     // it stands in a test file
	rare  bool     // it has a trigger of an end
	host  bool     // which is a vendor's whose API takes the signed JWT itself
	plain []string // names without a package that it mentions
	other []usage
	way   way
}

// scope returns the declarations of a package.
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
		if f.Class&(sift.Exchange|sift.Bearer) != 0 {
			at := fset.File(syntax.FileStart)
			r.triggers(syntax, pieces, func(from, to token.Pos) (rare, host bool) {
				start, end := at.Offset(from), at.Offset(to) // which are out of order where something is missing
				class, host := c.plan.tree.Rare(src[start:max(start, end)])
				return class != 0, host
			})
		}
		if f.Class&sift.Bearer != 0 && !slices.ContainsFunc(pieces, func(one piece) bool { return one.rare }) {
			// What names the vendor is a comment, or the name of the file or of a directory: it may be meant for any of them.
			for _, one := range pieces {
				one.rare, one.host = true, true
			}
		}
		for _, one := range pieces {
			r.scope.add(one.decl)
		}
		if err != nil {
			// What did not parse may name anything that the file has the words for.
			d := r.broken(src)
			r.scope.add(d)
			c.mark(d, through)
		}
	}
	return pair[external]
}

// content returns a file as it is loaded, nil if it cannot be read.
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
	byLocal map[string][]*node // what a name before a dot may stand for
	dots    []*node
}

// imports notes the packages of the tree that a file imports, by all names that they may have there.
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

// A piece is a declaration and where it stands.
type piece struct {
	*decl
	from, to token.Pos
}

// split returns the declarations that are one for the parser: those in parentheses.
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

// triggers notes which declarations have a trigger, or use an import that is one.
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
			one.rare = one.rare || !any || uses(one) // the package may have another name than its path says
		}
	}
	for _, one := range pieces {
		rare, host := look(one.from, one.to)
		one.rare, one.host = one.rare || rare, host
	}
}

// read notes the names that a declaration mentions.
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

// receiver returns the name of the type that a method is of.
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

// identifiers calls do for everything that looks like an identifier, in comments and texts too.
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
