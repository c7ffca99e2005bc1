package slice

import "go/types"

// Pure reports whether a call of a function outside of the module can be left out without anybody noticing,
// if its result is not wanted.
func Pure(fn *types.Func) bool {
	if cl, ok := lookup(fullName(fn)); ok {
		return cl == pure
	}
	return fn.Pkg() != nil && inPackages(purePackages, fn.Pkg().Path())
}
