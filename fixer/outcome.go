package fixer

import (
	"context"
	"errors"
	"os"

	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/internal/leftover"
	"jwtretire.example/internal/load"
)

// Options are the settings of a fix.
type Options struct {
	Decisions decision.Decisions
	Verify    prove.Level
	Review    bool // also carry out rewrites that need a reviewer's consent
	Tags      string
	Env       []string

	// A flow may be in files of several platforms, which are rewritten one by one and combined by the
	// caller. Apart has the files of such flows. Joined reports whether the caller proves the result
	// for the platform of a file.
	Apart  map[string]bool
	Joined func(file string) bool

	// Beside are the trees of other platforms, by the platform's name. Nothing is rewritten in them, but the result has to
	// type-check there, too; if it does not, only the flows that break it are given up.
	Beside map[string]*load.Result

	// Within reports whether a file may be changed; nil allows all files. A workspace or a replace directive can contain code of
	// another repository.
	Within func(file string) bool

	// Modules computes go.mod and go.sum; nil is gomod.Prepare. A caller with many variants of one module can run
	// the go command once.
	Modules func(context.Context, *load.Module, gomod.Options) (*gomod.Result, error)
}

// An Outcome is the result of a fix.
type Outcome struct {
	Files  []patch.File // new contents, with go.mod and go.sum
	Plans  []*plan.Plan // one per flow, in the order of the flows; a plan without a Set was not carried out
	About  map[*plan.Plan]*About
	Failed map[*plan.Plan]bool // carried out and undone
}

// An About has the proofs, remarks and leftovers of the rewrite of one flow, in addition to its plan.
type About struct {
	safety.Judgement
	Notes     []string
	Leftovers []report.Leftover // settings outside of Go code that nothing reads any more
	Outside   []leftover.Place  // places of these settings in other files
}

// A remark is a note about a result: about a file, or about the whole result if file is "".
type remark struct {
	look safety.Look // "" if it needs no judgement
	text string
	file string
}

// drop removes a plan from the fix: it failed, needs consent, or does not belong to this run.
func (out *Outcome) drop(pl *plan.Plan, err error) {
	pl.Decline(reason.Of(reason.TakenBack, err))
	if _, ok := errors.AsType[*outsideError](err); ok {
		pl.ReasonCode = string(reason.OutsideRepository)
		return
	}
	if _, ok := errors.AsType[*consentError](err); ok {
		pl.ReasonCode = ""
		pl.Needs = append(pl.Needs, "review")
		return
	}
	out.Failed[pl] = true
}

func mode(path string) os.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}
