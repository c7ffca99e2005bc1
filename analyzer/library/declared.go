package library

import (
	"fmt"
	"go/types"
	"strings"
)

// A Declared is what a user says of functions that the table does not have, by name as Name writes it. Nothing of it is
// checked: whoever relies on it says so. The zero Declared says nothing.
type Declared map[string]Declaration

// A Declaration is what a user says of one function.
type Declaration struct {
	Effect Effect // Pure, Logs or Exits
	Where  string // file and line of the statement
	Line   int
}

// Words are the effects that can be declared, by the word for each.
var Words = map[string]Effect{"pure": Pure, "logs": Logs, "exits": Exits}

// Does is the effect as a part of a sentence.
func (d Declaration) Does() string {
	switch d.Effect {
	case Pure:
		return "has no side effect"
	case Logs:
		return "only logs"
	case Exits:
		return "ends the program"
	}
	return ""
}

// Remark tells a reviewer that somebody relies on the declaration, for a call at a place.
func (d Declaration) Remark(fn *types.Func, place string) string {
	path, _, _ := strings.Cut(fn.Pkg().Path(), " ")
	return fmt.Sprintf("%s %s, as %s says; nobody has checked that (%s)", Name(path, receiver(fn), fn.Name()), d.Does(), d.Where, place)
}

// Of returns what is said of a function. A method of a generic type has one entry for all instances.
func (d Declared) Of(fn *types.Func) (Declaration, bool) {
	if len(d) == 0 || fn == nil || fn.Pkg() == nil {
		return Declaration{}, false
	}
	path, _, _ := strings.Cut(fn.Pkg().Path(), " ") // a test variant: "p [p.test]"
	got, ok := d[Name(path, receiver(fn), fn.Name())]
	return got, ok
}

// Name is the name of a function in a Declared: "example.com/p.F", "(example.com/p.T).M".
func Name(path, recv, name string) string {
	if recv == "" {
		return path + "." + name
	}
	return "(" + path + "." + recv + ")." + name
}

// Known reports whether the table says what a call of a function does.
func Known(path, recv, name string) bool {
	k := knownOf(path)
	return k.row(recv, name, false).Does() != Unknown || k.pkg.Effect != Unknown
}
