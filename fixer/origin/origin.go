// Package origin computes the sources of a string expression.
//
// Input: an expression, in packages with types. Output: all sources of its value, as texts that are comparable between two
// versions of a program: constants verbatim, and run-time values between «marks», by name (an environment
// variable, a field, a package variable, a call).
//
// It compares a rewritten program with the old one: the host of the token URL and the client secret must have the same sources as
// in the exchange. An expression that it does not understand gets a text that is equal to no other, so the comparison fails in
// doubt.
package origin

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/syntax"
)

const (
	maxDepth = 12  // of definitions and calls that are followed
	maxTexts = 24  // of one expression
	maxSteps = 200 // variables that are followed for one expression
)

// A Finder computes origins in one version of a program.
type Finder struct {
	Index *syntax.Index
}

// Of returns the possible origins of an expression, sorted; nil if there are too many.
func (fd *Finder) Of(f *syntax.File, e ast.Expr) []string {
	w := &walk{ix: fd.Index, busy: map[types.Object]bool{}, left: maxSteps}
	texts := w.expr(f, e, maxDepth)
	if w.lost {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(texts)))
}

// Authority returns scheme and host of the text of a URL, and "" if the text does not begin with them.
func Authority(text string) string {
	const scheme = "://"
	from := outside(text, 0, scheme)
	switch {
	case from >= 0:
		from += len(scheme)
	case strings.HasPrefix(text, "«"): // a run-time value that includes the scheme
		from = 0
	default:
		return "" // a path
	}
	end := len(text)
	for _, stop := range []string{"/", "?", "#"} {
		if i := outside(text, from, stop); i >= 0 {
			end = min(end, i)
		}
	}
	return text[:end]
}

// outside returns the offset of the first occurrence of a part, from an offset on, that is not between marks; -1 if there
// is none.
func outside(text string, from int, part string) int {
	depth := 0
	for i, r := range text {
		switch {
		case r == '«':
			depth++
		case r == '»':
			depth--
		case depth == 0 && i >= from && strings.HasPrefix(text[i:], part):
			return i
		}
	}
	return -1
}

// Readable returns a text for display.
func Readable(text string) string { return strings.NewReplacer("«", "", "»", "").Replace(text) }

type walk struct {
	ix   *syntax.Index
	busy map[types.Object]bool // variables on the current path
	left int                   // of maxSteps
	lost bool                  // a limit was met, so the texts are incomplete
}

func leaf(s string) []string {
	return []string{"«" + strings.NewReplacer("«", "<", "»", ">").Replace(s) + "»"}
}

func (w *walk) expr(f *syntax.File, e ast.Expr, depth int) []string {
	e = ast.Unparen(e)
	if text, ok := constant(f, e); ok {
		return []string{text}
	}
	if depth == 0 {
		return leaf(f.Text(e))
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return w.join(w.expr(f, e.X, depth), w.expr(f, e.Y, depth))
		}
	case *ast.CallExpr:
		return w.call(f, e, depth-1)
	case *ast.Ident:
		return w.object(f, e, f.Object(e), depth-1)
	case *ast.SelectorExpr:
		if _, field := f.Pkg.Info.Selections[e]; !field {
			return w.object(f, e.Sel, f.Object(e.Sel), depth-1) // of another package
		}
		return w.field(f, e, depth-1)
	case *ast.StarExpr:
		return w.expr(f, e.X, depth-1)
	}
	return leaf(f.Text(e))
}

// constant returns the text of a constant expression.
func constant(f *syntax.File, e ast.Expr) (string, bool) {
	tv, ok := f.Pkg.Info.Types[e]
	if !ok || tv.Value == nil {
		return "", false
	}
	text := tv.Value.ExactString()
	if s, err := strconv.Unquote(text); err == nil {
		text = s
	}
	return strings.NewReplacer("«", "<", "»", ">").Replace(text), true
}

// join returns the concatenations of the texts of two expressions.
func (w *walk) join(a, b []string) []string {
	if len(a)*len(b) > maxTexts {
		w.lost = true
		return nil
	}
	var out []string
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return out
}

// any returns the union of the texts of several sources.
func (w *walk) any(lists ...[]string) []string {
	set := map[string]bool{}
	for _, l := range lists {
		for _, s := range l {
			set[s] = true
		}
	}
	if len(set) > maxTexts {
		w.lost = true
	}
	return slices.Sorted(maps.Keys(set))
}

