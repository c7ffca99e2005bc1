package fixer

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"jwtretire.example/fixer/reason"
)

// patience is the time limit of planning, slicing and rewriting; tests change it.
var patience = 5 * time.Minute

// An internalError is a failure of the tool, not of the code: it is reported, and the flows are not changed.
type internalError struct{ msg string }

func (e *internalError) Error() string { return "internal error: " + e.msg + "; please report it" }

// Unwrap returns the error with its reason code.
func (e *internalError) Unwrap() error { return reason.New(reason.Internal, "%s", e.msg) }

// bounded runs one step of the work. A panic becomes an error, and so does a step that takes too long. Such a step cannot be stopped: it
// continues in the background, and its data is not used any more.
func bounded(what string, do func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- &internalError{fmt.Sprintf("%s failed (%v at %s)", what, r, where(debug.Stack()))}
			}
		}()
		done <- do()
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return &internalError{fmt.Sprintf("%s took longer than %s", what, patience)}
	}
}

// where returns the place of a panic, from a stack trace: the first line of this program below the runtime's lines.
func where(stack []byte) string {
	lines := strings.Split(string(stack), "\n")
	panicked := false
	for i, l := range lines {
		panicked = panicked || strings.HasPrefix(l, "panic(")
		if panicked && strings.HasPrefix(l, "jwtretire.example/") && i+1 < len(lines) {
			place, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " ")
			if j := strings.LastIndex(place, "/"); j >= 0 {
				place = place[j+1:]
			}
			return place
		}
	}
	return "an unknown place"
}
