package flow

import (
	"maps"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/provider"
	vf "jwtretire.example/internal/valueflow"
)

// A finder finds the flows of one graph.
type finder struct {
	g       *vf.Graph
	module  string
	vendors []provider.Provider // those that the configuration describes
	cands   []*candidate

	put     map[string]bool // see names
	naming  []*vf.Call      // see loadSource
	origins map[question]string
	behind  []bool // what a signature can come to
	noTests bool   // the walks stay out of test files: the flow is not one of a test
}

// A candidate is a flow that is being put together.
type candidate struct {
	kind        Kind
	put         *vf.Edge      // what puts the assertion into the form; nil for a library's exchange
	call        *vf.Call      // the library's exchange; nil for a form
	ctx         *vf.Context   // the calls that lead to put
	key         string        // parameter
	where       vf.Span       // the call of the helper that puts, if a helper does
	split       bool          // one of several flows through put, told apart by ctx
	through     []*vf.Context // of a bearer: the calls by which signed tokens come to put, where every one of them comes by such
	sent        []site        // likewise the requests that carry these, one for each way
	ways        []*vf.State   // how the assertion came, for every signature and source
	signs       []site
	sources     []site // where an assertion that is signed elsewhere comes from
	sends       []site
	requests    []site
	handed      []site // calls out of sight that take the form
	abstract    []site // calls of interface methods that take it and that something in sight implements
	sentOutside bool   // a call out of sight surely sends the form
	testing     bool   // the request is made for a test of a server
	tokenless   bool   // every request that carries it is one that brings no token
	replied     bool   // it goes into the answer of the program itself
	escapes     bool   // the form leaves the code in sight
	answered    bool   // the assertion is the answer of another request: a token exchange
	asked       bool   // the assertion is what a caller sent: it stands for the caller
	remote      bool   // what is sent has claims that are made here, and a signature that is not

	others  map[string]bool // of a bearer that comes by through: constant text of the URLs that other calls give the same requests
	configs []vf.ID         // structures whose field the key comes out of
	before  map[vf.ID]bool  // nodes of the form before it is a request
	flow    *Flow
	claims  claimMarks
	ephem   bool // a key is made in the process
	typed   bool // a structure for a library's exchange is in sight
	keyed   bool // and has a key
	trace   []Step
}

// A site is a call as a walk met it.
type site struct {
	call  *vf.Call
	state *vf.State
	chain bool // what was met is what the call is made on
}

// A parameter says what sending an assertion under a name means.
type parameter struct {
	kind Kind
	// alone: the name and its company are enough. Else something in sight must sign and send.
	alone bool
	// beside is a parameter that must be there too.
	beside string
}

var parameters = map[string]parameter{
	"jwt_token":        {kind: AdobeExchange, alone: true},
	"assertion":        {kind: JWTBearer, alone: true},
	"client_assertion": {kind: ClientAssertion, alone: true},
	"subject_token":    {kind: TokenExchange},
	"actor_token":      {kind: TokenExchange},
	"SubjectToken":     {kind: TokenExchange}, // of a structure without tags
	"ActorToken":       {kind: TokenExchange},
	"jwt":              {kind: JWTBearer},
	"Jwt":              {kind: JWTBearer},
	"token":            {kind: JWTBearer, beside: "uid"},
	"Authorization":    {kind: DirectBearer},
	"access_token":     {kind: DirectBearer}, // of golang.org/x/oauth2.Token, and RFC 6750 sections 2.2 and 2.3
}

func (f *finder) find() []*Flow {
	g := f.g
	signs := slices.ContainsFunc(g.Calls, func(c vf.Call) bool { return c.Is(library.Sign, library.SignRaw) })
	for i := range g.Edges {
		e := &g.Edges[i]
		if e.Kind != vf.Put || e.At.IsZero() || i < g.OwnEdges && !g.Joined(e) {
			continue // nothing new since a package below looked at it
		}
		if p, ok := parameters[e.WireKey()]; ok {
			if signs || p.alone {
				f.fromPut(e, e.WireKey(), p, nil)
			}
			continue
		}
		if e.KeyNode != 0 {
			f.noTests = false
			f.fromDynamic(e)
		}
	}
	for i := range g.Calls {
		if c := &g.Calls[i]; c.Is(library.Exchange) {
			f.fromExchange(c)
		}
	}
	return f.finish()
}

