package valueflow

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"sync"

	"jwtretire.example/analyzer/library"
)

// A Fact is what a package tells the packages above: the part of its graph, and of the graphs below
// it, that a flow may pass through. Packages without anything of the kind have none.
type Fact struct {
	Nodes   []Node
	Edges   []Edge
	Calls   []Call
	Structs []Structure
	Files   []File   // sorted: drivers ask for facts that encode the same every time
	Partial []string // packages with missing types, sorted

	// ID tells facts apart; Below are the IDs of all that were joined to this one, sorted: it has
	// everything that these have.
	ID    string
	Below []string
}

// covers reports whether a fact has all that another has.
func (f *Fact) covers(o *Fact) bool {
	_, ok := slices.BinarySearch(f.Below, o.ID)
	return ok || f.ID == o.ID
}

// outermost returns the facts that have everything that the others have. What a package says of
// the packages below it, all packages above it say too, so that few of the facts of a package's
// imports are news.
func outermost(facts []*Fact) []*Fact {
	var out []*Fact
	for i, f := range facts {
		covered := false
		for j, o := range facts {
			covered = covered || i != j && o.covers(f) && (o.ID != f.ID || j < i)
		}
		if !covered {
			out = append(out, f)
		}
	}
	return out
}

// identify gives a fact its ID. The counts tell a package with its tests from the same without.
func (f *Fact) identify(path string, facts []*Fact) {
	f.ID = fmt.Sprintf("%s %d %d %d", path, len(f.Nodes), len(f.Edges), len(f.Calls))
	below := map[string]bool{}
	for _, o := range facts {
		below[o.ID] = true
		for _, id := range o.Below {
			below[id] = true
		}
	}
	delete(below, f.ID)
	f.Below = slices.Sorted(maps.Keys(below))
}

// A File is what a graph knows of a source file.
type File struct {
	Name    string
	Imports []string
	Words   []string // hosts that its comments name
}

// AFact marks Fact as a fact.
func (*Fact) AFact() {}

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

// Graph returns the fact as a graph.
func (f *Fact) Graph() *Graph {
	g := &Graph{Nodes: f.Nodes, Edges: f.Edges, Calls: f.Calls, Structs: f.Structs, Imports: map[string][]string{}, Words: map[string][]string{}, Partial: map[string]bool{}}
	for _, file := range f.Files {
		g.Imports[file.Name], g.Words[file.Name] = file.Imports, file.Words
	}
	for _, p := range f.Partial {
		g.Partial[p] = true
	}
	return g
}

// nameOf names a node that only has to be told from others when another package gets to know it.
func (g *Graph) nameOf(id ID) string { return g.Path + "#" + strconv.Itoa(int(id)) }

// adopt makes a graph of one fact: the first one needs no comparing.
func (g *Graph) adopt(f *Fact) {
	g.Nodes = append(make([]Node, 0, len(f.Nodes)+len(f.Nodes)/4), f.Nodes...)
	g.Edges = append(make([]Edge, 0, len(f.Edges)+len(f.Edges)/4), f.Edges...)
	g.Calls = slices.Clone(f.Calls)
	g.Structs = slices.Clone(f.Structs)
	for i := range g.Calls {
		g.Calls[i].row = rowOf(g.Calls[i].RowKey)
	}
	g.byName = make(map[string]ID, len(g.Nodes)+len(g.Nodes)/4)
	for i := 1; i < len(g.Nodes); i++ {
		g.byName[g.Nodes[i].Name] = ID(i)
	}
	g.in = lists(len(g.Nodes), g.Edges, func(e *Edge) ID { return e.To })
	g.out = lists(len(g.Nodes), g.Edges, func(e *Edge) ID { return e.From })
	o := f.Graph()
	g.Imports, g.Words, g.Partial = o.Imports, o.Words, o.Partial
}

// lists returns the edges at every node, in their order, cut out of one piece.
func lists(nodes int, edges []Edge, at func(*Edge) ID) [][]int32 {
	count := make([]int32, nodes)
	for i := range edges {
		count[at(&edges[i])]++
	}
	all := make([]int32, len(edges))
	out := make([][]int32, nodes, nodes+nodes/4)
	start := int32(0)
	for n, c := range count {
		out[n] = all[start : start : start+c]
		start += c
	}
	for i := range edges {
		n := at(&edges[i])
		out[n] = append(out[n], int32(i))
	}
	return out
}

// mergeAll adds what facts have to an empty graph.
func (g *Graph) mergeAll(facts []*Fact) {
	for i, f := range facts {
		if i == 0 {
			g.adopt(f)
		} else {
			g.merge(f.Graph())
		}
	}
}

