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

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/slice/box"
	"jwtretire.example/fixer/slice/build"
	"jwtretire.example/fixer/slice/edit"
	"jwtretire.example/fixer/slice/graph"
	"jwtretire.example/fixer/slice/live"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
)

// Options are the settings of Extend.
type Options struct {
	// TestsCount makes the use of a function in a test a reason to keep it. Without it a test
	// function that uses only dead code is removed, too.
	TestsCount bool

	// Private reports whether nobody outside of the index imports a package, so that its exported
	// objects may change. Package main and packages below internal are always private.
	Private func(path string) bool

	// Declared has the user's facts about functions that are not in the library table.
	Declared library.Declared

	// Apart holds the files behind build constraints that change on their own, with the flows of their
	// platform. What other such files name stays.
	Apart map[string]bool
}

// Extend adds to set all code that loses its last use by it. ix has the packages with the nodes of
// set, and all packages of the module that can use their objects; they are not changed. After an error, set is
// incomplete and must not be used.
func Extend(ix *syntax.Index, set *change.Set, opts Options) (rep report.Report, err error) {
	if set.Empty() {
		return report.Report{}, nil
	}
	p, err := program.New(ix, set, program.Scope{Private: opts.Private, Declared: opts.Declared, Apart: opts.Apart})
	if err != nil {
		return report.Report{}, fmt.Errorf("slice: %w", err)
	}
	core := p.Units()
	boxes := box.Find(p)
	before := build.New(p, nil, boxes)
	if !opts.TestsCount {
		flowTests(p, set, before)
	}
	v, roots := live.Settle(before, build.New(p, set, boxes), nil), map[graph.Key]bool{}
	for err == nil {
		rep = report.Report{}
		e := edit.New(v, &rep)
		if err = e.Decide(); err != nil {
			break
		}
		named := e.Named()
		if len(named) == 0 {
			if err = e.Finish(); err == nil {
				err = connected(p, v.Slice.Live, core)
			}
			break
		}
		for k, name := range named {
			if roots[k] { // it has to stay
				err = fmt.Errorf("%s cannot be kept although it is in use", name)
			}
			roots[k] = true
		}
		v = live.Settle(before, v.After, roots)
	}
	if err != nil {
		return report.Report{}, fmt.Errorf("slice: %w", err)
	}
	rep.Sort()
	return rep, nil
}
