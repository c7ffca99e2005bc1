// Package valueflow builds, for one package, a flow-insensitive graph of where values go: through
// variables, fields, parameters, results, closures, containers and calls, and joins it with what
// the packages below said of themselves.
//
// It works on syntax and go/types, not on SSA: broken code has a graph too, and every node and edge
// can name the expression that it stands for, which is what a rewriter needs. The price is that the
// order of statements does not count.
package valueflow

import (
	"strings"

	"jwtretire.example/analyzer/library"
)

// A Span is a piece of source; see analyzer/flow.Span, to which it converts.
type Span struct {
	File       string
	Line       int
	Column     int
	Offset     int
	End        int
	PkgPath    string
	EnclosedBy string
}

// An ID names a node of one graph. 0 is no node.
type ID int32

// A Kind says what a node stands for.
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

// A Node is a value, or a set of values that are not told apart.
type Node struct {
	Kind  Kind
	Name  string // the same in every package that knows the node
	Text  string // Const: the text; Lit: the type; else the name in the source
	Holds bool   // its type has parts: a structure, a map, an interface
	Bytes bool   // its type is text: string, []byte
	Weak  bool   // from below: only a helper that serves anything left it there
	Reply bool   // its type is http.ResponseWriter: what goes there is the program's own answer
	Span  Span
	Call  int32 // Called: 1 + index of the call
	Index int   // Called: which result
}

// An EdgeKind says how a value goes on.
type EdgeKind uint8

const (
	Plain   EdgeKind = iota // the same value
	Derived                 // a new value made of it
	Put                     // it becomes the part Key of To
	Proj                    // To is the part Key of it
	Open                    // it enters a function by the call Site
	Close                   // it leaves a function by the call Site
)

// An Edge leads from a value to where it goes.
type Edge struct {
	From, To ID
	Kind     EdgeKind
	Key      string // Put, Proj: field or constant key; "" if the key is not constant
	Wire     string // Put: the key on the wire, by a struct tag, if it is another one; "-" if it is never sent
	KeyNode  ID     // Put: the key, if it is not constant
	Site     ID     // Open, Close: the node that stands for the call
	Call     int32  // Derived: 1 + index of the call that made it
	At       Span   // Put: the call, element or assignment that puts
	Val      Span   // Put: the expression of the value
}

// WireKey returns the name of the part as the other side sees it, "" where it does not.
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
	Pkg, Recv, Name string // the callee; "" where it is not known. Recv is the type's name
	PkgName         string // name of the callee's package
	Broken          bool   // the callee was told by its name beside an import, types being missing
	InSight         bool   // the callee's body, or what a lower package said of it, is in the graph
	Site            ID
	RecvNode        ID
	RecvSpan        Span
	Args            []ID
	ArgSpans        []Span
	Results         []ID
	Span            Span
	Type            string // type of the first result

	RowKey string // names the row in a fact

	row *library.Func
}

// Row returns what the library table says of the callee, or nil.
func (c *Call) Row() *library.Func { return c.row }

// Is reports whether the table gives the callee one of the roles.
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

// PackageName returns the name by which a program calls the callee's package: not the last element
// of the path where that is a version, nor main.
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

// Row returns what the library table says of the type, or nil.
func (s *Structure) Row() *library.Type {
	t, _ := library.LookupType(s.Pkg, s.Name)
	return t
}

// A Graph is the graph of a package and of those parts of the packages below that matter.
type Graph struct {
	Path    string // of the package
	Nodes   []Node // Nodes[0] is no node
	Edges   []Edge
	Calls   []Call
	Structs []Structure
	Imports map[string][]string // import paths, by file
	Words   map[string][]string // hosts that comments name, by file
	Partial map[string]bool     // packages with missing types

	// Own is the index of the first call of this package; those before it came from below.
	Own, OwnEdges, OwnStructs int

	ownNodes int
	below    []*Fact // what came from below
	in, out  [][]int32
	byName   map[string]ID
	uses     [][]Use
	tests    []bool
	idle     []*memory

	above, beyond []bool // see Joined
}

// A Use is a call that takes a node.
type Use struct {
	Call int32 // index
	Arg  int   // index of the argument, -1 for the receiver
}

