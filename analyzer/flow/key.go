package flow

import (
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/budget"
	vf "jwtretire.example/internal/valueflow"
)

// nearKey bounds the steps of the walk where a place of the key is already found.
const nearKey = 60

// key walks back from the key of a signature to the calls that parse and load it.
func (f *finder) key(c *candidate, ctx *vf.Context, nodes ...vf.ID) {
	loads, parses, before := 0, 0, len(c.trace)
	var ends []*vf.State
	var text vf.Span               // the first constant
	var signers, got, given []site // given: calls with the key itself as result
	tooFar := false
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = func(s *vf.State, e *vf.Edge) bool {
		if e.Kind == vf.Put && (e.Key == "Header" || e.Key == "Claims" || strings.HasPrefix(e.Key, "header ")) {
			return false
		}
		if e.Kind == vf.Derived && e.Call > 0 {
			call := &f.g.Calls[e.Call-1]
			if call.Is(library.Parse) && e.To != 0 && f.g.MadeBy(e.To) != call && parses < 12 {
				// The call parses into its receiver: key.UnmarshalJSON(data).
				c.step(KeyParse, call.Span, callName(call))
				parses++
			}
			if call.Row() == nil && !call.InSight {
				return f.keyComesBy(call, e.From)
			}
			// Any other argument of a parsing call is a passphrase.
			if call.Row() != nil && call.Row().Key != library.None && len(call.Row().Flow) == 0 {
				keys, _ := call.Slot(call.Row().Key)
				for _, k := range keys {
					if k == e.From {
						return true
					}
				}
				return call.Is(library.Pass, library.Load)
			}
		}
		return true
	}
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		if s.Steps > nearKey && (loads > 0 || s.Steps > budget.Distance.At(f.g.Budget)) {
			tooFar = true
			return vf.Stop
		}
		call := f.g.MadeBy(s.Node)
		switch {
		case call == nil:
		case strings.HasPrefix(call.Name, "go:embed"):
			loads++
			c.step(KeyLoad, call.Span, call.Name)
			c.keySource("embed " + strings.TrimSpace(strings.TrimPrefix(call.Name, "go:embed")))
			return vf.Stop
		case call.Is(library.Generate):
			c.ephem = true
			return vf.Stop
		case call.Is(library.Load):
			if loads < 12 {
				role := KeyLoad
				if call.Row().Parses {
					parses++
				}
				c.step(role, call.Span, f.loadText(c, s.Context, call))
				if !c.fullKeySource() {
					c.keySource(f.loadSource(s.Context, call))
				}
				f.helpers(c, KeyLoad, s)
			}
			loads++
			return vf.Stop
		case call.Is(library.Parse):
			if parses < 12 {
				f.helpers(c, KeyParse, s)
				c.step(KeyParse, call.Span, callName(call))
			}
			parses++
		case call.Is(library.Signer):
			signers = append(signers, site{call: call, state: s})
		case call.Is(library.Send, library.Sign, library.Verify, library.Lookalike, library.Exchange):
			return vf.Stop
		case call.Row() != nil || call.InSight:
		case keyTypes[call.Type] && f.takesText(call):
			if parses < 12 {
				c.step(KeyParse, call.Span, callName(call))
			}
			parses++
		case s.Clean && !s.Inside() && call.Name != "":
			given = append(given, site{call: call, state: s})
		case node.Bytes && vf.Retrieves(call.Name) || keyTypes[call.Type]:
			got = append(got, site{call: call, state: s})
		}
		if node.Kind == vf.Const && node.Bytes && strings.Contains(node.Text, "PRIVATE KEY") {
			c.step(KeyLoad, node.Span, "key in the source")
			c.keySource("literal")
			loads++
		}
		if node.Kind == vf.Const && node.Bytes && text.IsZero() && s.Clean {
			text = node.Span
		}
		if !s.Inside() {
			f.fieldWrite(c, s)
		}
		if f.g.Begins(s.Node) && node.Kind != vf.Const && node.Kind != vf.Lit {
			ends = append(ends, s)
		}
		return vf.Go
	}
	w.From(ctx, nodes...)
	for _, s := range distinct(signers) {
		if parses == 0 {
			c.step(KeyParse, s.call.Span, callName(s.call))
		}
		c.step(Sign, s.call.Span, callName(s.call))
	}
	c.tooFar = c.tooFar || tooFar && loads == 0
	if loads == 0 {
		// An unknown secret store, vault or signer.
		if len(given) > 0 {
			got = given
		}
		for i, s := range distinct(got) {
			if i == maxGot {
				break
			}
			c.step(KeyLoad, s.call.Span, "got from "+callName(s.call))
			c.keySource(callName(s.call))
			f.helpers(c, KeyLoad, s.state)
			loads++
		}
	}
	if loads == 0 && f.keyEnds(c, ends) == 0 && parses == 0 && !text.IsZero() {
		c.step(KeyLoad, text, "key in the source")
		c.keySource("literal")
	}
	c.trace = append(c.trace[:before], likeliest(c.trace[before:])...)
}

// manyPlaces is the number of key loads that is plausible for one key. With more, the walk went through a container of all settings of
// the program.
const manyPlaces = 6

// mostPlaces is the number of key loads that a flow has at most: the nearest ones.
const mostPlaces = 12

