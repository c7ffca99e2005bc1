package valueflow

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/budget"
)

// An extent is how much of a large package is analysed.
type extent struct {
	enough  int // bytes of function bodies that are always analysed
	nearest int // bytes of function bodies that are analysed in a larger package, nearest to a mark first
	farAway int // steps from a mark
	users   int // a function or field with more users is a general helper
	writers int // a field with more writers is one of generated code
}

// usual is the extent of a first graph. A package smaller than enough is analysed as a whole: the choice would cost
// more than it saves, and could miss something. A walk that comes to a body which was left out asks for a wider one.
var usual = extent{enough: 100 << 10, nearest: 600 << 10, farAway: 9, users: 60, writers: 120}

// wide is the extent of a second graph.
func wide(scale int) extent {
	return extent{enough: budget.Bodies.At(scale), nearest: budget.Bodies.At(scale), farAway: 1000, users: 10 * usual.users, writers: 10 * usual.writers}
}

// A body is the data about one function for the choice.
type body struct {
	obj    *types.Func
	decl   *ast.FuncDecl
	strong bool // it contains a part of a flow
	calls  []types.Object
	reads  []types.Object // fields and globals of the package
	writes []types.Object
	dist   int
}

// choose returns the functions of a large package that a flow can go through: the functions with a part
// of a flow, and the functions around them that call, are called, or share a field, nearest first. It
// returns nil if all are to be analysed.
//
// A flow never goes through generated accessors and operations of an API, but the graph of their bodies
// is most of the work in a client of a thousand files.
func (b *builder) choose(names symbols) map[*ast.FuncDecl]bool {
	size := 0
	for _, f := range b.pass.Files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil {
				size += int(fd.Body.End() - fd.Body.Pos())
			}
		}
	}
	if size <= b.extent.enough {
		return nil
	}
	c := &chooser{
		b: b, names: names,
		byObj: map[types.Object]*body{}, readers: map[types.Object][]*body{}, writers: map[types.Object][]*body{},
		callers: map[types.Object][]*body{}, abstract: map[string][]*body{}, dynamic: map[string][]*types.Func{}, tagged: map[types.Object]bool{},
	}
	for _, f := range b.pass.Files {
		c.tags(f)
	}
	for _, f := range b.pass.Files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil {
				if obj, ok := b.info.Defs[fd.Name].(*types.Func); ok {
					c.read(f, obj, fd)
				}
			}
		}
	}
	return c.spread()
}

type chooser struct {
	b        *builder
	names    symbols // objects in the facts of lower packages
	bodies   []*body
	byObj    map[types.Object]*body
	callers  map[types.Object][]*body
	readers  map[types.Object][]*body
	writers  map[types.Object][]*body
	abstract map[string][]*body       // methods by name
	dynamic  map[string][]*types.Func // methods of interfaces that are called, by name
	tagged   map[types.Object]bool
}

// tags records the fields whose tag is a parameter in which assertions are sent.
func (c *chooser) tags(f *ast.File) {
	for _, d := range f.Decls {
		gd, ok := d.(*ast.GenDecl)
		if !ok || gd.Tok != token.TYPE {
			continue
		}
		ast.Inspect(gd, func(n ast.Node) bool {
			if fd, ok := n.(*ast.Field); ok && fd.Tag != nil && marked(fd.Tag.Value) {
				for _, name := range fd.Names {
					c.tagged[c.b.info.Defs[name]] = true
				}
			}
			return true
		})
	}
}

// marked reports whether a text names a parameter or a grant with an assertion.
func marked(text string) bool {
	return strings.Contains(text, "assertion") || strings.Contains(text, "jwt_token") || strings.Contains(text, "jwt-bearer") || strings.Contains(text, "subject_token") || strings.Contains(text, "actor_token") || text == `"jwt"` || text == `"Jwt"`
}

// read collects the data about a function.
func (c *chooser) read(f *ast.File, obj *types.Func, fd *ast.FuncDecl) {
	bd := &body{obj: obj, decl: fd, dist: -1}
	c.b.file = f
	own := c.b.pass.Pkg
	written := map[*ast.Ident]bool{}
	seen := map[types.Object]bool{}
	add := func(list *[]types.Object, o types.Object) {
		if !seen[o] {
			seen[o] = true
			*list = append(*list, o)
		}
	}
	ast.Inspect(fd, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			bd.strong = bd.strong || n.Kind == token.STRING && marked(n.Value)
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if id := lastIdent(l); id != nil {
					written[id] = true
				}
			}
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok {
				written[id] = true
			}
		case *ast.CompositeLit:
			c.unkeyed(n, func(v *types.Var) { bd.writes = append(bd.writes, v) })
		case *ast.SelectorExpr:
			if c.b.info.Uses[n.Sel] == nil {
				if path := c.b.packagePath(n.X); path != "" {
					row, ok := library.Lookup(path, "", n.Sel.Name)
					_, typ := library.LookupType(path, n.Sel.Name)
					bd.strong = bd.strong || typ || ok && strongRow(row)
				}
			}
		case *ast.Ident:
			o := c.b.info.Uses[n]
			switch o := o.(type) {
			case nil:
				bd.strong = bd.strong || c.b.info.Defs[n] == nil && c.broken(f, n.Name)
			case *types.Func:
				o = o.Origin()
				if o.Pkg() == own {
					add(&bd.calls, o)
				}
				bd.strong = bd.strong || c.strongFunc(o)
			case *types.Var:
				o = o.Origin()
				switch {
				case c.tagged[o] || c.strongVar(o):
					bd.strong = true
				case o.Pkg() != own || !o.IsField() && o.Parent() != own.Scope():
				case written[n]:
					bd.writes = append(bd.writes, o)
				default:
					add(&bd.reads, o)
				}
			case *types.Const:
				if o.Pkg() != nil && o.Val().Kind() == constant.String {
					bd.strong = bd.strong || marked(constant.StringVal(o.Val()))
				}
			case *types.TypeName:
				if o.Pkg() != nil && o.Pkg() != own {
					if t, ok := library.LookupType(o.Pkg().Path(), o.Name()); ok && t.Role == library.Exchange {
						bd.strong = true
					}
				}
			}
		}
		return true
	})
	c.bodies = append(c.bodies, bd)
	c.byObj[obj] = bd
	if fd.Recv != nil {
		c.abstract[obj.Name()] = append(c.abstract[obj.Name()], bd)
	}
	for _, o := range bd.calls {
		if fn, ok := o.(*types.Func); ok && c.callers[o] == nil && isInterfaceMethod(fn) {
			c.dynamic[fn.Name()] = append(c.dynamic[fn.Name()], fn)
		}
		c.callers[o] = append(c.callers[o], bd)
	}
	for _, o := range bd.reads {
		c.readers[o] = append(c.readers[o], bd)
	}
	for _, o := range bd.writes {
		c.writers[o] = append(c.writers[o], bd)
	}
}

