package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/prove"
	"jwtretire.example/internal/budget"
	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/commandline"
	"jwtretire.example/internal/config"
	asked "jwtretire.example/internal/settings"
)

// Settings are the flags of a run, and values derived from them.
type settings struct {
	format     string
	output     string
	scopes     string
	providerID string
	secretEnv  string
	all        bool
	configFile string
	noIgnore   bool
	budgetText string
	tags       string
	tests      bool
	verify     string
	diff       bool
	split      string
	review     bool
	dry        bool
	dirty      bool
	abort      bool
	resume     bool
	staged     bool
	cache      string
	chdir      string
	color      string
	verbose    bool

	args   []string // patterns, or the arguments of explain
	dir    string   // the working directory
	config *config.Config
	level  prove.Level
	budget int
}

// parse parses the command line of a command.
func (c *command) parse(p *commandline.Program, cmd *commandline.Command, args []string) error {
	var err error
	if c.args, err = p.Parse(cmd, args); err != nil {
		return err
	}
	if err := cmd.Check(); err != nil {
		return err
	}
	if c.diff && c.format != "text" && c.format != "html" && c.output == "" {
		return fmt.Errorf("fix -diff prints the patch on standard output, where -format %s would be printed, too: write the patch to a file with -o", c.format)
	}
	if c.abort && c.resume {
		return fmt.Errorf("-abort and -continue exclude each other: use one of them")
	}
	if err := c.checkSplit(); err != nil {
		return err
	}
	if c.staged && len(c.args) > 0 {
		return fmt.Errorf("-staged selects the packages itself; leave out %s", strings.Join(c.args, " "))
	}
	return nil
}

// change changes to the directory of -C.
func (c *command) change() error {
	if c.chdir == "" {
		return nil
	}
	if err := os.Chdir(c.chdir); err != nil {
		return fmt.Errorf("-C: %w", err)
	}
	return nil
}

// prepare changes to the directory of the run, and reads its configuration.
func (c *command) prepare() error {
	if err := c.change(); err != nil {
		return err
	}
	var err error
	if c.level, err = prove.ParseLevel(c.verify); err != nil {
		return err
	}
	if c.budget, err = strconv.Atoi(c.budgetText); err != nil || c.budget < 1 || c.budget > budget.Most {
		return fmt.Errorf("-%s %s: use a number from 1 to %d; all limits are multiplied by it", budget.Flag, c.budgetText, budget.Most)
	}
	if c.dir, err = os.Getwd(); err != nil {
		return fmt.Errorf("the working directory cannot be read: %w", err)
	}
	if c.config, err = config.Load(c.configFile, c.dir); err != nil {
		return err
	}
	return c.checkProvider()
}

// store returns the cache, nil if the run must not use one.
func (s *settings) store() *cache.Cache {
	if s.cache == "off" {
		return nil
	}
	return cache.Default()
}

// checkProvider returns an error if -provider or -secret-env would have no effect.
func (s *settings) checkProvider() error {
	switch {
	case s.providerID == "" && s.secretEnv != "":
		return fmt.Errorf("-secret-env is the source of a vendor's client secret; name the vendor with -provider")
	case s.secretEnv != "" && !config.IsEnvName(s.secretEnv):
		// It may be the secret itself, so the message must not contain it.
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

// decisions merges the decisions of the command line and the configuration.
func (s *settings) decisions() decision.Decisions {
	d := decision.Decided(s.config).With(asked.List(s.scopes), s.providerID, s.secretEnv)
	d.Budget = s.budget
	return d
}
