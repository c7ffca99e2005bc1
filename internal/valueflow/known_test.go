package valueflow

import (
	"runtime"
	"testing"
)

// A segment is known as long as one with its content is used, also if another one was encoded first.
func TestTwinStaysKnown(t *testing.T) {
	first, second := newSegment("m/twin"), newSegment("m/twin")
	first.encode()
	second.encode()
	if first.id != second.id {
		t.Fatal("the same content has two ids")
	}
	runtime.KeepAlive(first)
	first = nil
	for range 3 {
		runtime.GC()
	}
	if known.get(second.id) == nil {
		t.Error("the content of a used segment is not known any more")
	}
	runtime.KeepAlive(second)
}
