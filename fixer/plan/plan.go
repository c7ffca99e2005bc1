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
	"maps"
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
	targets map[*ast.Ident]bool         // identifiers that stand for the target of a decoding carrier
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
	p.targets = map[*ast.Ident]bool{}
	if err := p.replace(fl, pl, set); err != nil {
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
	if r, ok := errors.AsType[*reason.Error](err); ok {
		pl.ReasonCode = string(r.Code)
	}
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

// replace writes the core of the change for an exchange by HTTP or by a vendor's SDK.
func (p *planner) replace(fl *flow.Flow, pl *Plan, set *change.Set) error {
	if _, _, ok := p.viaJWTConfig(fl); ok {
		return p.replaceJWTConfig(fl, pl, set)
	}
	if direct(fl, p.vendor(fl)) {
		return p.replaceDirect(fl, pl, set)
	}
	if !fl.Kind.SendsSecret() {
		return p.replaceGrant(fl, pl, set)
	}
	scopes, err := p.scopes(fl, pl)
	if err != nil {
		return err
	}
	if fl.SDK != "" {
		return p.replaceSDK(fl, pl, set, scopes)
	}
	return p.replaceHTTP(fl, pl, set, scopes)
}

// Compose returns the union of the sets of several plans. A plan that changes a node differently than an
// earlier one is left out and gets a reason.
func Compose(plans []*Plan) *change.Set {
	all := change.NewSet()
	for _, pl := range plans {
		if pl.Set == nil {
			continue
		}
		if n := conflict(all, pl.Set); n != nil {
			pl.Decline(reason.New(reason.Overlap, "it shares code with another flow that is rewritten differently"))
			continue
		}
		merge(all, pl.Set)
	}
	return all
}

func conflict(a, b *change.Set) ast.Node {
	for n, text := range b.Replace {
		if old, ok := a.Replace[n]; ok && old.Src != text.Src {
			return n
		}
	}
	for n, text := range b.Before {
		if old, ok := a.Before[n]; ok && old.Src != text.Src {
			return n
		}
	}
	for n, branch := range b.Unwrap {
		if old, ok := a.Unwrap[n]; ok && old != branch {
			return n
		}
	}
	return nil
}

func merge(to, from *change.Set) {
	for n, why := range from.Remove {
		to.Remove[n] = why
	}
	for n, text := range from.Replace {
		to.Replace[n] = text
	}
	for n, text := range from.Before {
		to.Before[n] = text
	}
	for n, branch := range from.Unwrap {
		to.Unwrap[n] = branch
	}
	for f, text := range from.Append {
		if !strings.Contains(to.Append[f].Src, text.Src) {
			to.Append[f] = change.Text{Src: strings.TrimSpace(to.Append[f].Src + "\n\n" + text.Src)}
		}
	}
	for n, text := range from.Deprecated {
		to.Deprecated[n] = text
	}
	for c, why := range from.Uncomment {
		to.Uncomment[c] = why
	}
	to.Notes = append(to.Notes, from.Notes...)
	maps.Copy(to.Looks, from.Looks)
}
