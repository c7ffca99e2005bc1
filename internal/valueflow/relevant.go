package valueflow

import (
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
)

// AssertionKeys are the parameters in which assertions are sent.
var AssertionKeys = map[string]bool{
	"jwt_token":        true,
	"assertion":        true,
	"client_assertion": true,
	"subject_token":    true,
	"actor_token":      true,
	"SubjectToken":     true,
	"ActorToken":       true,
	"jwt":              true,
	"Jwt":              true,
}

// most, mostWeak and mostLoaded bound the part of the graph that a package adds to its fact.
const (
	most       = 4000
	mostWeak   = 800
	mostLoaded = 300
)

// manyLoads is the number of possible key loads above which a package loads settings in general.
const manyLoads = 60

// Retrieves reports whether a function of that name gets data from an external source, such as a secret store.
func Retrieves(name string) bool {
	for _, verb := range []string{"Get", "Read", "Load", "Fetch", "Access", "Retrieve", "Lookup", "Find", "Secret", "Resolve", "Download", "Must", "String", "Bytes", "Value"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}

// KeyName reports whether a name is one of a key.
func KeyName(name string) bool {
	l := strings.ToLower(name)
	for _, end := range []string{"keyid", "key_id", "alg", "algs", "algorithm", "algorithms", "thumbprint", "fingerprint"} {
		if strings.HasSuffix(l, end) {
			return false
		}
	}
	l = strings.ReplaceAll(l, "signing", "key")
	l = strings.ReplaceAll(strings.ReplaceAll(l, "signin", ""), "signup", "")
	for _, word := range []string{"key", "pem", "sign", "secret", "cert"} {
		if strings.Contains(l, word) {
			return true
		}
	}
	return false
}

// PrivateKeyName reports whether a name is one of a private key, or of its file.
func PrivateKeyName(name string) bool {
	l := strings.ToLower(name)
	return KeyName(l) && (strings.Contains(l, "private") || strings.Contains(l, "pem") || strings.Contains(l, "signingkey") || strings.Contains(l, "rsakey"))
}

// text reports whether one of the results is text.
func (g *Graph) text(results []ID) bool {
	return slices.ContainsFunc(results, func(n ID) bool { return n != 0 && g.Nodes[n].Bytes })
}

// keys returns the results of a load that may be a key or contain one, by their names, by the name of their
// container, or because they come from a file.
func (g *Graph) keys(c *Call) []ID {
	may := KeyName(c.Name) || c.row != nil && c.row.Source == "file"
	for _, a := range c.Args {
		may = may || a != 0 && KeyName(g.Nodes[a].Text)
	}
	queue := slices.Clone(c.Results)
	for i := 0; i < len(queue) && i < 20 && !may; i++ {
		if queue[i] == 0 {
			continue
		}
		n := &g.Nodes[queue[i]]
		may = may || KeyName(n.Text)
		for j := range g.Out(queue[i]) {
			e := &g.Edges[j]
			may = may || e.Kind == Put && KeyName(e.Key)
			if e.Kind == Plain || e.Kind == Derived {
				queue = append(queue, e.To)
			}
		}
	}
	if !may {
		return nil
	}
	return c.Results
}

// Export returns the fact for higher packages, nil if it is empty. It does not change the graph.
func (g *Graph) Export() *Fact {
	m := g.marks()
	if m.empty() && g.ownNodes <= 1 {
		return nil
	}
	keep := make([]bool, len(g.Nodes))
	strong := g.keep(keep, m)
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

// marks are the nodes from which the walks start that find the relevant part of a graph. Weak nodes are the ends of general
// helpers: they matter only if a flow reaches them.
type marks struct {
	forward, backward         []ID
	weakForward, weakBackward []ID
	loaded, filled            []ID // results of calls that load a key, and values of fields with the name of a key
}

func (m *marks) empty() bool {
	return len(m.forward)+len(m.backward)+len(m.weakForward)+len(m.weakBackward)+len(m.loaded)+len(m.filled) == 0
}

func (g *Graph) marks() *marks {
	m := &marks{}
	for i := g.OwnEdges; i < len(g.Edges); i++ {
		m.edge(g, &g.Edges[i])
	}
	for i := g.Own; i < len(g.Calls); i++ {
		m.call(g, &g.Calls[i])
	}
	for i := g.OwnStructs; i < len(g.Structs); i++ {
		if r := g.Structs[i].Row(); r != nil && r.Role == library.Exchange {
			m.forward = append(m.forward, g.Structs[i].Node)
			m.backward = append(m.backward, g.Structs[i].Node)
		}
	}
	// Values from or to a part of a flow in a lower package belong to the flow: a package that only passes keys on has no mark of its own.
	for i := g.OwnEdges; i < len(g.Edges); i++ {
		e := &g.Edges[i]
		from, to := int(e.From) < g.ownNodes, int(e.To) < g.ownNodes
		switch {
		case from == to:
		case to && g.Nodes[e.To].Weak:
			m.weakBackward = append(m.weakBackward, e.From)
		case to:
			m.backward = append(m.backward, e.From)
		case g.Nodes[e.From].Weak:
			m.weakForward = append(m.weakForward, e.To)
		default:
			m.forward = append(m.forward, e.To)
		}
	}
	if len(m.loaded) > manyLoads {
		m.loaded = nil // general settings
	}
	if len(m.filled) > manyLoads {
		m.filled = nil
	}
	return m
}

// edge marks the ends of an edge that sets a parameter.
func (m *marks) edge(g *Graph, e *Edge) {
	if e.Kind != Put || e.At.IsZero() {
		return
	}
	switch {
	case AssertionKeys[e.WireKey()]:
		m.forward = append(m.forward, e.To)
		m.backward = append(m.backward, e.From, e.To) // the other parameters identify it
	case e.Key == authorization || e.WireKey() == "access_token":
		m.weakForward = append(m.weakForward, e.To)
		m.weakBackward = append(m.weakBackward, e.From)
	case e.KeyNode != 0 && g.Nodes[e.From].Bytes && g.givenKey(e.KeyNode):
		m.weakForward = append(m.weakForward, e.To)
		m.weakBackward = append(m.weakBackward, e.From, e.KeyNode)
	case e.KeyNode == 0 && g.Nodes[e.From].Bytes && PrivateKeyName(e.Key):
		m.filled = append(m.filled, e.From)
	}
}

// call marks the operands and results of a call with a role.
func (m *marks) call(g *Graph, c *Call) {
	switch {
	case c.Is(library.Sign, library.SignRaw, library.SigningInput, library.Exchange):
		m.forward = append(m.forward, c.Results...)
		m.backward = append(m.backward, c.RecvNode)
		m.backward = append(m.backward, c.Args...)
	case c.Is(library.Load), c.row == nil && !c.InSight && Retrieves(c.Name) && g.text(c.Results):
		m.loaded = append(m.loaded, g.keys(c)...)
	case c.Is(library.Parse, library.Signer):
		m.weakForward = append(m.weakForward, c.Results...)
		m.weakBackward = append(m.weakBackward, c.Args...)
	case c.Is(library.Send, library.Request) && g.fromParam(append(append([]ID{}, c.Args...), c.RecvNode)...):
		m.weakForward = append(m.weakForward, c.Results...)
		m.weakBackward = append(m.weakBackward, c.RecvNode)
		m.weakBackward = append(m.weakBackward, c.Args...)
	}
}

// keep sets keep for all nodes that matter, and returns those that matter by themselves.
func (g *Graph) keep(keep []bool, m *marks) (strong []bool) {
	g.close(keep, most, m.forward, false)
	// The URL and the other parameters of a request with an assertion.
	backward := m.backward
	for i := g.Own; i < len(g.Calls); i++ {
		c := &g.Calls[i]
		if !c.Is(library.Send, library.Request) {
			continue
		}
		if slices.ContainsFunc(append(append([]ID{}, c.Args...), c.RecvNode), func(a ID) bool { return keep[a] }) {
			backward = append(backward, c.Args...)
		}
	}
	g.close(keep, most, backward, true)
	for id := 1; id < g.ownNodes; id++ { // nodes of lower packages were kept because they matter
		if !g.Nodes[id].Weak {
			keep[id] = true
		}
	}
	strong = slices.Clone(keep)
	for id := 1; id < g.ownNodes; id++ {
		keep[id] = true
	}
	g.close(keep, mostWeak, m.weakForward, false)
	g.close(keep, mostWeak, m.weakBackward, true)
	g.close(keep, mostLoaded, m.loaded, false)
	g.close(keep, mostLoaded, m.filled, true)
	for _, n := range m.filled {
		for i := range g.Out(n) {
			keep[g.Edges[i].To] = true // the field and its container
		}
	}
	return strong
}

// close keeps the nodes that can be reached from some nodes.
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

// givenKey reports whether the name of a part is an argument of the function, or a key of a map argument.
func (g *Graph) givenKey(n ID) bool {
	for range 3 {
		if g.Nodes[n].Kind == Param {
			return true
		}
		next := ID(0)
		for i := range g.In(n) {
			if from := g.Edges[i].From; g.Edges[i].Kind == Plain || g.Edges[i].Kind == Derived && g.Nodes[from].Kind != Const { // kind + "_token"
				next = from
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

// maxAsked is the number of nodes that fromParam asks. Nearly every request is decided after some dozens.
const maxAsked = 60

// fromParam reports whether one of the nodes may come from a parameter: if the few nodes that are asked do not decide it, it may.
func (g *Graph) fromParam(nodes ...ID) bool {
	seen := map[ID]bool{}
	queue := append([]ID(nil), nodes...)
	for len(queue) > 0 {
		if len(seen) == maxAsked {
			return true
		}
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
