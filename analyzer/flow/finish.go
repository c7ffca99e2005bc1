package flow

import (
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/lazyregexp"
	vf "jwtretire.example/internal/valueflow"
)

// finish merges candidates that are one flow, names providers and gives flows their IDs.
func (f *finder) finish() []*Flow {
	// The same put with the same calls before it is one flow, whatever is sent.
	type key struct {
		at   vf.Span
		call vf.Span
		key  string
		way  string
	}
	seen := map[key]*candidate{}
	var order []*candidate
	for _, c := range f.cands {
		if lookalike(c) {
			continue
		}
		k := key{key: c.key}
		if c.put != nil {
			k.at = vf.Span(c.at())
			if c.split {
				k.way = wayText(c.ctx)
			}
		} else {
			k.call = c.call.Span
		}
		if old := seen[k]; old != nil {
			old.trace = mergeSteps(old.trace, c.trace)
			continue
		}
		if old := f.sameConfig(order, c); old != nil {
			old.trace = mergeSteps(old.trace, c.trace)
			continue
		}
		seen[k] = c
		order = append(order, c)
	}
	sort.SliceStable(order, func(i, j int) bool { return before(order[i].at(), order[j].at()) })
	count := map[string]int{}
	var flows []*Flow
	for _, c := range order {
		fl := c.flow
		fl.Steps = inOrder(c.trace)
		f.judge(c)
		if c.put != nil && f.behindCall(c.put.At.PkgPath) {
			continue
		}
		if c.kind == DirectBearer && (fl.Provider == "unknown" || fl.Provider == "") {
			continue
		}
		if inTest(c.at()) && (fl.Provider == "unknown" || !inTest(fl.Send) && !certain(fl.Evidence)) {
			continue // a test of a server of one's own, most likely
		}
		for m := range c.claims.meta {
			fl.Metascopes = append(fl.Metascopes, m)
		}
		sort.Strings(fl.Metascopes)
		fl.MetascopesDynamic = (c.claims.dyn || c.claims.unnamed && len(c.claims.meta) == 0) && c.kind == AdobeExchange
		for _, s := range fl.Steps {
			fl.Partial = fl.Partial || f.g.Partial[s.Span.PkgPath]
		}
		at := c.at()
		base := id(at.PkgPath, at.EnclosedBy, string(fl.Kind), c.key, filepath.Base(at.File))
		if c.split && (at.PkgPath == f.g.Path || count[base] > 0) {
			// The package of the exchange itself saw one flow where its callers are above it;
			// the first of them goes on with its name.
			base = id(base, splitID(fl))
		}
		count[base]++
		fl.ID = base
		if n := count[base]; n > 1 {
			fl.ID = base + "-" + strconv.Itoa(n)
		}
		f.named(fl)
		flows = append(flows, fl)
	}
	return flows
}

// behindCall reports whether the exchange of another package is what a call does that is a finding itself: that of a vendor's client, the
// source of which lies in the tree, too. What this package knows of the way belongs to the call.
func (f *finder) behindCall(pkg string) bool {
	return pkg != f.g.Path && slices.ContainsFunc(f.g.Calls, func(c vf.Call) bool {
		return c.Is(library.Exchange) && c.Row().SDK != "" && c.Pkg == pkg && c.Span.PkgPath != pkg
	})
}

// certain reports whether evidence says what is sent, or to whom, rather than what is near.
func certain(list []Evidence) bool {
	return slices.ContainsFunc(list, func(e Evidence) bool { return e.Kind == "url" || e.Kind == "form-field" || e.Kind == "sdk" })
}

// named sets the vendor of a flow whose id the configuration gives.
func (f *finder) named(fl *Flow) {
	for _, v := range f.vendors {
		if slices.Contains(v.Findings, fl.ID) {
			fl.Provider, fl.Verdict = v.ID, v.Verdict
			fl.Evidence = append(fl.Evidence, Evidence{Kind: "config", Text: "the configuration says so", Span: place(fl)})
		}
	}
}

// sameConfig returns the flow of another call on the same configuration in the same function.
func (f *finder) sameConfig(order []*candidate, c *candidate) *candidate {
	if c.call == nil || c.call.RecvNode == 0 {
		return nil
	}
	for _, o := range order {
		if o.call != nil && o.call.RecvNode == c.call.RecvNode && o.call.Span.EnclosedBy == c.call.Span.EnclosedBy {
			return o
		}
	}
	return nil
}

// at is where the assertion enters the exchange; with a helper that sets any field, where the helper is called.
func (c *candidate) at() Span {
	if c.call != nil {
		return Span(c.call.Span)
	}
	if c.put.KeyNode != 0 && c.where != (vf.Span{}) {
		return Span(c.where)
	}
	return Span(c.put.At)
}

