package outcome

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// An Outcome is the result of the request to the token service.
type Outcome int

const (
	Granted Outcome = iota
	Refused
	Failed
	Garbled

	passed // Refused, where a function on the way takes some refusals for no errors: those
)

func (o Outcome) String() string {
	return [...]string{"granted", "refused", "failed", "garbled", "passed"}[o]
}

// A kind is the relation of a value of the old program to the new one.
type kind int

const (
	ordinary kind = iota // the same value, with the same source
	response             // the *http.Response
	body                 // a reader of the answer's body
	raw                  // the bytes or the text of the body
	decoder              // a decoder that reads the body
	decoded              // a variable that the answer was decoded into
	member               // one member of that, see key
	header               // the answer's header
	address              // a pointer to the variable obj
	tuple                // the results of a call
)

// handle reports whether values of the kind exist in the old program only.
func (k kind) handle() bool { return k != ordinary && k != address && k != tuple }

// A fact is a property of a value.
type fact struct {
	what factKind
	c    constant.Value // of a constant
}

type factKind int

const (
	unknown  factKind = iota
	isNil             // nil
	notNil            // a value that is not nil
	isConst           // c
	notEmpty          // a text or list that is not empty, or a number above zero
)

// A value has the facts about an expression in one outcome.
type value struct {
	kind kind
	at   func(status int) fact // by status; nil where nothing is known
	text string                // its source in the new program; "" if that is unchanged

	key        string       // member: its name in JSON
	typ        types.Type   // member, decoded: its type in Go
	real       bool         // the value exists in the new program, too
	zero       bool         // decoded: nothing was decoded into it
	obj        types.Object // address, decoded: the variable
	decodedFor decodedFor   // decoded, member: for which refusals a library decoded it
	not        string       // the source of the negation, if text is a comparison
	parts      []value      // tuple
	plain      bool         // an error that is only a text: no code distinguishes it from another

	numbers bool // decoder: numbers become a json.Number unless the target's type is another
}

func constantly(c constant.Value) func(int) fact {
	f := fact{isConst, c}
	return func(int) fact { return f }
}

func always(k factKind) func(int) fact {
	f := fact{what: k}
	return func(int) fact { return f }
}

func nilValue() value        { return value{at: always(isNil), text: "nil"} }
func boolValue(b bool) value { return value{at: constantly(constant.MakeBool(b))} }

// fact returns the fact at a status.
func (v value) fact(status int) fact {
	if v.at == nil {
		return fact{}
	}
	return v.at(status)
}

// sure returns the fact that holds at every status, unknown if there is none.
func (v value) sure(statuses []int) fact {
	if v.at == nil || len(statuses) == 0 {
		return fact{}
	}
	first := v.at(statuses[0])
	for _, s := range statuses[1:] {
		if f := v.at(s); !same(f, first) {
			return fact{}
		}
	}
	return first
}

func same(a, b fact) bool {
	if a.what != b.what {
		return false
	}
	return a.what != isConst || a.c.Kind() == b.c.Kind() && constant.Compare(a.c, token.EQL, b.c)
}

// truth returns the value of a condition: 1 true, 0 false, -1 unknown.
func (f fact) truth() int {
	if f.what != isConst || f.c.Kind() != constant.Bool {
		return -1
	}
	if constant.BoolVal(f.c) {
		return 1
	}
	return 0
}

// An env has the facts at one place in one outcome.
type env struct {
	vars   map[types.Object]value
	stale  map[types.Object]bool // variables that hold another value in the new program than in the old one
	status []int                 // the statuses that are still possible: the path condition

	unchecked ast.Node     // the call by which a refusal was decoded as if it were a token, nil if none was
	diverged  bool         // after that, a condition was decided otherwise than for a token
	read      map[int]bool // the statuses for which the body has been read
	failed    bool         // a decoding of a refusal has failed by directive
	raw       bool         // the error variable still holds the error of Token

	entries *entries           // calls of functions that were entered, with their values
	calls   map[ast.Node]value // calls that read the answer, with their values: each is evaluated once
}

