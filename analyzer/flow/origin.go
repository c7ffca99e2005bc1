package flow

import (
	"cmp"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	vf "jwtretire.example/internal/valueflow"
)

// A Part is a part of a flow's credential.
type Part string

const (
	ClientID         Part = "client-id"
	ClientSecret     Part = "client-secret"
	PrivateKey       Part = "key"
	Organisation     Part = "organisation"
	TechnicalAccount Part = "technical-account"
)

// A Source is the place from which a program gets a part of a credential. What is the place, never the value: "env ADOBE_CLIENT_ID",
// "file private.key", "flag key", "field Config.ClientID", "literal"; several places are separated by "; ".
type Source struct {
	Part Part
	What string
}

// fromField maps parameters of the exchange to parts of a credential.
var fromField = map[string]Part{"client_id": ClientID, "client_secret": ClientSecret}

// fromClaim maps a claim to a part, by kind of flow: the issuer is the organisation at Adobe, and the client at other vendors.
func fromClaim(kind Kind, claim string) Part {
	switch strings.ToLower(claim) {
	case "iss", "issuer", "email":
		if kind == AdobeExchange {
			return Organisation
		}
		return ClientID
	case "sub", "subject":
		return TechnicalAccount
	}
	return ""
}

// source adds the source of a part of the credential, unless the part has one.
func (f *finder) source(c *candidate, part Part, ctx *vf.Context, n vf.ID) {
	if part == "" || f.tracing || slices.ContainsFunc(c.flow.Sources, func(s Source) bool { return s.Part == part }) {
		return
	}
	if what := f.origin(ctx, n); what != "" {
		c.flow.Sources = append(c.flow.Sources, Source{part, what})
	}
}

// originSteps is the maximum length of the walk to the source of a value: more distant sources are general settings of the program.
const originSteps = 40

// A question is the key of a cached result of origin: a value, its call chain, and the chain of files that name one another.
type question struct {
	n       vf.ID
	ctx     uint64
	noTests bool
	naming  [maxNaming - 1]*vf.Call
	last    bool // the chain of files has its maximum length
}

// origin returns the place where a value enters the program, "" if it is unknown. External input has priority over a constant,
// which is only a default then; a field or a parameter that the analysed code does not set has the lowest priority.
//
// Results are cached: all flows through a field or a file have the same question.
func (f *finder) origin(ctx *vf.Context, n vf.ID) string {
	q := question{n: n, ctx: ctx.Sum(), noTests: f.noTests, last: len(f.naming) == maxNaming}
	if !q.last {
		copy(q.naming[:], f.naming)
	}
	what, known := f.origins[q]
	if !known {
		what = f.findOrigin(ctx, n)
		if f.origins == nil {
			f.origins = map[question]string{}
		}
		f.origins[q] = what
	}
	return what
}

func (f *finder) findOrigin(ctx *vf.Context, n vf.ID) string {
	var read []string
	constant, last := "", ""
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true}
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		if s.Steps > originSteps {
			return vf.Stop
		}
		call := f.g.MadeBy(s.Node)
		switch {
		case call != nil && call.Is(library.Load):
			for _, what := range strings.Split(f.loadSource(s.Context, call), "; ") {
				read = also(read, what)
			}
			if len(read) == severalSources {
				return vf.Halt // nothing from here on would be reported
			}
			return vf.Stop
		case call != nil && call.Is(library.Send, library.Sign, library.Parse, library.Exchange, library.Generate):
			return vf.Stop
		case node.Kind == vf.Const && node.Text != "":
			constant = "literal"
		case node.Kind == vf.Field && node.Text != "":
			last = "field " + fieldName(node) + s.Part()
		case node.Kind == vf.Param && node.Text != "" && f.g.Begins(s.Node) && last == "":
			last = "parameter " + node.Text
		}
		return vf.Go
	}
	w.From(ctx, n)
	return cmp.Or(strings.Join(read, "; "), constant, last)
}

// severalSources is the maximum number of places of one part of a credential: programs with a table of tenants have one for each tenant.
const severalSources = 8

// also adds a place, unless it is there.
func also(list []string, what string) []string {
	if len(list) >= severalSources || slices.Contains(list, what) {
		return list
	}
	return append(list, what)
}

// maxNaming is the maximum length of a chain of files: a setting names the key file, and an environment variable names the file with the setting.
const maxNaming = 3

// loadSource returns the kind of place that a call reads and its name: a constant, or the source of the name.
func (f *finder) loadSource(ctx *vf.Context, call *vf.Call) string {
	row := call.Row()
	kind := cmp.Or(row.Source, callName(call))
	if row.Path == library.None || len(f.naming) == maxNaming || slices.Contains(f.naming, call) {
		return kind // the same call reads a chain of files
	}
	f.naming = append(f.naming, call)
	defer func() { f.naming = f.naming[:len(f.naming)-1] }()
	nodes, _ := call.Slot(row.Path)
	for _, n := range nodes {
		if n == 0 {
			continue
		}
		if node := &f.g.Nodes[n]; node.Kind == vf.Const {
			return kind + " " + node.Text
		}
		switch what := f.origin(ctx, n); {
		case what == "literal":
			var names []string
			for _, l := range f.literals(ctx, n) {
				names = also(names, kind+" "+l.Text)
			}
			return cmp.Or(strings.Join(names, "; "), kind)
		case what != "":
			return kind + " named by " + what
		}
	}
	return kind
}

// fieldName returns the name of a field with its type: Config.ClientID.
func fieldName(node *vf.Node) string {
	name := node.Name
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	if _, rest, ok := strings.Cut(name, "."); ok && strings.HasSuffix(rest, node.Text) {
		return rest
	}
	return node.Text
}

// fullKeySource reports whether the flow has the maximum number of places from which the private key is loaded.
func (c *candidate) fullKeySource() bool {
	return c.flow == nil || slices.ContainsFunc(c.flow.Sources, func(s Source) bool {
		return s.Part == PrivateKey && strings.Count(s.What, "; ") >= severalSources-1
	})
}

// keySource adds a source of the private key.
func (c *candidate) keySource(what string) {
	if c.flow == nil {
		return
	}
	for i := range c.flow.Sources {
		if s := &c.flow.Sources[i]; s.Part == PrivateKey {
			list := strings.Split(s.What, "; ")
			for _, one := range strings.Split(what, "; ") {
				list = also(list, one)
			}
			s.What = strings.Join(list, "; ")
			return
		}
	}
	c.flow.Sources = append(c.flow.Sources, Source{PrivateKey, what})
}
