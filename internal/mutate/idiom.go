package mutate

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// An idiom is another form of a library call with the same effect.
type idiom struct {
	name string
	fn   string   // full name of the callee, as in go/types
	args int      // number of arguments
	text string   // the replacement: $1… are the arguments, $r the receiver, NAME. a package of pkgs
	pkgs []string // import paths of packages in text
	stmt bool     // only if the call is a statement
	when string   // literal that must be the first argument, "" for any
}

var idioms = []idiom{
	{name: "postform-post", fn: "net/http.PostForm", args: 2, text: `http.Post($1, "application/x-www-form-urlencoded", strings.NewReader($2.Encode()))`, pkgs: []string{"net/http", "strings"}},
	{name: "postform-client", fn: "net/http.PostForm", args: 2, text: `http.DefaultClient.PostForm($1, $2)`, pkgs: []string{"net/http"}},
	{name: "postform-literal", fn: "net/http.PostForm", args: 2, text: `(&http.Client{}).PostForm($1, $2)`, pkgs: []string{"net/http"}},
	{name: "clientpostform-post", fn: "(*net/http.Client).PostForm", args: 2, text: `$r.Post($1, "application/x-www-form-urlencoded", strings.NewReader($2.Encode()))`, pkgs: []string{"strings"}},
	{name: "post-client", fn: "net/http.Post", args: 3, text: `http.DefaultClient.Post($1, $2, $3)`, pkgs: []string{"net/http"}},
	{name: "newrequest-context", fn: "net/http.NewRequest", args: 3, text: `http.NewRequestWithContext(context.Background(), $1, $2, $3)`, pkgs: []string{"net/http", "context"}},
	{name: "newrequest-plain", fn: "net/http.NewRequestWithContext", args: 4, text: `http.NewRequest($2, $3, $4)`, pkgs: []string{"net/http"}, when: "context.Background()"},
	{name: "newrequest-method", fn: "net/http.NewRequest", args: 3, text: `http.NewRequest(http.MethodPost, $2, $3)`, pkgs: []string{"net/http"}, when: `"POST"`},
	{name: "newrequest-literal", fn: "net/http.NewRequest", args: 3, text: `http.NewRequest("POST", $2, $3)`, pkgs: []string{"net/http"}, when: `http.MethodPost`},
	{name: "reader-buffer", fn: "strings.NewReader", args: 1, text: `bytes.NewBufferString($1)`, pkgs: []string{"bytes"}},
	{name: "reader-bytes", fn: "strings.NewReader", args: 1, text: `bytes.NewReader([]byte($1))`, pkgs: []string{"bytes"}},
	{name: "buffer-reader", fn: "bytes.NewBufferString", args: 1, text: `strings.NewReader($1)`, pkgs: []string{"strings"}},
	{name: "decode-unmarshal", fn: "(*encoding/json.Decoder).Decode", args: 1, text: ``},
	{name: "set-add", fn: "(net/url.Values).Set", args: 2, text: `$r.Add($1, $2)`, stmt: true},
	{name: "add-set", fn: "(net/url.Values).Add", args: 2, text: `$r.Set($1, $2)`, stmt: true},
	{name: "set-index", fn: "(net/url.Values).Set", args: 2, text: `$r[$1] = []string{$2}`, stmt: true},
	{name: "header-add", fn: "(net/http.Header).Set", args: 2, text: `$r.Add($1, $2)`, stmt: true},
	{name: "header-set", fn: "(net/http.Header).Add", args: 2, text: `$r.Set($1, $2)`, stmt: true},
	{name: "readall-io", fn: "io/ioutil.ReadAll", args: 1, text: `io.ReadAll($1)`, pkgs: []string{"io"}},
	{name: "readall-ioutil", fn: "io.ReadAll", args: 1, text: `ioutil.ReadAll($1)`, pkgs: []string{"io/ioutil"}},
	{name: "readfile-os", fn: "io/ioutil.ReadFile", args: 1, text: `os.ReadFile($1)`, pkgs: []string{"os"}},
	{name: "readfile-ioutil", fn: "os.ReadFile", args: 1, text: `ioutil.ReadFile($1)`, pkgs: []string{"io/ioutil"}},
	{name: "default-do", fn: "(*net/http.Client).Do", args: 1, text: `$r.Do($1.WithContext(context.Background()))`, pkgs: []string{"context"}},
	{name: "client-default", fn: "(*net/http.Client).Do", args: 1, text: `(*http.Client).Do($r, $1)`, pkgs: []string{"net/http"}},
}

