package outcome

import (
	"go/ast"
	"go/types"
	"slices"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/budget"
)

// A run evaluates one exchange. It is repeated with more directives until the residuals can be expressed.
type run struct {
	ix *syntax.Index
	ex *Exchange

	tok, refused, lifetime string // names in the new program
	errName                string // of the variable that holds the error of Token
	errVar                 types.Object
	errNew                 bool   // the old program has no such variable
	errText                string // its name in the new program, where that is another one

	evaluated int // so far, see [budget.Evaluations]

	frames []frame
	stmt   ast.Stmt // the simple statement that holds the exchange
	worlds map[Outcome]*world

	sentinels map[*types.Var]bool // package variables that are errors, never nil

	// Directives, found in earlier rounds.
	fill    map[types.Object]bool // variables that are filled from the token, because they go on as a whole
	noError map[ast.Node]bool     // of these it is not enough
	byError map[ast.Node]bool     // decodings of a refusal of which only the error member is read: RetrieveError has it
	exact   map[ast.Node]bool     // decodings of a refusal whose result is used: they may fail by themselves
	cut     map[ast.Node]bool     // decoding calls that fail for every refusal, because its result is not used

	// Found in Granted, used in the other outcomes.
	decisions      map[ast.Node][2]bool // which ways a condition went: false, true
	tokenDecodings map[ast.Node]bool    // calls that decode the token
	numbers        bool                 // one of them with UseNumber

	lifetimeUsed  bool
	lifetimeFirst bool // the lifetime is declared right after the exchange
	tokUsed       bool
	usedEmpty     bool                    // a condition tests whether a refusal has an access token
	targets       map[types.Object]bool   // variables that the token is decoded into, and that go
	uncheckedSeen bool                    // some refusals are taken for a token
	changed       map[ast.Node]rendering  // parts of other functions that change with the unit of expires_in
	uncomment     map[*ast.Comment]string // comments that are untrue then
	notes         []note

	moved   map[string]*types.Var // local variables of functions of the call chain that are declared where the token is fetched, by name
	why     map[ast.Node]error    // calls that could not be entered, and why
	entered map[entry]bool        // calls that were entered and have no side effect
}

// An entry is a call in an outcome.
type entry struct {
	what Outcome
	call *ast.CallExpr
}

// count counts an evaluation, and ends the run where there were too many: calls in calls and decisions behind decisions are evaluated
// again at each level.
func (r *run) count() {
	if r.evaluated++; r.evaluated > r.limit() {
		fail(r.spent())
	}
}

func (r *run) limit() int { return budget.Evaluations.At(r.ix.Budget) }

func (r *run) spent() error {
	return reason.New(reason.Budget, "%s (%s)", budget.Evaluations.Met(r.ix.Budget), r.ex.Func.File.Place(r.ex.Call))
}

// A note is a remark for the reviewer.
type note struct {
	look safety.Look
	text string
}

func (r *run) note(look safety.Look, text string) {
	if n := (note{look, text}); !slices.Contains(r.notes, n) {
		r.notes = append(r.notes, n)
	}
}

// domain returns the statuses that an answer can have in an outcome.
func domain(what Outcome) []int {
	switch what {
	case Granted, Garbled:
		return []int{200}
	case Refused:
		out := []int{200} // with an error member
		for n := 300; n < 600; n++ {
			out = append(out, n)
		}
		return out
	}
	return []int{0}
}

// An evaluator evaluates one function in one outcome.
type evaluator struct {
	*run
	what Outcome
	f    *syntax.File
	d    *syntax.Func

	caller    *evaluator             // of a function that is entered: the evaluator of the call
	closureOf *evaluator             // of a literal: the evaluator of the function around it
	args      map[types.Object]value // and the values of its parameters
	depth     int
	allGiven  bool                            // of a function that is entered: its arguments are the results of another call
	types     map[*types.TypeParam]types.Type // of a generic function that is entered: its type arguments

	pending  []*item // fills, to be inserted before the current statement
	exits    []exit
	done     []exit // those that go round a loop
	free     bool   // of a function that was entered: it has no side effect
	asking   bool   // a condition is evaluated
	panicked bool   // the expression that is being evaluated reads a field of nil

	sums map[sum]value // results of operations during a rendering, see [renderer.all]; else nil
}

// A sum is an operation with the facts of one place.
type sum struct {
	e  *ast.BinaryExpr
	en *env
}

// An exit is one way out of the statements that are evaluated.
type exit struct {
	how    exitKind
	label  string // of a break, continue or goto
	env    *env
	item   *item
	values []value // of a return
}

type exitKind int

const (
	returns exitKind = iota
	breaks
	continues
	jumps   // goto
	ends    // os.Exit, panic
	crashes // reads a field of nil: the old program panics
)

// A fillRequest is an error that requests another round with a variable filled.
type fillRequest struct{ fill types.Object }

func (w *fillRequest) Error() string { return "fill " + w.fill.Name() }

// fail leaves the evaluation with an error; catch turns it into a result again. The evaluation is a
// recursion over statements and expressions, most of which cannot fail: errors as results would hide it.
func fail(err error) { panic(failure{err}) }

type failure struct{ err error }

func catch(err *error) {
	switch p := recover().(type) {
	case nil:
	case failure:
		*err = p.err
	default:
		panic(p)
	}
}
