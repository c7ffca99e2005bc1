// Package settings has an analyzer whose result is the settings of a run.
//
// Analyzer flags are variables of the process, because the drivers of x/tools have no other place for them. All other
// settings are a result: the analyzers require this one and read its result for their package. So two runs with
// different configurations in one process do not affect each other.
package settings

import (
	"flag"
	"fmt"
	"go/types"
	"path/filepath"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"jwtretire.example/internal/budget"
	"jwtretire.example/internal/config"
)

// Settings are the settings of a run, for one package.
type Settings struct {
	All       bool           // also report flows that their vendor has not retired
	Provider  string         // opt in to the migration of this provider
	NoIgnore  bool           // also report findings that directives and ignore entries suppress
	SecretEnv string         // environment variable of the provider's client secret, if the flow sends none
	Scopes    []string       // for flows that need scopes
	Budget    int            // multiplies the limits of package budget; 0 is 1
	Config    *config.Config // the configuration for the package; never nil

	// Settings of some drivers only.
	Outcome bool // messages contain the reason if a finding is not rewritten, as under go fix
	Rule    bool // messages contain the rule, because the driver does not show it

	// Incomplete is called for each place with an incomplete analysis, because a limit of package budget was exceeded. It may be nil.
	Incomplete func(place, limit string)

	// Imports returns an importer for rewritten files, which may import the given paths. If it is nil, only the
	// imports of the package are known.
	Imports func(paths []string) (types.Importer, error)
}

// values are the flags of a process.
type values struct {
	all, noIgnore                       bool
	provider, secretEnv, scopes, config string
	budget                              int
}

var flags values

// AllVendors is the name of the command's flag -all in other drivers: singlechecker has a flag -all without
// effect.
const AllVendors = "all-vendors"

// Flags adds the flags to a set; all is the name of the flag -all. All sets share their values, which are
// variables of the process.
func Flags(fs *flag.FlagSet, all string) {
	fs.BoolVar(&flags.all, all, flags.all, "also report flows whose provider has not retired them")
	fs.StringVar(&flags.provider, "provider", flags.provider, "also migrate the flows of this `PROVIDER`, though it has not retired them")
	fs.StringVar(&flags.secretEnv, "secret-env", flags.secretEnv, "with -provider: environment variable `NAME` with the client secret, where the old flow sent none")
	fs.StringVar(&flags.scopes, "scopes", flags.scopes, "OAuth scopes for the flows that need some, a comma-separated `LIST`")
	fs.BoolVar(&flags.noIgnore, "no-ignore", flags.noIgnore, "also report what directives and ignore entries silence")
	fs.IntVar(&flags.budget, budget.Flag, flags.budget, "`N` times the usual work and memory for code that is too much for the usual limits")
	fs.StringVar(&flags.config, "config", flags.config, "configuration `FILE` (default: "+config.FileName+" in the package's folder or above), or none")
}

// FlagSet returns a set with only the flags, for the Flags field of an analyzer.
func FlagSet() flag.FlagSet {
	var fs flag.FlagSet
	Flags(&fs, AllVendors)
	return fs
}

// Analyzer reads the flags, and the configuration file for the package.
var Analyzer = &analysis.Analyzer{
	Name:             "jwtsettings",
	Doc:              "tell other analyzers what flags and .jwtretire.yaml ask for\n\nIt reports nothing.",
	URL:              "https://pkg.go.dev/jwtretire.example/fixer",
	Flags:            FlagSet(),
	Run:              func(pass *analysis.Pass) (any, error) { return read(pass) },
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Settings](),
}

// Adjusted is Analyzer with a function that changes the settings, for a driver with settings of its own.
func Adjusted(adjust func(*Settings)) *analysis.Analyzer {
	a := *Analyzer
	a.Run = func(pass *analysis.Pass) (any, error) {
		s, err := read(pass)
		if err == nil {
			adjust(s)
		}
		return s, err
	}
	return &a
}

// Fixed returns an analyzer with the same result for every package. It ignores flags and files. A nil
// configuration is an empty one.
func Fixed(s Settings) *analysis.Analyzer {
	if s.Config == nil {
		s.Config = &config.Config{}
	}
	a := *Analyzer
	a.Flags = flag.FlagSet{}
	a.Run = func(*analysis.Pass) (any, error) { return &s, nil }
	return &a
}

func read(pass *analysis.Pass) (*Settings, error) {
	s := &Settings{All: flags.all, NoIgnore: flags.noIgnore, Provider: flags.provider, SecretEnv: flags.secretEnv, Scopes: List(flags.scopes), Budget: flags.budget, Config: &config.Config{}}
	if s.SecretEnv != "" && !config.IsEnvName(s.SecretEnv) {
		return nil, fmt.Errorf("-secret-env takes the name of an environment variable, never the secret itself") // the message must not contain the value
	}
	if len(pass.Files) == 0 {
		return s, nil
	}
	dir := filepath.Dir(pass.Fset.File(pass.Files[0].FileStart).Name())
	if !filepath.IsAbs(dir) {
		return s, nil // a driver that shows no real files
	}
	var err error
	// Some drivers restrict pass.ReadFile to the files of the package, and the configuration is none of them.
	s.Config, err = config.Load(flags.config, dir)
	return s, err
}

// List splits a comma-separated list.
func List(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// OptedIn reports whether the user requested the migration of a provider.
func (s *Settings) OptedIn(provider string) bool {
	return s.Provider != "" && s.Provider == provider || s.Config.OptedIn(provider)
}
