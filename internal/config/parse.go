package config

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/lazyregexp"
)

// A catalogue has the data on providers that the reader needs. Tests have a small one.
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
		"functions": func(n *yaml.Node) { c.Functions = r.functions(n) },
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
			if strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c == '"' || c == '\\' || c >= 0x7f }) {
				// RFC 6749, section 3.3: these cannot be part of a scope. Most likely it is a list.
				r.errorf(v, "scope %q of %s contains a blank, a quote or a character outside of ASCII; separate scopes by commas", s, key)
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
		// Most likely it is the value itself. It may be a secret, so the message must not contain it.
		r.errorf(n, "%s must name a source of the value, {env: NAME} or {expr: 'go expression'}; never write the value here", where)
		return v
	}
	r.fields(n, where, map[string]func(*yaml.Node){
		"env": func(n *yaml.Node) {
			v.Env = r.text(n, where+".env")
			if v.Env != "" && !envName.MatchString(v.Env) {
				r.errorf(n, "%s.env is not the name of an environment variable", where)
			}
		},
		"expr": func(n *yaml.Node) { v.Expr = r.expression(n, where) },
	})
	if v.Env != "" && v.Expr != "" {
		r.errorf(n, "%s has both env and expr; give one", where)
	}
	return v
}

// expression reads a Go expression and returns it as gofmt prints it. It must name a value or call a function
// for one. The file may come with a pull request, so other code is rejected.
func (r *reader) expression(n *yaml.Node, where string) string {
	before := len(r.errs)
	text := r.literal(n, where+".expr")
	if text == "" || len(r.errs) > before {
		return ""
	}
	fset := token.NewFileSet()
	e, err := parser.ParseExprFrom(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		r.errorf(n, "%s.expr is not a Go expression", where)
		return ""
	}
	if lit, isLit := e.(*ast.BasicLit); isLit {
		if !strings.HasSuffix(where, "token_url") {
			r.errorf(n, "%s.expr is the value itself; say where it comes from, never write it here", where)
		} else if url, err := strconv.Unquote(lit.Value); err == nil {
			r.secure(n, where, url)
		}
	}
	if what := notAName(e); what != "" {
		r.errorf(n, "%s.expr has %s in it; it may name a variable, a field or a constant, call a function, and join texts", where, what)
		return ""
	}
	var out strings.Builder
	if err := printer.Fprint(&out, fset, e); err != nil {
		r.errorf(n, "%s.expr cannot be written as Go: %v", where, err)
	}
	return out.String() // without comments
}

// notAName returns the first part of an expression that neither names nor gets a value, "" if there is none.
func notAName(e ast.Expr) (what string) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil, *ast.Ident, *ast.SelectorExpr, *ast.CallExpr, *ast.ParenExpr, *ast.IndexExpr, *ast.StarExpr:
		case *ast.BasicLit:
			if n.Kind != token.STRING && n.Kind != token.INT {
				what = "a " + strings.ToLower(n.Kind.String())
			}
		case *ast.BinaryExpr:
			if n.Op != token.ADD {
				what = "the operator " + n.Op.String()
			}
		case *ast.FuncLit:
			what = "a function"
		case *ast.UnaryExpr:
			what = "the operator " + n.Op.String()
		default:
			what = "what only programs have"
		}
		return what == ""
	})
	return what
}

// secure checks that a URL does not send a secret in clear text. On the same machine, http is allowed.
func (r *reader) secure(n *yaml.Node, where, address string) {
	u, err := url.Parse(address)
	if err == nil && u.Scheme == "http" {
		if ip, err := netip.ParseAddr(u.Hostname()); u.Hostname() != "localhost" && (err != nil || !ip.IsLoopback()) {
			r.errorf(n, "%s is plain http, by which the client secret would be sent in the clear; give an https URL", where)
		}
	}
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
		case len(r.errs) > before: // reported already
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
