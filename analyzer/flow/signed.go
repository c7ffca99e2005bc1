package flow

import (
	"cmp"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/lazyregexp"
	vf "jwtretire.example/internal/valueflow"
)

// claimMarks is what the claims of an assertion say.
type claimMarks struct {
	keys    []string
	values  []string
	scopes  []string
	texts   []string
	meta    map[string]bool
	dyn     bool // a metascope has a name that is not a constant
	unnamed bool // some claim has one
	alg     []string
	seen    map[*vf.Edge]int
	later   []func() // what is read once it is clear that these are claims
}

// maxClaims bounds the claims that are read; real tokens have up to 30. What has more than boundless is
// not made of claims: everything that the program puts into any map comes by there.
const (
	maxClaims = 100
	boundless = 400
)

// fresh reports whether a claim is still to be read: not more often than callers can differ, and
// not where there are more of them than any token has.
func (m *claimMarks) fresh(e *vf.Edge) bool {
	if m.seen == nil {
		m.seen = map[*vf.Edge]int{}
	}
	m.seen[e]++
	return m.seen[e] <= 2 && len(m.seen) <= maxClaims
}

// read reads the claims that were met.
func (m *claimMarks) read() {
	for _, f := range m.later {
		f()
	}
	m.later = nil
}

// shapeless reports whether these are no claims at all.
func (m *claimMarks) shapeless() bool { return len(m.seen) > boundless }

// signed adds claims, key and signature of one signing call.
func (f *finder) signed(c *candidate, s site) {
	row := s.call.Row()
	ctx := s.state.Context
	if keys, _ := s.call.Slot(row.Key); row.Key != library.None {
		f.key(c, ctx, keys...)
	}
	f.signedClaims(c, s)
	f.configured(c, s)
	f.helpers(c, Sign, s.state)
	c.step(Sign, s.call.Span, callName(s.call))
}

// signedClaims adds the claims of one signing call.
func (f *finder) signedClaims(c *candidate, s site) {
	row := s.call.Row()
	ctx := s.state.Context
	if claims, _ := s.call.Slot(row.Claims); row.Claims != library.None {
		f.claimsOf(c, ctx, claims...)
	}
	if alg, _ := s.call.Slot(row.Alg); row.Alg != library.None {
		f.algorithm(c, ctx, alg...)
	}
	if row.Role == library.SignRaw {
		if in, _ := s.call.Slot(row.Input); row.Input != library.None {
			f.claimsOf(c, ctx, in...)
		}
		if c.put != nil {
			f.claimsOf(c, c.ctx, c.put.From)
		}
	}
}

// ofSettings is said of the literal of settings that claims are made of: what else its file is about has nothing to do with the flow.
const ofSettings = "settings that the claims are made of"

// configured names the literals of settings that have both the key and what the claims say, as that of an oauth2/jwt.Config.
func (f *finder) configured(c *candidate, s site) {
	row := s.call.Row()
	if len(c.configs) == 0 || c.kind == DirectBearer {
		return
	}
	var nodes []vf.ID
	for _, slot := range []library.Slot{row.Claims, row.Input} {
		if slot != library.None {
			n, _ := s.call.Slot(slot)
			nodes = append(nodes, n...)
		}
	}
	literals := map[vf.ID]bool{}
	for _, n := range c.configs {
		if f.g.Nodes[n].Kind == vf.Lit {
			literals[n] = true
		}
	}
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true, Limit: 3000}
	w.Visit = func(s *vf.State) vf.Next {
		if literals[s.Node] && s.Inside() {
			c.step(Claims, f.g.Nodes[s.Node].Span, ofSettings)
			delete(literals, s.Node)
		}
		if len(literals) == 0 {
			return vf.Halt
		}
		if call := f.g.MadeBy(s.Node); call != nil && call.Is(library.Load, library.Parse, library.Send, library.Verify, library.Generate) {
			return vf.Stop
		}
		return vf.Go
	}
	w.From(s.state.Context, nodes...)
}

// claiming reports whether what is signed has claims, and no more than a token can have. Most headers
// that a signature goes into are those of signed requests: this is told apart before the way of the
// key and of the request, which are most of the work, are looked at.
func (f *finder) claiming(c *candidate) bool {
	trial := &candidate{kind: c.kind, put: c.put, ctx: c.ctx}
	for _, s := range c.signs {
		f.signedClaims(trial, s)
		if trial.claims.shapeless() {
			return false
		}
	}
	return slices.ContainsFunc(trial.trace, func(s Step) bool { return s.Role == Claims })
}