// merge adds another graph. Nodes of the same name are the same node.
func (g *Graph) merge(o *Graph) {
	ids := make([]ID, len(o.Nodes))
	fresh := make([]bool, len(o.Nodes))
	for i := 1; i < len(o.Nodes); i++ {
		n := o.Nodes[i]
		if id := g.byName[n.Name]; id != 0 {
			ids[i] = id
			g.Nodes[id].Weak = g.Nodes[id].Weak && n.Weak
			continue
		}
		n.Call = 0 // set below
		ids[i] = g.add(n)
		fresh[i] = true
	}
	sites := make(map[ID]int32, len(g.Calls))
	for i := range g.Calls {
		sites[g.Calls[i].Site] = int32(i)
	}
	calls := make([]int32, len(o.Calls))
	for i := range o.Calls {
		c := o.Calls[i]
		c.Site = ids[c.Site]
		if j, ok := sites[c.Site]; ok {
			calls[i] = j
			continue
		}
		c.row = rowOf(c.RowKey)
		c.RecvNode = ids[c.RecvNode]
		c.Args = remap(c.Args, ids)
		c.Results = remap(c.Results, ids)
		calls[i] = int32(len(g.Calls))
		g.Calls = append(g.Calls, c)
	}
	for i := 1; i < len(o.Nodes); i++ {
		if fresh[i] && o.Nodes[i].Call > 0 {
			g.Nodes[ids[i]].Call = calls[o.Nodes[i].Call-1] + 1
		}
	}
	for _, e := range o.Edges {
		e.From, e.To, e.KeyNode, e.Site = ids[e.From], ids[e.To], ids[e.KeyNode], ids[e.Site]
		if e.Call > 0 {
			e.Call = calls[e.Call-1] + 1
		}
		g.connect(e)
	}
	have := make(map[ID]bool, len(g.Structs))
	for _, s := range g.Structs {
		have[s.Node] = true
	}
	for _, s := range o.Structs {
		s.Node = ids[s.Node]
		if !have[s.Node] {
			g.Structs = append(g.Structs, s)
		}
	}
	for p, imports := range o.Imports {
		g.Imports[p] = imports
	}
	for k, w := range o.Words {
		g.Words[k] = w
	}
	for p := range o.Partial {
		g.Partial[p] = true
	}
}

func remap(list []ID, ids []ID) []ID {
	out := make([]ID, len(list))
	for i, id := range list {
		out[i] = ids[id]
	}
	return out
}

// restrict returns the part of the graph that the kept nodes make, as a fact. What is not strong
// is marked.
func (g *Graph) restrict(keep, strong []bool) *Fact {
	ids := make([]ID, len(g.Nodes))
	n := 1
	for _, k := range keep {
		if k {
			n++
		}
	}
	f := &Fact{Nodes: make([]Node, 1, n+n/8)}
	packages := map[string]bool{}
	addNode := func(id ID) {
		if id != 0 && ids[id] == 0 {
			ids[id] = ID(len(f.Nodes))
			n := g.Nodes[id]
			n.Weak = !strong[id]
			if n.Name == "" {
				n.Name = g.nameOf(id)
			}
			f.Nodes = append(f.Nodes, n)
		}
	}
	calls := make([]int32, len(g.Calls))
	for i := range g.Calls {
		c := &g.Calls[i]
		wanted := keep[c.RecvNode] && c.RecvNode != 0 || keep[c.Site]
		for _, l := range [][]ID{c.Args, c.Results} {
			for _, id := range l {
				wanted = wanted || id != 0 && keep[id]
			}
		}
		if !wanted {
			continue
		}
		cc := *c
		cc.RowKey = rowKey(c.row)
		f.Calls = append(f.Calls, cc)
		calls[i] = int32(len(f.Calls))
		addNode(c.Site)
		addNode(c.RecvNode)
		for _, l := range [][]ID{c.Args, c.Results} {
			for _, id := range l {
				addNode(id)
			}
		}
		packages[c.Span.PkgPath] = true
	}
	for id := range g.Nodes {
		if keep[ID(id)] {
			addNode(ID(id))
		}
	}
	kept := 0
	for i := range g.Edges {
		e := &g.Edges[i]
		if ids[e.From] == 0 || ids[e.To] == 0 {
			continue
		}
		kept++
		addNode(e.KeyNode)
		addNode(e.Site)
	}
	for i := range f.Nodes {
		if n := &f.Nodes[i]; n.Call > 0 {
			n.Call = calls[n.Call-1]
		}
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		c.Site, c.RecvNode = ids[c.Site], ids[c.RecvNode]
		c.Args, c.Results = remap(c.Args, ids), remap(c.Results, ids)
	}
	f.Edges = make([]Edge, 0, kept)
	for _, e := range g.Edges {
		if ids[e.From] == 0 || ids[e.To] == 0 {
			continue
		}
		e.From, e.To, e.KeyNode, e.Site = ids[e.From], ids[e.To], ids[e.KeyNode], ids[e.Site]
		if e.Call > 0 {
			e.Call = calls[e.Call-1]
		}
		f.Edges = append(f.Edges, e)
	}
	for _, s := range g.Structs {
		if ids[s.Node] != 0 {
			s.Node = ids[s.Node]
			f.Structs = append(f.Structs, s)
			packages[s.Span.PkgPath] = true
		}
	}
	files := map[string]bool{}
	for _, n := range f.Nodes {
		packages[n.Span.PkgPath] = true
		files[n.Span.File] = true
	}
	for file := range files {
		if file != "" {
			f.Files = append(f.Files, File{file, g.Imports[file], g.Words[file]})
		}
	}
	sort.Slice(f.Files, func(i, j int) bool { return f.Files[i].Name < f.Files[j].Name })
	for p := range packages {
		if g.Partial[p] {
			f.Partial = append(f.Partial, p)
		}
	}
	sort.Strings(f.Partial)
	return f
}
