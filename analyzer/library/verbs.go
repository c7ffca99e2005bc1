package library

import (
	"go/types"
	"strings"
	"unicode"
)

// Effects by name, for functions without a row. A table cannot have all packages, and the name of a function usually describes
// its effect. A name is no proof, so callers treat it as a hint and add a remark.

// readingVerbs begin the names of functions that read a value.
var readingVerbs = [...]string{"Get", "Fetch", "Read", "Load", "Lookup", "Access", "Retrieve", "Decrypt", "Describe", "Resolve"}

// GetsByName reports whether a function reads a value, by its name, such as a client of a secret store. Such a
// call can be removed with the last use of its result. A bare verb counts only if bare is set, for functions of
// the module: in other modules, Get can be a request.
func GetsByName(fn *types.Func, bare bool) bool {
	for _, verb := range readingVerbs {
		rest, ok := strings.CutPrefix(fn.Name(), verb)
		if !ok || rest == "" && !bare || rest != "" && !unicode.IsUpper(rune(rest[0])) {
			continue
		}
		for _, more := range [...]string{"And", "Or", "Into"} {
			if strings.Contains(rest, more) {
				return false
			}
		}
		res := fn.Signature().Results()
		return res.Len() > 0 && !types.Identical(res.At(0).Type(), types.Universe.Lookup("error").Type())
	}
	return false
}

// EndsByName reports whether a logger's function with that name ends the program or the goroutine.
func EndsByName(name string) bool {
	return strings.HasPrefix(name, "Fatal") || strings.HasPrefix(name, "Panic") || strings.HasPrefix(name, "Exit")
}

// GivesUpByName reports whether a function with that name reports a failure and ends the program or the test.
func GivesUpByName(name string) bool {
	switch name {
	case "Usage", "usage", "fatal", "fatalf", "die", "exit", "PrintDefaults", "Skip", "Skipf":
		return true
	}
	return EndsByName(name)
}

// Ends reports whether a function never returns: by its row, or by its name if it has no results.
func Ends(fn *types.Func) bool {
	if fn == nil {
		return false
	}
	if EffectOf(fn) == Exits {
		return true
	}
	name := fn.Name()
	return (strings.HasPrefix(name, "Fatal") || strings.HasPrefix(name, "Panic")) && name != "PanicHandler" && fn.Signature().Results().Len() == 0
}

// LogsByName reports whether a method belongs to a logger, by its name and that of its receiver.
func LogsByName(fn *types.Func) bool {
	switch fn.Name() {
	case "Print", "Printf", "Println", "Info", "Infof", "Infow", "Infoln", "Debug", "Debugf", "Debugw", "Debugln",
		"Warn", "Warnf", "Warnw", "Warning", "Warningf", "Warnln", "Error", "Errorf", "Errorw", "Errorln",
		"Trace", "Tracef", "Log", "Logf", "Fatal", "Fatalf", "Fatalln", "Panicf":
	default:
		return false
	}
	if fn.Signature().Recv() == nil {
		return false
	}
	t := fn.Signature().Recv().Type().String()
	return strings.Contains(strings.ToLower(t[strings.LastIndex(t, "/")+1:]), "log")
}

// mutators are the beginnings of method names that change their receiver.
var mutators = [...]string{
	"Set", "Add", "Del", "Write", "Put", "Reset", "Close", "Create", "Grow", "Truncate", "ReadFrom", "Push", "Insert", "Append", "Store", "Remove",
}

// MutatesByName reports whether a method with that name changes its receiver.
func MutatesByName(name string) bool {
	for _, m := range mutators {
		if strings.HasPrefix(name, m) {
			return true
		}
	}
	return false
}

// fillers are parts of the names of functions that fill the structure that they are given.
var fillers = [...]string{"Unmarshal", "Decode", "Process", "Parse", "Load", "Bind", "Populate", "Read", "Fill", "Scan", "Unpack", "Var", "As", "Configure"}

// FillsByName reports whether a function with that name sets fields of its argument.
func FillsByName(name string) bool {
	for _, s := range fillers {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// ChecksByName reports whether a function only checks a structure by the rules in its tags. Such a check is no
// use of a field: the rules of a dead field are removed with it.
func ChecksByName(fn *types.Func) bool {
	return fn.Pkg() != nil && strings.Contains(fn.Pkg().Path(), "valid") &&
		(strings.HasPrefix(fn.Name(), "Struct") || strings.HasPrefix(fn.Name(), "Validate"))
}
