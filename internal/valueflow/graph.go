// Package valueflow builds, for one package, a flow-insensitive graph of its values: their paths through
// variables, fields, parameters, results, closures, containers and calls. The graph includes
// the facts of lower packages.
//
// It uses syntax and go/types, not SSA: so code with type errors has a graph, too, and every node and edge
// has the expression that it stands for, which a rewriter needs. The price is that the
// order of statements does not count.
//
// The part of a graph that a package adds and that higher packages need is a segment; see
// [Fact]. The graph of a package consists of the segments of lower packages and its own part: nodes, edges and
// calls are small and have IDs of this graph; the values that they point to are shared between graphs. In a large tree, walks take most of
// the time, so their states are allocated from slabs that are released after each candidate.
package valueflow

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/source"
)

// A Span is a piece of source.
type Span = source.Span

// An ID names a node of one graph. 0 is no node.
type ID int32

// A Kind is the kind of a node.
type Kind uint8

const (
	Other  Kind = iota
	Var         // a local variable
	Param       // a parameter or receiver
	Result      // a result of a function
	Global      // a package-level variable
	Field       // a field of a named type, of all its values together
	Sel         // a field or element of one value
	Called      // a result of a call
	Lit         // a composite literal
	Const       // constant text
	Func        // a function, method value or function literal as a value
)

// A Node is a value, or a set of values that are not distinguished.
type Node struct {
	*Value
	Kind Kind
	Weak bool  // from below: only a helper that serves anything left it there
	test bool  // in a _test.go file
	left bool  // the result of a function of this package whose body is not analysed
	Call int32 // Called: 1 + index of the call
}

// A Value is the immutable part of a node, which all graphs with this node share.
type Value struct {
	Name  string // the same in every package that knows the node; "" if it is found by its edges only
	Text  string // Const: the text; Lit: the type; else the name in the source
	Span  Span
	Index int  // Called: which result
	Holds bool // its type has parts: a structure, a map, an interface
	Bytes bool // its type is text: string, []byte
	Reply bool // its type is http.ResponseWriter: a value that is written to it is the answer of the program itself
	Asked bool // its type is a request to a server: its values differ by caller
}

// An EdgeKind is the relation between the two values of an edge.
type EdgeKind uint8

const (
	Plain   EdgeKind = iota // the same value
	Derived                 // a new value made of it
	Put                     // From becomes the part Key of To
	Proj                    // To is the part Key of From
	Open                    // From enters a function through the call Site
	Close                   // From leaves a function through the call Site
)

// An Edge leads from a value to its next node.
type Edge struct {
	*Written
	From, To ID
	Site     ID     // Open, Close: the node that stands for the call
	KeyNode  ID     // Put: the key, if it is not constant
	Key      string // Put, Proj: field or constant key; "" if the key is not constant
	Call     int32  // Derived: 1 + index of the call that made it
	Kind     EdgeKind

	nextIn, nextOut int32 // 1 + index of the next edge at To, and at From
}

// Written has the source of a Put. It is empty for edges of other kinds.
type Written struct {
	At   Span   // the call, element or assignment that stores the value
	Val  Span   // the expression of the value
	Wire string // the name on the wire, if it differs from Key: from a struct tag, or the name in a pair; "-" if it is never sent
}

var unwritten Written

// WireKey returns the name of the part on the wire, "" if it is not sent.
func (e *Edge) WireKey() string {
	switch e.Wire {
	case "":
		return e.Key
	case unsent:
		return ""
	}
	return e.Wire
}

// A Call is one call in the source.
type Call struct {
	*CallSite
	Site     ID
	RecvNode ID
	Args     []ID
	Results  []ID

	row *library.Func
}

// A CallSite is the part of a call that all graphs share, like a Value.
type CallSite struct {
	Pkg, Recv, Name string // the callee; "" if unknown. Recv is the type's name
	PkgName         string // name of the callee's package
	Broken          bool   // types are missing: the callee was guessed by its name and the imports
	InSight         bool   // the callee's body, or a fact about it, is in the graph
	Abstract        bool   // the callee is a method of an interface that the program declares
	RecvSpan        Span
	ArgSpans        []Span
	Span            Span
	Type            string // type of the first result
}

// Row returns the row of the callee in the library table, or nil.
func (c *Call) Row() *library.Func { return c.row }

// Is reports whether the callee has one of the roles.
func (c *Call) Is(roles ...library.Role) bool {
	if c.row == nil {
		return false
	}
	for _, r := range roles {
		if c.row.Role == r {
			return true
		}
	}
	return false
}

