package valueflow

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"runtime"
	"slices"
	"sync"
	"weak"
)

// An encoded fact is a version, for each segment its ID and its length, and the bytes of all segments. A segment refers to
// others by their IDs. So a segment from one file is copied to the next one unchanged, and a segment
// in several files is read and decoded once, and not at all by a package that uses none of its names: these come first.
//
// Numbers are varints; texts and spans are in tables or are differences to their predecessors. The result has
// a twentieth of the size of encoding/gob, and no types have to be compiled first.
const codecVersion = 4

const idSize = 12

var errCut = errors.New("a fact is damaged; go clean -cache removes it")

// MarshalBinary implements encoding.BinaryMarshaler; encoding/gob uses it, too.
func (f *Fact) MarshalBinary() ([]byte, error) { return f.AppendBinary(nil) }

// AppendBinary implements encoding.BinaryAppender.
func (f *Fact) AppendBinary(out []byte) ([]byte, error) {
	size := 1 + binary.MaxVarintLen32
	for _, s := range f.segments {
		s.encode()
		size += idSize + binary.MaxVarintLen32 + len(s.raw)
	}
	out = append(slices.Grow(out, size), codecVersion)
	out = binary.AppendUvarint(out, uint64(len(f.segments)))
	for _, s := range f.segments {
		out = append(out, s.id...)
		out = binary.AppendUvarint(out, uint64(len(s.raw)))
	}
	for _, s := range f.segments {
		out = append(out, s.raw...)
	}
	return out, nil
}

// Parts returns the ids of the segments of a fact, which are hashes of their contents, and their encodings.
// Each segment comes after those that it refers to.
func (f *Fact) Parts() (ids []string, raw [][]byte) {
	for _, s := range f.segments {
		s.encode()
		ids, raw = append(ids, s.id), append(raw, s.raw)
	}
	return ids, raw
}

// Assemble returns the fact with the segments that ids name, in the order of Parts. raw returns the encoding of a segment
// that this process does not have yet. If it returns nil or a damaged one, Assemble returns an error.
func Assemble(ids []string, raw func(id string) []byte) (*Fact, error) {
	f := &Fact{segments: make([]*segment, 0, len(ids))}
	for _, id := range ids {
		s := known.get(id)
		if s == nil {
			data := raw(id)
			if data == nil {
				return nil, errCut
			}
			var err error
			if s, err = decode(id, data); err != nil {
				return nil, err
			}
			s = known.put(s)
		}
		f.segments = append(f.segments, s)
	}
	return f, nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler. It retains data, which must not be changed afterwards. Of new segments, it
// decodes the names only.
func (f *Fact) UnmarshalBinary(data []byte) error {
	if len(data) == 0 || data[0] != codecVersion {
		return errCut
	}
	r := &reader{data: data[1:]}
	f.segments = make([]*segment, r.count())
	ids, lengths := make([]string, len(f.segments)), make([]int, len(f.segments))
	for i := range ids {
		ids[i], lengths[i] = string(r.bytes(idSize)), r.uint()
	}
	for i, id := range ids {
		raw := r.bytes(lengths[i])
		if r.failed {
			return errCut
		}
		s := known.get(id)
		if s == nil {
			var err error
			if s, err = undecoded(id, raw); err != nil {
				return err
			}
			s = known.put(s)
		}
		f.segments[i] = s
	}
	if r.failed || len(r.data) > 0 {
		return errCut
	}
	return nil
}

// known has the segments of this process with an ID. A segment is never in it twice, so segments can be
// compared by pointer.
var known = registry{byID: map[string]weak.Pointer[segment]{}}

type registry struct {
	mu   sync.Mutex
	byID map[string]weak.Pointer[segment]
}

func (r *registry) get(id string) *segment {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byID[id].Value()
}

// put returns the known segment with the same ID. If there is none, it adds the segment and returns it.
func (r *registry) put(s *segment) *segment {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o := r.byID[s.id].Value(); o != nil {
		return o
	}
	r.byID[s.id] = weak.Make(s)
	runtime.AddCleanup(s, r.drop, s.id)
	return s
}

func (r *registry) drop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byID[id].Value() == nil {
		delete(r.byID, id)
	}
}

// encode sets raw and id.
func (s *segment) encode() {
	s.coded.Do(func() {
		if s.raw != nil {
			return
		}
		s.raw = s.bytes()
		sum := sha256.Sum256(s.raw)
		s.id = string(sum[:idSize])
		if o := known.put(s); o != s {
			s.twin = o
		}
	})
}

// A writer encodes one segment: first the body, which fills the tables before it.
type writer struct {
	body    []byte
	texts   map[string]uint64
	list    []string
	places  map[place]uint64
	spans   []place
	offset  int
	line    int
	foreign map[*segment]uint64
}

// A place is the common part of many spans.
type place struct{ file, pkg, enclosedBy string }

func (w *writer) uint(n int)  { w.body = binary.AppendUvarint(w.body, uint64(n)) }
func (w *writer) int(n int)   { w.body = binary.AppendVarint(w.body, int64(n)) }
func (w *writer) byte(b byte) { w.body = append(w.body, b) }

func (w *writer) text(s string) {
	n, ok := w.texts[s]
	if !ok {
		n = uint64(len(w.list))
		w.texts[s] = n
		w.list = append(w.list, s)
	}
	w.body = binary.AppendUvarint(w.body, n)
}

func (w *writer) list1(l []string) {
	w.uint(len(l))
	for _, s := range l {
		w.text(s)
	}
}

