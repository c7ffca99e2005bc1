package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/budget"
	vf "jwtretire.example/internal/valueflow"
)

// assemble fills the flow of a candidate that starts from a form.
func (f *finder) assemble(c *candidate) {
	fl := &Flow{Kind: c.kind, Package: c.put.At.PkgPath, Assertion: Span(c.put.Val), Presigned: len(c.signs) == 0}
	c.flow = fl
	for _, s := range c.signs {
		f.signed(c, s)
	}
	if c.kind == DirectBearer && c.claims.shapeless() {
		return // accept drops it
	}
	if c.remote {
		f.claimsOf(c, c.ctx, c.put.From)
	}
	if !f.tracing {
		c.claims.read()
	}
	if fl.Presigned {
		if !c.remote {
			fl.Origin = HandedIn
		}
		if len(c.sources) > 0 {
			fl.Origin = Stored
		}
		for _, s := range c.sources {
			c.step(KeyLoad, s.call.Span, "the finished assertion: "+f.loadText(c, s.state.Context, s.call))
		}
	}
	c.step(Exchange, c.where, "assertion put into "+c.key)
	c.step(Exchange, c.put.At, "assertion put into "+c.key)
	if brings := f.bringing(c); len(brings) < len(c.sends) {
		c.tokenless = len(brings) == 0
		c.sends = brings
	}
	send := f.best(c)
	if h := bestHanded(c.handed); send != nil && h != nil && surelySends(h.call.Name) && h.state.Steps < send.state.Steps {
		send = nil // an unknown client sends; the send that was found belongs to a later request
		c.sends = nil
	}
	if send != nil {
		f.way(c, send.state)
		f.sent(c, send)
		f.alsoSent(c, send)
		f.callersURLs(c)
	} else if h := bestHanded(c.handed); h != nil {
		c.sentOutside = surelySends(h.call.Name)
		f.way(c, h.state)
		if head := f.head(h); head != nil {
			c.step(Exchange, head.Span, "request made by "+callName(head))
		}
		c.step(Exchange, h.call.Span, "handed to "+callName(h.call))
		fl.Send = Span(h.call.Span)
	}
	f.sources(c)
	f.fields(c, send)
	if send != nil {
		f.response(c, send)
	}
}

// callersURLs adds the URLs that the callers of a helper use with the flow's tokens, and records the URLs that other callers use.
func (f *finder) callersURLs(c *candidate) {
	if len(c.through) == 0 {
		return
	}
	fl := c.flow
	own := map[string]bool{}
	for i := range c.sent {
		_, _, parts := f.urlOf(c, &c.sent[i])
		for _, l := range parts {
			own[l.Text] = true
			if !slices.Contains(fl.URLParts, l) {
				fl.URLParts = append(fl.URLParts, l)
			}
		}
	}
	c.others = map[string]bool{}
	for i := range c.sends {
		state := vf.At(c.sends[i].state.Node, nil) // any caller
		_, _, parts := f.urlOf(c, &site{call: c.sends[i].call, state: state})
		for _, l := range parts {
			if !own[l.Text] {
				c.others[l.Text] = true
			}
		}
	}
}

// best returns the nearest sending call.
func (f *finder) best(c *candidate) *site {
	if len(c.sends) == 0 {
		return nil
	}
	b := &c.sends[0]
	for i := range c.sends {
		if c.sends[i].state.Steps < b.state.Steps {
			b = &c.sends[i]
		}
	}
	return b
}

// bestHanded returns the unknown call that most likely sends: by its name, else the nearest.
func bestHanded(handed []site) *site {
	var best *site
	for i := range handed {
		h := &handed[i]
		if best == nil || sends(h.call.Name) && !sends(best.call.Name) || sends(h.call.Name) == sends(best.call.Name) && h.state.Steps < best.state.Steps {
			best = h
		}
	}
	return best
}

// head returns the first call of a chain, requests.New(url).WithBody(b).Do(), if the chain builds the request: the last
// call has as receiver the value that the form was stored in.
func (f *finder) head(h *site) *vf.Call {
	if !h.chain {
		return nil
	}
	var head *vf.Call
	for i := range f.g.Calls {
		c := &f.g.Calls[i]
		if c.Span.File == h.call.Span.File && c.Span.Offset == h.call.Span.Offset && c.Span.End < h.call.Span.End && (head == nil || c.Span.End < head.Span.End) {
			head = c
		}
	}
	return head
}