// Slot returns the nodes at a slot of the table, with their spans.
func (c *Call) Slot(s library.Slot) (nodes []ID, spans []Span) {
	if s == library.Recv {
		return []ID{c.RecvNode}, []Span{c.RecvSpan}
	}
	if i, ok := s.Result(); ok {
		if i < len(c.Results) {
			return []ID{c.Results[i]}, []Span{c.Span}
		}
		return nil, nil
	}
	i, rest, ok := s.Arg()
	if !ok || i >= len(c.Args) {
		return nil, nil
	}
	if rest {
		return c.Args[i:], c.ArgSpans[i:]
	}
	return c.Args[i : i+1], c.ArgSpans[i : i+1]
}

// PackageName returns the name of the callee's package in source code. It is not the last element
// of the path if that is a version, and not main.
func (c *Call) PackageName() string {
	if c.PkgName == "" || c.PkgName == "main" {
		return guessName(c.Pkg)
	}
	return c.PkgName
}

// FullName returns the callee as go/types prints it, without *.
func (c *Call) FullName() string {
	switch {
	case c.Recv != "" && c.Pkg != "":
		return "(" + c.Pkg + "." + c.Recv + ")." + c.Name
	case c.Pkg != "":
		return c.Pkg + "." + c.Name
	}
	return c.Name
}

// A Structure is a composite literal of a named type.
type Structure struct {
	Pkg, Name string
	Node      ID
	Span      Span
}

// Row returns the row of the type in the library table, or nil.
func (s *Structure) Row() *library.Type {
	t, _ := library.LookupType(s.Pkg, s.Name)
	return t
}

// A Graph is the graph of a package, with the facts of lower packages. Walks use memory of the graph, so it is not safe for
// concurrent use.
type Graph struct {
	Path    string // of the package
	Nodes   []Node // Nodes[0] is no node
	Edges   []Edge
	Calls   []Call
	Structs []Structure
	Imports map[string][]string // import paths, by file
	Words   map[string][]string // hosts in comments, by file
	Partial map[string]bool     // packages with missing types
	Budget  int                 // multiplies the limits of walks; 0 is 1
	Met     Met                 // limits that walks have met

	Contexts int // the most contexts of one node in a walk; 0 is the usual number

	// Own is the index of the first call of this package; those before it came from below.
	Own, OwnEdges, OwnStructs int

	ownNodes int
	below    *stack // what came from below
	ends     []ends
	byName   map[string]ID
	uses     []Use // by node
	usesFrom []int32
	idle     []*memory
	states   heap
	// The initial capacity of byName.
	namesRoom int
	room      arena

	tests  bool       // a node stands for something in a _test.go file
	joined [2]reached // see Joined; without and with noTests

	again func(scale int) *Graph // see Wider
}

// Met are the limits of package budget that walks exceeded. A caller that needs those of its own walks resets
// it first.
type Met struct{ OpenCalls, States, Bodies, Contexts bool }

// Wider returns a graph of the same package with more of its bodies, nil if there are no more. Scale multiplies the limit.
func (g *Graph) Wider(scale int) *Graph {
	if g.again == nil {
		return nil
	}
	return g.again(scale)
}

// Settle releases the syntax and types that [Graph.Wider] needs.
func (g *Graph) Settle() { g.again = nil }

// A Use is a call that takes a node.
type Use struct {
	Call int32 // index
	Arg  int32 // index of the argument, -1 for the receiver
}

// ends are 1 + the indexes of the first and the last edge at a node.
type ends struct {
	firstIn, lastIn, firstOut, lastOut int32
}

// In returns the indexes of the edges that lead to a node.
func (g *Graph) In(n ID) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for i := g.ends[n].firstIn; i != 0; i = g.Edges[i-1].nextIn {
			if !yield(i - 1) {
				return
			}
		}
	}
}

// Out returns the indexes of the edges that lead away from a node.
func (g *Graph) Out(n ID) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for i := g.ends[n].firstOut; i != 0; i = g.Edges[i-1].nextOut {
			if !yield(i - 1) {
				return
			}
		}
	}
}

// Begins reports whether nothing leads to a node.
func (g *Graph) Begins(n ID) bool { return g.ends[n].firstIn == 0 }

// Ends reports whether nothing leads away from a node.
func (g *Graph) Ends(n ID) bool { return g.ends[n].firstOut == 0 }

// Node returns a node by its name.
func (g *Graph) Node(name string) ID { return g.byName[name] }

// Uses returns the calls that take the node as argument or receiver.
func (g *Graph) Uses(n ID) []Use {
	if g.usesFrom == nil {
		g.findUses()
	}
	return g.uses[g.usesFrom[n]:g.usesFrom[n+1]]
}

