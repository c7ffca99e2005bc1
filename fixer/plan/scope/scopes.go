// Package scope finds the scopes that replace metascopes.
//
// Input: a flow. Output: one list for all (For), or a change by which each caller (PerCaller) or each credential (Carry) has its own.
package scope

import (
	"fmt"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
)

// For returns the scopes that replace the metascopes: those of the user, for this run or in the configuration,
// have precedence over those that public sources agree on. The notes name the source of each.
func For(p *find.Finder, fl *flow.Flow) (scopes, notes []string, err error) {
	if name := callersChoose(p, fl); name != "" {
		way := "give them a method that takes scopes, and deprecate this one"
		if other := existingGrant(p, fl); other != "" {
			way = other + " of the same package speaks client_credentials already: point them there, and deprecate this one"
		}
		return nil, nil, reason.New(reason.Exported, "%s is exported, and its callers choose the metascopes, so no list of scopes serves them all. Their way out is clientcredentials.Config with the scopes of their own credential; %s", name, way)
	}
	if len(p.Decisions.Scopes) > 0 {
		return p.Decisions.Scopes, nil, nil
	}
	t, own, err := ownScopes(p, fl)
	if err != nil {
		return nil, nil, err
	}
	if t != nil {
		return nil, ownScopesNotes(t, own), nil
	}
	return allScopes(p, fl)
}

// allScopes returns the scopes for all metascopes of a flow.
func allScopes(p *find.Finder, fl *flow.Flow) (scopes, notes []string, err error) {
	if fl.SDK != "" && fl.MetascopesDynamic {
		if names := p.SDKMetascopes(fl); len(names) > 0 {
			known := *fl
			known.Metascopes, known.MetascopesDynamic = union(fl.Metascopes, names), false
			fl = &known
		}
	}
	known := provider.ScopesFor(fl.Metascopes)
	if known.ReportOnly {
		return nil, nil, reason.New(reason.ScopesUnknown, "%s", known.Note)
	}
	if s := configuredFor(p, fl.Metascopes); s != nil && !fl.MetascopesDynamic {
		return s, nil, nil
	}
	if s, ok := p.Decisions.ScopesFor[fl.Provider]; ok {
		return s, nil, nil
	}
	if fl.MetascopesDynamic {
		return nil, nil, &decision.Needed{What: "scopes", Msg: "the metascopes come from outside the source, so the OAuth scopes cannot be told from it: " + giveScopes(fl)}
	}
	if len(fl.Metascopes) == 0 {
		return nil, nil, &decision.Needed{What: "scopes", Msg: "no metascope was found in the claims, so the OAuth scopes cannot be told: " + giveScopes(fl)}
	}
	given := known.List
	if !known.Known || configuredForSome(p, fl.Metascopes) {
		given = nil
		for _, m := range fl.Metascopes {
			list, ok := p.Decisions.ScopesFor[m]
			if !ok {
				one := provider.ScopesFor([]string{m})
				list, ok = one.List, one.Known
			}
			if !ok {
				return nil, nil, &decision.Needed{What: "scopes", Msg: strings.TrimSpace(known.Note + " So " + giveScopes(fl))}
			}
			given = union(given, list)
		}
	}
	note := known.Note
	if note == "" || configuredForSome(p, fl.Metascopes) {
		note = provider.Replaced(given, fl.Metascopes)
	}
	return given, []string{note}, nil
}

// configuredFor returns the configured scopes for all metascopes, nil if one of them has none.
func configuredFor(p *find.Finder, metascopes []string) (scopes []string) {
	for _, m := range metascopes {
		list, ok := p.Decisions.ScopesFor[m]
		if !ok {
			return nil
		}
		scopes = union(scopes, list)
	}
	return scopes
}

// configuredForSome reports whether one of the metascopes has configured scopes.
func configuredForSome(p *find.Finder, metascopes []string) bool {
	return slices.ContainsFunc(metascopes, func(m string) bool { return p.Decisions.ScopesFor[m] != nil })
}

func giveScopes(fl *flow.Flow) string {
	key := fl.Provider
	if len(fl.Metascopes) > 0 {
		key = fl.Metascopes[0]
	}
	return fmt.Sprintf("give %s, by -scopes LIST or under scopes: %s: in .jwtretire.yaml", provider.AskConsole, key)
}

// Several credentials can share one exchange and have their metascopes in a field of a struct or in the
// values of a map. The scopes of each credential replace its metascopes there, and take the same path to the
// exchange. Rejected: the union of all scopes, because a request for scopes that a credential does not have is refused.

// ownScopes reports, by a trail, whether the credentials that share an exchange have separate scopes; scopes
// are those of its lists. It is an error if that is unknown.
func ownScopes(p *find.Finder, fl *flow.Flow) (t *trail, scopes map[string][]string, err error) {
	if len(p.Decisions.Scopes) > 0 || len(fl.Metascopes) < 2 || fl.MetascopesDynamic || fl.SDK != "" {
		return nil, nil, nil
	}
	if t = trailOf(p, fl); t == nil {
		return nil, nil, nil
	}
	if t.unknown != nil {
		if scopesOf(scopesFor(p, fl, fl.Metascopes[:1])) == scopesOf(scopesFor(p, fl, fl.Metascopes)) {
			return nil, nil, nil
		}
		return nil, nil, &decision.Needed{What: "scopes", Msg: fmt.Sprintf("which of the metascopes %s a credential has is decided where it cannot be followed (%s), and one list of scopes may not serve all: %s",
			strings.Join(fl.Metascopes, ", "), t.in.Place(t.unknown), giveScopes(fl))}
	}
	always := slices.DeleteFunc(slices.Clone(fl.Metascopes), func(m string) bool {
		return slices.ContainsFunc(t.lists, func(l metascopeList) bool { return slices.Contains(l.names, m) })
	})
	scopes = map[string][]string{}
	first, differ := "", false
	for i, l := range slices.Concat(t.lists, t.tests) {
		names := union(slices.Clone(always), l.names)
		list, err := scopesFor(p, fl, names)
		if err != nil {
			if i >= len(t.lists) {
				continue
			}
			return nil, nil, err
		}
		scopes[strings.Join(l.names, ",")] = list
		if i == 0 {
			first = scopesOf(list, nil)
		}
		differ = differ || i < len(t.lists) && scopesOf(list, nil) != first
	}
	if !differ {
		return nil, nil, nil
	}
	return t, scopes, nil
}

func scopesOf(list []string, err error) string {
	if err != nil {
		return err.Error()
	}
	return strings.Join(list, ",")
}

// scopesFor returns the scopes that replace metascopes.
func scopesFor(p *find.Finder, fl *flow.Flow, metascopes []string) ([]string, error) {
	one := *fl
	one.Metascopes, one.MetascopesDynamic = metascopes, false
	scopes, _, err := allScopes(p, &one)
	return scopes, err
}

// ownScopesNotes returns notes with the scopes of each credential.
func ownScopesNotes(t *trail, scopes map[string][]string) []string {
	var out []string
	for _, l := range t.lists {
		note := provider.ScopesFor(l.names).Note
		if note == "" {
			note = provider.Replaced(scopes[strings.Join(l.names, ",")], l.names)
		}
		if !slices.Contains(out, note) {
			out = append(out, note)
		}
	}
	return out
}
