package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"
)

// A Module is a main module: one that the user works on.
type Module struct {
	Path      string // module path; "command-line-arguments" style synthetic name where there is no go.mod
	Dir       string // absolute
	GoMod     string // absolute path of go.mod, "" where there is none
	GoVersion string // the go directive, "" if absent
	Vendored  bool   // the go command uses vendor/
	Work      string // absolute path of the go.work in force, ""
	Copy      bool   // somebody else's, which is read and never changed; see [sift.Module]
}

// FetchCommand returns the command that gets missing dependencies of a module; m is nil where none is known.
func (m *Module) FetchCommand() string {
	if m == nil || m.GoMod == "" {
		return "go mod init && go mod tidy"
	}
	return "go mod download"
}

// A Package is one package of a main module with bodies and types, test files of the same
// package included when tests are wanted (the go command's "p [p.test]"); the external test
// package is one of its own with ForTest set.
type Package struct {
	Path    string // import path
	Name    string
	Dir     string // absolute
	ForTest string // import path of the package that this external test package tests

	// Alone tells that this is a program by itself: files in the directory of another package, or of several programs, that are no
	// part of any build of it and are run by name.
	Alone bool

	// Augmented marks a second look at a package of the same path that is in the result
	// too, together with its test files this time; only these are new.
	Augmented bool

	Module *Module

	Fset   *token.FileSet
	Files  []string          // absolute, same order as Syntax
	Source map[string][]byte // content by absolute path, as parsed
	Syntax []*ast.File
	Types  *types.Package
	Info   *types.Info
	Sizes  types.Sizes

	Imports []*Package // those packages of Result.Packages that this one imports

	// UsedElsewhere says that packages of the same tree import this one and are not in the
	// result: what it exports cannot be changed with all its users.
	UsedElsewhere bool

	// Ignored are the files of the directory that build constraints leave out, absolute.
	Ignored []string

	// Errors are the parse and type errors, one line each with file:line:col. A package with
	// errors is still analysed; its picture is partial.
	Errors []string

	// Fingerprint is a hash of all that decides about the analysis of the package but facts and settings: its files, and what it sees of
	// its imports. Only a visit that asks for what is known has it; nil where that cannot be said.
	Fingerprint []byte

	// Spots are blind spots within the package, as far as they were asked for; see [Result.BlindSpots].
	Spots []BlindSpot

	node string // key of its node in the plan

	again   func() *Package // with syntax and types, where these were given up
	callees map[call]*types.Func
}

// A call is one between two byte offsets of a file.
type call struct {
	file     string
	from, to int
}

// Callee returns the function or method that the call between two byte offsets of a file names, nil
// where there is no call or it is of a value.
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
		return nil // it has no types, see [unit.check]
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

// A BlindSpot is something that could not be looked at.
type BlindSpot struct {
	File    string // absolute
	Kind    string // one of SpotKinds
	Detail  string
	Command string // the command that covers it, "" if there is none
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