// helpers adds the calls of the functions that a backward walk went into on its way to a state.
func (f *finder) helpers(c *candidate, role Role, s *vf.State) {
	for t := s; t != nil && t.From != nil; t = t.From {
		if call := f.g.MadeBy(t.Node); role == KeyLoad && call != nil && call.Is(library.Parse) {
			return // what follows is the parsed key
		}
		if k := f.g.Nodes[t.Node].Kind; (role == KeyParse || role == KeyLoad) && (k == vf.Field || k == vf.Global) {
			return // what follows only hands the key around
		}
		if call := f.g.MadeBy(t.Node); role == KeyLoad && call != nil && reads(call) {
			c.step(role, call.Span, callName(call))
		}
		if e := &f.g.Edges[t.Edge-1]; e.Kind == vf.Close {
			c.step(role, f.g.Nodes[e.Site].Span, "got from "+f.calleeName(e.Site))
		}
	}
}

// reads reports whether a call reads all of what was opened.
func reads(call *vf.Call) bool {
	return (call.Pkg == "io" || call.Pkg == "io/ioutil") && call.Name == "ReadAll"
}

// key walks back from the key of a signature to where it is parsed and loaded.
func (f *finder) key(c *candidate, ctx *vf.Context, nodes ...vf.ID) {
	loads, parses, before := 0, 0, len(c.trace)
	var ends []*vf.State
	var text vf.Span               // the first constant
	var signers, got, given []site // given: what the key itself is the result of
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		if e.Kind == vf.Put && (e.Key == "Header" || e.Key == "Claims" || strings.HasPrefix(e.Key, "header ")) {
			return false
		}
		if e.Kind == vf.Derived && e.Call > 0 {
			call := &f.g.Calls[e.Call-1]
			if call.Is(library.Parse) && e.To != 0 && f.g.MadeBy(e.To) != call && parses < 12 {
				// It parses into a variable: key.UnmarshalJSON(data).
				c.step(KeyParse, call.Span, callName(call))
				parses++
			}
			if call.Row() == nil && !call.InSight {
				return f.keyComesBy(call, e.From)
			}
			// What else a parsing call takes is a passphrase.
			if call.Row() != nil && call.Row().Key != library.None && len(call.Row().Flow) == 0 {
				keys, _ := call.Slot(call.Row().Key)
				for _, k := range keys {
					if k == e.From {
						return true
					}
				}
				return call.Is(library.Pass, library.Load)
			}
		}
		return true
	}
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		if s.Steps > 60 {
			return vf.Stop
		}
		call := f.g.MadeBy(s.Node)
		switch {
		case call == nil:
		case strings.HasPrefix(call.Name, "go:embed"):
			loads++
			c.step(KeyLoad, call.Span, call.Name)
			c.keySource("embed " + strings.TrimSpace(strings.TrimPrefix(call.Name, "go:embed")))
			return vf.Stop
		case call.Is(library.Generate):
			c.ephem = true
			return vf.Stop
		case call.Is(library.Load):
			if loads < 12 {
				role := KeyLoad
				if call.Row().Parses {
					parses++
				}
				c.step(role, call.Span, f.loadText(c, s.Context, call))
				c.keySource(f.loadSource(s.Context, call))
				f.helpers(c, KeyLoad, s)
			}
			loads++
			return vf.Stop
		case call.Is(library.Parse):
			if parses < 12 {
				f.helpers(c, KeyParse, s)
				c.step(KeyParse, call.Span, callName(call))
			}
			parses++
		case call.Is(library.Signer):
			signers = append(signers, site{call: call, state: s})
		case call.Is(library.Send, library.Sign, library.Verify, library.Lookalike, library.Exchange):
			return vf.Stop
		case call.Row() != nil || call.InSight:
		case keyTypes[call.Type] && f.takesText(call):
			if parses < 12 {
				c.step(KeyParse, call.Span, callName(call))
			}
			parses++
		case s.Clean && !s.Inside() && call.Name != "":
			given = append(given, site{call: call, state: s})
		case node.Bytes && vf.Retrieves(call.Name) || keyTypes[call.Type]:
			got = append(got, site{call: call, state: s})
		}
		if node.Kind == vf.Const && node.Bytes && strings.Contains(node.Text, "PRIVATE KEY") {
			c.step(KeyLoad, node.Span, "key in the source")
			c.keySource("literal")
			loads++
		}
		if node.Kind == vf.Const && node.Bytes && text.IsZero() && s.Clean {
			text = node.Span
		}
		if !s.Inside() {
			f.fieldWrite(c, s)
		}
		if f.g.Begins(s.Node) && node.Kind != vf.Const && node.Kind != vf.Lit {
			ends = append(ends, s)
		}
		return vf.Go
	}
	w.From(ctx, nodes...)
	for _, s := range distinct(signers) {
		if parses == 0 {
			c.step(KeyParse, s.call.Span, callName(s.call))
		}
		c.step(Sign, s.call.Span, callName(s.call))
	}
	if loads == 0 {
		// A secret store, a vault, a signer that nothing is known of.
		if len(given) > 0 {
			got = given
		}
		for i, s := range distinct(got) {
			if i == maxGot {
				break
			}
			c.step(KeyLoad, s.call.Span, "got from "+callName(s.call))
			c.keySource(callName(s.call))
			f.helpers(c, KeyLoad, s.state)
			loads++
		}
	}
	if loads == 0 && f.keyEnds(c, ends) == 0 && parses == 0 && !text.IsZero() {
		c.step(KeyLoad, text, "key in the source")
		c.keySource("literal")
	}
	c.trace = append(c.trace[:before], likeliest(c.trace[before:])...)
}