// findUses sorts the uses by node, by counting.
func (g *Graph) findUses() {
	from := make([]int32, len(g.Nodes)+2)
	each := func(do func(n ID, u Use)) {
		for i := range g.Calls {
			c := &g.Calls[i]
			if c.RecvNode != 0 {
				do(c.RecvNode, Use{int32(i), -1})
			}
			for j, a := range c.Args {
				if a != 0 {
					do(a, Use{int32(i), int32(j)})
				}
			}
		}
	}
	each(func(n ID, _ Use) { from[n+2]++ })
	for i := 2; i < len(from); i++ {
		from[i] += from[i-1]
	}
	g.uses = slices.Grow(g.uses[:0], int(from[len(from)-1]))[:from[len(from)-1]]
	each(func(n ID, u Use) {
		g.uses[from[n+1]] = u
		from[n+1]++
	})
	g.usesFrom = from
}

// MadeBy returns the call that a node is a result of, or nil.
func (g *Graph) MadeBy(n ID) *Call {
	if i := g.Nodes[n].Call; i > 0 {
		return &g.Calls[i-1]
	}
	return nil
}

// graphs are released graphs: their memory is reused, because the graphs of a run have similar sizes.
var graphs = sync.Pool{New: func() any { return &Graph{byName: map[string]ID{}} }}

func newGraph(path string) *Graph {
	g := graphs.Get().(*Graph)
	g.Path = path
	g.Imports, g.Words, g.Partial = map[string][]string{}, map[string][]string{}, map[string]bool{}
	g.add(Node{Value: &Value{}})
	return g
}

// Release makes the memory of a graph available to another one. The graph must not be used afterwards.
func (g *Graph) Release() {
	if g == nil {
		return
	}
	clear(g.byName)
	graphs.Put(&Graph{
		Nodes: g.Nodes[:0], Edges: g.Edges[:0], Calls: g.Calls[:0], Structs: g.Structs[:0],
		ends: g.ends[:0], byName: g.byName, namesRoom: g.namesRoom, idle: g.idle, states: heap{slabs: g.states.slabs}, room: arena{g.room.all[:0], g.room.all[:0]},
		uses: g.uses[:0],
	})
}

func (g *Graph) add(n Node) ID {
	id := ID(len(g.Nodes))
	n.test = strings.HasSuffix(n.Span.File, "_test.go")
	g.tests = g.tests || n.test
	g.Nodes = append(g.Nodes, n)
	g.ends = append(g.ends, ends{})
	if n.Name != "" {
		g.byName[n.Name] = id
	}
	return id
}

// connect adds an edge, unless one of its ends is missing or the edge exists.
func (g *Graph) connect(e Edge) {
	if e.From == 0 || e.To == 0 || e.From == e.To && e.Kind != Put {
		return
	}
	if e.Written == nil {
		e.Written = &unwritten
	}
	if e.Kind == Put && len(e.Key) == len(authorization) && e.Key != authorization && strings.EqualFold(e.Key, authorization) {
		e.Key = authorization // names of headers are case-insensitive
	}
	// Search both lists at once: often one of them is long, rarely both.
	i, j := g.ends[e.From].firstOut, g.ends[e.To].firstIn
	for i != 0 && j != 0 {
		a, b := &g.Edges[i-1], &g.Edges[j-1]
		if a.same(&e) || b.same(&e) {
			return
		}
		i, j = a.nextOut, b.nextIn
	}
	g.link(e)
	g.usesFrom = nil
}

const authorization = "Authorization"

// same reports whether two edges are equal.
func (e *Edge) same(o *Edge) bool {
	return o.From == e.From && o.To == e.To && o.Kind == e.Kind && o.Key == e.Key && o.Site == e.Site && o.KeyNode == e.KeyNode &&
		(o.Written == e.Written || o.At == e.At)
}

// link adds an edge.
func (g *Graph) link(e Edge) {
	e.nextIn, e.nextOut = 0, 0
	g.Edges = append(g.Edges, e)
	i := int32(len(g.Edges))
	from, to := &g.ends[e.From], &g.ends[e.To]
	if from.firstOut == 0 {
		from.firstOut = i
	} else {
		g.Edges[from.lastOut-1].nextOut = i
	}
	from.lastOut = i
	if to.firstIn == 0 {
		to.firstIn = i
	} else {
		g.Edges[to.lastIn-1].nextIn = i
	}
	to.lastIn = i
}

// inTest reports whether a node stands for something in a _test.go file.
func (g *Graph) inTest(n ID) bool { return g.Nodes[n].test }
