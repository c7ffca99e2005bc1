package fixer

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"golang.org/x/mod/modfile"
	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/slice"
	"jwtretire.example/internal/load"
)

// Analyzer reports flows and carries their rewrites as suggested fixes. It is what go vet, go fix,
// gopls builds and other drivers run.
//
// Such drivers show one package at a time and never touch go.mod, so a fix is offered where the flow
// lies in one package and the module requires golang.org/x/oauth2 already; otherwise the message says
// what to do.
var Analyzer = &analysis.Analyzer{
	Name:     "jwtretire",
	Doc:      "report JWT token flows that their vendor has retired, and rewrite them to client credentials",
	Requires: []*analysis.Analyzer{flow.Analyzer},
	Run:      run,

	RunDespiteErrors: true,
	FactTypes:        []analysis.Fact{new(Told)},
}

// Told is the fact that a package, or one below it, reported flows. A package above that sees
// more of the same flow keeps quiet: one diagnostic a flow, at its exchange.
type Told struct{ IDs []string }

// AFact marks Told as a fact.
func (*Told) AFact() {}

// Settings are what the driver's flags and configuration decide, for Analyzer.
var Settings struct {
	Decisions func(file string) plan.Decisions
	Wanted    func(*flow.Flow) bool
	Silenced  func(*analysis.Pass, *flow.Flow) bool
	Message   func(*flow.Flow, *plan.Plan) string

	// Imports gives types to rewritten files, which may import the paths that it is given. nil: what
	// the package imports serves as far as it goes.
	Imports func(paths []string) (types.Importer, error)
}

func run(pass *analysis.Pass) (any, error) {
	found := pass.ResultOf[flow.Analyzer].(*flow.Result)
	told := toldBelow(pass)
	defer func() {
		if len(told) > 0 {
			pass.ExportPackageFact(&Told{IDs: slices.Sorted(maps.Keys(told))})
		}
	}()
	var flows []*flow.Flow
	for _, f := range found.Flows {
		if Settings.Wanted != nil && !Settings.Wanted(f) || told[f.ID] && !spanPos(pass, exchangeOf(f)).IsValid() {
			continue
		}
		if Settings.Silenced != nil && Settings.Silenced(pass, f) {
			continue
		}
		told[f.ID] = true
		flows = append(flows, f)
	}
	if len(flows) == 0 {
		return nil, nil
	}
	pkg, err := passPackage(pass)
	if err != nil {
		return nil, err
	}
	var dec plan.Decisions
	if Settings.Decisions != nil {
		dec = Settings.Decisions(pkg.Files[0])
	}
	plans := plan.Make([]*load.Package{pkg}, flows, dec)
	for _, pl := range plans {
		if reason := notHere(pass, pkg, pl.Flow); reason != "" && pl.Fixable() {
			pl.Set, pl.Reason = nil, reason
		}
	}
	edits := suggest(pass, pkg, plans)
	for i, f := range flows {
		d := analysis.Diagnostic{Category: string(f.Verdict), Pos: position(pass, f), Message: "JWT token flow [jwtretire]"}
		if Settings.Message != nil {
			d.Message = Settings.Message(f, plans[i])
		}
		if len(edits) > 0 && plans[i].Fixable() {
			// The flows of a package are rewritten together, because they may share code. Drivers
			// drop every fix of a package whose fixes overlap; equal ones they take for one.
			d.SuggestedFixes = []analysis.SuggestedFix{{Message: "Replace the JWT exchange with client credentials", TextEdits: edits}}
		}
		for _, s := range f.Steps {
			if pos := spanPos(pass, s.Span); pos.IsValid() {
				d.Related = append(d.Related, analysis.RelatedInformation{Pos: pos, Message: string(s.Role) + ": " + s.What})
			}
		}
		if d.Pos.IsValid() {
			pass.Report(d)
		}
	}
	return nil, nil
}

// toldBelow returns the ids of the flows that packages below reported.
func toldBelow(pass *analysis.Pass) map[string]bool {
	told := map[string]bool{}
	for _, p := range pass.Pkg.Imports() {
		var t Told
		if pass.ImportPackageFact(p, &t) {
			for _, id := range t.IDs {
				told[id] = true
			}
		}
	}
	return told
}

// notHere says why a flow cannot be rewritten by somebody who sees only this package, "" if it can.
func notHere(pass *analysis.Pass, pkg *load.Package, f *flow.Flow) string {
	if len(pkg.Errors) > 0 {
		return "the package does not type-check: " + pkg.Errors[0]
	}
	key := false
	for _, s := range f.Steps {
		if !s.Span.IsZero() && tokenFile(pass, s.Span.File) == nil {
			return "the flow goes through several packages: run jwtretire fix, which sees them all"
		}
		// A parameter or a field is where the key comes by, not where it is from.
		passing := strings.HasPrefix(s.What, "parameter ") || strings.HasPrefix(s.What, "field ")
		key = key || s.Role == flow.KeyLoad && !passing
	}
	if !key && pkg.Name != "main" {
		return "the key comes from another package: run jwtretire fix, which sees them all"
	}
	return ""
}

