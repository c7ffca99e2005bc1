package provider

import (
	"fmt"
	"slices"
	"strings"
)

// Scopes has the publicly known OAuth scopes that replace metascopes.
type Scopes struct {
	List         []string      // in the order to be sent; nil unless Known
	Known        bool          // public sources agree on every metascope; else a decision is needed
	ReportOnly   bool          // a metascope whose JWT flow may not be withdrawn: nothing is to be rewritten
	Note         string        // what is known, sentences for a finding
	Alternatives []Alternative // lists in public use, where they differ or where only a part is known
}

// An Alternative is a list of scopes that one source gives.
type Alternative struct {
	API    string
	List   []string
	Source string
}

// checkConsole ends every note: no list is authoritative but the Console's.
const checkConsole = "The Developer Console shows the credential's own list; a list that is too wide fails as invalid_scope."

// AskConsole continues a sentence after "give" with the place of a credential's scopes.
const AskConsole = "those that the Developer Console shows for the credential"

// MetascopeMark is the text before a metascope in the name of its claim.
const MetascopeMark = "/s/"

// Metascope returns the metascope in the name of a claim, or the name itself if it contains none.
func Metascope(claim string) string {
	if i := strings.LastIndex(claim, MetascopeMark); i >= 0 {
		return claim[i+len(MetascopeMark):]
	}
	return claim
}

// Replaced describes the scopes by which a rewrite replaces metascopes.
func Replaced(scopes, metascopes []string) string {
	return fmt.Sprintf("The scopes %s stand for the metascopes %s. The Developer Console shows the credential's own list: check it there.",
		strings.Join(scopes, ","), strings.Join(metascopes, ", "))
}

// ScopesFor returns the OAuth scopes for the metascopes of an Adobe assertion. A metascope may be
// given as its name or as the claim that has the name after /s/. The union of several is in the order
// of the table, openid and AdobeID first.
func ScopesFor(metascopes []string) Scopes {
	names := make([]string, 0, len(metascopes))
	for _, m := range metascopes {
		if m = Metascope(m); m != "" && !slices.Contains(names, m) {
			names = append(names, m)
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		return Scopes{Note: "The assertion's metascopes are not constant, so the scopes have to be given. " + checkConsole}
	}
	out := Scopes{Known: true}
	var notes []string
	var used []*metascopeRow
	var apis []string
	for i := range metascopeRows {
		row := &metascopeRows[i]
		if !row.covers(names) {
			continue
		}
		used = append(used, row)
		apis = append(apis, row.API)
		if row.ReportOnly {
			out.ReportOnly = true
		}
		if !row.Agreed {
			out.Known = false
		}
		if row.Note != "" {
			notes = append(notes, row.Note)
		}
		if len(row.Scopes) > 0 {
			out.Alternatives = append(out.Alternatives, Alternative{row.API, row.Scopes, row.Source})
		}
		out.Alternatives = append(out.Alternatives, row.Others...)
	}
	for _, n := range names {
		if !slices.ContainsFunc(metascopeRows, func(r metascopeRow) bool { return slices.Contains(r.Metascopes, n) }) {
			out.Known = false
			notes = append(notes, fmt.Sprintf("No public source names the scopes of the metascope %s.", n))
		}
	}
	if out.ReportOnly {
		out.Known = false
	}
	if out.Known {
		out.List = joined(used)
		out.Alternatives = slices.DeleteFunc(out.Alternatives, func(a Alternative) bool { return len(apis) == 1 && a.API == apis[0] && slices.Equal(a.List, out.List) })
		notes = append([]string{fmt.Sprintf("Scopes for %s as public sources give them: %s.", strings.Join(apis, ", "), strings.Join(out.List, ","))}, notes...)
	} else {
		for _, a := range out.Alternatives {
			notes = append(notes, fmt.Sprintf("Publicly known for %s: %s (%s).", a.API, strings.Join(a.List, ","), a.Source))
		}
	}
	out.Note = strings.Join(append(notes, checkConsole), " ")
	return out
}

// covers reports whether the row is for one of the metascopes.
func (r *metascopeRow) covers(names []string) bool {
	return slices.ContainsFunc(r.Metascopes, func(m string) bool { return slices.Contains(names, m) })
}

// joined joins the scopes of rows, openid and AdobeID first. The rows are in the order of the table, so the result does not depend on
// the order of the metascopes in the program.
func joined(rows []*metascopeRow) []string {
	var list []string
	for _, base := range []bool{true, false} {
		for _, r := range rows {
			for _, s := range r.Scopes {
				if (s == "openid" || s == "AdobeID") == base && !slices.Contains(list, s) {
					list = append(list, s)
				}
			}
		}
	}
	return list
}
