package library

import (
	"go/types"
	"slices"
	"strings"
	"sync"
)

// index has the rows by function name. Most calls of a program have a name that is not in the table, so one
// lookup is sufficient. It is built at the first lookup, because the tool's process is started for every unit
// of go vet, and most of them need none.
var index struct {
	once  sync.Once
	funcs map[string][]*Func
	types map[string][]*Type
}

func load() {
	index.once.Do(func() {
		index.funcs = make(map[string][]*Func, 1024)
		for _, rows := range tables() {
			for i := range rows {
				f := &rows[i]
				if f.Role == "" {
					continue
				}
				index.funcs[f.Name] = append(index.funcs[f.Name], f)
			}
		}
		index.types = make(map[string][]*Type, 64)
		for i := range typeRows {
			t := &typeRows[i]
			index.types[t.Name] = append(index.types[t.Name], t)
		}
	})
}

// Lookup returns the row of a function or method. pkgPath is the import path in the program, with vendor prefix
// and major version; recv is the name of the receiver's type, "" for a function.
func Lookup(pkgPath, recv, name string) (*Func, bool) {
	load()
	rows := index.funcs[name]
	if len(rows) == 0 {
		return nil, false
	}
	id, major := Fold(pkgPath)
	for _, f := range rows {
		if f.Recv == recv && f.Pkg == id && inRange(major, f.Min, f.Max) {
			return f, true
		}
	}
	if recv != "" {
		return nil, false
	}
	// Export data does not have the named interface of a method, so a caller may not know the
	// receiver. In each package of the table, the methods of interfaces have different names.
	for _, f := range rows {
		if f.Abstract && f.Pkg == id && inRange(major, f.Min, f.Max) {
			return f, true
		}
	}
	return nil, false
}

// LookupObject is like Lookup, for a function of go/types. It is safe for concurrent use, like all lookups.
func LookupObject(fn *types.Func) (*Func, bool) {
	if fn == nil || fn.Pkg() == nil {
		return nil, false
	}
	return Lookup(fn.Pkg().Path(), receiver(fn), fn.Name())
}

// receiver returns the name of the receiver's type, "" for a function and for a method of an unnamed interface.
func receiver(fn *types.Func) string {
	sig, ok := fn.Type().(*types.Signature)
	if !ok || sig.Recv() == nil {
		return ""
	}
	t := types.Unalias(sig.Recv().Type())
	if p, isPtr := t.(*types.Pointer); isPtr {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}

// LookupType returns the row of a type, by import path and name.
func LookupType(pkgPath, name string) (*Type, bool) {
	load()
	rows := index.types[name]
	if len(rows) == 0 {
		return nil, false
	}
	id, major := Fold(pkgPath)
	for _, t := range rows {
		if t.Pkg == id && inRange(major, t.Min, t.Max) {
			return t, true
		}
	}
	return nil, false
}

// LookupBroken returns the row of a call in code without types: imports are the import paths of the file, and
// name is the identifier after the dot. It only finds distinct names (SignedString, ParseRSAPrivateKeyFromPEM),
// and only in a file that imports their library.
func LookupBroken(imports []string, name string) (*Func, bool) {
	load()
	// A method may be declared in a package beside the imported one: a key of
	// github.com/lestrrat-go/jwx/jwk is got through /jwt too. The imported package itself comes first.
	for _, exact := range []bool{true, false} {
		var found *Func
		for _, f := range index.funcs[name] {
			if !f.Distinct {
				continue
			}
			for _, p := range imports {
				id, major := Fold(p)
				here := id == f.Pkg
				if id == stepJose && f.Pkg == joseJWT {
					here, major = true, f.Min // its types are aliases of those
				}
				if !exact {
					here = f.Recv != "" && root(id) == root(f.Pkg)
				}
				// Of two types with such a method, the one that signs is the one that matters.
				if here && inRange(major, f.Min, f.Max) && (found == nil || f.Role == Sign && found.Role != Sign) {
					found = f
				}
			}
		}
		if found != nil {
			return found, true
		}
	}
	return nil, false
}

// IsJWTLibrary reports whether the package makes or signs JSON web tokens.
func IsJWTLibrary(pkgPath string) bool {
	return PackageOf(pkgPath).JWT
}

// Exchanges reports whether a call of the package does a whole exchange. It reads the rows themselves:
// most packages ask nothing else, and the index is not worth building for them.
func Exchanges(pkgPath string) bool {
	id, _ := Fold(pkgPath)
	return slices.ContainsFunc(oauthRows, func(f Func) bool { return f.Role == Exchange && f.Pkg == id })
}

// root cuts a folded path down to the repository, for hosts where that is the third element.
func root(id string) string {
	if !strings.HasPrefix(id, "github.com/") {
		return id
	}
	parts := strings.SplitN(id, "/", 4)
	if len(parts) < 4 {
		return id
	}
	return strings.Join(parts[:3], "/")
}

func inRange(major, lo, hi int) bool {
	return (lo == 0 || major >= lo) && (hi == 0 || major <= hi)
}

// All returns every row of a function, for listings and tests; rows without a role are last. The rows are shared and must not be changed.
func All() []*Func {
	var all []*Func
	for _, rows := range tables() {
		for i := range rows {
			all = append(all, &rows[i])
		}
	}
	return all
}

// Types returns every structure, for listings and tests. The rows are shared and must not be changed.
func Types() []*Type {
	load()
	all := make([]*Type, len(typeRows))
	for i := range typeRows {
		all[i] = &typeRows[i]
	}
	return all
}
