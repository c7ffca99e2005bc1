package valueflow

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/library"
)

// interfaceCall connects a call of an interface's method with the method, which linkInterfaces
// connects with the methods of the types that implement it.
func (b *builder) interfaceCall(fn *types.Func, c *Call, x *ast.CallExpr, args []ast.Expr, index int32) {
	if c.row != nil || fn.Pkg() == nil || !strings.Contains(fn.Pkg().Path(), ".") && fn.Pkg() != b.pass.Pkg && !b.inSight(fn.Pkg().Path()) {
		b.outside(c, x, args, index)
		return
	}
	f := b.ifaceFunc(fn)
	b.enter(f, c)
	c.InSight, c.Abstract = true, true
	b.abstract = append(b.abstract, abstractCall{index, fn, f, x, args, b.name, b.file})
	b.ifaces[fn] = true
}

// An abstractCall is the call of an interface's method.
type abstractCall struct {
	call   int32
	method *types.Func
	fn     *function
	x      *ast.CallExpr
	args   []ast.Expr
	name   string
	file   *ast.File
}

// openAbstract treats calls of interface methods without a known implementation as calls of
// unknown functions.
func (b *builder) openAbstract() {
	for _, a := range b.abstract {
		if a.fn.linked {
			continue
		}
		c := b.Calls[a.call]
		c.InSight = false
		if row, ok := library.LookupShape(a.method); ok {
			c.row = row
		}
		b.name, b.file = a.name, a.file
		b.outside(&c, a.x, a.args, a.call)
		b.name = ""
		b.Calls[a.call] = c
	}
}

// ifaceFunc returns the function that stands for all implementations of an interface's method.
func (b *builder) ifaceFunc(fn *types.Func) *function {
	name := fn.FullName()
	if recv, ok := receiverName(fn); ok && recv == "" {
		name = b.Path + ".interface." + fn.Name() // of an interface literal
	}
	if f := b.funcs[name]; f != nil {
		return f
	}
	f := &function{name: name}
	sig := fn.Type().(*types.Signature)
	f.vari = sig.Variadic()
	f.recv = b.named(Node{Kind: Param, Value: &Value{Name: name + "$recv", Text: fn.Name()}}, sig.Recv().Type())
	for i := range sig.Params().Len() {
		var id ID
		if t := sig.Params().At(i).Type(); interesting(t) {
			id = b.named(Node{Kind: Param, Value: &Value{Name: name + "$p" + strconv.Itoa(i), Text: sig.Params().At(i).Name()}}, t)
		}
		f.params = append(f.params, id)
	}
	for i := range sig.Results().Len() {
		var id ID
		if t := sig.Results().At(i).Type(); interesting(t) {
			id = b.named(Node{Kind: Result, Value: &Value{Name: name + "$r" + strconv.Itoa(i), Text: fn.Name()}}, t)
		}
		f.results = append(f.results, id)
	}
	b.funcs[name] = f
	return f
}

// linkInterfaces connects interface methods with their known implementations.
func (b *builder) linkInterfaces() {
	var concrete []*types.Named
	methods := b.ifaces
	scan := func(p *types.Package, own bool) {
		scope := p.Scope()
		for _, name := range scope.Names() {
			tn, ok := scope.Lookup(name).(*types.TypeName)
			if !ok || tn.IsAlias() {
				continue
			}
			named, ok := tn.Type().(*types.Named)
			if !ok || named.TypeParams().Len() > 0 {
				continue
			}
			it, isIface := named.Underlying().(*types.Interface)
			if !isIface {
				concrete = append(concrete, named)
				continue
			}
			// A higher package may call an interface of this package, and this package may implement
			// an interface that a lower package calls.
			for i := range it.NumMethods() {
				m := it.Method(i)
				if name := m.FullName(); own || b.byName[name+"$recv"] != 0 || b.byName[name+"$r0"] != 0 || b.byName[name+"$p0"] != 0 {
					methods[m] = true
				}
			}
		}
	}
	scan(b.pass.Pkg, true)
	for _, p := range b.pass.Pkg.Imports() {
		if b.local[p.Path()] {
			scan(p, false)
		}
	}
	byMethod := map[string][]*types.Named{}
	var embedding []*types.Named
	for _, t := range concrete {
		for i := range t.NumMethods() {
			name := t.Method(i).Name()
			byMethod[name] = append(byMethod[name], t)
		}
		if s := structOf(t); s != nil {
			for i := range s.NumFields() {
				if s.Field(i).Embedded() {
					embedding = append(embedding, t)
					break
				}
			}
		}
	}
	type pair struct {
		t  *types.Named
		it *types.Interface
	}
	implements := map[pair]bool{}
	// In a fixed order: the order of edges decides the order of walks.
	type method struct {
		*types.Func
		name string
	}
	sorted := make([]method, 0, len(methods))
	for m := range methods {
		sorted = append(sorted, method{m, m.FullName()})
	}
	slices.SortFunc(sorted, func(x, y method) int { // positions in a FileSet depend on the order in which files were parsed
		p, q := b.pass.Fset.PositionFor(x.Pos(), false), b.pass.Fset.PositionFor(y.Pos(), false)
		return cmp.Or(strings.Compare(x.name, y.name), strings.Compare(p.Filename, q.Filename), cmp.Compare(p.Offset, q.Offset))
	})
	for _, method := range sorted {
		m := method.Func
		recv := m.Type().(*types.Signature).Recv()
		it, ok := recv.Type().Underlying().(*types.Interface)
		if !ok || it.NumMethods() == 0 {
			continue
		}
		for _, t := range append(byMethod[m.Name()], embedding...) {
			ptr := types.NewPointer(t)
			is, ok := implements[pair{t, it}]
			if !ok {
				is = types.Implements(ptr, it)
				implements[pair{t, it}] = is
			}
			if !is {
				continue
			}
			obj, _, _ := types.LookupFieldOrMethod(ptr, true, b.pass.Pkg, m.Name())
			fn, ok := obj.(*types.Func)
			if !ok || isInterfaceMethod(fn) {
				continue
			}
			if f := b.functionOf(fn); f != nil {
				b.same(b.ifaceFunc(m), f)
			}
		}
	}
}

