package flow

import (
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	vf "jwtretire.example/internal/valueflow"
)

// Client authentication (RFC 7523 section 2.2) is part of many requests, of which only some return an access token: these
// have a grant type. The others are recognised by their parameters or, if not all parameters are known, by their endpoint.

// tokenlessParameters are required in requests that return no token, and unknown in token requests.
var tokenlessParameters = []string{
	"token",         // introspection (RFC 7662), revocation (RFC 7009)
	"response_type", // pushed authorization (RFC 9126)
}

// tokenlessEndpoints are the last elements of the paths of such endpoints.
var tokenlessEndpoints = []string{
	"introspect", "introspection", "token_info", "tokeninfo",
	"revoke", "revocation", "revoke_token",
	"par", "pushed_authorization_request", "pushed-authorization-request",
	"device_authorization", "deviceauthorization", "device/code", "devicecode", "device_authorize",
	"bc-authorize", "backchannel_authentication", // CIBA
	"userinfo", "registration", "connect/register", "logout", "endsession", "end_session",
}

// tokenless reports whether a request has the marks of a request without token, and none of a token request.
func tokenless(fields []Field, url []Literal) bool {
	has := func(key string) bool {
		return slices.ContainsFunc(fields, func(fd Field) bool { return fd.Key == key })
	}
	if has("grant_type") {
		return false
	}
	if slices.ContainsFunc(tokenlessParameters, has) {
		return true
	}
	return slices.ContainsFunc(url, func(l Literal) bool {
		path, _, _ := strings.Cut(strings.ToLower(l.Text), "?")
		path = strings.TrimRight(path, "/")
		return slices.ContainsFunc(tokenlessEndpoints, func(end string) bool { return path == end || strings.HasSuffix(path, "/"+end) })
	})
}

// bringing returns the sends of a form with client authentication whose answer can be an access token.
func (f *finder) bringing(c *candidate) []site {
	const most = 8 // a helper with more requests also serves token requests
	if c.kind != ClientAssertion || len(c.sends) == 0 || len(c.sends) > most {
		return c.sends
	}
	return slices.DeleteFunc(slices.Clone(c.sends), func(s site) bool {
		_, _, url := f.urlOf(c, &s)
		fields := f.fieldsOf(c, &s, nil)
		granted := slices.ContainsFunc(fields, func(fd Field) bool { return fd.Key == "grant_type" }) ||
			slices.ContainsFunc(url, func(l Literal) bool {
				return strings.Contains(l.Text, "token") || strings.Contains(l.Text, "grant_type")
			})
		return tokenless(fields, url) || !granted && f.complete(c, &s)
	})
}

// formPackages are packages whose functions only convert a form to a body.
var formPackages = []string{"net/url", "net/http", "strings", "bytes", "io", "maps"}

// complete reports whether all parameters of a form are known: it is created in the analysed code, and every parameter has a constant name.
func (f *finder) complete(c *candidate, send *site) bool {
	call, ctx := send.call, send.state.Context
	if call.Row().Req != library.None {
		if req := f.requestOf(c, send); req != nil {
			call, ctx = req.call, req.state.Context
		}
	}
	var nodes []vf.ID
	for _, slot := range []library.Slot{call.Row().Body, call.Row().Form} {
		if slot != library.None {
			n, _ := call.Slot(slot)
			nodes = append(nodes, n...)
		}
	}
	met, whole := false, true
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true, Limit: 300}
	w.Follow = func(_ *vf.State, e *vf.Edge) bool {
		whole = whole && (e.Kind != vf.Put || e.KeyNode == 0)
		return e.Kind != vf.Put
	}
	w.Visit = func(s *vf.State) vf.Next {
		met = met || s.Node == c.put.To
		node, made := &f.g.Nodes[s.Node], f.g.MadeBy(s.Node)
		switch {
		case made != nil:
			whole = whole && (made.InSight || slices.Contains(formPackages, made.Pkg))
		case f.beginsForm(s.Node):
			whole = whole && (node.Kind == vf.Lit || node.Kind == vf.Const)
		case node.Kind == vf.Field || node.Kind == vf.Global:
			whole = false
		}
		if !whole || s.Steps > 30 {
			whole = false
			return vf.Halt
		}
		return vf.Go
	}
	w.From(ctx, nodes...)
	return met && whole
}

// beginsForm reports whether a node only has edges from its parts.
func (f *finder) beginsForm(n vf.ID) bool {
	for i := range f.g.In(n) {
		if f.g.Edges[i].Kind != vf.Put {
			return false
		}
	}
	return true
}

// authorized reports whether a request already has an access token: then its parameters do not fetch one.
func (f *finder) authorized(c *candidate, send *site) bool {
	row := send.call.Row()
	var nodes []vf.ID
	for _, s := range []library.Slot{row.Req, library.Recv} {
		n, _ := send.call.Slot(s)
		nodes = append(nodes, n...)
	}
	found := false
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true, Limit: 400}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		switch {
		case e.Kind == vf.Derived:
			return false
		case e.Kind != vf.Put:
			return true
		case e.Key == "Authorization" && !f.basic(s.Context, e):
			found = true
		}
		return e.Key == "Header"
	}
	w.Visit = func(*vf.State) vf.Next {
		if found {
			return vf.Halt
		}
		return vf.Go
	}
	w.From(send.state.Context, nodes...)
	return found
}

// basic reports whether an Authorization header authenticates the client.
func (f *finder) basic(ctx *vf.Context, e *vf.Edge) bool {
	return slices.ContainsFunc(f.g.Calls, func(c vf.Call) bool { return c.Name == "SetBasicAuth" && c.Span == e.At }) ||
		slices.ContainsFunc(f.literals(ctx, e.From), func(l Literal) bool { return strings.HasPrefix(l.Text, "Basic") })
}
