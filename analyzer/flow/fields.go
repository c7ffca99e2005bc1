package flow

import (
	"maps"
	"slices"
	"sort"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/budget"
	vf "jwtretire.example/internal/valueflow"
)

// fields adds the parameters that are sent with the assertion.
func (f *finder) fields(c *candidate, send *site) {
	c.flow.Fields = f.fieldsOf(c, send, func(key string, ctx *vf.Context, n vf.ID) { f.source(c, fromField[key], ctx, n) })
}

// fieldsOf returns the parameters that are sent with the assertion. send may be nil if no request is known. If met is not nil, it
// is called for each parameter with the node of its value.
func (f *finder) fieldsOf(c *candidate, send *site, met func(key string, ctx *vf.Context, n vf.ID)) (fields []Field) {
	containers := map[vf.ID]bool{}
	visit := func(s *vf.State) vf.Next {
		if f.beyond(c, s, budget.FieldSteps) {
			return vf.Stop
		}
		if call := f.g.MadeBy(s.Node); call != nil && call.Is(library.Send, library.Load, library.Sign) {
			return vf.Stop
		}
		containers[s.Node] = true
		return vf.Go
	}
	ctxOf := map[vf.ID]*vf.Context{c.put.To: c.ctx}
	if send != nil {
		var nodes []vf.ID
		ctx := send.state.Context
		call := send.call
		if call.Row().Req != library.None {
			if req := f.requestOf(c, send); req != nil {
				call, ctx = req.call, req.state.Context
			}
		}
		for _, s := range []library.Slot{call.Row().Body, call.Row().Form, call.Row().Req} {
			n, _ := call.Slot(s)
			if s != library.None {
				nodes = append(nodes, n...)
			}
		}
		w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true}
		w.Visit = func(s *vf.State) vf.Next {
			if _, ok := ctxOf[s.Node]; !ok {
				ctxOf[s.Node] = s.Context
			}
			return visit(s)
		}
		w.Follow = func(s *vf.State, e *vf.Edge) bool {
			return follows(e) && (e.Kind != vf.Derived || !f.g.Nodes[s.Node].Holds || c.before[s.Node] || c.before[e.From])
		}
		w.From(ctx, nodes...)
	}
	if !containers[c.put.To] {
		// The walk from the request did not reach the form: use the form and its aliases, without the context of the request.
		w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true, Visit: visit}
		w.Follow = func(s *vf.State, e *vf.Edge) bool { return follows(e) && e.Kind != vf.Derived }
		w.Run(f.listOf(c)...)
	}
	type place struct {
		at  vf.Span
		key string
	}
	seen := map[place]bool{}
	for _, n := range slices.Sorted(maps.Keys(containers)) { // sorted: if two containers have a parameter of one name, the first one counts
		if !c.before[n] && send != nil && !f.formLike(n) {
			continue
		}
		for i := range f.g.In(n) {
			e := &f.g.Edges[i]
			if e.Kind != vf.Put || e.At.IsZero() || e.WireKey() == "" || e.Key == "Authorization" || strings.HasPrefix(e.Key, "header ") || seen[place{e.At, e.WireKey()}] && e != c.put {
				continue
			}
			if bodies[e.Key] {
				continue
			}
			seen[place{e.At, e.WireKey()}] = true
			fields = append(fields, Field{Key: e.WireKey(), Value: Span(e.Val), Put: Span(e.At), Const: f.constant(ctxOf[n], e.From)})
			if met != nil {
				met(e.WireKey(), ctxOf[n], e.From)
			}
		}
	}
	if c.put.KeyNode != 0 {
		fields = append(fields, Field{Key: c.key, Value: Span(c.put.Val), Put: Span(c.put.At)})
		fields = append(fields, f.dynamicFields(c)...)
	}
	sort.SliceStable(fields, func(i, j int) bool {
		a, b := fields[i], fields[j]
		if a.Put == b.Put {
			return before(a.Value, b.Value)
		}
		return before(a.Put, b.Put)
	})
	return fields
}

// listOf returns the form of a candidate, as start states of a walk. If the assertion is in an element of a list of name-value pairs,
// this is the list, which has the other parameters; else it is the container of the assertion.
func (f *finder) listOf(c *candidate) []*vf.State {
	form := []*vf.State{vf.At(c.put.To, c.ctx)}
	if c.put.Wire == "" || f.g.Nodes[c.put.To].Kind != vf.Lit || f.formLike(c.put.To) {
		return form
	}
	for i := range f.g.Out(c.put.To) {
		switch e := &f.g.Edges[i]; e.Kind {
		case vf.Plain, vf.Derived:
			form = append(form, vf.At(e.To, c.ctx))
		case vf.Open:
			form = append(form, vf.At(e.To, c.ctx.Push(e.Site)))
		}
	}
	return form
}

// bodies are keys whose value is the form itself, or another part of a request, and not a parameter.
var bodies = map[string]bool{"Body": true, "Form": true, "PostForm": true, "EndpointParams": true, "FormData": true, "RawQuery": true, "URL": true, "ContentLength": true, "Header": true, "Method": true}

func follows(e *vf.Edge) bool {
	return e.Kind != vf.Put || bodies[e.Key] && e.Key != "URL" && e.Key != "Header" && e.Key != "Method"
}

// formLike reports whether the node can be a form: it has a part with the name of a standard parameter.
func (f *finder) formLike(n vf.ID) bool {
	for i := range f.g.In(n) {
		if k := f.g.Edges[i].WireKey(); f.g.Edges[i].Kind == vf.Put && (k == "grant_type" || k == "client_id" || k == "client_secret" || k == "scope") {
			return true
		}
	}
	return false
}

// dynamicFields adds the other parameters that the same caller sets through the same helper.
func (f *finder) dynamicFields(c *candidate) (fields []Field) {
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Back: true}
	w.Follow = f.handsName
	home := ""
	if c.ctx != nil {
		home = f.g.Nodes[c.ctx.Site].Span.EnclosedBy
	}
	w.Visit = func(s *vf.State) vf.Next {
		node := &f.g.Nodes[s.Node]
		if node.Kind != vf.Const || node.Text == c.key {
			return vf.Go
		}
		ctx := f.callers(s)
		if ctx == nil || f.g.Nodes[ctx.Site].Span.EnclosedBy != home {
			return vf.Go
		}
		at := Span(f.g.Nodes[ctx.Site].Span)
		fields = append(fields, Field{Key: node.Text, Value: at, Put: at, Const: f.constant(ctx, c.put.From)})
		return vf.Go
	}
	w.From(nil, c.put.KeyNode)
	return fields
}

// constant returns the text of a constant value, "" if the value also depends on unknown calls.
func (f *finder) constant(ctx *vf.Context, n vf.ID) string {
	text, ok := "", true
	w := vf.Walk{Graph: f.g, NoTests: f.noTests, Brief: true, Back: true}
	steps := 0
	w.Visit = func(s *vf.State) vf.Next {
		steps++
		node := &f.g.Nodes[s.Node]
		switch {
		case node.Kind == vf.Const && text == "":
			text = node.Text
		case node.Kind == vf.Const && text != node.Text:
			// Several constants: a branch selects one. The nearest one is kept.
		case node.Kind == vf.Called:
			if call := f.g.MadeBy(s.Node); call != nil && !call.Row().Escaping() && !call.InSight {
				ok = false
			}
		}
		if steps > 30 {
			return vf.Halt
		}
		return vf.Go
	}
	w.From(ctx, n)
	if !ok {
		return ""
	}
	return text
}
