package config

import (
	"errors"
	"go/ast"
	"go/parser"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/lazyregexp"
)

// catalogue is what the reader needs to know of the providers; tests have a small one of their own.
type catalogue struct {
	byID func(string) (*provider.Provider, bool)
	all  func() []*provider.Provider
}

func parse(file string, data []byte, cat catalogue) (*Config, error) {
	r := &reader{file: file}
	c := &Config{File: file}
	root, err := r.root(data)
	if err != nil {
		return nil, err
	}
	if root == nil {
		return c, nil
	}
	r.fields(root, "the configuration", map[string]func(*yaml.Node){
		"scopes":    func(n *yaml.Node) { c.Scopes = r.scopes(n) },
		"providers": func(n *yaml.Node) { r.providers(n, c, cat) },
		"ignore":    func(n *yaml.Node) { c.Ignores = r.ignores(n) },
	})
	if len(r.errs) > 0 {
		return nil, errors.Join(r.errs...)
	}
	return c, nil
}

func (r *reader) scopes(n *yaml.Node) map[string][]string {
	out := map[string][]string{}
	if isNull(n) {
		return out
	}
	r.pairs(n, "scopes", func(key string, k, v *yaml.Node) {
		list := r.list(v, "scopes of "+key)
		for _, s := range list {
			if strings.ContainsAny(s, " \t\"\\") {
				// RFC 6749, section 3.3: these cannot be part of a scope, so this is a list in disguise.
				r.errorf(v, "scope %q of %s has a blank or a quote in it; separate scopes by commas", s, key)
			}
		}
		if len(list) == 0 && len(r.errs) == 0 {
			r.errorf(k, "scopes of %s are empty; delete the key or name the scopes", key)
		}
		out[key] = list
	})
	return out
}

var (
	envName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// The id is a word in messages, flags and keys.
	providerID = lazyregexp.New(`^[a-z0-9][a-z0-9._-]*$`)
)

// IsEnvName reports whether s can be the name of an environment variable.
func IsEnvName(s string) bool { return envName.MatchString(s) }

// value reads {env: NAME} or {expr: 'go'}.
func (r *reader) value(n *yaml.Node, where string) (v Value) {
	if m := resolve(n); m.Kind == yaml.ScalarNode {
		// The value itself, most likely. It may be a secret: do not repeat it.
		r.errorf(n, "%s must say where the value comes from, {env: NAME} or {expr: 'go expression'}; never write the value here", where)
		return v
	}
	r.fields(n, where, map[string]func(*yaml.Node){
		"env": func(n *yaml.Node) {
			v.Env = r.text(n, where+".env")
			if v.Env != "" && !envName.MatchString(v.Env) {
				r.errorf(n, "%s.env is not the name of an environment variable", where)
			}
		},
		"expr": func(n *yaml.Node) {
			v.Expr = r.text(n, where+".expr")
			e, err := parser.ParseExpr(v.Expr)
			if v.Expr != "" && (err != nil || e == nil) {
				r.errorf(n, "%s.expr is not a Go expression", where)
			}
			if _, isLit := e.(*ast.BasicLit); isLit && !strings.HasSuffix(where, "token_url") {
				r.errorf(n, "%s.expr is the value itself; say where it comes from, never write it here", where)
			}
		},
	})
	if v.Env != "" && v.Expr != "" {
		r.errorf(n, "%s has both env and expr; give one", where)
	}
	return v
}

func (r *reader) ignores(n *yaml.Node) []*Ignore {
	if isNull(n) {
		return nil
	}
	m := resolve(n)
	if m.Kind != yaml.SequenceNode {
		r.errorf(n, "ignore must be a list of {id, reason, until}, not %s", kindName(m))
		return nil
	}
	var out []*Ignore
	for _, e := range m.Content {
		before := len(r.errs)
		ig := &Ignore{File: r.file, Line: e.Line}
		r.fields(e, "an ignore entry", map[string]func(*yaml.Node){
			"id":     func(n *yaml.Node) { ig.ID = strings.TrimSpace(r.text(n, "id")) },
			"reason": func(n *yaml.Node) { ig.Reason = strings.TrimSpace(r.text(n, "reason")) },
			"until": func(n *yaml.Node) {
				ig.Until = r.text(n, "until")
				if _, err := time.Parse(time.DateOnly, ig.Until); err != nil && ig.Until != "" {
					r.errorf(n, "until is %q; it must be a date like 2027-03-31", ig.Until)
				}
			},
		})
		switch {
		case len(r.errs) > before: // already said
		case ig.ID == "":
			r.errorf(e, "ignore entry without an id; the JSON report gives the id of each finding")
		case ig.Reason == "":
			r.errorf(e, "ignore entry %s without a reason; say why it stays", ig.ID)
		case slices.ContainsFunc(out, func(o *Ignore) bool { return o.ID == ig.ID }):
			r.errorf(e, "ignore entry %s is there twice", ig.ID)
		}
		out = append(out, ig)
	}
	return out
}