// fromDynamic looks for callers that give a helper, set(form, key, value), the name of an assertion, or a part of it.
func (f *finder) fromDynamic(e *vf.Edge) {
	n := 0
	start, before, after := f.affixes(e.KeyNode)
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = func(s *vf.State, e *vf.Edge) bool { return e.Kind != vf.Put && e.Kind != vf.Derived && s.Steps < 12 }
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		if node.Kind == vf.Field || node.Kind == vf.Global {
			return vf.Stop
		}
		if node.Kind == vf.Const && n < 40 {
			name := before + node.Text + after
			if p, ok := parameters[name]; ok && name != "Authorization" && name != "access_token" && name != "token" {
				n++
				f.fromPut(e, name, p, f.callers(s))
			}
		}
		return vf.Go
	}
	w.From(nil, start)
}

// affixes takes a name apart that is made of one value and constant text around it: kind + "_token", fmt.Sprintf("%s_token", kind).
// Any other name is the value itself.
func (f *finder) affixes(n vf.ID) (value vf.ID, before, after string) {
	plus := f.g.Nodes[n].Text == "+"
	if call := f.g.MadeBy(n); !plus && (call == nil || call.Pkg != "fmt" || call.Name != "Sprintf") {
		return n, "", ""
	}
	text := ""
	for i := range f.g.In(n) {
		e := &f.g.Edges[i]
		switch {
		case e.Kind != vf.Derived:
			return n, "", ""
		case f.g.Nodes[e.From].Kind == vf.Const && text == "":
			text = f.g.Nodes[e.From].Text
		case f.g.Nodes[e.From].Kind == vf.Const || value != 0:
			return n, "", ""
		default:
			value = e.From
		}
	}
	if value == 0 {
		return n, "", ""
	}
	if !plus {
		before, after, _ = strings.Cut(text, "%s")
		return value, before, after
	}
	// Names of parameters have their common part at the end.
	if strings.HasPrefix(text, "_") {
		return value, "", text
	}
	return value, text, ""
}

// callers returns the calls through which a backward walk left the functions it started in, as the
// context of the same functions.
func (f *finder) callers(s *vf.State) *vf.Context {
	var sites []vf.ID
	for t := s; t != nil && t.From != nil; t = t.From {
		if e := &f.g.Edges[t.Edge-1]; e.Kind == vf.Open && t.From.Context == nil {
			sites = append(sites, e.Site)
		}
	}
	var ctx *vf.Context
	for _, site := range sites { // outermost first
		ctx = ctx.Push(site)
	}
	return ctx
}

func inTest(s Span) bool { return strings.HasSuffix(s.File, "_test.go") }

func (f *finder) fromPut(e *vf.Edge, key string, p parameter, ctx *vf.Context) {
	c := &candidate{kind: p.kind, put: e, key: key, ctx: ctx}
	switch from := &f.g.Nodes[e.From]; {
	case from.Kind == vf.Func, from.Kind == vf.Lit && !from.Bytes:
		return // no text
	case from.Kind == vf.Const && strings.ContainsAny(from.Text, " \n"):
		return // a sentence: the description of a setting, a message about a missing parameter
	}
	if !p.alone && !f.comesFromSign(e.From) || p.beside != "" && !f.names(p.beside) {
		return
	}
	f.noTests = !inTest(Span(e.At)) && (ctx == nil || !inTest(Span(f.g.Nodes[ctx.Site].Span)))
	if ctx != nil {
		c.where = f.g.Nodes[ctx.Site].Span
	}
	f.g.Try(func() bool {
		parts := f.follow(c, p)
		f.cands = append(f.cands, parts...)
		return len(parts) > 0
	})
}

// follow follows a candidate both ways. It returns what is left of it: nothing, itself, or the flows that
// it is taken apart into.
func (f *finder) follow(c *candidate, p parameter) []*candidate {
	f.back(c)
	if len(c.signs) == 0 && (c.answered || c.asked && p.kind != AdobeExchange) {
		return nil
	}
	if !p.alone && len(c.signs) == 0 || p.kind == DirectBearer && (!f.claiming(c) || f.basic(c.ctx, c.put)) {
		return nil
	}
	if p.kind == DirectBearer && c.ctx == nil {
		c.through = f.handedBy(c)
	}
	f.forward(c)
	if c.testing && len(c.sends) == 0 || f.hopeless(c, p) {
		return nil
	}
	f.assemble(c)
	if !f.accept(c, p) {
		return nil
	}
	if c.ctx == nil && p.kind != DirectBearer {
		if parts := f.split(c, p); len(parts) > 0 {
			return parts
		}
	}
	return []*candidate{c}
}

