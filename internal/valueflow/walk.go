package valueflow

import (
	"math"

	"jwtretire.example/internal/budget"
)

// maxPath bounds the nested parts of a path. Beyond it a walk merges states and continues, so it is no limit of work: these are
// [budget.OpenCalls] and [budget.States].
const maxPath = 4

// usualContexts bounds the contexts of one node in a walk. [Graph.Contexts] replaces it where that was too few.
const usualContexts = 6

// A Context is the call chain of a walk, innermost call first: a walk that entered a function
// through a call leaves it through the same call.
type Context struct {
	Site ID
	Up   *Context
	hash uint64
	len  int
}

func push(c *Context, site ID) *Context {
	return &Context{Site: site, Up: c, hash: pushSum(c, site), len: c.Depth() + 1}
}

// pushSum is the sum of what push returns.
func pushSum(c *Context, site ID) uint64 {
	h := uint64(14695981039346656037)
	if c != nil {
		h = c.hash
	}
	return (h ^ uint64(site)) * 1099511628211
}

// Depth returns the number of open calls.
func (c *Context) Depth() int {
	if c == nil {
		return 0
	}
	return c.len
}

// recursive reports whether a call site occurs twice in the call chain, or in it with one more.
func (c *Context) recursive(more bool, site ID) bool {
	if c.Depth() > 64 {
		return true
	}
	for ; c != nil; c = c.Up {
		if more && c.Site == site {
			return true
		}
		for up := c.Up; up != nil; up = up.Up {
			if up.Site == c.Site {
				return true
			}
		}
	}
	return false
}

func (c *Context) sum() uint64 {
	if c == nil {
		return 0
	}
	return c.hash
}

// Sum returns a hash of the context. Walks treat contexts with the same hash as equal.
func (c *Context) Sum() uint64 { return c.sum() }

// A path is the access path of a value in a container, outermost part first.
type path struct {
	key  string // "*" for an unknown part
	up   *path
	hash uint64
	len  int
}

func (p *path) sum() uint64 {
	if p == nil {
		return 0
	}
	return p.hash
}

func pushPath(p *path, key string) *path {
	if p.repeats(key) {
		return p
	}
	if p != nil && p.len >= maxPath {
		return anywhere
	}
	n := 0
	if p != nil {
		n = p.len
	}
	return &path{key: key, up: p, hash: pushPathSum(p, key), len: n + 1}
}

// repeats reports whether a path begins with two parts of that name. One more would be the next element of a chain of wrappers or of a
// recursive structure, and the path would grow until it is lost.
func (p *path) repeats(key string) bool {
	return p != nil && p.key == key && p.up != nil && p.up.key == key
}

