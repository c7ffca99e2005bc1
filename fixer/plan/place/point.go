// Package place finds the places where the new program can request the token: the call that sends, or a call further up its call chain.
//
// Input: a flow. Output: Points, with the call of an HTTP library if it sends the request.
package place

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/httpclient"
	"jwtretire.example/fixer/outcome"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// A Point is a place where the token can be requested: the call that sends, or a call of a function that sends
// and returns its result of the answer.
type Point struct {
	Func *syntax.Func
	Call *ast.CallExpr
	Stmt ast.Stmt // the statement of the call

	Chain []outcome.Link                  // the functions between the send and the point, innermost first
	Via   map[*types.Func]syntax.CallSite // by function: the call that reaches it

	Library *Library // the call of an HTTP library that sends, nil for others

	Through bool // the functions of Chain send the new request, too
}

// Try tries the places where a token can be requested, innermost first; write makes the change. A function that
// also sends for others stays, and so does one that returns the answer itself: the next place is its caller.
func Try(p *find.Finder, fl *flow.Flow, set *change.Set, write func(*Point, *change.Set) error) error {
	f, call := p.Index.Call(fl.Send)
	if call == nil {
		return reason.New(reason.NotFound, "the call that sends the request was not found")
	}
	pt := &Point{Call: call, Via: map[*types.Func]syntax.CallSite{}}
	var first error
	for range maxAscent {
		pt.Func = p.Index.Enclosing(f, pt.Call)
		if pt.Func == nil {
			return reason.New(reason.NotFound, "the exchange is outside of any function (%s)", f.Place(pt.Call))
		}
		pt.Stmt = f.Stmt(pt.Call)
		if pt.Stmt == nil {
			return reason.New(reason.NotFound, "the exchange is outside of any statement (%s)", f.Place(pt.Call))
		}
		shared := serves(p, pt.Func, fl)
		if !shared {
			try := change.NewSet()
			here := *pt
			err := write(&here, try)
			if err == nil {
				set.Merge(try)
				return nil
			}
			if decision.IsNeeded(err) {
				return err
			}
			if first == nil || reason.CodeOf(first) == reason.SharedSender && reason.CodeOf(err) != reason.Nested || !final(first) && final(err) { // an error further up is rarely the cause
				first = err
			}
		} else if first == nil {
			sites, _ := p.Index.Callers(pt.Func.Obj)
			first = reason.New(reason.SharedSender, "%s sends the form that its caller passes, and has %d callers", pt.Func.Obj.Name(), len(sites))
		}
		if pt.Func.Obj == nil {
			return first
		}
		site, err := callerOf(p, pt.Func, fl)
		if err != nil && !final(first) && handsUp(pt.Func) {
			return err
		}
		if err != nil {
			return first
		}
		pt.Chain = append(slices.Clone(pt.Chain), outcome.Link{Func: pt.Func, Call: pt.Call})
		pt.Via[pt.Func.Obj] = site
		f, pt.Call = site.File, site.Call
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

// final reports whether an error has another cause than an answer that leaves the function.
func final(err error) bool {
	switch reason.CodeOf(err) {
	case "", reason.ValueUnavailable, reason.KeptElsewhere, reason.TargetType, reason.OtherFunction:
		return false
	}
	return true
}

// maxAscent bounds the functions from the call that sends up to the token request; clients have two or three
// layers.
const maxAscent = 8

// A Fetched is the place of the token request in the new program.
type Fetched struct {
	Place    string       // for the notes
	In       *syntax.Func // the function
	Unparsed bool         // a library parsed the key, so the parse is not visible
}

// serves reports whether a function sends forms of other callers, too.
func serves(p *find.Finder, d *syntax.Func, fl *flow.Flow) bool {
	if d.Obj == nil {
		return false
	}
	f, n := p.Index.Node(fl.Assertion)
	if n != nil {
		if put := p.Index.Outer(f, n); put != nil && p.Index.Reaches(d, put, express.MaxPass) {
			return false
		}
	}
	sites, all := p.Index.Calls(d)
	return len(sites) > 1 || !all
}
