// Package drive runs an analyzer and its requirements over packages of the loader,
// with facts in memory. It is the stand-alone equivalent of the go command's vet protocol:
// the same analyzers, the same facts, the same findings.
package drive

import (
	"errors"
	"fmt"
	"go/types"
	"maps"
	"os"
	"reflect"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/sourcegraph/conc/panics"
	"github.com/sourcegraph/conc/pool"
	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/load"
)

// A PackageResult is the result of an analyzer for one package.
type PackageResult struct {
	Package     *load.Package
	Result      any // of the analyzer's ResultType; nil if Err is set
	Diagnostics []analysis.Diagnostic
	Err         error // the analyzer failed or panicked on this package: a blind spot, not the end of the run
}

// Run applies a to every package, dependencies first, and returns one result for each package in the order of
// pkgs. The error is an invalid analyzer or an import cycle. An error within a package is in its result.
func Run(pkgs []*load.Package, a *analysis.Analyzer) ([]PackageResult, error) {
	run, err := Begin(a, nil)
	if err != nil {
		return nil, err
	}
	order, err := sortPackages(pkgs)
	if err != nil {
		return nil, err
	}
	inOrder(order, runtime.GOMAXPROCS(0), run.Add)
	return run.Results(pkgs), nil
}

// A Running applies an analyzer to packages that are added one by one, dependencies first. Its methods may be
// called concurrently.
type Running struct {
	a       *analysis.Analyzer
	r       *runner
	mu      sync.Mutex // guards results
	results map[*load.Package]PackageResult
}

// Begin starts a run of an analyzer. known has the facts of packages that will not be added; nil for none. It
// returns an error if the analyzer is invalid.
func Begin(a *analysis.Analyzer, known *Facts) (*Running, error) {
	if err := analysis.Validate([]*analysis.Analyzer{a}); err != nil {
		return nil, fmt.Errorf("analyzer %s: %w", a.Name, err)
	}
	r := newRunner()
	if known != nil {
		maps.Copy(r.packageFacts, known.r.packageFacts)
	}
	return &Running{a: a, r: r, results: map[*load.Package]PackageResult{}}, nil
}

// Add analyses a package. All its imports must have been added or recalled before.
func (run *Running) Add(p *load.Package) {
	res := run.r.analyze(p, run.a)
	run.mu.Lock()
	defer run.mu.Unlock()
	run.results[p] = res
}

// Recall adds the known result and facts of a package that is not analysed.
func (run *Running) Recall(res PackageResult, facts []analysis.Fact) {
	run.r.mu.Lock()
	for _, f := range facts {
		run.r.packageFacts[factKey{name(res.Package), reflect.TypeOf(f)}] = f
	}
	run.r.mu.Unlock()
	run.mu.Lock()
	defer run.mu.Unlock()
	run.results[res.Package] = res
}

// FactsOf returns the facts of a package, sorted by the names of their types.
func (run *Running) FactsOf(p *load.Package) (facts []analysis.Fact) {
	run.r.mu.Lock()
	defer run.r.mu.Unlock()
	for k, f := range run.r.packageFacts {
		if k.path == name(p) {
			facts = append(facts, f)
		}
	}
	slices.SortFunc(facts, func(a, b analysis.Fact) int {
		return strings.Compare(reflect.TypeOf(a).String(), reflect.TypeOf(b).String())
	})
	return facts
}

// Results returns the results of packages, in the order of pkgs. It is the zero value for one that was not
// added.
func (run *Running) Results(pkgs []*load.Package) []PackageResult {
	run.mu.Lock()
	defer run.mu.Unlock()
	out := make([]PackageResult, len(pkgs))
	for i, p := range pkgs {
		out[i] = run.results[p]
	}
	return out
}

// Result returns the result of one package.
func (run *Running) Result(p *load.Package) PackageResult {
	run.mu.Lock()
	defer run.mu.Unlock()
	return run.results[p]
}

// Facts returns the facts of those packages whose path satisfies of.
func (run *Running) Facts(of func(path string) bool) *Facts {
	out := NewFacts()
	run.r.mu.Lock()
	defer run.r.mu.Unlock()
	for k, f := range run.r.packageFacts {
		if of(k.path) {
			out.r.packageFacts[k] = f
		}
	}
	return out
}

