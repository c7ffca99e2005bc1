package flow

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"sort"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/analyzerdoc"
	"jwtretire.example/internal/settings"
	"jwtretire.example/internal/valueflow"
)

// Analyzer reports flows. Its result is a *Result. It does not change the syntax or types of its pass.
//
// Vendors in the configuration are recognised like those of the catalogue. The flags are the flags of jwtretire that affect
// this.
var Analyzer = With(settings.Analyzer)

//go:embed doc.go
var doc string

// With returns a copy of Analyzer that gets its settings from another analyzer: settings.Fixed for a run that has
// already read its configuration. The copy is independent of Analyzer; several copies can run in one process.
func With(from *analysis.Analyzer) *analysis.Analyzer { return choosing((*finder).wanted, from) }

func choosing(choose func(*finder, []lead) map[group]bool, from *analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:  "jwtflow",
		Doc:   analyzerdoc.Of(doc, "jwtflow"),
		URL:   "https://pkg.go.dev/jwtretire.example/analyzer/flow",
		Flags: settings.FlagSet(),
		Run: func(pass *analysis.Pass) (any, error) {
			return run(pass, pass.ResultOf[from].(*settings.Settings), choose)
		},
		RunDespiteErrors: true,
		Requires:         []*analysis.Analyzer{valueflow.Analyzer, from},
		ResultType:       reflect.TypeFor[*Result](),
		FactTypes:        []analysis.Fact{new(Reported)},
	}
}

// A Result has the flows that Analyzer found in one package. It is not changed after the run, so concurrent reads are safe.
type Result struct {
	// Flows are the flows with their exchange in this package, and those that this package adds steps to, in source order.
	// A flow that a lower package also reported has the same ID there.
	Flows []*Flow

	// Bounds are the limits that were met on the way, in source order: what lies beyond is not known.
	Bounds []Bound
}

// Reported is the fact that a package or one below it reported flows, sorted. A higher package reports a flow again only
// if it adds something: a step, or the vendor.
type Reported struct {
	Flows []Summary

	// Shapeless are the places, as hashes and sorted, of headers with a signature that is not one of claims: it is made of
	// everything. A package above can only add to that, so it is not followed there.
	Shapeless []uint32
}

// A Summary combines the reports of one flow.
type Summary struct {
	ID    string
	Known int      // rank of the knowledge about the vendor, see known
	Steps []uint32 // hashes of its steps, sorted
}

// AFact marks Reported as a fact.
func (*Reported) AFact() {}

func (*Reported) String() string { return "reported flows" }

