package plan

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/lazyregexp"
)

// Adobe's exchange paths and the path that takes their place (facts: /ims/exchange/jwt and
// /ims/exchange/v1/jwt, each also with a slash at the end; the documented path is /ims/token/v3).
const tokenPath = "ims/token/v3"

var (
	exchangePath = lazyregexp.New(`ims/exchange/(?:v[0-9]+/)?jwt/?`)
	// url.JoinPath(base, "ims", "exchange", "jwt")
	joinedPath = lazyregexp.New(`"ims",\s*"exchange",\s*(?:"v[0-9]+",\s*)?"jwt/?"`)
)

func swapPath(lit string) string { return exchangePath.ReplaceAllString(lit, tokenPath) }

// tokenURL says the token URL at x: the same expression with the path changed in the literal that
// holds it, wherever that stands. Where the whole URL, or its path, comes from configuration, the
// configured value may still name the exchange, and the text replaces it at run time.
func (p *planner) tokenURL(fl *flow.Flow, x *expresser, set *change.Set) (change.Text, error) {
	if src := p.decided(fl, "token_url"); src != "" {
		return x.given("token_url", src)
	}
	f, n := p.ix.Node(fl.URL)
	e, ok := n.(ast.Expr)
	if !ok {
		return change.Text{}, reason.New(reason.NoURL, "the token URL was not found")
	}
	swapped := false
	x.lit = func(lit string) string {
		s := swapPath(lit)
		swapped = swapped || s != lit
		return s
	}
	text, err := x.express(f, e)
	x.lit = nil
	if err != nil {
		return change.Text{}, err
	}
	if s := joinedPath.ReplaceAllString(text.Src, `"ims", "token", "v3"`); s != text.Src {
		text.Src, swapped = s, true
	}
	if p.swapJoined(f, e, set) {
		return text, nil
	}
	// A literal of the expression itself changes in the copy; its original dies with the request.
	if swapped || p.swapDeclared(fl, set) && p.settled(text, map[types.Object]bool{}) {
		return text, nil
	}
	if syntax.IsString(f.TypeOf(e)) {
		set.Look(safety.TokenURL, "the token URL comes from configuration ("+f.Place(e)+"): it should name /"+tokenPath+" from now on; a value that still names the exchange is corrected at run time")
		text.Src = "«strings».NewReplacer(\n" +
			"\"/ims/exchange/v1/jwt/\", \"/" + tokenPath + "\",\n\"/ims/exchange/v1/jwt\", \"/" + tokenPath + "\",\n" +
			"\"/ims/exchange/jwt/\", \"/" + tokenPath + "\",\n\"/ims/exchange/jwt\", \"/" + tokenPath + "\",\n" +
			").Replace(" + text.Src + ")"
		return text, nil
	}
	return change.Text{}, reason.New(reason.NoURL, "the token URL is a %s (%s)", f.TypeOf(e), f.Place(e))
}

// swapDeclared changes the literals on the way to the URL that are not part of the expression
// itself: constants, variables, defaults of settings.
func (p *planner) swapDeclared(fl *flow.Flow, set *change.Set) bool {
	any := false
	for _, part := range fl.URLParts {
		if !exchangePath.MatchString(part.Text) {
			continue
		}
		f, n := p.ix.Node(part.Span)
		if f == nil {
			continue
		}
		for _, lit := range p.literals(f, n) {
			g := p.ix.FileOf(lit)
			if g == nil {
				continue
			}
			if s := swapPath(lit.Value); s != lit.Value {
				set.Replace[lit] = change.Text{Src: s}
				any = true
			}
		}
	}
	return any
}

