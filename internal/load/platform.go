package load

import (
	"bytes"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// The operating systems and architectures of file names and build constraints, frequent ones first (go/build, syslist.go).
var (
	systems = strings.Fields("linux darwin windows freebsd openbsd netbsd dragonfly solaris illumos aix android ios js wasip1 plan9 hurd nacl zos")
	unixes  = strings.Fields("aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris")
	archs   = strings.Fields("amd64 arm64 386 arm wasm ppc64le ppc64 riscv64 s390x loong64 mips64le mips64 mipsle mips amd64p32 armbe arm64be mips64p32 mips64p32le ppc riscv s390 sparc sparc64")
)

// maxFreeTags bounds the tags whose combinations are tried.
const maxFreeTags = 8

// Satisfy returns a platform and build tags with which the go command includes a file in its package. goos and
// goarch are "" for those of this machine; tags is a comma-separated list, as short as possible. ok is false if
// there is no such choice, or only one without cgo.
func Satisfy(file string, content []byte) (goos, goarch, tags string, ok bool) {
	expr := buildLine(file, content)
	needOS, needArch := nameSuffixes(filepath.Base(file))
	free := freeTags(expr)
	for _, set := range subsets(free) {
		for _, o := range ownFirst(build.Default.GOOS, systems) {
			if needOS != "" && needOS != o && !(needOS == "linux" && o == "android") {
				continue
			}
			for _, a := range ownFirst(build.Default.GOARCH, archs) {
				if needArch != "" && needArch != a {
					continue
				}
				if expr != nil && !expr.Eval(func(tag string) bool { return matches(tag, o, a, set) }) {
					continue
				}
				if o != build.Default.GOOS {
					goos = o
				}
				if a != build.Default.GOARCH {
					goarch = a
				}
				return goos, goarch, strings.Join(set, ","), true
			}
		}
	}
	return "", "", "", false
}

// buildLine returns the build constraint of a file, nil if it has none.
func buildLine(name string, content []byte) constraint.Expr {
	if !bytes.Contains(content, []byte("build")) {
		return nil
	}
	f, _ := parser.ParseFile(token.NewFileSet(), name, content, parser.PackageClauseOnly|parser.ParseComments)
	if f == nil {
		return nil
	}
	var old constraint.Expr
	for _, group := range f.Comments {
		if group.Pos() > f.Package {
			break
		}
		for _, c := range group.List {
			x, err := constraint.Parse(c.Text)
			switch {
			case err != nil:
			case constraint.IsGoBuild(c.Text):
				return x
			case old == nil:
				old = x
			default:
				old = &constraint.AndExpr{X: old, Y: x}
			}
		}
	}
	return old
}

// nameSuffixes returns the platform that a file name restricts to by its suffix _GOOS, _GOARCH or _GOOS_GOARCH.
func nameSuffixes(base string) (goos, goarch string) {
	base, _, _ = strings.Cut(base, ".")
	i := strings.IndexByte(base, '_')
	if i < 0 {
		return "", ""
	}
	parts := strings.Split(base[i+1:], "_")
	if n := len(parts); parts[n-1] == "test" {
		parts = parts[:n-1]
	}
	n := len(parts)
	switch {
	case n >= 2 && slices.Contains(systems, parts[n-2]) && slices.Contains(archs, parts[n-1]):
		return parts[n-2], parts[n-1]
	case n >= 1 && slices.Contains(archs, parts[n-1]):
		return "", parts[n-1]
	case n >= 1 && slices.Contains(systems, parts[n-1]):
		return parts[n-1], ""
	}
	return "", ""
}

// matches reports whether a tag is satisfied on a platform with additional tags.
func matches(tag, goos, goarch string, tags []string) bool {
	if n, ok := releaseTag(tag); ok {
		return n <= release()
	}
	switch tag {
	case goos, goarch, "cgo", "gc":
		return true
	case "gccgo":
		return false
	case "unix":
		return slices.Contains(unixes, goos)
	case "linux":
		return goos == "android"
	case "solaris":
		return goos == "illumos"
	case "darwin":
		return goos == "ios"
	}
	return slices.Contains(tags, tag)
}

// releaseTag returns N of a tag go1.N.
func releaseTag(tag string) (int, bool) {
	rest, ok := strings.CutPrefix(tag, "go1.")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(rest)
	return n, err == nil
}

// release returns N of the Go version 1.N of this program's build.
func release() int {
	v := strings.TrimPrefix(runtime.Version(), "go1.")
	v, _, _ = strings.Cut(v, ".")
	n, err := strconv.Atoi(v)
	if err != nil { // a development version
		return 1 << 30
	}
	return n
}

// freeTags returns the tags of a constraint that a user would have to set, at most maxFreeTags.
func freeTags(x constraint.Expr) []string {
	var list []string
	if x == nil {
		return nil
	}
	x.Eval(func(tag string) bool { // Eval calls it for every tag, whatever it returns
		_, isRelease := releaseTag(tag)
		fixed := isRelease || slices.Contains(systems, tag) || slices.Contains(archs, tag) ||
			slices.Contains([]string{"cgo", "gc", "gccgo", "unix"}, tag)
		if !fixed && !slices.Contains(list, tag) {
			list = append(list, tag)
		}
		return true
	})
	slices.Sort(list)
	return list[:min(len(list), maxFreeTags)]
}

// subsets returns all subsets of a list, the smallest first.
func subsets(list []string) [][]string {
	all := [][]string{nil}
	for _, tag := range list {
		for _, set := range slices.Clone(all) {
			all = append(all, append(slices.Clone(set), tag))
		}
	}
	slices.SortStableFunc(all, func(a, b []string) int { return len(a) - len(b) })
	return all
}

func ownFirst(own string, all []string) []string {
	return append([]string{own}, slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == own })...)
}
