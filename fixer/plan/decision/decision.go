// Package decision has the values that only a person can give: scopes, secrets, vendors. In: a configuration and the command
// line. Out: Decisions, and the error that names a missing one.
package decision

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/config"
)

// Decisions are the values that only a person can give.
type Decisions struct {
	Scopes    []string            // -scopes: for every flow that needs some
	ScopesFor map[string][]string // by metascope or by provider, from the configuration
	Providers map[string]OptIn    // optional providers to be rewritten, by id
	Vendors   []provider.Provider // vendors that the configuration describes
	Budget    int                 // -budget: multiplies the limits of package budget; 0 is 1
	Functions library.Declared    // what functions do that the library table does not have
}

// An OptIn is the request to rewrite the flows of a provider whose JWT flow still works.
type OptIn struct {
	Secret   string // Go expression of the client secret, "" where the flow sends one already
	ID       string // Go expression of the client id, "" where the flow names it
	TokenURL string // Go expression of the token URL, "" where it stays the program's own

	Params map[string]string // Go expressions of further parameters, by name
}

// A Needed says which decision is missing. what may name several, with spaces between them.
type Needed struct{ What, Msg string }

// With adds what the command line decides: scopes for all flows, and a provider to migrate with the variable that
// its secret comes from. Each may be empty.
func (d Decisions) With(scopes []string, provider, secretEnv string) Decisions {
	d.Scopes = scopes
	if provider != "" {
		in := d.Providers[provider]
		if secretEnv != "" {
			in.Secret = FromEnv(secretEnv)
		}
		d.Providers[provider] = in
	}
	return d
}

// Further returns the parameters that the new grant takes: those of the vendor's row, then those that
// only the configuration has, by name.
func (d *Decisions) Further(v *provider.Provider) []provider.Param {
	out := slices.Clone(v.Target.Params)
	for _, name := range slices.Sorted(maps.Keys(d.Providers[v.ID].Params)) {
		if !slices.ContainsFunc(out, func(pm provider.Param) bool { return pm.Name == name }) {
			out = append(out, provider.Param{Name: name})
		}
	}
	return out
}

func (e *Needed) Error() string { return e.Msg }

// GiveIn says where a decision about a vendor is given, in words that can be copied.
func GiveIn(id, key, flag string) string {
	s := fmt.Sprintf("say where it comes from under providers: %s: %s: {env: NAME} in .jwtretire.yaml", id, key)
	if flag != "" {
		s += ", or with " + flag + " NAME"
	}
	return s
}

// Decided returns the decisions in a configuration file.
func Decided(c *config.Config) Decisions {
	d := Decisions{ScopesFor: c.Scopes, Providers: map[string]OptIn{}, Vendors: c.Providers, Functions: c.Functions}
	for id, in := range c.OptIns {
		opt := OptIn{Secret: expression(in.ClientSecret), ID: expression(in.ClientID), TokenURL: expression(in.TokenURL), Params: map[string]string{}}
		for name, v := range in.Params {
			opt.Params[name] = expression(v)
		}
		d.Providers[id] = opt
	}
	return d
}

// expression writes the expression by which the program gets a configured value.
func expression(v config.Value) string {
	if v.Env != "" {
		return FromEnv(v.Env)
	}
	return v.Expr
}

// FromEnv returns the expression that reads an environment variable.
func FromEnv(name string) string { return fmt.Sprintf("«os».Getenv(%q)", name) }

// IsNeeded reports whether an error says that a decision is missing.
func IsNeeded(err error) bool {
	_, ok := errors.AsType[*Needed](err)
	return ok
}
