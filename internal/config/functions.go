package config

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
	"golang.org/x/mod/module"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/suppress"
)

// functions reads the effects of functions: a map from a name to a word.
func (r *reader) functions(n *yaml.Node) library.Declared {
	if isNull(n) {
		return nil
	}
	out := library.Declared{}
	r.pairs(n, "functions", func(key string, k, v *yaml.Node) {
		before := len(r.errs)
		path, recv, name, err := parseName(key)
		effect := oneOf(r, v, "functions: "+key, []string{"pure", "logs", "exits"}, library.Words)
		full := library.Name(path, recv, name)
		switch twin, dup := out[full]; {
		case err != nil:
			r.errorf(k, "functions: %v", err)
		case len(r.errs) > before: // reported already
		case dup:
			r.errorf(k, "functions: %s is already on line %d, written differently", key, twin.Line)
		case library.Known(path, recv, name):
			r.errorf(k, "functions: what %s does is in the table of the tool, which a configuration does not change; delete the entry", key)
		default:
			out[full] = library.Declaration{Effect: effect, Line: k.Line, Where: fmt.Sprintf("%s:%d", filepath.Base(r.file), k.Line)}
		}
	})
	return out
}

// Undeclared returns a problem for each function of the file that does not exist. Only packages in pkgs and
// their imports are known; functions of other packages are no problem.
func (c *Config) Undeclared(pkgs []*types.Package) []suppress.Problem {
	if len(c.Functions) == 0 {
		return nil
	}
	byPath := map[string][]*types.Package{}
	seen := map[*types.Package]bool{}
	add := func(p *types.Package) {
		if p != nil && !seen[p] {
			seen[p] = true
			byPath[p.Path()] = append(byPath[p.Path()], p)
		}
	}
	for _, p := range pkgs {
		add(p)
		if p != nil {
			for _, imp := range p.Imports() {
				add(imp)
			}
		}
	}
	var out []suppress.Problem
	for full, d := range c.Functions {
		path, recv, name, err := parseName(full)
		if err != nil {
			continue
		}
		known := byPath[path]
		if len(known) == 0 || slices.ContainsFunc(known, func(p *types.Package) bool { return !p.Complete() || declares(p, recv, name) }) {
			continue
		}
		out = append(out, suppress.Problem{File: c.File, Line: d.Line, Column: 1, Message: fmt.Sprintf("functions: package %s has no %s; correct the name or delete the entry", path, strings.TrimPrefix(recv+"."+name, "."))})
	}
	slices.SortFunc(out, func(a, b suppress.Problem) int { return cmp.Or(a.Line-b.Line, strings.Compare(a.Message, b.Message)) })
	return out
}

// declares reports whether a package has a function or method.
func declares(p *types.Package, recv, name string) bool {
	if recv == "" {
		_, ok := p.Scope().Lookup(name).(*types.Func)
		return ok
	}
	obj, ok := p.Scope().Lookup(recv).(*types.TypeName)
	if !ok {
		return false
	}
	m, _, _ := types.LookupFieldOrMethod(obj.Type(), true, p, name)
	_, ok = m.(*types.Func)
	return ok
}

// parseName parses the name of a function in the notation of go doc, stack traces or go/types:
// "example.com/p.F", "example.com/p.T.M", "(example.com/p.T).M", "(*example.com/p.T).M".
func parseName(s string) (path, recv, name string, err error) {
	rest := s
	method := strings.HasPrefix(rest, "(")
	if method {
		rest = strings.Replace(strings.TrimPrefix(rest[1:], "*"), ")", "", 1)
	}
	slash := strings.LastIndex(rest, "/") + 1
	parts := strings.Split(rest[slash:], ".")
	// In gopkg.in/yaml.v3.Unmarshal, the first dot after the last slash belongs to the path.
	n := 1
	for n < len(parts)-1 && !token.IsIdentifier(parts[n]) || n < len(parts)-1 && isVersion(parts[n]) && strings.HasPrefix(rest, "gopkg.in/") {
		n++
	}
	path = rest[:slash] + strings.Join(parts[:n], ".")
	ids := parts[n:]
	switch {
	case len(ids) == 2:
		recv, name = ids[0], ids[1]
	case len(ids) == 1 && !method:
		name = ids[0]
	default:
		return "", "", "", fmt.Errorf("%q is no name of a function; write example.com/p.F, or (example.com/p.T).M for a method", s)
	}
	if !slices.ContainsFunc(ids, func(id string) bool { return !token.IsIdentifier(id) }) && module.CheckImportPath(path) == nil {
		return path, recv, name, nil
	}
	return "", "", "", fmt.Errorf("%q is no name of a function; write example.com/p.F, or (example.com/p.T).M for a method", s)
}

func isVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && strings.Trim(s[1:], "0123456789") == ""
}
