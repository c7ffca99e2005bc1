package provider

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Marks are the evidence of one flow, as the finder collected it. Each field is optional.
type Marks struct {
	URLText     []string          // constant parts of the token URL, in any order, with their verbs and placeholders
	Fields      map[string]string // parameters of the form or body: name to constant value, or ""
	Headers     map[string]string // headers of the request, in the same form
	ClaimKeys   []string
	ClaimValues []string // constant values of claims: audiences, issuers, subjects
	Scopes      []string // constant scopes, from claims, form or configuration; a list in one text is split
	Algorithm   string   // "RS256", … or ""
	Imports     []string // import paths of the files with steps of the flow
	ModulePath  string
	PackagePath string
	Names       []string // functions of the packages with the flow's requests
	Paths       []string // constant text near the flow that may be a path of its requests
	Settings    []string // names of the settings of the token URL, or of a bearer's key: fields, environment variables
	Config      []string // identifiers and strings near the flow: functions, types, variables, keys of settings
	Docs        []string // addresses in comments near the flow: https://developer.okta.com/docs/…
	Kind        string   // a kind of analyzer/flow
	SDK         string   // provider id in the library table, for an SDK's call
	Presigned   bool     // no signature is visible
	HandedIn    bool     // Presigned, and the assertion may differ in each call
}

// A Reason is one piece of evidence for the result.
type Reason struct {
	Kind string // "url", "form-field", "claim", "sdk", "import", "config"
	Text string // a statement of fact: "token URL contains ims-na1.adobelogin.com"
	Mark string // the text in the source, so that its place can be found
}

// A Match is the result of Judge for one flow.
type Match struct {
	Provider *Provider // never nil: UnknownProvider if there is no sufficient evidence
	API      *API      // the decisive API of the provider, nil for all of them
	Verdict  Verdict   // that of the API or the provider, or keep if the circumstances leave nothing to retire
	Reasons  []Reason  // strongest first
}

// Weights of evidence. Evidence with the same weight counts once for a provider, so three identifiers do
// not outweigh a host.
const (
	bySDK      = 400 // the call of a vendor's own client
	byEndpoint = 220 // host and path
	byHost     = 200
	byFields   = 160
	byPath     = 110 // a path of no other vendor
	byClaim    = 100
	byScope    = 90
	bySetting  = 60 // the name of the setting of the URL or the key
	byImport   = 40
	byModule   = 30 // module or package path
	byDocs     = 25
	byWord     = 20 // an identifier near the flow
	byAlg      = 5
	ofUser     = 3 // added for a provider of the configuration, so it wins a tie

	hints = byImport // evidence with this weight or less is about the code near the flow
)

// Judge returns the provider of a flow. extra are providers from the configuration. It changes no argument and is safe for concurrent use.
//
// The strongest evidence decides. Hints (imports, names, comments) count only for a provider with
// this kind of flow. If two providers have only hints of equal weight, the provider is unknown. Many
// programs sign tokens for their own services, so a name alone is no evidence for a bearer.
func Judge(m Marks, extra []Provider) Match {
	all := All()
	for i := range extra {
		all = append(all, &extra[i])
	}
	ev := collect(m)
	type score struct {
		p       *Provider
		n       int
		reasons []Reason
	}
	var scores []score
	for i, p := range all {
		if m.Kind == "direct-bearer" && !ev.takes(p) {
			continue // the vendor takes no such token, so this is another request to it
		}
		n, reasons := ev.weigh(p)
		if n == 0 {
			continue
		}
		if i >= len(all)-len(extra) {
			n += ofUser
		}
		scores = append(scores, score{p, n, reasons})
	}
	slices.SortStableFunc(scores, func(a, b score) int { return cmp.Compare(b.n, a.n) })
	if len(scores) == 0 || len(scores) > 1 && scores[0].n == scores[1].n || m.Kind == "direct-bearer" && scores[0].n < byImport {
		return Match{Provider: &UnknownProvider, Verdict: circumstances(m, Unknown)}
	}
	best := scores[0]
	match := Match{Provider: best.p, Verdict: best.p.Verdict, Reasons: best.reasons}
	if len(best.p.APIs) > 0 {
		match.Verdict = best.p.Otherwise
		if api, why := ev.api(best.p); api != nil {
			match.API, match.Verdict = api, api.Verdict
			match.Reasons = append([]Reason{why}, match.Reasons...)
		}
	}
	match.Verdict = circumstances(m, match.Verdict)
	return match
}

