package heap

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestGrow(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	Grow()
	if got := debug.SetGCPercent(400); got != 400 {
		t.Fatalf("a small heap may grow by %d percent, want 400", got)
	}
	kept := make([]byte, 200<<20)
	runtime.GC()
	if got := adjust(400); got != standard {
		t.Errorf("with 200 MiB in use it may grow by %d percent, want %d", got, standard)
	}
	runtime.KeepAlive(kept)
}

// A large heap grows to what a run may have, by less than usual near to it, and as usual beyond it.
func TestLargeHeap(t *testing.T) {
	for live := uint64(10 << 20); live < 2<<30; live += 10 << 20 {
		p := uint64(percent(live))
		goal := live + live*p/100
		switch {
		case live > enough:
			if p != standard {
				t.Errorf("with %d MiB it may grow by %d percent", live>>20, p)
			}
		case goal > max(enough, live*(100+least)/100) || p < least:
			t.Errorf("with %d MiB it may grow to %d MiB", live>>20, goal>>20)
		}
	}
}

// The first collection of a brief process is late, the others are as usual.
func TestBrief(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	Brief()
	if got := debug.SetGCPercent(1600); got != 1600 {
		t.Fatalf("the heap may grow by %d percent first, want 1600", got)
	}
	runtime.GC()
	if got := adjust(1600); got > 400 {
		t.Errorf("after a collection it may grow by %d percent", got)
	}
}

func TestGOGCStays(t *testing.T) {
	t.Setenv("GOGC", "77")
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	Grow()
	if got := debug.SetGCPercent(77); got != 77 {
		t.Errorf("the percentage is %d, but the user's is 77", got)
	}
}
