package load

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strings"

	"jwtretire.example/internal/sift"
)

// A connection follows names from the declarations that have the triggers of an end.
//
// A value passes from one declaration to another only if one of them names the other, or both name a third: as
// an argument, a result, or in a variable or a value of a type. So a package without a declaration that is
// reached this way has no part in a flow, whatever its own triggers are. An example is the certificate of a
// server beside a client that fetches tokens.
//
// Names are not resolved. A local variable with the name of a function of its package counts as that function.
// So too many declarations are reached rather than too few.
type connection struct {
	plan   *plan
	within map[*node]bool
	scopes map[scopeKey]*scope
	words  map[*node]map[string]bool
	queue  []*decl
	read   int // bytes of the files that were parsed
}

// maxRead bounds the bytes of source that are parsed for the connection. Above it, every package counts as
// connected, because the search costs more than it can save.
var maxRead = 2 << 20

// A way is how a declaration was reached.
type way uint8

const (
	unreached way = iota
	byTest        // by a test, directly or not: a flow of a test ends there
	below         // by a declaration on the way: values pass through its parameters and results
	through       // it names a declaration on the way, so values pass to the declarations that name it, too
)

func newConnection(p *plan, within map[*node]bool) *connection {
	return &connection{plan: p, within: within, scopes: map[scopeKey]*scope{}, words: map[*node]map[string]bool{}}
}

// connected returns the directories of the packages in within that have a declaration reached from the ends.
func (p *plan) connected(ends []*node, within map[*node]bool) map[*sift.Dir]bool {
	c := newConnection(p, within)
	for _, n := range ends {
		c.seed(n)
	}
	if out, ok := c.run(); ok {
		return out
	}
	out := map[*sift.Dir]bool{}
	for n := range within {
		out[n.dir] = true
	}
	return out
}

// around is connected from the declarations at some places, nil if all count as connected.
func (p *plan) around(places []Place, within map[*node]bool) map[*sift.Dir]bool {
	c := newConnection(p, within)
	found := false
	for n := range within {
		for _, at := range places {
			if filepath.Dir(at.File) != n.dir.Path {
				continue
			}
			for _, s := range c.both(n) {
				for _, d := range s.decls {
					if d.file == filepath.Base(at.File) && d.start <= at.To && at.From <= d.end {
						found = true
						c.mark(d, through)
					}
				}
			}
		}
	}
	out, ok := c.run()
	if !found || !ok {
		return nil
	}
	return out
}

// run follows the names of the queue. It returns the directories that it reached; ok is false if there is more to read than maxRead.
func (c *connection) run() (out map[*sift.Dir]bool, ok bool) {
	for len(c.queue) > 0 {
		d := c.queue[0]
		c.queue = c.queue[1:]
		c.spread(d)
		if c.read > maxRead {
			return nil, false
		}
	}
	out = map[*sift.Dir]bool{}
	for key, s := range c.scopes {
		if slices.ContainsFunc(s.decls, func(d *decl) bool { return d.way != unreached }) {
			out[key.node.dir] = true
		}
	}
	return out, true
}

// seed starts at the declarations of a package that have the triggers of an end. If a vendor takes the signed
// JWT itself, the trigger is the name of a host, which may be far from the flow. Then seed starts at all
// declarations of the package, because the analysis judges by all hosts of the package.
func (c *connection) seed(n *node) {
	scopes := c.both(n)
	hosts, testHosts := false, false
	for _, s := range scopes {
		for _, d := range s.decls {
			hosts = hosts || d.host && !d.test
			testHosts = testHosts || d.host && d.test
		}
	}
	for _, s := range scopes {
		for _, d := range s.decls {
			if d.rare || hosts || testHosts && d.test {
				c.mark(d, through)
			}
		}
	}
}

// mark raises the way of a declaration. State counts as through.
func (c *connection) mark(d *decl, w way) {
	if d.state && w == below {
		w = through
	}
	if d.way < w {
		d.way = w
		c.queue = append(c.queue, d)
	}
}

// spread marks the declarations that are connected with d directly.
func (c *connection) spread(d *decl) {
	s := d.scope
	down := func(list []*decl) {
		for _, t := range list {
			switch {
			case d.way == byTest, d.test && !t.test:
				c.mark(t, byTest)
			default:
				c.mark(t, below)
			}
		}
	}
	for _, name := range d.plain {
		down(s.named[name])
	}
	for _, u := range d.other {
		if c.within[u.node] {
			down(c.scope(u.node, false).named[u.name])
		}
	}
	for _, name := range d.names {
		down(s.methods[name])
	}
	if d.way != through {
		return
	}
	for _, t := range s.named[d.recv] {
		if t.test || !d.test {
			c.mark(t, through)
		}
	}
	for _, name := range d.names {
		c.users(s, name)
	}
}

// users marks the declarations that mention a name of a scope.
func (c *connection) users(s *scope, name string) {
	for _, d := range s.using[name] {
		c.mark(d, through)
	}
	if s.external || !ast.IsExported(name) {
		return
	}
	at := usage{s.node, name}
	for _, d := range c.scope(s.node, true).others[at] {
		c.mark(d, through)
	}
	for _, n := range slices.Concat(s.node.users, s.node.testers) {
		if c.read <= maxRead && c.within[n] && c.mentions(n, name) {
			for _, o := range c.both(n) {
				for _, d := range o.others[at] {
					c.mark(d, through)
				}
			}
		}
	}
}

func (c *connection) both(n *node) []*scope {
	return []*scope{c.scope(n, false), c.scope(n, true)}
}

// mentions reports whether the files of a package contain a name as a word. So most of them need not be parsed.
func (c *connection) mentions(n *node, name string) bool {
	words := c.words[n]
	if words == nil {
		words = map[string]bool{}
		for _, f := range n.dir.Files {
			if !strings.HasSuffix(f.Name, "_test.go") || c.plan.cfg.Tests {
				identifiers(c.plan.content(n, f.Name), func(word []byte) {
					if b := word[0]; ('A' <= b && b <= 'Z' || b >= 0x80) && !words[string(word)] {
						words[string(word)] = true
					}
				})
			}
		}
		c.words[n] = words
	}
	return words[name]
}
