package scan

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"os"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/drive"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/valueflow"
)

// Results are the results of packages from run to run, for a large tree in which an edit changes few. A result
// is reused if all its inputs are unchanged: the files of the package, the declarations of its imports, and the
// facts of these. So an edit costs the analysis of its package, and of those importers to which it makes a
// difference.
type results struct {
	store *cache.Cache
	key   cache.Key
	run   *drive.Running

	// The facts of another platform for packages that this one does not analyse: a hash of all, and the ids of
	// their segments.
	given []byte
	below map[string]bool

	mu    sync.Mutex
	old   map[string]result        // by package, from the cache
	new   map[string]result        // by package, for the cache
	sums  map[*load.Package]string // of their facts
	added int                      // number of new ones that were not in old
}

// A result is the stored result of one package.
type result struct {
	Key    []byte // hash of its inputs, see keyOf
	Sealed []byte // a stored, encrypted with a key from the files of the package, because it has texts of the program
}

// A stored is the result of one package in clear.
type stored struct {
	Flow     bool              // there is a fact of the value graph
	Segments []string          // the ids of the fact's segments
	Own      map[string][]byte // the segments that no import has, by id
	Reported []byte            // the encoded fact flow.Reported, nil for none
	Flows    []*flow.Flow
	Bounds   []flow.Bound
	Spots    []load.BlindSpot
}

// results returns the cached results for a target, nil if they are not cached. given are the facts at the
// beginning of run; it may be nil.
func (opts Options) results(t Target, run *drive.Running, given *drive.Facts) *results {
	tool := cache.Tool()
	if opts.Cache == nil || opts.Changes || tool == "" || len(opts.Overlay) > 0 {
		return nil
	}
	inputs, err := json.Marshal([]any{opts.All, opts.Budget, opts.Config.Providers}) // all settings that analyzer/flow reads
	if err != nil {
		return nil
	}
	parts := []string{"results", tool, string(inputs), opts.Dir, t.GOOS, t.GOARCH, t.Tags, fmt.Sprint(opts.Tests)}
	for _, name := range []string{"GODEBUG", "GOOS", "GOARCH", "GOFLAGS", "CGO_ENABLED", "GOEXPERIMENT", "GOWORK"} {
		parts = append(parts, os.Getenv(name))
	}
	r := &results{store: opts.Cache, key: cache.KeyOf(parts...), run: run, old: map[string]result{}, new: map[string]result{}, sums: map[*load.Package]string{}}
	if given != nil {
		r.give(given)
	}
	if data, ok := opts.Cache.Get(r.key); ok && gob.NewDecoder(bytes.NewReader(data)).Decode(&r.old) != nil {
		r.old = map[string]result{}
	}
	return r
}

func (r *results) give(facts *drive.Facts) {
	h := sha256.New()
	r.below = map[string]bool{}
	facts.Each(func(path string, f analysis.Fact) {
		fmt.Fprintf(h, "%q\n", path)
		hashFact(h, f)
		if f, ok := f.(*valueflow.Fact); ok {
			ids, _ := f.Parts()
			for _, id := range ids {
				r.below[id] = true
			}
		}
	})
	r.given = h.Sum(nil)
}

// name identifies a package in the cache.
func (r *results) name(p *load.Package) string {
	return fmt.Sprintf("%s\n%s\n%s\n%t", p.Path, p.Dir, strings.Join(p.Files, "\n"), p.Augmented)
}

// keyOf returns a hash of the inputs of a package's analysis: its fingerprint and the facts of its imports.
func (r *results) keyOf(p *load.Package) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%x %x\n", p.Fingerprint, r.given)
	for _, q := range p.Imports {
		fmt.Fprintf(h, "%q %x\n", q.Path, r.sum(q))
	}
	return h.Sum(nil)
}

// sum returns a hash of the facts of a package.
func (r *results) sum(p *load.Package) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.sums[p]; ok {
		return s
	}
	h := sha256.New()
	for _, f := range r.run.FactsOf(p) {
		hashFact(h, f)
	}
	r.sums[p] = string(h.Sum(nil))
	return r.sums[p]
}