// circumstances corrects a verdict by properties of the flow. If a program only passes on an assertion as
// client authentication, a platform made it (workload identity federation), and there is no key to retire. If
// each call of a grant has its own assertion, it may stand for another subject each time, and a token of the
// application is no replacement. A finished assertion in Adobe's exchange, or a stored one, was made by hand.
func circumstances(m Marks, v Verdict) Verdict {
	switch {
	case m.Presigned && m.Kind == "client-assertion" && v != Retire, m.HandedIn && m.Kind == "jwt-bearer":
		return Keep
	}
	return v
}

// An evidence has a flow's marks in a form for the comparison with rows.
type evidence struct {
	Marks
	pieces []piece
	config []piece // parts of strings near the flow, less certain than those of the URL
	docs   []piece
	scopes []string
	values []string
	fields []string // sorted names
}

func collect(m Marks) *evidence {
	e := &evidence{Marks: m}
	add := func(to *[]piece, texts []string, needScheme bool) {
		for _, t := range texts {
			if needScheme && !strings.Contains(t, "://") {
				continue
			}
			if p, ok := cut(t); ok {
				*to = append(*to, p)
			}
		}
	}
	add(&e.pieces, m.URLText, false)
	e.pieces = append(e.pieces, spanned(e.pieces)...)
	add(&e.config, m.Config, true)
	add(&e.docs, m.Docs, true)
	for _, s := range m.Scopes {
		e.scopes = append(e.scopes, strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' })...)
		e.values = append(e.values, s)
	}
	e.values = append(e.values, m.ClaimValues...)
	e.fields = slices.Sorted(maps.Keys(m.Fields))
	for _, k := range e.fields {
		v := m.Fields[k]
		if v == "" {
			continue
		}
		if strings.EqualFold(k, "scope") {
			e.scopes = append(e.scopes, strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })...)
		}
		e.values = append(e.values, v)
	}
	return e
}

// spanned joins two parts of a path with a variable between them: domain + "/oauth2/" + server + "/v1/token".
func spanned(pieces []piece) (joined []piece) {
	for i, a := range pieces {
		// cut removes the last slash of the path.
		if a.path == "" || !strings.HasSuffix(a.text, "/") {
			continue
		}
		for j, b := range pieces {
			if i != j && b.host == "" && strings.HasPrefix(b.text, "/") {
				joined = append(joined, piece{host: a.host, path: a.path + "/*" + b.path, text: b.text})
			}
		}
	}
	return joined
}

// takes reports whether the provider has flows of this kind. Zoom and Adobe have their own kinds.
func (e *evidence) takes(p *Provider) bool {
	return e.Kind == "" || len(p.Kinds) == 0 || slices.Contains(p.Kinds, e.Kind)
}

// weigh returns the weight of the evidence for one provider, with the reasons.
func (e *evidence) weigh(p *Provider) (int, []Reason) {
	var s scale
	if e.SDK != "" && e.SDK == p.ID {
		s.add(bySDK, "sdk", "", "the call belongs to %s's own client", p.Name)
	}
	e.endpoints(p, s.add)
	e.request(p, &s)
	// Many programs sign tokens for their own services. A name is evidence for a vendor only if the vendor withdrew
	// its flow.
	if e.takes(p) && (e.Kind != "direct-bearer" || p.Verdict == Retire) {
		e.imports(p, &s)
		// The algorithm is no evidence by itself.
		if e.names(p, &s) && slices.Contains(p.Algorithms, e.Algorithm) {
			s.add(byAlg, "config", "", "signed with %s", e.Algorithm)
		}
	}
	return s.total()
}

// A scale collects weighed evidence.
type scale []weighed

type weighed struct {
	n int
	Reason
}

func (s *scale) add(n int, kind, mark, format string, args ...any) {
	*s = append(*s, weighed{n, Reason{kind, fmt.Sprintf(format, args...), mark}})
}

// total returns the sum of the different weights, and the reasons, sorted by weight, largest first.
func (s scale) total() (int, []Reason) {
	slices.SortStableFunc(s, func(a, b weighed) int { return cmp.Compare(b.n, a.n) })
	total, counted, listed := 0, map[int]bool{}, map[string]bool{}
	var reasons []Reason
	for _, w := range s {
		if !counted[w.n] {
			counted[w.n] = true
			total += w.n
		}
		if !listed[w.Text] {
			listed[w.Text] = true
			reasons = append(reasons, w.Reason)
		}
	}
	return total, reasons
}

