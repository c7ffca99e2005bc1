// Package value has the facts about values in one outcome of a token request: what an expression is to the new program, what is
// known of it at each status, and the environment at one place of the evaluation. It evaluates nothing.
package value

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// An Outcome is the result of the request to the token service.
type Outcome int

func (o Outcome) String() string {
	return [...]string{"granted", "refused", "failed", "garbled", "passed"}[o]
}

// A Kind is the relation of a value of the old program to the new one.
type Kind int

const (
	Ordinary Kind = iota // the same value, with the same source
	Response             // the *http.Response
	Body                 // a reader of the answer's body
	Raw                  // the bytes or the text of the body
	Decoder              // a decoder that reads the body
	Decoded              // a variable that the answer was decoded into
	Member               // one member of that, see key
	Header               // the answer's header
	Address              // a pointer to the variable obj
	Tuple                // the results of a call
)

// Handle reports whether values of the kind exist in the old program only.
func (k Kind) Handle() bool { return k != Ordinary && k != Address && k != Tuple }

// A Fact is a property of a value.
type Fact struct {
	What FactKind
	C    constant.Value // of a constant
}

type FactKind int

const (
	Unknown  FactKind = iota
	IsNil             // nil
	NotNil            // a value that is not nil
	IsConst           // c
	NotEmpty          // a text or list that is not empty, or a number above zero
)

// A Value has the facts about an expression in one outcome.
type Value struct {
	Kind Kind
	At   func(status int) Fact // by status; nil where nothing is known
	Text string                // its source in the new program; "" if that is unchanged

	Key        string       // member: its name in JSON
	Typ        types.Type   // member, decoded: its type in Go
	Real       bool         // the value exists in the new program, too
	Zero       bool         // decoded: nothing was decoded into it
	Obj        types.Object // address, decoded: the variable
	DecodedFor DecodedFor   // decoded, member: for which refusals a library decoded it
	Not        string       // the source of the negation, if text is a comparison
	Parts      []Value      // tuple
	Plain      bool         // an error that is only a text: no code distinguishes it from another

	Numbers bool // decoder: numbers become a json.Number unless the target's type is another
}

// Fact returns the fact at a status.
func (v Value) Fact(status int) Fact {
	if v.At == nil {
		return Fact{}
	}
	return v.At(status)
}

// Sure returns the fact that holds at every status, unknown if there is none.
func (v Value) Sure(statuses []int) Fact {
	if v.At == nil || len(statuses) == 0 {
		return Fact{}
	}
	first := v.At(statuses[0])
	for _, s := range statuses[1:] {
		if f := v.At(s); !Same(f, first) {
			return Fact{}
		}
	}
	return first
}

func Same(a, b Fact) bool {
	if a.What != b.What {
		return false
	}
	return a.What != IsConst || a.C.Kind() == b.C.Kind() && constant.Compare(a.C, token.EQL, b.C)
}

// Truth returns the value of a condition: 1 true, 0 false, -1 unknown.
func (f Fact) Truth() int {
	if f.What != IsConst || f.C.Kind() != constant.Bool {
		return -1
	}
	if constant.BoolVal(f.C) {
		return 1
	}
	return 0
}

// An Env has the facts at one place in one outcome.
type Env struct {
	Vars   map[types.Object]Value
	Stale  map[types.Object]bool // variables that hold another value in the new program than in the old one
	Status []int                 // the statuses that are still possible: the path condition

	Unchecked ast.Node     // the call by which a refusal was decoded as if it were a token, nil if none was
	Diverged  bool         // after that, a condition was decided otherwise than for a token
	Read      map[int]bool // the statuses for which the body has been read
	Failed    bool         // a decoding of a refusal has failed by directive
	Raw       bool         // the error variable still holds the error of Token

	Entries *Entries           // calls of functions that were entered, with their values
	Calls   map[ast.Node]Value // calls that read the answer, with their values: each is evaluated once
}

func (e *Env) Clone() *Env {
	c := *e
	c.Vars, c.Stale = make(map[types.Object]Value, len(e.Vars)), make(map[types.Object]bool, len(e.Stale))
	for k, v := range e.Vars {
		c.Vars[k] = v
	}
	for k := range e.Stale {
		c.Stale[k] = true
	}
	c.Calls = make(map[ast.Node]Value, len(e.Calls))
	for k, v := range e.Calls {
		c.Calls[k] = v
	}
	return &c
}

