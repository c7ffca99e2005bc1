package fixer

import (
	"fmt"
	"strings"

	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/reason"
)

// A consentError means that a rewrite needs a person's consent.
type consentError struct{ msg string }

// An outsideError means that a fix would change files that Options.Within excludes.
type outsideError struct{ files []string }

// A pieceError is the error of a component, with its plans.
type pieceError struct {
	plans []*plan.Plan
	err   error
}

// A halfError means that a part of a flow would stay.
type halfError struct{ msg string }

func (e *consentError) Error() string { return e.msg }

func (e *outsideError) Error() string {
	return fmt.Sprintf("it would change %s, outside of the repository of this run; run in the other repository, or in a folder above both", strings.Join(e.files, ", "))
}

func (e *halfError) Error() string { return e.msg }

// Unwrap returns the error's code.
func (e *halfError) Unwrap() error { return reason.New(reason.PartStays, "%s", e.msg) }