// same makes one function stand for another.
func (b *builder) same(iface, impl *function) {
	iface.linked = true
	b.connect(Edge{From: iface.recv, To: impl.recv})
	for i, p := range iface.params {
		if i < len(impl.params) {
			b.connect(Edge{From: p, To: impl.params[i]})
		}
	}
	for i, r := range iface.results {
		if i < len(impl.results) {
			b.connect(Edge{From: impl.results[i], To: r})
		}
	}
}

// resolveDynamic connects calls through function values with the possible functions, and
// function values that are passed to unknown functions with that call.
func (b *builder) resolveDynamic() {
	for _, d := range b.dynamic {
		targets := b.targets(d.fun)
		c := &b.Calls[d.call]
		for _, t := range targets {
			if t.fn != nil {
				c.InSight = true
				b.enter(t.fn, c)
				continue
			}
			if c.row == nil {
				c.Pkg, c.Recv, c.Name = t.pkg, t.recv, t.fun
				b.lookup(c)
				if c.row != nil && c.Recv != "" && c.RecvNode == 0 && len(c.Args) > 0 && b.isMethodExpr(d.fun) {
					c.RecvNode, c.RecvSpan = c.Args[0], c.ArgSpans[0]
					c.Args, c.ArgSpans = c.Args[1:], c.ArgSpans[1:]
				}
				if c.row != nil {
					b.byRow(c, make([]ast.Expr, len(c.Args)), d.call)
				}
			}
		}
		if len(targets) == 0 && c.row == nil {
			for _, r := range c.Results {
				for _, a := range c.Args {
					b.connect(Edge{From: a, To: r, Kind: Derived, Call: d.call + 1})
				}
				b.connect(Edge{From: d.fun, To: r, Kind: Derived, Call: d.call + 1})
			}
		}
	}
	for _, p := range b.passed {
		c := &b.Calls[p.call]
		if !b.mayBeFunc(p.fun) {
			continue
		}
		for _, t := range b.targets(p.fun) {
			if t.fn == nil {
				continue
			}
			for _, r := range t.fn.results {
				for _, res := range c.Results {
					b.connect(Edge{From: r, To: res, Kind: Derived, Call: p.call + 1})
				}
			}
			for _, a := range c.Args {
				if a == p.fun {
					continue
				}
				for _, q := range t.fn.params {
					b.connect(Edge{From: a, To: q, Kind: Derived, Call: p.call + 1})
				}
			}
		}
	}
}

// resolveBelow connects calls of function values in lower packages with functions that this package passes to them, such as a field of a
// client with a function that returns a token.
func (b *builder) resolveBelow() {
	for i := range b.Own {
		c := &b.Calls[i]
		if b.Nodes[c.Site].Text != dynamicSite || c.row != nil {
			continue
		}
		seen := map[ID]bool{}
		for _, r := range c.Results {
			for j := range b.In(r) {
				e := &b.Edges[j]
				if e.Kind != Derived || int(e.Call)-1 != i || seen[e.From] || slices.Contains(c.Args, e.From) || !b.mayBeFunc(e.From) {
					continue
				}
				seen[e.From] = true
				for _, t := range b.targets(e.From) {
					if t.fn != nil && !b.entered(t.fn, c) {
						b.enter(t.fn, c)
					}
				}
			}
		}
	}
}

// entered reports whether a call is connected with a function.
func (b *builder) entered(f *function, c *Call) bool {
	for i, r := range f.results {
		if r == 0 || i >= len(c.Results) {
			continue
		}
		for j := range b.In(c.Results[i]) {
			if e := &b.Edges[j]; e.From == r && e.Site == c.Site {
				return true
			}
		}
	}
	return false
}

