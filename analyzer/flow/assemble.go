package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"sort"
	"strings"

	"jwtretire.example/analyzer/library"
	vf "jwtretire.example/internal/valueflow"
)

// assemble fills in the flow of a candidate that starts from a form.
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
	c.claims.read()
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
		send = nil // a client out of sight sends; what was found is a later request
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

// callersURLs adds the URLs that go with the tokens which different calls hand to a helper, and notes those that go with other tokens.
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
		state := vf.At(c.sends[i].state.Node, nil) // whoever calls
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

// bestHanded returns the call out of sight that most likely sends: by its name, else the nearest.
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

// head returns the first call of a chain, requests.New(url).WithBody(b).Do(), if it is the request that the chain builds: the last call
// is made on what the form went into.
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

// surelySends reports whether a method of that name sends what its receiver has.
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

// way adds the calls through which the form goes to a request.
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

// sent fills in the request and its URL.
func (f *finder) sent(c *candidate, send *site) {
	fl := c.flow
	fl.Send = Span(send.call.Span)
	if fl.Package == "" {
		fl.Package = send.call.Span.PkgPath
	}
	req, at, parts := f.urlOf(c, send)
	if req != nil {
		fl.Request = Span(req.call.Span)
		c.step(Exchange, req.call.Span, callName(req.call))
	}
	c.step(Exchange, send.call.Span, callName(send.call))
	fl.URL, fl.URLParts = at, parts
}

// urlOf returns the call that makes the request that is sent, if it is another one, and the request's URL: its expression
// and the constant text on the way to it.
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
		// A library's request comes from its client, which has no URL: the call that sends has it, or its path.
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

// endpoint returns the part before the query of a URL that is put together in a function, zero if it does not stand by itself.
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

// sources names the calls that make a token source or a client of the configuration that holds the key:
// the exchange happens when they are used.
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

// alsoSent names the other requests that can carry the same form.
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

// requestOf returns the call that makes the request that is sent: one that the form went into, else one
// that the request comes from.
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

// urlFromParts looks for a URL that is a part of what is sent: http.Request{URL: u}, a builder's SetURL.
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
		if s.Steps > 30 {
			return vf.Stop
		}
		return vf.Go
	}
	w.From(send.state.Context, nodes...)
	return at, parts
}

// literals returns the constant text on the way to a value.
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
		if call := f.g.MadeBy(s.Node); call != nil && call.Is(library.Send, library.Load, library.Sign) || s.Steps > 25 {
			return vf.Stop
		}
		return vf.Go
	}
	w.From(ctx, n)
	return out
}

// fields notes the parameters that go with the assertion.
func (f *finder) fields(c *candidate, send *site) {
	c.flow.Fields = f.fieldsOf(c, send, func(key string, ctx *vf.Context, n vf.ID) { f.source(c, fromField[key], ctx, n) })
}

