package load

import (
	"go/ast"
	"slices"
	"strings"

	"jwtretire.example/internal/sift"
)

// A connection follows names from the declarations that have the triggers of an end.
//
// A value gets from one declaration to another only if one of them names the other, or both name a
// third: it is handed to what is called, returned to what calls, kept in a variable or in something of a
// type. So a package none of whose declarations is reached that way cannot have a part in a flow,
// whatever its own triggers say: the certificates of a server beside a client that fetches tokens.
//
// Names are those of the syntax and not resolved: a local variable that has the name of a function of its
// package counts as that function. What is reached is too much rather than too little.
type connection struct {
	plan   *plan
	within map[*node]bool
	scopes map[scopeKey]*scope
	words  map[*node]map[string]bool
	queue  []*decl
	read   int // bytes of the files of scopes
}

// muchRead is how many bytes of source may be connected before everything counts as connected: what is left to
// find out then costs more than it can save.
var muchRead = 2 << 20

// A way says from where a declaration was reached.
type way uint8

const (
	unreached way = iota
	byTest        // a test names it, or what a test names does: a flow of a test ends there
	below         // something that matters names it: values come and go through what it is given and returns
	through       // it names something that matters, so they come and go through what names it, too
)

// connected returns the packages of a set that have a declaration which is reached from the ends.
func (p *plan) connected(ends []*node, within map[*node]bool) map[*sift.Dir]bool {
	c := &connection{plan: p, within: within, scopes: map[scopeKey]*scope{}, words: map[*node]map[string]bool{}}
	for _, n := range ends {
		c.seed(n)
	}
	out := map[*sift.Dir]bool{}
	for len(c.queue) > 0 {
		d := c.queue[0]
		c.queue = c.queue[1:]
		c.spread(d)
		if c.read > muchRead {
			for n := range within {
				out[n.dir] = true
			}
			return out
		}
	}
	for key, s := range c.scopes {
		if slices.ContainsFunc(s.decls, func(d *decl) bool { return d.way != unreached }) {
			out[key.node.dir] = true
		}
	}
	return out
}

// seed starts at the declarations of a package that have the triggers of an end. Where a vendor takes the
// signed JWT itself, the trigger is the name of a host, which need not be near anything: the analysis
// then looks at all hosts of the package.
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

func (c *connection) mark(d *decl, w way) {
	if d.state && w == below {
		w = through
	}
	if d.way < w {
		d.way = w
		c.queue = append(c.queue, d)
	}
}

// spread marks what is connected with a declaration.
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
		if c.read <= muchRead && c.within[n] && c.mentions(n, name) {
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

// mentions reports whether a name stands anywhere in the files of a package. It saves parsing most of them.
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
