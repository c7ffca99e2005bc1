package flow

import (
	vf "jwtretire.example/internal/valueflow"
)

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