// hopeless reports whether accept will drop a candidate whatever is found out about it: most puts of
// a parameter with an everyday name are none of ours, and finding out is most of the work.
func (f *finder) hopeless(c *candidate, p parameter) bool {
	sent := len(c.sends) > 0 || slices.ContainsFunc(c.handed, func(h site) bool { return surelySends(h.call.Name) })
	switch {
	case p.beside != "":
		return !sent
	case c.key == "jwt":
		return !sent
	case c.key == "Jwt":
		return !sent && len(c.handed) == 0
	}
	return false
}

// comesFromSign reports whether a signature may come to a node. Where none can, none is found.
func (f *finder) comesFromSign(n vf.ID) bool {
	if f.behind == nil {
		var results []vf.ID
		for i := range f.g.Calls {
			if c := &f.g.Calls[i]; c.Is(library.Sign, library.SignRaw) {
				results = append(results, c.Results...)
			}
		}
		f.behind = f.g.Behind(results)
	}
	return f.behind[n]
}

// names reports whether anything is put under a name, or may be by a helper that is told the name.
func (f *finder) names(name string) bool {
	if f.put == nil {
		f.put = map[string]bool{}
		for i := range f.g.Edges {
			if e := &f.g.Edges[i]; e.Kind == vf.Put {
				f.put[e.WireKey()] = true
			}
		}
		for i := range f.g.Nodes {
			if n := &f.g.Nodes[i]; n.Kind == vf.Const {
				f.put[n.Text] = true
			}
		}
	}
	return f.put[name]
}

// accept drops what only looks like a flow.
func (f *finder) accept(c *candidate, p parameter) bool {
	fields := map[string]string{}
	for _, fd := range c.flow.Fields {
		fields[fd.Key] = fd.Const
	}
	_, grant := fields["grant_type"]
	if _, untagged := fields["GrantType"]; untagged && p.kind == TokenExchange {
		grant = true // of a generated client
	}
	_, ctype := fields["client_assertion_type"]
	_, atype := fields["assertion_type"]
	_, secret := fields["client_secret"]
	if c.flow.Presigned && fields["requested_token_use"] == "on_behalf_of" {
		return false
	}
	if strings.Contains(fields["grant_type"], "saml2") || strings.Contains(fields["client_assertion_type"], "saml2") {
		return false
	}
	sent := len(c.sends) > 0 || c.sentOutside
	test := !f.noTests
	switch {
	case p.beside != "":
		_, ok := fields[p.beside]
		return ok && sent
	case p.kind == DirectBearer:
		// finish asks for a provider. A signature alone is a request's, not a token; and what is called a token is one where it
		// is sent, or where it is handed to whoever sends it. What the program answers with is its own.
		if c.claims.shapeless() || c.key == "access_token" && (c.replied || !sent && !c.escapes && len(c.handed) == 0) {
			return false
		}
		for _, s := range c.trace {
			if s.Role == Claims {
				return true
			}
		}
		return false
	case c.replied && !sent, c.tokenless:
		return false
	case c.key == "jwt" || c.key == "Jwt":
		// A proof or a statement for somebody who has let the program in already is no way in.
		if _, proof := fields["proof_type"]; proof {
			return false
		}
		if slices.ContainsFunc(c.sends, func(s site) bool { return f.authorized(c, &s) }) {
			return false
		}
		return sent || c.key == "Jwt" && len(c.handed) > 0
	case test && (!sent || len(c.signs) == 0):
		// A test of the program's own exchange, which is found by itself, or of a server.
		return false
	case !sent && len(c.handed) == 0 && !c.escapes && len(c.signs) == 0:
		return false
	case len(c.signs) > 0:
		return sent || grant || ctype || atype || secret
	}
	// Signed elsewhere: the company it keeps must say what it is.
	switch p.kind {
	case AdobeExchange:
		return secret && (sent || len(c.handed) > 0 || c.escapes)
	case ClientAssertion:
		return ctype || grant
	}
	return grant || atype
}

