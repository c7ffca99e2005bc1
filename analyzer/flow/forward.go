package flow

import (
	"maps"
	"slices"

	"jwtretire.example/analyzer/library"
	vf "jwtretire.example/internal/valueflow"
)

// forward walks from the form to the requests that carry it.
func (f *finder) forward(c *candidate) {
	c.before = map[vf.ID]bool{c.put.To: true}
	w := vf.Walk{Graph: f.g, NoTests: f.noTests}
	made := map[*vf.State]bool{} // states at a request or after it
	w.Visit = func(s *vf.State) vf.Next {
		made[s] = made[s.From]
		if call := f.g.MadeBy(s.Node); call != nil {
			if call.Is(library.Send, library.Exchange) || call.Row() == nil && !call.InSight && surelySends(call.Name) {
				return vf.Stop
			}
			if call.Is(library.Request) && s.From != nil {
				made[s] = true
			}
		}
		if !made[s] {
			c.before[s.Node] = true
		}
		node := &f.g.Nodes[s.Node]
		c.replied = c.replied || node.Reply
		if node.Kind == vf.Result && f.g.Ends(s.Node) {
			c.escapes = true
		}
		for _, u := range f.g.Uses(s.Node) {
			f.used(c, s, &f.g.Calls[u.Call], int(u.Arg))
		}
		return vf.Go
	}
	starts := []*vf.State{vf.In(c.put.To, c.ctx, c.put.Key)}
	if len(c.through) > 0 {
		starts = nil
		for _, ctx := range c.through {
			starts = append(starts, vf.In(c.put.To, ctx, c.put.Key))
		}
		defer func() { c.sent = c.sends[:min(len(c.sends), 2*manyCallers)]; c.sends = distinct(c.sends) }()
	}
	w.Run(starts...)
	if len(c.through) == 0 {
		c.sends = distinct(c.sends)
	}
	c.requests = distinct(c.requests)
	c.handed = distinct(c.handed)
	if len(c.sends) == 0 && len(c.handed) == 0 && !c.testing {
		// The known implementation of the interface does not send: it is a test double, or one of several implementations.
		c.handed = slices.DeleteFunc(distinct(c.abstract), func(s site) bool { return !sends(s.call.Name) })
	}
}

// manyCallers is the number of calls that pass a token to a helper from which on these calls are not distinguished.
const manyCallers = 6

// handedBy returns the calls that pass signed tokens to the function that sends them as bearer. A helper that sends all requests of a program
// gets other tokens and other URLs from its other callers. The result is nil if a token is signed in that function, or is stored
// before it gets there.
func (f *finder) handedBy(c *candidate) []*vf.Context {
	ways := map[string]*vf.Context{}
	for _, s := range c.signs {
		var chain []*vf.State
		for t := s.state; t != nil; t = t.From {
			chain = append(chain, t)
		}
		var sites []vf.ID
		for i := len(chain) - 2; i >= 0; i-- {
			t := chain[i]
			if k := f.g.Nodes[t.Node].Kind; k == vf.Field || k == vf.Global {
				return nil
			}
			if e := &f.g.Edges[t.Edge-1]; e.Kind == vf.Open && t.From.Context == nil {
				sites = append(sites, e.Site)
			}
		}
		if len(sites) == 0 {
			return nil
		}
		var ctx *vf.Context
		for _, site := range slices.Backward(sites) { // outermost first
			ctx = ctx.Push(site)
		}
		ways[wayText(ctx)] = ctx
	}
	if len(ways) > manyCallers {
		return nil
	}
	var list []*vf.Context
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		list = append(list, ways[way])
	}
	return list
}

func (f *finder) used(c *candidate, s *vf.State, call *vf.Call, arg int) {
	st := site{call: call, state: s, chain: arg < 0}
	switch {
	case call.Is(library.Send) || call.Is(library.Exchange) && call.Row().Body != library.None:
		if carries(call, arg, s.Node) || sentBy(call, s.Node, c.kind == DirectBearer) {
			c.sends = append(c.sends, st)
		}
	case call.Is(library.Request):
		c.requests = append(c.requests, st)
	case call.Pkg == "net/http/httptest":
		c.testing = true
	case call.Row() == nil && call.Abstract && f.linked(call):
		if arg >= 0 {
			c.abstract = append(c.abstract, st)
		}
	case call.Row() == nil && !call.InSight && (arg >= 0 || surelySends(call.Name)) && call.Pkg != "fmt" && call.Pkg != "log" && call.Pkg != "strings" && call.Pkg != "bytes" && call.Pkg != "errors":
		c.handed = append(c.handed, st)
	}
}

// linked reports whether the program has an implementation of the interface whose method is called. The analysis of a package below the
// implementation could not know it.
func (f *finder) linked(call *vf.Call) bool {
	for _, a := range append([]vf.ID{call.RecvNode}, call.Args...) {
		if a == 0 {
			continue
		}
		for i := range f.g.Out(a) {
			if e := &f.g.Edges[i]; e.Kind == vf.Open && e.Site == call.Site {
				for range f.g.Out(e.To) {
					return true
				}
			}
		}
	}
	return false
}

// sentBy reports whether a node is the URL of a request, which contains parameters. For a bearer, the client of the request counts, too: it has
// the token of its token source.
func sentBy(call *vf.Call, n vf.ID, bearer bool) bool {
	for _, s := range []library.Slot{call.Row().URL, call.Row().Client} {
		if s == library.None || s == call.Row().Client && !bearer {
			continue
		}
		if nodes, _ := call.Slot(s); slices.Contains(nodes, n) {
			return true
		}
	}
	return false
}

// carries reports whether an argument of a sending call is, or contains, the data that is sent.
func carries(call *vf.Call, arg int, n vf.ID) bool {
	row := call.Row()
	any := false
	for _, s := range []library.Slot{row.Req, row.Body, row.Form} {
		if s == library.None {
			continue
		}
		any = true
		nodes, _ := call.Slot(s)
		for _, m := range nodes {
			if m == n {
				return true
			}
		}
	}
	return !any && arg < 0 && row.URL == library.None
}