// fieldsOf returns the parameters that go with the assertion in a request; send is nil where none is known. met is told
// of each with the node of its value; it may be nil.
func (f *finder) fieldsOf(c *candidate, send *site, met func(key string, ctx *vf.Context, n vf.ID)) (fields []Field) {
	containers := map[vf.ID]bool{}
	visit := func(s *vf.State) vf.Next {
		if s.Steps > 40 {
			return vf.Stop
		}
		if call := f.g.MadeBy(s.Node); call != nil && call.Is(library.Send, library.Load, library.Sign) {
			return vf.Stop
		}
		containers[s.Node] = true
		return vf.Go
	}
	ctxOf := map[vf.ID]*vf.Context{c.put.To: c.ctx}
	if send != nil {
		var nodes []vf.ID
		ctx := send.state.Context
		call := send.call
		if call.Row().Req != library.None {
			if req := f.requestOf(c, send); req != nil {
				call, ctx = req.call, req.state.Context
			}
		}
		for _, s := range []library.Slot{call.Row().Body, call.Row().Form, call.Row().Req} {
			n, _ := call.Slot(s)
			if s != library.None {
				nodes = append(nodes, n...)
			}
		}
		w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true}
		w.Visit = func(s *vf.State) vf.Next {
			if _, ok := ctxOf[s.Node]; !ok {
				ctxOf[s.Node] = s.Context
			}
			return visit(s)
		}
		w.Follow = func(s *vf.State, e *vf.Edge) bool {
			return follows(e) && (e.Kind != vf.Derived || !f.g.Nodes[s.Node].Holds || c.before[s.Node] || c.before[e.From])
		}
		w.From(ctx, nodes...)
	}
	if !containers[c.put.To] {
		// The form and its other names: what is sent was not followed back to it. Whose form it was is lost by that.
		w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true, Visit: visit}
		w.Follow = func(s *vf.State, e *vf.Edge) bool { return follows(e) && e.Kind != vf.Derived }
		w.Run(f.listOf(c)...)
	}
	type place struct {
		at  vf.Span
		key string
	}
	seen := map[place]bool{}
	for _, n := range slices.Sorted(maps.Keys(containers)) { // of two that give one name different texts the first counts
		if !c.before[n] && send != nil && !f.formLike(n) {
			continue
		}
		for i := range f.g.In(n) {
			e := &f.g.Edges[i]
			if e.Kind != vf.Put || e.At.IsZero() || e.WireKey() == "" || e.Key == "Authorization" || strings.HasPrefix(e.Key, "header ") || seen[place{e.At, e.WireKey()}] && e != c.put {
				continue
			}
			if bodies[e.Key] {
				continue
			}
			seen[place{e.At, e.WireKey()}] = true
			fields = append(fields, Field{Key: e.WireKey(), Value: Span(e.Val), Put: Span(e.At), Const: f.constant(ctxOf[n], e.From)})
			if met != nil {
				met(e.WireKey(), ctxOf[n], e.From)
			}
		}
	}
	if c.put.KeyNode != 0 {
		fields = append(fields, Field{Key: c.key, Value: Span(c.put.Val), Put: Span(c.put.At)})
		fields = append(fields, f.dynamicFields(c)...)
	}
	sort.SliceStable(fields, func(i, j int) bool {
		a, b := fields[i], fields[j]
		if a.Put == b.Put {
			return before(a.Value, b.Value)
		}
		return before(a.Put, b.Put)
	})
	return fields
}

// listOf returns the form of a candidate, as the starts of a walk: if the assertion is an element of a list of pairs of name and value,
// the list that has the other parameters; else the node that it is put into.
func (f *finder) listOf(c *candidate) []*vf.State {
	form := []*vf.State{vf.At(c.put.To, c.ctx)}
	if c.put.Wire == "" || f.g.Nodes[c.put.To].Kind != vf.Lit || f.formLike(c.put.To) {
		return form
	}
	for i := range f.g.Out(c.put.To) {
		switch e := &f.g.Edges[i]; e.Kind {
		case vf.Plain, vf.Derived:
			form = append(form, vf.At(e.To, c.ctx))
		case vf.Open:
			form = append(form, vf.At(e.To, c.ctx.Push(e.Site)))
		}
	}
	return form
}

// bodies are parts that are the form itself, not parameters of it.
var bodies = map[string]bool{"Body": true, "Form": true, "PostForm": true, "EndpointParams": true, "FormData": true, "RawQuery": true, "URL": true, "ContentLength": true, "Header": true, "Method": true}

func follows(e *vf.Edge) bool {
	return e.Kind != vf.Put || bodies[e.Key] && e.Key != "URL" && e.Key != "Header" && e.Key != "Method"
}

// formLike reports whether the node can be a form: something with parts that are named on the wire.
func (f *finder) formLike(n vf.ID) bool {
	for i := range f.g.In(n) {
		if k := f.g.Edges[i].WireKey(); f.g.Edges[i].Kind == vf.Put && (k == "grant_type" || k == "client_id" || k == "client_secret" || k == "scope") {
			return true
		}
	}
	return false
}

