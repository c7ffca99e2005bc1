package fixer

import (
	_ "embed"
	"fmt"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"golang.org/x/mod/modfile"
	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/rewrite"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/slice"
	"jwtretire.example/internal/analyzerdoc"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/message"
	"jwtretire.example/internal/redact"
	"jwtretire.example/internal/settings"
	"jwtretire.example/internal/suppress"
)

// Analyzer reports flows, with their rewrites as suggested fixes. It is the entry for go vet, go fix,
// golangci-lint, gopls builds and other drivers. It has no result; by its facts, a flow is reported by one package only.
// It does not change the syntax or types of its pass.
var Analyzer = With(settings.Analyzer)

//go:embed doc.go
var doc string

// With returns a copy of Analyzer that gets its settings from another analyzer: settings.Adjusted for a driver
// with settings beyond flags.
func With(from *analysis.Analyzer) *analysis.Analyzer {
	flows := flow.Analyzer // shared by all analyzers with settings from flags: drivers accept one analyzer for each type of fact
	if from != settings.Analyzer {
		flows = flow.With(from)
	}
	return &analysis.Analyzer{
		Name:     "jwtretire",
		Doc:      analyzerdoc.Of(doc, "jwtretire"),
		URL:      "https://pkg.go.dev/jwtretire.example/fixer",
		Flags:    settings.FlagSet(),
		Requires: []*analysis.Analyzer{flows, from},
		Run: func(pass *analysis.Pass) (any, error) {
			u := &unitRun{Pass: pass, settings: pass.ResultOf[from].(*settings.Settings)}
			found := pass.ResultOf[flows].(*flow.Result)
			if u.settings.Incomplete != nil {
				for _, b := range found.Bounds {
					u.settings.Incomplete(fmt.Sprintf("%s:%d", b.At.File, b.At.Line), b.What)
				}
			}
			return nil, u.run(found.Flows)
		},
		RunDespiteErrors: true,
		FactTypes:        []analysis.Fact{new(ReportedFlows)},
	}
}

// ReportedFlows is the fact that a package, or one below it, reported flows. A higher package with more steps of the same flow
// does not report it again: there is one diagnostic per flow, at its exchange.
type ReportedFlows struct{ IDs []string }

// AFact marks ReportedFlows as a fact.
func (*ReportedFlows) AFact() {}

func (u *unitRun) run(found []*flow.Flow) error {
	pass := u.Pass
	reported := reportedBelow(pass)
	defer func() {
		if len(reported) > 0 {
			pass.ExportPackageFact(&ReportedFlows{IDs: slices.Sorted(maps.Keys(reported))})
		}
	}()
	var flows []*flow.Flow
	for _, f := range found {
		if !u.record(f).Wanted() && !u.settings.All || reported[f.ID] && !spanPos(pass, exchangeOf(f)).IsValid() || u.silenced(f) {
			continue
		}
		reported[f.ID] = true
		flows = append(flows, f)
	}
	if len(flows) == 0 {
		return nil
	}
	pkg, err := passPackage(pass)
	if err != nil {
		return err
	}
	plans := plan.Make([]*load.Package{pkg}, flows, u.decisions())
	for _, pl := range plans {
		if err := notHere(pass, pkg, pl.Flow); err != nil && pl.Fixable() {
			pl.Decline(err)
		}
	}
	edits := u.suggest(pkg, plans)
	for i, f := range flows {
		r := u.record(f)
		Settle(r, plans[i])
		d := analysis.Diagnostic{Category: category(r), Pos: position(pass, f), Message: u.message(r)}
		if plans[i].Fixable() && d.Pos.IsValid() && len(edits) > 0 {
			for _, n := range plans[i].Notes {
				if plans[i].Looks[n] == safety.Declared { // such drivers show no remarks, and this one is the user's own word
					d.Message += "; " + n
				}
			}
			// The flows of a package are rewritten together, because they may share code. Drivers drop all fixes
			// of a package if some overlap, so there is one fix, attached to the first flow that it rewrites.
			d.SuggestedFixes = []analysis.SuggestedFix{{Message: fixMessage(plans), TextEdits: edits}}
			edits = nil
		}
		for _, s := range f.Steps {
			if pos := spanPos(pass, s.Span); pos.IsValid() {
				d.Related = append(d.Related, analysis.RelatedInformation{Pos: pos, Message: redact.Line(string(s.Role) + ": " + s.What)})
			}
		}
		if d.Pos.IsValid() {
			pass.Report(d)
		}
	}
	return nil
}

