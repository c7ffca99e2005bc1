package load

import (
	"go/types"
	"path"
	"strconv"
	"strings"
)

// fakePackage returns an empty package for a missing path. If an importer returns it with an error, go/types
// marks it as fake and reports no errors about its uses. Each importer needs its own, because go/types writes
// the mark.
func fakePackage(path string) *types.Package {
	return types.NewPackage(path, assumedName(path))
}

// assumedName guesses the name of a package from its path, by the rule of goimports: the last element that is
// no major version, without "go-", up to the first character that an identifier cannot have. So go-jose.v2 is
// jose, and jwt-go is jwt.
func assumedName(importPath string) string {
	base := path.Base(importPath)
	if v, ok := strings.CutPrefix(base, "v"); ok {
		if _, err := strconv.Atoi(v); err == nil && path.Dir(importPath) != "." {
			base = path.Base(path.Dir(importPath))
		}
	}
	base = strings.TrimPrefix(base, "go-")
	if i := strings.IndexFunc(base, func(r rune) bool { return r < 0x80 && !isLetter(byte(r)) }); i >= 0 {
		base = base[:i]
	}
	if base == "" || '0' <= base[0] && base[0] <= '9' {
		return "_" + base
	}
	return base
}
