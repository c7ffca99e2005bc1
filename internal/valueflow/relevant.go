package valueflow

import "jwtretire.example/analyzer/library"

// AssertionKeys are the parameters in which assertions are sent.
var AssertionKeys = map[string]bool{
	"jwt_token":        true,
	"assertion":        true,
	"client_assertion": true,
	"jwt":              true,
	"Jwt":              true,
}

// most bounds the part of the graph that a fact holds.
const most = 4000

// Export returns what the packages above have to know, or nil if there is nothing.
func (g *Graph) Export() *Fact {
	keep := map[ID]bool{}
	for id := range g.Nodes { // everything from below was kept for a reason
		if id > 0 && id < g.ownNodes {
			keep[ID(id)] = true
		}
	}
	var forward, backward []ID
	for i := range g.Edges {
		e := &g.Edges[i]
		if e.Kind == Put && !e.At.IsZero() && (AssertionKeys[e.WireKey()] || e.Key == "Authorization" || e.KeyNode != 0 && g.fromParam(e.KeyNode)) {
			forward = append(forward, e.To)
			backward = append(backward, e.From)
			if e.KeyNode != 0 {
				backward = append(backward, e.KeyNode)
			}
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
			forward = append(forward, c.Results...)
			backward = append(backward, c.Args...)
		case c.Is(library.Send, library.Request) && g.fromParam(append(append([]ID{}, c.Args...), c.RecvNode)...):
			forward = append(forward, c.Results...)
			backward = append(backward, c.RecvNode)
			backward = append(backward, c.Args...)
		}
	}
	for i := g.OwnStructs; i < len(g.Structs); i++ {
		if r := g.Structs[i].Row(); r != nil && r.Role == library.Exchange {
			forward = append(forward, g.Structs[i].Node)
			backward = append(backward, g.Structs[i].Node)
		}
	}
	if len(forward)+len(backward) == 0 && len(keep) == 0 {
		return nil
	}
	g.close(keep, forward, g.out, func(e *Edge) ID { return e.To })
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
	g.close(keep, backward, g.in, func(e *Edge) ID { return e.From })
	return g.restrict(keep)
}

// IsZero reports whether the span names nothing.
func (s Span) IsZero() bool { return s.File == "" }

func (g *Graph) close(keep map[ID]bool, from []ID, edges [][]int32, other func(*Edge) ID) {
	seen := map[ID]bool{}
	queue := from
	for len(queue) > 0 && len(seen) < most {
		n := queue[0]
		queue = queue[1:]
		if n == 0 || seen[n] {
			continue
		}
		seen[n] = true
		keep[n] = true
		for _, i := range edges[n] {
			queue = append(queue, other(&g.Edges[i]))
		}
	}
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
