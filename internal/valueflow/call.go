package valueflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
)

// call adds the edges of a call and returns the nodes of its results.
func (b *builder) call(x *ast.CallExpr) []ID {
	if r, ok := b.results[x]; ok {
		return r
	}
	b.results[x] = nil // a call inside its own function literal argument
	r := b.evalCall(x)
	b.results[x] = r
	return r
}

func (b *builder) evalCall(x *ast.CallExpr) []ID {
	fun := ast.Unparen(x.Fun)
	if b.isType(fun) {
		if len(x.Args) != 1 {
			return nil
		}
		return []ID{b.convert(x)}
	}
	if r, ok := b.builtin(fun, x); ok {
		return r
	}
	c := Call{CallSite: &CallSite{Span: b.callSpan(x)}}
	args := x.Args
	fn, sel := b.callee(fun)
	if sel != nil && !b.isPackage(sel.X) {
		if s := b.info.Selections[sel]; s != nil && s.Kind() == types.MethodExpr && len(args) > 0 {
			c.RecvNode, c.RecvSpan = b.val(args[0]), b.span(args[0])
			args = args[1:]
		} else if fn != nil || b.info.Uses[sel.Sel] == nil {
			c.RecvNode, c.RecvSpan = b.receiver(sel), b.span(sel.X)
		}
	}
	for _, a := range args {
		c.Args = append(c.Args, b.val(a))
		c.ArgSpans = append(c.ArgSpans, b.span(a))
	}
	c.Site = b.node(Node{Value: &Value{Span: c.Span}}, types.Typ[types.Bool])
	index := int32(len(b.Calls))
	b.Calls = append(b.Calls, c) // results name it
	b.name0(fun, fn, sel, &c)
	c.Results = b.callResults(x, index, c.Is(library.Signer))
	if len(c.Results) > 0 {
		c.Type = typeText(b.info.TypeOf(x))
	}
	switch {
	case fn != nil && isInterfaceMethod(fn):
		b.interfaceCall(fn, &c, x, args, index)
	case fn != nil:
		f := b.functionOf(fn)
		// For a function of the program, its body counts, even if the table has a row because it is a library for others.
		if f != nil && (c.row == nil || b.ownModule(fn.Pkg().Path())) {
			c.InSight, c.row = true, nil
			b.enter(f, &c)
		} else {
			for _, r := range c.Results {
				b.Nodes[r].left = b.left[fn]
			}
			b.outside(&c, x, args, index)
		}
	case sel != nil && b.info.Uses[sel.Sel] == nil || c.Name != "":
		// Types are missing.
		b.Partial[b.Path] = true
		b.outside(&c, x, args, index)
	default:
		b.dynamicCall(fun, &c, x, args, index)
	}
	b.Calls[index] = c
	return c.Results
}

// callSpan returns the span of a call. Its line is the line of the method's name: a chain of calls may begin many lines above.
func (b *builder) callSpan(x *ast.CallExpr) Span {
	s := b.span(x)
	if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
		if at := b.span(sel.Sel); at.Line > s.Line {
			s.Line, s.Column = at.Line, at.Column
		}
	}
	return s
}

// callee returns the function that an expression names, and the selector if it is one.
func (b *builder) callee(fun ast.Expr) (*types.Func, *ast.SelectorExpr) {
	switch f := fun.(type) {
	case *ast.IndexExpr:
		return b.callee(ast.Unparen(f.X))
	case *ast.IndexListExpr:
		return b.callee(ast.Unparen(f.X))
	case *ast.Ident:
		fn, _ := b.info.Uses[f].(*types.Func)
		if fn != nil {
			fn = fn.Origin()
		}
		return fn, nil
	case *ast.SelectorExpr:
		fn, _ := b.info.Uses[f.Sel].(*types.Func)
		if fn != nil {
			fn = fn.Origin()
		}
		return fn, f
	}
	return nil, nil
}

// name0 names the callee and looks it up in the table.
func (b *builder) name0(fun ast.Expr, fn *types.Func, sel *ast.SelectorExpr, c *Call) {
	switch {
	case fn != nil:
		if fn.Pkg() != nil {
			c.Pkg, c.PkgName = fn.Pkg().Path(), fn.Pkg().Name()
		}
		c.Recv, _ = receiverName(fn)
		c.Name = fn.Name()
		b.lookup(c)
		if c.row == nil && isInterfaceMethod(fn) {
			if isDoer(fn.Type()) {
				c.row = doer()
			} else if row, ok := library.LookupShape(fn); ok && row.Role == library.Send {
				c.row = row
			}
		}
	case sel != nil && b.info.Uses[sel.Sel] == nil:
		c.Name = sel.Sel.Name
		if path := b.packagePath(sel.X); path != "" {
			c.Pkg = path
			b.lookup(c)
			return
		}
		c.Broken = true
		if pkg, name := namedType(b.info.TypeOf(sel.X)); name != "" {
			c.Pkg, c.Recv = pkg, name
			b.lookup(c)
		}
		if c.row == nil {
			if row, ok := library.LookupBroken(b.fileImports(), c.Name); ok {
				c.row = row
				c.Pkg, c.Recv = row.Pkg, row.Recv
			}
		}
	default:
		if isDoer(b.info.TypeOf(fun)) {
			c.row = doer()
		}
		if id, ok := fun.(*ast.Ident); ok && b.info.Uses[id] == nil {
			c.Name, c.Broken = id.Name, true
		}
	}
}

