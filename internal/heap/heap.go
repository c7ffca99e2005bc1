// Package heap trades memory for processor time while there is little of it in use.
//
// A run allocates quickly and keeps most of it, so that the collector, left to its defaults, marks the same young
// heap again and again: a fifth of the processor time of a scan of a small service. A limit of memory
// (debug.SetMemoryLimit) without the collector below it was rejected: a tree whose live heap is larger than the
// limit would be collected without end.
package heap

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Grow lets the heap grow faster than by default as long as it is small, for the rest of the process. A GOGC
// of the environment stays in force.
func Grow() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(percent(0))
	watch(percent(0))
}

// watch adjusts the percentage after every collection until it is the default.
func watch(now int) {
	type sentinel struct{ _ [16]byte }
	runtime.SetFinalizer(&sentinel{}, func(*sentinel) {
		if now = adjust(now); now != standard {
			watch(now)
		}
	})
}

// adjust sets the percentage for what is in use now.
func adjust(now int) int {
	next := percent(live())
	if next != now {
		debug.SetGCPercent(next)
	}
	return next
}

// live returns the bytes that the last collection found in use.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 1 << 40
	}
	return sample[0].Value.Uint64()
}

// standard is the default of the runtime.
const standard = 100

// percent returns by how much a heap with so much in use may grow.
func percent(live uint64) int {
	switch {
	case live < 40<<20:
		return 400
	case live < 120<<20:
		return 200
	}
	return standard
}
