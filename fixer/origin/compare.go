package origin

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/lazyregexp"
	"jwtretire.example/internal/load"
)

// A Comparison compares the packages of a result with the old ones. It shows that the token comes from the host of the
// old exchange, with the client secret that the exchange sent: the values of the new configurations have the same
// sources. Rejected: trust in the planner, which copies the expressions; that is no proof. A Comparison is not safe for
// concurrent use.
type Comparison struct {
	old, new Finder
	configs  map[string][]config // by file: the configurations that only the result has
	gone     map[string]bool     // changed files; true if the result deletes the file
}

// A config is a value of clientcredentials.Config, by the expressions of its fields.
type config struct {
	file   *syntax.File
	at     ast.Node
	fields map[string]ast.Expr
}

const configType = "golang.org/x/oauth2/clientcredentials.Config"

// Compare finds the new configurations of a result. pkgs are the changed packages as the result has them, files the new
// contents of the changed files (nil for a deleted one).
func Compare(old *syntax.Index, pkgs []*load.Package, files map[string][]byte) *Comparison {
	c := &Comparison{old: Finder{Index: old}, new: Finder{Index: syntax.NewIndex(pkgs)}, configs: map[string][]config{}, gone: map[string]bool{}}
	for path, content := range files {
		c.gone[path] = content == nil
		before := map[string]int{}
		for _, conf := range configsOf(old.File(path)) {
			before[conf.file.Text(conf.at)]++
		}
		for _, conf := range configsOf(c.new.Index.File(path)) {
			if text := conf.file.Text(conf.at); before[text] > 0 {
				before[text]--
				continue
			}
			c.configs[path] = append(c.configs[path], conf)
		}
	}
	return c
}

// configsOf returns the configurations of a file: composite literals, and assignments to single fields.
func configsOf(f *syntax.File) []config {
	if f == nil {
		return nil
	}
	var out []config
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if !isConfig(f.TypeOf(n)) {
				return true
			}
			c := config{f, n, map[string]ast.Expr{}}
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					if id := syntax.IdentOf(kv.Key); id != nil {
						c.fields[id.Name] = kv.Value
					}
				}
			}
			out = append(out, c)
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				sel, ok := l.(*ast.SelectorExpr)
				if ok && len(n.Lhs) == len(n.Rhs) && isConfig(f.TypeOf(sel.X)) {
					out = append(out, config{f, n, map[string]ast.Expr{sel.Sel.Name: n.Rhs[i]}})
				}
			}
		}
		return true
	})
	return out
}

func isConfig(t types.Type) bool {
	n := syntax.Named(t)
	return n != nil && n.Obj().Pkg() != nil && n.Obj().Pkg().Path()+"."+n.Obj().Name() == configType
}

// A Verdict reports whether a value of the new program has the origins of the old one, and both lists of origins.
type Verdict struct {
	Same     bool
	Old, New []string
}

// Host compares the hosts of a flow's new token URLs with that of its exchange. mine are the files of the result that
// may have part of the flow.
func (c *Comparison) Host(fl *flow.Flow, mine []string) Verdict {
	return c.field(mine, "TokenURL", []flow.Span{fl.URL}, Authority)
}

// Secret compares a flow's new client secrets with the one that its exchange sent.
func (c *Comparison) Secret(fl *flow.Flow, mine []string) Verdict {
	var sent []flow.Span
	for _, fd := range fl.Fields {
		if fd.Key == "client_secret" {
			sent = append(sent, fd.Value)
		}
	}
	return c.field(mine, "ClientSecret", sent, func(s string) string { return s })
}