func (b *builder) lookup(c *Call) {
	if c.Pkg == b.Path {
		return
	}
	if row, ok := library.Lookup(c.Pkg, c.Recv, c.Name); ok {
		c.row = row
	}
}

func (b *builder) fileImports() []string {
	var paths []string
	for _, imp := range b.file.Imports {
		paths = append(paths, strings.Trim(imp.Path.Value, "`\""))
	}
	return paths
}

// doer returns the row for any function that sends a request and returns the answer.
func doer() *library.Func {
	row, _ := library.Lookup("net/http", "Client", "Do")
	return row
}

// isDoer reports whether the type is func(*http.Request) (*http.Response, error).
func isDoer(t types.Type) bool {
	if t == nil {
		return false
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() == 0 || sig.Results().Len() != 2 {
		return false
	}
	pp, pn := namedType(sig.Params().At(sig.Params().Len() - 1).Type())
	rp, rn := namedType(sig.Results().At(0).Type())
	return pp == "net/http" && pn == "Request" && rp == "net/http" && rn == "Response"
}

func isInterfaceMethod(fn *types.Func) bool {
	sig, ok := fn.Type().(*types.Signature)
	return ok && sig.Recv() != nil && types.IsInterface(sig.Recv().Type())
}

func typeText(t types.Type) string {
	if tup, ok := t.(*types.Tuple); ok {
		if tup.Len() == 0 {
			return ""
		}
		t = tup.At(0).Type()
	}
	pkg, name := namedType(t)
	if pkg == "" {
		return name
	}
	return pkg + "." + name
}

// callResults makes the nodes of the results. The first result of a signer is interesting for any type:
// a context can hold a key.
func (b *builder) callResults(x *ast.CallExpr, index int32, signer bool) []ID {
	t := b.info.TypeOf(x)
	mk := func(t types.Type, i int) ID {
		if t != nil && !interesting(t) && (!signer || i > 0) {
			return 0
		}
		return b.node(Node{Kind: Called, Call: index + 1, Value: &Value{Span: b.span(x), Index: i}}, t)
	}
	if tup, ok := t.(*types.Tuple); ok {
		ids := make([]ID, tup.Len())
		for i := range ids {
			ids[i] = mk(tup.At(i).Type(), i)
		}
		return ids
	}
	return []ID{mk(t, 0)}
}

// convert is T(x).
func (b *builder) convert(x *ast.CallExpr) ID {
	v := b.val(x.Args[0])
	t := b.info.TypeOf(x)
	if pkg, name := namedType(t); name != "" && t != nil {
		if _, ok := t.Underlying().(*types.Signature); ok && b.inSight(pkg) {
			// The method of a named function type calls any function that is converted to the type.
			b.connect(Edge{From: v, To: b.named(Node{Kind: Global, Value: &Value{Name: "type " + pkg + "." + name, Text: name}}, t)})
		}
	}
	return v
}

func (b *builder) builtin(fun ast.Expr, x *ast.CallExpr) ([]ID, bool) {
	id, ok := fun.(*ast.Ident)
	if !ok {
		return nil, false
	}
	if _, ok := b.info.Uses[id].(*types.Builtin); !ok {
		return nil, false
	}
	switch id.Name {
	case "append":
		n := b.node(Node{Value: &Value{Span: b.span(x), Text: "append"}}, b.info.TypeOf(x))
		for _, a := range x.Args {
			b.connect(Edge{From: b.val(a), To: n})
		}
		return []ID{n}, true
	case "copy":
		if len(x.Args) == 2 {
			b.connect(Edge{From: b.val(x.Args[1]), To: b.val(x.Args[0])})
		}
		return nil, true
	case "new", "make":
		t := b.info.TypeOf(x)
		if !interesting(t) {
			return nil, true
		}
		pkg, name := namedType(t)
		n := b.node(Node{Kind: Lit, Value: &Value{Span: b.span(x), Text: strings.TrimPrefix(pkg+"."+name, ".")}}, t)
		if name != "" {
			b.Structs = append(b.Structs, Structure{Pkg: pkg, Name: name, Node: n, Span: b.span(x)})
		}
		return []ID{n}, true
	}
	for _, a := range x.Args {
		b.val(a)
	}
	return nil, true
}

// enter connects a call with a function whose body is known.
func (b *builder) enter(f *function, c *Call) {
	b.connect(Edge{From: c.RecvNode, To: f.recv, Kind: Open, Site: c.Site})
	for i, a := range c.Args {
		j := i
		if j >= len(f.params) {
			j = len(f.params) - 1
		}
		if j >= 0 {
			b.connect(Edge{From: a, To: f.params[j], Kind: Open, Site: c.Site})
		}
	}
	if len(c.Args) == 1 && len(f.params) > 1 { // f(g())
		for i, r := range b.spread(c.Args[0]) {
			if i < len(f.params) {
				b.connect(Edge{From: r, To: f.params[i], Kind: Open, Site: c.Site})
			}
		}
	}
	for i, r := range f.results {
		if i < len(c.Results) {
			b.connect(Edge{From: r, To: c.Results[i], Kind: Close, Site: c.Site})
		}
	}
}

// spread returns all results of the call whose first result a node is.
func (b *builder) spread(n ID) []ID {
	if n == 0 {
		return nil
	}
	if c := b.MadeBy(n); c != nil && b.Nodes[n].Index == 0 {
		return c.Results
	}
	return nil
}

// dynamicSite is the text of the node that stands for the call of a function value.
const dynamicSite = "()"

func (b *builder) dynamicCall(fun ast.Expr, c *Call, x *ast.CallExpr, args []ast.Expr, index int32) {
	f := b.val(fun)
	b.Nodes[c.Site].Text = dynamicSite
	if c.row != nil {
		b.outside(c, x, args, index)
	}
	if f != 0 {
		b.dynamic = append(b.dynamic, dynamicCall{index, f})
	}
}

// outside adds the edges of a call of an unknown function: those of its row in the table, or
// conservative ones.
func (b *builder) outside(c *Call, x *ast.CallExpr, args []ast.Expr, index int32) {
	for _, a := range c.Args {
		if a != 0 && b.Nodes[a].Kind != Const {
			b.passed = append(b.passed, passedFunc{index, a})
		}
	}
	if c.Pkg == "fmt" && b.format(c, x, args, index) {
		return
	}
	if c.row != nil {
		if b.templated(c, x, args) {
			return
		}
		b.byRow(c, args, index)
		b.written(c, x, args)
		if c.Pkg == "strings" && c.Name == "Join" && len(args) == 2 && len(c.Results) > 0 {
			b.joinedList(c.Results[0], args[0], args[1], x)
		}
		return
	}
	from := append([]ID{c.RecvNode}, c.Args...)
	for i, r := range c.Results {
		if b.carriedByFields(c, x, i) {
			continue
		}
		for _, f := range from {
			b.connect(Edge{From: f, To: r, Kind: Derived, Call: index + 1})
		}
	}
	if c.RecvNode != 0 && mutates(c.Name) {
		key, value := b.keyed(args)
		for i, a := range c.Args {
			if i == value {
				b.put(c.RecvNode, args[key], a, x, args[i])
				b.mark(c.RecvNode)
				continue
			}
			b.connect(Edge{From: a, To: c.RecvNode, Kind: Derived, Call: index + 1})
			if a != 0 {
				b.mark(c.RecvNode)
			}
		}
	}
	for i, a := range args {
		if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND {
			for j, f := range from {
				if j != i+1 {
					b.connect(Edge{From: f, To: c.Args[i], Kind: Derived, Call: index + 1})
				}
			}
			b.mark(c.Args[i])
		}
	}
}

// carriedByFields reports whether a result of a function needs no edges from its arguments: the function's package was
// analysed and has no facts about it, and the result is a structure of the program, whose fields have nodes of their own.
func (b *builder) carriedByFields(c *Call, x *ast.CallExpr, result int) bool {
	if c.Pkg == "" || c.Pkg == b.Path || !b.local[c.Pkg] {
		return false
	}
	t := b.info.TypeOf(x)
	if tup, ok := t.(*types.Tuple); ok && result < tup.Len() {
		t = tup.At(result).Type()
	}
	pkg, _ := namedType(t)
	return pkg != "" && b.local[pkg] && structOf(t) != nil
}

// keyed recognises a setter of one parameter, f(key, value) with a constant key, by its arguments.
func (b *builder) keyed(args []ast.Expr) (key, value int) {
	if len(args) == 2 {
		if _, ok := b.text(args[0]); ok {
			return 0, 1
		}
	}
	return -1, -1
}

// mutates reports whether a method of that name, of an unknown type, changes its receiver.
func mutates(name string) bool {
	for _, p := range []string{"Set", "Add", "Write", "With", "Append", "Put", "Encode", "Body", "Form", "Param", "Field", "Query", "Send", "Insert", "Push", "Copy", "Attach"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

func (b *builder) format(c *Call, x *ast.CallExpr, args []ast.Expr, index int32) bool {
	switch c.Name {
	case "Sprintf":
		if len(args) > 0 && len(c.Results) > 0 {
			b.formatted(c.Results[0], args[0], args[1:], x)
		}
	case "Fprintf", "Appendf":
		if len(args) > 1 {
			b.formatted(c.Args[0], args[1], args[2:], x)
			b.mark(c.Args[0])
			if c.Name == "Appendf" {
				b.connect(Edge{From: c.Args[0], To: c.Results[0]})
			}
		}
	case "Sprint", "Sprintln":
		if len(c.Results) > 0 {
			b.joined(c.Results[0], args, x)
		}
	case "Fprint", "Fprintln":
		if len(args) > 0 {
			b.joined(c.Args[0], args[1:], x)
			b.mark(c.Args[0])
		}
	case "Errorf", "Printf", "Println", "Print":
	default:
		return false
	}
	return true
}
