package valueflow

// Joined reports whether this package has a part in the path of an edge from below: one of its values
// can reach From, or the path of To continues here. With noTests, test files do not count.
func (g *Graph) Joined(e *Edge, noTests bool) bool {
	r := &g.joined[0]
	if noTests && g.tests {
		r = &g.joined[1]
	}
	if r.above == nil {
		r.above, r.beyond = g.reach(false, noTests), g.reach(true, noTests)
	}
	return r.above[e.From] || e.KeyNode != 0 && r.above[e.KeyNode] || r.above[e.To] || r.beyond[e.To]
}

// Reached has the nodes that can be reached from the package's own part, and those that can reach it.
type reached struct{ above, beyond []bool }

// reach returns the nodes that can be reached from the package's own nodes and edges.
func (g *Graph) reach(back, noTests bool) []bool {
	var from []ID
	add := func(n ID) {
		if n != 0 && !(noTests && g.inTest(n)) {
			from = append(from, n)
		}
	}
	for n := g.ownNodes; n < len(g.Nodes); n++ {
		add(ID(n))
	}
	for i := g.OwnEdges; i < len(g.Edges); i++ {
		e := &g.Edges[i]
		switch {
		case noTests && (g.inTest(e.From) || g.inTest(e.To) || g.inTest(e.Site)): // no walk takes it
		case back:
			add(e.From)
		default:
			add(e.To)
		}
	}
	for i := g.Own; noTests && back && i < len(g.Calls); i++ { // a call in a test may use a value of another file
		c := &g.Calls[i]
		if !g.inTest(c.Site) {
			continue
		}
		add(c.RecvNode)
		for _, a := range c.Args {
			add(a)
		}
	}
	return g.reachable(from, back, noTests)
}

// Behind returns the nodes that can be reached from some nodes. Calls and parts are not distinguished, so it is
// an over-approximation of every walk.
func (g *Graph) Behind(nodes []ID) []bool { return g.reachable(nodes, false, false) }

func (g *Graph) reachable(from []ID, back, noTests bool) []bool {
	seen := make([]bool, len(g.Nodes))
	var queue []ID
	push := func(n ID) {
		if !seen[n] && !(noTests && g.inTest(n)) {
			seen[n] = true
			queue = append(queue, n)
		}
	}
	for _, n := range from {
		push(n)
	}
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if back {
			for i := g.ends[n].firstIn; i != 0; i = g.Edges[i-1].nextIn {
				push(g.Edges[i-1].From)
			}
		} else {
			for i := g.ends[n].firstOut; i != 0; i = g.Edges[i-1].nextOut {
				push(g.Edges[i-1].To)
			}
		}
	}
	return seen
}
