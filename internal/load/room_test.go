package load

import (
	"sync"
	"testing"
)

// No more is in a room than fits, except one that is too large, which is alone.
func TestRoom(t *testing.T) {
	r := newRoom(10)
	var mu sync.Mutex
	used, most := 0, 0
	var all sync.WaitGroup
	for i := range 60 {
		n := i % 13
		all.Go(func() {
			leave := r.take(n)
			mu.Lock()
			if used += n; used > 10 && used != n {
				t.Errorf("%d are in a room for 10, beside one of %d", used-n, n)
			}
			most = max(most, used)
			mu.Unlock()
			mu.Lock()
			used -= n
			mu.Unlock()
			leave()
		})
	}
	all.Wait()
	if most < 12 {
		t.Errorf("at most %d were in the room", most)
	}
}