// Entries are a list that shares its tail with those of earlier places: there is an env for each statement, and thousands of calls in one
// expression are entered one by one.
type Entries struct {
	Call  ast.Node
	Value Value
	Next  *Entries
}

func (l *Entries) Find(call ast.Node) (Value, bool) {
	for ; l != nil; l = l.Next {
		if l.Call == call {
			return l.Value, true
		}
	}
	return Value{}, false
}

// Join sets e to the facts after either of two paths. A value that differs becomes unknown; a value that is a handle
// on one path only cannot be expressed.
func (e *Env) Join(a, b *Env) {
	vars := map[types.Object]Value{}
	for k, v := range a.Vars {
		w, ok := b.Vars[k]
		switch {
		case v.Real && (!ok || w.Kind != v.Kind), ok && w.Real && w.Kind != v.Kind:
			vars[k] = Value{} // the variable exists; its value is unknown
		case !ok && v.Kind.Handle(), ok && (v.Kind != w.Kind || v.Text != w.Text || v.Key != w.Key):
			vars[k] = Value{Kind: Raw} // a handle without a text: a use is declined
			if ok && !v.Kind.Handle() && !w.Kind.Handle() {
				vars[k] = Value{}
			}
		case ok && v.Kind.Handle() && v.Real != w.Real:
			vars[k] = Value{Kind: Raw}
		case ok:
			v.Zero = v.Zero && w.Zero
			v.Plain = (v.Plain || v.Sure(a.Status).What == IsNil) && (w.Plain || w.Sure(b.Status).What == IsNil)
			v.At = joined(v, w, a.Status, b.Status)
			vars[k] = v
		}
	}
	for k, w := range b.Vars {
		if _, ok := a.Vars[k]; !ok && w.Kind.Handle() && !w.Real {
			vars[k] = Value{Kind: Raw}
		}
	}
	stale := map[types.Object]bool{}
	for k := range a.Stale {
		stale[k] = true
	}
	for k := range b.Stale {
		stale[k] = true
	}
	status := Union(a.Status, b.Status)
	calls := map[ast.Node]Value{}
	for k, v := range a.Calls {
		if w, ok := b.Calls[k]; ok && v.Kind == w.Kind && v.Text == w.Text {
			calls[k] = v
		}
	}
	*e = Env{Calls: calls, Entries: a.Entries, Vars: vars, Stale: stale, Status: status, Unchecked: a.Unchecked, Diverged: a.Diverged || b.Diverged || (a.Unchecked == nil) != (b.Unchecked == nil), Read: bothRead(a.Read, b.Read), Raw: a.Raw && b.Raw, Failed: a.Failed && b.Failed}
	if e.Unchecked == nil {
		e.Unchecked = b.Unchecked
	}
}

// joined keeps the facts on which both ways agree, status by status; a status that only one way has keeps that one's.
func joined(v, w Value, vs, ws []int) func(int) Fact {
	if v.At == nil && w.At == nil {
		return nil
	}
	// Both may be joined themselves, and of the same value: without the memory each if doubles the work.
	known := map[int]Fact{}
	return func(s int) Fact {
		out, ok := known[s]
		if !ok {
			_, inV := slices.BinarySearch(vs, s)
			_, inW := slices.BinarySearch(ws, s)
			switch f, g := v.Fact(s), w.Fact(s); {
			case inV && !inW:
				out = f
			case inW && !inV:
				out = g
			case Same(f, g):
				out = f
			}
			known[s] = out
		}
		return out
	}
}

// Union returns the members of both sorted lists, sorted.
func Union(a, b []int) []int {
	var out []int
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return out
}

func bothRead(a, b map[int]bool) map[int]bool {
	out := make(map[int]bool, len(a)+len(b))
	for s := range a {
		out[s] = true
	}
	for s := range b {
		out[s] = true
	}
	return out
}

// HasRead reports whether the body has been read for a status that is possible here.
func (e *Env) HasRead() bool {
	for _, s := range e.Status {
		if e.Read[s] {
			return true
		}
	}
	return false
}

// Reading notes that the body is read here; unread that its bytes are still there.
func (e *Env) Reading() {
	e.Read = bothRead(e.Read, nil)
	for _, s := range e.Status {
		e.Read[s] = true
	}
}

func (e *Env) Unread() {
	e.Read = bothRead(e.Read, nil)
	for _, s := range e.Status {
		delete(e.Read, s)
	}
}

// A DecodedFor is the set of statuses for which a library decodes an answer into a variable.
type DecodedFor int