func (e *env) clone() *env {
	c := *e
	c.vars, c.stale = make(map[types.Object]value, len(e.vars)), make(map[types.Object]bool, len(e.stale))
	for k, v := range e.vars {
		c.vars[k] = v
	}
	for k := range e.stale {
		c.stale[k] = true
	}
	c.calls = make(map[ast.Node]value, len(e.calls))
	for k, v := range e.calls {
		c.calls[k] = v
	}
	return &c
}

// entries are a list that shares its tail with those of earlier places: there is an env for each statement, and thousands of calls in one
// expression are entered one by one.
type entries struct {
	call  ast.Node
	value value
	next  *entries
}

func (l *entries) find(call ast.Node) (value, bool) {
	for ; l != nil; l = l.next {
		if l.call == call {
			return l.value, true
		}
	}
	return value{}, false
}

// join sets e to the facts after either of two paths. A value that differs becomes unknown; a value that is a handle
// on one path only cannot be expressed.
func (e *env) join(a, b *env) {
	vars := map[types.Object]value{}
	for k, v := range a.vars {
		w, ok := b.vars[k]
		switch {
		case v.real && (!ok || w.kind != v.kind), ok && w.real && w.kind != v.kind:
			vars[k] = value{} // a variable that is there, whatever it holds
		case !ok && v.kind.handle(), ok && (v.kind != w.kind || v.text != w.text || v.key != w.key):
			vars[k] = value{kind: raw} // a handle without a text: a use is declined
			if ok && !v.kind.handle() && !w.kind.handle() {
				vars[k] = value{}
			}
		case ok && v.kind.handle() && v.real != w.real:
			vars[k] = value{kind: raw}
		case ok:
			v.zero = v.zero && w.zero
			v.plain = (v.plain || v.sure(a.status).what == isNil) && (w.plain || w.sure(b.status).what == isNil)
			v.at = joined(v, w, a.status, b.status)
			vars[k] = v
		}
	}
	for k, w := range b.vars {
		if _, ok := a.vars[k]; !ok && w.kind.handle() && !w.real {
			vars[k] = value{kind: raw}
		}
	}
	stale := map[types.Object]bool{}
	for k := range a.stale {
		stale[k] = true
	}
	for k := range b.stale {
		stale[k] = true
	}
	status := union(a.status, b.status)
	calls := map[ast.Node]value{}
	for k, v := range a.calls {
		if w, ok := b.calls[k]; ok && v.kind == w.kind && v.text == w.text {
			calls[k] = v
		}
	}
	*e = env{calls: calls, entries: a.entries, vars: vars, stale: stale, status: status, unchecked: a.unchecked, diverged: a.diverged || b.diverged || (a.unchecked == nil) != (b.unchecked == nil), read: bothRead(a.read, b.read), raw: a.raw && b.raw, failed: a.failed && b.failed}
	if e.unchecked == nil {
		e.unchecked = b.unchecked
	}
}

// joined keeps the facts on which both ways agree, status by status; a status that only one way has keeps that one's.
func joined(v, w value, vs, ws []int) func(int) fact {
	if v.at == nil && w.at == nil {
		return nil
	}
	// Both may be joined themselves, and of the same value: without the memory each if doubles the work.
	known := map[int]fact{}
	return func(s int) fact {
		out, ok := known[s]
		if !ok {
			_, inV := slices.BinarySearch(vs, s)
			_, inW := slices.BinarySearch(ws, s)
			switch f, g := v.fact(s), w.fact(s); {
			case inV && !inW:
				out = f
			case inW && !inV:
				out = g
			case same(f, g):
				out = f
			}
			known[s] = out
		}
		return out
	}
}

// union returns the members of both sorted lists, sorted.
func union(a, b []int) []int {
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

// hasRead reports whether the body has been read for a status that is possible here.
func (e *env) hasRead() bool {
	for _, s := range e.status {
		if e.read[s] {
			return true
		}
	}
	return false
}

// reading notes that the body is read here; unread that its bytes are still there.
func (e *env) reading() {
	e.read = bothRead(e.read, nil)
	for _, s := range e.status {
		e.read[s] = true
	}
}

func (e *env) unread() {
	e.read = bothRead(e.read, nil)
	for _, s := range e.status {
		delete(e.read, s)
	}
}
