package plan

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
)

// Adobe's exchange paths and the path that takes their place (facts: /ims/exchange/jwt and
// /ims/exchange/v1/jwt, each also with a slash at the end; the documented path is /ims/token/v3).
const tokenPath = "ims/token/v3"

var (
	exchangePath = regexp.MustCompile(`ims/exchange/(?:v[0-9]+/)?jwt/?`)
	// url.JoinPath(base, "ims", "exchange", "jwt")
	joinedPath = regexp.MustCompile(`"ims",\s*"exchange",\s*(?:"v[0-9]+",\s*)?"jwt/?"`)
)

func swapPath(lit string) string { return exchangePath.ReplaceAllString(lit, tokenPath) }

// tokenURL says the token URL at x: the same expression with the path changed in the literal that
// holds it, wherever that stands. Where the whole URL, or its path, comes from configuration, the
// configured value may still name the exchange, and the text replaces it at run time.
func (p *planner) tokenURL(fl *flow.Flow, x *expresser, set *change.Set) (change.Text, error) {
	f, n := p.ix.node(fl.URL)
	e, ok := n.(ast.Expr)
	if !ok {
		return change.Text{}, because("the token URL was not found")
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
	fixed := p.swapDeclared(fl, set)
	if swapped || fixed && p.settled(text, map[types.Object]bool{}) {
		return text, nil
	}
	if isString(f.typeOf(e)) {
		set.Notes = append(set.Notes, "the token URL comes from configuration ("+f.place(e)+"): it should name /"+tokenPath+" from now on; a value that still names the exchange is corrected at run time")
		text.Src = "«strings».NewReplacer(\n" +
			"\"/ims/exchange/v1/jwt/\", \"/" + tokenPath + "\",\n\"/ims/exchange/v1/jwt\", \"/" + tokenPath + "\",\n" +
			"\"/ims/exchange/jwt/\", \"/" + tokenPath + "\",\n\"/ims/exchange/jwt\", \"/" + tokenPath + "\",\n" +
			").Replace(" + text.Src + ")"
		return text, nil
	}
	return change.Text{}, because("the token URL is a %s (%s)", f.typeOf(e), f.place(e))
}

// swapDeclared changes the literals on the way to the URL that are not part of the expression
// itself: constants, variables, defaults of settings.
func (p *planner) swapDeclared(fl *flow.Flow, set *change.Set) bool {
	any := false
	for _, part := range fl.URLParts {
		if !exchangePath.MatchString(part.Text) {
			continue
		}
		f, n := p.ix.node(part.Span)
		if f == nil {
			continue
		}
		for _, lit := range p.literals(f, n) {
			g := p.ix.fileOf(lit)
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
func (p *planner) literals(f *file, n ast.Node) []*ast.BasicLit {
	var out []*ast.BasicLit
	seen := map[types.Object]bool{}
	var walk func(f *file, n ast.Node)
	walk = func(f *file, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if n.Kind == token.STRING {
					out = append(out, n)
				}
			case *ast.Ident:
				obj := f.object(n)
				if _, ok := obj.(*types.Const); ok && !seen[obj] && obj.Pkg() != nil {
					seen[obj] = true
					if g, v := p.ix.valueOf(obj); v != nil {
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

// valueOf returns the expression that declares a constant or package variable.
func (ix *Index) valueOf(obj types.Object) (*file, ast.Expr) {
	f := ix.fileAt(obj)
	if f == nil {
		return nil, nil
	}
	for _, d := range f.syntax.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || obj.Pos() < g.Pos() || obj.Pos() >= g.End() {
			continue
		}
		for _, s := range g.Specs {
			vs, ok := s.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, id := range vs.Names {
				if f.object(id) == obj && i < len(vs.Values) {
					return f, vs.Values[i]
				}
			}
		}
	}
	return nil, nil
}

func (ix *Index) fileOf(n ast.Node) *file {
	for _, f := range ix.files {
		if f.syntax.FileStart <= n.Pos() && n.End() <= f.syntax.FileEnd {
			return f
		}
	}
	return nil
}

// settled reports whether the part of the URL that names the exchange is a constant, or a variable
// with one definition, that the text uses: then the change of its literal is the whole change.
func (p *planner) settled(text change.Text, seen map[types.Object]bool) bool {
	found := false
	var walk func(f *file, n ast.Node)
	walk = func(f *file, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				// The literal may be the fallback of a setting: getenv("URL", "https://…").
				return p.ix.target(f, n) == nil && !strings.HasPrefix(calleeName(n), "Get")
			case *ast.BasicLit:
				found = found || exchangePath.MatchString(n.Value)
			case *ast.Ident:
				obj := f.object(n)
				if obj == nil || seen[obj] {
					return true
				}
				seen[obj] = true
				switch o := obj.(type) {
				case *types.Const:
					if g, v := p.ix.valueOf(o); v != nil {
						walk(g, v)
					}
				case *types.Var:
					if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() {
						if g, v := p.ix.valueOf(o); v != nil && !p.assigned(o) {
							walk(g, v)
						}
					} else if g, v := (&expresser{ix: p.ix}).definition(o); v != nil {
						walk(g, v)
					}
				}
			}
			return true
		})
	}
	for _, k := range text.Keeps {
		if f := p.ix.fileOf(k); f != nil {
			walk(f, k)
		}
	}
	return found
}

// assigned reports whether a package variable is written after its declaration, or its address taken.
func (p *planner) assigned(v *types.Var) bool {
	for _, id := range p.ix.uses[v] {
		f := p.ix.in[id]
		switch s := f.parent[id].(type) {
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