// pushPathSum is the sum of what pushPath returns.
func pushPathSum(p *path, key string) uint64 {
	if p.repeats(key) {
		return p.hash
	}
	if p != nil && p.len >= maxPath {
		return anywhere.hash
	}
	h := uint64(1099511628211)
	if p != nil {
		h = p.hash
	}
	for i := 0; i < len(key); i++ {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	return h*31 + 7
}

var anywhere = &path{key: "*", hash: 42, len: 1}

// A State is a visit of a node: with its call chain and, for a part of the node, the access path.
type State struct {
	Node    ID
	Context *Context
	Edge    int32 // 1 + index of the edge by which it was reached; 0 at the start
	From    *State
	Steps   int
	Clean   bool // the value is unchanged: there was no Derived edge

	path *path
}

// Inside reports whether the value is a part of the node, not the node itself.
func (s *State) Inside() bool { return s.path != nil }

// Part returns the access path of the value in the node: ".cfg.ClientID", "" for the node itself. Unknown parts are
// left out.
func (s *State) Part() string {
	name := ""
	for p := s.path; p != nil; p = p.up {
		if p.key != "*" && p.key != "" {
			name += "." + p.key
		}
	}
	return name
}

// In returns the state of a value that is the part key of a node.
func In(n ID, ctx *Context, key string) *State {
	return &State{Node: n, Context: ctx, path: pushPath(nil, part(key)), Clean: true}
}

// At returns the state of a whole value.
func At(n ID, ctx *Context) *State { return &State{Node: n, Context: ctx, Clean: true} }

// Push returns ctx with one more open call.
func (c *Context) Push(site ID) *Context { return push(c, site) }

// A Next tells a walk how to continue from a state.
type Next uint8

const (
	Go   Next = iota // on over all edges
	Stop             // not beyond this node
	Halt             // end of the walk
)

// A Walk goes over a graph from some states, breadth first.
type Walk struct {
	Graph *Graph
	Back  bool // against the edges

	// NoTests keeps the walk out of _test.go files.
	NoTests bool

	// Brief: Follow and Visit do not retain states, whose memory is reused. They may retain contexts.
	Brief bool

	// Limit bounds the states, where a walk is only to look around; 0 means [budget.States], which only runaway walks meet.
	Limit int

	// Follow, if set, reports whether to take an edge.
	Follow func(s *State, e *Edge) bool
	// Visit is called once for every state.
	Visit func(s *State) Next
}

// A memory has the visited states of a walk: for every node a list of contexts and parts. A
// graph reuses the memories of finished walks, because most walks are short.
type memory struct {
	head  []int32 // by node: 1 + index of its latest entry
	times []uint8
	list  []entry
	nodes []ID // of the entries
	queue []*State

	contexts uint8 // the most of one node
	refused  bool  // whether the last one was refused for that
}

type entry struct {
	ctx, path uint64
	next      int32
}

// A heap allocates states in slabs: one allocation per state would be a third of a walk's work. States are
// released in the reverse order.
type heap struct {
	slabs [][]State
	used  int
}

const slab = 512

func (h *heap) add(s State) *State {
	if h.used == len(h.slabs)*slab {
		h.slabs = append(h.slabs, make([]State, slab))
	}
	p := &h.slabs[h.used/slab][h.used%slab]
	*p = s
	h.used++
	return p
}

func (h *heap) giveUp(used int) { h.used = used }

// Try calls do. If do returns false, all states of walks within it are released, and must not be used any more.
func (g *Graph) Try(do func() bool) {
	used := g.states.used
	if !do() {
		g.states.giveUp(used)
	}
}

func (g *Graph) memory() *memory {
	if n := len(g.idle); n > 0 {
		m := g.idle[n-1]
		g.idle = g.idle[:n-1]
		if n := len(g.Nodes); n <= cap(m.head) {
			m.head, m.times = m.head[:n], m.times[:n]
			return m
		}
	}
	room := len(g.Nodes) + len(g.Nodes)/4 // for a larger graph in the same place, see Release
	return &memory{head: make([]int32, len(g.Nodes), room), times: make([]uint8, len(g.Nodes), room)}
}

func (g *Graph) forget(m *memory) {
	for _, n := range m.nodes {
		m.head[n], m.times[n] = 0, 0
	}
	clear(m.queue)
	m.list, m.nodes, m.queue = m.list[:0], m.nodes[:0], m.queue[:0]
	g.idle = append(g.idle, m)
}

// knows reports whether a state was visited, or its node in as many contexts as there may be.
func (m *memory) knows(s *State) bool { return m.has(s.Node, s.Context.sum(), s.path.sum()) }

func (m *memory) has(n ID, ctx, path uint64) bool {
	for i := m.head[n]; i > 0; i = m.list[i-1].next {
		if m.list[i-1].ctx == ctx && m.list[i-1].path == path {
			return true
		}
	}
	m.refused = m.times[n] >= m.contexts
	return m.refused
}

func (m *memory) add(s *State) {
	m.list = append(m.list, entry{s.Context.sum(), s.path.sum(), m.head[s.Node]})
	m.head[s.Node] = int32(len(m.list))
	m.times[s.Node]++
	m.nodes = append(m.nodes, s.Node)
}

// From runs the walk from a node in a context.
func (w *Walk) From(ctx *Context, nodes ...ID) {
	starts := make([]*State, 0, len(nodes))
	for _, n := range nodes {
		if n != 0 {
			starts = append(starts, &State{Node: n, Context: ctx, Clean: true})
		}
	}
	w.Run(starts...)
}

// Run runs the walk from states.
func (w *Walk) Run(starts ...*State) {
	seen := w.Graph.memory()
	seen.contexts = usualContexts
	if w.Graph.Contexts > 0 {
		seen.contexts = uint8(min(w.Graph.Contexts, math.MaxUint8))
	}
	defer func() { w.Graph.forget(seen) }()
	queue := append(seen.queue, starts...)
	defer func() { seen.queue = queue }()
	limit := w.Limit
	if limit == 0 {
		limit = budget.States.At(w.Graph.Budget)
		defer func() {
			if len(seen.list) >= limit {
				w.Graph.Met.States = true
			}
		}()
	}
	if w.Brief {
		defer w.Graph.states.giveUp(w.Graph.states.used)
	}
	for next := 0; next < len(queue) && len(seen.list) < limit; next++ {
		s := queue[next]
		if seen.knows(s) {
			continue
		}
		seen.add(s)
		if w.Back && w.Graph.Nodes[s.Node].left && int(s.Node) >= w.Graph.ownNodes {
			w.Graph.Met.Bodies = true
		}
		switch w.Visit(s) {
		case Stop:
			continue
		case Halt:
			return
		}
		i := w.Graph.ends[s.Node].firstOut
		if w.Back {
			i = w.Graph.ends[s.Node].firstIn
		}
		for i != 0 {
			if len(queue)-next > 4*limit {
				break // later states would exceed the limit
			}
			e := &w.Graph.Edges[i-1]
			edge := i
			if i = e.nextOut; w.Back {
				i = e.nextIn
			}
			n, ok := w.step(s, e, seen)
			if ok {
				n.Edge, n.From, n.Steps = edge, s, s.Steps+1
				queue = append(queue, w.Graph.states.add(n)) // only new states
			}
		}
	}
}

// step takes an edge, unless it leads to a visited state. Most edges do, so a context or path is
// allocated only for a new state.
func (w *Walk) step(s *State, e *Edge, seen *memory) (n State, ok bool) {
	to := e.To
	if w.Back {
		to = e.From
	}
	if w.NoTests && (w.Graph.inTest(to) || e.Site != 0 && w.Graph.inTest(e.Site)) {
		return n, false
	}
	n = State{Node: to, Context: s.Context, path: s.path, Clean: s.Clean}
	ctx, parts := s.Context.sum(), s.path.sum()
	entered, put := false, false
	enter, leave := Open, Close
	if w.Back {
		enter, leave = Close, Open
	}
	switch e.Kind {
	case enter:
		if s.Context.Depth() >= budget.OpenCalls.At(w.Graph.Budget) {
			w.Graph.Met.OpenCalls = true
			return n, false
		}
		entered, ctx = true, pushSum(s.Context, e.Site)
	case leave:
		if s.Context != nil {
			// A function literal uses the variables of the enclosing function: the caller of the literal, and the calls above it,
			// do not matter there.
			at := s.Context
			if at.Site != e.Site && w.Graph.Nodes[at.Site].Text == dynamicSite {
				for at != nil && at.Site != e.Site {
					at = at.Up
				}
			}
			switch {
			case at == nil:
				n.Context = nil
			case at.Site == e.Site:
				n.Context = at.Up
			default:
				return n, false
			}
			ctx = n.Context.sum()
		}
	case Derived:
		n.Clean = false
		if n.path = anywhere; w.Back {
			n.path = nil
		}
		parts = n.path.sum()
	case Put, Proj:
		// The value becomes a part of a container; or, in a backward walk, one part of a container is followed.
		if (e.Kind == Put) != w.Back {
			put, parts = true, pushPathSum(s.path, part(e.Key))
			break
		}
		if n.path, ok = popPath(s.path, e.Key); !ok {
			return n, false
		}
		parts = n.path.sum()
	}
	if w.Follow != nil && !w.Follow(s, e) {
		return n, false
	}
	// The value of a field or a global is the same for all callers.
	if k := w.Graph.Nodes[to].Kind; (k == Field || k == Global) && e.Kind == Plain {
		n.Context, ctx = nil, 0
	}
	if seen.refused = false; seen.has(to, ctx, parts) {
		// A recursion has no end of contexts, and none is news.
		if seen.refused && w.Back && !w.Graph.Met.Contexts && !s.Context.recursive(entered, e.Site) {
			w.Graph.Met.Contexts = true
		}
		return n, false
	}
	if entered {
		n.Context = push(s.Context, e.Site)
	}
	if put {
		n.path = pushPath(s.path, part(e.Key))
	}
	return n, true
}

func part(key string) string {
	if key == "" {
		return "*"
	}
	return key
}

func popPath(p *path, key string) (*path, bool) {
	switch {
	case p == nil:
		return nil, true
	case p.key == "*":
		return p.rest(), true
	case key == "" || p.key == key:
		return p.up, true
	}
	return nil, false
}

// rest returns the path without its first part; "anywhere" stays as it is.
func (p *path) rest() *path {
	if p == anywhere {
		return p
	}
	return p.up
}
