package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/sift"
	"jwtretire.example/internal/suppress"
)

// isVetCall reports whether the go command calls: -V=full, -flags, or a unit's configuration.
func isVetCall(args []string) bool {
	for _, a := range args {
		if a == "-V=full" || a == "-flags" || strings.HasSuffix(a, ".cfg") && !strings.HasPrefix(a, "-") {
			return true
		}
	}
	return false
}

// vetMain speaks the go command's protocol. It does not return.
func vetMain() {
	if leaveEarly(os.Args[1:]) {
		os.Exit(0)
	}
	var s settings
	flag.StringVar(&s.scopes, "scopes", "", "OAuth scopes for the flows that need some, a comma-separated LIST")
	flag.StringVar(&s.providerID, "provider", "", "also migrate the flows of this PROVIDER")
	flag.BoolVar(&s.all, "all", false, "also list flows whose provider has not retired them")
	flag.StringVar(&s.configFile, "config", "", "configuration FILE")
	loaded := false
	load := func(file string) *config.Config {
		if !loaded {
			loaded = true
			var err error
			if s.config, err = config.Load(s.configFile, filepath.Dir(file)); err != nil {
				os.Stderr.WriteString("jwtretire: " + err.Error() + "\n")
				os.Exit(1)
			}
		}
		return s.config
	}
	record := func(f *flow.Flow) *ledger.Record {
		return &ledger.Record{Flow: *f, OptedIn: s.providerID == f.Provider || load(f.Send.File).OptedIn(f.Provider)}
	}
	fixer.Settings.Wanted = func(f *flow.Flow) bool {
		return s.all || f.Verdict == provider.Retire || record(f).Wanted()
	}
	fixer.Settings.Decisions = func(file string) plan.Decisions {
		load(file)
		return s.decisions()
	}
	fixer.Settings.Silenced = func(pass *analysis.Pass, f *flow.Flow) bool {
		if suppress.Find(pass.Fset, pass.Files).Match(record(f).Position(), f.Send, f.Request, f.Assertion) != nil {
			return true
		}
		return load(f.Send.File).Ignored(f.ID, time.Now()) != nil
	}
	fixer.Settings.Message = func(f *flow.Flow, pl *plan.Plan) string {
		r := record(f)
		settle(r, pl)
		return report.Message(r)
	}
	unitchecker.Main(fixer.Analyzer)
}

// leaveEarly deals with a unit that cannot matter: no file of it has a trigger and nothing below it
// has facts. The go command calls the tool for every dependency, the standard library included, and
// unitchecker would parse and type-check each. An empty facts file is what it would have written.
func leaveEarly(args []string) bool {
	if len(args) == 0 {
		return false
	}
	name := args[len(args)-1]
	if !strings.HasSuffix(name, ".cfg") {
		return false
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return false
	}
	var unit struct {
		ImportPath  string
		GoFiles     []string
		PackageVetx map[string]string
		VetxOnly    bool
		VetxOutput  string
		Stdout      string
		Standard    map[string]bool
	}
	if json.Unmarshal(b, &unit) != nil || unit.VetxOutput == "" {
		return false
	}
	if !unit.Standard[unit.ImportPath] {
		for _, f := range unit.GoFiles {
			src, err := os.ReadFile(f)
			if err != nil || sift.Blob(filepath.Base(f), src) != 0 {
				return false
			}
		}
		for _, vetx := range unit.PackageVetx {
			if info, err := os.Stat(vetx); err != nil || info.Size() > 0 {
				return false
			}
		}
	}
	for _, out := range []string{unit.VetxOutput, unit.Stdout} {
		if out != "" && os.WriteFile(out, nil, 0o666) != nil {
			return false
		}
	}
	return true
}
