// Package budget has the limits of a run: how much work and memory it spends on code that no real program has so much of.
//
// All of them are counts (steps, nodes, bytes), never times: the answer is the same on every machine, however busy. A limit that is met
// is told with its name, where it was met, and the flag that raises it: by a blind spot, or by the reason why a flow is not rewritten.
// One flag raises them all, because nobody knows beforehand which one is next.
package budget

import "fmt"

// Flag is the name of the flag that multiplies all limits.
const Flag = "budget"

// Most is the highest value of the flag.
const Most = 1000

// A Limit is a bound of some work.
type Limit struct {
	Usual int    // how much there may be
	What  string // of what, in the plural
}

// The limits. Each is far above what the programs of the corpus need, and low enough for a machine of any kind.
var (
	// OpenCalls are the calls that a walk over the graph has gone into. People write helpers around helpers, five or six deep; a chain of
	// hundreds comes from generators. A context is a list that shares its tail, so depth costs nothing by itself.
	OpenCalls = Limit{256, "open calls on the way of a value"}
	// States are the places, with their contexts, that one walk over the graph looks at. Walks that find what they look for are over after some hundreds.
	States = Limit{10_000, "places that one walk of a value comes by"}
	// Distance is the steps from a signature back to its key. It is near where it is in sight at all: further than some dozens a walk goes
	// only where it has found none.
	Distance = Limit{1000, "steps from the signature back to its key"}
	// Evaluations are the expressions and statements that fixer/outcome evaluates for one exchange, over all outcomes and functions that it
	// enters. The largest program of the corpus takes 40,000; a million takes about a second.
	Evaluations = Limit{2_000_000, "evaluations of what follows the exchange"}
	// PackageBytes are the bytes of source of one package that is loaded with bodies. A byte of source takes fifty of memory. The largest
	// real package known is a generated client of 17 MiB, in okta/okta-sdk-golang.
	PackageBytes = Limit{64 << 20, "bytes of source in one package"}
	// TableBytes are the bytes of a table of text that is a package variable. Where vendors are described by one it has kilobytes.
	TableBytes = Limit{1 << 20, "bytes of text in one table"}
	// RunBytes are the same of all packages together.
	RunBytes = Limit{256 << 20, "bytes of source in all packages that can have a part of a flow"}
)

// At returns the limit multiplied by what the flag says; 0 is 1.
func (l Limit) At(scale int) int { return l.Usual * max(scale, 1) }

// Met says that the limit was met: "more than 256 open calls on the way of a value; -budget 2 allows twice as many".
func (l Limit) Met(scale int) string {
	scale = max(scale, 1)
	return fmt.Sprintf("more than %d %s; %s allows twice as many", l.At(scale), l.What, Raise(scale))
}

// Raise is the flag with the next higher value.
func Raise(scale int) string { return fmt.Sprintf("-%s %d", Flag, 2*max(scale, 1)) }
