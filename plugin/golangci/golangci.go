// Package golangci is jwtretire as a module plugin of golangci-lint v2: flows as findings of a linter, with fixes.
//
// golangci-lint custom builds a binary with it (.custom-gcl.yml):
//
//	version: v2.15.0
//	plugins:
//	  - module: jwtretire.example/plugin/golangci
//	    version: v1.0.0
//
// and .golangci.yml turns it on:
//
//	version: "2"
//	linters:
//	  enable: [jwtretire]
//	  settings:
//	    custom:
//	      jwtretire:
//	        type: module
//	        settings:
//	          scopes: openid,AdobeID
//
// A //nolint:jwtretire comment silences a finding, as do jwtretire's own directive and its configuration file.
package golangci

import (
	"fmt"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"jwtretire.example/fixer"
)

func init() { register.Plugin("jwtretire", New) }

// Settings are what .golangci.yml can say. Everything else is in .jwtretire.yaml.
type Settings struct {
	AllVendors bool   `json:"all-vendors"` // also report flows whose provider has not retired them
	Config     string `json:"config"`      // configuration file; without it .jwtretire.yaml in the package's folder or above
	Provider   string `json:"provider"`    // also migrate the flows of this provider
	SecretEnv  string `json:"secret-env"`  // environment variable with its client secret, where the old flow sent none
	Scopes     string `json:"scopes"`      // OAuth scopes for the flows that need some, separated by commas
}

// New makes the plugin. golangci-lint calls it with what stands under settings.
func New(raw any) (register.LinterPlugin, error) {
	s, err := register.DecodeSettings[Settings](raw)
	if err != nil {
		return nil, fmt.Errorf("settings of jwtretire: %w", err)
	}
	return &plugin{s}, nil
}

type plugin struct{ settings Settings }

// BuildAnalyzers returns the analyzer, set up.
func (p *plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	for name, value := range map[string]string{
		"all-vendors": fmt.Sprint(p.settings.AllVendors), "config": p.settings.Config, "provider": p.settings.Provider,
		"secret-env": p.settings.SecretEnv, "scopes": p.settings.Scopes,
	} {
		if err := fixer.Analyzer.Flags.Set(name, value); err != nil {
			return nil, fmt.Errorf("settings of jwtretire: %s: %w", name, err)
		}
	}
	a := *fixer.Analyzer
	a.Run = func(pass *analysis.Pass) (any, error) {
		inner := *pass
		inner.Report = func(d analysis.Diagnostic) { pass.Report(fitting(pass, d)) }
		return fixer.Analyzer.Run(&inner)
	}
	return []*analysis.Analyzer{&a}, nil
}

// fitting makes a diagnostic of one that golangci-lint can handle. It applies the edits of all files to the file of the
// finding (seen in v2.15.0), which would destroy it, so a fix of several files is left to jwtretire fix; and it makes a finding
// of its own of each related position.
func fitting(pass *analysis.Pass, d analysis.Diagnostic) analysis.Diagnostic {
	d.Related = nil
	file := pass.Fset.File(d.Pos)
	for _, f := range d.SuggestedFixes {
		for _, e := range f.TextEdits {
			if pass.Fset.File(e.Pos) != file {
				d.SuggestedFixes = nil
				d.Message += "; the rewrite changes several files, which jwtretire fix can do"
				return d
			}
		}
	}
	return d
}

// GetLoadMode says that the analyzer needs types.
func (p *plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