// field compares the values of a field of the new configurations with the values of some old expressions. Without a new
// configuration the request stays, and these expressions must be in it unchanged.
func (c *Comparison) field(mine []string, name string, were []flow.Span, part func(string) string) Verdict {
	v := Verdict{Same: true}
	for _, span := range were {
		f, n := c.old.Index.Node(span)
		e, ok := n.(ast.Expr)
		if !ok {
			continue
		}
		v.Old = append(v.Old, partOf(c.old.Of(f, e), part)...)
	}
	found := false
	for _, path := range mine {
		for _, conf := range c.configs[path] {
			e := conf.fields[name]
			if e == nil {
				continue
			}
			found = true
			is := partOf(c.new.Of(conf.file, e), part)
			v.New = append(v.New, is...)
			v.Same = v.Same && allIn(is, v.Old)
		}
	}
	if !found {
		for _, span := range were {
			is, ok := c.again(span)
			v.New = append(v.New, partOf(is, part)...)
			v.Same = v.Same && ok && allIn(partOf(is, part), v.Old)
		}
		v.Same = v.Same && len(were) > 0
	}
	v.Old, v.New = slices.Compact(slices.Sorted(slices.Values(v.Old))), slices.Compact(slices.Sorted(slices.Values(v.New)))
	return v
}

// partOf returns the part of each text, and nil if one text has no such part.
func partOf(texts []string, part func(string) string) []string {
	var out []string
	for _, s := range texts {
		p := part(s)
		if p == "" {
			return nil
		}
		out = append(out, p)
	}
	return out
}

func allIn(is, were []string) bool {
	return len(is) > 0 && !slices.ContainsFunc(is, func(s string) bool { return !slices.Contains(were, s) })
}

// again finds an expression of the old program in the result, by its text in the function of the same name, and returns
// its origins there.
func (c *Comparison) again(span flow.Span) ([]string, bool) {
	f, n := c.old.Index.Node(span)
	if n == nil {
		return nil, false
	}
	g := c.new.Index.File(f.Path)
	if g == nil {
		// The file is unchanged.
		if e, ok := n.(ast.Expr); ok {
			return c.old.Of(f, e), true
		}
		return nil, false
	}
	text, name := f.Text(n), functionName(c.old.Index, f, n)
	var is []string
	found := false
	ast.Inspect(g.Syntax, func(m ast.Node) bool {
		e, ok := m.(ast.Expr)
		if ok && !found && g.Text(e) == text && functionName(c.new.Index, g, e) == name {
			is, found = c.new.Of(g, e), true
		}
		return !found
	})
	return is, found
}

// Remains reports whether the result has an expression of the old program as often as before in the function of the same
// name, and its place.
func (c *Comparison) Remains(span flow.Span) (place string, remains bool) {
	f, n := c.old.Index.Node(span)
	if n == nil {
		return span.File, true // unknown
	}
	count := func(ix *syntax.Index, g *syntax.File) (times int) {
		text, name := f.Text(n), functionName(c.old.Index, f, n)
		ast.Inspect(g.Syntax, func(m ast.Node) bool {
			if e, ok := m.(ast.Expr); ok && int(e.End()-e.Pos()) == len(text) && g.Text(e) == text && functionName(ix, g, e) == name {
				times++
			}
			return true
		})
		return times
	}
	g := c.new.Index.File(f.Path)
	switch {
	case g == nil && c.gone[f.Path]:
		return "", false
	case g != nil && count(c.new.Index, g) < count(c.old.Index, f):
		return "", false
	}
	return f.Place(n), true
}

// After returns a file of the result with its index, and nil if the result deletes it.
func (c *Comparison) After(path string) (*syntax.Index, *syntax.File) {
	if f := c.new.Index.File(path); f != nil {
		return c.new.Index, f
	}
	if c.gone[path] {
		return nil, nil
	}
	return c.old.Index, c.old.Index.File(path)
}

// functionName names the declared function around a node, with its receiver.
func functionName(ix *syntax.Index, f *syntax.File, n ast.Node) string {
	d := ix.Outer(f, n)
	if d == nil {
		return ""
	}
	if d.Obj != nil {
		return d.Obj.FullName()
	}
	return f.Path
}

var environment = lazyregexp.New(`call os\.Getenv\(([A-Za-z_][A-Za-z0-9_]*)\)`)

// Words returns texts as part of a remark.
func Words(texts []string) string {
	if len(texts) == 0 {
		return "what could not be followed"
	}
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = environment.ReplaceAllString(Readable(s), "the environment variable $1")
	}
	if len(out) > 3 {
		out = append(out[:3], "…")
	}
	return strings.Join(out, " or ")
}
