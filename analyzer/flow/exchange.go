package flow

import (
	"strings"
	"unicode"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/budget"
	vf "jwtretire.example/internal/valueflow"
)

// fromExchange makes a flow of a library call that does the whole exchange.
func (f *finder) fromExchange(call *vf.Call) {
	row := call.Row()
	f.noTests = !inTest(Span(call.Span))
	c := &candidate{kind: Kind(row.Grant), call: call, noTests: f.noTests}
	f.g.Met = vf.Met{}
	defer func() { f.bounded(Span(call.Span), c) }()
	if c.kind == "" {
		c.kind = JWTBearer
	}
	c.flow = &Flow{Kind: c.kind, Package: call.Span.PkgPath, Send: Span(call.Span)}
	c.claims.meta = map[string]bool{}
	if row.SDK != "" {
		c.flow.SDK = call.FullName()
	}
	var structs []vf.ID
	for _, s := range []library.Slot{row.Key, row.Body, row.Claims, row.Client} {
		if s == library.None {
			continue
		}
		nodes, _ := call.Slot(s)
		structs = append(structs, nodes...)
	}
	typ, _ := library.LookupType(call.Pkg, call.Recv)
	f.parts(c, typ, structs)
	if row.Key != library.None && !c.typed {
		keys, _ := call.Slot(row.Key)
		f.key(c, nil, keys...)
	}
	if row.URL != library.None {
		nodes, spans := call.Slot(row.URL)
		if len(nodes) > 0 {
			c.flow.URL = Span(spans[0])
			c.flow.URLParts = f.literals(nil, nodes[0])
		}
	}
	if c.typed && !c.keyed {
		return // the structure is filled for another grant
	}
	c.step(Exchange, call.Span, callName(call))
	f.response(c, &site{call: call, state: vf.At(call.Site, nil)})
	f.cands = append(f.cands, c)
}

// parts reads the structures that a library's exchange gets: their literals, and fields that are set later.
func (f *finder) parts(c *candidate, typ *library.Type, nodes []vf.ID) {
	types := map[vf.ID]*library.Type{}
	for i := range f.g.Structs {
		s := &f.g.Structs[i]
		if r := s.Row(); r != nil {
			types[s.Node] = r
		}
	}
	seen := map[vf.Span]bool{}
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		if e.Kind != vf.Put {
			return true
		}
		if t := types[e.From]; t != nil && t.Role == library.Exchange {
			return true // an element of a list or a map of them
		}
		if e.At.IsZero() || seen[e.At] && e.Key != "" {
			return false
		}
		t := types[s.Node]
		if t == nil {
			t = typ
		}
		if t == nil {
			return false
		}
		fd, ok := t.Field(e.Key)
		if !ok {
			return false
		}
		seen[e.At] = true
		f.part(c, s, e, t, fd)
		return false
	}
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		if t := types[s.Node]; t != nil && node.Kind == vf.Lit && (t.Role == library.Exchange) {
			c.step(Claims, node.Span, node.Text)
			c.typed = true
			if typ == nil {
				typ = t
			}
		}
		if call := f.g.MadeBy(s.Node); call != nil && call.Is(library.Parse) && call.Row().Grant != "" {
			c.step(Claims, call.Span, callName(call))
			c.keyed = true
			if call.Row().SDK != "" {
				c.flow.SDK = call.FullName()
			}
		}
		if call := f.g.MadeBy(s.Node); f.beyond(c, s, budget.FieldSteps) || call != nil && call.Is(library.Load, library.Send) {
			return vf.Stop
		}
		return vf.Go
	}
	w.From(nil, nodes...)
}

func (f *finder) part(c *candidate, s *vf.State, e *vf.Edge, t *library.Type, fd library.Field) {
	text := func() []Literal { return f.literals(s.Context, e.From) }
	switch fd.Means {
	case library.IsKey:
		c.keyed = true
		c.step(KeyLoad, e.Val, "field "+e.Key)
		f.key(c, s.Context, e.From)
	case library.IsParameter:
		c.flow.Fields = append(c.flow.Fields, Field{Key: fd.Wire, Value: Span(e.Val), Put: Span(e.At), Const: f.constant(s.Context, e.From)})
		f.source(c, fromField[fd.Wire], s.Context, e.From)
	case library.IsScopes:
		for _, l := range text() {
			c.claims.scopes = append(c.claims.scopes, l.Text)
		}
		if t.Constants != nil {
			f.constants(c, t, e.From)
		}
	case library.IsURL:
		c.flow.URL = Span(e.Val)
		c.flow.URLParts = append(c.flow.URLParts, text()...)
	case library.IsClaim:
		c.claims.keys = append(c.claims.keys, fd.Wire)
		for _, l := range text() {
			c.claims.values = append(c.claims.values, l.Text)
		}
		c.step(Claims, e.At, "claim "+fd.Wire)
		f.source(c, fromClaim(c.kind, fd.Wire), s.Context, e.From)
	case library.IsClaims:
		f.claimsOf(c, s.Context, e.From)
		c.claims.read()
	}
}

// constants adds the metascopes of the SDK's constants.
func (f *finder) constants(c *candidate, t *library.Type, n vf.ID) {
	found := false
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Visit = func(s *vf.State) vf.Next {
		for name := range strings.FieldsFuncSeq(f.g.Nodes[s.Node].Text, notInName) {
			if m, ok := t.Constants[name]; ok {
				c.claims.meta[m] = true
				found = true
			}
		}
		return vf.Go
	}
	w.From(nil, n)
	if !found {
		c.claims.dyn = true
	}
}

func notInName(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// lookalike reports whether a library's exchange does not fetch an access token.
func lookalike(c *candidate) bool {
	return c.call != nil && strings.HasSuffix(c.call.Span.File, "_test.go") && c.ephem
}
