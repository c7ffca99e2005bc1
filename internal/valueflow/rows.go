package valueflow

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/analyzer/library"
)

// byRow adds the edges of a call according to its row.
func (b *builder) byRow(c *Call, args []ast.Expr, index int32) {
	row := c.row
	link := func(from, to library.Slot, e Edge) {
		fs, spans := c.Slot(from)
		ts, _ := c.Slot(to)
		for i, f := range fs {
			for _, t := range ts {
				e := e
				e.From, e.To = f, t
				if e.Kind == Put {
					e.Written = &Written{At: e.At, Val: spans[i]}
				}
				b.connect(e)
			}
		}
		if _, isResult := to.Result(); !isResult {
			for _, t := range ts {
				b.mark(t)
			}
		}
	}
	setter := row.Role == library.SetField || row.Role == library.SetClaim || row.Role == library.SetHeader
	value := row.FieldValue
	if row.Role == library.SetClaim {
		value = row.ClaimValue
	}
	target := library.Recv
	for _, f := range row.Flow {
		if setter && f.From == value {
			target = f.To // added as a part below
			continue
		}
		link(f.From, f.To, Edge{Kind: Derived, Call: index + 1})
	}
	result := row.Result
	if result == library.None && len(c.Results) > 0 {
		result = library.R0
	}
	switch row.Role {
	case library.SetField, library.SetClaim, library.SetHeader:
		b.setter(c, row, args, value, target)
	case library.SetBody:
		for _, s := range []library.Slot{row.Form, row.Body} {
			if s != library.None {
				link(s, library.Recv, Edge{Kind: Put, Key: "Body", Written: &Written{At: c.Span}})
				b.chain(c)
			}
		}
	case library.SetURL:
		if row.URL != library.None {
			link(row.URL, library.Recv, Edge{Kind: Put, Key: "URL", Written: &Written{At: c.Span}})
			b.chain(c)
		}
	case library.SetBearer:
		for _, s := range []library.Slot{row.FieldValue, library.A0} {
			if s != library.None {
				link(s, library.Recv, Edge{Kind: Put, Key: "Authorization", Written: &Written{At: c.Span}})
				b.chain(c)
				break
			}
		}
	case library.Request:
		for _, s := range []struct {
			slot library.Slot
			key  string
		}{{row.Body, "Body"}, {row.Form, "Body"}, {row.URL, "URL"}} {
			if s.slot != library.None {
				link(s.slot, result, Edge{Kind: Put, Key: s.key, Written: &Written{At: c.Span}})
			}
		}
		b.chain(c)
	}
	if len(row.Flow) > 0 {
		return
	}
	for _, s := range []library.Slot{row.Key, row.Claims, row.Input, row.Path, row.Password} {
		if s != library.None && s != result {
			link(s, result, Edge{Kind: Derived, Call: index + 1})
		}
	}
	switch row.Role {
	case library.Send, library.Exchange:
		for _, s := range []library.Slot{row.Req, row.Body, row.Form, row.URL} {
			if s != library.None {
				link(s, result, Edge{Kind: Derived, Call: index + 1})
			}
		}
		if c.RecvNode != 0 && row.Req == library.None {
			link(library.Recv, result, Edge{Kind: Derived, Call: index + 1})
		}
	case library.Pass, library.Parse, library.Signer, library.Claims, library.SigningInput, library.Sign, library.SignRaw, library.Response, library.Load, library.Lookalike:
		if row.Key == library.None && row.Claims == library.None && row.Input == library.None && row.Path == library.None {
			link(library.Recv, result, Edge{Kind: Derived, Call: index + 1})
			link(library.Rest0, result, Edge{Kind: Derived, Call: index + 1})
		}
	}
}

// setter adds the edge of a call that sets one named part of target: its receiver, its first argument or its result.
func (b *builder) setter(c *Call, row *library.Func, args []ast.Expr, value, target library.Slot) {
	key, name := row.FieldKey, row.Field
	if row.Role == library.SetClaim {
		key, name = row.ClaimKey, row.Claim
	}
	if target == library.Recv && c.RecvNode == 0 {
		target = library.A0
	}
	defer b.chain(c)
	to, _ := c.Slot(target)
	from, spans := c.Slot(value)
	if len(to) == 0 || len(from) == 0 {
		return
	}
	last := len(from) - 1
	e := Edge{From: from[last], To: to[0], Kind: Put, Key: name, Written: &Written{At: c.Span, Val: spans[last]}}
	if e.From == 0 {
		var t types.Type
		if i, _, ok := value.Arg(); ok && i < len(args) {
			t = b.info.TypeOf(args[i])
		}
		e.From = b.node(Node{Value: &Value{Span: e.Val}}, t)
	}
	if ki, _, ok := key.Arg(); ok && ki < len(args) {
		if s, ok := b.text(args[ki]); ok {
			e.Key = s
		} else {
			e.KeyNode = c.Args[ki]
			if vi, _, ok := value.Arg(); ok && vi < len(args) {
				b.pair(args[ki], args[vi])
			}
		}
	}
	switch {
	case row.Role != library.SetHeader || e.KeyNode != 0:
	case strings.EqualFold(e.Key, "Authorization"):
		e.Key = "Authorization"
	default:
		e.Key = "header " + e.Key
	}
	b.connect(e)
	b.mark(e.To)
}

// chain makes the result of a builder's method an alias of the builder.
func (b *builder) chain(c *Call) {
	if c.RecvNode != 0 && len(c.Results) > 0 && len(c.row.Flow) == 0 {
		b.connect(Edge{From: c.RecvNode, To: c.Results[0]})
	}
}
