package html

import (
	"cmp"
	"html/template"
	"maps"
	"slices"

	"jwtretire.example/internal/codes"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/report/text"
)

// A page has the contents before and after the findings.
type page struct {
	Policy string
	Style  template.CSS
	Script template.JS

	Title     string
	Run       *document.Run
	Runs      []document.Run
	Many      bool
	Findings  int
	Open      int
	Patched   int      // number of findings that the patch rewrites
	States    []string // statuses that a finding has
	Totals    []int    // by the index of States
	Tables    []table
	Decisions []*decision
	Steps     []*steps
	Leftovers []leftover
	Problems  []problem
	Spots     []spot
	Codes     []*codes.Page
	Filters   []filter
}

// A table counts findings by a property and by their statuses.
type table struct {
	Caption, First string
	States         []string
	Rows           []breakdown
}

// A breakdown is a row of a table.
type breakdown struct {
	Name string
	All  int
	By   []int // by the index of States
}

// A filter is a choice among values of findings.
type filter struct {
	Key, Label string
	Values     []string
}

// A decision is one that several findings need.
type decision struct {
	document.Decision
	Page     *codes.Page
	Findings []link
	More     int // number of findings that are not named
}

// Steps are the tasks at a vendor.
type steps struct {
	Provider, Name string
	Texts          []string
}

// A link refers to a finding.
type link struct{ Anchor, Text string }

type leftover struct{ Where, Text string }

type problem struct{ Where, Text string }

type spot struct{ Where, Kind, Detail, Command string }

// named is the number of findings that a decision names; the search finds the others.
const named = 20

// states is the order of statuses: unfinished ones first.
var states = []string{"needs-input", "manual", "skipped", "failed", "fixable", "fixed", "suppressed"}

// An overviewer collects the contents of the head of the page.
type overviewer struct {
	doc       *document.Document
	page      *page
	states    map[string]int
	vendors   map[string]map[string]int
	owners    map[string]map[string]int
	repos     map[string]bool
	names     map[string]string // of vendors, by id
	decisions map[string]*decision
	codes     map[string]bool
}

func overview(d *document.Document) (*page, error) {
	o := &overviewer{
		doc: d, page: &page{Run: d.Of(0), Runs: d.Runs, Many: d.Many()},
		states: map[string]int{}, vendors: map[string]map[string]int{}, owners: map[string]map[string]int{}, repos: map[string]bool{},
		names: map[string]string{}, decisions: map[string]*decision{}, codes: map[string]bool{},
	}
	for f, err := range d.Findings {
		if err != nil {
			return nil, err
		}
		o.finding(f)
	}
	for t, err := range d.Todo {
		if err != nil {
			return nil, err
		}
		o.todo(t)
	}
	for p, err := range d.Problems {
		if err != nil {
			return nil, err
		}
		o.page.Problems = append(o.page.Problems, problem{where(d, p.Run, p.Position), p.Message})
	}
	for b, err := range d.BlindSpots {
		if err != nil {
			return nil, err
		}
		o.code(codes.BlindSpot, b.Kind)
		o.page.Spots = append(o.page.Spots, spot{where(d, b.Run, document.Position{File: b.File}), b.Kind, b.Detail, b.Command})
	}
	o.finish()
	return o.page, nil
}