// object returns the texts of a variable: of a package variable its name, of a local variable the texts of its assigned
// values, of a parameter those of the arguments.
func (w *walk) object(f *syntax.File, at *ast.Ident, obj types.Object, depth int) []string {
	v, ok := obj.(*types.Var)
	if !ok || v.Pkg() == nil {
		return leaf(at.Name)
	}
	if syntax.IsPackageLevel(v) {
		return leaf("variable " + v.Pkg().Path() + "." + v.Name())
	}
	if w.busy[v] || depth <= 0 {
		return leaf("local " + v.Name())
	}
	if w.left--; w.left < 0 {
		w.lost = true
		return nil
	}
	w.busy[v] = true
	defer delete(w.busy, v)
	var lists [][]string
	for _, s := range w.ix.Sources(v) {
		if t, ok := s.File.TypeOf(s.Expr).(*types.Tuple); ok && t.Len() > 0 {
			lists = append(lists, w.first(s.File, s.Expr, depth))
			continue
		}
		lists = append(lists, w.expr(s.File, s.Expr, depth))
	}
	if d := w.ix.Enclosing(f, at); d != nil {
		if i, ok := d.Param(v); ok {
			lists = append(lists, w.param(d, i, v, depth))
		}
	}
	if len(lists) == 0 {
		return leaf("local " + v.Name())
	}
	return w.any(lists...)
}

// first returns the texts of the first result of a call with several.
func (w *walk) first(f *syntax.File, e ast.Expr, depth int) []string {
	if c, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		return w.call(f, c, depth)
	}
	return leaf(f.Text(e))
}

// param returns the texts of the arguments for a parameter, from all callers.
func (w *walk) param(d *syntax.Func, i int, v *types.Var, depth int) []string {
	name := "parameter " + v.Name()
	if d.Obj != nil {
		name = "parameter " + strconv.Itoa(i) + " of " + d.Obj.FullName()
	}
	if i < 0 || d.Obj == nil {
		return leaf(name)
	}
	sites, all := w.ix.Calls(d)
	if len(sites) == 0 {
		return leaf(name)
	}
	var lists [][]string
	if !all {
		lists = append(lists, leaf(name))
	}
	for _, s := range sites {
		arg := syntax.Argument(s.Call, i)
		if arg == nil || s.Call.Ellipsis.IsValid() {
			return leaf(name)
		}
		lists = append(lists, w.expr(s.File, arg, depth))
	}
	return w.any(lists...)
}

// field returns the texts of a field: its name with the name of its type, and the texts of all values that the program
// assigns to it. For a field of a local variable the variable's origins count as well, because two configurations of one
// type are different.
func (w *walk) field(f *syntax.File, e *ast.SelectorExpr, depth int) []string {
	sel := f.Pkg.Info.Selections[e]
	name := sel.Obj().Name()
	if t := syntax.Named(sel.Recv()); t != nil && t.Obj().Pkg() != nil {
		name = t.Obj().Pkg().Path() + "." + t.Obj().Name() + "." + name
	}
	if root := syntax.Root(e.X); root != nil {
		if v, ok := f.Object(root).(*types.Var); ok && v.Pkg() != nil {
			d := w.ix.Enclosing(f, e)
			switch {
			case syntax.IsPackageLevel(v):
				return leaf("field " + name + " of " + v.Pkg().Path() + "." + f.Text(e.X))
			case d == nil:
			default:
				if _, isParam := d.Param(v); isParam || depth <= 0 {
					break
				}
				if texts := w.inLiteral(f, root, e, depth); texts != nil {
					return texts
				}
				texts := w.expr(f, e.X, depth-1)
				if len(texts) == 1 {
					return leaf("field " + name + " of " + Readable(texts[0]))
				}
				return leaf("field " + name + " of " + f.Text(e.X))
			}
		}
	}
	field, ok := syntax.Origin(sel.Obj()).(*types.Var)
	if !ok || depth <= 0 || w.busy[field] {
		return leaf("field " + name)
	}
	if w.left--; w.left < 0 {
		w.lost = true
		return nil
	}
	w.busy[field] = true
	defer delete(w.busy, field)
	lists := [][]string{leaf("field " + name)}
	for _, src := range w.ix.Sources(field) {
		if t, ok := src.File.TypeOf(src.Expr).(*types.Tuple); !ok || t.Len() == 0 {
			lists = append(lists, w.expr(src.File, src.Expr, depth-1))
		}
	}
	return w.any(lists...)
}

// inLiteral returns the texts of a field of the variable root, if a composite literal defines root and nothing else
// sets that field.
func (w *walk) inLiteral(f *syntax.File, root *ast.Ident, e *ast.SelectorExpr, depth int) []string {
	if ast.Unparen(e.X) != root {
		return nil
	}
	g, def := w.ix.DefinitionOrAddressed(f.Object(root))
	if u, ok := def.(*ast.UnaryExpr); ok {
		def = u.X
	}
	lit, ok := def.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	var value ast.Expr
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if id := syntax.IdentOf(kv.Key); id != nil && id.Name == e.Sel.Name {
				value = kv.Value
			}
		}
	}
	if value == nil {
		return nil
	}
	for _, id := range w.ix.Uses[syntax.Origin(f.Object(e.Sel))] {
		h := w.ix.FileOf(id)
		sel, ok := h.Parent[id].(*ast.SelectorExpr)
		if !ok {
			continue
		}
		if _, addressed := h.Parent[sel].(*ast.UnaryExpr); addressed || h.Assigned(sel) != nil {
			return nil
		}
	}
	return w.expr(g, value, depth-1)
}
