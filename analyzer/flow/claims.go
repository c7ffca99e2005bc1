package flow

import (
	"cmp"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/budget"
	"jwtretire.example/internal/lazyregexp"
	vf "jwtretire.example/internal/valueflow"
)

// claimMarks holds the names and values of the claims of an assertion.
type claimMarks struct {
	keys    []string
	values  []string
	scopes  []string
	texts   []string
	meta    map[string]bool
	dyn     bool // a metascope has a name that is not a constant
	unnamed bool // some other claim has such a name
	alg     []string
	seen    map[*vf.Edge]int
	later   []func() // evaluated after it is certain that these are claims
}

// maxClaims is the maximum number of claims that are evaluated; real tokens have up to 30. With more than boundless, the values are
// not claims: the walk reached a map that all parts of the program write to.
const (
	maxClaims = 100
	boundless = 400
)

// fresh reports whether a claim still has to be evaluated: not if it was seen once per possible caller, and
// not if there are more claims than any token has.
func (m *claimMarks) fresh(e *vf.Edge) bool {
	if m.seen == nil {
		m.seen = map[*vf.Edge]int{}
	}
	m.seen[e]++
	return m.seen[e] <= 2 && len(m.seen) <= maxClaims
}

// read evaluates the collected claims.
func (m *claimMarks) read() {
	for _, f := range m.later {
		f()
	}
	m.later = nil
}

// shapeless reports whether the values cannot be claims.
func (m *claimMarks) shapeless() bool { return len(m.seen) > boundless }

// claimsOf walks back from claims, or from a token with claims, to the code that builds them.
func (f *finder) claimsOf(c *candidate, ctx *vf.Context, nodes ...vf.ID) {
	if c.claims.meta == nil {
		c.claims.meta = map[string]bool{}
	}
	var spare vf.Span
	var texts []vf.Span // of claims
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		if e.Kind == vf.Derived && e.Call > 0 {
			call := &f.g.Calls[e.Call-1]
			if row := call.Row(); row != nil {
				if call.Is(library.Sign, library.SignRaw, library.Signer, library.Load, library.Parse, library.Send) {
					return false
				}
				if row.Key != library.None && row.Role == library.Claims {
					keys, _ := call.Slot(row.Key)
					for _, k := range keys {
						if k == e.From {
							return false
						}
					}
				}
			}
		}
		if e.Kind != vf.Put {
			return true
		}
		return f.claim(c, s, e)
	}
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		switch {
		case c.kind == DirectBearer && c.claims.shapeless():
			return vf.Halt // it will be dropped
		case f.beyond(c, s, budget.ClaimSteps):
			return vf.Stop
		}
		switch node.Kind {
		case vf.Const:
			c.claims.texts = append(c.claims.texts, node.Text)
			f.metaText(c, node.Text)
			if claimInText.MatchString(node.Text) {
				texts = append(texts, node.Span)
			}
		case vf.Lit:
			if node.Holds && f.isClaims(s.Node) {
				c.step(Claims, node.Span, "claims")
			}
		case vf.Var, vf.Other:
			// A variable whose fields are set, or JSON text: used if there is no better place.
			if spare.IsZero() && !node.Span.IsZero() && f.isClaims(s.Node) {
				spare = node.Span
			}
		case vf.Called:
			call := f.g.MadeBy(s.Node)
			switch {
			case call == nil:
			case call.Is(library.Claims, library.SigningInput):
				c.step(Claims, call.Span, callName(call))
				if call.Is(library.SigningInput) {
					c.step(Sign, call.Span, callName(call))
				}
				if alg, _ := call.Slot(call.Row().Alg); call.Row().Alg != library.None {
					f.algorithm(c, s.Context, alg...)
				}
			case call.Is(library.Load, library.Parse, library.Send, library.Exchange, library.Verify, library.Sign, library.SignRaw, library.Generate):
				return vf.Stop
			}
		}
		return vf.Go
	}
	w.From(ctx, nodes...)
	// Text is built in pieces: only the first piece in a function is a step.
	slices.SortFunc(texts, func(a, b vf.Span) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset))
	})
	for i, t := range texts {
		if i == 0 || texts[i-1].File != t.File || texts[i-1].EnclosedBy != t.EnclosedBy {
			c.step(Claims, t, "claims")
		}
	}
	if !slices.ContainsFunc(c.trace, func(s Step) bool { return s.Role == Claims }) {
		c.step(Claims, spare, "claims")
	}
}

