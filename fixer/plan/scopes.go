package plan

import (
	"fmt"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/reason"
)

// scopes finds the scopes that take the place of the metascopes: those that a person gave, for this
// run or in the configuration, before those that public sources agree on. The notes say which took the place of which.
func (p *planner) scopes(fl *flow.Flow) (scopes, notes []string, err error) {
	if name := p.callersChoose(fl); name != "" {
		way := "give them a method that takes scopes, and deprecate this one"
		if other := p.speaks(fl); other != "" {
			way = other + " of the same package speaks client_credentials already: point them there, and deprecate this one"
		}
		return nil, nil, reason.New(reason.Exported, "%s is exported, and its callers choose the metascopes, so no list of scopes serves them all. Their way out is clientcredentials.Config with the scopes of their own credential; %s", name, way)
	}
	if len(p.dec.Scopes) > 0 {
		return p.dec.Scopes, nil, nil
	}
	t, own, err := p.ownScopes(fl)
	if err != nil {
		return nil, nil, err
	}
	if t != nil {
		return nil, ownScopesNotes(t, own), nil
	}
	return p.allScopes(fl)
}

// allScopes returns the scopes for all metascopes of a flow.
func (p *planner) allScopes(fl *flow.Flow) (scopes, notes []string, err error) {
	if fl.SDK != "" && fl.MetascopesDynamic {
		if names := p.sdkMetascopes(fl); len(names) > 0 {
			known := *fl
			known.Metascopes, known.MetascopesDynamic = union(fl.Metascopes, names), false
			fl = &known
		}
	}
	known := provider.ScopesFor(fl.Metascopes)
	if known.ReportOnly {
		return nil, nil, reason.New(reason.ScopesUnknown, "%s", known.Note)
	}
	if s := p.givenFor(fl.Metascopes); s != nil && !fl.MetascopesDynamic {
		return s, nil, nil
	}
	if s, ok := p.dec.ScopesFor[fl.Provider]; ok {
		return s, nil, nil
	}
	if fl.MetascopesDynamic {
		return nil, nil, &needError{"scopes", "the metascopes come from outside the source, so the OAuth scopes cannot be told from it: " + giveScopes(fl)}
	}
	if len(fl.Metascopes) == 0 {
		return nil, nil, &needError{"scopes", "no metascope was found in the claims, so the OAuth scopes cannot be told: " + giveScopes(fl)}
	}
	given := known.List
	if !known.Known || p.givenForSome(fl.Metascopes) {
		given = nil
		for _, m := range fl.Metascopes {
			list, ok := p.dec.ScopesFor[m]
			if !ok {
				one := provider.ScopesFor([]string{m})
				list, ok = one.List, one.Known
			}
			if !ok {
				return nil, nil, &needError{"scopes", strings.TrimSpace(known.Note + " So " + giveScopes(fl))}
			}
			given = union(given, list)
		}
	}
	note := known.Note
	if note == "" || p.givenForSome(fl.Metascopes) {
		note = provider.Replaced(given, fl.Metascopes)
	}
	return given, []string{note}, nil
}

// givenFor returns the scopes that the configuration gives for all of some metascopes, nil if not for each.
func (p *planner) givenFor(metascopes []string) (scopes []string) {
	for _, m := range metascopes {
		list, ok := p.dec.ScopesFor[m]
		if !ok {
			return nil
		}
		scopes = union(scopes, list)
	}
	return scopes
}

// givenForSome reports whether the configuration gives scopes for one of some metascopes.
func (p *planner) givenForSome(metascopes []string) bool {
	return slices.ContainsFunc(metascopes, func(m string) bool { return p.dec.ScopesFor[m] != nil })
}

func giveScopes(fl *flow.Flow) string {
	key := fl.Provider
	if len(fl.Metascopes) > 0 {
		key = fl.Metascopes[0]
	}
	return fmt.Sprintf("give %s, by -scopes LIST or under scopes: %s: in .jwtretire.yaml", provider.AskConsole, key)
}

// union adds the elements of b that a does not have.
func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
