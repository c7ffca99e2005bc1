package flow

import (
	"slices"

	"jwtretire.example/analyzer/library"
	vf "jwtretire.example/internal/valueflow"
)

// urlOf returns the call that makes the request of a send, nil if the send makes it, and the request's URL: its expression
// and the constant text that it is made of.
func (f *finder) urlOf(c *candidate, send *site) (req *site, at Span, parts []Literal) {
	row := send.call.Row()
	urlCall, urlCtx := send.call, send.state.Context
	if row.Req != library.None || row.URL == library.None {
		if req = f.requestOf(c, send); req != nil {
			urlCall, urlCtx = req.call, req.state.Context
		}
	}
	if urlCall.Row() != nil && urlCall.Row().URL != library.None {
		nodes, spans := urlCall.Slot(urlCall.Row().URL)
		if len(nodes) > 0 {
			at = Span(spans[0])
			if c.put != nil && c.before[nodes[0]] {
				at = f.endpoint(nodes[0], urlCall.Span.EnclosedBy)
			}
			parts = f.literals(urlCtx, nodes[0])
		}
	}
	var own []Literal
	if at.IsZero() && urlCall != send.call && row.URL != library.None {
		// The client of a library makes the request, without a URL: the call that sends has the URL, or its path.
		if nodes, spans := send.call.Slot(row.URL); len(nodes) > 0 {
			at, own = Span(spans[0]), f.literals(send.state.Context, nodes[0])
		}
	}
	if len(parts) == 0 {
		// The URL was set on the request, or on the client, by another call.
		set, texts := f.urlFromParts(send)
		if at.IsZero() {
			at = set
		}
		parts = texts
		for _, l := range own {
			if !slices.Contains(parts, l) {
				parts = append(parts, l)
			}
		}
	}
	return req, at, parts
}

// endpoint returns the part before the query of a URL that a function builds; zero if this part is not a separate expression.
func (f *finder) endpoint(url vf.ID, function string) (at Span) {
	w := vf.Walk{Graph: f.g, Brief: true, Back: true, Limit: 20}
	w.Follow = func(_ *vf.State, e *vf.Edge) bool {
		if e.Kind == vf.Put && e.Key == vf.Endpoint && e.Val.EnclosedBy == function && at.IsZero() {
			at = Span(e.Val)
		}
		return e.Kind == vf.Plain
	}
	w.Visit = func(*vf.State) vf.Next { return vf.Go }
	w.From(nil, url)
	return at
}

// requestOf returns the call that makes the request of a send: one that takes the form, else one
// that returns the request.
func (f *finder) requestOf(c *candidate, send *site) *site {
	on := map[vf.ID]bool{}
	for t := send.state; t != nil; t = t.From {
		on[t.Node] = true
	}
	for i := range c.requests {
		for _, r := range c.requests[i].call.Results {
			if on[r] {
				return &c.requests[i]
			}
		}
	}
	nodes, _ := send.call.Slot(send.call.Row().Req)
	var found *site
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = func(s *vf.State, e *vf.Edge) bool { return e.Kind != vf.Put }
	w.Visit = func(s *vf.State) vf.Next {
		if call := f.g.MadeBy(s.Node); call != nil && call.Is(library.Request) {
			found = &site{call: call, state: s}
			return vf.Halt
		}
		return vf.Go
	}
	w.From(send.state.Context, nodes...)
	return found
}

// urlFromParts looks for a URL that is a part of the request or its client: http.Request{URL: u}, a builder's SetURL.
func (f *finder) urlFromParts(send *site) (at Span, parts []Literal) {
	row := send.call.Row()
	var nodes []vf.ID
	for _, s := range []library.Slot{row.Req, library.Recv} {
		n, _ := send.call.Slot(s)
		nodes = append(nodes, n...)
	}
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		if e.Kind != vf.Put {
			return true
		}
		switch e.Key {
		case "URL", "TokenURL", "Endpoint", "Host", "Path", "URI", "BaseURL":
			if at.IsZero() && !e.Val.IsZero() {
				at = Span(e.Val)
			}
			parts = append(parts, f.literals(s.Context, e.From)...)
		}
		return false
	}
	w.Visit = func(s *vf.State) vf.Next {
		if f.beyondURL(s) {
			return vf.Stop
		}
		return vf.Go
	}
	w.From(send.state.Context, nodes...)
	return at, parts
}

// literals returns the constant text from which a value can be made.
func (f *finder) literals(ctx *vf.Context, n vf.ID) []Literal {
	var out []Literal
	seen := map[vf.Span]bool{}
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true, Limit: 400}
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		if node.Kind == vf.Const && len(out) < 40 && !seen[node.Span] {
			seen[node.Span] = true
			out = append(out, Literal{Text: node.Text, Span: Span(node.Span)})
		}
		if call := f.g.MadeBy(s.Node); call != nil && call.Is(library.Send, library.Load, library.Sign) || f.beyondURL(s) {
			return vf.Stop
		}
		return vf.Go
	}
	w.From(ctx, n)
	return out
}
