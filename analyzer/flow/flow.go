// Package flow joins key loads, assertions and exchanges to flows: ways from a private key through
// claims and signature to the request that trades the assertion for an access token.
//
// It starts from the rare end: the parameter in which an assertion is sent, or the call of a library
// that does the whole exchange. From there it walks back to the signature, the claims and the key, and
// forward to the request and the answer. Flows that cross packages are joined in the upper package,
// with what the lower ones said of themselves in the facts of internal/valueflow.
package flow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"slices"
	"sort"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/valueflow"
)

// Analyzer reports flows. Its result is a *Result.
var Analyzer = &analysis.Analyzer{
	Name:             "jwtretire",
	Doc:              "report code that trades a signed JWT for an access token",
	Run:              run,
	RunDespiteErrors: true,
	Requires:         []*analysis.Analyzer{valueflow.Analyzer},
	ResultType:       reflect.TypeFor[*Result](),
	FactTypes:        []analysis.Fact{new(Reported)},
}

// Vendors returns the vendors that the configuration in force for a file describes, for Analyzer: they
// are recognised as those of the catalogue are. nil: there are none.
var Vendors func(file string) []provider.Provider

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

func run(pass *analysis.Pass) (any, error) {
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
	f := &finder{g: g}
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
