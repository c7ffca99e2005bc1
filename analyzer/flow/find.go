package flow

import (
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/budget"
	vf "jwtretire.example/internal/valueflow"
)

// A finder finds the flows of one graph.
type finder struct {
	g       *vf.Graph
	module  string
	vendors []provider.Provider // from the configuration
	cands   []*candidate

	put       map[string]bool // see names
	naming    []*vf.Call      // see loadSource
	origins   map[question]string
	behind    []bool          // nodes that a signature can reach
	noTests   bool            // walks skip test files, because the flow is in other files
	tracing   bool            // only steps are wanted, see wanted
	shapeless map[uint32]bool // see Reported
	farURL    bool            // a walk to constant text met [budget.URLSteps]
	bounds    []Bound         // limits that were met
}

// A parameter is the meaning of an assertion that is sent under a name.
type parameter struct {
	kind Kind
	// alone: the name and the other parameters are enough. Otherwise the program has to sign and send, too.
	alone bool
	// beside is a second parameter that is required.
	beside string
}

var parameters = map[string]parameter{
	"jwt_token":        {kind: AdobeExchange, alone: true},
	"assertion":        {kind: JWTBearer, alone: true},
	"client_assertion": {kind: ClientAssertion, alone: true},
	"subject_token":    {kind: TokenExchange},
	"actor_token":      {kind: TokenExchange},
	"SubjectToken":     {kind: TokenExchange}, // field of a structure without tags
	"ActorToken":       {kind: TokenExchange},
	"jwt":              {kind: JWTBearer},
	"Jwt":              {kind: JWTBearer},
	"token":            {kind: JWTBearer, beside: "uid"},
	"Authorization":    {kind: DirectBearer},
	"access_token":     {kind: DirectBearer}, // of golang.org/x/oauth2.Token, and RFC 6750 sections 2.2 and 2.3
}

// find finds the flows of the graph. Choose returns the groups of leads that are followed to the end, see wanted.
func (f *finder) find(choose func(*finder, []lead) map[group]bool) []*Flow {
	leads := f.leads()
	wanted := choose(f, leads)
	for _, l := range leads {
		if wanted[f.groupOf(l)] {
			f.collect(l)
		}
	}
	for i := range f.g.Calls {
		if c := &f.g.Calls[i]; c.Is(library.Exchange) {
			f.fromExchange(c)
		}
	}
	return f.finish()
}

// fromDynamic looks for callers of a helper, such as set(form, key, value), that pass the name of an assertion or a part of the name.
func (f *finder) fromDynamic(e *vf.Edge, found func(key string, p parameter, ctx *vf.Context)) {
	f.noTests = false
	n := 0
	start, before, after := f.affixes(e.KeyNode)
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = func(s *vf.State, way *vf.Edge) bool {
		if s.Steps >= budget.OpenCalls.At(f.g.Budget) {
			f.bound(Span(e.At), budget.OpenCalls)
		}
		return f.handsName(s, way)
	}
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		if node.Kind == vf.Field || node.Kind == vf.Global {
			return vf.Stop
		}
		if node.Kind != vf.Const {
			return vf.Go
		}
		name := before + node.Text + after
		if p, ok := parameters[name]; ok && name != "Authorization" && name != "access_token" && name != "token" {
			if n++; n <= budget.Callers.At(f.g.Budget) {
				found(name, p, f.callers(s))
			} else {
				f.bound(Span(e.At), budget.Callers)
			}
		}
		return vf.Go
	}
	w.From(nil, start)
}

// handsName reports whether an edge can be on the way of a parameter's name through helpers.
func (f *finder) handsName(s *vf.State, e *vf.Edge) bool {
	return e.Kind != vf.Put && e.Kind != vf.Derived && s.Steps < budget.OpenCalls.At(f.g.Budget)
}

// affixes splits a name that consists of one value and constant text: kind + "_token", fmt.Sprintf("%s_token", kind).
// For any other name, it returns the name itself as value.
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
	// The order of the parts is not in the graph. Names of parameters have their common part at the end.
	if strings.HasPrefix(text, "_") {
		return value, "", text
	}
	return value, text, ""
}

// callers returns the context of the functions in which a backward walk started: the calls through which it left them.
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

// follow completes a candidate by a backward and a forward walk. It returns no candidate if this is no flow, the candidate itself, or
// the candidates that it was split into.
func (f *finder) follow(c *candidate, p parameter) []*candidate {
	f.back(c, p)
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
	if c.ctx == nil && p.kind != DirectBearer && !f.tracing {
		if parts := f.split(c, p); len(parts) > 0 {
			return parts
		}
	}
	return []*candidate{c}
}

// hopeless reports whether accept will drop a candidate in any case. Most parameters with an ordinary name belong to no flow, and assemble
// would be most of the work for them.
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

// comesFromSign reports whether a signature can reach a node. It is a cheap over-approximation of the backward walk.
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

// names reports whether a parameter of that name is set anywhere, or the name is a constant that a helper may get.
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

// accept reports whether a candidate is a flow, by its parameters and requests.
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
		// finish requires a provider. Without claims, the signature is that of a request, not of a token. An access_token counts only if it
		// is sent, or passed to an unknown function. A token in the program's own response is issued by the program.
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
		// A proof or a statement for a server where the program is already authenticated does not fetch a token.
		if _, proof := fields["proof_type"]; proof {
			return false
		}
		if slices.ContainsFunc(c.sends, func(s site) bool { return f.authorized(c, &s) }) {
			return false
		}
		return sent || c.key == "Jwt" && len(c.handed) > 0
	case test && (!sent || len(c.signs) == 0):
		// A test of the program's own exchange, which is a flow of its own, or a test of a server.
		return false
	case !sent && len(c.handed) == 0 && !c.escapes && len(c.signs) == 0:
		return false
	case len(c.signs) > 0:
		return sent || grant || ctype || atype || secret
	}
	// Signed elsewhere: the other parameters have to identify the grant.
	switch p.kind {
	case AdobeExchange:
		return secret && (sent || len(c.handed) > 0 || c.escapes)
	case ClientAssertion:
		return ctype || grant
	}
	return grant || atype
}