// resolveBroken finds callees whose receiver has no type by the literal from which the receiver comes:
// conf := &jwt.Config{…}; conf.Client(ctx).
func (b *builder) resolveBroken() {
	var types map[ID]Structure
	for i := b.Own; i < len(b.Calls); i++ {
		c := &b.Calls[i]
		if !c.Broken || c.row != nil || c.RecvNode == 0 {
			continue
		}
		if types == nil {
			types = make(map[ID]Structure, len(b.Structs))
			for _, s := range b.Structs {
				types[s.Node] = s
			}
		}
		seen := map[ID]bool{c.RecvNode: true}
		queue := []ID{c.RecvNode}
		for len(queue) > 0 && len(seen) < 50 && c.row == nil {
			n := queue[0]
			queue = queue[1:]
			if s, ok := types[n]; ok && s.Pkg != "" {
				c.Pkg, c.Recv = s.Pkg, s.Name
				b.lookup(c)
			}
			if m := b.MadeBy(n); m != nil && m.row != nil && m.row.Role == library.Parse && m.row.Grant != "" {
				// google.JWTConfigFromJSON makes a jwt.Config.
				c.Pkg, c.Recv = "golang.org/x/oauth2/jwt", "Config"
				b.lookup(c)
			}
			for e := range b.In(n) {
				if k := b.Edges[e].Kind; (k == Plain || k == Open || k == Close) && !seen[b.Edges[e].From] {
					seen[b.Edges[e].From] = true
					queue = append(queue, b.Edges[e].From)
				}
			}
		}
		if c.row != nil {
			b.byRow(c, make([]ast.Expr, len(c.Args)), int32(i))
		} else {
			c.Pkg, c.Recv = "", ""
		}
	}
}

// isMethodExpr reports whether a function value takes its receiver as first argument: the literal
// source is T.Method, not value.Method, which has its receiver bound.
func (b *builder) isMethodExpr(fun ID) bool {
	for i := range b.In(fun) {
		if b.Nodes[b.Edges[i].From].Kind == Func {
			return true
		}
	}
	return false
}

func (b *builder) mayBeFunc(n ID) bool {
	node := &b.Nodes[n]
	return node.Kind == Func || !node.Holds && !node.Bytes
}

// targets returns the functions that a value may be. It walks back through copies, parameters, results, and the parts of maps and
// structures.
func (b *builder) targets(n ID) []target {
	// A place is a node, or the part key of it.
	type place struct {
		node ID
		part bool
		key  string
	}
	var found []target
	seen := map[place]bool{{node: n}: true}
	queue := []place{{node: n}}
	push := func(p place) {
		if !seen[p] {
			seen[p] = true
			queue = append(queue, p)
		}
	}
	for len(queue) > 0 && len(seen) < 200 {
		p := queue[0]
		n := p.node
		queue = queue[1:]
		if b.Nodes[n].Kind == Func && !p.part {
			if t, ok := b.funcOf[n]; ok {
				found = append(found, t)
			} else if f := b.functionNamed(strings.TrimPrefix(b.Nodes[n].Name, "func ")); f != nil {
				found = append(found, target{fn: f})
			}
			continue
		}
		for i := range b.In(n) {
			switch e := &b.Edges[i]; e.Kind {
			case Plain, Open, Close:
				push(place{e.From, p.part, p.key})
			case Proj:
				if !p.part {
					push(place{e.From, true, e.Key})
				}
			case Put:
				if p.part && (e.Key == p.key || e.Key == "" || p.key == "") || e.Key == "" {
					push(place{node: e.From})
				}
			}
		}
		// A receiver of a named function type.
		if b.Nodes[n].Kind == Param && !p.part {
			if recv, ok := strings.CutSuffix(b.Nodes[n].Name, "$recv"); ok {
				if id := b.byName["type "+recvType(recv)]; id != 0 {
					push(place{node: id})
				}
			}
		}
	}
	return found
}

// recvType cuts the type out of a method's full name: "(*p.T).M" and "(p.T).M" are "p.T".
func recvType(method string) string {
	s := strings.TrimLeft(method, "(*")
	t, _, _ := strings.Cut(s, ").")
	return t
}

func (b *builder) functionNamed(name string) *function {
	if f := b.funcs[name]; f != nil {
		return f
	}
	f := &function{name: name, recv: b.byName[name+"$recv"]}
	any := f.recv != 0
	for i := range 8 {
		p, r := b.byName[name+"$p"+strconv.Itoa(i)], b.byName[name+"$r"+strconv.Itoa(i)]
		any = any || p != 0 || r != 0
		f.params = append(f.params, p)
		f.results = append(f.results, r)
	}
	if !any {
		return nil
	}
	b.funcs[name] = f
	return f
}
