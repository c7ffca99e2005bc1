package flow

import (
	"fmt"
	"hash/fnv"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	vf "jwtretire.example/internal/valueflow"
)

// A lead is a place where an assertion may enter a form.
type lead struct {
	put   *vf.Edge
	key   string // parameter
	means parameter
	ctx   *vf.Context // the calls that lead to put, if put is in a helper that gets the key
	below bool        // put is in a lower package, which followed it as far as it could
}

// leads returns the leads of the graph, without those of lower packages to which this package can add nothing.
func (f *finder) leads() []lead {
	g := f.g
	signs := slices.ContainsFunc(g.Calls, func(c vf.Call) bool { return c.Is(library.Sign, library.SignRaw) })
	var leads []lead
	for i := range g.Edges {
		e := &g.Edges[i]
		if e.Kind != vf.Put || e.At.IsZero() {
			continue
		}
		below := i < g.OwnEdges
		if p, ok := parameters[e.WireKey()]; ok {
			if below && !g.Joined(e, !inTest(Span(e.At))) {
				continue
			}
			if signs || p.alone {
				leads = f.lead(leads, lead{e, e.WireKey(), p, nil, below})
			}
			continue
		}
		if e.KeyNode != 0 && (!below || g.Joined(e, false)) {
			f.fromDynamic(e, func(key string, p parameter, ctx *vf.Context) {
				leads = f.lead(leads, lead{e, key, p, ctx, below})
			})
		}
	}
	return leads
}

// lead adds a lead, unless it is certain that no flow begins there.
func (f *finder) lead(leads []lead, l lead) []lead {
	switch from := &f.g.Nodes[l.put.From]; {
	case from.Kind == vf.Func, from.Kind == vf.Lit && !from.Bytes:
		return leads // no text
	case from.Kind == vf.Const && strings.ContainsAny(from.Text, " \n"):
		return leads // a sentence: the description of a setting, a message about a missing parameter
	case !l.means.alone && !f.comesFromSign(l.put.From), l.means.beside != "" && !f.names(l.means.beside):
		return leads
	case l.means.kind == DirectBearer && f.shapeless[placeOf(l.put)]:
		return leads
	}
	return append(leads, l)
}

// candidate begins a candidate.
func (f *finder) candidate(l lead) *candidate {
	c := &candidate{kind: l.means.kind, put: l.put, key: l.key, ctx: l.ctx}
	f.noTests = !inTest(Span(l.put.At)) && (l.ctx == nil || !inTest(Span(f.g.Nodes[l.ctx.Site].Span)))
	c.noTests = f.noTests
	if l.ctx != nil {
		c.where = f.g.Nodes[l.ctx.Site].Span
	}
	return c
}

// collect follows a lead, and adds the candidates that it leads to.
func (f *finder) collect(l lead) {
	c := f.candidate(l)
	f.g.Try(func() bool {
		parts := f.from(c, l)
		f.cands = append(f.cands, parts...)
		return len(parts) > 0
	})
}

// from follows a candidate, and notes the limits that it met.
func (f *finder) from(c *candidate, l lead) []*candidate {
	f.g.Met = vf.Met{}
	parts := f.follow(c, l.means)
	if len(parts) > 0 || l.means.alone && !inTest(Span(l.put.At)) { // else it is a header of any request, whose value comes from everywhere
		f.bounded(Span(l.put.At), c)
	}
	if len(parts) == 0 && l.means.alone {
		f.unidentified(c)
	}
	return parts
}

// A group has leads whose flows are distinguished by number only, see finish.
type group struct {
	pkg, function, file string
	kind                Kind
	key                 string
}

func (f *finder) groupOf(l lead) group {
	at := l.put.At
	if l.put.KeyNode != 0 && l.ctx != nil {
		at = f.g.Nodes[l.ctx.Site].Span
	}
	return group{at.PkgPath, at.EnclosedBy, filepath.Base(at.File), l.means.kind, l.key}
}

// wanted returns the groups of leads that this package reports flows of. A flow of a lower package is reported again only if this
// package adds a step to it, and few packages above an exchange do. So the steps of these are looked for first, and all else, such as the
// sources of values, which is most of the work, only where there is one.
//
// Rejected: following again only what this package can reach in the graph, calls and parts left aside. In a large program nearly everything is
// reached.
func (f *finder) wanted(leads []lead) map[group]bool {
	wanted := map[group]bool{}
	for _, l := range leads {
		if g := f.groupOf(l); !l.below || !wanted[g] && f.addsTo(l) {
			wanted[g] = true
		}
	}
	return wanted
}

// addsTo reports whether this package may add a step to the flow of a lead.
func (f *finder) addsTo(l lead) (adds bool) {
	f.tracing = true
	defer func() { f.tracing = false }()
	f.g.Try(func() bool {
		for _, c := range f.from(f.candidate(l), l) {
			adds = adds || len(f.waysTo(c)) > 1 || slices.ContainsFunc(c.trace, func(s Step) bool { return s.Span.PkgPath == f.g.Path })
		}
		return false
	})
	return adds
}

// placeOf names the place of a lead in facts.
func placeOf(e *vf.Edge) uint32 {
	h := fnv.New32a()
	fmt.Fprint(h, e.WireKey(), e.At.PkgPath, filepath.Base(e.At.File), e.At.Offset, e.At.End)
	return h.Sum32()
}
