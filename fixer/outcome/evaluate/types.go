// Package evaluate evaluates the code after an exchange in one outcome of the token request.
//
// Input: the syntax, an Exchange, an outcome, and the directives of earlier rounds (Run). Output: Items, the residual of each
// statement, with the exits and the facts there; render.go writes an expression for the new program, print.go a statement.
// It changes no syntax. Statements and expressions evaluate each other, because a call may be entered; the files that do so
// have arrows both ways, and an interface between them was rejected: it would have one implementation.
package evaluate

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/budget"
)

// A jsonField is a field according to the rules of encoding/json.
type jsonField struct {
	path string // selector from the structure
	key  string // name in JSON, lower case
	typ  types.Type
	obj  *types.Var
}

// A chained has the residuals, in one outcome, of the functions between the send and the place of the exchange.
type chained struct {
	Results []value.Value
	Env     *value.Env // the facts after them
	last    *Evaluator // of the last of them
	rets    []Exit     // the returns of the last of them
	Prelude []*Item    // their statements, with their errors assigned to the variable of Token's error
}

// An Item is the residual of one statement of the old program in an outcome.
type Item struct {
	Ev   *Evaluator
	Node ast.Stmt // the statement, nil where the text is new
	Verb verb

	Parts  map[ast.Node]Part // edited
	List   []*Item           // spliced: the items that take the place of the statement
	Branch ast.Stmt          // spliced: the branch of an if that they are the items of
	Scoped bool              // spliced: they declare names that mean something else around the statement
	Text   Rendering         // written

	Turned bool // edited: an if of which only the else branch is left

	tag   Rendering // edited: of a switch
	Cases []*Choice // edited: a switch, case by case

	Leaves        bool       // control does not get past it
	Crash         bool       // the old program panics here
	Status        []int      // the statuses that reach it
	Env           *value.Env // the facts there: exits only
	Unchecked     bool       // it follows a decoding of a refusal that no condition has checked
	Out           bool       // an exit of an unchecked refusal: it is replaced
	inexpressible error      // why it cannot be expressed; an error only if it stays
}

type verb int

const (
	Kept    verb = iota // as it is
	Dropped             // gone
	Edited              // parts of it change
	Spliced             // its inner statements replace it
	Written             // other text
)

// A Choice is one case of a switch: its values (none for default) and its items.
type Choice struct {
	Clause *ast.CaseClause
	When   []Rendering
	Items  []*Item
}

// HTTP libraries whose sending call returns an answer of their own type, or decodes it.

// A Decoding is a decoding by a library while it sends, into targets that were set on the request.
type Decoding struct {
	Result ast.Expr // of an answer with a status of 200 to 299: nil where there is none
	Error  ast.Expr // of a status of 400 and more: nil where there is none
}

// An operation is an operator with a constant, applied to a value.
type operation struct {
	node     *ast.BinaryExpr
	op       token.Token // ILLEGAL if the value is the right operand of an operator that is not commutative
	constant ast.Expr
	n        int64
	duration bool // the result is a time.Duration
}

// An Exchange is the call whose place Config.Token takes, with the functions below it.
type Exchange struct {
	Func *syntax.Func  // the function in which the token is fetched
	Call *ast.CallExpr // the call: of a library, or of the last function of Chain

	// Chain has the functions between the call that sends and Call, the sending one first: each holds the call of
	// the one before it. They may serve others and stay; what they make of the answer is evaluated.
	Chain []Link

	Sent      Sent              // of the request
	Decoding  *Decoding         // targets that the sending library decodes into; nil if it decodes nothing
	Millis    bool              // expires_in was milliseconds
	Closed    bool              // the old answer had access_token, token_type and expires_in, and no other members
	Durations bool              // a vendor's SDK returns the lifetime as a time.Duration
	Fields    map[string]string // of the structure that a vendor's SDK returns: members of the answer by field
}

// A Link is a function of the call chain between the send and the exchange, with the call in it that returns the answer.
type Link struct {
	Func *syntax.Func
	Call *ast.CallExpr
}

// A Frame is a list of statements around the exchange.
type Frame struct {
	List  []ast.Stmt
	At    int      // the statement that holds the exchange
	Owner ast.Node // the node whose body the list is: *ast.FuncDecl, *ast.FuncLit, a loop, an if, a case, a block
	Outer ast.Stmt // the statement of the frame around it that holds the list; nil for the body of the function
	Tail  []ast.Stmt
}