// dynamicFields adds the other parameters that the same caller sets through the same helper.
func (f *finder) dynamicFields(c *candidate) (fields []Field) {
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = func(s *vf.State, e *vf.Edge) bool { return e.Kind != vf.Put && e.Kind != vf.Derived && s.Steps < 12 }
	home := ""
	if c.ctx != nil {
		home = f.g.Nodes[c.ctx.Site].Span.EnclosedBy
	}
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		if node.Kind != vf.Const || node.Text == c.key {
			return vf.Go
		}
		ctx := f.callers(s)
		if ctx == nil || f.g.Nodes[ctx.Site].Span.EnclosedBy != home {
			return vf.Go
		}
		at := Span(f.g.Nodes[ctx.Site].Span)
		fields = append(fields, Field{Key: node.Text, Value: at, Put: at, Const: f.constant(ctx, c.put.From)})
		return vf.Go
	}
	w.From(nil, c.put.KeyNode)
	return fields
}

// constant returns the text of a value, if it is a constant and nothing else.
func (f *finder) constant(ctx *vf.Context, n vf.ID) string {
	text, ok := "", true
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true}
	steps := 0
	w.Visit = func(s *vf.State) vf.Next {
		steps++
		node := &f.g.Nodes[s.Node]
		switch {
		case node.Kind == vf.Const && text == "":
			text = node.Text
		case node.Kind == vf.Const && text != node.Text:
			// More than one: the first met is kept, a branch decides.
		case node.Kind == vf.Called:
			if call := f.g.MadeBy(s.Node); call != nil && call.Name != "QueryEscape" && !call.InSight {
				ok = false
			}
		}
		if steps > 30 {
			return vf.Halt
		}
		return vf.Go
	}
	w.From(ctx, n)
	if !ok {
		return ""
	}
	return text
}

// response adds the calls that read the answer. What is kept in a field is read by everybody who reads
// the field, so fields are only looked at when there is nothing nearer.
func (f *finder) response(c *candidate, send *site) {
	if f.answers(c, send, false) == 0 {
		f.answers(c, send, true)
	}
}

func (f *finder) answers(c *candidate, send *site, fields bool) int {
	n := 0
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Limit: 1000}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		k := f.g.Nodes[e.To].Kind
		return fields || k != vf.Field && k != vf.Global
	}
	w.Visit = func(s *vf.State) vf.Next {
		if s.Steps > 25 || n > 3 {
			return vf.Stop
		}
		for _, u := range f.g.Uses(s.Node) {
			call := &f.g.Calls[u.Call]
			if call.Is(library.Response) || decodes(call.Name) && !call.InSight && !textCodecs[call.Pkg] {
				n++
				c.step(Response, call.Span, callName(call))
			}
		}
		return vf.Go
	}
	w.From(send.state.Context, send.call.Results...)
	return n
}

// textCodecs are packages whose decoders look into no answer.
var textCodecs = map[string]bool{"encoding/base64": true, "encoding/base32": true, "encoding/hex": true, "encoding/pem": true, "unicode/utf8": true}

func decodes(name string) bool {
	return strings.HasPrefix(name, "Unmarshal") || strings.HasPrefix(name, "Decode")
}

// step adds a step unless it is there.
func (c *candidate) step(role Role, at vf.Span, what string) {
	if at.IsZero() {
		return
	}
	for _, s := range c.trace {
		if s.Role == role && s.Span.File == at.File && s.Span.Offset == at.Offset && s.Span.End == at.End {
			return
		}
	}
	c.trace = append(c.trace, Step{Role: role, Span: Span(at), What: what})
}

// id makes an identifier of what stays when lines move: package, function, kind, parameter.
func id(parts ...string) string {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(h[:6])
}
