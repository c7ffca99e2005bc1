package plan

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"jwtretire.example/analyzer/flow"
)

// A point is where the access token comes out: the call whose answer is decoded, in the function
// that decodes it. The call is the one that sends, or a call of a function that does and hands the
// answer up: its response, its bytes, or what it decoded into an argument.
type point struct {
	fn   *fn
	call *ast.CallExpr
	stmt ast.Stmt // the statement that holds the call: an assignment, or an if with the call in its init

	resp   types.Object // the variable that the answer is in; nil where it goes into target
	err    types.Object // the error variable; nil where the error is dropped or there is none
	target ast.Expr     // the argument that the carrier decodes into

	carriers []*fn // the functions between the point and the send
}

// A reasonError is why a flow is not rewritten. Its text completes "not rewritten: …".
type reasonError struct{ msg string }

func (e *reasonError) Error() string { return e.msg }

func because(format string, args ...any) error { return &reasonError{fmt.Sprintf(format, args...)} }

// findPoint follows the answer of the send upwards until somebody decodes it.
func (p *planner) findPoint(fl *flow.Flow) (*point, error) {
	f, call := p.ix.call(fl.Send)
	if call == nil {
		return nil, because("the call that sends the request was not found")
	}
	pt := &point{call: call}
	for range 8 {
		pt.fn = p.ix.enclosing(f, pt.call)
		if pt.fn == nil {
			return nil, because("the exchange is outside of any function (%s)", f.place(pt.call))
		}
		pt.stmt = f.stmt(pt.call)
		pt.resp, pt.err = nil, nil
		switch s := pt.stmt.(type) {
		case *ast.AssignStmt:
			if len(s.Rhs) != 1 || ast.Unparen(s.Rhs[0]) != pt.call {
				return nil, because("the result of the exchange is used inside a larger expression (%s)", f.place(pt.call))
			}
			p.bind(f, s, pt)
			if pt.target != nil {
				return pt, nil
			}
			if pt.resp == nil {
				return nil, because("the answer of the exchange is not kept (%s)", f.place(pt.call))
			}
			if p.decodes(pt) {
				return pt, nil
			}
			if !p.returnsResponse(pt) {
				return nil, because("what becomes of the answer could not be followed (%s)", f.place(pt.call))
			}
		case *ast.ReturnStmt:
			if len(s.Results) != 1 || ast.Unparen(s.Results[0]) != pt.call {
				if pt.target == nil {
					return nil, because("the result of the exchange is used inside a larger expression (%s)", f.place(pt.call))
				}
			}
			if pt.target != nil && !p.handsUp(pt) {
				return pt, nil
			}
		case *ast.ExprStmt:
			if pt.target != nil {
				return pt, nil
			}
			return nil, because("the answer of the exchange is dropped (%s)", f.place(pt.call))
		default:
			return nil, because("the exchange stands in a statement that cannot be rewritten (%s)", f.place(pt.call))
		}
		// The answer goes to the caller.
		if pt.fn.obj == nil {
			return nil, because("the answer leaves a function literal (%s)", f.place(pt.call))
		}
		site, err := p.callerOf(pt.fn, fl)
		if err != nil {
			return nil, err
		}
		pt.carriers = append(pt.carriers, pt.fn)
		if idx, ok := p.outParam(pt); ok {
			pt.target = argument(site.call, idx)
		} else {
			pt.target = nil
		}
		f, pt.call = site.file, site.call
	}
	return nil, because("the answer of the exchange is handed on too often")
}

// bind takes the variables from `resp, err := call`.
func (p *planner) bind(f *file, s *ast.AssignStmt, pt *point) {
	for _, l := range s.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok || id.Name == "_" {
			continue
		}
		obj := f.object(id)
		if obj == nil {
			continue
		}
		if isError(obj.Type()) {
			pt.err = obj
		} else if pt.resp == nil && pt.target == nil {
			pt.resp = obj
		}
	}
}

func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// callerOf chooses the call of d that belongs to the flow.
func (p *planner) callerOf(d *fn, fl *flow.Flow) (callSite, error) {
	sites, _ := p.ix.callers(d.obj)
	var own []callSite
	for _, s := range sites {
		if e := p.ix.outer(s.file, s.call); e != nil && e.obj != nil && e.obj != d.obj && p.onFlow(e, fl) {
			own = append(own, s)
		}
	}
	if len(own) == 0 {
		own = sites
	}
	switch len(own) {
	case 1:
		return own[0], nil
	case 0:
		return callSite{}, because("the answer leaves %s, and nothing in sight calls it", d.obj.Name())
	}
	return callSite{}, because("the answer leaves %s, which is called from %d places", d.obj.Name(), len(own))
}

