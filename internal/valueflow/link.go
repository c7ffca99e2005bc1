package valueflow

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
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
	if b.inSight(fn.Pkg().Path()) {
		c.InSight = true
	} else {
		b.outside(c, x, args, index)
	}
	b.ifaces[fn] = true
}

// ifaceFunc returns the function that stands for all methods behind an interface's method.
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
	f.recv = b.named(Node{Kind: Param, Name: name + "$recv", Text: fn.Name()}, sig.Recv().Type())
	for i := range sig.Params().Len() {
		var id ID
		if t := sig.Params().At(i).Type(); interesting(t) {
			id = b.named(Node{Kind: Param, Name: name + "$p" + strconv.Itoa(i), Text: sig.Params().At(i).Name()}, t)
		}
		f.params = append(f.params, id)
	}
	for i := range sig.Results().Len() {
		var id ID
		if t := sig.Results().At(i).Type(); interesting(t) {
			id = b.named(Node{Kind: Result, Name: name + "$r" + strconv.Itoa(i), Text: fn.Name()}, t)
		}
		f.results = append(f.results, id)
	}
	b.funcs[name] = f
	return f
}

// linkInterfaces connects interface methods with the methods of the types in sight that implement them.
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
			// An upper package may call what this one declares; and this one may implement
			// what a lower one calls.
			for i := range it.NumMethods() {
				m := it.Method(i)
				if own || b.byName[m.FullName()+"$recv"] != 0 {
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
	for m := range methods {
		recv := m.Type().(*types.Signature).Recv()
		it, ok := recv.Type().Underlying().(*types.Interface)
		if !ok || it.NumMethods() == 0 {
			continue
		}
		for _, t := range concrete {
			ptr := types.NewPointer(t)
			if !types.Implements(ptr, it) {
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

// resolveDynamic connects calls through function values with the functions that they may be, and
// function values that are handed to functions outside with the call that hands them over.
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

// isMethodExpr reports whether a function value takes its receiver as first argument: the literal
// source is T.Method, not value.Method, which has its receiver bound.
func (b *builder) isMethodExpr(fun ID) bool {
	for _, i := range b.in[fun] {
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

// targets returns the functions that a value may be, looking back over copies, parameters and results.
func (b *builder) targets(n ID) []target {
	var found []target
	seen := map[ID]bool{n: true}
	queue := []ID{n}
	for len(queue) > 0 && len(seen) < 200 {
		n := queue[0]
		queue = queue[1:]
		if b.Nodes[n].Kind == Func {
			if t, ok := b.funcOf[n]; ok {
				found = append(found, t)
			} else if f := b.functionNamed(strings.TrimPrefix(b.Nodes[n].Name, "func ")); f != nil {
				found = append(found, target{fn: f})
			}
			continue
		}
		for _, i := range b.in[n] {
			e := &b.Edges[i]
			if (e.Kind == Plain || e.Kind == Open || e.Kind == Close || e.Kind == Put && e.Key == "") && !seen[e.From] {
				seen[e.From] = true
				queue = append(queue, e.From)
			}
		}
		// A receiver of a named function type.
		if b.Nodes[n].Kind == Param {
			if recv, ok := strings.CutSuffix(b.Nodes[n].Name, "$recv"); ok {
				if id := b.byName["type "+recvType(recv)]; id != 0 && !seen[id] {
					seen[id] = true
					queue = append(queue, id)
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