// A Part is the residual of a part of a statement: other text, or the items of a block.
type Part struct {
	Rendering
	Items []*Item
	Block bool // items counts
	Gone  bool
}

// A Printer writes items as source.
type Printer struct {
	Canon  bool // for comparison: plain errors are one and the same word
	Strict bool // for comparison: errors are distinct
	Texts  bool // for comparison: plain errors that the program makes itself are distinct, those that it passes on are not
	Keeps  []ast.Node
}

// A read is the use of the answer by a library function. Operands are counted from 0, recv is the receiver.
type read struct {
	from    int        // the operand that is read
	gives   value.Kind // the first result, ordinary if it is no part of the answer
	fills   int        // an operand that has the same bytes afterwards, none
	decodes int        // an operand that the answer is decoded into, none
}

// Rendering is source of the new program.
type Rendering struct {
	Text  string
	Keeps []ast.Node // the nodes of the old source that it repeats
	bound bool       // a name in it means another variable than in the old source
}

// A renderer collects the edits that turn a piece of the old source into the new program's.
type renderer struct {
	ev       *Evaluator
	en       *value.Env
	verbatim bool // packages only
	canon    bool // plain errors become one and the same word, for comparison
	strict   bool // canon: they do not, but variables are distinct
	texts    bool // canon: only local variables do
	edits    []change.Edit
	keeps    []ast.Node
	bound    bool
	base     int
}

// plainWord represents an error that no code distinguishes from another.
const plainWord = "⟨error⟩"

// Names are the names of new variables.
type Names struct{ Token, Lifetime string }

// A World is an outcome on its way through the function.
type World struct {
	Ev     *Evaluator
	En     *value.Env
	Live   bool
	Levels []*Level // by frame; nil if the outcome does not reach it
	Hand   chained
	Others []int // statuses that a function on the way takes for no errors, where it takes others for some
}

// A Level is the residual of one list of statements in an outcome.
type Level struct {
	Items     []*Item
	Falls     bool
	Unchecked bool // falls: all refusals that reach the end were taken for a token
	Raw       bool // the error variable still held the error of Token at the beginning
}

// A Run evaluates one exchange. It is repeated with more directives until the residuals can be expressed.
type Run struct {
	Ix *syntax.Index
	Ex *Exchange

	Tok, Refused, Lifetime string // names in the new program
	ErrName                string // of the variable that holds the error of Token
	ErrVar                 types.Object
	ErrNew                 bool   // the old program has no such variable
	ErrText                string // its name in the new program, where that is another one

	Evaluated int // so far, see [budget.Evaluations]

	Lenient bool // a refusal with a good status and an error member, which vendors do not send, may be an error to callers that check it

	Frames []Frame
	Stmt   ast.Stmt // the simple statement that holds the exchange
	Worlds map[value.Outcome]*World

	Sentinels map[*types.Var]bool // package variables that are errors, never nil

	// Directives, found in earlier rounds.
	Fill    map[types.Object]bool // variables that are filled from the token, because they go on as a whole
	NoError map[ast.Node]bool     // of these it is not enough
	ByError map[ast.Node]bool     // decodings of a refusal of which only the error member is read: RetrieveError has it
	Exact   map[ast.Node]bool     // decodings of a refusal whose result is used: they may fail by themselves
	Cut     map[ast.Node]bool     // decoding calls that fail for every refusal, because its result is not used

	// Found in Granted, used in the other outcomes.
	Decisions      map[ast.Node][2]bool // which ways a condition went: false, true
	TokenDecodings map[ast.Node]bool    // calls that decode the token
	Numbers        bool                 // one of them with UseNumber

	LifetimeUsed  bool
	LifetimeFirst bool // the lifetime is declared right after the exchange
	TokUsed       bool
	UsedEmpty     bool                    // a condition tests whether a refusal has an access token
	MemberLeft    bool                    // callers check a refusal with a good status and an error member
	NotByError    bool                    // a condition, here or of a caller, tests something else of a decoded refusal than its error member
	AsksError     map[ast.Node]bool       // ifs and cases that test the error member
	Targets       map[types.Object]bool   // variables that the token is decoded into, and that go
	UncheckedSeen bool                    // some refusals are taken for a token
	Changed       map[ast.Node]Rendering  // parts of other functions that change with the unit of expires_in
	Uncomment     map[*ast.Comment]string // comments that are untrue then
	Notes         []note

	checked *bool                 // see checkedByCallers
	sent    map[types.Object]bool // see requests
	moved   map[string]*types.Var // local variables of functions of the call chain that are declared where the token is fetched, by name
	Why     map[ast.Node]error    // calls that could not be entered, and why
	Entered map[Entry]bool        // calls that were entered and have no side effect
}