func (o *overviewer) finding(f *document.Finding) {
	p := o.page
	p.Findings++
	if f.Open() {
		p.Open++
	}
	if run := o.doc.Of(f.Run); run.Command == "diff" && f.Is("fixable") {
		p.Patched++
	}
	vendor := cmp.Or(f.ProviderName, f.Provider)
	o.names[f.Provider] = vendor
	o.states[f.Status]++
	tally(o.vendors, vendor, f.Status)
	for _, owner := range owners(f) {
		tally(o.owners, owner, f.Status)
	}
	o.repos[text.Name(o.doc.Of(f.Run))] = true
	o.code(codes.Status, f.Status)
	o.code(codes.Class, f.Safety)
	o.code(codes.Reason, f.ReasonCode)
	for _, r := range f.Review {
		o.code(codes.Remark, r.Code)
	}
	for _, p := range f.Proved {
		o.code(codes.Proof, p)
	}
	if !f.Open() {
		return
	}
	for _, n := range f.Decisions {
		key := n.Need + "\n" + n.Snippet
		d := o.decisions[key]
		if d == nil {
			d = &decision{Decision: n, Page: need(n.Need)}
			o.decisions[key] = d
			p.Decisions = append(p.Decisions, d)
			o.codes[d.Page.Name()] = true
		}
		if len(d.Findings) == named {
			d.More++
			continue
		}
		d.Findings = append(d.Findings, link{anchor(f), where(o.doc, f.Run, f.Position)})
	}
}

func tally(table map[string]map[string]int, row, column string) {
	if table[row] == nil {
		table[row] = map[string]int{}
	}
	table[row][column]++
}

// owners returns the owners of a finding, and a word for none, because a missing owner is worth a filter, too.
func owners(f *document.Finding) []string {
	if len(f.Owners) == 0 {
		return []string{"nobody"}
	}
	return f.Owners
}

// code records that the page mentions a code.
func (o *overviewer) code(kind codes.Kind, code string) {
	if p := codes.Of(kind, code); p != nil {
		o.codes[p.Name()] = true
	}
}

// need returns the page of a decision: its own, or that of parameters.
func need(name string) *codes.Page {
	if p := codes.Of(codes.Need, name); p != nil {
		return p
	}
	return codes.Of(codes.Need, codes.Parameter)
}

func (o *overviewer) todo(t *document.Todo) {
	p := o.page
	switch t.Kind {
	case "console":
		i := slices.IndexFunc(p.Steps, func(s *steps) bool { return s.Provider == t.Provider })
		if i < 0 {
			i = len(p.Steps)
			p.Steps = append(p.Steps, &steps{Provider: t.Provider, Name: cmp.Or(o.names[t.Provider], t.Provider)})
		}
		if !slices.Contains(p.Steps[i].Texts, t.Text) {
			p.Steps[i].Texts = append(p.Steps[i].Texts, t.Text)
		}
	case "leftover":
		p.Leftovers = append(p.Leftovers, leftover{where(o.doc, t.Run, document.Position{File: t.File, Line: t.Line}), t.Text})
	}
}

func (o *overviewer) finish() {
	p := o.page
	for _, s := range states {
		if o.states[s] > 0 {
			p.States = append(p.States, s)
			p.Totals = append(p.Totals, o.states[s])
		}
	}
	rows := func(table map[string]map[string]int) (out []breakdown) {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			b := breakdown{Name: name}
			for _, s := range p.States {
				b.By = append(b.By, table[name][s])
				b.All += table[name][s]
			}
			out = append(out, b)
		}
		slices.SortStableFunc(out, func(a, b breakdown) int { return b.All - a.All })
		return out
	}
	p.Tables = []table{{"By vendor", "Vendor", p.States, rows(o.vendors)}, {"By owner", "Owner", p.States, rows(o.owners)}}
	for _, page := range codes.Pages() {
		if o.codes[page.Name()] {
			p.Codes = append(p.Codes, page)
		}
	}
	add := func(key, label string, values []string) {
		if len(values) > 1 {
			p.Filters = append(p.Filters, filter{key, label, values})
		}
	}
	add("state", "State", p.States)
	add("vendor", "Vendor", slices.Sorted(maps.Keys(o.vendors)))
	add("owner", "Owner", slices.Sorted(maps.Keys(o.owners)))
	add("repository", "Repository", slices.Sorted(maps.Keys(o.repos)))
	p.Title = "JWT credentials to retire"
	switch {
	case p.Many:
		p.Title += " in many repositories"
	case p.Run.Repository != "":
		p.Title += " in " + p.Run.Repository
	}
}
