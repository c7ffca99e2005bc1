package flow

import (
	"slices"

	"jwtretire.example/analyzer/library"
	vf "jwtretire.example/internal/valueflow"
)

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

// ofSettings describes a step at a literal of settings from which claims are made. The other contents of its file do not belong to the flow.
const ofSettings = "settings that the claims are made of"

// configured adds the literals of settings that contain both the key and values of claims, such as an oauth2/jwt.Config.
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

// claiming reports whether the signed value has claims, and no more than a token can have. Most headers with
// a signature belong to signed requests. They are excluded here, before the walks to the key and to the request, which are
// most of the work.
func (f *finder) claiming(c *candidate) bool {
	trial := &candidate{kind: c.kind, put: c.put, ctx: c.ctx}
	for _, s := range c.signs {
		f.signedClaims(trial, s)
		if trial.claims.shapeless() {
			f.shapeless[placeOf(c.put)] = true
			return false
		}
	}
	return slices.ContainsFunc(trial.trace, func(s Step) bool { return s.Role == Claims })
}

// helpers adds the calls of the functions that a backward walk entered on its path to a state.
func (f *finder) helpers(c *candidate, role Role, s *vf.State) {
	for t := s; t != nil && t.From != nil; t = t.From {
		if call := f.g.MadeBy(t.Node); role == KeyLoad && call != nil && call.Is(library.Parse) {
			return // the rest of the path has the parsed key
		}
		if k := f.g.Nodes[t.Node].Kind; (role == KeyParse || role == KeyLoad) && (k == vf.Field || k == vf.Global) {
			return // the rest of the path only passes the key on
		}
		if call := f.g.MadeBy(t.Node); role == KeyLoad && call != nil && reads(call) {
			c.step(role, call.Span, callName(call))
		}
		if e := &f.g.Edges[t.Edge-1]; e.Kind == vf.Close {
			c.step(role, f.g.Nodes[e.Site].Span, "got from "+f.calleeName(e.Site))
		}
	}
}

// reads reports whether a call reads the whole of an open file.
func reads(call *vf.Call) bool {
	return (call.Pkg == "io" || call.Pkg == "io/ioutil") && call.Name == "ReadAll"
}
