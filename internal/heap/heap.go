// Package heap reduces garbage collection while the heap is small.
//
// A run allocates quickly and keeps most of its memory, so the collector, with its default settings, marks the same
// small heap again and again: a fifth of the processor time of a scan of a small service. A memory limit
// (debug.SetMemoryLimit) with the collector off below it was rejected: with a live heap larger than the
// limit, the collector would run all the time.
package heap

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Grow lets a small heap grow faster than by default, for the rest of the process. A GOGC in the environment
// has precedence.
func Grow() { grow(400) }

// Brief is Grow for a process that ends soon and has hardly allocated anything yet: the first collection is at 64 MiB,
// which most units of go vet never reach.
func Brief() {
	if os.Getenv("GOGC") == "" {
		huge(56 << 20)
	}
	grow(1600)
}

func grow(first int) {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(first)
	watch(first)
}

// watch adjusts the percentage after every collection.
func watch(now int) {
	type sentinel struct{ _ [16]byte }
	runtime.SetFinalizer(&sentinel{}, func(*sentinel) {
		now = adjust(now)
		watch(now)
	})
}

// adjust sets the percentage for the live heap, and returns it.
func adjust(now int) int {
	next := percent(live())
	if next != now {
		debug.SetGCPercent(next)
	}
	return next
}

// live returns the bytes of the live heap at the last collection.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 1 << 40
	}
	return sample[0].Value.Uint64()
}

const (
	standard = 100 // the default of the runtime

	// A heap of up to enough bytes is one that a run may have on any machine: with what is allocated during a collection, and
	// what is no heap, the process has 500 MiB. So a live heap that is near to it grows by least percent only. One that
	// exceeds it grows as by default: growing by 40 percent there cost 20 to 45 percent of the time of a run over Kubernetes or
	// Vault, for a fifth of the memory. Rejected: a memory limit, which has the collector run all the time above it.
	enough = 405 << 20
	least  = 20
)

// percent returns the value of GOGC for a live heap.
func percent(live uint64) int {
	switch {
	case live < 40<<20:
		return 400
	case live < 120<<20:
		return 200
	case live < enough/2:
		return standard
	case live < enough*100/(100+least):
		return int((enough - live) * 100 / live)
	case live <= enough:
		return least
	}
	return standard
}