// inOrder calls do for every package of a sorted list after its imports, on several goroutines. Each goroutine
// takes the first package that is ready, so facts are used soon after they are made.
func inOrder(order []*load.Package, goroutines int, do func(*load.Package)) {
	type state struct{ done bool }
	states := make(map[*load.Package]*state, len(order))
	for _, p := range order {
		states[p] = new(state)
	}
	before := map[*load.Package][]*state{} // the imports
	earlier := make(map[*load.Package]bool, len(order))
	for _, p := range order {
		for _, q := range p.Imports {
			if earlier[q] { // a later one is part of an import cycle through tests
				before[p] = append(before[p], states[q])
			}
		}
		earlier[p] = true
	}
	var mu sync.Mutex
	more := sync.NewCond(&mu)
	left := order
	next := func() *load.Package { // needs mu
		for {
			if len(left) == 0 {
				return nil
			}
			for i, p := range left {
				if slices.ContainsFunc(before[p], func(s *state) bool { return !s.done }) {
					continue
				}
				left = slices.Concat(left[:i], left[i+1:])
				return p
			}
			more.Wait()
		}
	}
	workers := pool.New().WithMaxGoroutines(goroutines)
	for range goroutines {
		workers.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			for p := next(); p != nil; p = next() {
				mu.Unlock()
				do(p)
				mu.Lock()
				states[p].done = true
				more.Broadcast()
			}
		})
	}
	workers.Wait()
}

// analysisTimeout bounds the analysis of one package; tests change it. The work is bounded by the size of the
// package, but for some code that means hours.
var analysisTimeout = 2 * time.Minute

// analyze runs a over one package. A panic is an error of its result, and so is an analysis that exceeds
// analysisTimeout. That one cannot be stopped: its goroutine is abandoned, and the facts that it exports later
// are ignored.
func (r *runner) analyze(p *load.Package, a *analysis.Analyzer) PackageResult {
	u := &unit{runner: r, pkg: p, done: map[*analysis.Analyzer]*action{}}
	done := make(chan PackageResult, 1)
	go func() {
		res := PackageResult{Package: p}
		var c panics.Catcher
		c.Try(func() {
			act := u.run(a)
			res.Result, res.Diagnostics, res.Err = act.result, act.diagnostics, act.err
			u.release(a)
		})
		if rec := c.Recovered(); rec != nil {
			res.Err = fmt.Errorf("%s: the analysis of this package panicked, its flows are unknown: %w", p.Path, rec.AsError())
		}
		done <- res
	}()
	timer := time.NewTimer(analysisTimeout)
	defer timer.Stop()
	select {
	case res := <-done:
		return res
	case <-timer.C:
		u.mu.Lock()
		defer u.mu.Unlock()
		u.abandoned = true
		return PackageResult{Package: p, Err: fmt.Errorf("%s: the analysis of this package took longer than %s, its flows are unknown", p.Path, analysisTimeout)}
	}
}

// release releases the results of the analyzers that asked requires, if they have a method Release: the graph
// of a package is several MiB.
func (u *unit) release(asked *analysis.Analyzer) {
	for a, act := range u.done {
		if r, ok := act.result.(interface{ Release() }); ok && a != asked {
			r.Release()
		}
	}
}

// name identifies a package for facts: its path, and whether it is the augmented package of that path.
func name(p *load.Package) string {
	path := p.Path
	if p.Types != nil {
		path = p.Types.Path()
	}
	if p.Augmented {
		path += " [tests]"
	}
	return path
}

// sortPackages sorts packages, dependencies first.
func sortPackages(pkgs []*load.Package) ([]*load.Package, error) {
	const (
		open = 1
		done = 2
	)
	wanted := make(map[*load.Package]bool, len(pkgs))
	for _, p := range pkgs {
		wanted[p] = true
	}
	state := map[*load.Package]int{}
	var order []*load.Package
	var visit func(p *load.Package) error
	visit = func(p *load.Package) error {
		switch state[p] {
		case done:
			return nil
		case open:
			return fmt.Errorf("import cycle through %s", p.Path)
		}
		state[p] = open
		for _, q := range p.Imports {
			// A test variant may import a package that imports the package under test. That import
			// is ignored, so its facts are those of the package without tests, as under the go command.
			if wanted[q] && state[q] != open {
				if err := visit(q); err != nil {
					return err
				}
			}
		}
		state[p] = done
		order = append(order, p)
		return nil
	}
	for _, p := range pkgs {
		if err := visit(p); err != nil {
			return nil, err
		}
	}
	return order, nil
}

type factKey struct {
	path string
	typ  reflect.Type
}

type objectKey struct {
	obj types.Object
	typ reflect.Type
}

type runner struct {
	mu           sync.Mutex // guards the facts
	packageFacts map[factKey]analysis.Fact
	objectFacts  map[objectKey]analysis.Fact
}

func newRunner() *runner {
	return &runner{packageFacts: map[factKey]analysis.Fact{}, objectFacts: map[objectKey]analysis.Fact{}}
}

type action struct {
	result      any
	diagnostics []analysis.Diagnostic
	err         error
}

// A unit is one package with the analyzers that already ran on it.
type unit struct {
	*runner
	pkg       *load.Package
	done      map[*analysis.Analyzer]*action
	abandoned bool // its analysis took too long; guarded by mu
}

