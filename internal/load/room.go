package load

import "sync"

// openSource bounds the bytes of source with bodies whose syntax is in memory at a time, if syntax is released: a byte
// needs up to fifty, and its value graph as much again. A larger package is checked and analysed alone.
const openSource = 4 << 20

// A room bounds a sum of sizes.
type room struct {
	mu   sync.Mutex
	more *sync.Cond
	size int
	used int
}

func newRoom(size int) *room {
	r := &room{size: size}
	r.more = sync.NewCond(&r.mu)
	return r
}

// take waits until there is room for n, or nothing else is in the room, and returns the function that leaves it.
func (r *room) take(n int) (leave func()) {
	if n == 0 {
		return func() {}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.used > 0 && r.used+n > r.size {
		r.more.Wait()
	}
	r.used += n
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.used -= n
		r.more.Broadcast()
	}
}

// room returns the bytes of a unit's source with bodies that will be released, 0 for another unit.
func (x *unit) room(u *universe) int {
	if x.pkg == nil || !u.visit.releases() {
		return 0
	}
	return x.bytes
}
