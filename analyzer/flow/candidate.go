package flow

import (
	"jwtretire.example/internal/budget"
	vf "jwtretire.example/internal/valueflow"
)

// A candidate is a possible flow while its parts are collected.
type candidate struct {
	kind        Kind
	put         *vf.Edge      // stores the assertion in the form; nil for a library's exchange
	call        *vf.Call      // the library's exchange; nil for a form
	ctx         *vf.Context   // the calls that lead to put
	key         string        // parameter
	where       vf.Span       // the call of the helper with put, if put is in a helper
	noTests     bool          // its walks skip test files
	split       bool          // one of several flows through put, distinguished by ctx
	through     []*vf.Context // of a bearer: the calls that pass a signed token to put, if all signed tokens come from such calls
	sent        []site        // the requests that carry these tokens, one for each call chain
	ways        []*vf.State   // the path of the assertion from each signature and source
	signs       []site
	sources     []site // sources of an assertion that is signed elsewhere
	sends       []site
	requests    []site
	handed      []site // calls of unknown functions that take the form
	abstract    []site // calls of interface methods that take the form and that have an implementation in the program
	sentOutside bool   // a call of an unknown function certainly sends the form
	testing     bool   // the request is made for a test of a server
	tokenless   bool   // no request that carries the form returns a token
	replied     bool   // the assertion is a part of the program's own HTTP responses
	escapes     bool   // the form leaves the analysed code
	answered    bool   // the assertion is the answer of another request: a token exchange
	asked       bool   // the assertion is from an incoming request: its subject is the caller
	remote      bool   // the program makes the claims, another party the signature

	others  map[string]bool // of a bearer with through: constant text of the URLs that other calls use with the same requests
	configs []vf.ID         // structures with the field that holds the key
	before  map[vf.ID]bool  // nodes of the form before the request is made
	flow    *Flow
	claims  claimMarks
	ephem   bool           // the key is generated at run time
	tooFar  bool           // no place of the key was found, and a limit was met
	beyond  []budget.Limit // limits of steps that walks to its parts met
	typed   bool           // the structure of a library's exchange was found
	keyed   bool           // the structure has a key
	trace   []Step
}

// A site is a call, with the state of the walk that reached it.
type site struct {
	call  *vf.Call
	state *vf.State
	chain bool // the walk reached the receiver of the call
}

// distinct returns the first site of every call.
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