func passPackage(pass *analysis.Pass) (*load.Package, error) {
	pkg := &load.Package{
		Path: strings.TrimSuffix(pass.Pkg.Path(), "_test"), Name: pass.Pkg.Name(), Fset: pass.Fset, Source: map[string][]byte{},
		Syntax: pass.Files, Types: pass.Pkg, Info: pass.TypesInfo, Sizes: pass.TypesSizes, Ignored: pass.IgnoredFiles,
	}
	for _, f := range pass.Files {
		name := pass.Fset.File(f.FileStart).Name()
		src, err := pass.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading %s again: %w", name, err)
		}
		pkg.Files = append(pkg.Files, name)
		pkg.Source[name] = src
		pkg.Dir = filepath.Dir(name)
	}
	for _, err := range pass.TypeErrors {
		pkg.Errors = append(pkg.Errors, err.Msg)
	}
	if pass.Module != nil {
		pkg.Module = &load.Module{Path: pass.Module.Path, Dir: moduleDir(pkg.Dir), GoVersion: strings.TrimPrefix(pass.Module.GoVersion, "go")}
	}
	return pkg, nil
}

// suggest makes the edits of all plans together; none where the result is not certain.
func suggest(pass *analysis.Pass, pkg *load.Package, plans []*plan.Plan) []analysis.TextEdit {
	decline := func(why string) []analysis.TextEdit {
		for _, pl := range plans {
			if pl.Fixable() {
				pl.Set, pl.Reason = nil, why
			}
		}
		return nil
	}
	set := plan.Compose(plans)
	if set.Empty() {
		return nil
	}
	if set.Mentions("golang.org/x/oauth2") && !requires(pkg.Dir) {
		return decline("the module does not require golang.org/x/oauth2 yet: run jwtretire fix, which adds it, or go get golang.org/x/oauth2 first")
	}
	if _, err := slice.Extend([]*load.Package{pkg}, set, slice.Options{Private: func(string) bool { return pkg.Name == "main" }}); err != nil {
		return decline(err.Error())
	}
	t := &attempt{res: &load.Result{Packages: []*load.Package{pkg}}}
	t.carry(plans, set)
	rw, err := rewrite.Rewrite([]*load.Package{pkg}, set)
	if err != nil {
		return decline(err.Error())
	}
	if lost := t.homeless(rw.Lost, set); len(lost) > 0 {
		return decline(t.consent(lost).Error())
	}
	files := rw.Files
	if err := checkUnit(pass, pkg, files); err != nil {
		return decline("the rewritten code does not type-check: " + err.Error())
	}
	var edits []analysis.TextEdit
	for name, content := range files {
		if content == nil {
			return decline("a file goes, which only jwtretire fix can do")
		}
		tf := tokenFile(pass, name)
		for _, e := range udiff.Lines(string(pkg.Source[name]), string(content)) {
			edits = append(edits, analysis.TextEdit{Pos: tf.Pos(e.Start), End: tf.Pos(e.End), NewText: []byte(e.New)})
		}
	}
	return edits
}

// requires reports whether the module of dir requires golang.org/x/oauth2, or is it.
func requires(dir string) bool {
	root := moduleDir(dir)
	if root == "" {
		return false
	}
	b, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return false
	}
	f, err := modfile.ParseLax("go.mod", b, nil)
	if err != nil || f.Module != nil && f.Module.Mod.Path == oauth2 {
		return err == nil
	}
	return slices.ContainsFunc(f.Require, func(r *modfile.Require) bool { return r.Mod.Path == oauth2 })
}

const oauth2 = "golang.org/x/oauth2"

// moduleDir returns the directory of the nearest go.mod, "" if there is none.
func moduleDir(dir string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

func tokenFile(pass *analysis.Pass, name string) *token.File {
	for _, f := range pass.Files {
		if tf := pass.Fset.File(f.FileStart); tf.Name() == name {
			return tf
		}
	}
	return nil
}

func spanPos(pass *analysis.Pass, s flow.Span) token.Pos {
	tf := tokenFile(pass, s.File)
	if tf == nil || s.IsZero() || s.Offset > tf.Size() {
		return token.NoPos
	}
	return tf.Pos(s.Offset)
}

// exchangeOf returns where the assertion goes into the exchange.
func exchangeOf(f *flow.Flow) flow.Span {
	for _, s := range f.Steps {
		if s.Role == flow.Exchange && !s.Span.IsZero() {
			return s.Span
		}
	}
	return flow.Span{}
}

// position returns where a flow is reported: at the exchange if it is in this package, else at what
// this package has of the flow.
func position(pass *analysis.Pass, f *flow.Flow) token.Pos {
	places := []flow.Span{exchangeOf(f), f.Send, f.Request, f.Assertion}
	for _, s := range f.Steps {
		places = append(places, s.Span)
	}
	for _, s := range places {
		if pos := spanPos(pass, s); pos.IsValid() {
			return pos
		}
	}
	return token.NoPos
}
