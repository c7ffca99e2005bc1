package plan

import (
	"fmt"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
)

// scopes finds the scopes that take the place of the metascopes: those that a person gave, for this
// run or in the configuration, before those that public sources agree on.
func (p *planner) scopes(fl *flow.Flow, pl *Plan) ([]string, error) {
	if len(p.dec.Scopes) > 0 {
		return p.dec.Scopes, nil
	}
	known := provider.ScopesFor(fl.Metascopes)
	if known.ReportOnly {
		return nil, because("%s", known.Note)
	}
	if s, ok := p.dec.ScopesFor[fl.Provider]; ok {
		return s, nil
	}
	if fl.MetascopesDynamic {
		return nil, &needError{"scopes", "the metascopes come from outside the source, so the OAuth scopes cannot be told from it: " + giveScopes(fl)}
	}
	if len(fl.Metascopes) == 0 {
		return nil, &needError{"scopes", "no metascope was found in the claims, so the OAuth scopes cannot be told: " + giveScopes(fl)}
	}
	given := known.List
	if !known.Known {
		given = nil
		for _, m := range fl.Metascopes {
			list, ok := p.dec.ScopesFor[m]
			if !ok {
				one := provider.ScopesFor([]string{m})
				list, ok = one.List, one.Known
			}
			if !ok {
				return nil, &needError{"scopes", strings.TrimSpace(known.Note+" ") + " " + giveScopes(fl)}
			}
			given = union(given, list)
		}
	}
	pl.Notes = append(pl.Notes, fmt.Sprintf("scopes %s stand for the metascopes %s; the Developer Console shows the list of your credential: check it there",
		strings.Join(given, ","), strings.Join(fl.Metascopes, ", ")))
	if known.Note != "" {
		pl.Notes = append(pl.Notes, known.Note)
	}
	return given, nil
}

func giveScopes(fl *flow.Flow) string {
	key := fl.Provider
	if len(fl.Metascopes) > 0 {
		key = fl.Metascopes[0]
	}
	return fmt.Sprintf("give those that the Developer Console shows for the credential, by -scopes LIST or under scopes: %s: in .jwtretire.yaml", key)
}

func union(a, b []string) []string {
	for _, s := range b {
		seen := false
		for _, t := range a {
			seen = seen || s == t
		}
		if !seen {
			a = append(a, s)
		}
	}
	return a
}
