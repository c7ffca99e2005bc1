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

// A Config is what a configuration file says. The zero Config is that of a tree without one.
type Config struct {
	File string // absolute path, "" if there is none

	Scopes    map[string][]string // OAuth scopes by metascope or provider id
	OptIns    map[string]OptIn    // by provider id: providers that are to be migrated on request
	Providers []provider.Provider // providers that the file describes, in its order; for provider.Judge
	Ignores   []*Ignore
	Functions library.Declared // what functions do that the library table does not have
}

// An OptIn is the request to migrate a provider, and what it takes.
type OptIn struct {
	ID           string
	ClientSecret Value            // zero: the one that the flow already sends
	ClientID     Value            // zero: likewise
	Params       map[string]Value // further parameters of the new request, by name
	TokenURL     Value            // zero: the one that the program uses, or that the provider's description has
	Line         int
}

// A Value says where the program is to get a value from. At most one field is set.
type Value struct {
	Env  string // name of an environment variable
	Expr string // a Go expression, checked to parse
}

// IsZero reports whether nothing was said.
func (v Value) IsZero() bool { return v == Value{} }

// An Ignore silences one finding.
type Ignore struct {
	ID     string
	Reason string
	Until  string // YYYY-MM-DD, the last day on which it is in force; "" for no end
	File   string
	Line   int
	used   bool
}

// expired reports whether the entry's last day is over.
func (ig *Ignore) expired(now time.Time) bool {
	if ig.Until == "" {
		return false
	}
	last, err := time.ParseInLocation(time.DateOnly, ig.Until, now.Location())
	return err == nil && !now.Before(last.AddDate(0, 0, 1))
}

// Find returns the configuration file that is in force in dir: the first one on the way from dir
// up to the root of the file system, "" if there is none. The way does not stop at the root of a
// repository or a module, so one file can serve a folder of repositories.
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

// None, in the place of the name of a configuration file, says that there is none: for gates, which are not to follow what comes
// with the change that they judge.
const None = "none"

// maxSize bounds the configuration file, in bytes.
const maxSize = 1 << 20

// Load reads the configuration file, or the one in force in dir if file is "". Without any, or where file is None, it
// returns the zero Config.
func Load(file, dir string) (*Config, error) {
	read := os.ReadFile // of what a person names: a pipe, if they like
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
		return nil, fmt.Errorf("%s is no file of at most %d bytes", name, maxSize)
	}
	return os.ReadFile(name)
}

// Parse reads the text of a configuration file. Errors begin with file:line.
func Parse(file string, data []byte) (*Config, error) {
	return parse(file, data, catalogue{provider.ByID, provider.All})
}

// Described returns a provider that the file describes, nil if it has none of that id.
func (c *Config) Described(id string) *provider.Provider {
	for i := range c.Providers {
		if c.Providers[i].ID == id {
			return &c.Providers[i]
		}
	}
	return nil
}

// OptedIn reports whether the file asks for the migration of a provider.
func (c *Config) OptedIn(id string) bool {
	_, ok := c.OptIns[id]
	return ok
}

// ScopesFor returns the scopes for a flow: those for each metascope, in order and without
// repetition, if all of them are there; else those for the provider. ok is false where the file
// says nothing, or not enough.
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

// Ignored returns the entry in force that silences a finding, nil if there is none. It marks the
// entry as used, expired or not.
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

// Problems returns what is wrong with the ignore entries: those that have expired and, if whole
// is set, those that match no finding. Ask after every finding was matched, and set whole only if
// the run saw everything that the file is about.
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