func mergeSteps(a, b []Step) []Step {
	c := &candidate{trace: a}
	for _, s := range b {
		c.step(s.Role, vf.Span(s.Span), s.What)
	}
	return c.trace
}

var rank = map[Role]int{KeyLoad: 0, KeyParse: 1, Claims: 2, Sign: 3, Exchange: 4, Response: 5}

// inOrder puts the steps of a role behind those of the role before; within a role they stay as they were met.
func inOrder(steps []Step) []Step {
	out := append([]Step(nil), steps...)
	sort.SliceStable(out, func(i, j int) bool { return rank[out[i].Role] < rank[out[j].Role] })
	return out
}

// judge names the provider.
func (f *finder) judge(c *candidate) {
	fl := c.flow
	m := provider.Marks{
		Fields:      map[string]string{},
		Headers:     map[string]string{},
		ClaimKeys:   unique(c.claims.keys),
		ClaimValues: unique(append(c.claims.values, c.claims.texts...)),
		Scopes:      unique(c.claims.scopes),
		ModulePath:  f.module,
		PackagePath: fl.Package,
		Kind:        string(fl.Kind),
		Presigned:   fl.Presigned,
		HandedIn:    fl.Origin == HandedIn,
	}
	spans := map[string]Span{}
	for _, l := range f.nearURL(c) {
		m.URLText = append(m.URLText, l.Text)
		if spans["url"].IsZero() {
			spans["url"] = l.Span
		}
	}
	for _, fd := range fl.Fields {
		if old, ok := m.Fields[fd.Key]; !ok || old == "" {
			m.Fields[fd.Key] = fd.Const
		}
		if fd.Key == "scope" && fd.Const != "" {
			m.Scopes = append(m.Scopes, fd.Const)
		}
		if spans["form-field"].IsZero() {
			spans["form-field"] = fd.Put
		}
	}
	if len(c.claims.alg) > 0 {
		m.Algorithm = c.claims.alg[0]
	}
	if row := c.call; row != nil && row.Row() != nil {
		m.SDK = row.Row().SDK
	}
	files := map[string]bool{}
	for _, s := range fl.Steps {
		if s.Role != KeyLoad && s.Role != Response && s.What != ofSettings {
			files[s.Span.File] = true
		}
		if s.Role == Claims && spans["claim"].IsZero() {
			spans["claim"] = s.Span
		}
		m.Config = append(m.Config, s.Span.EnclosedBy)
		m.Config = append(m.Config, filepath.Base(s.Span.File))
	}
	if c.kind == DirectBearer && len(fl.URLParts) == 0 {
		m.Config = append(m.Config, slices.DeleteFunc(f.besideURLs(fl), func(text string) bool { return c.others[text] })...)
	}
	m.Settings = f.settings(c)
	if c.kind == DirectBearer {
		m.Paths, m.Names = f.besideRequests(fl)
	}
	if m.SDK == "" && fl.SDK != "" {
		m.SDK = sdkOf(f, c)
	}
	for file := range files {
		m.Imports = append(m.Imports, f.g.Imports[file]...)
		m.Config = append(m.Config, f.g.Words[file]...)
	}
	m.Config = unique(m.Config)
	sort.Strings(m.Config)
	m.Imports = unique(m.Imports)
	sort.Strings(m.Imports)
	match := provider.Judge(m, f.vendors)
	fl.Provider, fl.Verdict = "unknown", provider.Unknown
	if match.Provider != nil {
		fl.Provider = match.Provider.ID
	}
	if match.API != nil {
		fl.API = match.API.Name
	}
	if match.Verdict != "" {
		fl.Verdict = match.Verdict
	}
	for _, r := range telling(match.Reasons) {
		at := spans[r.Kind]
		if at.IsZero() {
			at = place(fl)
		}
		fl.Evidence = append(fl.Evidence, Evidence{Kind: r.Kind, Text: r.Text, Span: at})
	}
}

// maxEvidence is how many reasons a finding gives.
const maxEvidence = 4

// telling returns the strongest reasons. Names beside the flow are left out where anything else says it.
func telling(reasons []provider.Reason) []provider.Reason {
	var out []provider.Reason
	for _, r := range reasons {
		if len(out) < maxEvidence && (r.Kind != "config" || len(out) == 0 || out[0].Kind == "config") {
			out = append(out, r)
		}
	}
	return out
}

