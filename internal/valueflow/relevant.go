package valueflow

import (
	"slices"

	"jwtretire.example/analyzer/library"
)

// AssertionKeys are the parameters in which assertions are sent.
var AssertionKeys = map[string]bool{
	"jwt_token":        true,
	"assertion":        true,
	"client_assertion": true,
	"jwt":              true,
	"Jwt":              true,
}

// most and mostWeak bound the part of the graph that a package adds to its fact.
const (
	most     = 4000
	mostWeak = 800
)

// Export returns what the packages above have to know, or nil if there is nothing.
func (g *Graph) Export() *Fact {
	keep := make([]bool, len(g.Nodes))
	// Weak are the ends of helpers that serve anything: they matter when a flow comes by.
	var forward, backward, weakForward, weakBackward []ID
	for i := g.OwnEdges; i < len(g.Edges); i++ {
		e := &g.Edges[i]
		if e.Kind != Put || e.At.IsZero() {
			continue
		}
		switch {
		case AssertionKeys[e.WireKey()]:
			forward = append(forward, e.To)
			backward = append(backward, e.From)
		case e.Key == "Authorization":
			weakForward = append(weakForward, e.To)
			weakBackward = append(weakBackward, e.From)
		case e.KeyNode != 0 && g.Nodes[e.From].Bytes && g.givenKey(e.KeyNode):
			weakForward = append(weakForward, e.To)
			weakBackward = append(weakBackward, e.From, e.KeyNode)
		}
	}
	for i := g.Own; i < len(g.Calls); i++ {
		c := &g.Calls[i]
		switch {
		case c.Is(library.Sign, library.SignRaw, library.SigningInput, library.Exchange):
			forward = append(forward, c.Results...)
			backward = append(backward, c.RecvNode)
			backward = append(backward, c.Args...)
		case c.Is(library.Parse, library.Signer):
			weakForward = append(weakForward, c.Results...)
			weakBackward = append(weakBackward, c.Args...)
		case c.Is(library.Send, library.Request) && g.fromParam(append(append([]ID{}, c.Args...), c.RecvNode)...):
			weakForward = append(weakForward, c.Results...)
			weakBackward = append(weakBackward, c.RecvNode)
			weakBackward = append(weakBackward, c.Args...)
		}
	}
	for i := g.OwnStructs; i < len(g.Structs); i++ {
		if r := g.Structs[i].Row(); r != nil && r.Role == library.Exchange {
			forward = append(forward, g.Structs[i].Node)
			backward = append(backward, g.Structs[i].Node)
		}
	}
	if len(forward)+len(backward)+len(weakForward)+len(weakBackward) == 0 && g.ownNodes <= 1 {
		return nil
	}
	g.close(keep, most, forward, g.out, func(e *Edge) ID { return e.To })
	// What is sent is sent somewhere, together with something.
	for i := g.Own; i < len(g.Calls); i++ {
		c := &g.Calls[i]
		if !c.Is(library.Send, library.Request) {
			continue
		}
		for _, a := range append(append([]ID{}, c.Args...), c.RecvNode) {
			if keep[a] {
				backward = append(backward, c.Args...)
				break
			}
		}
	}
	g.close(keep, most, backward, g.in, func(e *Edge) ID { return e.From })
	for id := 1; id < g.ownNodes; id++ { // everything from below was kept for a reason
		if !g.Nodes[id].Weak {
			keep[ID(id)] = true
		}
	}
	strong := slices.Clone(keep)
	for id := 1; id < g.ownNodes; id++ {
		keep[ID(id)] = true
	}
	g.close(keep, mostWeak, weakForward, g.out, func(e *Edge) ID { return e.To })
	g.close(keep, mostWeak, weakBackward, g.in, func(e *Edge) ID { return e.From })
	if g.addsNothing(keep, strong) {
		return g.below[0]
	}
	f := g.restrict(keep, strong)
	f.identify(g.Path, g.below)
	return f
}

// addsNothing reports whether the part that is kept is what the one fact from below has.
func (g *Graph) addsNothing(keep, strong []bool) bool {
	if len(g.below) != 1 {
		return false
	}
	for n := 1; n < g.ownNodes; n++ {
		if strong[n] && g.Nodes[n].Weak {
			return false
		}
	}
	for n := g.ownNodes; n < len(g.Nodes); n++ {
		if keep[n] {
			return false
		}
	}
	for i := g.OwnEdges; i < len(g.Edges); i++ {
		if e := &g.Edges[i]; keep[e.From] && keep[e.To] {
			return false
		}
	}
	for i := g.Own; i < len(g.Calls); i++ {
		c := &g.Calls[i]
		for _, n := range slices.Concat(c.Args, c.Results, []ID{c.RecvNode, c.Site}) {
			if n != 0 && keep[n] {
				return false
			}
		}
	}
	return true
}

// IsZero reports whether the span names nothing.
func (s Span) IsZero() bool { return s.File == "" }

func (g *Graph) close(keep []bool, limit int, from []ID, edges [][]int32, other func(*Edge) ID) {
	seen := map[ID]bool{}
	queue := from
	for len(queue) > 0 && len(seen) < limit {
		n := queue[0]
		queue = queue[1:]
		if n == 0 || seen[n] {
			continue
		}
		seen[n] = true
		keep[n] = true
		for _, i := range edges[n] {
			e := &g.Edges[i]
			next := other(e)
			queue = append(queue, next)
			if next == e.From && e.KeyNode != 0 {
				queue = append(queue, e.KeyNode) // base + "/s/" + name: the names of claims matter like their values
			}
		}
	}
}

// givenKey reports whether the name of a part is what a function was given, or a name in a map that it was given.
func (g *Graph) givenKey(n ID) bool {
	for range 3 {
		if g.Nodes[n].Kind == Param {
			return true
		}
		next := ID(0)
		for _, i := range g.in[n] {
			if g.Edges[i].Kind == Plain {
				next = g.Edges[i].From
				break
			}
		}
		if next == 0 {
			return false
		}
		n = next
	}
	return false
}

// fromParam reports whether one of the nodes is made of a parameter nearby.
func (g *Graph) fromParam(nodes ...ID) bool {
	seen := map[ID]bool{}
	queue := append([]ID(nil), nodes...)
	for len(queue) > 0 && len(seen) < 60 {
		n := queue[0]
		queue = queue[1:]
		if n == 0 || seen[n] {
			continue
		}
		seen[n] = true
		if g.Nodes[n].Kind == Param {
			return true
		}
		for _, i := range g.in[n] {
			if k := g.Edges[i].Kind; k != Open && k != Close {
				queue = append(queue, g.Edges[i].From)
			}
		}
	}
	return false
}