func (u *unit) run(a *analysis.Analyzer) *action {
	if act := u.done[a]; act != nil {
		return act
	}
	act := &action{}
	u.done[a] = act
	inputs := map[*analysis.Analyzer]any{}
	for _, req := range a.Requires {
		in := u.run(req)
		if in.err != nil {
			act.err = fmt.Errorf("%s: %w", req.Name, in.err)
			return act
		}
		inputs[req] = in.result
	}
	if len(u.pkg.Errors) > 0 && !a.RunDespiteErrors {
		act.err = errors.New("the package has errors: " + u.pkg.Errors[0])
		return act
	}
	act.result, act.err = a.Run(u.pass(a, act, inputs))
	if act.err == nil && a.ResultType != nil && reflect.TypeOf(act.result) != a.ResultType {
		act.err = fmt.Errorf("%s returned a %T, not a %v", a.Name, act.result, a.ResultType)
	}
	return act
}

func (u *unit) pass(a *analysis.Analyzer, act *action, inputs map[*analysis.Analyzer]any) *analysis.Pass {
	p := u.pkg
	names := make(map[*types.Package]string, len(p.Imports))
	for _, q := range p.Imports {
		names[q.Types] = name(q)
	}
	pass := &analysis.Pass{
		Analyzer:  a,
		Fset:      p.Fset,
		Files:     p.Syntax,
		Pkg:       p.Types,
		TypesInfo: p.Info, TypesSizes: p.Sizes,
		ResultOf: inputs,
		Report:   func(d analysis.Diagnostic) { act.diagnostics = append(act.diagnostics, d) },
		ReadFile: func(name string) ([]byte, error) {
			if b, ok := p.Source[name]; ok {
				return b, nil
			}
			return os.ReadFile(name)
		},
		ImportPackageFact: func(pkg *types.Package, fact analysis.Fact) bool {
			key := factKey{pkg.Path(), reflect.TypeOf(fact)}
			if n, ok := names[pkg]; ok {
				key.path = n
			}
			u.mu.Lock()
			defer u.mu.Unlock()
			return get(u.packageFacts, key, fact)
		},
		ExportPackageFact: func(fact analysis.Fact) {
			u.mu.Lock()
			defer u.mu.Unlock()
			if !u.abandoned {
				u.packageFacts[factKey{name(p), reflect.TypeOf(fact)}] = fact
			}
		},
		ImportObjectFact: func(obj types.Object, fact analysis.Fact) bool {
			u.mu.Lock()
			defer u.mu.Unlock()
			return get(u.objectFacts, objectKey{obj, reflect.TypeOf(fact)}, fact)
		},
		ExportObjectFact: func(obj types.Object, fact analysis.Fact) {
			u.mu.Lock()
			defer u.mu.Unlock()
			if !u.abandoned {
				u.objectFacts[objectKey{obj, reflect.TypeOf(fact)}] = fact
			}
		},
		AllPackageFacts: func() []analysis.PackageFact { return u.allPackageFacts(a) },
		AllObjectFacts: func() []analysis.ObjectFact {
			u.mu.Lock()
			defer u.mu.Unlock()
			var all []analysis.ObjectFact
			for k, f := range u.objectFacts {
				all = append(all, analysis.ObjectFact{Object: k.obj, Fact: f})
			}
			return all
		},
	}
	for _, e := range p.Errors {
		pass.TypeErrors = append(pass.TypeErrors, types.Error{Fset: p.Fset, Msg: e})
	}
	if p.Module != nil {
		pass.Module = &analysis.Module{Path: p.Module.Path, GoVersion: p.Module.GoVersion}
	}
	return pass
}

func (u *unit) allPackageFacts(a *analysis.Analyzer) []analysis.PackageFact {
	byPath := map[string]*types.Package{}
	var add func(p *types.Package)
	add = func(p *types.Package) {
		if p == nil || byPath[p.Path()] != nil {
			return
		}
		byPath[p.Path()] = p
		for _, q := range p.Imports() {
			add(q)
		}
	}
	add(u.pkg.Types)
	u.mu.Lock()
	defer u.mu.Unlock()
	var all []analysis.PackageFact
	for _, t := range a.FactTypes {
		for k, f := range u.packageFacts {
			if k.typ == reflect.TypeOf(t) && byPath[k.path] != nil {
				all = append(all, analysis.PackageFact{Package: byPath[k.path], Fact: f})
			}
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Package.Path() < all[j].Package.Path() })
	return all
}

// get copies the fact that is stored under key into fact, as the go command's driver does by gob.
func get[K comparable](m map[K]analysis.Fact, key K, fact analysis.Fact) bool {
	f, ok := m[key]
	if ok {
		reflect.ValueOf(fact).Elem().Set(reflect.ValueOf(f).Elem())
	}
	return ok
}