// fixMessage returns the message of the fix of a package.
func fixMessage(plans []*plan.Plan) string {
	n := 0
	for _, pl := range plans {
		if pl.Fixable() {
			n++
		}
	}
	if n > 1 {
		return fmt.Sprintf("Replace the %d JWT exchanges of this package with client credentials", n)
	}
	return "Replace the JWT exchange with client credentials"
}

// category returns the most specific code of a finding; internal/codes has a page for each.
func category(r *ledger.Record) string {
	if r.Code != "" {
		return r.Code
	}
	return string(r.Status)
}

// record returns the record of a flow, with the same messages as in reports.
func (u *unitRun) record(f *flow.Flow) *ledger.Record {
	return &ledger.Record{Flow: *f, Status: ledger.Manual, OptedIn: u.settings.OptedIn(f.Provider) && !f.Stays(), Provider: u.settings.Config.Described(f.Provider)}
}

// silenced reports whether a directive or the configuration suppresses a flow.
func (u *unitRun) silenced(f *flow.Flow) bool {
	if u.settings.NoIgnore {
		return false
	}
	if suppress.Find(u.Fset, u.Files).Match(u.record(f).Position(), f.Send, f.Request, f.Assertion) != nil {
		return true
	}
	return u.settings.Config.Ignored(f.ID, time.Now()) != nil
}

func (u *unitRun) message(r *ledger.Record) string {
	s := message.Of(r)
	if u.settings.Outcome && r.Status != ledger.Fixable {
		s = message.Outcome(r)
	}
	if u.settings.Rule {
		return message.WithRule(s)
	}
	return s
}

func (u *unitRun) decisions() decision.Decisions {
	d := decision.Decided(u.settings.Config).With(u.settings.Scopes, u.settings.Provider, u.settings.SecretEnv)
	d.Budget = u.settings.Budget
	return d
}

// Settle copies status, reason and remarks of a plan into the record of its flow. It changes only the record.
func Settle(r *ledger.Record, pl *plan.Plan) {
	r.Notes = append(r.Notes, pl.Notes...)
	r.Reason, r.Code, r.Needs = pl.Reason, pl.ReasonCode, pl.Needs
	if why := r.Flow.WhyStays(); why != "" && !pl.Fixable() {
		r.Reason, r.Code = why, string(reason.MadeElsewhere)
		if r.Flow.API != "" {
			r.Code = string(reason.APIStays)
		}
	}
	switch {
	case pl.Fixable():
		r.Status = ledger.Fixable
	case len(pl.Needs) > 0:
		r.Status = ledger.NeedsInput
	default:
		r.Status, r.Safety = ledger.Manual, safety.Manual
	}
}

// reportedBelow returns the IDs of the flows that lower packages reported.
func reportedBelow(pass *analysis.Pass) map[string]bool {
	reported := map[string]bool{}
	for _, p := range pass.Pkg.Imports() {
		var t ReportedFlows
		if pass.ImportPackageFact(p, &t) {
			for _, id := range t.IDs {
				reported[id] = true
			}
		}
	}
	return reported
}

// notHere returns the reason why a flow cannot be rewritten with this package alone, nil if it can.
func notHere(pass *analysis.Pass, pkg *load.Package, f *flow.Flow) error {
	if len(pkg.Errors) > 0 {
		return reason.New(reason.TypeErrors, "the package does not type-check: %s", pkg.Errors[0])
	}
	key := false
	for _, s := range f.Steps {
		if !s.Span.IsZero() && tokenFile(pass, s.Span.File) == nil {
			return reason.New(reason.SeveralPackages, "the flow has several packages: run jwtretire fix, which loads all of them")
		}
		// A parameter or a field is not the source of the key, only a part of its path.
		passing := strings.HasPrefix(s.What, "parameter ") || strings.HasPrefix(s.What, "field ")
		key = key || s.Role == flow.KeyLoad && !passing
	}
	if !key && pkg.Name != "main" {
		return reason.New(reason.SeveralPackages, "the key comes from another package: run jwtretire fix, which loads both")
	}
	return nil
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
		pkg.Errors = append(pkg.Errors, redact.Compiler(err.Msg))
	}
	if pass.Module != nil {
		pkg.Module = &load.Module{Path: pass.Module.Path, Dir: moduleDir(pkg.Dir), GoVersion: strings.TrimPrefix(pass.Module.GoVersion, "go")}
	}
	return pkg, nil
}

