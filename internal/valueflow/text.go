package valueflow

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/internal/lazyregexp"
)

// operands returns the parts of a concatenation from left to right.
func operands(e ast.Expr) []ast.Expr {
	if x, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && x.Op == token.ADD {
		return append(operands(x.X), operands(x.Y)...)
	}
	return []ast.Expr{e}
}

// A parameter's name is directly before its value: "…&assertion=", `{"jwt_token": "`.
var (
	formKey = lazyregexp.New(`(?:^|[?&\s])([A-Za-z][A-Za-z0-9_.-]*)=$`)
	jsonKey = lazyregexp.New(`["']([A-Za-z][A-Za-z0-9_.-]*)["']\s*:\s*["'\\]*$`)
	pairs   = lazyregexp.New(`(?:^|[?&])([A-Za-z][A-Za-z0-9_.-]*)=([^&=%{}"\s]+)(?:&|$)`)
	verb    = lazyregexp.New(`%[-+# 0]*\d*(?:\.\d+)?(?:\[\d+\])?[a-zA-Z%]`)
)

func keyBefore(text string) string {
	if m := formKey.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	if m := jsonKey.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// joined adds the edges of a text that is concatenated from parts. A part after "name=" or
// `"name":` is a parameter of the text.
func (b *builder) joined(to ID, parts []ast.Expr, at ast.Node) {
	if to == 0 {
		return
	}
	b.endpoint(to, parts)
	before := ""
	for i, p := range parts {
		if s, ok := b.text(p); ok && !isValue(before, s) {
			before += s
			b.connect(Edge{From: b.val(p), To: to, Kind: Derived})
			b.constantPairs(to, s, p)
			continue
		}
		if i > 1 && assigns(before) {
			if _, constant := b.text(parts[i-2]); !constant { // name + "=" + value
				b.namedPart(to, parts[i-2], p, at)
				before = ""
				continue
			}
		}
		b.part(to, before, p, at)
		before = ""
	}
}

// isValue reports whether a constant text is the whole value of a parameter whose name stands before it.
func isValue(before, s string) bool {
	return !strings.ContainsAny(s, "=&:\"") && keyBefore(before) != ""
}

// assigns reports whether a text is the separator of a name and its value, in a form or in JSON.
func assigns(text string) bool { return text == "=" || text == `":"` || text == `": "` }

// Endpoint is the part of a URL before its query, where the URL is put together: endpoint + "?jwt_token=" + signed.
const Endpoint = "?"

// endpoint records the part of a URL before its query.
func (b *builder) endpoint(to ID, parts []ast.Expr) {
	for i, p := range parts {
		s, ok := b.text(p)
		if i == 0 || !ok || !strings.HasPrefix(s, "?") {
			continue
		}
		v := b.val(parts[0])
		if v == 0 {
			v = b.node(Node{Value: &Value{Span: b.span(parts[0])}}, b.info.TypeOf(parts[0]))
		}
		whole := &ast.BinaryExpr{X: parts[0], Op: token.ADD, Y: parts[i-1]} // only its extent is used
		b.connect(Edge{From: v, To: to, Kind: Put, Key: Endpoint, Written: &Written{Val: b.span(whole)}})
		return
	}
}

func (b *builder) part(to ID, before string, p ast.Expr, at ast.Node) {
	v := b.val(p)
	if key := keyBefore(before); key != "" {
		if v == 0 {
			v = b.node(Node{Value: &Value{Span: b.span(p)}}, b.info.TypeOf(p))
		}
		b.connect(Edge{From: v, To: to, Kind: Put, Key: key, Written: &Written{At: b.span(at), Val: b.span(p)}})
		return
	}
	b.connect(Edge{From: v, To: to, Kind: Derived})
}

// namedPart adds a part whose name is not constant.
func (b *builder) namedPart(to ID, name, value ast.Expr, at ast.Node) {
	v, key := b.val(value), b.val(library.Unescaped(b.info, name))
	if v == 0 {
		v = b.node(Node{Value: &Value{Span: b.span(value)}}, b.info.TypeOf(value))
	}
	if key == 0 {
		b.connect(Edge{From: v, To: to, Kind: Derived})
		return
	}
	b.connect(Edge{From: v, To: to, Kind: Put, KeyNode: key, Written: &Written{At: b.span(at), Val: b.span(value)}})
	b.pair(name, value)
}

// joinedList treats strings.Join of a slice literal like a concatenation.
func (b *builder) joinedList(to ID, list, sep ast.Expr, at ast.Node) {
	lit, ok := ast.Unparen(list).(*ast.CompositeLit)
	if !ok {
		return
	}
	var parts []ast.Expr
	for i, e := range lit.Elts {
		if _, keyed := e.(*ast.KeyValueExpr); keyed {
			return
		}
		if i > 0 {
			parts = append(parts, sep)
		}
		parts = append(parts, e)
	}
	b.joined(to, parts, at)
	b.listLits = slices.DeleteFunc(b.listLits, func(l listLit) bool { return l.lit == lit }) // not a pair as well
}

// written treats a text that is written to a buffer piece by piece like a concatenation: a piece after "name="
// or `"name":` is a parameter of the text, and so is one after another piece and a separator.
func (b *builder) written(c *Call, x *ast.CallExpr, args []ast.Expr) {
	to := c.RecvNode
	switch {
	case c.Name != "WriteString" && c.Name != "Write" && c.Name != "WriteByte" && c.Name != "WriteRune" || len(args) == 0:
		return
	case c.Pkg == "io" && c.Recv == "" && len(args) == 2:
		to, args = c.Args[0], args[1:]
	case c.Pkg != "strings" && c.Pkg != "bytes" && c.Pkg != "bufio" && c.Pkg != "io":
		return
	}
	if to == 0 {
		return
	}
	text, ok := b.text(args[0])
	if conv, isCall := ast.Unparen(args[0]).(*ast.CallExpr); !ok && isCall && len(conv.Args) == 1 && b.isType(conv.Fun) {
		text, ok = b.text(conv.Args[0])
	}
	if tv := b.info.Types[args[0]]; !ok && tv.Value != nil && tv.Value.Kind() == constant.Int { // '='
		r, _ := constant.Int64Val(tv.Value)
		text, ok = string(rune(r)), true
	}
	if !ok {
		name, value, last := b.wrote[to], args[0], operands(args[0])
		switch n := len(last) - 1; {
		case keyBefore(b.tails[to]) != "":
			b.part(to, b.tails[to], value, x)
		case name != nil && assigns(b.tails[to]):
			b.namedPart(to, name, value, x)
		case n > 0: // b.WriteString(name + "=")
			if s, ok := b.text(last[n]); ok {
				b.tails[to], b.wrote[to] = s, last[n-1]
				return
			}
		}
		delete(b.tails, to)
		b.wrote[to] = value
		return
	}
	b.constantPairs(to, text, args[0])
	b.tails[to] += text
}

// constantPairs adds the parameters in a constant text, with their values:
// "grant_type=client_credentials&client_assertion=".
func (b *builder) constantPairs(to ID, s string, e ast.Expr) {
	if !strings.Contains(s, "=") {
		return
	}
	for _, m := range pairs.FindAllStringSubmatch(s, -1) {
		c := b.node(Node{Kind: Const, Value: &Value{Text: m[2], Span: b.span(e)}}, types.Typ[types.String])
		b.connect(Edge{From: c, To: to, Kind: Put, Key: m[1], Written: &Written{At: b.span(e), Val: b.span(e)}})
	}
}

// formatted adds the edges of fmt.Sprintf(format, args...).
func (b *builder) formatted(to ID, format ast.Expr, args []ast.Expr, at ast.Node) {
	f, ok := b.text(format)
	if !ok {
		b.connect(Edge{From: b.val(format), To: to, Kind: Derived})
		for _, a := range args {
			b.connect(Edge{From: b.val(a), To: to, Kind: Derived})
		}
		return
	}
	b.connect(Edge{From: b.val(format), To: to, Kind: Derived})
	b.constantPairs(to, f, format)
	last, n := 0, 0
	before := ""
	for _, loc := range verb.FindAllStringIndex(f, -1) {
		if f[loc[1]-1] == '%' {
			continue
		}
		between := f[last:loc[0]]
		before += between
		last = loc[1]
		if n < len(args) {
			if s, ok := b.text(args[n]); ok && !isValue(before, s) {
				before += s
				b.part(to, "", args[n], at)
				n++
				continue
			}
			if n > 0 && before == between && assigns(between) {
				b.namedPart(to, args[n-1], args[n], at)
			} else {
				b.part(to, before, args[n], at)
			}
		}
		before = ""
		n++
	}
	for ; n < len(args); n++ {
		b.connect(Edge{From: b.val(args[n]), To: to, Kind: Derived})
	}
}
