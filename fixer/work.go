package fixer

import (
	"context"
	"maps"
	"os"
	"slices"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/gomod"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

// An attempt turns sets of plans into proved files. If some plans break the result, it is tried again without them. So it
// keeps the pieces that it has made, and the components that type-check.
type attempt struct {
	ctx  context.Context
	res  *load.Result
	opts Options
	mods []*gomod.Result

	guessed map[place]bool // comments that are removed only because of their words

	others map[target]*load.Result // of platforms with files that this one excludes

	home   map[string]*load.Package // by file
	parts  *components
	index  map[string]*syntax.Index // by component
	pieces map[*plan.Plan][]*memo   // by the first plan
	proofs map[*load.Result]*proof

	privates map[bool]func(path string) bool
}

type result struct {
	pieces    []*piece
	content   map[string][]byte // of Go files
	files     []patch.File
	leftovers []report.Leftover
	remarks   []remark
	lost      map[fate][]rewrite.Comment
	about     map[*plan.Plan]*About
	packages  []*load.Package // the changed packages, checked with the result
	roots     []string        // of the changed modules
	untested  bool            // tests of the old exchange fail, so the test run proves nothing
	unchecked []string        // files without a known platform, or whose platform has errors
}

// A target is a platform and a set of tags, as in flags of the go command; "" means those of this machine.
type target struct{ goos, goarch, tags string }

// A fate is the reason why a comment is not in the result.
type fate int

// A place is an offset in a file.
type place struct {
	file   string
	offset int
}

// A piece is the rewrite of the flows in one component of the program, which imports connect. Dead code of a
// flow and uses of it are in its component. So components are sliced and rewritten independently, and only
// once. Only settings outside of the code are shared: one component may read a setting that another one no
// longer reads ([attempt.unread]).
type piece struct {
	plans   []*plan.Plan
	set     *change.Set
	rep     report.Report
	files   map[string][]byte
	lost    map[fate][]rewrite.Comment
	remarks []remark
	half    error // why exported names of importable packages have to change, nil if they stay
}

// A memo is the result of some plans: a piece, or an error.
type memo struct {
	plans []*plan.Plan
	piece *piece
	err   error
}

// A proof has the components that are known to type-check in one load of the tree. A component whose files are
// the same as in an earlier attempt is not checked again, independently of other components: no package imports
// from two of them.
type proof struct {
	parts  *components
	proved map[string]*proved
}

// A proved is a component that type-checks with these files.
type proved struct {
	files map[string][]byte
	pkgs  []*load.Package // the checked packages: the owners of the files, and their importers
}

func (t *attempt) close() {
	for _, m := range t.mods {
		m.Close()
	}
	t.mods = nil
}

// within returns an error if Options.Within excludes one of the files.
func (t *attempt) within(files map[string][]byte) *outsideError {
	if t.opts.Within == nil {
		return nil
	}
	var out []string
	for _, f := range slices.Sorted(maps.Keys(files)) {
		if !t.opts.Within(f) {
			out = append(out, f)
		}
	}
	if len(out) > 0 {
		return &outsideError{out}
	}
	return nil
}

func (t *attempt) old(path string) []byte {
	if p := t.home[path]; p != nil {
		return p.Source[path]
	}
	src, _ := os.ReadFile(path)
	return src
}
