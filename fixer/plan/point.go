package plan

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/outcome"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// A point is a place where the token can be fetched: the call that sends, or a call of a function that does and
// hands up what it makes of the answer.
type point struct {
	fn   *syntax.Func
	call *ast.CallExpr
	stmt ast.Stmt // the statement that holds the call

	legs []outcome.Link                  // the functions between the send and the point, the one that sends first
	via  map[*types.Func]syntax.CallSite // the call by which each is reached

	library *libraryCall // the call of an HTTP library that sends, nil for others

	through bool // the new request is sent through the legs
}

// at tries the places where a token can be fetched, the innermost first: write makes the change there. A function that sends
// for others too is left as it is, and so is one whose result is the answer itself; its caller is the next place.
func (p *planner) at(fl *flow.Flow, set *change.Set, write func(*point, *change.Set) error) error {
	f, call := p.ix.Call(fl.Send)
	if call == nil {
		return reason.New(reason.NotFound, "the call that sends the request was not found")
	}
	pt := &point{call: call, via: map[*types.Func]syntax.CallSite{}}
	var first error
	for range maxAscent {
		pt.fn = p.ix.Enclosing(f, pt.call)
		if pt.fn == nil {
			return reason.New(reason.NotFound, "the exchange is outside of any function (%s)", f.Place(pt.call))
		}
		pt.stmt = f.Stmt(pt.call)
		if pt.stmt == nil {
			return reason.New(reason.NotFound, "the exchange stands outside of any statement (%s)", f.Place(pt.call))
		}
		shared := p.serves(pt.fn, fl)
		if !shared {
			try := change.NewSet()
			here := *pt
			err := write(&here, try)
			if err == nil {
				set.Merge(try)
				return nil
			}
			if isNeed(err) {
				return err
			}
			if first == nil || !final(first) && final(err) { // what stands further out is rarely the cause
				first = err
			}
		} else if first == nil {
			sites, _ := p.ix.Callers(pt.fn.Obj)
			first = reason.New(reason.SharedSender, "%s sends whatever form it is given, and is called from %d places", pt.fn.Obj.Name(), len(sites))
		}
		if pt.fn.Obj == nil {
			return first
		}
		site, err := p.callerOf(pt.fn, fl)
		if err != nil && !final(first) && handsUp(pt.fn) {
			return err
		}
		if err != nil {
			return first
		}
		pt.legs = append(slices.Clone(pt.legs), outcome.Link{Func: pt.fn, Call: pt.call})
		pt.via[pt.fn.Obj] = site
		f, pt.call = site.File, site.Call
	}
	return first
}

// handsUp reports whether a function returns the answer itself.
func handsUp(d *syntax.Func) bool {
	for v := range d.Obj.Signature().Results().Variables() {
		if v.Type().String() == "*net/http.Response" || httpclient.OfResponse(v.Type()) != nil {
			return true
		}
	}
	return false
}

// final reports whether an error says more than that the answer leaves the function.
func final(err error) bool {
	switch reason.CodeOf(err) {
	case "", reason.Unsaid, reason.KeptElsewhere, reason.TargetType, reason.OtherFunction:
		return false
	}
	return true
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
		return syntax.CallSite{}, reason.New(reason.AnswerLeaves, "the answer leaves %s, and nothing in sight calls it (%s)", d.Obj.Name(), d.File.Place(d.Node))
	}
	return syntax.CallSite{}, reason.New(reason.AnswerLeaves, "the answer leaves %s, which is called from %d places (%s)", d.Obj.Name(), len(own), d.File.Place(d.Node))
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
