package valueflow

import (
	"slices"
	"sort"
	"strconv"
	"sync"

	"jwtretire.example/analyzer/library"
)

// A Fact is the part of the graph of a package, and of the graphs below, that a flow may pass through. It is for
// higher packages. Packages without such a part export none.
//
// It is a list of segments, one for every package that adds something. A segment is immutable, so
// all higher graphs share it, and passing it on costs
// nothing. Rejected: facts that repeat the facts of lower packages. These were most of the work and of the memory.
type Fact struct {
	segments []*segment // each after those that it refers to
}

// AFact marks Fact as a fact.
func (*Fact) AFact() {}

// A segment is the part that one package adds. Its IDs are local: its nodes from 1 on,
// followed by the nodes of other segments that its edges and calls use.
type segment struct {
	coded   sync.Once // for
	id      string    // hash of the content
	raw     []byte    // the encoded segment
	filled  sync.Once // of a segment from a file: for what follows below twin
	damage  error     // why it cannot be decoded
	twin    *segment  // the known segment with the same content, if it is another one: it has to stay known as long as this one is used
	path    string
	nodes   []Node // nodes[0] is no node
	edges   []Edge
	calls   []Call
	structs []Structure
	foreign []ref
	strong  []ID   // foreign nodes that were Weak below and are not any more
	files   []File // sorted
	partial bool   // the package has missing types

	symbols func() *symbolSet
}

// A ref names a node of another segment.
type ref struct {
	seg  *segment
	node ID
}

// A File is the data about a source file.
type File struct {
	Name    string
	Imports []string
	Words   []string // hosts in its comments
}

func newSegment(path string) *segment {
	s := &segment{path: path, nodes: []Node{{Value: &Value{}}}}
	s.symbols = sync.OnceValue(s.speaksOf)
	return s
}