func hashFact(h hash.Hash, f analysis.Fact) {
	switch f := f.(type) {
	case *valueflow.Fact:
		ids, _ := f.Parts()
		fmt.Fprintf(h, "%x\n", ids)
	case *flow.Reported:
		data, _ := f.MarshalBinary() // it has no errors
		fmt.Fprintf(h, "%x\n", data)
	}
}

// box returns functions that encrypt and decrypt with a key from the files of a package. open returns nil on
// failure. Both are nil without a user key.
func (r *results) box(p *load.Package) (seal, open func([]byte) []byte) {
	h := sha256.New()
	for _, name := range p.Files {
		fmt.Fprintf(h, "%d\n", len(p.Source[name]))
		h.Write(p.Source[name])
	}
	box := r.store.Box([]byte("results"), h.Sum(nil))
	if box == nil {
		return nil, nil
	}
	seal = func(data []byte) []byte { return box.Seal(nil, nil, data, []byte(p.Path)) }
	open = func(data []byte) []byte {
		text, err := box.Open(nil, nil, data, []byte(p.Path))
		if err != nil {
			return nil
		}
		return text
	}
	return seal, open
}

// known implements [load.Visit.Known]: it reuses the stored result of a package if its inputs are unchanged.
func (r *results) known(p *load.Package) bool {
	old, ok := r.old[r.name(p)]
	if !ok || !bytes.Equal(old.Key, r.keyOf(p)) {
		return false
	}
	_, open := r.box(p)
	if open == nil {
		return false
	}
	var s stored
	if text := open(old.Sealed); text == nil || gob.NewDecoder(bytes.NewReader(text)).Decode(&s) != nil {
		return false
	}
	var facts []analysis.Fact
	if s.Flow {
		f, err := valueflow.Assemble(s.Segments, func(id string) []byte { return s.Own[id] })
		if err != nil {
			return false
		}
		facts = append(facts, f)
	}
	if s.Reported != nil {
		f := new(flow.Reported)
		if f.UnmarshalBinary(s.Reported) != nil {
			return false
		}
		facts = append(facts, f)
	}
	p.Spots = s.Spots
	r.run.Recall(drive.PackageResult{Package: p, Result: &flow.Result{Flows: s.Flows, Bounds: s.Bounds}}, facts)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.new[r.name(p)] = old
	return true
}

// add stores the result of a package that was analysed. A result with an error is not stored.
func (r *results) add(p *load.Package) {
	res := r.run.Result(p)
	if p.Fingerprint == nil || res.Err != nil {
		return
	}
	seal, _ := r.box(p)
	if seal == nil {
		return
	}
	found := res.Result.(*flow.Result)
	s := stored{Own: map[string][]byte{}, Flows: found.Flows, Bounds: found.Bounds, Spots: p.Spots}
	for _, f := range r.run.FactsOf(p) {
		switch f := f.(type) {
		case *valueflow.Fact:
			ids, raw := f.Parts()
			s.Flow, s.Segments = true, ids
			below := map[string]bool{}
			maps.Copy(below, r.below)
			for _, q := range p.Imports {
				for _, g := range r.run.FactsOf(q) {
					if g, ok := g.(*valueflow.Fact); ok {
						ids, _ := g.Parts()
						for _, id := range ids {
							below[id] = true
						}
					}
				}
			}
			for i, id := range ids {
				if !below[id] {
					s.Own[id] = raw[i]
				}
			}
		case *flow.Reported:
			s.Reported, _ = f.MarshalBinary() // it has no errors
		}
	}
	var text bytes.Buffer
	if gob.NewEncoder(&text).Encode(s) != nil {
		return
	}
	made := result{r.keyOf(p), seal(text.Bytes())}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.new[r.name(p)] = made
	r.added++
}

// keep writes the results to the cache if any are new. It returns the number of reused ones. r may be nil.
func (r *results) keep() (known int) {
	if r == nil {
		return 0
	}
	var data bytes.Buffer
	if r.added > 0 && gob.NewEncoder(&data).Encode(r.new) == nil {
		r.store.Put(r.key, data.Bytes())
		r.store.Close()
	}
	return len(r.new) - r.added
}
