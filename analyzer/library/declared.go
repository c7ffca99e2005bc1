package library

import (
	"fmt"
	"go/types"
	"strings"
)

// A Declared has effects of functions that the user declared, by names as Name returns them. They are not
// checked, so a result that depends on one has a remark. The zero value has none.
type Declared map[string]Declaration

// A Declaration is the declared effect of one function.
type Declaration struct {
	Effect Effect // Pure, Logs or Exits
	Where  string // file and line of the declaration
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

// Remark is the text of the remark on a call whose effect is declared.
func (d Declaration) Remark(fn *types.Func, place string) string {
	path, _, _ := strings.Cut(fn.Pkg().Path(), " ")
	return fmt.Sprintf("%s %s, as %s says; nobody has checked that (%s)", Name(path, receiver(fn), fn.Name()), d.Does(), d.Where, place)
}

// Of returns the declaration for a function. A method of a generic type has one entry for all instances.
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

// Known reports whether the table has the effect of a function.
func Known(path, recv, name string) bool {
	k := knownOf(path)
	return k.row(recv, name, false).Does() != Unknown || k.pkg.Effect != Unknown
}
