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

// finish merges candidates of one flow, and sets the providers and IDs of the flows.
func (f *finder) finish() []*Flow {
	// The same put with the same calls before it is one flow, even if several requests send it.
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
		f.noTests = c.noTests
		f.judge(c)
		if fl.Provider == "unknown" && c.kind != DirectBearer { // most headers with a signature are of no vendor
			f.unidentified(c)
		}
		if c.put != nil && f.behindCall(c.put.At.PkgPath) {
			continue
		}
		if c.kind == DirectBearer && (fl.Provider == "unknown" || fl.Provider == "") {
			continue
		}
		if inTest(c.at()) && (fl.Provider == "unknown" || !inTest(fl.Send) && !certain(fl.Evidence)) {
			continue // most likely a test of the program's own server
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
			// The package of the exchange reported one flow, because the callers are in higher packages.
			// The first of the split flows keeps its ID.
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

// behindCall reports whether the exchange of another package is the body of a call that is a finding itself: the call of a vendor's
// client whose source is also in the tree. The steps in this package belong to the finding at the call.
func (f *finder) behindCall(pkg string) bool {
	return pkg != f.g.Path && slices.ContainsFunc(f.g.Calls, func(c vf.Call) bool {
		return c.Is(library.Exchange) && c.Row().SDK != "" && c.Pkg == pkg && c.Span.PkgPath != pkg
	})
}

// certain reports whether evidence is about the request or its receiver, not only about code near it.
func certain(list []Evidence) bool {
	return slices.ContainsFunc(list, func(e Evidence) bool { return e.Kind == "url" || e.Kind == "form-field" || e.Kind == "sdk" })
}

// named sets the vendor of a flow whose ID is in the configuration.
func (f *finder) named(fl *Flow) {
	for _, v := range f.vendors {
		if slices.Contains(v.Findings, fl.ID) {
			fl.Provider, fl.Verdict = v.ID, v.Verdict
			fl.Evidence = append(fl.Evidence, Evidence{Kind: "config", Text: "the configuration says so", Span: place(fl)})
		}
	}
}

// sameConfig returns the flow of another call with the same configuration in the same function.
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

// at returns the place where the assertion enters the exchange; if a helper sets it, the call of the helper.
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

// inOrder sorts steps by role. The order within a role is not changed.
func inOrder(steps []Step) []Step {
	out := append([]Step(nil), steps...)
	sort.SliceStable(out, func(i, j int) bool { return rank[out[i].Role] < rank[out[j].Role] })
	return out
}

// judge sets the provider, the verdict and the evidence.
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

// maxEvidence is the maximum number of reasons of a finding.
const maxEvidence = 4

// telling returns the strongest reasons. Names near the flow are left out if there is other evidence.
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

// nearURL returns the constant text of the token URL. If a structure holds the settings of several vendors, the walk finds
// all of their hosts: then only texts in the file of the exchange count.
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

// besideURLs returns the absolute URLs near a bearer whose request is made elsewhere, as with an
// http.RoundTripper: the URLs in the files of the flow's steps, else those of the
// package if they all have one host.
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

// besideRequests returns the constant paths in the packages that sign a bearer or send it, and the names of
// their functions. Often the methods of a client, or their callers, have the paths of its requests.
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

// settings returns the names of the settings from which the token URL comes. The URL of a bearer is often generic, so for a bearer the
// settings of its key and its issuer are included.
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

// namesOf returns the names of fields and variables on the path of a value, and of the place from which it is loaded.
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

// sdkOf returns the provider of a library call in the flow, such as google.JWTConfigFromJSON.
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