// literals returns the string literals of an expression, those of constants that it names included.
func (p *planner) literals(f *syntax.File, n ast.Node) []*ast.BasicLit {
	var out []*ast.BasicLit
	seen := map[types.Object]bool{}
	var walk func(f *syntax.File, n ast.Node)
	walk = func(f *syntax.File, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					out = append(out, n)
				}
			case *ast.Ident:
				obj := f.Object(n)
				if _, ok := obj.(*types.Const); ok && !seen[obj] && obj.Pkg() != nil {
					seen[obj] = true
					if g, v := p.ix.ValueOf(obj); v != nil {
						walk(g, v)
					}
				}
			}
			return true
		})
	}
	walk(f, n)
	return out
}

// settled reports whether the part of the URL that names the exchange is a constant, or a variable
// with one definition, that the text uses: then the change of its literal is the whole change.
func (p *planner) settled(text change.Text, seen map[types.Object]bool) bool {
	found := false
	var walk func(f *syntax.File, n ast.Node)
	walk = func(f *syntax.File, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				// The literal may be the fallback of a setting: getenv("URL", "https://…").
				if m := p.ix.Target(f, n); m != nil {
					found = found || p.returnsPath(m, seen)
					return false
				}
				return !strings.HasPrefix(syntax.CalleeName(n), "Get")
			case *ast.BasicLit:
				found = found || exchangePath.MatchString(n.Value)
			case *ast.Ident:
				obj := f.Object(n)
				if obj == nil || seen[obj] {
					return true
				}
				seen[obj] = true
				switch o := obj.(type) {
				case *types.Const:
					if g, v := p.ix.ValueOf(o); v != nil {
						walk(g, v)
					}
				case *types.Var:
					if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() {
						if g, v := p.ix.ValueOf(o); v != nil && !p.assigned(o) {
							walk(g, v)
						}
					} else if g, v := p.ix.Definition(o); v != nil {
						walk(g, v)
					}
				}
			}
			return true
		})
	}
	for _, k := range text.Keeps {
		if f := p.ix.FileOf(k); f != nil {
			walk(f, k)
		}
	}
	return found
}

// returnsPath reports whether every return of a function names the exchange by a constant.
func (p *planner) returnsPath(d *syntax.Func, seen map[types.Object]bool) bool {
	all, any := true, false
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			any = true
			if len(n.Results) == 0 || !p.settled(change.Text{Keeps: []ast.Node{n.Results[0]}}, seen) {
				all = false
			}
		}
		return true
	})
	return all && any
}

// swapJoined changes the elements of url.JoinPath(base, "ims", "exchange", "jwt") and the like, in the
// expression itself or in the call that defines the variable that it is.
func (p *planner) swapJoined(f *syntax.File, e ast.Expr, set *change.Set) bool {
	var roots []ast.Node
	roots = append(roots, e)
	if id := syntax.IdentOf(ast.Unparen(e)); id != nil {
		for _, src := range p.ix.Sources(f.Object(id)) {
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
			word := func(i int) string {
				if i >= len(c.Args) {
					return ""
				}
				if lit, ok := c.Args[i].(*ast.BasicLit); ok {
					return strings.Trim(lit.Value, "\"`/")
				}
				return ""
			}
			for i := range c.Args {
				if word(i) != "ims" || word(i+1) != "exchange" {
					continue
				}
				switch {
				case word(i+2) == "jwt":
					set.Replace[c.Args[i+2]] = change.Text{Src: `"v3"`}
				case word(i+3) == "jwt":
					set.Replace[c.Args[i+2]] = change.Text{Src: `"v3"`}
					set.Remove[c.Args[i+3]] = "path of the exchange"
				default:
					continue
				}
				set.Replace[c.Args[i+1]] = change.Text{Src: `"token"`}
				done = true
			}
			return true
		})
	}
	return done
}

// assigned reports whether a package variable is written after its declaration, or its address taken.
func (p *planner) assigned(v *types.Var) bool {
	for _, id := range p.ix.Uses[v] {
		f := p.ix.In[id]
		switch s := f.Parent[id].(type) {
		case *ast.AssignStmt:
			for _, l := range s.Lhs {
				if l == id {
					return true
				}
			}
		case *ast.UnaryExpr:
			if s.Op == token.AND {
				return true
			}
		}
	}
	return false
}
