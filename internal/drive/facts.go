package drive

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"sort"
	"strings"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/load"
)

// Facts are package facts by import path. They contain no object facts, because these analyzers export none.
type Facts struct {
	r *runner
}

// NewFacts returns an empty set.
func NewFacts() *Facts { return &Facts{newRunner()} }

// Without returns a copy without the facts of some packages.
func (f *Facts) Without(paths []string) *Facts {
	out := NewFacts()
	for k, fact := range f.r.packageFacts {
		if !slices.Contains(paths, k.path) {
			out.r.packageFacts[k] = fact
		}
	}
	return out
}

// Each calls do for every fact, in a fixed order, with the import path of its package.
func (f *Facts) Each(do func(path string, fact analysis.Fact)) {
	keys := slices.SortedFunc(maps.Keys(f.r.packageFacts), func(a, b factKey) int {
		return cmp.Or(strings.Compare(a.path, b.path), strings.Compare(a.typ.String(), b.typ.String()))
	})
	for _, k := range keys {
		do(k.path, f.r.packageFacts[k])
	}
}

// Decode adds facts that Encode returned in another process. Their types must be facts of the analyzer or of
// those that it requires. The facts may share memory with data. After an error, some facts may have been added.
func (f *Facts) Decode(data []byte, a *analysis.Analyzer) error {
	types := factTypes(a)
	for len(data) > 0 {
		var part [3][]byte // path, type, fact
		for i := range part {
			if len(data) < 4 || uint64(binary.LittleEndian.Uint32(data)) > uint64(len(data)-4) {
				return errors.New("facts are cut short; go clean -cache removes them")
			}
			n := binary.LittleEndian.Uint32(data)
			part[i], data = data[4:][:n:n], data[4:][n:]
		}
		path, typ := string(part[0]), types[string(part[1])]
		if typ == nil {
			return fmt.Errorf("facts of %s: no analyzer here has a %s; go clean -cache removes them", path, part[1])
		}
		fact := reflect.New(typ.Elem()).Interface().(analysis.Fact)
		if err := decodeFact(part[2], fact); err != nil {
			return fmt.Errorf("facts of %s: %w", path, err)
		}
		f.r.packageFacts[factKey{path, typ}] = fact
	}
	return nil
}

// Encode returns the facts of one package, nothing if there are none.
func (f *Facts) Encode(path string) ([]byte, error) {
	var types []reflect.Type
	for k := range f.r.packageFacts {
		if k.path == path {
			types = append(types, k.typ)
		}
	}
	sort.Slice(types, func(i, j int) bool { return types[i].String() < types[j].String() })
	var out []byte
	for _, typ := range types {
		for _, part := range []string{path, typ.String()} {
			out = append(binary.LittleEndian.AppendUint32(out, uint32(len(part))), part...)
		}
		at := len(out)
		var err error
		if out, err = appendFact(append(out, 0, 0, 0, 0), f.r.packageFacts[factKey{path, typ}]); err != nil {
			return nil, fmt.Errorf("facts of %s: %w", path, err)
		}
		size := len(out) - at - 4
		if size > math.MaxUint32 {
			return nil, fmt.Errorf("facts of %s: too large", path)
		}
		binary.LittleEndian.PutUint32(out[at:], uint32(size))
	}
	return out, nil
}

// Facts with methods of package encoding use these, not gob: in a process for one package, gob's compilation of the
// types takes longer than the rest.

func appendFact(out []byte, fact analysis.Fact) ([]byte, error) {
	switch m := fact.(type) {
	case encoding.BinaryAppender:
		return m.AppendBinary(out)
	case encoding.BinaryMarshaler:
		data, err := m.MarshalBinary()
		return append(out, data...), err
	}
	buf := bytes.NewBuffer(out)
	err := gob.NewEncoder(buf).Encode(fact)
	return buf.Bytes(), err
}

func decodeFact(data []byte, fact analysis.Fact) error {
	if m, ok := fact.(encoding.BinaryUnmarshaler); ok {
		return m.UnmarshalBinary(data)
	}
	return gob.NewDecoder(bytes.NewReader(data)).Decode(fact)
}

// factTypes returns the fact types of an analyzer and of those that it requires, by name.
func factTypes(a *analysis.Analyzer) map[string]reflect.Type {
	types := map[string]reflect.Type{}
	seen := map[*analysis.Analyzer]bool{}
	var add func(a *analysis.Analyzer)
	add = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		for _, f := range a.FactTypes {
			types[reflect.TypeOf(f).String()] = reflect.TypeOf(f)
		}
		for _, req := range a.Requires {
			add(req)
		}
	}
	add(a)
	return types
}

// RunOne applies a to a single package with the facts of its imports, and adds its facts to facts. The error is
// an invalid analyzer.
func RunOne(p *load.Package, a *analysis.Analyzer, facts *Facts) (PackageResult, error) {
	if err := analysis.Validate([]*analysis.Analyzer{a}); err != nil {
		return PackageResult{}, fmt.Errorf("analyzer %s: %w", a.Name, err)
	}
	return facts.r.analyze(p, a), nil
}
