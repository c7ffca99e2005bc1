package flow

import (
	"cmp"
	"slices"
	"strings"

	"jwtretire.example/analyzer/provider"
)

// Same reports whether two reports are about one flow: several packages can report an exchange, each with the steps that it knows.
func Same(a, b *Flow) bool {
	if a.Kind != b.Kind || a.Assertion != b.Assertion || a.Assertion.IsZero() && a.Send != b.Send {
		return false
	}
	// If callers pass the assertions, the package of the exchange reports one flow; the first of the split flows in higher packages has its ID.
	return a.ID == b.ID || slices.Equal(a.Via, b.Via)
}

// Merge returns one report of two reports about one flow: it has the steps of both, and the vendor of the report with more
// evidence. Neither argument is changed. The result does not depend on the order of the arguments.
func Merge(a, b *Flow) *Flow {
	if richer(b, a) {
		a, b = b, a
	}
	m := *a
	m.Steps = inOrder(mergeSteps(slices.Clone(a.Steps), b.Steps))
	for _, l := range b.URLParts {
		if !slices.Contains(m.URLParts, l) {
			m.URLParts = append(slices.Clone(m.URLParts), l)
		}
	}
	m.Sources = slices.Clone(a.Sources)
	for _, s := range b.Sources {
		i := slices.IndexFunc(m.Sources, func(o Source) bool { return o.Part == s.Part })
		if i < 0 {
			m.Sources = append(m.Sources, s)
			continue
		}
		list := strings.Split(m.Sources[i].What, "; ")
		for _, what := range strings.Split(s.What, "; ") {
			list = also(list, what)
		}
		m.Sources[i].What = strings.Join(list, "; ")
	}
	if decides(b, a) {
		m.Provider, m.API, m.Verdict, m.Evidence = b.Provider, b.API, b.Verdict, b.Evidence
	}
	if m.Presigned && !b.Presigned {
		m.Presigned, m.Origin = false, ""
	}
	// Another package calls the same exchange, possibly with another credential.
	if !slices.Equal(a.Metascopes, b.Metascopes) {
		all := slices.Concat(a.AllMetascopes, a.Metascopes, b.AllMetascopes, b.Metascopes)
		slices.Sort(all)
		m.AllMetascopes = slices.Compact(all)
	}
	return &m
}

// richer reports whether a has more information than b. It is a strict order, so that a merge does not depend on the order of packages.
func richer(a, b *Flow) bool {
	if c := cmp.Or(cmp.Compare(len(a.Via), len(b.Via)), cmp.Compare(len(a.Steps), len(b.Steps))); c != 0 {
		return c > 0
	}
	if a.Partial != b.Partial {
		return b.Partial
	}
	if c := cmp.Compare(len(a.Fields), len(b.Fields)); c != 0 {
		return c > 0
	}
	return cmp.Or(strings.Compare(a.Package, b.Package), compare(a.Steps, b.Steps)) < 0
}

func compare(a, b []Step) int {
	return slices.CompareFunc(a, b, func(x, y Step) int {
		return cmp.Or(strings.Compare(x.Span.File, y.Span.File), cmp.Compare(x.Span.Offset, y.Span.Offset), strings.Compare(string(x.Role), string(y.Role)))
	})
}

// decides reports whether a knows more about the vendor than b: first, a report with the signature has more evidence; then, the strictest
// verdict wins.
func decides(a, b *Flow) bool {
	if a.Presigned != b.Presigned {
		return b.Presigned
	}
	if c := cmp.Compare(known(a), known(b)); c != 0 {
		return c > 0
	}
	return strings.Compare(a.Provider, b.Provider) < 0
}

// known ranks the knowledge about a vendor.
func known(f *Flow) int {
	n := map[provider.Verdict]int{provider.Keep: 1, provider.Optional: 2, provider.Retire: 3}[f.Verdict]
	if f.Provider != "unknown" && f.Provider != "" {
		n += 4
	}
	return n
}
