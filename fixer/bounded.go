package fixer

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"jwtretire.example/fixer/reason"
)

// patience is how long planning, slicing or rewriting may take; tests change it.
var patience = 5 * time.Minute

// An internalError says that the tool failed, and not the code: it is reported, and the flows are left as they are.
type internalError struct{ msg string }

func (e *internalError) Error() string { return "internal error: " + e.msg + "; please report it" }

// Unwrap gives it its code.
func (e *internalError) Unwrap() error { return reason.New(reason.Internal, "%s", e.msg) }

// bounded runs a part of the work. A panic becomes an error, and so does work that takes too long: it cannot be stopped, but
// nobody waits for it, and what it worked on is not looked at any more.
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

// where returns the place of a panic, from a stack: the first line of this program's below the runtime's.
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
