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
		case e.Key == authorization || e.WireKey() == "access_token":
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
	g.close(keep, most, forward, false)
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
	g.close(keep, most, backward, true)
	for id := 1; id < g.ownNodes; id++ { // everything from below was kept for a reason
		if !g.Nodes[id].Weak {
			keep[id] = true
		}
	}
	strong := slices.Clone(keep)
	for id := 1; id < g.ownNodes; id++ {
		keep[id] = true
	}
	g.close(keep, mostWeak, weakForward, false)
	g.close(keep, mostWeak, weakBackward, true)
	f := &Fact{}
	if g.below != nil {
		f.segments = slices.Clip(g.below.segments)
	}
	if s := g.segment(keep, strong); s != nil {
		f.segments = append(f.segments, s)
	}
	if len(f.segments) == 0 {
		return nil
	}
	return f
}

// close keeps what can be reached from some nodes.
func (g *Graph) close(keep []bool, limit int, from []ID, back bool) {
	seen := make([]bool, len(g.Nodes))
	queue, n := from, 0
	for next := 0; next < len(queue) && n < limit; next++ {
		id := queue[next]
		if id == 0 || seen[id] {
			continue
		}
		seen[id], keep[id] = true, true
		n++
		if !back {
			for i := range g.Out(id) {
				queue = append(queue, g.Edges[i].To)
			}
			continue
		}
		for i := range g.In(id) {
			e := &g.Edges[i]
			queue = append(queue, e.From)
			if e.KeyNode != 0 {
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
		for i := range g.In(n) {
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
		for i := range g.In(n) {
			if k := g.Edges[i].Kind; k != Open && k != Close {
				queue = append(queue, g.Edges[i].From)
			}
		}
	}
	return false
}
