package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// A Module is a main module: one that the user works on.
type Module struct {
	Path      string // module path; a synthetic one, such as "command-line-arguments", without go.mod
	Dir       string // absolute
	GoMod     string // absolute path of go.mod, "" for none
	GoVersion string // the go directive, "" if absent
	Vendored  bool   // the go command uses vendor/
	Work      string // absolute path of the go.work in force, ""
	Copy      bool   // a copy of a foreign module, which is read and never changed; see [sift.Module]
}

// FetchCommand returns the command that fetches a missing dependency of a module. cause is the message of the go command, which says
// if go.mod does not require it; then there is nothing to download yet. m may be nil.
func (m *Module) FetchCommand(cause string) string {
	switch {
	case m == nil || m.GoMod == "":
		return "go mod init && go mod tidy"
	case strings.Contains(cause, "no required module provides"):
		return "go mod tidy"
	}
	return "go mod download"
}

// A Package is one package of a main module, with bodies and types. With [Config.Tests], it includes the test
// files of the same package (the go command's "p [p.test]"). The external test package is a package of its own
// with ForTest set.
type Package struct {
	Path    string // import path
	Name    string
	Dir     string // absolute
	ForTest string // the import path of the package under test, if this is an external test package

	// Alone means a standalone program: files beside another package or beside other programs that no build
	// includes and that are run by name ("go run get_token.go").
	Alone bool

	// Augmented means a second package of the same path, which includes its test files. The first one, without
	// them, is in the result, too. Only the test files are new.
	Augmented bool

	Module *Module

	Fset   *token.FileSet
	Files  []string          // absolute, same order as Syntax
	Source map[string][]byte // parsed contents by absolute path; nil after a release, see Content
	Syntax []*ast.File
	Types  *types.Package
	Info   *types.Info
	Sizes  types.Sizes

	Imports []*Package // the direct imports that are in Result.Packages

	// UsedElsewhere means that packages of the tree import this one and are not in the result. So an exported
	// declaration cannot be changed together with all its uses.
	UsedElsewhere bool

	// Ignored are the files of the directory that build constraints exclude, absolute.
	Ignored []string

	// Errors are the parse and type errors, one line each with file:line:col. A package with errors is still
	// analysed; its syntax or types may be incomplete.
	Errors []string

	// Fingerprint is a hash of all inputs of an analysis of the package, except facts and settings: its files,
	// and the declarations of its imports. It is set only for [Visit.Known], and nil if it cannot be
	// determined.
	Fingerprint []byte

	// Spots are the blind spots within the package, for a [Visit]; see [Result.BlindSpots].
	Spots []BlindSpot

	node string // key of its node in the plan

	again   func() *Package // checks the package again after its syntax and types were released
	callees map[call]*types.Func
}

// Content returns the contents of a file of the package. If they were released, they are read again, and nil if that fails.
func (p *Package) Content(name string) []byte {
	if src, ok := p.Source[name]; !ok || src != nil {
		return src
	}
	src, _ := os.ReadFile(name)
	return src
}

// A call is a call expression between two byte offsets of a file.
type call struct {
	file     string
	from, to int
}

// Callee returns the function or method that the call between two byte offsets of a file names, and nil if
// there is no call or it calls a value. A released package is checked again first, and the answer is kept. It
// is not safe for concurrent use on one package.
func (p *Package) Callee(file string, from, to int) *types.Func {
	at := call{file, from, to}
	if f, known := p.callees[at]; known || !slices.Contains(p.Files, file) {
		return f
	}
	q := p
	if p.Syntax == nil && p.again != nil {
		q = p.again()
	}
	if p.callees == nil {
		p.callees = map[call]*types.Func{}
	}
	p.callees[at] = q.callee(file, from, to)
	return p.callees[at]
}

func (p *Package) callee(file string, from, to int) *types.Func {
	i := slices.Index(p.Files, file)
	if i < 0 || i >= len(p.Syntax) {
		return nil // the type check failed, see [unit.check]
	}
	start := p.Syntax[i].FileStart
	var callee *types.Func
	ast.Inspect(p.Syntax[i], func(n ast.Node) bool {
		if n == nil || callee != nil || n.Pos() > start+token.Pos(from) || n.End() < start+token.Pos(to) {
			return false
		}
		if c, ok := n.(*ast.CallExpr); ok && n.Pos() == start+token.Pos(from) && n.End() == start+token.Pos(to) {
			callee, _ = typeutil.Callee(p.Info, c).(*types.Func)
		}
		return true
	})
	return callee
}

// A BlindSpot is a file or directory that could not be analysed completely.
type BlindSpot struct {
	File    string // absolute
	Kind    string // one of SpotKinds
	Detail  string
	Command string // a command that includes it in an analysis, "" for none
}

// The kinds of blind spots. The values are those of the JSON report; internal/codes has a page for each.
const (
	SpotTags       = "build-tags"
	SpotCgo        = "cgo"
	SpotGenerated  = "generated"
	SpotDependency = "dependency"
	SpotParse      = "parse-error"
	SpotTypes      = "type-error"
	SpotUnreadable = "unreadable"
	SpotSymlink    = "symlink"
	SpotNoGo       = "go-command"
	SpotInternal   = "internal-error"
	SpotBudget     = "budget"
)

// SpotKinds lists the kinds of blind spots.
var SpotKinds = []string{
	SpotTags, SpotCgo, SpotGenerated, SpotDependency, SpotParse, SpotTypes, SpotUnreadable, SpotSymlink, SpotNoGo, SpotInternal, SpotBudget,
}
