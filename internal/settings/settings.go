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

// Settings are what a run was asked for, as it holds for one package.
type Settings struct {
	All       bool           // flows that nobody has retired are reported, too
	Provider  string         // one whose flows are to be migrated, though it has not retired them
	NoIgnore  bool           // what directives and ignore entries silence is reported
	SecretEnv string         // where the migrated program takes that provider's client secret from, if the flow sent none
	Scopes    []string       // for the flows that need some
	Budget    int            // multiplies the limits of package budget; 0 is 1
	Config    *config.Config // the configuration in force for the package; never nil

	// What only some drivers have.
	Outcome bool // messages say of what is not rewritten why, as under go fix
	Rule    bool // messages name the rule: the driver shows nothing else

	// Imports gives types to rewritten files, which may import the paths that it is given. nil: what the package
	// imports serves as far as it goes.
	Imports func(paths []string) (types.Importer, error)
}

// values are the flags of a process.
type values struct {
	all, noIgnore                       bool
	provider, secretEnv, scopes, config string
	budget                              int
}

var flags values

// AllVendors is the flag for what the command calls -all: singlechecker has an -all of its own, which does nothing.
const AllVendors = "all-vendors"

// Flags adds the flags to a set, one of them under another name. All sets share their values.
func Flags(fs *flag.FlagSet, all string) {
	fs.BoolVar(&flags.all, all, flags.all, "also report flows whose provider has not retired them")
	fs.StringVar(&flags.provider, "provider", flags.provider, "also migrate the flows of this `PROVIDER`, though it has not retired them")
	fs.StringVar(&flags.secretEnv, "secret-env", flags.secretEnv, "with -provider: environment variable `NAME` with the client secret, where the old flow sent none")
	fs.StringVar(&flags.scopes, "scopes", flags.scopes, "OAuth scopes for the flows that need some, a comma-separated `LIST`")
	fs.BoolVar(&flags.noIgnore, "no-ignore", flags.noIgnore, "also report what directives and ignore entries silence")
	fs.IntVar(&flags.budget, budget.Flag, flags.budget, "`N` times the usual work and memory for code that is too much for the usual limits")
	fs.StringVar(&flags.config, "config", flags.config, "configuration `FILE` (default: "+config.FileName+" in the package's folder or above), or none")
}

// FlagSet returns a set with the flags alone, for an analyzer that shows them as its own.
func FlagSet() flag.FlagSet {
	var fs flag.FlagSet
	Flags(&fs, AllVendors)
	return fs
}

// Analyzer reads the flags, and the configuration file that holds for the package.
var Analyzer = &analysis.Analyzer{
	Name:             "jwtsettings",
	Doc:              "tell other analyzers what flags and .jwtretire.yaml ask for\n\nIt reports nothing.",
	URL:              "https://pkg.go.dev/jwtretire.example/fixer",
	Flags:            FlagSet(),
	Run:              func(pass *analysis.Pass) (any, error) { return read(pass) },
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Settings](),
}

// Adjusted is Analyzer for a driver that knows more than flags and files say.
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

// Fixed is an analyzer with the same result for every package, whatever flags and files say. A nil configuration is an
// empty one.
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
		return nil, fmt.Errorf("-secret-env takes the name of an environment variable, never the secret itself") // which is not repeated
	}
	if len(pass.Files) == 0 {
		return s, nil
	}
	dir := filepath.Dir(pass.Fset.File(pass.Files[0].FileStart).Name())
	if !filepath.IsAbs(dir) {
		return s, nil // a driver that shows no real files
	}
	var err error
	// The file is none of the package's, so pass.ReadFile, which some drivers restrict to these, is not asked.
	s.Config, err = config.Load(flags.config, dir)
	return s, err
}

// List splits a comma-separated list.
func List(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// OptedIn reports whether the user wants the flows of a provider migrated, though it has not retired them.
func (s *Settings) OptedIn(provider string) bool {
	return s.Provider != "" && s.Provider == provider || s.Config.OptedIn(provider)
}