// manyPlaces is how many places of a key need no second look. Where there are more, the walk went through something that all settings of
// the program are kept in.
const manyPlaces = 6

// mostPlaces is how many are told, the nearest: nobody reads more.
const mostPlaces = 12

// likeliest leaves out places that a key is loaded from which are called like something else, where there are many and some are called
// like a key. Where none is and there are twice as many, the walk has lost its way, and only the nearest is left.
func likeliest(steps []Step) []Step {
	loads, telling := 0, 0
	for _, s := range steps {
		if s.Role == KeyLoad {
			loads++
			if !saysOther(s.What) {
				telling++
			}
		}
	}
	if loads <= manyPlaces || telling == 0 && loads <= 2*manyPlaces {
		return steps
	}
	left, others := mostPlaces, 0
	if telling == 0 {
		others = 1
	}
	return slices.DeleteFunc(steps, func(s Step) bool {
		if s.Role != KeyLoad {
			return false
		}
		if saysOther(s.What) {
			others--
			return others < 0
		}
		left--
		return left < 0
	})
}

// saysOther reports whether a step is about something with a name that is not one of a key: a field, a parameter, a variable of the
// environment.
func saysOther(what string) bool {
	kind, name, _ := strings.Cut(strings.TrimSuffix(what, " is set"), " ")
	switch kind {
	case "field", "parameter", "variable":
		return !keyName(name)
	case "os.Getenv", "os.LookupEnv":
		return strings.ToUpper(name) == name && !keyName(name)
	}
	return false
}

// maxGot bounds the calls out of sight that a key is said to come from.
const maxGot = 4

// keyTypes are the types of private keys and of what hides one.
var keyTypes = map[string]bool{
	"crypto/rsa.PrivateKey": true, "crypto/ecdsa.PrivateKey": true, "crypto/ed25519.PrivateKey": true,
	"crypto.PrivateKey": true, "crypto.Signer": true,
}

// takesText reports whether a call has an argument that is text: bytes of which it makes a key.
func (f *finder) takesText(call *vf.Call) bool {
	return slices.ContainsFunc(call.Args, func(n vf.ID) bool { return n != 0 && f.g.Nodes[n].Bytes })
}

// keyComesBy reports whether a key that a call out of sight gives may come by one of what the call takes: what is named like a
// key, where anything is, else text. Loggers, clients and settings are in the company of keys everywhere.
func (f *finder) keyComesBy(call *vf.Call, n vf.ID) bool {
	named, text := false, false
	for _, a := range append([]vf.ID{call.RecvNode}, call.Args...) {
		if a != 0 {
			named = named || keyName(f.g.Nodes[a].Text)
			text = text || f.g.Nodes[a].Bytes
		}
	}
	node := &f.g.Nodes[n]
	switch {
	case named:
		return keyName(node.Text)
	case text:
		return node.Bytes || n == call.RecvNode && keyTypes[call.Type]
	}
	return true
}

