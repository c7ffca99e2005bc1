// Package slice extends a change by the code that it makes dead, and by no other code.
//
// The planner replaces the statement that sends the request. The code that makes the request, signs
// the assertion and loads the key has no use then. Two markings find it. The first is the
// backward slice of the removed code in the old program: all code that it needed, by value or by name.
// The second is the liveness of the new program: it starts at the visible
// effects (a request, a write to a file, a result of an exported function) and at all code
// outside of the slice, and walks back to the definitions that these need. Code in the slice
// that is not live is dead. Code outside of the slice is never dead, even if the markings do not
// understand a construct; an object with a remaining name is live.
//
// A statement that only reads dead values (a log line, a check of a setting, `_ = x`) does not keep them
// alive: it is removed with them, or keeps them and is reported as blocked.
package slice

import (
	"fmt"
	"go/ast"
	"go/token"
	"sort"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
	"jwtretire.example/internal/load"
)

// Options say how far Extend goes.
type Options struct {
	// TestsCount makes the use of a function in a test a reason to keep it. Without it a test
	// function that only exercises what died goes too.
	TestsCount bool

	// Private reports whether nobody outside of pkgs imports a package, so that its exported
	// objects may change. Package main and packages below internal are always private.
	Private func(path string) bool

	// Declared is what the user says of functions that the library table does not have.
	Declared library.Declared

	// Apart holds the files behind build constraints that change on their own, with the flows of their
	// platform. What other such files name stays.
	Apart map[string]bool
}

// A Report says what Extend did and what it left.
type Report struct {
	Removed   []string    // objects by name: "func loadKey", "field Client.key", "var keyPath in main"
	Kept      []Kept      // what died and has to stay all the same
	Dropped   []Statement // prints, logs and metrics that went with what they spoke of
	Blocked   []Blocked   // statements that stay and read something that was to go
	Leftovers []Leftover  // sources outside Go that nothing reads any more
	Idle      []Idle      // calls that stay for what else they do, and whose results nobody wants any more
	Relaxed   []Statement // what asked for such a setting and does not any more: Text is not source here
	Demands   []Demand    // what still asks for a setting that nobody reads any more
	Notes     []Statement // what a reviewer should know: Text is not source here
}

// Kept is an object without a use that stays.
type Kept struct {
	Name string
	Why  string
	Pos  token.Position
}

// An Idle call is one whose result was wanted and is not any more.
type Idle struct {
	Statement
	Node ast.Node
}

// A Statement is a piece of source with its place.
type Statement struct {
	Pos  token.Position
	Text string // its first line
}

// Blocked is a statement with effects of its own that reads a value of the flow.
// Where the value is one that the core change removed, the result does not compile.
type Blocked struct {
	Pos   token.Position
	Text  string
	Value string // name of the value
}

// A Leftover is something outside Go that the program stopped reading.
type Leftover struct {
	Kind string // "file", "env", "flag", "embed", "setting"
	Name string // path, variable, flag or setting
	Expr bool   // Name is a Go expression, because it is not a constant
	Pos  token.Position
	Kept bool // the program still takes it, and does nothing with it
}

// Extend adds to set all code that loses its last use by it. pkgs are the packages with the nodes of
// set, and all packages of the module that can use their objects; they are not changed. After an error, set is
// incomplete and must not be used.
func Extend(pkgs []*load.Package, set *change.Set, opts Options) (rep Report, err error) {
	if set.Empty() {
		return Report{}, nil
	}
	p, err := index(pkgs, set, scope{Private: opts.Private, Declared: opts.Declared, Apart: opts.Apart})
	if err != nil {
		return Report{}, fmt.Errorf("slice: %w", err)
	}
	core := p.units()
	before := newGraph(p, nil)
	if !opts.TestsCount {
		flowTests(p, set, before)
	}
	v, roots := settle(before, newGraph(p, set), nil), map[key]bool{}
	for err == nil {
		rep = Report{}
		e := newEmitter(v, &rep)
		if err = e.run(); err != nil {
			break
		}
		named := e.named()
		if len(named) == 0 {
			if err = e.finish(); err == nil {
				err = connected(p, v.slice.live, core)
			}
			break
		}
		for k, name := range named {
			if roots[k] { // it was told to stay
				err = fmt.Errorf("%s cannot be kept although it is in use", name)
			}
			roots[k] = true
		}
		v = settle(before, v.g, roots)
	}
	if err != nil {
		return Report{}, fmt.Errorf("slice: %w", err)
	}
	rep.sort()
	return rep, nil
}

func (r *Report) sort() {
	sort.Strings(r.Removed)
	sort.SliceStable(r.Kept, func(i, j int) bool { return before(r.Kept[i].Pos, r.Kept[j].Pos) })
	sort.SliceStable(r.Dropped, func(i, j int) bool { return before(r.Dropped[i].Pos, r.Dropped[j].Pos) })
	sort.SliceStable(r.Blocked, func(i, j int) bool { return before(r.Blocked[i].Pos, r.Blocked[j].Pos) })
	sort.SliceStable(r.Leftovers, func(i, j int) bool { return before(r.Leftovers[i].Pos, r.Leftovers[j].Pos) })
}

func before(a, b token.Position) bool {
	if a.Filename != b.Filename {
		return a.Filename < b.Filename
	}
	return a.Offset < b.Offset
}
