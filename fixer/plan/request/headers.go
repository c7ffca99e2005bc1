package request

import (
	"fmt"
	"go/ast"
	"go/types"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/plan/place"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
)

// Headers adds remarks about the headers and other parts of the old request that are not sent any more, except those that every
// client of a token endpoint sends or that only concern the old body. The request is followed through its variables, aliases of its
// header, and functions of the module. An unknown function that gets it may add to it, so it is a remark, too.
func Headers(p *find.Finder, fl *flow.Flow, set *change.Set) {
	f, req := p.Index.Call(fl.Request)
	if req == nil {
		return // http.PostForm and the like set none
	}
	h := &headerSearch{ix: p.Index, set: set, seen: map[types.Object]bool{}}
	switch up := f.Parent[ast.Expr(req)].(type) {
	case *ast.AssignStmt:
		if id := syntax.IdentOf(up.Lhs[0]); id != nil {
			h.object(f.Object(id))
		}
	case *ast.ReturnStmt:
		if d := p.Index.Enclosing(f, req); d != nil && d.Obj != nil {
			sites, _ := p.Index.Callers(d.Obj)
			for _, s := range sites {
				if as, ok := s.File.Parent[s.Call].(*ast.AssignStmt); ok {
					if id := syntax.IdentOf(as.Lhs[0]); id != nil {
						h.object(s.File.Object(id))
					}
				}
			}
		}
	}
}

// A headerSearch follows a request and its header.
type headerSearch struct {
	ix   *syntax.Index
	set  *change.Set
	seen map[types.Object]bool
}

// object looks at all uses of a variable that holds a request or a header.
func (h *headerSearch) object(obj types.Object) {
	if obj == nil || obj.Name() == "_" || h.seen[obj] || !carriesHeaders(obj.Type()) {
		return
	}
	h.seen[obj] = true
	for _, id := range h.ix.Uses[obj] {
		h.use(h.ix.FileOf(id), h.ix.FileOf(id).Whole(id))
	}
}

// carriesHeaders reports whether a type is that of a request or of headers.
func carriesHeaders(t types.Type) bool {
	return isRequest(t) || t.String() == "net/http.Header"
}

func isRequest(t types.Type) bool { return t.String() == "*net/http.Request" }

// use looks at what becomes of an expression that is a request or its header.
func (h *headerSearch) use(f *syntax.File, e ast.Expr) {
	switch up := f.Parent[e].(type) {
	case *ast.ParenExpr:
		h.use(f, up)
	case *ast.SelectorExpr:
		if up.X == e {
			h.selected(f, up)
		}
	case *ast.IndexExpr: // header["X-Request-Id"] = …
		if up.X == e && f.Assigned(up) != nil {
			h.named(f, up, up.Index)
		}
	case *ast.AssignStmt:
		for i, r := range up.Rhs {
			if r == e && i < len(up.Lhs) {
				if id := syntax.IdentOf(up.Lhs[i]); id != nil {
					h.object(f.Object(id))
				}
			}
		}
	case *ast.CallExpr:
		h.passed(f, up, e)
	}
}

// selected looks at a field or a method of a request or a header.
func (h *headerSearch) selected(f *syntax.File, sel *ast.SelectorExpr) {
	request := isRequest(f.TypeOf(sel.X))
	if c, ok := f.Parent[sel].(*ast.CallExpr); ok && c.Fun == sel {
		switch name := sel.Sel.Name; {
		case !request && (name == "Set" || name == "Add") && len(c.Args) == 2:
			h.named(f, c, c.Args[0])
		case request && (name == "SetBasicAuth" || name == "AddCookie"):
			h.look(f, c, "what "+name+" adds")
		case request && (name == "WithContext" || name == "Clone"), !request && name == "Clone":
			h.use(f, c)
		}
		return
	}
	switch sel.Sel.Name {
	case "Header":
		if !request {
			return
		}
		as := f.Assigned(sel)
		if as == nil {
			h.use(f, sel)
			return
		}
		for i, l := range as.Lhs {
			if l == sel && len(as.Lhs) == len(as.Rhs) {
				h.assigned(f, as.Rhs[i])
			}
		}
	case "Host", "Trailer", "TransferEncoding":
		if request && f.Assigned(sel) != nil {
			h.look(f, sel, "what is assigned to "+f.Text(sel))
		}
	}
}

// assigned looks at a header that a request gets as a whole.
func (h *headerSearch) assigned(f *syntax.File, e ast.Expr) {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if c, isCall := ast.Unparen(e).(*ast.CallExpr); isCall && syntax.CalleeName(c) == "make" {
		return
	}
	if !ok {
		h.look(f, e, "the headers of "+syntax.OneLine(f.Text(e)))
		return
	}
	for _, el := range lit.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			h.named(f, kv, kv.Key)
		}
	}
}

// passed looks at a call with a request or a header as argument.
func (h *headerSearch) passed(f *syntax.File, c *ast.CallExpr, e ast.Expr) {
	fo := f.Callee(c)
	if d := h.ix.Target(f, c); d != nil && d.Body != nil {
		params := d.Params()
		for i, a := range c.Args {
			if a == e && i < len(params) && params[i] != nil {
				h.object(d.File.Pkg.Info.Defs[params[i]])
			}
		}
		return
	}
	if tv := f.Pkg.Info.Types[c.Fun]; tv.IsType() { // propagation.HeaderCarrier(req.Header)
		if outer, ok := f.Parent[c].(*ast.CallExpr); ok && !isRequest(f.TypeOf(e)) {
			h.look(f, outer, "what "+syntax.CalleeName(outer)+" adds to the headers")
		}
		return
	}
	if fo == nil || sends(f, c) || fo.Pkg() != nil && (fo.Pkg().Path() == "net/http" || fo.Pkg().Path() == "net/http/httputil") {
		return
	}
	switch library.EffectOf(fo) {
	case library.Pure, library.Reads, library.Varies, library.Logs, library.Outputs, library.Prints:
		return
	}
	h.look(f, c, "what "+syntax.CalleeName(c)+" may add to the request")
}

// sends reports whether a call with a request returns an answer.
func sends(f *syntax.File, c *ast.CallExpr) bool {
	switch t := f.TypeOf(c).(type) {
	case *types.Tuple:
		return t.Len() > 0 && t.At(0).Type().String() == "*net/http.Response"
	case nil:
		return false
	default:
		return t.String() == "*net/http.Response"
	}
}

// named notes a header, unless its constant name is an ordinary one.
func (h *headerSearch) named(f *syntax.File, at ast.Node, name ast.Expr) {
	if place.OrdinaryHeader(f.ConstString(name)) {
		return
	}
	h.look(f, at, "the header "+syntax.OneLine(f.Text(name)))
}

func (h *headerSearch) look(f *syntax.File, at ast.Node, what string) {
	h.set.Look(safety.Header, fmt.Sprintf("%s was sent with the exchange (%s); oauth2 does not send it", what, f.Place(at)))
}
