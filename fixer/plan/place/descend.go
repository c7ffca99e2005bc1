package place

import (
	"go/ast"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/syntax"
)

// The value walk stops at a package without triggers: a client of the program that posts any form. The planner has its
// source (scan loads it if a flow passes its form to it) and follows the form down to the call that sends.

// Descended returns the flow with the exchange that is sent below fl.Send. It returns fl itself if fl.Send
// sends, or if not exactly one exchange is below it.
func Descended(p *find.Finder, fl *flow.Flow) *flow.Flow {
	f, call := p.Index.Call(fl.Send)
	if call == nil || p.Index.Target(f, call) == nil {
		return fl
	}
	if _, known := library.LookupCall(f.Pkg.Info, call); known {
		return fl
	}
	w := &descent{ix: p.Index}
	w.down(p.Index.Target(f, call), nil)
	if len(w.sends) != 1 {
		return fl
	}
	below := *fl
	below.Send, below.Request, below.URL = w.sends[0].Span(), flow.Span{}, flow.Span{}
	made := w.sends[0]
	if len(w.requests) == 1 {
		made = w.requests[0]
		below.Request = made.Span()
	}
	if row, ok := library.LookupCall(made.File.Pkg.Info, made.Call); ok {
		if i, _, ok := row.URL.Arg(); ok && i < len(made.Call.Args) {
			below.URL = made.File.Span(made.Call.Args[i])
		}
	}
	below.Steps = slices.Clone(fl.Steps)
	for _, s := range append(w.way, syntax.CallSite{File: f, Call: call}) {
		below.Steps = append(below.Steps, flow.Step{Role: flow.Exchange, Span: s.Span()})
	}
	return &below
}

// A descent finds the calls that send and that make requests, below a function.
type descent struct {
	ix              *syntax.Index
	sends, requests []syntax.CallSite
	way             []syntax.CallSite // the path to the first one that sends
}

func (w *descent) down(d *syntax.Func, way []syntax.CallSite) {
	if len(way) >= maxDescent {
		return
	}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		s := syntax.CallSite{File: d.File, Call: c}
		if row, ok := library.LookupCall(d.File.Pkg.Info, c); ok {
			switch row.Role {
			case library.Send:
				w.sends = append(w.sends, s)
				w.way = way
			case library.Request:
				w.requests = append(w.requests, s)
			}
			return true
		}
		if m := w.ix.Target(d.File, c); m != nil && m.Node != d.Node && !slices.ContainsFunc(way, func(on syntax.CallSite) bool { return on.Call == c }) {
			w.down(m, append(way[:len(way):len(way)], s))
		}
		return true
	})
}

// maxDescent bounds the functions from the form down to the call that sends it.
const maxDescent = 6