// union returns the segments of all facts, without duplicates, each after those that it refers to.
func union(facts []*Fact) []*segment {
	if len(facts) == 1 {
		return facts[0].segments
	}
	var all []*segment
	seen := map[*segment]bool{}
	for _, f := range facts {
		for _, s := range f.segments {
			if !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	return all
}

// A stack has the segments below a graph.
type stack struct {
	segments []*segment
	base     []ID   // by segment: the first node that it brought
	ids      [][]ID // by segment: its IDs in the graph
}

// find returns the segment of a node, and its ID there.
func (s *stack) find(n ID) ref {
	i := sort.Search(len(s.base), func(i int) bool { return s.base[i] > n }) - 1
	local := n - s.base[i] + 1
	for s.ids[i][local] != n {
		local++ // some before it were there already
	}
	return ref{s.segments[i], local}
}

// lieOn adds segments to an empty graph. Nodes with the same name are the same node. Nodes without
// a name are not compared: a graph above a package with its tests and above the same package without them has
// these nodes twice, and findings in both have one place. Rejected: names by number within the package. They
// differ as soon as the tests import more.
func (g *Graph) lieOn(segments []*segment) {
	nodes, edges, calls, named, refs, lists := 1, 0, 0, 0, 0, 0
	for _, s := range segments {
		nodes += len(s.nodes) - 1
		edges += len(s.edges)
		calls += len(s.calls)
		refs += len(s.nodes) + len(s.foreign)
		for i := range s.nodes[1:] {
			if s.nodes[i+1].Name != "" {
				named++
			}
		}
		for i := range s.calls {
			lists += len(s.calls[i].Args) + len(s.calls[i].Results)
		}
	}
	g.Nodes = slices.Grow(g.Nodes, nodes+nodes/4)
	g.ends = slices.Grow(g.ends, nodes+nodes/4)
	g.Edges = slices.Grow(g.Edges, edges+edges/4)
	g.Calls = slices.Grow(g.Calls, calls+calls/4)
	if named > g.namesRoom { // a growing map is copied repeatedly
		g.namesRoom = named + named/4
		g.byName = make(map[string]ID, g.namesRoom)
	}
	g.room.want(refs + lists)
	g.below = &stack{segments: segments}
	index := make(map[*segment]int, len(segments))
	for i, s := range segments {
		index[s] = i
		g.take(s, index, &g.room)
	}
	g.Own, g.OwnEdges, g.OwnStructs, g.ownNodes = len(g.Calls), len(g.Edges), len(g.Structs), len(g.Nodes)
}

// take adds a segment.
func (g *Graph) take(s *segment, index map[*segment]int, room *arena) {
	base, firstCall := ID(len(g.Nodes)), int32(len(g.Calls))
	ids := room.take(len(s.nodes) + len(s.foreign))
	ids[0] = 0
	for i := 1; i < len(s.nodes); i++ {
		n := s.nodes[i]
		if n.Name != "" {
			if id := g.byName[n.Name]; id != 0 {
				ids[i] = id
				g.Nodes[id].Weak = g.Nodes[id].Weak && n.Weak
				continue
			}
		}
		if n.Call > 0 {
			n.Call += firstCall
		}
		ids[i] = g.add(n)
	}
	for i, r := range s.foreign {
		ids[len(s.nodes)+i] = g.below.ids[index[r.seg]][r.node]
	}
	g.below.base = append(g.below.base, base)
	g.below.ids = append(g.below.ids, ids)
	for _, n := range s.strong {
		g.Nodes[ids[n]].Weak = false
	}
	for _, c := range s.calls {
		c.Site, c.RecvNode = ids[c.Site], ids[c.RecvNode]
		c.Args, c.Results = room.remap(c.Args, ids), room.remap(c.Results, ids)
		g.Calls = append(g.Calls, c)
	}
	for _, e := range s.edges {
		e.From, e.To, e.KeyNode, e.Site = ids[e.From], ids[e.To], ids[e.KeyNode], ids[e.Site]
		if e.Call > 0 {
			e.Call += firstCall
		}
		if e.From >= base || e.To >= base {
			g.link(e)
		} else {
			g.connect(e) // two packages may add the same edge between lower packages
		}
	}
	for _, st := range s.structs {
		st.Node = ids[st.Node]
		g.Structs = append(g.Structs, st)
	}
	for _, f := range s.files {
		g.Imports[f.Name], g.Words[f.Name] = f.Imports, f.Words
	}
	if s.partial {
		g.Partial[s.path] = true
	}
}

// An arena is the memory of many short lists.
type arena struct {
	free []ID
	all  []ID
}

func (a *arena) want(n int) {
	if cap(a.free) < n {
		a.all = make([]ID, 0, n+n/4)
		a.free = a.all
	}
}

func (a *arena) take(n int) []ID {
	a.want(n)
	list := a.free[:n:n]
	a.free = a.free[n:n:cap(a.free)]
	return list
}

func (a *arena) remap(list, ids []ID) []ID {
	out := a.take(len(list))
	for i, id := range list {
		out[i] = ids[id]
	}
	return out
}

// segment returns the package's own part of the kept nodes, nil if it is empty. Nodes that are not
// strong are marked as Weak.
func (g *Graph) segment(keep, strong []bool) *segment {
	s := newSegment(g.Path)
	m := &segmenter{g: g, s: s, strong: strong, local: make([]ID, len(g.Nodes)-g.ownNodes), known: map[ID]ID{}}
	m.addCalls(keep)
	for id := g.ownNodes; id < len(g.Nodes); id++ {
		if keep[id] {
			m.add(ID(id))
		}
	}
	kept := 0
	for i := g.OwnEdges; i < len(g.Edges); i++ {
		if e := &g.Edges[i]; m.has(e.From) && m.has(e.To) {
			kept++
			m.add(e.KeyNode)
			m.add(e.Site)
		}
	}
	s.nodes = slices.Clip(s.nodes)
	// All its own nodes are known now: the others get their IDs behind them.
	m.renumber(kept)
	for n := 1; n < g.ownNodes; n++ {
		if strong[n] && g.Nodes[n].Weak {
			s.strong = append(s.strong, m.id(ID(n)))
		}
	}
	if len(s.nodes) == 1 && len(s.edges)+len(s.calls)+len(s.structs)+len(s.strong) == 0 {
		return nil
	}
	names := map[string]bool{"": true}
	for _, n := range s.nodes[1:] {
		if file := n.Span.File; !names[file] {
			names[file] = true
			s.files = append(s.files, File{file, g.Imports[file], g.Words[file]})
		}
	}
	sort.Slice(s.files, func(i, j int) bool { return s.files[i].Name < s.files[j].Name })
	s.partial = g.Partial[g.Path]
	return s
}

// A segmenter copies a part of a graph into a segment, with other IDs.
type segmenter struct {
	g      *Graph
	s      *segment
	strong []bool
	local  []ID      // of the graph's own nodes: their IDs in the segment, 0 for those that it does not have
	known  map[ID]ID // of nodes of lower packages
	calls  []int32   // of the graph's own calls: their numbers in the segment, from 1
}

// add adds a node of the graph's own.
func (m *segmenter) add(id ID) {
	own := m.g.ownNodes
	if int(id) < own || m.local[int(id)-own] != 0 {
		return
	}
	m.local[int(id)-own] = ID(len(m.s.nodes))
	n := m.g.Nodes[id]
	n.Weak = !m.strong[id]
	m.s.nodes = append(m.s.nodes, n)
}

func (m *segmenter) has(id ID) bool {
	own := m.g.ownNodes
	return int(id) < own || m.local[int(id)-own] != 0
}

// addCalls adds the calls that have a kept operand or result, with all of their nodes.
func (m *segmenter) addCalls(keep []bool) {
	g := m.g
	m.calls = make([]int32, len(g.Calls)-g.Own)
	for i := range m.calls {
		c := &g.Calls[g.Own+i]
		kept := func(id ID) bool { return id != 0 && keep[id] }
		if !kept(c.RecvNode) && !keep[c.Site] && !slices.ContainsFunc(c.Args, kept) && !slices.ContainsFunc(c.Results, kept) {
			continue
		}
		m.s.calls = append(m.s.calls, *c)
		m.calls[i] = int32(len(m.s.calls))
		m.add(c.Site)
		m.add(c.RecvNode)
		for _, l := range [][]ID{c.Args, c.Results} {
			for _, id := range l {
				m.add(id)
			}
		}
	}
}

// id returns the ID of a node in the segment.
func (m *segmenter) id(n ID) ID {
	switch {
	case n == 0:
		return 0
	case int(n) >= m.g.ownNodes:
		return m.local[int(n)-m.g.ownNodes]
	case m.known[n] == 0:
		m.known[n] = ID(len(m.s.nodes) + len(m.s.foreign))
		m.s.foreign = append(m.s.foreign, m.g.below.find(n))
	}
	return m.known[n]
}

func (m *segmenter) ids(list []ID) []ID {
	if len(list) == 0 {
		return nil
	}
	out := make([]ID, len(list))
	for i, n := range list {
		out[i] = m.id(n)
	}
	return out
}

// renumber sets the IDs in calls, edges (kept is their number) and structures.
func (m *segmenter) renumber(kept int) {
	g, s := m.g, m.s
	call := func(n int32) int32 { return m.calls[int(n)-1-g.Own] }
	for i := range s.nodes {
		if n := &s.nodes[i]; n.Call > 0 {
			n.Call = call(n.Call)
		}
	}
	for i := range s.calls {
		c := &s.calls[i]
		c.Site, c.RecvNode, c.Args, c.Results = m.id(c.Site), m.id(c.RecvNode), m.ids(c.Args), m.ids(c.Results)
	}
	s.edges = make([]Edge, 0, kept)
	for _, e := range g.Edges[g.OwnEdges:] {
		if !m.has(e.From) || !m.has(e.To) {
			continue
		}
		e.From, e.To, e.KeyNode, e.Site = m.id(e.From), m.id(e.To), m.id(e.KeyNode), m.id(e.Site)
		if e.Call > 0 {
			e.Call = call(e.Call)
		}
		s.edges = append(s.edges, e)
	}
	for _, st := range g.Structs[g.OwnStructs:] {
		if m.has(st.Node) {
			st.Node = m.id(st.Node)
			s.structs = append(s.structs, st)
		}
	}
}

// rowKeys names the rows of the library table in a fact.
var rowKeys struct {
	once sync.Once
	rows map[string]*library.Func
}

func rowKey(f *library.Func) string {
	if f == nil {
		return ""
	}
	return f.FullName() + " " + strconv.Itoa(f.Min) + "-" + strconv.Itoa(f.Max)
}

func rowOf(key string) *library.Func {
	if key == "" {
		return nil
	}
	rowKeys.once.Do(func() {
		rowKeys.rows = map[string]*library.Func{}
		for _, f := range library.All() {
			rowKeys.rows[rowKey(f)] = f
		}
	})
	return rowKeys.rows[key]
}
