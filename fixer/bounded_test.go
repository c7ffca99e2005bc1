package fixer

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/reason"
)

func TestBounded(t *testing.T) {
	old := patience
	patience = 100 * time.Millisecond
	t.Cleanup(func() { patience = old })
	if err := bounded("it", func() error { return nil }); err != nil {
		t.Errorf("what goes well: %v", err)
	}
	mine := errors.New("mine")
	if err := bounded("it", func() error { return mine }); err != mine {
		t.Errorf("an error: %v", err)
	}
	var internal *internalError
	var none map[string]int
	err := bounded("it", func() error { maps.Copy(none, map[string]int{"x": 1}); return nil })
	if !errors.As(err, &internal) || !strings.Contains(err.Error(), "it failed (assignment to entry in nil map at ") {
		t.Errorf("a panic: %v", err)
	}
	out := &Outcome{Failed: map[*plan.Plan]bool{}}
	pl := &plan.Plan{}
	if out.drop(pl, err); pl.ReasonCode != string(reason.Internal) || !strings.HasPrefix(pl.Reason, "internal error: ") {
		t.Errorf("a plan that it took back: %s (%s)", pl.Reason, pl.ReasonCode)
	}
	err = bounded("it", func() error { select {} })
	if !errors.As(err, &internal) || !strings.Contains(err.Error(), "it took longer than 100ms") {
		t.Errorf("without end: %v", err)
	}
}
