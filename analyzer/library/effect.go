package library

import (
	"go/types"
	"strings"
	"sync"
)

// An Effect is what a program loses if a call with unused results is removed.
type Effect uint8

const (
	Unknown Effect = iota // not in the row; a function without any row counts as Strong
	Strong                // an effect that others can see: a request, a file, a shared value
	Pure                  // none: the results depend only on the operands
	Reads                 // none: it reads a value that does not change during a run (a file, a setting, a secret)
	Varies                // none: it reads a value that differs from call to call (a clock, random numbers)
	Prints                // a line of output if its first operand is a stream of the process, or else only the edges of Flow
	Outputs               // a line on standard output
	Logs                  // a line of output; of a package: see LogEffect
	Exits                 // the end of the program or of the goroutine
	Closes                // a resource of its receiver, which is removed with the receiver
	Defines               // the definition of a flag: the call stays, and the variable that it sets may be removed
	Locks                 // a mutex is locked or unlocked, which only matters if the code between has an effect
)

// Harmless reports whether a call with the effect can be removed without a loss.
func (e Effect) Harmless() bool { return e == Pure || e == Reads || e == Varies }

// effect is the effect of a call with the role, for rows without one. It is Unknown for other roles.
func (r Role) effect() Effect {
	switch r {
	case Load:
		return Reads
	case Generate:
		return Varies
	case Parse, Signer, Claims, SetClaim, SigningInput, Sign, SignRaw, Request, SetURL, SetField, SetBody, SetHeader, SetBearer, Response, Verify, Pass:
		return Pure
	case Send, Exchange:
		return Strong
	}
	return Unknown
}

// A Form is the relation of a call's result to a text, or to a reader of one.
type Form uint8

const (
	NoForm  Form = iota // none that can be followed
	Text                // its first result is the text
	Reader              // its first result reads the text
	Decoder             // its first result decodes the text
	Decoded             // an operand gets the value of the text: json.Unmarshal
	Copied              // an operand gets the text: io.Copy
)

// A Package is the row for the functions of a package that have no row of their own.
type Package struct {
	Path   string // folded import path, see Fold; with /… at the end it includes all packages below it
	Effect Effect
	Keys   bool // makes, parses or uses keys
	JWT    bool // a library for JSON web tokens
	Text   bool // only transforms text: no key is read or parsed
	Holds  bool // keeps values of type any for the program and gives them back; reads no field of them
	Word   Word
}

// A Word is a trigger of the prefilter, searched in string literals with their quotes. The zero Word is none.
type Word struct {
	For  Role   // Sign, Parse or Exchange
	Text string // part of an import path
	Kept bool   // Exchange: of a vendor that keeps its JWT flow; a trigger only if such flows count
}

// Packages returns the rows of packages.
func Packages() []Package { return packageRows }

// known is what the table has of one package.
type known struct {
	pkg   *Package
	major int
	rows  []*Func
}

var (
	byPath sync.Map // import path as in programs → *known
	byPkg  = sync.OnceValue(func() map[string][]*Func {
		m := map[string][]*Func{}
		for _, rows := range tables() {
			for i := range rows {
				m[rows[i].Pkg] = append(m[rows[i].Pkg], &rows[i])
			}
		}
		return m
	})
	noPackage Package
)

func knownOf(path string) *known {
	if k, ok := byPath.Load(path); ok {
		return k.(*known)
	}
	id, major := Fold(path)
	k := &known{pkg: packageRow(id), major: major, rows: byPkg()[id]}
	byPath.Store(path, k)
	return k
}

// packageRow returns the row of a folded path: the longest that matches.
func packageRow(id string) *Package {
	found := &noPackage
	for i := range packageRows {
		p := &packageRows[i]
		base, below := strings.CutSuffix(p.Path, "/…")
		if (id == base || below && strings.HasPrefix(id, base+"/")) && len(p.Path) > len(found.Path) {
			found = p
		}
	}
	return found
}

// PackageOf returns the row of a package by its import path, the zero Package if there is none.
func PackageOf(path string) *Package {
	id, _ := Fold(path)
	return packageRow(id)
}

// RowOf returns the row of a function or method, with or without a role; nil if there is none. A row for the
// whole name has precedence over one for a prefix, and a long prefix over a short one.
func RowOf(fn *types.Func) *Func {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	recv := receiver(fn)
	return knownOf(fn.Pkg().Path()).row(recv, fn.Name(), recv == "" && fn.Signature().Recv() != nil)
}

// row returns the row of a function or method. The receiver of an anonymous one is an unknown interface, see
// Lookup.
func (k *known) row(recv, name string, anonymous bool) *Func {
	var found *Func
	for _, f := range k.rows {
		if !inRange(k.major, f.Min, f.Max) || f.Recv != recv && !(anonymous && f.Abstract) || anonymous && !f.Abstract {
			continue
		}
		if f.Name == name {
			return f
		}
		if prefix, ok := strings.CutSuffix(f.Name, "*"); ok && strings.HasPrefix(name, prefix) && (found == nil || len(f.Name) > len(found.Name)) {
			found = f
		}
	}
	return found
}

// Does returns the effect of a call of the function: that of the row, or of its role.
func (f *Func) Does() Effect {
	if f == nil {
		return Unknown
	}
	if f.Effect != Unknown {
		return f.Effect
	}
	return f.Role.effect()
}

// EffectOf returns the effect of a call of a function: that of its row, or of its package's row.
func EffectOf(fn *types.Func) Effect {
	if fn == nil {
		return Unknown
	}
	if fn.Pkg() == nil { // error.Error
		return Pure
	}
	if e := RowOf(fn).Does(); e != Unknown {
		return e
	}
	return knownOf(fn.Pkg().Path()).pkg.Effect
}

// Setting reports whether the function reads one setting, whose name is its operand at Path.
func (f *Func) Setting() bool { return f != nil && f.Lookup }

// LogEffect returns the effect of a call of a logging package's function: a line of output if it is a
// statement. Other calls make a logger or a field.
func LogEffect(fn *types.Func, statement bool) Effect {
	switch {
	case EndsByName(fn.Name()):
		return Exits
	case !statement:
		return Pure
	case strings.HasPrefix(fn.Name(), "Set"):
		return Strong
	}
	return Logs
}

// Harmless reports whether a call of a function of another module can be removed without a loss.
func Harmless(fn *types.Func) bool { return EffectOf(fn).Harmless() }
