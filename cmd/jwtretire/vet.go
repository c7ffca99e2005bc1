package main

import (
	"bytes"
	"flag"
	"go/types"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/suppress"
	"jwtretire.example/internal/unit"
)

// A vetTool is a run under go vet or go fix. It does not return to main.
type vetTool struct {
	settings
	fixing bool
}

// vetMain speaks the go command's protocol. It ends the process.
func vetMain(call *unit.Call) {
	t := &vetTool{}
	fs := flag.NewFlagSet("jwtretire", flag.ContinueOnError)
	fs.StringVar(&t.scopes, "scopes", "", "OAuth scopes for the flows that need some, a comma-separated LIST")
	fs.StringVar(&t.providerID, "provider", "", "also migrate the flows of this PROVIDER")
	fs.StringVar(&t.secretEnv, "secret-env", "", "with -provider: environment variable NAME with the client secret")
	fs.BoolVar(&t.all, "all", false, "also list flows whose provider has not retired them")
	fs.StringVar(&t.configFile, "config", "", "configuration FILE")
	call.Main(unit.Options{Analyzer: fixer.Analyzer, Flags: fs, Salt: salt, Begin: t.begin})
}

// begin sets the analyzer up once the flags are known and the package is worth a look.
func (t *vetTool) begin(fixing bool, imports func([]string) (types.Importer, error)) {
	t.fixing = fixing
	flow.Vendors = func(file string) []provider.Provider { return t.load(file).Providers }
	fixer.Settings.Imports = imports
	fixer.Settings.Wanted = func(f *flow.Flow) bool {
		return t.all || f.Verdict == provider.Retire || t.record(f).Wanted()
	}
	fixer.Settings.Decisions = func(file string) plan.Decisions {
		t.load(file)
		return t.decisions()
	}
	fixer.Settings.Silenced = func(pass *analysis.Pass, f *flow.Flow) bool {
		r := t.record(f)
		if suppress.Find(pass.Fset, pass.Files).Match(r.Position(), f.Send, f.Request, f.Assertion) != nil {
			return true
		}
		return t.load(f.Send.File).Ignored(f.ID, time.Now()) != nil
	}
	fixer.Settings.Message = func(f *flow.Flow, pl *plan.Plan) string {
		r := t.record(f)
		settle(r, pl)
		if t.fixing && !pl.Fixable() {
			return report.Outcome(r)
		}
		return report.Message(r)
	}
}

func (t *vetTool) record(f *flow.Flow) *ledger.Record {
	return &ledger.Record{Flow: *f, OptedIn: t.providerID == f.Provider || t.load(f.Send.File).OptedIn(f.Provider)}
}

// load reads the configuration that holds for a file, once: a unit is one directory.
func (t *vetTool) load(file string) *config.Config {
	if t.config == nil {
		c, err := config.Load(t.configFile, filepath.Dir(file))
		if err != nil {
			os.Stderr.WriteString("jwtretire: " + err.Error() + "\n")
			os.Exit(1)
		}
		t.config = c
	}
	return t.config
}

// salt is what diagnostics and fixes depend on beside the package: the configuration, and the go.mod
// that must require golang.org/x/oauth2. The go command would show old results when these change.
func salt() []byte {
	var out bytes.Buffer
	for dir, err := os.Getwd(); err == nil; {
		for _, name := range []string{config.FileName, "go.mod", "go.work"} {
			if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				out.WriteString(name + "\n")
				out.Write(b)
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return out.Bytes()
}
