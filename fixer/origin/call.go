package origin

import (
	"go/ast"
	"go/types"
	"strings"

	"jwtretire.example/fixer/syntax"
)

// call returns the texts of a call: of the result of a function in shapers, and of any other call its name and arguments.
func (w *walk) call(f *syntax.File, c *ast.CallExpr, depth int) []string {
	if tv, ok := f.Pkg.Info.Types[c.Fun]; ok && tv.IsType() && len(c.Args) == 1 {
		return w.expr(f, c.Args[0], depth)
	}
	callee := f.Callee(c)
	if callee == nil || callee.Pkg() == nil {
		return leaf("call " + f.Text(c))
	}
	if shape := shapers[callee.FullName()]; shape != nil {
		if texts := shape(w, f, c, depth); texts != nil {
			return texts
		}
	}
	texts := []string{"call " + callee.FullName() + "("}
	for i, a := range c.Args {
		if i > 0 {
			texts = w.join(texts, []string{", "})
		}
		if depth > 0 {
			texts = w.join(texts, readable(w.expr(f, a, depth)))
		} else {
			texts = w.join(texts, []string{f.Text(a)})
		}
	}
	var out []string
	for _, s := range texts {
		out = append(out, leaf(s+")")...)
	}
	return out
}

func readable(texts []string) []string {
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = Readable(s)
	}
	return out
}

// A shaper returns the texts of a call whose result consists of its arguments, and nil if it cannot tell.
type shaper func(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string

var shapers map[string]shaper

func init() { // an initializer would be circular: shapers call walk.expr, which reads them
	shapers = map[string]shaper{
		"fmt.Sprintf":                 sprintf,
		"fmt.Sprint":                  sprint,
		"strings.TrimSpace":           firstArgument,
		"strings.TrimRight":           trimmed,
		"strings.TrimSuffix":          trimmed,
		"strings.Join":                joined,
		"strings.Replace":             replaced,
		"strings.ReplaceAll":          replaced,
		"(*strings.Replacer).Replace": replacer,
		"net/url.JoinPath":            joinPath,
		"net/url.Parse":               firstArgument,
		"net/url.QueryEscape":         firstArgument, // how a form sends the value, whoever writes it
		"(*net/url.URL).String":       urlString,
		"(*net/url.URL).JoinPath":     receiver,
	}
}

func firstArgument(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string {
	if len(c.Args) == 0 {
		return nil
	}
	return w.expr(f, c.Args[0], depth)
}

func receiver(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	return w.expr(f, sel.X, depth)
}

// trimmed is a text without slashes at its end. They are no part of a host.
func trimmed(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string {
	if len(c.Args) != 2 {
		return nil
	}
	if cut, ok := constant(f, c.Args[1]); !ok || strings.Trim(cut, "/") != "" {
		return nil
	}
	texts := w.expr(f, c.Args[0], depth)
	for i, s := range texts {
		texts[i] = strings.TrimRight(s, "/")
	}
	return texts
}

// sprintf is the format with its arguments, if all verbs are without flags and width.
func sprintf(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string {
	if len(c.Args) == 0 || c.Ellipsis.IsValid() {
		return nil
	}
	format, ok := constant(f, c.Args[0])
	if !ok {
		return nil
	}
	texts, args := []string{""}, c.Args[1:]
	for {
		text, rest, more := strings.Cut(format, "%")
		texts = w.join(texts, []string{text})
		if !more {
			if len(args) > 0 {
				return nil
			}
			return texts
		}
		switch {
		case strings.HasPrefix(rest, "%"):
			texts = w.join(texts, []string{"%"})
		case len(args) > 0 && rest != "" && strings.ContainsRune("svd", rune(rest[0])):
			texts = w.join(texts, w.expr(f, args[0], depth))
			args = args[1:]
		default:
			return nil
		}
		format = rest[1:]
	}
}

func sprint(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string {
	if len(c.Args) != 1 {
		return nil
	}
	return w.expr(f, c.Args[0], depth)
}

// joined is strings.Join of a slice literal.
func joined(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string {
	if len(c.Args) != 2 {
		return nil
	}
	lit, ok := ast.Unparen(c.Args[0]).(*ast.CompositeLit)
	sep, constantSep := constant(f, c.Args[1])
	if !ok || !constantSep {
		return nil
	}
	texts := []string{""}
	for i, e := range lit.Elts {
		if _, keyed := e.(*ast.KeyValueExpr); keyed {
			return nil
		}
		if i > 0 {
			texts = w.join(texts, []string{sep})
		}
		texts = w.join(texts, w.expr(f, e, depth))
	}
	return texts
}

// replaced is strings.Replace of paths. A text that begins with one slash is no part of a host.
func replaced(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string {
	if len(c.Args) < 3 || !paths(f, c.Args[1:3]) {
		return nil
	}
	return w.expr(f, c.Args[0], depth)
}

// replacer is the same for strings.NewReplacer(…).Replace(x).
func replacer(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok || len(c.Args) != 1 {
		return nil
	}
	made, ok := ast.Unparen(sel.X).(*ast.CallExpr)
	if !ok || !paths(f, made.Args) {
		return nil
	}
	if m := f.Callee(made); m == nil || m.FullName() != "strings.NewReplacer" {
		return nil
	}
	return w.expr(f, c.Args[0], depth)
}

func paths(f *syntax.File, list []ast.Expr) bool {
	for _, e := range list {
		if s, ok := constant(f, e); !ok || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
			return false
		}
	}
	return true
}

func joinPath(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string {
	if len(c.Args) == 0 || c.Ellipsis.IsValid() {
		return nil
	}
	texts := w.expr(f, c.Args[0], depth)
	for _, a := range c.Args[1:] {
		texts = w.join(w.join(texts, []string{"/"}), w.expr(f, a, depth))
	}
	return texts
}

// urlString is the text of a url.URL that is a literal or the result of url.Parse.
func urlString(w *walk, f *syntax.File, c *ast.CallExpr, depth int) []string {
	sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	g, e := f, ast.Unparen(sel.X)
	if id, ok := e.(*ast.Ident); ok {
		if h, def := w.ix.DefinitionOrAddressed(f.Object(id)); def != nil {
			if _, isTuple := h.TypeOf(def).(*types.Tuple); isTuple {
				return nil
			}
			g, e = h, ast.Unparen(def)
		}
	}
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = ast.Unparen(u.X)
	}
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return w.expr(f, sel.X, depth)
	}
	parts := map[string][]string{"Scheme": {""}, "Host": {""}, "Path": {""}}
	for _, elt := range lit.Elts {
		kv, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			return nil
		}
		if id := syntax.IdentOf(kv.Key); id != nil && parts[id.Name] != nil {
			parts[id.Name] = w.expr(g, kv.Value, depth)
		}
	}
	texts := w.join(w.join(parts["Scheme"], []string{"://"}), parts["Host"])
	return w.join(w.join(texts, []string{"/"}), parts["Path"])
}