// likeliest removes key loads with names of other things, if there are many and some have names of keys. If none has the name of a key
// and there are twice as many, the walk was too imprecise, and only the nearest one is left.
func likeliest(steps []Step) []Step {
	loads, telling := 0, 0
	for _, s := range steps {
		if s.Role == KeyLoad {
			loads++
			if !namesOther(s.What) {
				telling++
			}
		}
	}
	if loads <= manyPlaces || telling == 0 && loads <= 2*manyPlaces {
		return steps
	}
	left, others := mostPlaces, 0
	if telling == 0 {
		others = 1
	}
	return slices.DeleteFunc(steps, func(s Step) bool {
		if s.Role != KeyLoad {
			return false
		}
		if namesOther(s.What) {
			others--
			return others < 0
		}
		left--
		return left < 0
	})
}

// namesOther reports whether a step has a name that is not the name of a key: a field, a parameter, an environment
// variable.
func namesOther(what string) bool {
	kind, name, _ := strings.Cut(strings.TrimSuffix(what, " is set"), " ")
	switch kind {
	case "field", "parameter", "variable":
		return !keyName(name)
	case "os.Getenv", "os.LookupEnv":
		return strings.ToUpper(name) == name && !keyName(name)
	}
	return false
}

// maxGot is the maximum number of unknown calls that are named as sources of a key.
const maxGot = 4

// keyTypes are the types of private keys, and of interfaces to them.
var keyTypes = map[string]bool{
	"crypto/rsa.PrivateKey": true, "crypto/ecdsa.PrivateKey": true, "crypto/ed25519.PrivateKey": true,
	"crypto.PrivateKey": true, "crypto.Signer": true,
}

// takesText reports whether a call has a text argument, from which it makes a key.
func (f *finder) takesText(call *vf.Call) bool {
	return slices.ContainsFunc(call.Args, func(n vf.ID) bool { return n != 0 && f.g.Nodes[n].Bytes })
}

// keyComesBy reports whether an unknown call that returns a key may get it from an operand: from one with the name of a key, if there
// is one, else from text. Loggers, clients and settings are passed together with keys everywhere.
func (f *finder) keyComesBy(call *vf.Call, n vf.ID) bool {
	named, text := false, false
	for _, a := range append([]vf.ID{call.RecvNode}, call.Args...) {
		if a != 0 {
			named = named || keyName(f.g.Nodes[a].Text)
			text = text || f.g.Nodes[a].Bytes
		}
	}
	node := &f.g.Nodes[n]
	switch {
	case named:
		return keyName(node.Text)
	case text:
		return node.Bytes || n == call.RecvNode && keyTypes[call.Type]
	}
	return true
}

// fieldWrite adds the assignment of a field from which a key is read.
func (f *finder) fieldWrite(c *candidate, s *vf.State) {
	if s.From == nil || f.g.Nodes[s.From.Node].Kind != vf.Field {
		return
	}
	field := f.g.Nodes[s.From.Node].Text
	if !keyName(field) {
		// The first field on the path of the key holds the key, whatever its name.
		for t := s.From.From; t != nil; t = t.From {
			if f.g.Nodes[t.Node].Kind == vf.Field {
				return
			}
		}
	}
	for i := range f.g.Out(s.Node) {
		if e := &f.g.Edges[i]; e.Kind == vf.Put && e.Key == field && !e.Val.IsZero() {
			c.step(KeyLoad, e.Val, "field "+field+" is set")
			if keyName(field) {
				c.configs = append(c.configs, e.To)
			}
			return
		}
	}
}

// keyEnds adds the ends of the path of a key: parameters and fields that the analysed code does not set.
func (f *finder) keyEnds(c *candidate, ends []*vf.State) (n int) {
	for _, s := range ends {
		node := &f.g.Nodes[s.Node]
		switch node.Kind {
		case vf.Param:
			if node.Span.IsZero() || !node.Bytes && !keyName(node.Text) && !isKeyType(f, s.Node) {
				continue
			}
			c.step(KeyLoad, node.Span, "parameter "+node.Text)
			c.keySource("parameter " + node.Text)
		case vf.Field:
			if !node.Bytes && !keyName(node.Text) && !isKeyType(f, s.Node) {
				continue
			}
			if s.From != nil && !f.g.Nodes[s.From.Node].Span.IsZero() {
				c.step(KeyLoad, f.g.Nodes[s.From.Node].Span, "field "+node.Text)
				c.keySource("field " + fieldName(node) + s.Part())
			}
		case vf.Global, vf.Var:
			if !node.Bytes && !keyName(node.Text) && !isKeyType(f, s.Node) {
				continue
			}
			c.step(KeyLoad, node.Span, "variable "+node.Text)
			c.keySource("variable " + node.Text + s.Part())
		default:
			continue
		}
		if n++; n > 5 {
			return n
		}
	}
	return n
}

func keyName(name string) bool { return vf.KeyName(name) }

func isKeyType(f *finder, n vf.ID) bool { return f.g.Nodes[n].Holds && keyName(f.g.Nodes[n].Text) }

// loadText describes what is loaded: the call and its path. It never contains the key.
func (f *finder) loadText(cand *candidate, ctx *vf.Context, c *vf.Call) string {
	row := c.Row()
	if row == nil {
		return c.Name
	}
	name := ""
	if row.Path != library.None {
		nodes, _ := c.Slot(row.Path)
		for _, n := range nodes {
			if n != 0 && f.g.Nodes[n].Kind == vf.Const {
				name = f.g.Nodes[n].Text
			} else if n != 0 && cand.split && f.constant(ctx, n) != "" {
				name = f.constant(ctx, n)
			} else if n != 0 && f.g.Nodes[n].Text != "" && name == "" {
				name = f.g.Nodes[n].Text
			}
		}
	}
	what := callName(c)
	if name != "" && len(name) < 120 && !strings.Contains(name, "-----BEGIN") {
		what += " " + name
	}
	return what
}
