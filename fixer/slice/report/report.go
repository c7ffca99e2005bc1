// Package report has the changes of a slice and the code that it left, as data for the messages and the judgement of a rewrite.
package report

import (
	"go/ast"
	"go/token"
	"sort"
)

// A setting of the flow that stays (a field that is filled by reflection, a flag that a command
// line may still have) must not be mandatory any more: the operator would have to keep a dead key.
// So tags lose the words that make it mandatory, and flags lose such a call, and the report lists these.
// Unknown code that requires the setting is a Demand.

// A Demand is code that requires a setting without readers, and that could not be removed.
type Demand struct {
	Statement
	Setting string
}

// A Report lists the changes of Extend, and the code that it left for a reason.
type Report struct {
	Removed   []string    // objects by name: "func loadKey", "field Client.key", "var keyPath in main"
	Kept      []Kept      // what died and has to stay all the same
	Dropped   []Statement // prints, logs and metrics that went with what they spoke of
	Blocked   []Blocked   // statements that stay and read something that was to go
	Leftovers []Leftover  // sources outside Go that nothing reads any more
	Idle      []Idle      // calls that stay for another effect, without a use of their results
	Relaxed   []Statement // what asked for such a setting and does not any more: Text is not source here
	Demands   []Demand    // code that still requires a setting without a reader
	Notes     []Statement // notes for a reviewer: Text is not source here
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

func (r *Report) Sort() {
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