// byIdiom returns the sites of one idiom.
func byIdiom(d idiom) func(*view, func(site)) {
	return func(v *view, add func(site)) {
		v.each(func(f *file, n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != d.args || call.Ellipsis.IsValid() {
				return
			}
			fn, ok := typeutil.Callee(f.pkg.Info, call).(*types.Func)
			if !ok || fn.FullName() != d.fn {
				return
			}
			if _, ok := f.parent[call].(*ast.ExprStmt); d.stmt && !ok {
				return
			}
			if d.when != "" && f.text(call.Args[0]) != d.when {
				return
			}
			add(func(e *editor) {
				if d.name == "decode-unmarshal" {
					e.decodeUnmarshal(f, call)
					return
				}
				e.replace(f, call, e.fill(f, d, call))
			})
		})
	}
}

func (e *editor) fill(f *file, d idiom, call *ast.CallExpr) string {
	text := d.text
	for _, path := range d.pkgs {
		base := path[strings.LastIndexByte(path, '/')+1:]
		if name := e.pkg(f, path); name != base {
			text = strings.ReplaceAll(text, base+".", name+".")
		}
		if decl := enclosingDecl(f, call); mentions(f, decl, base) && !uses(f, decl, base) {
			e.fail()
		}
	}
	var pairs []string
	for i, a := range call.Args {
		pairs = append(pairs, "$"+string(rune('1'+i)), f.text(a))
	}
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
		recv := f.text(sel.X)
		if strings.Contains(d.text, "($r") {
			if _, ptr := f.typeOf(sel.X).(*types.Pointer); !ptr {
				recv = "&" + recv
			}
		}
		pairs = append(pairs, "$r", recv)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// decodeUnmarshal turns json.NewDecoder(r).Decode(v) into a read and an unmarshal, within the closure's error.
func (e *editor) decodeUnmarshal(f *file, call *ast.CallExpr) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		e.fail()
		return
	}
	inner, ok := sel.X.(*ast.CallExpr)
	if !ok || len(inner.Args) != 1 {
		e.fail()
		return
	}
	json := f.text(inner.Fun.(*ast.SelectorExpr).X)
	io := e.pkg(f, "io")
	// The usual form: a guard with a return tests the error.
	a, ok := f.parent[call].(*ast.AssignStmt)
	s, isIf := f.parent[a].(*ast.IfStmt)
	if !ok || !isIf || s.Init != ast.Stmt(a) || !inList(f, s) || len(a.Lhs) != 1 {
		e.fail()
		return
	}
	id := a.Lhs[0].(*ast.Ident).Name
	data := e.fresh("data")
	guard := strings.TrimSpace(string(f.src[f.off(s.Body.Lbrace):f.off(s.Body.Rbrace)])) + "\n}"
	if a.Tok == token.DEFINE {
		e.insert(f, s.Pos(), data+", "+id+" := "+io+".ReadAll("+f.text(inner.Args[0])+")\nif "+f.text(s.Cond)+guard+"\n")
	} else {
		e.fail()
		return
	}
	e.replace(f, call, json+".Unmarshal("+data+", "+f.text(call.Args[0])+")")
}