// In returns the edges that lead to a node.
func (g *Graph) In(n ID) []int32 { return g.in[n] }

// Out returns the edges that lead away from a node.
func (g *Graph) Out(n ID) []int32 { return g.out[n] }

// Joined reports whether this package has a part in what becomes of an edge from below: a value of
// its own can come to From, or what To is goes on here.
func (g *Graph) Joined(e *Edge) bool {
	if g.above == nil {
		g.above = g.reach(func(i int32) (from, to ID) { return g.Edges[i].From, g.Edges[i].To }, g.out)
		g.beyond = g.reach(func(i int32) (from, to ID) { return g.Edges[i].To, g.Edges[i].From }, g.in)
	}
	return g.above[e.From] || e.KeyNode != 0 && g.above[e.KeyNode] || g.above[e.To] || g.beyond[e.To]
}

// reach returns what can be reached from the package's own nodes and edges.
func (g *Graph) reach(ends func(int32) (from, to ID), edges [][]int32) []bool {
	seen := make([]bool, len(g.Nodes))
	var queue []ID
	push := func(n ID) {
		if !seen[n] {
			seen[n] = true
			queue = append(queue, n)
		}
	}
	for n := g.ownNodes; n < len(g.Nodes); n++ {
		push(ID(n))
	}
	for i := g.OwnEdges; i < len(g.Edges); i++ {
		_, to := ends(int32(i))
		push(to)
	}
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, i := range edges[n] {
			_, to := ends(i)
			push(to)
		}
	}
	return seen
}

// Node returns a node by its name.
func (g *Graph) Node(name string) ID { return g.byName[name] }

// Uses returns the calls that take the node as argument or receiver.
func (g *Graph) Uses(n ID) []Use {
	if g.uses == nil {
		g.uses = make([][]Use, len(g.Nodes))
		for i := range g.Calls {
			c := &g.Calls[i]
			if c.RecvNode != 0 {
				g.uses[c.RecvNode] = append(g.uses[c.RecvNode], Use{int32(i), -1})
			}
			for j, a := range c.Args {
				if a != 0 {
					g.uses[a] = append(g.uses[a], Use{int32(i), j})
				}
			}
		}
	}
	return g.uses[n]
}

// MadeBy returns the call that a node is a result of, or nil.
func (g *Graph) MadeBy(n ID) *Call {
	if i := g.Nodes[n].Call; i > 0 {
		return &g.Calls[i-1]
	}
	return nil
}

func newGraph(path string) *Graph {
	g := &Graph{
		Path:    path,
		Imports: map[string][]string{},
		Words:   map[string][]string{},
		Partial: map[string]bool{},
		byName:  map[string]ID{},
	}
	g.add(Node{})
	g.byName = map[string]ID{}
	return g
}

func (g *Graph) add(n Node) ID {
	id := ID(len(g.Nodes))
	g.Nodes = append(g.Nodes, n)
	g.in = append(g.in, nil)
	g.out = append(g.out, nil)
	if n.Name != "" {
		g.byName[n.Name] = id
	}
	return id
}

// connect adds an edge unless one of its ends is missing or the same edge is there.
func (g *Graph) connect(e Edge) {
	if e.From == 0 || e.To == 0 || e.From == e.To && e.Kind != Put {
		return
	}
	same := g.out[e.From]
	if in := g.in[e.To]; len(in) < len(same) {
		same = in
	}
	for _, i := range same {
		o := &g.Edges[i]
		if o.From == e.From && o.To == e.To && o.Kind == e.Kind && o.Key == e.Key && o.Site == e.Site && o.KeyNode == e.KeyNode && o.At == e.At {
			return
		}
	}
	i := int32(len(g.Edges))
	g.Edges = append(g.Edges, e)
	g.out[e.From] = append(g.out[e.From], i)
	g.in[e.To] = append(g.in[e.To], i)
	g.uses = nil
}

// inTest reports whether a node stands for something in a _test.go file.
func (g *Graph) inTest(n ID) bool {
	if len(g.tests) != len(g.Nodes) {
		g.tests = make([]bool, len(g.Nodes))
		for i := range g.Nodes {
			g.tests[i] = strings.HasSuffix(g.Nodes[i].Span.File, "_test.go")
		}
	}
	return g.tests[n]
}
