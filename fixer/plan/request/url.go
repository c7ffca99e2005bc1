package request

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// tokenURL returns the token URL at x: the one that the user decided on, or that of the exchange with another path.
func tokenURL(p *find.Finder, fl *flow.Flow, pt *place.Point, x *express.Expresser, set *change.Set) (change.Text, error) {
	if src := p.Decided(fl, "token_url"); src != "" {
		return x.Configured("token_url", src)
	}
	f, n := p.Index.Node(fl.URL)
	e, ok := n.(ast.Expr)
	if !ok {
		return change.Text{}, reason.New(reason.NoURL, "the token URL was not found")
	}
	if t := f.TypeOf(e); t == nil || !syntax.IsString(t) {
		return change.Text{}, reason.New(reason.NoURL, "the token URL is a %s (%s)", t, f.Place(e))
	}
	text, err := swapPath(p, fl, f, e, x, set)
	if err != nil {
		return change.Text{}, err
	}
	return pt.Library.WithBase(f, e, text, x)
}

// swapPath returns the URL of the exchange with the path of the new grant: the same expression, with another path in its literal,
// which may be in another place. If the whole URL, or its path, comes from a setting, the setting may still contain the URL of
// the exchange, and the text replaces it at run time.
func swapPath(p *find.Finder, fl *flow.Flow, f *syntax.File, e ast.Expr, x *express.Expresser, set *change.Set) (change.Text, error) {
	swaps := pathSwaps(&p.ExchangeRow(fl).Target)
	swapped := false
	x.Lit = func(lit string) string {
		for _, s := range swaps {
			if new := s.in(lit); new != lit {
				lit, swapped = new, true
			}
		}
		return lit
	}
	text, err := x.Express(f, e)
	x.Lit = nil
	if err != nil {
		return change.Text{}, err
	}
	for _, s := range swaps {
		if src := s.inJoined(text.Src); src != text.Src {
			text.Src, swapped = src, true
		}
	}
	if swapJoined(p, f, e, swaps, set) {
		return text, nil
	}
	// A literal of the expression itself changes in the copy; the original is dead code with the request.
	if swapped || swapDeclared(p, fl, swaps, set) && (&pathFinder{p, swaps, map[types.Object]bool{}}).named(x.Parts) {
		return text, nil
	}
	set.Look(safety.TokenURL, "the token URL comes from configuration ("+f.Place(e)+"): it should name "+swaps[0].New+" from now on; a value that still names the exchange is corrected at run time")
	var pairs strings.Builder
	for _, s := range swaps {
		fmt.Fprintf(&pairs, "%q, %q,\n%q, %[2]q,\n", s.Old+"/", s.New, s.Old)
	}
	text.Src = "«strings».NewReplacer(\n" + pairs.String() + ").Replace(" + text.Src + ")"
	return text, nil
}

// swapDeclared changes the literals on the path to the URL that are not part of the expression: constants,
// variables, defaults of settings.
func swapDeclared(p *find.Finder, fl *flow.Flow, swaps []pathSwap, set *change.Set) bool {
	any := false
	for _, part := range fl.URLParts {
		for _, s := range swaps {
			f, n := p.Index.Node(part.Span)
			if f == nil || !s.text.MatchString(part.Text) {
				continue
			}
			for _, lit := range p.Literals(f, n) {
				if new := s.in(lit.Value); new != lit.Value && p.Index.FileOf(lit) != nil {
					set.Replace[lit] = change.Text{Src: new}
					any = true
				}
			}
		}
	}
	return any
}

// A pathFinder finds the path of the exchange in the constants of a text.
type pathFinder struct {
	p     *find.Finder
	swaps []pathSwap
	seen  map[types.Object]bool
}

// named reports whether the part of the URL with the path of the exchange is a constant, or a variable with one
// definition, in the text. Then the change of its literal is the whole change.
func (w *pathFinder) named(parts []ast.Node) bool {
	p, seen, found := w.p, w.seen, false
	var walk func(f *syntax.File, n ast.Node)
	walk = func(f *syntax.File, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				// The literal may be the default of a setting: getenv("URL", "https://…").
				if m := p.Index.Target(f, n); m != nil {
					found = found || w.returned(m)
					return false
				}
				return !strings.HasPrefix(syntax.CalleeName(n), "Get")
			case *ast.BasicLit:
				found = found || slices.ContainsFunc(w.swaps, func(s pathSwap) bool { return s.text.MatchString(n.Value) })
			case *ast.Ident:
				obj := f.Object(n)
				if obj == nil || seen[obj] {
					return true
				}
				seen[obj] = true
				g, v := p.Index.Definition(obj)
				if _, ok := obj.(*types.Const); ok {
					g, v = p.Index.ValueOf(obj)
				}
				if v != nil {
					walk(g, v)
				}
			}
			return true
		})
	}
	for _, k := range parts {
		if f := p.Index.FileOf(k); f != nil {
			walk(f, k)
		}
	}
	return found
}

// returned reports whether every return of a function has the path of the exchange in a constant.
func (w *pathFinder) returned(d *syntax.Func) bool {
	returns := syntax.Returns(d.Body)
	for _, r := range returns {
		if len(r.Results) == 0 || !w.named([]ast.Node{r.Results[0]}) {
			return false
		}
	}
	return len(returns) > 0
}

// swapJoined changes the elements of url.JoinPath(base, "a", "b") and similar calls if they are the path of the
// exchange, in the expression itself or in the call that defines its variable.
func swapJoined(p *find.Finder, f *syntax.File, e ast.Expr, swaps []pathSwap, set *change.Set) bool {
	roots := []ast.Node{e}
	if id := syntax.IdentOf(ast.Unparen(e)); id != nil {
		for _, src := range p.Index.Sources(f.Object(id)) {
			roots = append(roots, src.Expr)
		}
	}
	done := false
	for _, r := range roots {
		ast.Inspect(r, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || syntax.CalleeName(c) != "JoinPath" && syntax.CalleeName(c) != "Join" {
				return true
			}
			words := make([]string, len(c.Args))
			for i, a := range c.Args {
				if lit, ok := a.(*ast.BasicLit); ok {
					words[i] = strings.Trim(lit.Value, "\"`/")
				}
			}
			for i := range words {
				for _, s := range swaps {
					if s.at(words[i:]) {
						s.arguments(c.Args[i:i+len(s.old)], set)
						done = true
						break
					}
				}
			}
			return true
		})
	}
	return done
}

// arguments replaces the elements of the old path by those of the new one.
func (s *pathSwap) arguments(args []ast.Expr, set *change.Set) {
	for i, a := range args {
		switch last := i == len(args)-1; {
		case i >= len(s.new):
			set.Remove[a] = "path of the exchange"
		case last:
			set.Replace[a] = change.Text{Src: quoted(s.new[i:])}
		case s.old[i] != s.new[i]:
			set.Replace[a] = change.Text{Src: strconv.Quote(s.new[i])}
		}
	}
}