// back walks from the assertion to what signs it.
func (f *finder) back(c *candidate) {
	answer := 0 // how far it is to where the token is decoded
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		if e.Kind != vf.Derived || e.Call == 0 {
			return true
		}
		// What is decoded is an answer or a setting, not what was encoded here; and a bearer that
		// comes out of a call out of sight is the answer, the access token.
		call := &f.g.Calls[e.Call-1]
		if decodes(call.Name) {
			if answer == 0 {
				answer = s.Steps + 1
			}
			return false
		}
		return c.kind != DirectBearer || call.Row() != nil
	}
	w.Visit = func(s *vf.State) vf.Next {
		call := f.g.MadeBy(s.Node)
		if call == nil {
			node := &f.g.Nodes[s.Node]
			if node.Kind == vf.Lit && node.Holds && !s.Inside() && f.isClaims(s.Node) {
				c.remote = true
				return vf.Stop // what is in them is no assertion
			}
			if node.Asked || f.g.Begins(s.Node) && (node.Kind == vf.Param || node.Kind == vf.Field) && ofCaller(node.Text) {
				c.asked = true
				return vf.Stop
			}
			return vf.Go
		}
		switch {
		case call.Pkg == "context" && call.Name == "Value":
			c.asked = true
			return vf.Stop
		case call.Is(library.Sign, library.SignRaw):
			c.signs = append(c.signs, site{call: call, state: s})
			c.ways = append(c.ways, s)
			return vf.Stop
		case call.Is(library.Send):
			c.answered = true
			return vf.Stop
		case call.Is(library.Load) || strings.HasPrefix(call.Name, "go:embed"):
			c.sources = append(c.sources, site{call: call, state: s})
			c.ways = append(c.ways, s)
			return vf.Stop
		case call.Is(library.Verify, library.Parse, library.Generate, library.Exchange, library.Request):
			return vf.Stop
		}
		return vf.Go
	}
	w.From(c.ctx, c.put.From)
	c.signs = distinct(c.signs)
	c.remote = c.remote && len(c.signs) == 0
	if c.key == "access_token" && answer > 0 && len(c.signs) > 0 && answer < c.signs[0].state.Steps {
		// The token of an answer, in a type that has tokens of the program's own elsewhere.
		c.signs, c.answered = nil, true
	}
}

// ofCaller reports whether a parameter or a field is called after a user, or after a token that a user has.
func ofCaller(name string) bool {
	l := strings.ToLower(name)
	for _, word := range []string{"user", "caller", "subject", "session", "bearer", "incoming", "idtoken", "id_token", "accesstoken", "access_token", "onbehalf"} {
		if strings.Contains(l, word) {
			return true
		}
	}
	return false
}

// distinct keeps the first site of every call, and for signatures by hand all of the nearest.
func distinct(sites []site) []site {
	var out []site
	seen := map[*vf.Call]bool{}
	for _, s := range sites {
		if !seen[s.call] {
			seen[s.call] = true
			out = append(out, s)
		}
	}
	return out
}

// forward walks from the form to the requests that carry it.
func (f *finder) forward(c *candidate) {
	c.before = map[vf.ID]bool{c.put.To: true}
	w := vf.Walk{Graph: f.g, NoTests: f.noTests}
	made := map[*vf.State]bool{} // states at or behind a request
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
		// What is in sight implements the interface and sends nothing: a double for tests, a part of what there is.
		c.handed = slices.DeleteFunc(distinct(c.abstract), func(s site) bool { return !sends(s.call.Name) })
	}
}

// manyCallers is how many calls hand a helper a token before it does not matter which of them do.
const manyCallers = 6

// handedBy returns the calls by which signed tokens are handed to where they become a bearer, nil if one is signed there or is kept
// somewhere on the way: a helper that everything is sent by is told other tokens by other calls, and other URLs.
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

// linked reports whether something in sight implements the interface whose method is called. A package below the one that has the
// implementation did not see it.
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

// sentBy reports whether a node is the URL of a request, which has parameters, or, of a bearer, what a call sends its requests by: a
// client has the token of its source.
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

// carries reports whether an argument of a sending call is, or has, what is sent.
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
