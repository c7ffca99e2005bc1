package flow

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"slices"
	"sort"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/analyzerdoc"
	"jwtretire.example/internal/settings"
	"jwtretire.example/internal/valueflow"
)

// Analyzer reports flows. Its result is a *Result.
//
// Vendors that the configuration describes are recognised as those of the catalogue are; the flags are those of
// jwtretire that bear on that.
var Analyzer = With(settings.Analyzer)

//go:embed doc.go
var doc string

// With returns an analyzer like Analyzer that gets its settings from another one: settings.Fixed for a run that has
// read its configuration itself.
func With(from *analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:             "jwtflow",
		Doc:              analyzerdoc.Of(doc, "jwtflow"),
		URL:              "https://pkg.go.dev/jwtretire.example/analyzer/flow",
		Flags:            settings.FlagSet(),
		Run:              func(pass *analysis.Pass) (any, error) { return run(pass, pass.ResultOf[from].(*settings.Settings)) },
		RunDespiteErrors: true,
		Requires:         []*analysis.Analyzer{valueflow.Analyzer, from},
		ResultType:       reflect.TypeFor[*Result](),
		FactTypes:        []analysis.Fact{new(Reported)},
	}
}

// A Result is what Analyzer found in one package.
type Result struct {
	// Flows are those that this package holds the exchange of, or adds steps to; in source order.
	// A flow that a package below reported already has the same ID.
	Flows []*Flow
}

// Reported is the fact that flows were reported by a package or one below it, sorted by ID.
// A package above reports them again only if it knows more steps.
type Reported struct {
	IDs   []string
	Steps []int
}

// AFact marks Reported as a fact.
func (*Reported) AFact() {}

func (*Reported) String() string { return "reported flows" }

// MarshalBinary implements encoding.BinaryMarshaler.
func (r *Reported) MarshalBinary() ([]byte, error) {
	out := binary.AppendUvarint(nil, uint64(len(r.IDs)))
	for i, id := range r.IDs {
		out = append(binary.AppendUvarint(out, uint64(len(id))), id...)
		out = binary.AppendUvarint(out, uint64(r.Steps[i]))
	}
	return out, nil
}

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (r *Reported) UnmarshalBinary(data []byte) error {
	b := bytes.NewReader(data)
	number := func() int {
		n, err := binary.ReadUvarint(b)
		if err != nil || n > math.MaxInt32 {
			return -1
		}
		return int(n)
	}
	*r = Reported{}
	for range number() {
		n := number()
		if n < 0 || n > b.Len() {
			break
		}
		id := make([]byte, n)
		_, _ = b.Read(id) // there are as many
		r.IDs, r.Steps = append(r.IDs, string(id)), append(r.Steps, number())
	}
	if again, _ := r.MarshalBinary(); !bytes.Equal(again, data) {
		return errors.New("what a package reported is damaged; go clean -cache removes it")
	}
	return nil
}

func run(pass *analysis.Pass, s *settings.Settings) (any, error) {
	res := &Result{}
	g := pass.ResultOf[valueflow.Analyzer].(*valueflow.Graph)
	known := map[string]int{}
	for _, p := range pass.Pkg.Imports() {
		var r Reported
		if pass.ImportPackageFact(p, &r) {
			for i, id := range r.IDs {
				known[id] = max(known[id], r.Steps[i])
			}
		}
	}
	f := &finder{g: g, vendors: s.Config.Providers}
	if pass.Module != nil {
		f.module = pass.Module.Path
	}
	var found []*Flow
	if g != nil {
		found = f.find()
	}
	for _, fl := range found {
		if len(fl.Steps) <= known[fl.ID] || !adds(pass, fl) {
			continue
		}
		known[fl.ID] = len(fl.Steps)
		res.Flows = append(res.Flows, fl)
	}
	sort.SliceStable(res.Flows, func(i, j int) bool { return before(place(res.Flows[i]), place(res.Flows[j])) })
	for _, fl := range res.Flows {
		report(pass, fl)
	}
	if len(known) > 0 {
		var r Reported
		for id := range known {
			r.IDs = append(r.IDs, id)
		}
		sort.Strings(r.IDs)
		for _, id := range r.IDs {
			r.Steps = append(r.Steps, known[id])
		}
		pass.ExportPackageFact(&r)
	}
	return res, nil
}

// adds reports whether a step of the flow is in the package itself. What is all below was reported there,
// or belongs to a dependency that nobody asked about.
func adds(pass *analysis.Pass, f *Flow) bool {
	return slices.ContainsFunc(f.Steps, func(s Step) bool { return s.Span.PkgPath == pass.Pkg.Path() })
}

// place returns where a flow is reported: at the exchange.
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
