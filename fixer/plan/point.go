package plan

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
)

// A point is where the access token comes out: the call whose answer is decoded, in the function
// that decodes it. The call is the one that sends, or a call of a function that does and hands the
// answer up: its response, its bytes, or what it decoded into an argument.
type point struct {
	fn   *syntax.Func
	call *ast.CallExpr
	stmt ast.Stmt // the statement that holds the call: an assignment, or an if with the call in its init

	resp   types.Object // the variable that the answer is in; nil where it goes into target
	err    types.Object // the error variable; nil where the error is dropped or there is none
	target ast.Expr     // the argument that the carrier decodes into

	decoded bool // the call returns the decoded answer

	legs []leg                           // the functions between the send and the point, the one that sends first
	via  map[*types.Func]syntax.CallSite // the call by which each is reached

	through bool // the new request is sent through the legs
}

// A leg is a function that has the answer, or what is left of it, and hands it on to its caller.
type leg struct {
	fn        *syntax.Func
	call      *ast.CallExpr // the one that it has it from
	stmt      ast.Stmt
	resp, err types.Object
}

// A reasonError is why a flow is not rewritten. Its text completes "not rewritten: …".
type reasonError struct{ msg string }

func (e *reasonError) Error() string { return e.msg }

func because(format string, args ...any) error { return &reasonError{fmt.Sprintf(format, args...)} }

// findPoint follows the answer of the send upwards until somebody decodes it.
func (p *planner) findPoint(fl *flow.Flow) (*point, error) {
	f, call := p.ix.Call(fl.Send)
	if call == nil {
		return nil, because("the call that sends the request was not found")
	}
	pt := &point{call: call, via: map[*types.Func]syntax.CallSite{}}
	for range 8 {
		pt.fn = p.ix.Enclosing(f, pt.call)
		if pt.fn == nil {
			return nil, because("the exchange is outside of any function (%s)", f.Place(pt.call))
		}
		pt.stmt = f.Stmt(pt.call)
		pt.resp, pt.err = nil, nil
		switch s := pt.stmt.(type) {
		case *ast.AssignStmt, *ast.DeclStmt:
			lhs, rhs := syntax.Assigned(s)
			if len(rhs) != 1 || ast.Unparen(rhs[0]) != pt.call {
				return nil, because("the result of the exchange is used inside a larger expression (%s)", f.Place(pt.call))
			}
			p.bind(f, lhs, pt)
			if pt.target != nil || pt.decoded {
				return pt, nil
			}
			if pt.resp == nil {
				return nil, because("the answer of the exchange is not kept (%s)", f.Place(pt.call))
			}
			if p.decodes(pt) || p.returnsDecoded(pt) {
				if !p.serves(pt.fn, fl) || !p.returnsDecoded(pt) {
					return pt, nil
				}
				pt.decoded = true
				break
			}
			if _, handed := p.outParam(pt); !handed && !p.returnsResponse(pt) {
				return nil, because("what becomes of the answer could not be followed (%s)", f.Place(pt.call))
			}
		case *ast.ReturnStmt:
			if pt.decoded && !p.serves(pt.fn, fl) {
				return pt, nil
			}
			if len(s.Results) != 1 || ast.Unparen(s.Results[0]) != pt.call {
				if pt.target == nil {
					return nil, because("the result of the exchange is used inside a larger expression (%s)", f.Place(pt.call))
				}
			}
			if pt.target != nil && !p.handsUp(pt) {
				return pt, nil
			}
		case *ast.ExprStmt:
			if pt.target != nil {
				return pt, nil
			}
			return nil, because("the answer of the exchange is dropped (%s)", f.Place(pt.call))
		default:
			return nil, because("the exchange stands in a statement that cannot be rewritten (%s)", f.Place(pt.call))
		}
		// The answer goes to the caller.
		if pt.fn.Obj == nil {
			return nil, because("the answer leaves a function literal (%s)", f.Place(pt.call))
		}
		site, err := p.callerOf(pt.fn, fl)
		if err != nil {
			return nil, err
		}
		pt.legs = append(pt.legs, leg{pt.fn, pt.call, pt.stmt, pt.resp, pt.err})
		pt.via[pt.fn.Obj] = site
		if idx, ok := p.outParam(pt); ok {
			pt.target = syntax.Argument(site.Call, idx)
		} else {
			pt.target = nil
		}
		f, pt.call = site.File, site.Call
	}
	return nil, because("the answer of the exchange is handed on too often")
}

// bind takes the variables from the left side of `resp, err := call`.
func (p *planner) bind(f *syntax.File, lhs []ast.Expr, pt *point) {
	for _, l := range lhs {
		id, ok := l.(*ast.Ident)
		if !ok || id.Name == "_" {
			continue
		}
		obj := f.Object(id)
		if obj == nil {
			continue
		}
		if syntax.IsError(obj.Type()) {
			pt.err = obj
		} else if pt.resp == nil && pt.target == nil {
			pt.resp = obj
		}
	}
}