// An Entry is a call in an outcome.
type Entry struct {
	what value.Outcome
	call *ast.CallExpr
}

// A note is a remark for the reviewer.
type note struct {
	Look safety.Look
	Text string
}

// An Evaluator evaluates one function in one outcome.
type Evaluator struct {
	*Run
	What value.Outcome
	F    *syntax.File
	D    *syntax.Func

	caller    *Evaluator                   // of a function that is entered: the evaluator of the call
	closureOf *Evaluator                   // of a literal: the evaluator of the function around it
	Args      map[types.Object]value.Value // and the values of its parameters
	depth     int
	allGiven  bool                            // of a function that is entered: its arguments are the results of another call
	types     map[*types.TypeParam]types.Type // of a generic function that is entered: its type arguments

	Pending    []*Item // fills, to be inserted before the current statement
	Exits      []Exit
	Done       []Exit // those that continue a loop
	free       bool   // of a function that was entered: it has no side effect
	asking     bool   // a condition is evaluated
	askedError bool   // it has an error member
	panicked   bool   // the expression that is being evaluated reads a field of nil

	sums map[sum]value.Value // results of operations during a rendering, see [renderer.all]; else nil
}

// A sum is an operation with the facts of one place.
type sum struct {
	e  *ast.BinaryExpr
	en *value.Env
}

// An Exit is one way out of the statements that are evaluated.
type Exit struct {
	How    ExitKind
	Label  string // of a break, continue or goto
	Env    *value.Env
	Item   *Item
	values []value.Value // of a return
}

type ExitKind int

const (
	Returns ExitKind = iota
	Breaks
	Continues
	jumps   // goto
	ends    // os.Exit, panic
	Crashes // reads a field of nil: the old program panics
)

// A FillRequest is an error that requests another round with a variable filled.
type FillRequest struct{ Fill types.Object }

type failure struct{ err error }

// count counts an evaluation, and ends the run where there were too many: calls in calls and decisions behind decisions are evaluated
// again at each level.
func (r *Run) count() {
	if r.Evaluated++; r.Evaluated > r.Limit() {
		Fail(r.Spent())
	}
}

func (r *Run) Limit() int { return budget.Evaluations.At(r.Ix.Budget) }

func (r *Run) Spent() error {
	return reason.New(reason.Budget, "%s (%s)", budget.Evaluations.Met(r.Ix.Budget), r.Ex.Func.File.Place(r.Ex.Call))
}

func (r *Run) note(look safety.Look, text string) {
	if n := (note{look, text}); !slices.Contains(r.Notes, n) {
		r.Notes = append(r.Notes, n)
	}
}

func (w *FillRequest) Error() string { return "fill " + w.Fill.Name() }

// Everything returns all items, those inside of others too.
func Everything(items []*Item) []*Item {
	var out []*Item
	for _, it := range items {
		out = append(out, it)
		out = append(out, Everything(it.List)...)
		for _, c := range it.Cases {
			out = append(out, Everything(c.Items)...)
		}
		for _, p := range it.Parts {
			out = append(out, Everything(p.Items)...)
		}
	}
	return out
}

func Quoted(s string) string { return "«" + s + "»" }

func literal(f value.Fact) string {
	switch {
	case f.What == value.IsNil:
		return "nil"
	case f.C.Kind() == constant.String:
		return quote(constant.StringVal(f.C))
	}
	return f.C.ExactString()
}

// domain returns the statuses that an answer can have in an outcome.
func domain(what value.Outcome) []int {
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

// Fail leaves the evaluation with an error; catch turns it into a result again. The evaluation is a
// recursion over statements and expressions, most of which cannot fail: errors as results would hide it.
func Fail(err error) { panic(failure{err}) }

func Catch(err *error) {
	switch p := recover().(type) {
	case nil:
	case failure:
		*err = p.err
	default:
		panic(p)
	}
}

func hasPrefix(name string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

func quote(s string) string { return strconv.Quote(s) }
