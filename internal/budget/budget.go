// Package budget has the limits of a run: the work and memory that it spends on code beyond the size of any real program.
//
// All limits are counts (steps, nodes, bytes), never times. So the result is the same on every machine, under any load. A
// run that exceeds a limit reports it, with its place and the flag that raises it, as a blind spot or as the reason
// of a decline. One flag raises all limits, because a user cannot know which limit comes next.
package budget

import "fmt"

// Flag is the name of the flag that multiplies all limits.
const Flag = "budget"

// Most is the highest value of the flag.
const Most = 1000

// A Limit is a bound of some work.
type Limit struct {
	Usual int    // the limit without the flag
	What  string // the counted things, in the plural
}

// The limits. Each is far above the need of the programs in the corpus, and low enough for any machine.
var (
	// OpenCalls bounds the depth of the call chain of a walk over the graph. Helpers around helpers are five or
	// six deep in code written by people; a chain of hundreds comes from generators. A call chain is a list
	// with a shared tail, so depth costs nothing by itself.
	OpenCalls = Limit{256, "open calls in the call chain of a value"}
	// States bounds the pairs of node and context that one walk over the graph visits. A successful walk ends
	// after some hundreds.
	States = Limit{10_000, "states in one walk of a value"}
	// NearStates bounds the states between a value with an ordinary name, such as a header, and its first signature, and, for what a
	// package adds to a flow of a lower one, the states after it. No finding is lost by it: in the corpus the farthest
	// signature of a flow is the 494th state, and those from the 7,500th on belong to none.
	NearStates = Limit{2_500, "states near a signature"}
	// Contexts bounds the call chains in which one walk visits the same node, if a tenth of that was too few: wrap(wrap(wrap(x))).
	Contexts = Limit{60, "call chains to one function in one walk of a value"}
	// Callers bounds the assertions that are followed through one helper, such as set(form, name, value).
	Callers = Limit{400, "assertions that one helper puts into forms"}
	// Distance bounds the steps from a signature back to its key. A key is usually some dozens of steps away.
	// Walks are longer only if they find none.
	Distance = Limit{1000, "steps from the signature back to its key"}
	// ClaimSteps, FieldSteps and URLSteps bound the ways from an exchange back to what identifies its vendor, which is some
	// steps away: farther values are general settings of the program. They are reported only if no vendor was identified.
	ClaimSteps = Limit{40, "steps from a signature back to its claims"}
	FieldSteps = Limit{40, "steps from an exchange back to its parameters"}
	URLSteps   = Limit{30, "steps from an exchange back to its URL"}
	// Bodies bounds the function bodies of one package in the graph that is built if a value comes from a body outside of the
	// first graph. The first graph has 600 KiB of them. Generated clients have dozens of megabytes.
	Bodies = Limit{2 << 20, "bytes of function bodies in one package"}
	// Evaluations bounds the expressions and statements that fixer/outcome evaluates for one exchange, over all
	// outcomes and all functions that it enters. The largest program of the corpus needs 40,000; a million
	// takes about a second.
	Evaluations = Limit{2_000_000, "evaluations of the code after the exchange"}
	// PackageBytes bounds the source of one package that is loaded with bodies. A byte of source needs fifty of
	// memory. The largest real package known is a generated client of 17 MiB, in okta/okta-sdk-golang.
	PackageBytes = Limit{64 << 20, "bytes of source in one package"}
	// TableBytes bounds the text in a composite literal of a package variable. Tables of vendors have some
	// kilobytes.
	TableBytes = Limit{1 << 20, "bytes of text in one table"}
	// Connected and ConnectedBytes bound the packages that have no trigger and that a chain of names connects with an
	// exchange. The services of the corpus need a third of them.
	Connected      = Limit{100, "packages that only names connect with an exchange"}
	ConnectedBytes = Limit{8 << 20, "bytes of source in packages that only names connect with an exchange"}
	// RunBytes bounds the source of all packages that are loaded with bodies.
	RunBytes = Limit{256 << 20, "bytes of source in all packages that can have a part of a flow"}
)

// At returns the limit multiplied by the value of the flag; 0 counts as 1.
func (l Limit) At(scale int) int { return l.Usual * max(scale, 1) }

// Met is the sentence for an exceeded limit: "more than 256 open calls in the call chain of a value; -budget 2
// allows twice as many".
func (l Limit) Met(scale int) string {
	scale = max(scale, 1)
	return fmt.Sprintf("more than %d %s; %s allows twice as many", l.At(scale), l.What, Raise(scale))
}

// Raise returns the flag with twice the value, as it is written on a command line.
func Raise(scale int) string { return fmt.Sprintf("-%s %d", Flag, 2*max(scale, 1)) }
