// Package plan decides how a flow is rewritten, or why it is not.
//
// Input: the index of the loaded packages, a flow and decisions. Output: a Plan with a core change, or with a reason.
//
// A plan starts at one call: the one whose answer is decoded into the access token. That call becomes
// clientcredentials.Config.Token, the code that reads the answer is removed or reads the token, and a constant path in the
// URL is changed in place. The planner does not look for keys, claims, signing or forms: they are dead code after the core change,
// and package slice removes them. So the planner has to understand only the narrow end of a flow, and code with a
// second purpose stays without a special case.
package plan

import (
	"errors"
	"fmt"
	"go/ast"
	"go/version"
	"runtime"
	"slices"
	"strings"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/load"
)

// A Plan is the change for one flow, or the reason why there is none.
type Plan struct {
	Flow   *flow.Flow
	Set    *change.Set            // nil if there is no change
	Reason string                 // why there is no change
	Needs  []string               // decisions that are missing: "scopes", "client_secret"
	Notes  []string               // what a reviewer should know
	Looks  map[string]safety.Look // by note, the question for a reviewer
	Fetch  string                 // the place where the new program fetches the token, for the notes

	ReasonCode string // of Reason, from a closed list; "" where it has none

	ix *syntax.Index
	at *syntax.Func // the function that fetches the token now

	unparsed bool // a library parses the key out of sight
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

type planner struct {
	ix      *syntax.Index
	dec     Decisions
	flows   []*flow.Flow
	sender  map[*load.Package]*ast.File // the file that declares sendFunc
	configs *carriers                   // of golang.org/x/oauth2/jwt.Config; nil until a flow needs them
}

// Make plans every flow. The packages must hold the syntax that the flows' spans name.
// Flows are planned one by one; plans that touch the same syntax agree or the later one is dropped
// by Compose.
func Make(pkgs []*load.Package, flows []*flow.Flow, dec Decisions) []*Plan {
	p := &planner{dec: dec, flows: flows, sender: map[*load.Package]*ast.File{}}
	if !slices.ContainsFunc(flows, func(fl *flow.Flow) bool { return p.dismissed(fl) == nil }) {
		pkgs = nil // nobody will ask the index, and in a large tree it takes a second
	}
	p.ix = syntax.NewIndex(pkgs)
	p.ix.Budget = dec.Budget
	p.ix.Declared = dec.Functions
	var plans []*Plan
	for _, fl := range flows {
		plans = append(plans, p.plan(fl))
	}
	return plans
}

// Open returns those flows whose plans depend on their source.
func Open(flows []*flow.Flow, dec Decisions) []*flow.Flow {
	p := &planner{dec: dec}
	return slices.DeleteFunc(slices.Clone(flows), func(fl *flow.Flow) bool { return p.dismissed(fl) != nil })
}

func (p *planner) plan(fl *flow.Flow) (pl *Plan) {
	pl = &Plan{Flow: fl, ix: p.ix}
	defer func() {
		if r := recover(); r != nil { // one flow that makes the tool fail is one that is not rewritten
			pl = &Plan{Flow: fl, ix: p.ix}
			pl.Decline(reason.New(reason.Internal, "internal error: planning this flow failed (%v); please report it", r))
		}
	}()
	if err := p.outOfReach(fl); err != nil {
		pl.Decline(err)
		return pl
	}
	fl = p.descended(fl)
	set := change.NewSet()
	got, scopes, err := p.replace(fl, set)
	pl.Fetch, pl.at, pl.unparsed = got.place, got.in, got.unparsed
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
	if need, ok := errors.AsType[*needError](err); ok {
		pl.Needs = append(pl.Needs, strings.Fields(need.what)...)
	}
	pl.ReasonCode = string(reason.CodeOf(err))
}

// A needError says which decision is missing. what may name several, with spaces between them.
type needError struct{ what, msg string }

func (e *needError) Error() string { return e.msg }

// dismissed returns the reason why a flow is not rewritten whatever its source looks like, nil if there is none.
func (p *planner) dismissed(fl *flow.Flow) error {
	if fl.Kind.SendsSecret() || direct(fl, p.vendor(fl)) {
		return nil
	}
	return p.unsuited(fl)
}

// outOfReach returns the reason why a flow cannot be rewritten whatever its shape, nil if there is none.
func (p *planner) outOfReach(fl *flow.Flow) error {
	if err := p.dismissed(fl); err != nil {
		return err
	}
	if fl.Send.IsZero() && !fl.Assertion.IsZero() {
		if f, n := p.ix.Node(fl.Assertion); n != nil {
			return reason.New(reason.NotFound, "the request that carries the assertion (%s) leaves through an interface or a function value and could not be followed", f.Place(n))
		}
	}
	f, n := p.ix.Node(fl.Send)
	if n == nil || f == nil {
		return reason.New(reason.NotFound, "the exchange is not in the source that was loaded")
	}
	for _, span := range spans(fl) {
		g := p.ix.Files[span.File]
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

// remedy says what helps against the first type error of a package, where that is not in its own code.
func remedy(pkg *load.Package) string {
	m := pkg.Module
	switch {
	case m != nil && version.Compare("go"+m.GoVersion, runtime.Version()) > 0:
		return fmt.Sprintf(". Its go.mod says go %s, and this jwtretire was built with %s: build it with a newer Go", m.GoVersion, runtime.Version())
	case strings.Contains(pkg.Errors[0], "could not import"):
		return ". A dependency is missing: run " + m.FetchCommand() + " first"
	}
	return ""
}

func spans(fl *flow.Flow) []flow.Span {
	out := []flow.Span{fl.Send, fl.Request, fl.Assertion, fl.URL}
	for _, s := range fl.Steps {
		out = append(out, s.Span)
	}
	for _, s := range fl.Fields {
		out = append(out, s.Put)
	}
	return out
}

// A fetched says where the new program fetches the token.
type fetched struct {
	place    string       // for the notes
	in       *syntax.Func // the function
	unparsed bool         // a library parsed the key there, out of sight
}

// replace writes the core of the change for an exchange by HTTP or by a vendor's SDK. scopes are notes about these.
func (p *planner) replace(fl *flow.Flow, set *change.Set) (got fetched, scopes []string, err error) {
	_, _, jwtConfig := p.viaJWTConfig(fl)
	switch {
	case jwtConfig:
		err = p.replaceJWTConfig(fl, &got, set)
		return got, nil, err
	case direct(fl, p.vendor(fl)):
		err = p.replaceDirect(fl, &got, set)
		return got, nil, err
	case !fl.Kind.SendsSecret():
		err = p.replaceGrant(fl, &got, set)
		return got, nil, err
	}
	list, scopes, err := p.scopes(fl)
	switch {
	case err != nil:
	case fl.SDK != "":
		err = p.replaceSDK(fl, &got, set, list)
	default:
		err = p.replaceHTTP(fl, &got, set, list)
	}
	return got, scopes, err
}

// Compose returns the union of the sets of several plans. A plan that changes a node differently than an
// earlier one is left out and gets a reason.
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
