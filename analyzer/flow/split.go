package flow

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"jwtretire.example/analyzer/library"
	vf "jwtretire.example/internal/valueflow"
)

// maxSplit is the maximum number of flows through one exchange. A function with more callers that pass an
// assertion is a general service, and one finding is enough for it.
const maxSplit = 4

// split splits a candidate if several callers pass assertions to its exchange and each of them signs
// separately: each is a separate path from a key to a token. It returns nil if there is only
// one path, or if all callers use the same key with the same metascopes.
func (f *finder) split(c *candidate, p parameter) []*candidate {
	ways := f.waysTo(c)
	if len(ways) < 2 || len(ways) > maxSplit {
		return nil
	}
	var parts []*candidate
	different := map[string]bool{}
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		ctx := ways[way]
		part := &candidate{kind: c.kind, put: c.put, key: c.key, ctx: ctx, split: true, noTests: c.noTests}
		f.back(part, p)
		if len(part.signs)+len(part.sources) == 0 {
			return nil
		}
		f.forward(part)
		f.assemble(part)
		if !f.accept(part, p) {
			return nil
		}
		f.given(part)
		different[credentialText(part)] = true
		parts = append(parts, part)
	}
	if len(different) < 2 {
		return nil
	}
	sort.SliceStable(parts, func(i, j int) bool { return before(f.via(parts[i])[0], f.via(parts[j])[0]) })
	all := map[string]bool{}
	for _, part := range parts {
		part.flow.Via = f.via(part)
		for m := range part.claims.meta {
			all[m] = true
		}
	}
	for _, part := range parts {
		part.flow.AllMetascopes = sortedKeys(all)
	}
	return parts
}

// waysTo returns the calls that pass assertions to the function of the exchange, nil if one of them is signed or loaded there.
func (f *finder) waysTo(c *candidate) map[string]*vf.Context {
	ways := map[string]*vf.Context{}
	for _, s := range c.ways {
		if call := f.g.MadeBy(s.Node); len(c.signs) > 0 && call.Is(library.Load) {
			continue // if an assertion is signed, the loaded data is a key
		}
		ctx := f.callers(s)
		if ctx == nil {
			return nil // one signature is in the function of the exchange
		}
		ways[wayText(ctx)] = ctx
	}
	return ways
}

func wayText(ctx *vf.Context) string {
	var b strings.Builder
	for ; ctx != nil; ctx = ctx.Up {
		fmt.Fprintf(&b, "%d ", ctx.Site)
	}
	return b.String()
}

// credentialText returns a text that distinguishes credentials: metascopes and the sources of the key. The fields and parameters on the
// path are not part of it.
func credentialText(c *candidate) string {
	var list []string
	for _, s := range c.trace {
		kind, _, _ := strings.Cut(s.What, " ")
		if s.Role == KeyLoad && kind != "field" && kind != "parameter" && kind != "variable" {
			list = append(list, fmt.Sprint(s.Span.File, s.Span.Offset, s.What))
		}
	}
	sort.Strings(list)
	return strings.Join(append(list, sortedKeys(c.claims.meta)...), "\n")
}

// via returns the calls through which the assertion reached the exchange, outermost first.
func (f *finder) via(c *candidate) []Span {
	var list []Span
	for ctx := c.ctx; ctx != nil; ctx = ctx.Up {
		list = append([]Span{Span(f.g.Nodes[ctx.Site].Span)}, list...)
	}
	return list
}

// given sets the arguments with which the caller passes the parameters of the form.
func (f *finder) given(c *candidate) {
	site := c.ctx.Site
	var call *vf.Call
	for i := range f.g.Calls {
		if f.g.Calls[i].Site == site {
			call = &f.g.Calls[i]
		}
	}
	if call == nil {
		return
	}
	arg := map[vf.ID]vf.Span{}
	for i, a := range call.Args {
		if a != 0 {
			arg[a] = call.ArgSpans[i]
		}
	}
	for i := range c.flow.Fields {
		fd := &c.flow.Fields[i]
		for _, e := range f.putsAt(fd) {
			f.argument(c.ctx, e.From, func(n vf.ID) {
				if at, ok := arg[n]; ok {
					fd.Given = Span(at)
				}
			})
		}
	}
	for _, at := range f.via(c) {
		c.step(Exchange, vf.Span(at), "assertion handed to "+callName(call))
	}
}

// putsAt returns the edges that set a parameter of the form.
func (f *finder) putsAt(fd *Field) []*vf.Edge {
	var list []*vf.Edge
	for i := range f.g.Edges {
		e := &f.g.Edges[i]
		if e.Kind == vf.Put && Span(e.At) == fd.Put && e.WireKey() == fd.Key {
			list = append(list, e)
		}
	}
	return list
}

// argument calls found with each argument from which a value comes, at the innermost call of ctx.
func (f *finder) argument(ctx *vf.Context, n vf.ID, found func(vf.ID)) {
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true, Limit: 60}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		if e.Kind == vf.Open && e.Site == ctx.Site && s.Context == ctx {
			found(e.From)
			return false
		}
		return e.Kind == vf.Plain || e.Kind == vf.Derived
	}
	w.Visit = func(*vf.State) vf.Next { return vf.Go }
	w.From(ctx, n)
}

// splitID returns the ID of a split flow. It depends on the functions that pass the assertion.
func splitID(fl *Flow) string {
	var parts []string
	for _, s := range fl.Via {
		parts = append(parts, s.PkgPath, s.EnclosedBy, filepath.Base(s.File))
	}
	return strings.Join(parts, "\x00")
}

func sortedKeys(m map[string]bool) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}
