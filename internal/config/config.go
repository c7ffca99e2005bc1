package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/suppress"
)

// FileName is the name of the configuration file.
const FileName = ".jwtretire.yaml"

// A Config is the content of a configuration file. The zero value is that of a missing file.
type Config struct {
	File string // absolute path, "" if there is none

	Scopes    map[string][]string // OAuth scopes by metascope or provider id
	OptIns    map[string]OptIn    // by provider id: providers to migrate on request
	Providers []provider.Provider // providers that the file describes, in file order; for provider.Judge
	Ignores   []*Ignore
	Functions library.Declared // effects of functions without a row in the library table
}

// An OptIn is the request to migrate a provider, with the values for its new grant.
type OptIn struct {
	ID           string
	ClientSecret Value            // zero: the secret that the flow sends already
	ClientID     Value            // zero: the id that the flow sends already
	Params       map[string]Value // additional parameters of the new request, by name
	TokenURL     Value            // zero: the URL of the program, or of the provider's description
	Line         int
}

// A Value is a source of a value in the program. At most one field is set.
type Value struct {
	Env  string // name of an environment variable
	Expr string // a Go expression, as gofmt prints it
}

// IsZero reports whether no source is set.
func (v Value) IsZero() bool { return v == Value{} }

// An Ignore suppresses one finding.
type Ignore struct {
	ID     string
	Reason string
	Until  string // YYYY-MM-DD, the last day; "" for no end
	File   string
	Line   int
	used   bool
}

// expired reports whether the last day of the entry is over.
func (ig *Ignore) expired(now time.Time) bool {
	if ig.Until == "" {
		return false
	}
	last, err := time.ParseInLocation(time.DateOnly, ig.Until, now.Location())
	return err == nil && !now.Before(last.AddDate(0, 0, 1))
}

// Find returns the configuration file for dir, an absolute path: the first one from dir up to the root of the
// file system, and "" if there is none. The search does not stop at the root of a repository or a module, so
// one file can serve a directory of repositories.
func Find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("looking for %s: %w", FileName, err)
	}
	for {
		file := filepath.Join(dir, FileName)
		info, err := os.Stat(file)
		switch {
		case err == nil && info.Mode().IsRegular():
			return file, nil
		case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission):
			return "", fmt.Errorf("looking for %s: %w", FileName, err)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", nil
		}
		dir = up
	}
}

// None, instead of the name of a configuration file, means no file. Gates use it: they must not apply a
// configuration that comes with the change under review.
const None = "none"

// maxSize bounds the configuration file, in bytes.
const maxSize = 1 << 20

// Load reads a configuration file, or the one for dir if file is "". If there is none, or file is None, it
// returns the zero Config.
func Load(file, dir string) (*Config, error) {
	read := os.ReadFile // a named file may be a pipe
	switch file {
	case None:
		return &Config{}, nil
	case "":
		found, err := Find(dir)
		if err != nil {
			return nil, err
		}
		if found == "" {
			return &Config{}, nil
		}
		file, read = found, readFile
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	data, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Parse(file, data)
}

func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return nil, fmt.Errorf("%s is not a regular file of at most %d bytes", name, maxSize)
	}
	return os.ReadFile(name)
}

// Parse reads the text of a configuration file. file is its name, for messages. It returns all errors, joined;
// each begins with file:line.
func Parse(file string, data []byte) (*Config, error) {
	return parse(file, data, catalogue{provider.ByID, provider.All})
}

// Described returns the provider that the file describes under an id, nil if there is none.
func (c *Config) Described(id string) *provider.Provider {
	for i := range c.Providers {
		if c.Providers[i].ID == id {
			return &c.Providers[i]
		}
	}
	return nil
}

// OptedIn reports whether the file requests the migration of a provider.
func (c *Config) OptedIn(id string) bool {
	_, ok := c.OptIns[id]
	return ok
}

// ScopesFor returns the scopes for a flow: those of all metascopes, in order and without duplicates, if the
// file has all of them, or those of the provider. ok is false if the file has neither.
func (c *Config) ScopesFor(providerID string, metascopes []string) (scopes []string, ok bool) {
	seen := map[string]bool{}
	all := len(metascopes) > 0
	for _, m := range metascopes {
		list, found := c.Scopes[m]
		all = all && found
		for _, s := range list {
			if !seen[s] {
				seen[s] = true
				scopes = append(scopes, s)
			}
		}
	}
	if all {
		return scopes, true
	}
	scopes, ok = c.Scopes[providerID]
	return scopes, ok
}

// Ignored returns the valid entry that suppresses a finding, nil if there is none. It marks the entry as used,
// even an expired one.
func (c *Config) Ignored(id string, now time.Time) *suppress.Why {
	for _, ig := range c.Ignores {
		if ig.ID != id {
			continue
		}
		ig.used = true
		if !ig.expired(now) {
			return &suppress.Why{By: "config", Reason: ig.Reason, File: ig.File, Line: ig.Line, Until: ig.Until}
		}
	}
	return nil
}

// Problems returns the problems of the ignore entries: expired ones and, if whole is set, those without a
// finding. Call it after Ignored was called for every finding, and set whole only if the run includes all code
// that the file applies to.
func (c *Config) Problems(now time.Time, whole bool) []suppress.Problem {
	var out []suppress.Problem
	for _, ig := range c.Ignores {
		msg := ""
		switch {
		case !ig.used && whole:
			msg = fmt.Sprintf("ignore entry %s matches no finding; delete it", ig.ID)
		case ig.expired(now) && (ig.used || whole):
			msg = fmt.Sprintf("ignore entry %s expired on %s, so its finding is reported again; migrate it or set a later date", ig.ID, ig.Until)
		default:
			continue
		}
		out = append(out, suppress.Problem{File: ig.File, Line: ig.Line, Column: 1, Message: msg})
	}
	return out
}
