// Package decision has the values that only the user can give: scopes, secrets, vendors.
//
// Input: a configuration and the command line. Output: Decisions, and the error for a missing one.
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

// Decisions are the values that only the user can give.
type Decisions struct {
	Scopes    []string            // -scopes: for every flow that needs scopes
	ScopesFor map[string][]string // by metascope or by provider, from the configuration
	Providers map[string]OptIn    // opt-ins, by provider id
	Vendors   []provider.Provider // vendors that the configuration describes
	Budget    int                 // -budget: multiplies the limits of package budget; 0 is 1
	Functions library.Declared    // effects of functions without a row in the library table
}

// An OptIn is the request to rewrite the flows of a provider whose JWT flow still works.
type OptIn struct {
	Secret   string // Go expression of the client secret, "" if the flow sends one
	ID       string // Go expression of the client id, "" for that of the flow
	TokenURL string // Go expression of the token URL, "" for that of the program

	Params map[string]string // Go expressions of further parameters, by name
}

// A Needed is the error for a missing decision. What is its name; several are separated by spaces.
type Needed struct{ What, Msg string }

// With returns d with the decisions of the command line: scopes for all flows, and a provider to migrate, with
// the environment variable of its secret. Each may be empty. d does not change.
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

// Further returns the parameters of the new grant: those of the vendor's row, followed by those of the
// configuration, sorted by name.
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

// GiveIn tells the user where to make a decision about a vendor, as text to copy.
func GiveIn(id, key, flag string) string {
	s := fmt.Sprintf("say where it comes from under providers: %s: %s: {env: NAME} in .jwtretire.yaml", id, key)
	if flag != "" {
		s += ", or with " + flag + " NAME"
	}
	return s
}

// Decided returns the decisions of a configuration file.
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

// expression returns the Go expression of a configured value.
func expression(v config.Value) string {
	if v.Env != "" {
		return FromEnv(v.Env)
	}
	return v.Expr
}

// FromEnv returns the expression that reads an environment variable.
func FromEnv(name string) string { return fmt.Sprintf("«os».Getenv(%q)", name) }

// IsNeeded reports whether an error is a missing decision.
func IsNeeded(err error) bool {
	_, ok := errors.AsType[*Needed](err)
	return ok
}
