package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/report"
)

// settings are the flags of a run, and what follows from them.
type settings struct {
	format     string
	output     string
	scopes     string
	providerID string
	secretEnv  string
	all        bool
	configFile string
	tags       string
	tests      bool
	verify     string
	diff       bool
	split      string
	review     bool
	staged     bool
	cache      string
	chdir      string
	json       bool

	args   []string // patterns, or what explain is asked about
	dir    string   // the working directory
	config *config.Config
	level  prove.Level
}

func (s *settings) flags(verb string) *flag.FlagSet {
	fs := flag.NewFlagSet("jwtretire "+verb, flag.ContinueOnError)
	fs.StringVar(&s.format, "format", "text", "`text`, json, sarif or github")
	fs.BoolVar(&s.json, "json", false, "same as -format json")
	fs.StringVar(&s.output, "o", "", "write the report, or with fix -diff the patch, to `FILE`")
	fs.StringVar(&s.scopes, "scopes", "", "OAuth scopes for the flows that need some, a comma-separated `LIST`")
	fs.StringVar(&s.providerID, "provider", "", "also migrate the flows of this `PROVIDER`, though it has not retired them")
	fs.StringVar(&s.secretEnv, "secret-env", "", "with -provider: environment variable `NAME` from which the migrated program takes its client secret, where the old flow sent none")
	fs.BoolVar(&s.all, "all", false, "also list flows whose provider has not retired them")
	fs.StringVar(&s.configFile, "config", "", "configuration `FILE` (default: "+config.FileName+" in this folder or above)")
	fs.StringVar(&s.tags, "tags", "", "build tags, a comma-separated `LIST`")
	fs.BoolVar(&s.tests, "test", true, "look at _test.go files too")
	fs.StringVar(&s.chdir, "C", "", "change to `DIR` first")
	fs.BoolVar(&s.staged, "staged", false, "look at the files staged in git, for hooks")
	fs.StringVar(&s.cache, "cache", "on", "`on`, or off: keep nothing between runs, and do not look at what was kept")
	if verb == "fix" {
		fs.BoolVar(&s.diff, "diff", false, "print a patch for git apply, write nothing")
		fs.StringVar(&s.split, "split", "", "with -diff: one patch for each `finding` or package, for git am; -o names their directory")
		fs.BoolVar(&s.review, "review", false, "carry out also those rewrites that a reviewer has to look at first; without it they are skipped, with the reason")
		fs.StringVar(&s.verify, "verify", "types", "prove the result by `types`, build or test")
	}
	return fs
}

// parse reads the command line. Flags may stand before, between and after the patterns.
func (c *command) parse(verb string, args []string) error {
	fs := c.flags(verb)
	var said bytes.Buffer
	fs.SetOutput(&said)
	fs.Usage = func() { usage(&said); fmt.Fprintf(&said, "\nFlags:\n"); fs.PrintDefaults() }
	for {
		if err := fs.Parse(args); err != nil {
			if err == flag.ErrHelp {
				io.Copy(c.stdout, &said)
				return err
			}
			return fmt.Errorf("%w (jwtretire -help lists the flags)", err)
		}
		rest := fs.Args()
		if len(rest) == 0 {
			break
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			c.args = append(c.args, rest...)
			break
		}
		c.args = append(c.args, rest[0])
		args = rest[1:]
	}
	if c.json {
		c.format = "json"
	}
	if !slices.Contains(report.Formats, c.format) {
		return fmt.Errorf("-format %s: it is one of %s", c.format, strings.Join(report.Formats, ", "))
	}
	if c.diff && c.format != "text" && c.output == "" {
		return fmt.Errorf("fix -diff prints the patch on standard output, where -format %s wants to print too: send the patch to a file with -o", c.format)
	}
	if c.cache != "on" && c.cache != "off" {
		return fmt.Errorf("-cache %s: it is on or off", c.cache)
	}
	if err := c.checkSplit(); err != nil {
		return err
	}
	if c.staged && len(c.args) > 0 {
		return fmt.Errorf("-staged says itself what to look at; it takes no packages (%s)", strings.Join(c.args, " "))
	}
	if c.verify == "" {
		c.verify = "types"
	}
	if c.chdir != "" {
		if err := os.Chdir(c.chdir); err != nil {
			return fmt.Errorf("-C: %w", err)
		}
	}
	var err error
	if c.level, err = prove.ParseLevel(c.verify); err != nil {
		return err
	}
	if c.dir, err = os.Getwd(); err != nil {
		return fmt.Errorf("the working directory cannot be read: %w", err)
	}
	if c.config, err = config.Load(c.configFile, c.dir); err != nil {
		return err
	}
	return c.checkProvider()
}

// store returns the cache, nil if the run is to do without.
func (s *settings) store() *cache.Cache {
	if s.cache == "off" {
		return nil
	}
	return cache.Default()
}

// checkProvider looks at -provider and -secret-env, which a typing error would make do nothing.
func (s *settings) checkProvider() error {
	switch {
	case s.providerID == "" && s.secretEnv != "":
		return fmt.Errorf("-secret-env says where a vendor's client secret comes from; name the vendor with -provider")
	case s.secretEnv != "" && !config.IsEnvName(s.secretEnv):
		// It may be the secret itself: do not repeat it.
		return fmt.Errorf("-secret-env takes the name of an environment variable, never the secret itself")
	case s.providerID == "":
		return nil
	}
	for i := range s.config.Providers {
		if s.config.Providers[i].ID == s.providerID {
			return nil
		}
	}
	row, ok := provider.ByID(s.providerID)
	switch {
	case !ok:
		return fmt.Errorf("-provider %s: neither the catalogue (jwtretire providers) nor the configuration has a vendor of that name", s.providerID)
	case row.Verdict == provider.Keep:
		return fmt.Errorf("-provider %s: %s has no client-secret grant that could take the place of its JWT flow", s.providerID, row.Name)
	}
	return nil
}

// decisions joins what the command line and the configuration decide.
func (s *settings) decisions() plan.Decisions {
	d := plan.Decided(s.config)
	d.Scopes = splitList(s.scopes)
	if s.providerID != "" {
		in := d.Providers[s.providerID]
		if s.secretEnv != "" {
			in.Secret = plan.FromEnv(s.secretEnv)
		}
		d.Providers[s.providerID] = in
	}
	return d
}

func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

func usage(w io.Writer) {
	fmt.Fprint(w, `usage:
	jwtretire [flags] [packages]            list JWT token flows that their vendor has retired
	jwtretire fix [flags] [packages]        rewrite them to the client-credentials grant
	jwtretire fix -diff [flags] [packages]  print the rewrite as a patch, write nothing;
	                                        with -o FILE for the patch and -format, print a report too;
	                                        with -split finding|package -o DIR, one patch for git am each
	jwtretire explain FILE:LINE | ID        how a value gets from the key to the request
	jwtretire providers                     the catalogue of vendors
	go vet -vettool=$(which jwtretire) [packages]
	go fix -fixtool=$(which jwtretire) [-diff] [packages]

Packages are directories or patterns such as ./...; the default is ./...
Exit codes: 0 nothing to do, 1 findings or work left, 2 error.
`)
}