// onFlow reports whether a function holds a part of the flow, or calls one that does.
func (p *planner) onFlow(d *fn, fl *flow.Flow) bool {
	holds := func(s flow.Span) bool {
		if s.IsZero() || s.File != d.file.path {
			return false
		}
		return s.Offset >= d.file.offset(d.node.Pos()) && s.End <= d.file.offset(d.node.End())
	}
	test := func(d *fn) bool {
		if holds(fl.Assertion) {
			return true
		}
		for _, fld := range fl.Fields {
			if holds(fld.Put) {
				return true
			}
		}
		for _, s := range fl.Steps {
			if (s.Role == flow.Sign || s.Role == flow.Claims) && holds(s.Span) {
				return true
			}
		}
		return false
	}
	if test(d) {
		return true
	}
	found := false
	ast.Inspect(d.body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && !found {
			if m := p.ix.target(d.file, c); m != nil && m.node != d.node {
				save := d
				d = m
				found = test(m)
				d = save
			}
		}
		return !found
	})
	return found
}

// returnsResponse reports whether the answer, or bytes read from it, is returned.
func (p *planner) returnsResponse(pt *point) bool {
	der := p.derived(pt)
	found := false
	ast.Inspect(pt.fn.body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		r, ok := n.(*ast.ReturnStmt)
		if !ok {
			return true
		}
		for _, e := range r.Results {
			if carries(pt.fn.file.typeOf(e)) && der.in(pt.fn.file, e) {
				found = true
			}
		}
		if len(r.Results) == 0 {
			for _, fld := range results(pt.fn) {
				if obj := pt.fn.file.pkg.Info.Defs[fld]; obj != nil && der[obj] {
					found = true
				}
			}
		}
		return true
	})
	return found
}

func results(d *fn) []*ast.Ident {
	if d.typ.Results == nil {
		return nil
	}
	var out []*ast.Ident
	for _, fld := range d.typ.Results.List {
		out = append(out, fld.Names...)
	}
	return out
}

// carries reports whether a type can carry an undecoded answer: a response, a body, bytes, text.
func carries(t types.Type) bool {
	if t == nil {
		return false
	}
	switch s := t.String(); s {
	case "*net/http.Response", "io.ReadCloser", "io.Reader", "[]byte", "string", "*bytes.Buffer", "*bytes.Reader":
		return true
	}
	return false
}

// outParam returns the parameter that the function decodes the answer into.
func (p *planner) outParam(pt *point) (int, bool) {
	d := pt.fn
	index, found := 0, false
	check := func(e ast.Expr) {
		id := identOf(ast.Unparen(e))
		if id == nil {
			return
		}
		if i, ok := d.param(d.file.object(id)); ok && i >= 0 {
			index, found = i, true
		}
	}
	if pt.target != nil {
		check(pt.target)
		return index, found
	}
	if pt.resp == nil {
		return 0, false
	}
	der := p.derived(pt)
	for _, dec := range p.decodeCalls(d, der) {
		check(dec.target)
	}
	return index, found
}

// handsUp reports whether the point's target is a parameter of its own function.
func (p *planner) handsUp(pt *point) bool {
	_, ok := p.outParam(pt)
	return ok
}

// decodes reports whether the function decodes the answer into something of its own.
func (p *planner) decodes(pt *point) bool {
	decs := p.decodeCalls(pt.fn, p.derived(pt))
	for _, dec := range decs {
		id := identOf(ast.Unparen(dec.target))
		if id == nil {
			return true
		}
		if i, ok := pt.fn.param(pt.fn.file.object(id)); !ok || i < 0 {
			return true
		}
	}
	return false
}

// objects is a set of variables.
type objects map[types.Object]bool

// in reports whether n uses one of the variables.
func (o objects) in(f *file, n ast.Node) bool {
	if n == nil {
		return false
	}
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && o[f.object(id)] {
			found = true
		}
		return !found
	})
	return found
}

// derived collects the variables that hold the answer or something read from it and not decoded yet.
func (p *planner) derived(pt *point) objects {
	d := pt.fn
	f := d.file
	der := objects{}
	if pt.resp != nil {
		der[pt.resp] = true
	}
	for changed := true; changed; {
		changed = false
		mark := func(e ast.Expr) {
			id := identOf(e)
			if id == nil || id.Name == "_" {
				return
			}
			obj := f.object(id)
			if v, ok := obj.(*types.Var); ok && !der[obj] && !isError(v.Type()) && obj != pt.err && v.Parent() != v.Pkg().Scope() {
				der[obj] = true
				changed = true
			}
		}
		ast.Inspect(d.body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Pos() <= pt.call.Pos() && pt.call.End() <= n.End() {
					return true
				}
				if len(n.Rhs) == 1 {
					if der.in(f, n.Rhs[0]) && !p.isDecode(f, n.Rhs[0], der) && p.readsAnswer(f, n.Rhs[0], der) {
						for _, l := range n.Lhs {
							mark(l)
						}
					}
				} else {
					for i, r := range n.Rhs {
						if der.in(f, r) && p.readsAnswer(f, r, der) {
							mark(n.Lhs[i])
						}
					}
				}
			case *ast.ValueSpec:
				for _, v := range n.Values {
					if der.in(f, v) && p.readsAnswer(f, v, der) {
						for _, id := range n.Names {
							mark(id)
						}
					}
				}
			case *ast.CallExpr:
				// buf.ReadFrom(resp.Body), io.Copy(&buf, resp.Body)
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 0 {
					switch {
					case sel.Sel.Name == "ReadFrom" && der.in(f, n.Args[0]):
						mark(sel.X)
					case sel.Sel.Name == "Copy" && len(n.Args) == 2 && der.in(f, n.Args[1]):
						if u, ok := n.Args[0].(*ast.UnaryExpr); ok {
							mark(u.X)
						} else {
							mark(n.Args[0])
						}
					}
				}
			}
			return true
		})
	}
	return der
}