// literalSteps turns x := T{A: a} into x := T{} and x.A = a, or a url.Values literal into Sets.
func literalSteps(v *view, add func(site)) {
	eachStmt(v, func(f *file, s *ast.AssignStmt) {
		_, vars := defined(f, s)
		if len(vars) != 1 || vars[0] == nil || len(s.Rhs) != 1 {
			return
		}
		x := s.Rhs[0]
		if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.AND {
			x = u.X
		}
		lit, ok := x.(*ast.CompositeLit)
		if !ok || len(lit.Elts) == 0 || hasComment(f, lit) {
			return
		}
		add(func(e *editor) {
			name := vars[0].Name()
			_, isMap := f.typeOf(lit).Underlying().(*types.Map)
			text := ""
			for _, elt := range lit.Elts {
				kv, ok := elt.(*ast.KeyValueExpr)
				if !ok {
					e.fail()
					return
				}
				value := f.text(kv.Value)
				if c, ok := kv.Value.(*ast.CompositeLit); ok && c.Type == nil {
					value = e.typ(f, f.typeOf(c)) + value
				}
				if isMap {
					text += "\n" + name + "[" + f.text(kv.Key) + "] = " + value
				} else {
					text += "\n" + name + "." + f.text(kv.Key) + " = " + value
				}
			}
			e.splice(f, f.off(lit.Lbrace), f.off(lit.Rbrace)+1, "{}")
			e.insert(f, s.End(), text)
		})
	})
}

// valuesSteps turns a url.Values literal in an argument into a variable with calls of Set.
func valuesSteps(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || hasComment(f, lit) {
			return
		}
		t := f.typeOf(lit)
		if t == nil || t.String() != "net/url.Values" {
			return
		}
		s := stmtOf(f, lit)
		if s == nil || !inList(f, s) || inside[*ast.FuncLit](f, lit, s) {
			return
		}
		add(func(e *editor) {
			name := e.fresh("form")
			text := name + " := " + f.text(lit.Type) + "{}\n"
			for _, elt := range lit.Elts {
				kv := elt.(*ast.KeyValueExpr)
				list, ok := kv.Value.(*ast.CompositeLit)
				if !ok {
					e.fail()
					return
				}
				for _, x := range list.Elts {
					text += name + ".Add(" + f.text(kv.Key) + ", " + f.text(x) + ")\n"
				}
			}
			e.insert(f, s.Pos(), text)
			e.replace(f, lit, name)
		})
	})
}

// status turns http.StatusOK into 200 and back.
func status(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if f.text(n) == "http.StatusOK" {
				add(func(e *editor) { e.replace(f, n, "200") })
			}
		case *ast.BasicLit:
			if n.Value == "200" && n.Kind == token.INT {
				add(func(e *editor) { e.replace(f, n, e.pkg(f, "net/http")+".StatusOK") })
			}
		}
	})
}

// parens puts an expression into parentheses.
func parens(v *view, add func(site)) {
	rhs(v, func(f *file, x ast.Expr) {
		if _, ok := x.(*ast.ParenExpr); !ok {
			add(func(e *editor) { e.replace(f, x, "("+f.text(x)+")") })
		}
	})
}

// factors turns a * b into b * a.
func factors(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		b, ok := n.(*ast.BinaryExpr)
		if ok && b.Op == token.MUL && !(calls(f, b.X) && calls(f, b.Y)) {
			add(func(e *editor) {
				e.replace(f, b.X, f.text(b.Y))
				e.replace(f, b.Y, f.text(b.X))
			})
		}
	})
}

// sprintf turns a + b of strings into fmt.Sprintf.
func sprintf(v *view, add func(site)) {
	v.each(func(f *file, n ast.Node) {
		b, ok := n.(*ast.BinaryExpr)
		if !ok || b.Op != token.ADD || stmtOf(f, b) == nil || f.pkg.Info.Types[b].Value != nil {
			return
		}
		if t, ok := f.typeOf(b).Underlying().(*types.Basic); !ok || t.Kind() != types.String {
			return
		}
		if up, ok := f.parent[b].(*ast.BinaryExpr); ok && up.Op == token.ADD {
			return
		}
		add(func(e *editor) {
			name := e.pkg(f, "fmt")
			var parts []string
			var flat func(x ast.Expr)
			flat = func(x ast.Expr) {
				if y, ok := x.(*ast.BinaryExpr); ok && y.Op == token.ADD {
					flat(y.X)
					flat(y.Y)
					return
				}
				parts = append(parts, f.text(x))
			}
			flat(b)
			if name == "fmt" && mentions(f, enclosingDecl(f, b), "fmt") && !uses(f, enclosingDecl(f, b), "fmt") {
				e.fail()
			}
			e.replace(f, b, name+`.Sprintf("`+strings.Repeat("%s", len(parts))+`", `+strings.Join(parts, ", ")+")")
		})
	})
}
