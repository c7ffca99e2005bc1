package drive

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"reflect"
	"sort"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/load"
)

// Facts are what packages told those above them, by import path. Facts about objects are not
// among them: the analyzers here make none.
type Facts struct {
	r *runner
}

// NewFacts returns an empty set.
func NewFacts() *Facts { return &Facts{newRunner()} }

// A stored fact is a fact on its way through a file.
type stored struct {
	Path string
	Fact analysis.Fact
}

// Decode adds what Encode returned in another process. The analyzer is the one that the facts are for.
func (f *Facts) Decode(data []byte, a *analysis.Analyzer) error {
	if len(data) == 0 {
		return nil
	}
	register(a, map[*analysis.Analyzer]bool{})
	var list []stored
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&list); err != nil {
		return fmt.Errorf("facts: %w", err)
	}
	for _, s := range list {
		f.r.packageFacts[factKey{s.Path, reflect.TypeOf(s.Fact)}] = s.Fact
	}
	return nil
}

// Encode returns the facts of one package, nothing if there are none.
func (f *Facts) Encode(path string, a *analysis.Analyzer) ([]byte, error) {
	register(a, map[*analysis.Analyzer]bool{})
	var list []stored
	for k, fact := range f.r.packageFacts {
		if k.path == path {
			list = append(list, stored{path, fact})
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	sort.Slice(list, func(i, j int) bool {
		return reflect.TypeOf(list[i].Fact).String() < reflect.TypeOf(list[j].Fact).String()
	})
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(list); err != nil {
		return nil, fmt.Errorf("facts of %s: %w", path, err)
	}
	return buf.Bytes(), nil
}

// register tells gob the types of the facts of an analyzer and of those that it requires.
func register(a *analysis.Analyzer, seen map[*analysis.Analyzer]bool) {
	if seen[a] {
		return
	}
	seen[a] = true
	for _, f := range a.FactTypes {
		gob.Register(f)
	}
	for _, req := range a.Requires {
		register(req, seen)
	}
}

// RunOne applies a to a single package with the facts of those below it, and adds its own.
func RunOne(p *load.Package, a *analysis.Analyzer, facts *Facts) (PackageResult, error) {
	if err := analysis.Validate([]*analysis.Analyzer{a}); err != nil {
		return PackageResult{}, fmt.Errorf("analyzer %s: %w", a.Name, err)
	}
	return facts.r.analyze(p, a), nil
}
