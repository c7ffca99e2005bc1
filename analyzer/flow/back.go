package flow

import (
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/budget"
	vf "jwtretire.example/internal/valueflow"
)

// back walks from the assertion back to the calls that sign it. It ends early where there is nothing near, because in a large program it would
// go through all settings: a value with an ordinary name is given up if it has no signature there, and while this package only looks
// for steps that it adds to a flow of a lower one, which is reported anyway, other signatures are looked for around the first one.
func (f *finder) back(c *candidate, p parameter) {
	answer := 0 // steps to the call that decodes the token
	near := budget.NearStates.At(f.g.Budget)
	left := near
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		if e.Kind != vf.Derived || e.Call == 0 {
			return true
		}
		// A decoded value is an answer or a setting, not a value that was encoded here. A bearer from
		// an unknown function is the answer: the access token.
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
		if left--; left < 0 && (len(c.signs) > 0 && f.tracing || len(c.signs) == 0 && !p.alone) {
			return vf.Halt
		}
		call := f.g.MadeBy(s.Node)
		if call == nil {
			node := &f.g.Nodes[s.Node]
			if node.Kind == vf.Lit && node.Holds && !s.Inside() && f.isClaims(s.Node) {
				c.remote = true
				return vf.Stop // the values of claims are no assertions
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
			if len(c.signs) == 0 {
				left = near
			}
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
		// The token of an answer, in a type that also holds tokens that the program signs.
		c.signs, c.answered = nil, true
	}
}

// ofCaller reports whether the name of a parameter or a field contains a word for a user or a user's token.
func ofCaller(name string) bool {
	l := strings.ToLower(name)
	for _, word := range []string{"user", "caller", "subject", "session", "bearer", "incoming", "idtoken", "id_token", "accesstoken", "access_token", "onbehalf"} {
		if strings.Contains(l, word) {
			return true
		}
	}
	return false
}