// unkeyed calls f for the fields that a literal without keys sets.
func (c *chooser) unkeyed(lit *ast.CompositeLit, f func(*types.Var)) {
	if len(lit.Elts) == 0 {
		return
	}
	if _, ok := lit.Elts[0].(*ast.KeyValueExpr); ok {
		return
	}
	if s := structOf(c.b.info.TypeOf(lit)); s != nil {
		for i := range s.NumFields() {
			if v := s.Field(i).Origin(); v.Pkg() == c.b.pass.Pkg {
				f(v)
			}
		}
	}
}

func lastIdent(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.IndexExpr:
		return lastIdent(e.X)
	case *ast.StarExpr:
		return lastIdent(e.X)
	}
	return nil
}

// strongFunc reports whether a call of fn is a part of a flow.
func (c *chooser) strongFunc(fn *types.Func) bool {
	if fn.Pkg() == nil || fn.Pkg() == c.b.pass.Pkg {
		return false
	}
	if c.names.function(fn) {
		return true
	}
	row, ok := library.LookupObject(fn)
	return ok && strongRow(row)
}

func strongRow(row *library.Func) bool {
	switch row.Role {
	case library.Sign, library.SignRaw, library.SigningInput, library.Signer, library.Claims, library.Exchange, library.Parse:
		return true
	}
	return false
}

func (c *chooser) strongVar(v *types.Var) bool {
	if v.Pkg() == nil || v.Pkg() == c.b.pass.Pkg || len(c.names) == 0 {
		return false
	}
	return c.names.variable(v)
}

// broken is strongFunc for a name without types.
func (c *chooser) broken(f *ast.File, name string) bool {
	if name == "_" {
		return false
	}
	var imports []string
	for _, imp := range f.Imports {
		if p, err := strconv.Unquote(imp.Path.Value); err == nil {
			imports = append(imports, p)
		}
	}
	_, ok := library.LookupBroken(imports, name)
	return ok
}

// spread chooses bodies from the marks outwards until there are enough.
func (c *chooser) spread() map[*ast.FuncDecl]bool {
	var queue []*body
	push := func(bd *body, dist int) {
		if bd != nil && bd.dist < 0 && dist <= c.b.extent.farAway {
			bd.dist = dist
			queue = append(queue, bd)
		}
	}
	for _, bd := range c.bodies {
		if bd.strong {
			push(bd, 0)
		}
	}
	chosen := map[*ast.FuncDecl]bool{}
	size := 0
	for len(queue) > 0 {
		bd := queue[0]
		queue = queue[1:]
		if size > c.b.extent.nearest && bd.dist > 0 {
			break
		}
		chosen[bd.decl] = true
		size += int(bd.decl.Body.End() - bd.decl.Body.Pos())
		next := bd.dist + 1
		for _, o := range bd.calls {
			if t := c.byObj[o]; t != nil {
				push(t, next)
			} else if list := c.abstract[o.Name()]; len(list) <= c.b.extent.users {
				for _, t := range list { // the method of an interface
					push(t, next)
				}
			}
		}
		c.around(c.callers[bd.obj], c.b.extent.users, next, push)
		if bd.decl.Recv != nil {
			c.throughInterface(bd.obj, next, push)
		}
		for _, o := range bd.reads {
			c.around(c.writers[o], c.b.extent.writers, next, push)
		}
		for _, o := range bd.writes {
			c.around(c.readers[o], c.b.extent.users, next, push)
		}
	}
	return chosen
}

func (c *chooser) around(list []*body, many, dist int, push func(*body, int)) {
	if len(list) > many {
		return
	}
	for _, bd := range list {
		push(bd, dist)
	}
}

// throughInterface adds the callers of a method that call it through an interface.
func (c *chooser) throughInterface(m *types.Func, dist int, push func(*body, int)) {
	for _, fn := range c.dynamic[m.Name()] {
		if fn != m {
			c.around(c.callers[fn], c.b.extent.users, dist, push)
		}
	}
}
