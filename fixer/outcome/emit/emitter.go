// Package emit combines the residuals of the outcomes and writes them as entries of a change: what all outcomes share stays in place,
// the others become branches on the error of the token request.
package emit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome/evaluate"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/syntax"
)

// An Emitter writes the residuals of all outcomes as one change.
type Emitter struct {
	*evaluate.Run
	Set     *change.Set
	Fetch   Fetch
	Texts   bool // refusals keep the texts of their errors, which get to the program's output
	Garbled bool // an answer that is no token is dealt with otherwise than before

	Refusals bool // there are statements for refusals alone

	text    change.Text // the replacement of the statement with the exchange
	usesErr bool
}

// after returns the statements of a list after the exchange, except the check of its error.
func (e *Emitter) after(k int, check *ast.IfStmt) []ast.Stmt {
	fr := &e.Frames[k]
	return slices.DeleteFunc(slices.Clone(fr.List[fr.At+1:]), func(s ast.Stmt) bool { return check != nil && s == ast.Stmt(check) })
}

// pseudo reports whether a node is not in the tree by itself: the statement with the exchange, or its rest.
func (e *Emitter) pseudo(n ast.Stmt) bool {
	fr := &e.Frames[0]
	if n == e.Stmt || n == fr.List[fr.At] {
		return true
	}
	return len(fr.Tail) > len(fr.List)-fr.At-1 && n == fr.Tail[0]
}

func (e *Emitter) remove(n ast.Stmt) {
	if t, ok := e.Set.Before[n]; ok {
		delete(e.Set.Before, n)
		e.Set.Replace[n] = t
		return
	}
	e.Set.Remove[n] = "answer of the exchange"
}

func (e *Emitter) replace(n ast.Node, t change.Text) {
	t.Src = strings.TrimSpace(t.Src)
	if s, ok := n.(ast.Stmt); ok {
		if b, ok := e.Set.Before[s]; ok {
			delete(e.Set.Before, s)
			t = change.Text{Src: b.Src + "\n" + t.Src}
		}
	}
	if t.Src == "" {
		e.Set.Remove[n] = "answer of the exchange"
		return
	}
	e.Set.Replace[n] = t
}

func (e *Emitter) err() string {
	if e.ErrText != "" {
		return e.ErrText
	}
	return e.ErrName
}

// responseVar returns the variable that the answer was assigned to.
func (e *Emitter) responseVar() types.Object {
	lhs, _ := syntax.Assigned(e.Stmt)
	for _, l := range lhs {
		if id := syntax.IdentOf(l); id != nil && id.Name != "_" && !syntax.IsError(e.Ex.Func.File.TypeOf(id)) {
			return e.Ex.Func.File.Object(id)
		}
	}
	return nil
}

// declaration returns `var resp *http.Response`, alone in its statement.
func (e *Emitter) declaration(obj types.Object) ast.Stmt {
	if obj == nil || e.Worlds[evaluate.Granted].En.Vars[obj].Real {
		return nil
	}
	f := e.Ex.Func.File
	var found ast.Stmt
	ast.Inspect(e.Ex.Func.Body, func(n ast.Node) bool {
		s, ok := n.(*ast.DeclStmt)
		if !ok {
			return found == nil
		}
		g := s.Decl.(*ast.GenDecl)
		if g.Tok != token.VAR || len(g.Specs) != 1 {
			return true
		}
		if vs := g.Specs[0].(*ast.ValueSpec); len(vs.Names) == 1 && len(vs.Values) == 0 && f.Object(vs.Names[0]) == obj {
			found = s
		}
		return true
	})
	return found
}

// add appends to the text that takes the place of the exchange.
func (e *Emitter) add(t change.Text) {
	e.text.Src += strings.TrimRight(t.Src, "\n") + "\n"
}

// At returns the items of an outcome in a list of statements, without unused ones.
func (e *Emitter) At(what value.Outcome, k int) (items []*evaluate.Item, live bool) {
	w := e.Worlds[what]
	if w == nil || w.Levels[k] == nil {
		return nil, false
	}
	return evaluate.Prune(w.Levels[k].Items), true
}