// claimInText is a registered claim (RFC 7519 section 4.1) in JSON text.
var claimInText = lazyregexp.New(`"(?:iss|sub|aud|exp|nbf|iat|jti)"\s*:`)

// isClaims reports whether a literal contains claims, by the names of its parts or of its type.
func (f *finder) isClaims(n vf.ID) bool {
	t := f.g.Nodes[n].Text
	t = strings.ToLower(t[strings.LastIndexByte(t, '.')+1:])
	if strings.HasSuffix(t, "claims") || strings.HasSuffix(t, "claimset") {
		return true
	}
	named := false
	for i := range f.g.In(n) {
		e := &f.g.Edges[i]
		if e.Kind != vf.Put {
			continue
		}
		switch strings.ToLower(e.WireKey()) {
		case "iss", "sub", "aud", "exp", "iat", "jti", "nbf", "standardclaims", "registeredclaims":
			return true
		case "issuer", "subject", "audience", "expiresat", "expiry", "scope":
			named = true
		}
		switch strings.ToLower(e.Key) {
		case "accesstoken", "tokentype", "tokenurl", "clientid", "clientsecret", "privatekey", "granttype", "endpoint":
			return false // a token, a token request, or the settings of a client
		}
	}
	return named
}

// claim adds one claim. It reports whether its value consists of claims, too.
func (f *finder) claim(c *candidate, s *vf.State, e *vf.Edge) bool {
	key := e.WireKey()
	if key == "Header" || strings.HasPrefix(key, "header ") || key == "Method" || key == "Raw" || key == "Signature" {
		return false
	}
	if !c.claims.fresh(e) {
		return false
	}
	if e.KeyNode != 0 {
		var ctx *vf.Context // the values of all callers, unless the flow is that of one caller
		if c.split {
			ctx = s.Context
		}
		c.claims.later = append(c.claims.later, func() {
			// An unknown name can be that of any claim; it counts only if no metascope is found.
			switch found, open := f.metaKey(c, f.literals(ctx, e.KeyNode)); {
			case found:
			case open:
				c.claims.dyn = true
			default:
				c.claims.unnamed = true
			}
		})
		return false
	}
	if key != "" {
		c.claims.keys = append(c.claims.keys, key)
		f.metaText(c, key)
	}
	switch strings.ToLower(key) {
	case "claims", "standardclaims", "registeredclaims", "privateclaims", "mapclaims", "payload", "":
		return true
	}
	node, ctx := &f.g.Nodes[e.From], s.Context
	if c.flow != nil {
		c.claims.later = append(c.claims.later, func() { f.source(c, fromClaim(c.kind, key), ctx, e.From) })
	}
	list := node.Kind == vf.Lit && node.Holds && !node.Bytes // jwt.ClaimStrings{"…"}: its constants are values
	c.claims.later = append(c.claims.later, func() {
		for _, l := range f.literals(ctx, e.From) {
			c.claims.values = append(c.claims.values, l.Text)
			if strings.EqualFold(key, "scope") && !list {
				c.claims.scopes = append(c.claims.scopes, l.Text)
			}
		}
	})
	return list && f.isClaims(e.From)
}

// algorithm adds the names of the signing methods.
func (f *finder) algorithm(c *candidate, ctx *vf.Context, nodes ...vf.ID) {
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true}
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		for _, a := range []string{"RS", "PS", "ES", "HS"} {
			for _, n := range []string{"256", "384", "512"} {
				if strings.Contains(node.Text, a+n) && len(c.claims.alg) < 4 {
					c.claims.alg = append(c.claims.alg, a+n)
				}
			}
		}
		if s.Steps > 6 {
			return vf.Stop
		}
		return vf.Go
	}
	w.From(ctx, nodes...)
}