// fieldWrite notes that a key comes out of a field, with the place that fills the field in.
func (f *finder) fieldWrite(c *candidate, s *vf.State) {
	if s.From == nil || f.g.Nodes[s.From.Node].Kind != vf.Field {
		return
	}
	field := f.g.Nodes[s.From.Node].Text
	if !keyName(field) {
		// The first field that the key comes out of is one for keys, whatever it is called.
		for t := s.From.From; t != nil; t = t.From {
			if f.g.Nodes[t.Node].Kind == vf.Field {
				return
			}
		}
	}
	for i := range f.g.Out(s.Node) {
		if e := &f.g.Edges[i]; e.Kind == vf.Put && e.Key == field && !e.Val.IsZero() {
			c.step(KeyLoad, e.Val, "field "+field+" is set")
			if keyName(field) {
				c.configs = append(c.configs, e.To)
			}
			return
		}
	}
}

// keyEnds names where a key is last seen: a parameter or a field that nothing in sight fills.
func (f *finder) keyEnds(c *candidate, ends []*vf.State) (n int) {
	for _, s := range ends {
		node := &f.g.Nodes[s.Node]
		switch node.Kind {
		case vf.Param:
			if node.Span.IsZero() || !node.Bytes && !keyName(node.Text) && !isKeyType(f, s.Node) {
				continue
			}
			c.step(KeyLoad, node.Span, "parameter "+node.Text)
			c.keySource("parameter " + node.Text)
		case vf.Field:
			if !node.Bytes && !keyName(node.Text) && !isKeyType(f, s.Node) {
				continue
			}
			if s.From != nil && !f.g.Nodes[s.From.Node].Span.IsZero() {
				c.step(KeyLoad, f.g.Nodes[s.From.Node].Span, "field "+node.Text)
				c.keySource("field " + fieldName(node) + s.Part())
			}
		case vf.Global, vf.Var:
			if !node.Bytes && !keyName(node.Text) && !isKeyType(f, s.Node) {
				continue
			}
			c.step(KeyLoad, node.Span, "variable "+node.Text)
			c.keySource("variable " + node.Text + s.Part())
		default:
			continue
		}
		if n++; n > 5 {
			return n
		}
	}
	return n
}

func keyName(name string) bool { return vf.KeyName(name) }

func isKeyType(f *finder, n vf.ID) bool { return f.g.Nodes[n].Holds && keyName(f.g.Nodes[n].Text) }

// loadText says what is loaded, never what is in it.
func (f *finder) loadText(cand *candidate, ctx *vf.Context, c *vf.Call) string {
	row := c.Row()
	if row == nil {
		return c.Name
	}
	name := ""
	if row.Path != library.None {
		nodes, _ := c.Slot(row.Path)
		for _, n := range nodes {
			if n != 0 && f.g.Nodes[n].Kind == vf.Const {
				name = f.g.Nodes[n].Text
			} else if n != 0 && cand.split && f.constant(ctx, n) != "" {
				name = f.constant(ctx, n)
			} else if n != 0 && f.g.Nodes[n].Text != "" && name == "" {
				name = f.g.Nodes[n].Text
			}
		}
	}
	what := callName(c)
	if name != "" && len(name) < 120 && !strings.Contains(name, "-----BEGIN") {
		what += " " + name
	}
	return what
}

// claimsOf walks back from claims, or a token that holds them, to where they are put together.
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
		case s.Steps > 40:
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
			// A variable whose fields are set, or JSON text: where nothing else says so.
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
	// Text is written piece by piece: a function has it where it begins.
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

// isClaims reports whether a literal has claims: parts, or a type, that are named like some.
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
			return false // a token, a request for one, or the settings of one who asks for it
		}
	}
	return named
}

// claim notes one claim, and says whether its value is to be looked at as claims too.
func (f *finder) claim(c *candidate, s *vf.State, e *vf.Edge) bool {
	key := e.WireKey()
	if key == "Header" || strings.HasPrefix(key, "header ") || key == "Method" || key == "Raw" || key == "Signature" {
		return false
	}
	if !c.claims.fresh(e) {
		return false
	}
	if e.KeyNode != 0 {
		var ctx *vf.Context // whatever any caller gives, unless it is about one of them
		if c.split {
			ctx = s.Context
		}
		c.claims.later = append(c.claims.later, func() {
			// A name that is not known can be that of any claim; it counts only where no metascope is found.
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

// algorithm notes the names of the signing method.
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