// print writes items as text.
func (e *Emitter) print(items []*evaluate.Item) change.Text {
	p := &evaluate.Printer{}
	src := p.List(items)
	return change.Text{Src: src}
}

// standing returns the first of items where all of them are statements of a list as they were.
func (e *Emitter) standing(k int, items []*evaluate.Item) ast.Stmt {
	list := e.Frames[k].List
	for _, it := range items {
		if it.Verb != evaluate.Kept || it.Node == nil || !slices.Contains(list, it.Node) {
			return nil
		}
	}
	if len(items) == 0 {
		return nil
	}
	return items[0].Node
}

func (e *Emitter) before(s ast.Stmt, text change.Text) {
	old := e.Set.Before[s]
	if old.Src != "" {
		text.Src = old.Src + "\n" + text.Src
	}
	e.Set.Before[s] = text
}

func keepAll(ev *evaluate.Evaluator, list []ast.Stmt) []*evaluate.Item {
	var out []*evaluate.Item
	for _, s := range list {
		out = append(out, &evaluate.Item{Ev: ev, Node: s, Verb: evaluate.Kept})
	}
	return out
}

func isReturn(s ast.Stmt) bool { _, ok := s.(*ast.ReturnStmt); return ok }

// first returns the statement at which the outcomes part, nil where nothing precedes it.
func first(some [][]*evaluate.Item, p int) ast.Stmt {
	if p == 0 {
		return nil
	}
	return some[0][p-1].Node
}

func mentionsRefused(name, src string) bool {
	return strings.Contains(src, name+".Response") || strings.Contains(src, name+".Body") || strings.Contains(src, name+".Error")
}

// shared returns how many statements all outcomes have in common at the beginning and at the end, as they were.
func shared(some [][]*evaluate.Item) (p, q int) {
	alike := func(get func([]*evaluate.Item) *evaluate.Item) bool {
		var node ast.Stmt
		for i, l := range some {
			it := get(l)
			if it == nil || it.Verb != evaluate.Kept || it.Leaves || it.Node == nil || i > 0 && it.Node != node {
				return false
			}
			node = it.Node
		}
		return true
	}
	for alike(func(l []*evaluate.Item) *evaluate.Item {
		if p < len(l) {
			return l[p]
		}
		return nil
	}) {
		p++
	}
	for alike(func(l []*evaluate.Item) *evaluate.Item {
		if len(l)-1-q >= p {
			return l[len(l)-1-q]
		}
		return nil
	}) {
		q++
	}
	return p, q
}

func crashing(items []*evaluate.Item) bool {
	return slices.ContainsFunc(evaluate.Everything(items), func(it *evaluate.Item) bool { return it.Crash })
}

// onlyCrashes reports whether the old program has no visible effect before it reads a field of nil and panics.
func onlyCrashes(items []*evaluate.Item) bool {
	list := evaluate.Flat(items)
	n := len(list) - 1
	return n >= 0 && list[n].Crash && !slices.ContainsFunc(list[:n], func(it *evaluate.Item) bool { return it.Crash || !it.Quiet() })
}

// panicking ends items where the old program read a field of nil. What it did before that, and on other ways, stays: a call
// that ends the program without looking like one may be among it.
func panicking(items []*evaluate.Item) {
	for _, it := range evaluate.Everything(items) {
		if it.Crash {
			it.Verb, it.Node, it.Parts, it.Crash = evaluate.Written, nil, nil, false
			it.Text = evaluate.Rendering{Text: "panic(\"no answer\") // it was read here"}
		}
	}
}

// nakedReturn reports whether a return without operands is among items.
func nakedReturn(items []*evaluate.Item) bool {
	found := false
	for _, it := range evaluate.Everything(items) {
		if it.Node == nil || it.Verb == evaluate.Dropped || it.Verb == evaluate.Written {
			found = found || it.Verb == evaluate.Written && strings.Contains(it.Text.Text, "return\n")
			continue
		}
		found = found || slices.ContainsFunc(syntax.Returns(it.Node), func(r *ast.ReturnStmt) bool { return len(r.Results) == 0 })
	}
	return found
}
