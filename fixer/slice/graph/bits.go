package graph

type bits []uint64

func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bits) set(i int) { b[i/64] |= 1 << (i % 64) }

func (b bits) clear(i int) { b[i/64] &^= 1 << (i % 64) }

func (b bits) or(o bits) bool {
	changed := false
	for i := range b {
		if n := b[i] | o[i]; n != b[i] {
			b[i], changed = n, true
		}
	}
	return changed
}

func (b bits) clone() bits { return append(bits(nil), b...) }
