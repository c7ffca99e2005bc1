// Package plan decides how a flow is rewritten, or why it is not.
//
// Input: the index of the loaded packages, a flow and decisions. Output: a Plan with a core change, or with a reason.
//
// A plan starts at one call, whose answer is decoded into the access token. That call becomes
// clientcredentials.Config.Token. The code that reads the answer is removed or reads the token, and a constant path in the
// URL is changed in place. The planner does not search for keys, claims, signing or forms: they are dead code after the core change,
// and package slice removes them. So the planner has to understand only the end of a flow, and code with a
// second purpose stays without a special case.
//
// The constants max… bound how far a value or a call is followed, in functions, variables or places. Beyond a limit, a value is
// unknown or missing, and the flow is usually declined. With half of each limit, the plans of the programs in testdata do not change.
package plan

import (
	"errors"
	"fmt"
	"go/ast"
	"go/version"
	"runtime"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/bearer"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/exchange"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/grant"
	"jwtretire.example/fixer/plan/jwtconfig"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/plan/scope"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

// A Plan is the change for one flow, or the reason why there is none.
type Plan struct {
	Flow   *flow.Flow
	Set    *change.Set            // nil if there is no change
	Reason string                 // why there is no change
	Needs  []string               // missing decisions: "scopes", "client_secret"
	Notes  []string               // for the reviewer
	Looks  map[string]safety.Look // by note, the question for a reviewer
	Fetch  string                 // the place of the token request in the new program, for the notes

	ReasonCode string // of Reason, from a closed list; "" if it has none

	ix *syntax.Index
	at *syntax.Func // the function with the token request

	unparsed bool // a library parses the key, so the parse is not visible
}

// Fixable reports whether the plan has a change.
func (p *Plan) Fixable() bool { return p.Set != nil }

func (p *Plan) look(look safety.Look, note string) {
	p.Notes = append(p.Notes, note)
	if look != "" {
		if p.Looks == nil {
			p.Looks = map[string]safety.Look{}
		}
		p.Looks[note] = look
	}
}

// Make plans every flow. The packages must have the syntax that the spans of the flows refer to. Flows are
// planned independently; Compose declines a plan that changes a node differently than an earlier one.
func Make(pkgs []*load.Package, flows []*flow.Flow, dec decision.Decisions) []*Plan {
	p := &find.Finder{Decisions: dec, Flows: flows, Sender: map[*load.Package]*ast.File{}}
	if !slices.ContainsFunc(flows, func(fl *flow.Flow) bool { return dismissed(p, fl) == nil }) {
		pkgs = nil // an index of a large tree takes a second, and no plan needs it
	}
	p.Index = syntax.NewIndex(pkgs)
	p.Index.Budget = dec.Budget
	p.Index.Declared = dec.Functions
	var plans []*Plan
	for _, fl := range flows {
		plans = append(plans, plan(p, fl))
	}
	return plans
}

// Open returns the flows whose plans depend on their source.
func Open(flows []*flow.Flow, dec decision.Decisions) []*flow.Flow {
	p := &find.Finder{Decisions: dec}
	return slices.DeleteFunc(slices.Clone(flows), func(fl *flow.Flow) bool { return dismissed(p, fl) != nil })
}

func plan(p *find.Finder, fl *flow.Flow) (pl *Plan) {
	pl = &Plan{Flow: fl, ix: p.Index}
	defer func() {
		if r := recover(); r != nil { // a panic declines only this flow
			pl = &Plan{Flow: fl, ix: p.Index}
			pl.Decline(reason.New(reason.Internal, "internal error: planning this flow failed (%v); please report it", r))
		}
	}()
	if err := outOfReach(p, fl); err != nil {
		pl.Decline(err)
		return pl
	}
	fl = place.Descended(p, fl)
	set := change.NewSet()
	got, scopes, err := replace(p, fl, set)
	pl.Fetch, pl.at, pl.unparsed = got.Place, got.In, got.Unparsed
	for _, note := range scopes {
		pl.look(safety.Scopes, note)
	}
	if err != nil {
		pl.Decline(err)
		return pl
	}
	pl.Set = set
	for _, n := range set.Notes {
		pl.look(set.Looks[n], n)
	}
	return pl
}

// Decline removes the change of a plan. The text of the error is the plan's reason; a *reason.Error also has its code.
func (pl *Plan) Decline(err error) {
	pl.Set, pl.Reason = nil, err.Error()
	if need, ok := errors.AsType[*decision.Needed](err); ok {
		pl.Needs = append(pl.Needs, strings.Fields(need.What)...)
	}
	pl.ReasonCode = string(reason.CodeOf(err))
}

// dismissed returns the reason to decline a flow without reading its source, nil if there is none.
func dismissed(p *find.Finder, fl *flow.Flow) error {
	if fl.Kind.SendsSecret() || bearer.Is(fl, p.Vendor(fl)) {
		return nil
	}
	return p.Unsuited(fl)
}

// outOfReach returns the reason to decline a flow because of its packages and files, nil if there is none.
func outOfReach(p *find.Finder, fl *flow.Flow) error {
	if err := dismissed(p, fl); err != nil {
		return err
	}
	if fl.Send.IsZero() && !fl.Assertion.IsZero() {
		if f, n := p.Index.Node(fl.Assertion); n != nil {
			return reason.New(reason.NotFound, "the request that carries the assertion (%s) leaves through an interface or a function value and could not be followed", f.Place(n))
		}
	}
	f, n := p.Index.Node(fl.Send)
	if n == nil || f == nil {
		return reason.New(reason.NotFound, "the exchange is not in the source that was loaded")
	}
	for _, span := range Spans(fl) {
		g := p.Index.File(span.File)
		if g == nil {
			continue
		}
		if len(g.Pkg.Errors) > 0 {
			return reason.New(reason.TypeErrors, "package %s does not type-check here (%s), so no rewrite of it can be shown to be right%s", g.Pkg.Path, g.Pkg.Errors[0], remedy(g.Pkg))
		}
		if ast.IsGenerated(g.Syntax) {
			return reason.New(reason.Generated, "%s is generated; change its generator", g.Path)
		}
	}
	return nil
}

// remedy returns the remedy for the first type error of a package, if its own code is not the cause.
func remedy(pkg *load.Package) string {
	m := pkg.Module
	switch {
	case m != nil && version.Compare("go"+m.GoVersion, runtime.Version()) > 0:
		return fmt.Sprintf(". Its go.mod says go %s, and this jwtretire was built with %s: build it with a newer Go", m.GoVersion, runtime.Version())
	case strings.Contains(pkg.Errors[0], "could not import"):
		return ". A dependency is missing: run " + m.FetchCommand(pkg.Errors[0]) + " first"
	}
	return ""
}

// Spans returns the places of a flow: its exchange and assertion, its steps, and where its fields are put.
func Spans(fl *flow.Flow) []flow.Span {
	out := []flow.Span{fl.Send, fl.Request, fl.Assertion, fl.URL}
	for _, s := range fl.Steps {
		out = append(out, s.Span)
	}
	for _, s := range fl.Fields {
		out = append(out, s.Put)
	}
	return out
}

// replace makes the core change for an exchange by HTTP or by a vendor's SDK. scopes are notes about the
// scopes.
func replace(p *find.Finder, fl *flow.Flow, set *change.Set) (got place.Fetched, scopes []string, err error) {
	_, _, jwtConfig := jwtconfig.Via(p, fl)
	switch {
	case jwtConfig:
		err = jwtconfig.Replace(p, fl, &got, set)
		return got, nil, err
	case bearer.Is(fl, p.Vendor(fl)):
		err = bearer.Replace(p, fl, &got, set)
		return got, nil, err
	case !fl.Kind.SendsSecret():
		err = grant.Replace(p, fl, &got, set)
		return got, nil, err
	}
	list, scopes, err := scope.For(p, fl)
	switch {
	case err != nil:
	case fl.SDK != "":
		err = exchange.SDK(p, fl, &got, set, list)
	default:
		err = exchange.HTTP(p, fl, &got, set, list)
	}
	return got, scopes, err
}

// Compose returns the union of the sets of plans. A plan that changes a node differently than an earlier one is
// declined.
func Compose(plans []*Plan) *change.Set {
	all := change.NewSet()
	for _, pl := range plans {
		if pl.Set == nil {
			continue
		}
		if all.Conflicts(pl.Set) {
			pl.Decline(reason.New(reason.Overlap, "it shares code with another flow that is rewritten differently"))
			continue
		}
		all.Merge(pl.Set)
	}
	return all
}