var hostName = lazyregexp.New(`^(?:https?://)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

// nearURL returns the constant text of the token URL. A structure that several vendors' settings are
// kept in gives the hosts of all of them: then those of the exchange's own file count, or none.
func (f *finder) nearURL(c *candidate) []Literal {
	all := c.flow.URLParts
	hosts := map[string]bool{}
	var near []Literal
	for _, l := range all {
		if h := hostName.FindString(l.Text); h != "" {
			hosts[h] = true
		}
		if l.Span.File == c.at().File {
			near = append(near, l)
		}
	}
	if len(hosts) <= 3 {
		return all
	}
	return near
}

// besideURLs returns the absolute URLs near a bearer that goes into a request made elsewhere, in a
// http.RoundTripper for example: those of the files that the flow's steps lie in, else those of the
// package, where they all have one host.
func (f *finder) besideURLs(fl *Flow) []string {
	files, pkgs := map[string]bool{}, map[string]bool{}
	for _, s := range fl.Steps {
		if s.Role == Sign || s.Role == Exchange {
			files[s.Span.File], pkgs[s.Span.PkgPath] = true, true
		}
	}
	var near, far []string
	hosts := map[string]bool{}
	for i := range f.g.Nodes {
		n := &f.g.Nodes[i]
		if n.Kind != vf.Const || !strings.Contains(n.Text, "://") || inTest(Span(n.Span)) || !pkgs[n.Span.PkgPath] {
			continue
		}
		if files[n.Span.File] {
			near = append(near, n.Text)
		}
		far = append(far, n.Text)
		hosts[hostName.FindString(n.Text)] = true
	}
	if len(near) == 0 && len(hosts) == 1 {
		return far
	}
	return near
}

// besideRequests returns the constant paths in the packages in which a bearer enters a request, or is signed, and the names of
// their functions. The paths of a client's requests are often given by its methods, or by who calls these.
func (f *finder) besideRequests(fl *Flow) (paths, names []string) {
	pkgs := map[string]bool{f.g.Path: true}
	for _, s := range fl.Steps {
		if s.Role == Exchange {
			pkgs[s.Span.PkgPath] = true
		}
	}
	for i := range f.g.Nodes {
		n := &f.g.Nodes[i]
		if !pkgs[n.Span.PkgPath] || inTest(Span(n.Span)) {
			continue
		}
		if n.Kind == vf.Const && strings.Contains(n.Text, "/") && !strings.ContainsAny(n.Text, " \n") {
			paths = append(paths, n.Text)
		}
		if function, _, ok := strings.Cut(n.Name, "$"); ok {
			names = append(names, function[strings.LastIndexByte(function, '.')+1:])
		}
	}
	return unique(paths), unique(names)
}

// settings returns what the program calls the things that the token URL comes from; of a bearer, whose URL is often that of
// anything, also those that its key and its issuer come from.
func (f *finder) settings(c *candidate) []string {
	var names []string
	for _, send := range c.sends {
		row := send.call.Row()
		call, ctx := send.call, send.state.Context
		if row.Req != library.None {
			if req := f.requestOf(c, &send); req != nil {
				call, ctx = req.call, req.state.Context
			}
		}
		if call.Row() != nil && call.Row().URL != library.None {
			nodes, _ := call.Slot(call.Row().URL)
			names = append(names, f.namesOf(ctx, nodes...)...)
		}
	}
	if c.kind == DirectBearer {
		for _, s := range c.signs {
			if row := s.call.Row(); row.Key != library.None {
				nodes, _ := s.call.Slot(row.Key)
				names = append(names, f.namesOf(s.state.Context, nodes...)...)
			}
		}
	}
	names = unique(names)
	sort.Strings(names)
	return names
}

// namesOf returns the names of fields and variables on the way to a value, and of what it is loaded from.
func (f *finder) namesOf(ctx *vf.Context, nodes ...vf.ID) []string {
	var names []string
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true, Limit: 200}
	w.Follow = func(s *vf.State, e *vf.Edge) bool { return e.Kind != vf.Put || e.KeyNode == 0 }
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		call := f.g.MadeBy(s.Node)
		switch {
		case s.Steps > 20 || call != nil && call.Is(library.Send, library.Sign, library.SignRaw):
			return vf.Stop
		case call != nil && call.Is(library.Load):
			if call.Row().Path != library.None {
				args, _ := call.Slot(call.Row().Path)
				for _, a := range args {
					if a != 0 && f.g.Nodes[a].Kind == vf.Const {
						names = append(names, f.g.Nodes[a].Text)
					}
				}
			}
			return vf.Stop
		case node.Kind == vf.Field || node.Kind == vf.Sel || node.Kind == vf.Global || node.Kind == vf.Param:
			names = append(names, node.Text)
		}
		return vf.Go
	}
	w.From(ctx, nodes...)
	return names
}

// sdkOf returns the provider that a library's call on the way names: google.JWTConfigFromJSON.
func sdkOf(f *finder, c *candidate) string {
	for i := range f.g.Calls {
		call := &f.g.Calls[i]
		if call.Row() != nil && call.Row().SDK != "" && call.FullName() == c.flow.SDK {
			return call.Row().SDK
		}
	}
	return ""
}

func unique(list []string) []string {
	seen := map[string]bool{"": true}
	var out []string
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