// callerOf chooses the call of d that belongs to the flow.
func (p *planner) callerOf(d *syntax.Func, fl *flow.Flow) (syntax.CallSite, error) {
	sites, _ := p.ix.Callers(d.Obj)
	sites = append(sites, p.ix.Dynamic(d.Obj)...)
	if len(sites) > 1 {
		if on := p.onWay(sites, fl); len(on) == 1 {
			return on[0], nil
		}
	}
	// A caller that holds a part of the flow itself comes before one that calls such a function.
	var own, near []syntax.CallSite
	for _, s := range sites {
		e := p.ix.Outer(s.File, s.Call)
		if e == nil || e.Obj == nil || e.Obj == d.Obj {
			continue
		}
		switch {
		case p.holds(e, fl):
			own = append(own, s)
		case p.onFlow(e, fl):
			near = append(near, s)
		}
	}
	if len(own) == 0 {
		own = near
	}
	if len(own) == 0 {
		own = sites
	}
	switch len(own) {
	case 1:
		return own[0], nil
	case 0:
		return syntax.CallSite{}, because("the answer leaves %s, and nothing in sight calls it", d.Obj.Name())
	}
	return syntax.CallSite{}, because("the answer leaves %s, which is called from %d places", d.Obj.Name(), len(own))
}

// onWay returns the calls that the value walk came through from the form to the send.
func (p *planner) onWay(sites []syntax.CallSite, fl *flow.Flow) []syntax.CallSite {
	var on []syntax.CallSite
	for _, s := range sites {
		if slices.ContainsFunc(fl.Steps, func(st flow.Step) bool {
			return st.Role == flow.Exchange && st.Span.File == s.File.Path &&
				st.Span.Offset == s.File.Offset(s.Call.Pos()) && st.Span.End == s.File.Offset(s.Call.End())
		}) {
			on = append(on, s)
		}
	}
	return on
}

// holds reports whether a function holds the form, the claims or the signing of the flow.
func (p *planner) holds(d *syntax.Func, fl *flow.Flow) bool {
	in := func(s flow.Span) bool {
		if s.IsZero() || s.File != d.File.Path {
			return false
		}
		return s.Offset >= d.File.Offset(d.Node.Pos()) && s.End <= d.File.Offset(d.Node.End())
	}
	if in(fl.Assertion) {
		return true
	}
	for _, fld := range fl.Fields {
		if in(fld.Put) {
			return true
		}
	}
	for _, s := range fl.Steps {
		if (s.Role == flow.Sign || s.Role == flow.Claims) && in(s.Span) {
			return true
		}
	}
	return false
}

// onFlow reports whether a function holds a part of the flow, or calls one that does.
func (p *planner) onFlow(d *syntax.Func, fl *flow.Flow) bool {
	if p.holds(d, fl) {
		return true
	}
	found := false
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && !found {
			if m := p.ix.Target(d.File, c); m != nil && m.Node != d.Node {
				found = p.holds(m, fl)
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
	ast.Inspect(pt.fn.Body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		r, ok := n.(*ast.ReturnStmt)
		if !ok {
			return true
		}
		for _, e := range r.Results {
			t := pt.fn.File.TypeOf(e)
			if tup, ok := t.(*types.Tuple); ok && tup.Len() == 2 { // return read(resp)
				t = tup.At(0).Type()
			}
			if carries(t) && der.in(pt.fn.File, e) {
				found = true
			}
		}
		if len(r.Results) == 0 {
			for _, fld := range results(pt.fn) {
				if obj := pt.fn.File.Pkg.Info.Defs[fld]; obj != nil && der[obj] {
					found = true
				}
			}
		}
		return true
	})
	return found
}

func results(d *syntax.Func) []*ast.Ident {
	if d.Type.Results == nil {
		return nil
	}
	var out []*ast.Ident
	for _, fld := range d.Type.Results.List {
		out = append(out, fld.Names...)
	}
	return out
}

// outParam returns the parameter that the function decodes the answer into.
func (p *planner) outParam(pt *point) (int, bool) {
	d := pt.fn
	index, found := 0, false
	check := func(e ast.Expr) {
		id := syntax.IdentOf(ast.Unparen(e))
		if id == nil {
			return
		}
		if i, ok := d.Param(d.File.Object(id)); ok && i >= 0 {
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
		id := syntax.IdentOf(ast.Unparen(dec.target))
		if id == nil {
			return true
		}
		if i, ok := pt.fn.Param(pt.fn.File.Object(id)); !ok || i < 0 {
			return true
		}
	}
	return false
}