// MarshalBinary implements encoding.BinaryMarshaler.
func (r *Reported) MarshalBinary() ([]byte, error) {
	out := binary.AppendUvarint(nil, uint64(len(r.Flows)))
	for _, t := range r.Flows {
		out = append(binary.AppendUvarint(out, uint64(len(t.ID))), t.ID...)
		out = binary.AppendUvarint(out, uint64(t.Known))
		out = binary.AppendUvarint(out, uint64(len(t.Steps)))
		last := uint32(0)
		for _, s := range t.Steps {
			out = binary.AppendUvarint(out, uint64(s-last))
			last = s
		}
	}
	out = binary.AppendUvarint(out, uint64(len(r.Shapeless)))
	last := uint32(0)
	for _, s := range r.Shapeless {
		out = binary.AppendUvarint(out, uint64(s-last))
		last = s
	}
	return out, nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (r *Reported) UnmarshalBinary(data []byte) error {
	b := bytes.NewReader(data)
	number := func() int {
		n, err := binary.ReadUvarint(b)
		if err != nil || n > math.MaxUint32 {
			return -1
		}
		return int(n)
	}
	numbers := func() (list []uint32) { // sorted
		last := uint32(0)
		for range number() {
			if b.Len() == 0 {
				break
			}
			last += uint32(number())
			list = append(list, last)
		}
		return list
	}
	*r = Reported{}
	for range number() {
		n := number()
		if n < 0 || n > b.Len() {
			break
		}
		id := make([]byte, n)
		_, _ = b.Read(id) // there are as many
		r.Flows = append(r.Flows, Summary{ID: string(id), Known: number(), Steps: numbers()})
	}
	r.Shapeless = numbers()
	if again, _ := r.MarshalBinary(); !bytes.Equal(again, data) {
		return errors.New("what a package reported is damaged; go clean -cache removes it")
	}
	return nil
}

// summaryOf returns the summary of a report.
func summaryOf(f *Flow) Summary {
	t := Summary{ID: f.ID, Known: known(f)}
	if !f.Presigned {
		t.Known += 8
	}
	for _, s := range f.Steps {
		h := fnv.New32a()
		fmt.Fprint(h, s.Role, s.Span.PkgPath, filepath.Base(s.Span.File), s.Span.Offset, s.Span.End)
		t.Steps = append(t.Steps, h.Sum32())
	}
	slices.Sort(t.Steps)
	t.Steps = slices.Compact(t.Steps)
	return t
}

// with adds another report, and reports whether it has anything new.
func (t *Summary) with(o Summary) bool {
	all := slices.Concat(t.Steps, o.Steps)
	slices.Sort(all)
	all = slices.Compact(all)
	more := len(all) > len(t.Steps) || o.Known > t.Known
	t.Steps, t.Known = all, max(t.Known, o.Known)
	return more
}

func run(pass *analysis.Pass, s *settings.Settings, choose func(*finder, []lead) map[group]bool) (any, error) {
	res := &Result{}
	g := pass.ResultOf[valueflow.Analyzer].(*valueflow.Graph)
	known := map[string]*Summary{}
	note := func(t Summary) bool {
		if old := known[t.ID]; old != nil {
			return old.with(t)
		}
		known[t.ID] = &t
		return true
	}
	f := &finder{g: g, vendors: s.Config.Providers, shapeless: map[uint32]bool{}}
	for _, p := range pass.Pkg.Imports() {
		var r Reported
		if pass.ImportPackageFact(p, &r) {
			for _, t := range r.Flows {
				note(t)
			}
			for _, s := range r.Shapeless {
				f.shapeless[s] = true
			}
		}
	}
	if g != nil {
		g.Budget = s.Budget
	}
	if pass.Module != nil {
		f.module = pass.Module.Path
	}
	var found []*Flow
	if g != nil {
		shapeless := maps.Clone(f.shapeless)
		found = f.find(choose)
		if more := f.further(); more != nil {
			f = &finder{g: more, vendors: s.Config.Providers, module: f.module, shapeless: shapeless}
			found = f.find(choose)
		}
		g.Settle()
	}
	for _, fl := range found {
		if adds(pass, fl) && note(summaryOf(fl)) {
			res.Flows = append(res.Flows, fl)
		}
	}
	sort.SliceStable(res.Flows, func(i, j int) bool { return before(place(res.Flows[i]), place(res.Flows[j])) })
	for _, fl := range res.Flows {
		report(pass, fl)
	}
	res.Bounds = f.bounds
	if len(known)+len(f.shapeless) > 0 {
		r := Reported{Shapeless: slices.Sorted(maps.Keys(f.shapeless))}
		for _, id := range slices.Sorted(maps.Keys(known)) {
			r.Flows = append(r.Flows, *known[id])
		}
		pass.ExportPackageFact(&r)
	}
	return res, nil
}

// adds reports whether a step of the flow is in the package itself. A flow with all steps in lower packages was reported there,
// or belongs to a dependency that is not analysed.
func adds(pass *analysis.Pass, f *Flow) bool {
	return slices.ContainsFunc(f.Steps, func(s Step) bool { return s.Span.PkgPath == pass.Pkg.Path() })
}

// place returns the place at which a flow is reported: the exchange.
func place(f *Flow) Span {
	for _, s := range []Span{f.Send, f.Request, f.Assertion} {
		if !s.IsZero() {
			return s
		}
	}
	if len(f.Steps) > 0 {
		return f.Steps[0].Span
	}
	return Span{}
}

func before(a, b Span) bool {
	if a.File != b.File {
		return a.File < b.File
	}
	if a.Offset != b.Offset {
		return a.Offset < b.Offset
	}
	return a.End < b.End
}
