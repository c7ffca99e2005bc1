package fixer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/slice/report"
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

// An outsideError means that a fix would change files that Options.Within excludes.
type outsideError struct{ files []string }

func (e *outsideError) Error() string {
	return fmt.Sprintf("it would change %s, outside of the repository of this run; run in the other repository, or in a folder above both", strings.Join(e.files, ", "))
}

// drop gives up a plan: it failed, needs consent, or does not belong to this run.
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

// Plans plans every flow; see [plan.Make]. If planning fails as a whole, each plan has this reason. A flow in a copied module is declined.
func Plans(pkgs []*load.Package, flows []*flow.Flow, dec decision.Decisions) []*plan.Plan {
	copies := map[string]*load.Module{}
	for _, p := range pkgs {
		for _, name := range p.Files {
			if p.Module != nil && p.Module.Copy {
				copies[name] = p.Module
			}
		}
	}
	var ours []*flow.Flow
	for _, fl := range flows {
		if copies[fl.Assertion.File] == nil {
			ours = append(ours, fl)
		}
	}
	plans := planned(own(pkgs), ours, dec)
	if len(ours) == len(flows) {
		return plans
	}
	var all []*plan.Plan
	for _, fl := range flows {
		if m := copies[fl.Assertion.File]; m != nil {
			pl := &plan.Plan{Flow: fl}
			pl.Decline(reason.New(reason.Copied, "this is a copy of %s, a module of another party, and copies are not changed: fetch the token in its callers", m.Path))
			all = append(all, pl)
			continue
		}
		all, plans = append(all, plans[0]), plans[1:]
	}
	return all
}

// own returns the packages that are not in copied modules.
func own(pkgs []*load.Package) []*load.Package {
	return slices.DeleteFunc(slices.Clone(pkgs), func(p *load.Package) bool { return p.Module != nil && p.Module.Copy })
}

func planned(pkgs []*load.Package, flows []*flow.Flow, dec decision.Decisions) []*plan.Plan {
	made := make(chan []*plan.Plan, 1)
	err := bounded("planning", func() error {
		made <- plan.Make(pkgs, flows, dec)
		return nil
	})
	if err == nil {
		return <-made
	}
	var none []*plan.Plan
	for _, fl := range flows {
		pl := &plan.Plan{Flow: fl}
		pl.Decline(reason.Of(reason.Internal, err))
		none = append(none, pl)
	}
	return none
}

// Fix plans, rewrites and proves. A flow that cannot be rewritten has the reason in its plan. The syntax and types of res are not changed, and
// no file is written. Several calls may run concurrently with different results of load. An error means that nothing was rewritten.
func Fix(ctx context.Context, res *load.Result, flows []*flow.Flow, opts Options) (*Outcome, error) {
	out := &Outcome{Failed: map[*plan.Plan]bool{}}
	out.Plans = Plans(res.Packages, flows, opts.Decisions)
	var live []*plan.Plan
	for _, pl := range out.Plans {
		if pl.Fixable() {
			live = append(live, pl)
		}
	}
	if len(live) == 0 {
		return out, nil
	}
	ours := *res
	ours.Packages = own(res.Packages)
	t := newAttempt(&ours, opts, live)
	t.ctx = ctx
	defer t.close()
	got, live, err := t.best(out, live, t.try)
	if err == nil {
		if failed := t.finish(got, live); failed != nil {
			got, live, err = t.best(out, live, func(plans []*plan.Plan) (*result, error) {
				got, err := t.try(plans)
				if err == nil {
					err = t.finish(got, plans)
				}
				return got, err
			})
		}
	}
	if err != nil {
		for _, pl := range live {
			out.drop(pl, err)
		}
		return out, nil
	}
	if got == nil {
		return out, nil
	}
	out.Files, out.About = got.files, got.about
	t.outside(got)
	t.builds(got)
	return out, nil
}

// best tries all plans, and finds those that break the result if they cannot be carried out together.
func (t *attempt) best(out *Outcome, live []*plan.Plan, try func([]*plan.Plan) (*result, error)) (*result, []*plan.Plan, error) {
	got, err := try(live)
	if err != nil && len(live) > 1 {
		got, live = bisect(try, out, live, err)
		err = nil
	}
	return got, live, err
}

func blocked(rep report.Report, plans ...*plan.Plan) string {
	if len(plans) != 1 {
		return "" // it may be about any of them
	}
	home := filepath.Dir(plans[0].Flow.Assertion.File)
	for _, b := range rep.Blocked {
		if filepath.Dir(b.Pos.Filename) == home {
			return fmt.Sprintf("; %s:%d still needs %s: %s", filepath.Base(b.Pos.Filename), b.Pos.Line, b.Value, shorten(b.Text))
		}
	}
	return ""
}

// demanded returns an error if a setting of the flow would still be required, or the key would still be
// fetched without a use: the operator would have to keep settings without a purpose.
func demanded(about *concern, rep report.Report) error {
	asked := blame{}
	for _, d := range rep.Demands {
		asked.add(&halfError{fmt.Sprintf("%s would still be required (%s:%d: %s); remove this requirement first", d.Setting, filepath.Base(d.Pos.Filename), d.Pos.Line, shorten(d.Text))}, about.near(d.Pos.Filename)...)
	}
	if err := asked.error(); err != nil {
		return err
	}
	idle := blame{sure: true}
	for _, call := range rep.Idle {
		for _, pl := range about.all {
			if pl.LoadsKey(call.Node) {
				idle.add(&halfError{fmt.Sprintf("the key would still be fetched without a use (%s:%d: %s)", filepath.Base(call.Pos.Filename), call.Pos.Line, shorten(call.Text))}, pl)
			}
		}
	}
	return idle.error()
}

func (t *attempt) old(path string) []byte {
	if p := t.home[path]; p != nil {
		return p.Source[path]
	}
	src, _ := os.ReadFile(path)
	return src
}

func mode(path string) os.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 100 {
		return s[:97] + "..."
	}
	return s
}
