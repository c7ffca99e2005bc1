package valueflow

import (
	"encoding/binary"
	"fmt"
	"sync"
)

// A reader decodes the bytes of a writer. Damaged data makes it fail, and never panic.
type reader struct {
	data   []byte
	failed bool

	texts  []string
	places []place
	offset int
	line   int
	most   int // IDs are below
}

func (r *reader) uint() int {
	n, size := binary.Uvarint(r.data)
	if size <= 0 || n > 1<<31-1 {
		r.failed, r.data = true, nil
		return 0
	}
	r.data = r.data[size:]
	return int(n)
}

func (r *reader) int() int {
	n, size := binary.Varint(r.data)
	if size <= 0 || n > 1<<31-1 || n < -1<<31 {
		r.failed, r.data = true, nil
		return 0
	}
	r.data = r.data[size:]
	return int(n)
}

// count returns the number of elements of a list; each takes at least one byte.
func (r *reader) count() int {
	n := r.uint()
	if n > len(r.data) {
		r.failed, r.data = true, nil
		return 0
	}
	return n
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.data) {
		r.failed, r.data = true, nil
		return nil
	}
	b := r.data[:n:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// below returns a number that is less than n.
func (r *reader) below(n int) int {
	i := r.uint()
	if i >= n {
		r.failed, r.data = true, nil
		return 0
	}
	return i
}

func (r *reader) text() string {
	if n := r.below(len(r.texts)); n > 0 {
		return r.texts[n]
	}
	return ""
}

func (r *reader) list() []string {
	var l []string
	for range r.count() {
		l = append(l, r.text())
	}
	return l
}

func (r *reader) id() ID { return ID(r.below(r.most)) }

func (r *reader) ids() []ID {
	n := r.count()
	if n == 0 {
		return nil
	}
	l := make([]ID, n)
	for i := range l {
		l[i] = r.id()
	}
	return l
}

func (r *reader) span() Span {
	n := r.below(len(r.places) + 1)
	if n == 0 {
		return Span{}
	}
	r.offset += r.int()
	r.line += r.int()
	p := r.places[n-1]
	return Span{File: p.file, PkgPath: p.pkg, EnclosedBy: p.enclosedBy, Offset: r.offset, Line: r.line, Column: r.uint(), End: r.offset + r.int()}
}

func has(b byte, bit int) bool { return b&(1<<bit) != 0 }

// undecoded returns a segment of which only the names are decoded.
func undecoded(id string, raw []byte) (*segment, error) {
	r := &reader{data: raw}
	r.data = r.bytes(r.count())
	names := r.names()
	if r.failed {
		return nil, errCut
	}
	s := &segment{id: id, raw: raw}
	s.symbols = sync.OnceValue(func() *symbolSet {
		set := newSymbolSet()
		for _, name := range names {
			set.name(name)
		}
		return set
	})
	return s, nil
}

// names reads what appendNames appended, up to the end of the data.
func (r *reader) names() (names []string) {
	var last []byte
	for len(r.data) > 0 {
		same, more := r.uint(), r.uint()
		end := r.bytes(more)
		if same > len(last) {
			r.failed = true
		}
		if r.failed {
			return nil
		}
		last = append(last[:same], end...)
		names = append(names, string(last))
	}
	return names
}

// decode decodes a segment. The segments that it refers to must be known.
func decode(id string, raw []byte) (*segment, error) {
	s, err := undecoded(id, raw)
	if err == nil {
		err = s.fill()
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// fill decodes a segment from a file, and those that it refers to. They must be known.
func (s *segment) fill() error {
	s.filled.Do(func() {
		if len(s.nodes) == 0 {
			s.damage = s.decode()
		}
	})
	return s.damage
}

func (s *segment) decode() error {
	r := &reader{data: s.raw}
	r.bytes(r.count()) // the names
	segments, err := r.tables()
	if err != nil {
		return err
	}
	s.path = r.text()
	s.partial = has(r.byte(), 0)
	if s.foreign = r.references(segments); r.failed {
		return errCut
	}
	s.nodes = r.nodes(len(s.foreign))
	s.calls = r.calls()
	for i := range s.nodes {
		r.failed = r.failed || int(s.nodes[i].Call) > len(s.calls)
	}
	if s.edges = r.edges(len(s.calls)); r.failed {
		return errCut
	}
	s.structs = make([]Structure, r.count())
	for i := range s.structs {
		s.structs[i] = Structure{Pkg: r.text(), Name: r.text(), Node: r.id(), Span: r.span()}
	}
	s.strong = r.ids()
	for _, n := range s.strong {
		r.failed = r.failed || int(n) < len(s.nodes)
	}
	for range r.count() {
		s.files = append(s.files, File{r.text(), r.list(), r.list()})
	}
	if r.failed || len(r.data) > 0 {
		return errCut
	}
	return nil
}

// tables reads the tables of texts and places, and returns the segments that references mean.
func (r *reader) tables() ([]*segment, error) {
	r.texts = make([]string, r.count())
	lengths := make([]int, len(r.texts))
	total := 0
	for i := range lengths {
		lengths[i] = r.count()
		total += lengths[i]
	}
	all := string(r.bytes(total))
	if r.failed || len(all) != total {
		return nil, errCut
	}
	for i, n := range lengths {
		r.texts[i], all = all[:n], all[n:]
	}
	segments := make([]*segment, r.count())
	for i := range segments {
		below := string(r.bytes(idSize))
		if segments[i] = known.get(below); segments[i] == nil {
			return nil, fmt.Errorf("%w (it refers to another that is missing)", errCut)
		}
		if err := segments[i].fill(); err != nil {
			return nil, err
		}
	}
	r.places = make([]place, r.count())
	for i := range r.places {
		r.places[i] = place{r.text(), r.text(), r.text()}
	}
	return segments, nil
}

// references reads references to nodes of other segments.
func (r *reader) references(segments []*segment) []ref {
	foreign := make([]ref, r.count())
	for i := range foreign {
		n := r.below(len(segments))
		if r.failed {
			return nil
		}
		foreign[i] = ref{segments[n], ID(r.below(len(segments[n].nodes)))}
	}
	return foreign
}

// nodes reads the nodes, after which the IDs of foreign nodes follow.
func (r *reader) nodes(foreign int) []Node {
	n := r.count()
	r.most = 1 + n + foreign
	nodes := make([]Node, 1+n)
	nodes[0].Value = &Value{}
	values := make([]Value, n)
	for i := range values {
		v := &values[i]
		b := r.byte()
		*v = Value{Name: r.text(), Text: r.text(), Index: r.uint(), Holds: has(b, 1), Bytes: has(b, 2) && !has(b, 1), Reply: has(b, 3), Asked: has(b, 1) && has(b, 2)}
		nodes[i+1] = Node{Value: v, Kind: Kind(b >> 4), Weak: has(b, 0), Call: int32(r.uint())}
		v.Span = r.span()
	}
	return nodes
}

func (r *reader) calls() []Call {
	calls := make([]Call, r.count())
	sites := make([]CallSite, len(calls))
	for i := range calls {
		b := r.byte()
		c := &sites[i]
		*c = CallSite{Broken: has(b, 0), InSight: has(b, 1), Abstract: has(b, 2), Pkg: r.text(), Recv: r.text(), Name: r.text(), PkgName: r.text(), Type: r.text()}
		row := rowOf(r.text())
		c.Span, c.RecvSpan = r.span(), r.span()
		if n := r.count(); n > 0 {
			c.ArgSpans = make([]Span, n)
			for j := range c.ArgSpans {
				c.ArgSpans[j] = r.span()
			}
		}
		calls[i] = Call{CallSite: c, Site: r.id(), RecvNode: r.id(), Args: r.ids(), Results: r.ids(), row: row}
		r.failed = r.failed || len(calls[i].Args) != len(c.ArgSpans)
	}
	return calls
}

func (r *reader) edges(calls int) []Edge {
	edges := make([]Edge, r.count())
	from := 0
	for i := range edges {
		b := r.byte()
		from += r.int()
		to := from + r.int()
		if r.failed = r.failed || from <= 0 || from >= r.most || to <= 0 || to >= r.most; r.failed {
			return nil
		}
		e := Edge{Written: &unwritten, From: ID(from), To: ID(to), Kind: EdgeKind(b >> 5)}
		if has(b, 0) {
			e.Key = r.text()
		}
		if has(b, 1) {
			e.Site = r.id()
		}
		if has(b, 2) {
			e.Call = int32(r.below(calls + 1))
		}
		if has(b, 3) {
			e.KeyNode = r.id()
		}
		if has(b, 4) {
			e.Written = &Written{At: r.span(), Val: r.span(), Wire: r.text()}
		}
		edges[i] = e
	}
	return edges
}
