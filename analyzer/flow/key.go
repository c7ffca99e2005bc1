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

// A keyWalk is a walk back from the key of a signature to the calls that parse and load it.
type keyWalk struct {
	*finder
	c             *candidate
	loads, parses int         // found so far
	ends          []*vf.State // nodes without a known source
	text          vf.Span     // the first constant
	signers       []site      // calls that sign with the key as receiver
	got           []site      // unknown calls that may return the key
	given         []site      // unknown calls with the key itself as result
	tooFar        bool        // the walk met the bound on its steps
}

// key walks back from the key of a signature, and adds the steps to the candidate.
func (f *finder) key(c *candidate, ctx *vf.Context, nodes ...vf.ID) {
	before := len(c.trace)
	k := &keyWalk{finder: f, c: c}
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true, Follow: k.follow, Visit: k.visit}
	w.From(ctx, nodes...)
	for _, s := range distinct(k.signers) {
		if k.parses == 0 {
			c.step(KeyParse, s.call.Span, callName(s.call))
		}
		c.step(Sign, s.call.Span, callName(s.call))
	}
	c.tooFar = c.tooFar || k.tooFar && k.loads == 0
	if k.loads == 0 {
		k.unknownSources()
	}
	if k.loads == 0 && f.keyEnds(c, k.ends) == 0 && k.parses == 0 && !k.text.IsZero() {
		c.step(KeyLoad, k.text, "key in the source")
		c.keySource("literal")
	}
	c.trace = append(c.trace[:before], likeliest(c.trace[before:])...)
}

// follow reports whether the walk passes an edge.
func (k *keyWalk) follow(_ *vf.State, e *vf.Edge) bool {
	if e.Kind == vf.Put && (e.Key == "Header" || e.Key == "Claims" || strings.HasPrefix(e.Key, "header ")) {
		return false
	}
	if e.Kind != vf.Derived || e.Call == 0 {
		return true
	}
	call := &k.g.Calls[e.Call-1]
	row := call.Row()
	if call.Is(library.Parse) && e.To != 0 && k.g.MadeBy(e.To) != call {
		k.parse(call) // it parses into its receiver: key.UnmarshalJSON(data)
	}
	switch {
	case row == nil && !call.InSight:
		return k.keyComesBy(call, e.From)
	case row != nil && row.Key != library.None && len(row.Flow) == 0:
		// Any other argument of a parsing call is a passphrase.
		keys, _ := call.Slot(row.Key)
		return slices.Contains(keys, e.From) || call.Is(library.Pass, library.Load)
	}
	return true
}

func (k *keyWalk) visit(s *vf.State) vf.Next {
	if s.Steps > nearKey && (k.loads > 0 || s.Steps > budget.Distance.At(k.g.Budget)) {
		k.tooFar = true
		return vf.Stop
	}
	if k.call(s) == vf.Stop {
		return vf.Stop
	}
	node := &k.g.Nodes[s.Node]
	if node.Kind == vf.Const && node.Bytes {
		if strings.Contains(node.Text, "PRIVATE KEY") {
			k.load(node.Span, "key in the source", "literal")
		}
		if k.text.IsZero() && s.Clean {
			k.text = node.Span
		}
	}
	if !s.Inside() {
		k.fieldWrite(k.c, s)
	}
	if k.g.Begins(s.Node) && node.Kind != vf.Const && node.Kind != vf.Lit {
		k.ends = append(k.ends, s)
	}
	return vf.Go
}

// call adds the call that made a node, if it is a step of the key, and stops the walk at its source.
func (k *keyWalk) call(s *vf.State) vf.Next {
	call := k.g.MadeBy(s.Node)
	switch {
	case call == nil:
	case strings.HasPrefix(call.Name, "go:embed"):
		k.load(call.Span, call.Name, "embed "+strings.TrimSpace(strings.TrimPrefix(call.Name, "go:embed")))
		return vf.Stop
	case call.Is(library.Generate):
		k.c.ephem = true
		return vf.Stop
	case call.Is(library.Load):
		k.loadedBy(call, s)
		return vf.Stop
	case call.Is(library.Parse):
		if k.parses < mostPlaces {
			k.helpers(k.c, KeyParse, s)
		}
		k.parse(call)
	case call.Is(library.Signer):
		k.signers = append(k.signers, site{call: call, state: s})
	case call.Is(library.Send, library.Sign, library.Verify, library.Lookalike, library.Exchange):
		return vf.Stop
	case call.Row() != nil || call.InSight:
	case keyTypes[call.Type] && k.takesText(call):
		k.parse(call)
	case s.Clean && !s.Inside() && call.Name != "":
		k.given = append(k.given, site{call: call, state: s})
	case k.g.Nodes[s.Node].Bytes && vf.Retrieves(call.Name) || keyTypes[call.Type]:
		k.got = append(k.got, site{call: call, state: s})
	}
	return vf.Go
}

func (k *keyWalk) load(at vf.Span, what, source string) {
	k.c.step(KeyLoad, at, what)
	k.c.keySource(source)
	k.loads++
}

// loadedBy adds a call that loads the key: a file, an environment variable, a secret store.
func (k *keyWalk) loadedBy(call *vf.Call, s *vf.State) {
	if k.loads < mostPlaces {
		if call.Row().Parses {
			k.parses++
		}
		k.c.step(KeyLoad, call.Span, k.loadText(k.c, s.Context, call))
		if !k.tracing && !k.c.fullKeySource() {
			k.c.keySource(k.loadSource(s.Context, call))
		}
		k.helpers(k.c, KeyLoad, s)
	}
	k.loads++
}

func (k *keyWalk) parse(call *vf.Call) {
	if k.parses < mostPlaces {
		k.c.step(KeyParse, call.Span, callName(call))
	}
	k.parses++
}

// unknownSources adds the calls of unknown functions that may return the key: of a secret store, a vault, a signer.
func (k *keyWalk) unknownSources() {
	sources := k.got
	if len(k.given) > 0 {
		sources = k.given
	}
	for i, s := range distinct(sources) {
		if i == maxGot {
			break
		}
		k.load(s.call.Span, "got from "+callName(s.call), callName(s.call))
		k.helpers(k.c, KeyLoad, s.state)
	}
}

// manyPlaces is the number of key loads that is plausible for one key. With more, the walk went through a container of all settings of
// the program.
const manyPlaces = 6

// mostPlaces is the number of key loads, and of key parses, that a flow has at most: the nearest ones.
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
		// The first field on the path of the key holds the key, even if its name is another one.
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

// loadText describes the source of a key: the call and its path. It never contains the key.
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
