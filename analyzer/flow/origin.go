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

// A Source says where a program gets a part of a credential from. What names a place, never a value: "env ADOBE_CLIENT_ID",
// "file private.key", "flag key", "field Config.ClientID", "literal"; several places are separated by "; ".
type Source struct {
	Part Part
	What string
}

// fromField is what a parameter of the exchange is part of.
var fromField = map[string]Part{"client_id": ClientID, "client_secret": ClientSecret}

// fromClaim likewise for a claim, by kind of flow: the issuer is the organisation at Adobe, the client elsewhere.
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

// source notes where a part of the credential comes from, the first time that a source of it is found.
func (f *finder) source(c *candidate, part Part, ctx *vf.Context, n vf.ID) {
	if part == "" || slices.ContainsFunc(c.flow.Sources, func(s Source) bool { return s.Part == part }) {
		return
	}
	if what := f.origin(ctx, n); what != "" {
		c.flow.Sources = append(c.flow.Sources, Source{part, what})
	}
}

// originSteps bounds the walk to where a value comes from: what is further away is a setting of the program as a whole.
const originSteps = 40

// A question is one that origin is asked: of a value, by a way of calls, for what the files name one another that are asked about.
type question struct {
	n       vf.ID
	ctx     uint64
	noTests bool
	naming  [maxNaming - 1]*vf.Call
	last    bool // no further file is asked about, whichever these are
}

// origin says where a value enters the program, "" if that is not in sight. What is read from outside counts before a constant,
// which is a default then; a field or a parameter that nothing in sight fills counts last.
//
// What is kept in a field is asked about by all flows through it, and a file by all whose names may be in it: the answer is kept.
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

// severalSources is how many places a part of a credential is said to come from: programs with a table of tenants have one each.
const severalSources = 8

// also adds a place, once.
func also(list []string, what string) []string {
	if len(list) >= severalSources || slices.Contains(list, what) {
		return list
	}
	return append(list, what)
}

// maxNaming is how many files are said to name one another: a key is in a file that a setting names, which is in a file that a variable names.
const maxNaming = 3

// loadSource says what kind of place a call reads, and which one: its constant name, or where that name comes from.
func (f *finder) loadSource(ctx *vf.Context, call *vf.Call) string {
	row := call.Row()
	kind := cmp.Or(row.Source, callName(call))
	if row.Path == library.None || len(f.naming) == maxNaming || slices.Contains(f.naming, call) {
		return kind // a file may name the next one to read, by the same call
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

// fieldName names a field with its type: Config.ClientID.
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

// keySource notes where the private key is loaded.
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
