package flow

import (
	"strings"

	"jwtretire.example/analyzer/library"
	vf "jwtretire.example/internal/valueflow"
)

// response adds the calls that read the answer. An answer in a field reaches every reader of the field,
// so fields are followed only if there is no other reader.
func (f *finder) response(c *candidate, send *site) {
	if f.answers(c, send, false) == 0 {
		f.answers(c, send, true)
	}
}

func (f *finder) answers(c *candidate, send *site, fields bool) int {
	n := 0
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Limit: 1000}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		if call := f.g.MadeBy(e.To); call != nil && call != send.call && call.Is(library.Send) {
			return false // the answer of a request with the token
		}
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

// textCodecs are packages whose decoders do not decode an answer's members.
var textCodecs = map[string]bool{"encoding/base64": true, "encoding/base32": true, "encoding/hex": true, "encoding/pem": true, "unicode/utf8": true}

func decodes(name string) bool {
	return strings.HasPrefix(name, "Unmarshal") || strings.HasPrefix(name, "Decode")
}
