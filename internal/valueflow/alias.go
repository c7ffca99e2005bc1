package valueflow

import (
	"maps"
	"slices"
)

// mark records that an unknown call changes a value in place.
func (b *builder) mark(n ID) {
	if n != 0 {
		if b.changed == nil {
			b.changed = map[ID]bool{}
		}
		b.changed[n] = true
	}
}

// aliases adds edges in the opposite direction: a value that is stored in a map, or through a pointer, is visible through every
// alias of the map or pointer, mainly in the caller of the function that stores it. For a pointer to text, only the
// variable or field that it points to is an alias; the sources of that variable are other values.
func (b *builder) aliases() {
	var queue []ID
	seen := map[ID]bool{}
	push := func(n ID) {
		if n != 0 && !seen[n] {
			seen[n] = true
			queue = append(queue, n)
		}
	}
	for n := range b.Nodes {
		for i := range b.In(ID(n)) {
			if b.Edges[i].Kind == Put && int(i) >= b.OwnEdges {
				push(ID(n))
				break
			}
		}
	}
	for _, n := range slices.Sorted(maps.Keys(b.changed)) { // the order of edges decides the order of walks
		push(n)
	}
	var edges []int32
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		text := !b.Nodes[n].Holds
		if text && !b.pointers[n] && b.Nodes[n].Kind != Sel {
			continue
		}
		edges = slices.AppendSeq(edges[:0], b.In(n)) // the loop adds edges
		for _, i := range edges {
			e := b.Edges[i]
			switch b.Nodes[e.From].Kind {
			case Lit, Const, Func:
				continue
			}
			if b.Nodes[e.From].Holds == text && e.Kind != Proj {
				continue
			}
			back := Edge{From: e.To, To: e.From}
			switch e.Kind {
			case Plain:
			case Proj:
				back.Kind, back.Key = Put, e.Key
			case Open:
				back.Kind, back.Site = Close, e.Site
			case Close:
				back.Kind, back.Site = Open, e.Site
			default:
				continue
			}
			b.connect(back)
			push(e.From)
		}
	}
}