// request compares the parameters of the request, and the claims and scopes of the assertion.
func (e *evidence) request(p *Provider, s *scale) {
	for _, set := range p.FieldSets {
		if text, ok := e.fieldSet(set); ok {
			s.add(byFields, "form-field", strings.SplitN(set[0], "=", 2)[0], "the request has %s", text)
		}
	}
	for _, pattern := range p.Claims {
		for _, k := range e.ClaimKeys {
			if wild(pattern, k) {
				s.add(byClaim, "claim", k, "claim %s", k)
			}
		}
	}
	for _, pattern := range p.Values {
		for _, v := range e.values {
			if wild(pattern, v) {
				s.add(byClaim, "claim", v, "claim or parameter with the value %s", v)
			}
		}
	}
	for _, pattern := range p.Scopes {
		for _, sc := range e.scopes {
			if wild(pattern, sc) {
				s.add(byScope, "claim", sc, "scope %s", sc)
			}
		}
		if slices.ContainsFunc(e.Scopes, func(s string) bool { return s != "" && wild(pattern, s) && strings.Contains(pattern, " ") }) {
			s.add(byScope, "claim", "", "scope %s", pattern)
		}
	}
}

// imports compares the imports of the package, and its own path, with the provider's SDKs.
func (e *evidence) imports(p *Provider, s *scale) {
	for _, pattern := range p.Imports {
		for _, path := range e.Imports {
			if matchImport(pattern, path) {
				s.add(byImport, "import", path, "import of %s", path)
			}
		}
		for _, path := range []string{e.ModulePath, e.PackagePath} {
			if path != "" && matchImport(pattern, path) {
				s.add(byImport, "import", "", "the code is part of %s", path)
			}
		}
	}
}

// names compares paths, settings, identifiers and comments with the provider's words, and reports whether one
// matches.
func (e *evidence) names(p *Provider, s *scale) bool {
	before := len(*s)
	for _, w := range p.Words {
		for _, path := range []string{e.ModulePath, e.PackagePath} {
			if path != "" && hasWord(path, w) {
				s.add(byModule, "config", "", "module or package path %s", path)
			}
		}
		for _, name := range e.Settings {
			if hasWord(name, w) {
				s.add(bySetting, "config", name, "the setting %s", name)
			}
		}
		for _, c := range e.Config {
			if !strings.Contains(c, "://") && hasWord(c, w) {
				s.add(byWord, "config", c, "the name %s beside the flow", c)
			}
		}
		for _, d := range e.docs {
			if hasWord(strings.ReplaceAll(d.host, ".", "/"), w) {
				s.add(byDocs, "config", d.text, "a comment refers to %s", d.host)
			}
		}
	}
	return len(*s) > before
}

// endpoints compares the URL's pieces with the provider's token URLs.
func (e *evidence) endpoints(p *Provider, add func(int, string, string, string, ...any)) {
	for _, ep := range p.Endpoints {
		switch {
		case ep.Host == "":
			for _, u := range e.pieces {
				if !matchPath(ep.Path, u.path) {
					continue
				}
				// This path on another host: a proxy, or another vendor.
				if !e.takes(p) {
					continue
				}
				add(byPath, "url", u.text, "token URL has the path %s", u.path)
			}
		case ep.Path == "":
			for _, u := range e.pieces {
				if matchHost(ep.Host, u.host) {
					add(byHost, "url", u.text, "token URL contains %s", strings.Trim(u.host, "."))
				}
			}
			if e.takes(p) {
				for _, u := range e.config {
					if matchHost(ep.Host, u.host) {
						add(byImport, "config", u.text, "%s beside the flow", u.host)
					}
				}
			}
		default:
			for _, u := range e.pieces {
				if !matchHost(ep.Host, u.host) {
					continue
				}
				for _, v := range e.pieces {
					if matchPath(ep.Path, v.path) {
						add(byEndpoint, "url", u.text, "token URL contains %s%s", strings.Trim(u.host, "."), v.path)
					}
				}
			}
		}
	}
}

// fieldSet reports whether all of the parameters are there: "name", or "name=value" for a constant value.
func (e *evidence) fieldSet(set []string) (string, bool) {
	var names []string
	for _, f := range set {
		name, value, valued := strings.Cut(f, "=")
		got, ok := lookupFold(e.Fields, name)
		if !ok {
			got, ok = lookupFold(e.Headers, name)
		}
		if !ok || valued && !strings.EqualFold(got, value) {
			return "", false
		}
		names = append(names, f)
	}
	return strings.Join(names, " and "), len(names) > 0
}

func lookupFold(m map[string]string, key string) (string, bool) {
	if v, ok := m[key]; ok {
		return v, true
	}
	for _, k := range slices.Sorted(maps.Keys(m)) { // several can match
		if strings.EqualFold(k, key) {
			return m[k], true
		}
	}
	return "", false
}
