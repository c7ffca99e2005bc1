package place

import (
	"go/ast"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// callerOf returns the call of d that belongs to the flow.
func callerOf(p *find.Finder, d *syntax.Func, fl *flow.Flow) (syntax.CallSite, error) {
	sites, _ := p.Index.Calls(d)
	if len(sites) > 1 {
		if on := onWay(p, sites, fl); len(on) == 1 {
			return on[0], nil
		}
	}
	// A caller with a part of the flow has precedence over one that calls such a function.
	var own, near []syntax.CallSite
	for _, s := range sites {
		e := p.Index.Outer(s.File, s.Call)
		if e == nil || e.Obj == nil || e.Obj == d.Obj {
			continue
		}
		switch {
		case holds(p, e, fl):
			own = append(own, s)
		case onFlow(p, e, fl):
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
		return syntax.CallSite{}, reason.New(reason.AnswerLeaves, "the answer leaves %s, which has no caller in the source (%s)", d.Obj.Name(), d.File.Place(d.Node))
	}
	return syntax.CallSite{}, reason.New(reason.AnswerLeaves, "the answer leaves %s, which has %d callers (%s)", d.Obj.Name(), len(own), d.File.Place(d.Node))
}

// onWay returns the calls on the path of the value from the form to the send.
func onWay(p *find.Finder, sites []syntax.CallSite, fl *flow.Flow) []syntax.CallSite {
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

// holds reports whether a function contains the form, the claims or the signing of the flow.
func holds(p *find.Finder, d *syntax.Func, fl *flow.Flow) bool {
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

// onFlow reports whether a function contains a part of the flow, or calls one that does.
func onFlow(p *find.Finder, d *syntax.Func, fl *flow.Flow) bool {
	if holds(p, d, fl) {
		return true
	}
	found := false
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && !found {
			if m := p.Index.Target(d.File, c); m != nil && m.Node != d.Node {
				found = holds(p, m, fl)
			}
		}
		return !found
	})
	return found
}
