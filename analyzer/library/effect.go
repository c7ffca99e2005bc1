package library

import (
	"go/types"
	"strings"
	"sync"
)

// An Effect says what a program loses with a call whose results nobody reads.
type Effect uint8

const (
	Unknown Effect = iota // the row does not say; a function without any row counts as Strong
	Strong                // something that others see: a request, a file, a value that is shared
	Pure                  // nothing: the results follow from the operands
	Reads                 // nothing: it looks at what stays as it is during a run (a file, a setting, a secret)
	Varies                // nothing: it looks at what differs from call to call (a clock, random numbers)
	Prints                // a line of output if its first operand is a stream of the process, else nothing but what Flow has
	Outputs               // a line on standard output
	Logs                  // a line of output; of a package: see LogEffect
	Exits                 // the end of the program or of the goroutine
	Closes                // a resource of its receiver, which goes with the receiver
	Defines               // the definition of a flag: the call stays, the variable that it fills may go
	Locks                 // a mutex is taken or given back: of use only while something else happens
)

// Harmless reports whether the call can be left out and nothing is lost.
func (e Effect) Harmless() bool { return e == Pure || e == Reads || e == Varies }

// effect is that of a call with the role, for rows that do not say. Roles that are not here say nothing of it.
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

// A Form says what a call makes of a text, or of the reader of one.
type Form uint8

const (
	NoForm  Form = iota // nothing that can be followed
	Text                // its first result is the text
	Reader              // its first result reads the text
	Decoder             // its first result decodes the text
	Decoded             // an operand is what the text says: json.Unmarshal
	Copied              // an operand has the text: io.Copy
)

// A Package says what holds for the functions of a package that have no row.
type Package struct {
	Path   string // folded import path, see Fold; one that ends in /… stands for all packages below it, too
	Effect Effect
	Keys   bool // makes, parses or uses keys
	JWT    bool // its business is JSON web tokens
	Text   bool // only shapes text: no key is read or parsed
	Word   Word
}

// A Word is looked for in string literals by the prefilter, quotes included. The zero Word is none.
type Word struct {
	For  Role   // Sign, Parse or Exchange
	Text string // part of an import path
	Kept bool   // Exchange: of a vendor that keeps its JWT flow, so only looked for if such flows count
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
	byPath sync.Map // import path, as programs have it → *known
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

// packageRow returns the row of a folded path: the longest that fits.
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

// RowOf returns the row of a function or method, whether it has a role or not; nil if there is none. A row for the whole
// name comes before one for a prefix, and a long prefix before a short one.
func RowOf(fn *types.Func) *Func {
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	recv := receiver(fn)
	return knownOf(fn.Pkg().Path()).row(recv, fn.Name(), recv == "" && fn.Signature().Recv() != nil)
}

// row returns the row of a function or method. Of an anonymous one the interface that it belongs to is not known, see Lookup.
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

// Does returns the effect of a call of the function, as the row says or its role.
func (f *Func) Does() Effect {
	if f == nil {
		return Unknown
	}
	if f.Effect != Unknown {
		return f.Effect
	}
	return f.Role.effect()
}

// EffectOf returns the effect of a call of a function: that of its row, else that of its package's row.
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

// Setting reports whether the function reads the one setting that its operand at Path names.
func (f *Func) Setting() bool { return f != nil && f.Lookup }

// LogEffect returns the effect of a call of a logging package's function: as a statement it writes a line, any other makes
// a logger or a field.
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

// Harmless reports whether a call of a function that is not the program's own can be left out and nothing is lost.
func Harmless(fn *types.Func) bool { return EffectOf(fn).Harmless() }