func (w *writer) ids(l []ID) {
	w.uint(len(l))
	for _, id := range l {
		w.uint(int(id))
	}
}

func (w *writer) span(s Span) {
	if s == (Span{}) {
		w.uint(0)
		return
	}
	p := place{s.File, s.PkgPath, s.EnclosedBy}
	n, ok := w.places[p]
	if !ok {
		w.spans = append(w.spans, p)
		n = uint64(len(w.spans))
		w.places[p] = n
	}
	w.body = binary.AppendUvarint(w.body, n)
	w.int(s.Offset - w.offset)
	w.int(s.Line - w.line)
	w.uint(s.Column)
	w.int(s.End - s.Offset)
	w.offset, w.line = s.Offset, s.Line
}

// bits packs booleans.
func bits(list ...bool) (b byte) {
	for i, set := range list {
		if set {
			b |= 1 << i
		}
	}
	return b
}

func (s *segment) bytes() []byte {
	names := appendNames(nil, s.symbols().sorted())
	w := &writer{texts: map[string]uint64{"": 0}, list: []string{""}, places: map[place]uint64{}, foreign: map[*segment]uint64{}}
	w.text(s.path)
	w.byte(bits(s.partial))
	segments := w.references(s.foreign)
	w.nodes(s.nodes[1:])
	w.calls(s.calls)
	w.edges(s.edges)
	w.uint(len(s.structs))
	for _, st := range s.structs {
		w.text(st.Pkg)
		w.text(st.Name)
		w.uint(int(st.Node))
		w.span(st.Span)
	}
	w.ids(s.strong)
	w.uint(len(s.files))
	for _, f := range s.files {
		w.text(f.Name)
		w.list1(f.Imports)
		w.list1(f.Words)
	}
	body := w.withTables(segments)
	return append(append(binary.AppendUvarint(make([]byte, 0, binary.MaxVarintLen32+len(names)+len(body)), uint64(len(names))), names...), body...)
}

// appendNames appends sorted names, each without the part that it shares with the one before.
func appendNames(out []byte, names []string) []byte {
	last := ""
	for _, name := range names {
		same := 0
		for same < min(len(last), len(name)) && last[same] == name[same] {
			same++
		}
		out = binary.AppendUvarint(binary.AppendUvarint(out, uint64(same)), uint64(len(name)-same))
		out = append(out, name[same:]...)
		last = name
	}
	return out
}

// references writes references to nodes of other segments, and returns these segments.
func (w *writer) references(foreign []ref) (segments []*segment) {
	w.uint(len(foreign))
	for _, r := range foreign {
		n, ok := w.foreign[r.seg]
		if !ok {
			n = uint64(len(segments))
			w.foreign[r.seg] = n
			segments = append(segments, r.seg)
		}
		w.uint(int(n))
		w.uint(int(r.node))
	}
	return segments
}

func (w *writer) nodes(nodes []Node) {
	w.uint(len(nodes))
	for i := range nodes {
		n := &nodes[i]
		// Text has no parts, so both bits together encode a third property.
		w.byte(byte(n.Kind)<<4 | bits(n.Weak, n.Holds || n.Asked, n.Bytes || n.Asked, n.Reply))
		w.text(n.Name)
		w.text(n.Text)
		w.uint(n.Index)
		w.uint(int(n.Call))
		w.span(n.Span)
	}
}

func (w *writer) calls(calls []Call) {
	w.uint(len(calls))
	for i := range calls {
		c := &calls[i]
		w.byte(bits(c.Broken, c.InSight, c.Abstract))
		for _, t := range []string{c.Pkg, c.Recv, c.Name, c.PkgName, c.Type, rowKey(c.row)} {
			w.text(t)
		}
		w.span(c.Span)
		w.span(c.RecvSpan)
		w.uint(len(c.ArgSpans))
		for _, sp := range c.ArgSpans {
			w.span(sp)
		}
		w.uint(int(c.Site))
		w.uint(int(c.RecvNode))
		w.ids(c.Args)
		w.ids(c.Results)
	}
}

func (w *writer) edges(edges []Edge) {
	w.uint(len(edges))
	from := ID(0)
	for i := range edges {
		e := &edges[i]
		written := *e.Written != unwritten
		w.byte(byte(e.Kind)<<5 | bits(e.Key != "", e.Site != 0, e.Call != 0, e.KeyNode != 0, written))
		w.int(int(e.From - from))
		w.int(int(e.To - e.From))
		from = e.From
		if e.Key != "" {
			w.text(e.Key)
		}
		if e.Site != 0 {
			w.uint(int(e.Site))
		}
		if e.Call != 0 {
			w.uint(int(e.Call))
		}
		if e.KeyNode != 0 {
			w.uint(int(e.KeyNode))
		}
		if written {
			w.span(e.At)
			w.span(e.Val)
			w.text(e.Wire)
		}
	}
}

// withTables returns the tables of texts, segments and places, followed by the body, which refers to them.
func (w *writer) withTables(segments []*segment) []byte {
	body := w.body
	w.body = nil
	w.uint(len(w.spans))
	for _, p := range w.spans {
		w.text(p.file)
		w.text(p.pkg)
		w.text(p.enclosedBy)
	}
	places := w.body
	w.body = nil
	w.uint(len(w.list))
	for _, t := range w.list {
		w.uint(len(t))
	}
	for _, t := range w.list {
		w.body = append(w.body, t...)
	}
	w.uint(len(segments))
	for _, seg := range segments {
		seg.encode()
		w.body = append(w.body, seg.id...)
	}
	return append(append(w.body, places...), body...)
}