// readsAnswer reports whether e only takes the answer apart: a body, a status, bytes, text, a decoder.
func (p *planner) readsAnswer(f *file, e ast.Expr, der objects) bool {
	t := f.typeOf(e)
	if tup, ok := t.(*types.Tuple); ok {
		if tup.Len() == 0 {
			return false
		}
		t = tup.At(0).Type()
	}
	if carries(t) {
		return true
	}
	switch u := t.(type) {
	case *types.Basic:
		return u.Info()&(types.IsNumeric|types.IsBoolean) != 0
	case *types.Pointer, *types.Named:
		switch t.String() {
		case "*encoding/json.Decoder", "*io.LimitedReader", "net/http.Header", "bytes.Buffer":
			return true
		}
	}
	return false
}

// A decodeCall is a call that turns the answer into a value.
type decodeCall struct {
	call   *ast.CallExpr
	target ast.Expr // what it decodes into: x of &x, or the pointer
}

func (p *planner) isDecode(f *file, e ast.Expr, der objects) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	_, ok = p.decodeOf(f, c, der)
	return ok
}

// decodeOf recognises json.Unmarshal(b, &x), json.NewDecoder(r).Decode(&x) and whatever has their form:
// a call that takes the answer and a pointer to a structure or map.
func (p *planner) decodeOf(f *file, c *ast.CallExpr, der objects) (decodeCall, bool) {
	if !der.in(f, c) || p.inFailure(f, c, der) {
		return decodeCall{}, false
	}
	for _, a := range c.Args {
		if der.in(f, a) {
			continue
		}
		if name := calleeName(c); name == "Copy" || name == "ReadFrom" || name == "Fprintf" || name == "Errorf" || name == "Printf" || name == "Println" {
			continue
		}
		if u, ok := a.(*ast.UnaryExpr); ok && u.Op == token.AND && decodable(f.typeOf(u.X)) {
			return decodeCall{call: c, target: u.X}, true
		}
		if t := f.typeOf(a); t != nil {
			if ptr, ok := t.Underlying().(*types.Pointer); ok && decodable(ptr.Elem()) && !carries(t) && hasName(calleeName(c), "Unmarshal", "Decode", "decode", "parse", "Parse", "unmarshal", "read", "Read") {
				return decodeCall{call: c, target: a}, true
			}
			if types.IsInterface(t) && hasName(calleeName(c), "Unmarshal", "Decode", "decode") && identOf(ast.Unparen(a)) != nil {
				return decodeCall{call: c, target: a}, true
			}
			if _, ok := t.Underlying().(*types.Map); ok && hasName(calleeName(c), "Unmarshal", "Decode") {
				return decodeCall{call: c, target: a}, true
			}
		}
	}
	return decodeCall{}, false
}

func (p *planner) decodeCalls(d *fn, der objects) []decodeCall {
	var out []decodeCall
	ast.Inspect(d.body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			if dec, ok := p.decodeOf(d.file, c, der); ok {
				out = append(out, dec)
				return false
			}
		}
		return true
	})
	return out
}

func decodable(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return t.String() != "bytes.Buffer"
	case *types.Map:
		return true
	case *types.Interface:
		return u.Empty()
	}
	return false
}

func calleeName(c *ast.CallExpr) string {
	switch x := ast.Unparen(c.Fun).(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}

func hasName(name string, prefixes ...string) bool {
	for _, p := range prefixes {
		if len(name) >= len(p) && name[:len(p)] == p {
			return true
		}
	}
	return false
}

// inFailure reports whether a call stands in a branch that the answer's status leads to and that
// leaves the function: what is decoded there is an error, not the token.
func (p *planner) inFailure(f *file, c *ast.CallExpr, der objects) bool {
	var inner ast.Node = c
	for n := f.parent[inner]; n != nil; inner, n = n, f.parent[n] {
		switch n := n.(type) {
		case *ast.IfStmt:
			if inner == n.Body && der.in(f, n.Cond) && endOf(n.Body) != goesOn && !positive(f, n.Cond) {
				return true
			}
		case *ast.CaseClause, *ast.FuncDecl, *ast.FuncLit:
			return false
		}
	}
	return false
}

// positive reports whether a condition asks for success: resp.StatusCode == 200, < 300.
func positive(f *file, cond ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	v := f.pkg.Info.Types[b.Y].Value
	if v == nil {
		return false
	}
	n, _ := constant.Int64Val(constant.ToInt(v))
	switch b.Op {
	case token.EQL:
		return n >= 200 && n < 300
	case token.LSS, token.LEQ:
		return n >= 299 && n <= 400
	}
	return false
}