// suggest returns the edits of all plans together; none if the result is not proved.
func (u *unitRun) suggest(pkg *load.Package, plans []*plan.Plan) []analysis.TextEdit {
	pass := u.Pass
	decline := func(err error) []analysis.TextEdit {
		for _, pl := range plans {
			if pl.Fixable() {
				pl.Decline(err)
			}
		}
		return nil
	}
	set := plan.Compose(plans)
	if set.Empty() {
		return nil
	}
	if set.Mentions("golang.org/x/oauth2") && !requires(pkg.Dir) {
		return decline(reason.New(reason.NoModule, "the module does not require golang.org/x/oauth2 yet: run jwtretire fix, which adds it, or go get golang.org/x/oauth2 first"))
	}
	functions := u.decisions().Functions
	t := newAttempt(&load.Result{Fset: pkg.Fset, Packages: []*load.Package{pkg}}, Options{}, plans)
	rep, err := slice.Extend(t.indexOf(plans[0]), set, slice.Options{Private: func(string) bool { return pkg.Name == "main" }, Declared: functions})
	if err != nil {
		return decline(reason.Of(reason.TakenBack, err))
	}
	for _, pl := range plans {
		if pl.Set == nil {
			continue
		}
		if err := t.whole(pl, set, rep); err != nil {
			return decline(reason.Of(reason.TakenBack, err))
		}
	}
	if err := demanded(newConcern(plans, t.parts), rep); err != nil {
		return decline(reason.Of(reason.TakenBack, err))
	}
	for _, r := range relied([]*load.Package{pkg}, set, functions) {
		for _, pl := range plans {
			if pl.Fixable() && !slices.Contains(pl.Notes, r.text) {
				pl.Notes, pl.Looks = append(pl.Notes, r.text), maps.Clone(pl.Looks)
				if pl.Looks == nil {
					pl.Looks = map[string]safety.Look{}
				}
				pl.Looks[r.text] = r.look
			}
		}
	}
	t.moveComments(plans, set)
	rw, err := rewrite.Rewrite([]*load.Package{pkg}, set)
	if err != nil {
		return decline(reason.Of(reason.TakenBack, err))
	}
	if lost := t.fates(rw.Lost, set)[homeless]; len(lost) > 0 {
		return decline(t.consent(lost))
	}
	files := rw.Files
	if err := u.check(pkg, files); err != nil {
		return decline(reason.New(reason.ResultTypes, "the rewritten code does not type-check: %v", err))
	}
	var edits []analysis.TextEdit
	for name, content := range files {
		if content == nil {
			return decline(reason.New(reason.OnlyFix, "the rewrite deletes a file, which only jwtretire fix can do"))
		}
		tf := tokenFile(pass, name)
		for _, e := range udiff.Lines(string(pkg.Source[name]), string(content)) {
			edits = append(edits, analysis.TextEdit{Pos: tf.Pos(e.Start), End: tf.Pos(e.End), NewText: []byte(e.New)})
		}
	}
	return edits
}

// requires reports whether the module of dir requires golang.org/x/oauth2, or is this module.
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

// exchangeOf returns the place where the assertion enters the exchange.
func exchangeOf(f *flow.Flow) flow.Span {
	for _, s := range f.Steps {
		if s.Role == flow.Exchange && !s.Span.IsZero() {
			return s.Span
		}
	}
	return flow.Span{}
}

// position returns the place at which a flow is reported: the exchange if it is in this package, else
// a step in this package.
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