// surelySends reports whether a method of that name sends its receiver.
func surelySends(name string) bool {
	switch name {
	case "Do", "Send", "Post", "Execute", "PostForm", "DoRequest", "SendRequest":
		return true
	}
	return false
}

func sends(name string) bool {
	for _, p := range []string{"Do", "Send", "Post", "Exchange", "Execute", "Invoke", "Create", "Request", "Fetch", "Login", "Token", "Call", "Retrieve", "Submit", "Put", "Round", "Perform", "Get", "Authenticate", "Auth", "Grant"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// way adds the calls through which the form reaches a request.
func (f *finder) way(c *candidate, s *vf.State) {
	var steps []Step
	for t := s; t != nil && t.From != nil; t = t.From {
		e := &f.g.Edges[t.Edge-1]
		if e.Kind != vf.Open && e.Kind != vf.Close {
			continue
		}
		site := &f.g.Nodes[e.Site]
		what := "handed to " + f.calleeName(e.Site)
		if e.Kind == vf.Close {
			what = "got from " + f.calleeName(e.Site)
		}
		steps = append(steps, Step{Role: Exchange, Span: Span(site.Span), What: what})
	}
	for i := len(steps) - 1; i >= 0; i-- {
		c.step(Exchange, vf.Span(steps[i].Span), steps[i].What)
	}
}

func (f *finder) calleeName(site vf.ID) string {
	for i := range f.g.Calls {
		if f.g.Calls[i].Site == site {
			return callName(&f.g.Calls[i])
		}
	}
	return "a function"
}

func callName(c *vf.Call) string {
	if c.Name == "" {
		return "a function value"
	}
	pkg := c.PackageName()
	switch {
	case c.Recv != "":
		return pkg + "." + c.Recv + "." + c.Name
	case pkg != "":
		return pkg + "." + c.Name
	}
	return c.Name
}

// sent fills the request and its URL.
func (f *finder) sent(c *candidate, send *site) {
	fl := c.flow
	fl.Send = Span(send.call.Span)
	if fl.Package == "" {
		fl.Package = send.call.Span.PkgPath
	}
	f.farURL = false
	req, at, parts := f.urlOf(c, send)
	if f.farURL {
		c.beyond = append(c.beyond, budget.URLSteps)
	}
	if req != nil {
		fl.Request = Span(req.call.Span)
		c.step(Exchange, req.call.Span, callName(req.call))
	}
	c.step(Exchange, send.call.Span, callName(send.call))
	fl.URL, fl.URLParts = at, parts
}

// sources adds the calls that make a token source or a client from the configuration with the key:
// the exchange happens when these are used.
func (f *finder) sources(c *candidate) {
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Limit: 400}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		return e.Kind == vf.Plain || e.Kind == vf.Open || e.Kind == vf.Close
	}
	w.Visit = func(s *vf.State) vf.Next {
		for _, u := range f.g.Uses(s.Node) {
			call := &f.g.Calls[u.Call]
			if u.Arg < 0 && (call.Type == "golang.org/x/oauth2.TokenSource" || call.Type == "net/http.Client" && call.InSight) {
				c.step(Exchange, call.Span, "token source made by "+callName(call))
			}
		}
		return vf.Go
	}
	w.From(nil, c.configs...)
}

// alsoSent adds the other requests that can send the same form.
func (f *finder) alsoSent(c *candidate, send *site) {
	n := 0
	for i := range c.sends {
		s := &c.sends[i]
		if s.call == send.call || n >= 4 {
			continue
		}
		n++
		if s.call.Row().Req != library.None {
			if req := f.requestOf(c, s); req != nil {
				c.step(Exchange, req.call.Span, callName(req.call))
			}
		}
		c.step(Exchange, s.call.Span, "also sent by "+callName(s.call))
	}
}

// id returns an identifier that does not depend on line numbers: a hash of package, function, kind and parameter.
func id(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(h[:6])
}
