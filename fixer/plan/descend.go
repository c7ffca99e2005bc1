package plan

import (
	"go/ast"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
)

// The value walk stops at a package that has nothing to do with assertions: a client of the program's
// own that posts whatever form it is given. The planner has its source (scan loads it once a flow is
// seen to go there) and walks on down to the call that sends.

// maxDescent is how many functions of the program may lie between a form and the call that sends it.
const maxDescent = 6

// descended returns the flow with the exchange that is sent below fl.Send, or fl itself where fl.Send
// is the call that sends, or not exactly one is found below it.
func (p *planner) descended(fl *flow.Flow) *flow.Flow {
	f, call := p.ix.call(fl.Send)
	if call == nil || p.ix.target(f, call) == nil {
		return fl
	}
	if _, known := library.LookupCall(f.pkg.Info, call); known {
		return fl
	}
	w := &descent{ix: p.ix}
	w.down(p.ix.target(f, call), nil)
	if len(w.sends) != 1 {
		return fl
	}
	below := *fl
	below.Send, below.Request, below.URL = w.sends[0].span(), flow.Span{}, flow.Span{}
	made := w.sends[0]
	if len(w.requests) == 1 {
		made = w.requests[0]
		below.Request = made.span()
	}
	if row, ok := library.LookupCall(made.file.pkg.Info, made.call); ok {
		if i, _, ok := row.URL.Arg(); ok && i < len(made.call.Args) {
			below.URL = made.file.span(made.call.Args[i])
		}
	}
	below.Steps = slices.Clone(fl.Steps)
	for _, s := range append(w.way, callSite{f, call}) {
		below.Steps = append(below.Steps, flow.Step{Role: flow.Exchange, Span: s.span()})
	}
	return &below
}

// A descent looks for the calls that send and that make requests in what a function calls.
type descent struct {
	ix              *Index
	sends, requests []callSite
	way             []callSite // to the first that sends
}

func (w *descent) down(d *fn, way []callSite) {
	if len(way) >= maxDescent {
		return
	}
	ast.Inspect(d.body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		s := callSite{d.file, c}
		if row, ok := library.LookupCall(d.file.pkg.Info, c); ok {
			switch row.Role {
			case library.Send:
				w.sends = append(w.sends, s)
				w.way = way
			case library.Request:
				w.requests = append(w.requests, s)
			}
			return true
		}
		if m := w.ix.target(d.file, c); m != nil && m.node != d.node && !slices.ContainsFunc(way, func(on callSite) bool { return on.call == c }) {
			w.down(m, append(way[:len(way):len(way)], s))
		}
		return true
	})
}

func (s callSite) span() flow.Span { return s.file.span(s.call) }

func (f *file) span(n ast.Node) flow.Span {
	return flow.Span{File: f.path, Offset: f.offset(n.Pos()), End: f.offset(n.End()), PkgPath: f.pkg.Path}
}
