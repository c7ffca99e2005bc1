package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/change"
)

// A filler gives the program the values that it decoded from the answer.
//
// Where the program only reads fields of a variable of its own, the reads are replaced. Where the
// decoded value goes anywhere else, it is filled, so that whoever reads it sees what it saw before:
// expires_in stays in milliseconds there, unless every reader of the field can be seen and turned to
// seconds with it.
//
// Token.ExpiresIn is not filled in by x/oauth2, so the lifetime comes from Token.Extra. It is not
// computed from Token.Expiry: time.Until gives a different number each time, and old output is to
// stay the same.
type filler struct {
	p        *planner
	set      *change.Set
	millis   bool   // the exchange gave expires_in in milliseconds
	lifetime string // name of the variable with the seconds
	seconds  bool   // the field that is being filled holds seconds from now on
}

const lifetimeComment = "// seconds; the JWT exchange gave milliseconds"

// target returns the statements that fill e in function d from the token, to stand at s.
func (fl *filler) target(d *syntax.Func, e ast.Expr, tok string, s ast.Stmt) (change.Text, error) {
	f := d.File
	t := f.TypeOf(e)
	if t == nil {
		return change.Text{}, because("the type of %s is not known (%s)", f.Text(e), f.Place(e))
	}
	fl.lifetime = syntax.FreshName(fl.p.ix, d, nil, "expiresIn", "lifetime", "tokenLifetime")
	if id := syntax.IdentOf(ast.Unparen(e)); id != nil {
		if ok, text := fl.substitute(d, id, tok, s); ok {
			return text, nil
		}
	}
	if t.String() == oauth2Path+".Token" {
		return change.Text{Src: f.Text(e) + " = *" + tok, Keeps: []ast.Node{e}}, nil
	}
	if m, ok := t.Underlying().(*types.Map); ok {
		if text, ok := fl.substituteMap(d, e, tok, s); ok {
			return text, nil
		}
		return fl.fillMap(f, e, m, tok)
	}
	isAddr := false
	if u, ok := f.Parent[e].(*ast.UnaryExpr); ok && u.Op == token.AND {
		isAddr = true
	}
	text, err := fl.structure(d, f.Text(e), t, isAddr, tok, f.Place(e))
	text.Keeps = []ast.Node{e}
	return text, err
}

// structure returns the statements that fill x, a structure or a pointer to one; with alloc the pointer
// is set first. place is for messages.
func (fl *filler) structure(d *syntax.Func, x string, t types.Type, alloc bool, tok, place string) (change.Text, error) {
	fl.lifetime = syntax.FreshName(fl.p.ix, d, nil, "expiresIn", "lifetime", "tokenLifetime")
	ptr := false
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t, ptr = p.Elem(), true
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return change.Text{}, because("the answer is decoded into %s, a %s (%s)", x, t, place)
	}
	if decodesItself(t) {
		return change.Text{}, because("%s reads the answer by a method of its own (%s)", fl.typeText(d, t), place)
	}
	var lines []string
	needLifetime := false
	if ptr && alloc {
		lines = append(lines, fmt.Sprintf("%s = &%s{}", x, fl.typeText(d, t)))
	}
	owner, _ := t.(*types.Named)
	for _, fd := range jsonFields(st) {
		fd.owner = owner
		if fd.key == "expires_in" && fl.millis {
			fl.seconds = fl.p.toSeconds(fl, d, t, fd)
		}
		line, uses, err := fl.field(d, x+"."+fd.path, fd, tok)
		if err != nil {
			return change.Text{}, because("%v", err)
		}
		if line != "" {
			lines = append(lines, line)
		}
		needLifetime = needLifetime || uses
	}
	if needLifetime {
		lines = append([]string{fl.declare(tok)}, lines...)
	}
	if len(lines) == 0 {
		return change.Text{}, because("nothing of the answer's fields was recognised in %s (%s)", t, place)
	}
	return change.Text{Src: strings.Join(lines, "\n")}, nil
}

// decodesItself reports whether a type has a method that a decoder calls in the place of filling it.
func decodesItself(t types.Type) bool {
	for _, name := range []string{"UnmarshalJSON", "UnmarshalText"} {
		if obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name); obj != nil {
			if _, ok := obj.(*types.Func); ok {
				return true
			}
		}
	}
	return false
}

// typeText writes a type for the file of d.
func (fl *filler) typeText(d *syntax.Func, t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == d.File.Pkg.Types {
			return ""
		}
		return "«" + p.Path() + "»"
	})
}

// A jsonField is a field as encoding/json sees it.
type jsonField struct {
	path string // selector from the structure
	key  string // name in JSON, lower case
	typ  types.Type
	obj  *types.Var

	owner *types.Named // the type of the structure, if it has a name
}

// jsonFields returns the fields of a structure, those of embedded ones included. A structure that embeds itself has nothing
// more the second time.
func jsonFields(st *types.Struct) []jsonField { return jsonFieldsIn(st, map[*types.TypeName]bool{}) }

func jsonFieldsIn(st *types.Struct, in map[*types.TypeName]bool) []jsonField {
	var out []jsonField
	for i := range st.NumFields() {
		v := st.Field(i)
		name, _, _ := strings.Cut(reflect.StructTag(st.Tag(i)).Get("json"), ",")
		if name == "-" {
			continue
		}
		if v.Embedded() && name == "" {
			t := v.Type()
			if p, ok := t.Underlying().(*types.Pointer); ok {
				t = p.Elem()
			}
			named, _ := types.Unalias(t).(*types.Named)
			if inner, ok := t.Underlying().(*types.Struct); ok && named != nil && !in[named.Obj()] {
				in[named.Obj()] = true
				out = append(out, jsonFieldsIn(inner, in)...)
				delete(in, named.Obj())
			}
			continue
		}
		if !v.Exported() {
			continue
		}
		if name == "" {
			name = v.Name()
		}
		out = append(out, jsonField{path: v.Name(), key: strings.TrimSpace(strings.ToLower(name)), typ: v.Type(), obj: v})
	}
	return out
}

// field writes the statement that fills one field; uses tells whether it needs the lifetime.
func (fl *filler) field(d *syntax.Func, x string, fd jsonField, tok string) (line string, uses bool, err error) {
	switch fd.key {
	case "access_token", "token_type", "refresh_token", "expires_in":
		if !decodesItself(fd.typ) {
			break
		}
		return "", false, fmt.Errorf("%s reads its value of the answer by a method of its own", x)
	}
	conv := func(v string) string {
		if _, basic := fd.typ.(*types.Basic); basic {
			return v
		}
		return fl.typeText(d, fd.typ) + "(" + v + ")"
	}
	text := func(v string) (string, bool, error) {
		if syntax.IsString(fd.typ) {
			return x + " = " + conv(v), false, nil
		}
		if p, ok := fd.typ.(*types.Pointer); ok && p.Elem() == types.Typ[types.String] {
			return x + " = &" + v, false, nil
		}
		if types.IsInterface(fd.typ) {
			return x + " = " + v, false, nil
		}
		return "", false, fmt.Errorf("%s has the type %s", x, fd.typ)
	}
	switch fd.key {
	case "access_token":
		return text(tok + ".AccessToken")
	case "token_type":
		return text(tok + ".TokenType")
	case "refresh_token":
		return text(tok + ".RefreshToken")
	case "error", "error_description", "error_uri", "errorcode", "error_code":
		return "", false, nil // an answer with an error is an error of Token now
	case "expires_in":
		v, note := fl.lifetime, ""
		if fl.millis && !fl.seconds {
			v, note = fl.lifetime+" * 1000", " // milliseconds, as the JWT exchange gave them"
		}
		switch {
		case fd.typ == types.Typ[types.Float64] || types.IsInterface(fd.typ):
			return x + " = " + v + note, true, nil
		case syntax.IsNumber(fd.typ):
			return x + " = " + fl.typeText(d, fd.typ) + "(" + v + ")" + note, true, nil
		case fd.typ.String() == "encoding/json.Number":
			return x + " = «encoding/json».Number(«strconv».FormatInt(int64(" + v + "), 10))" + note, true, nil
		}
		return "", false, fmt.Errorf("%s has the type %s", x, fd.typ)
	}
	if len(fl.p.ix.Uses[fd.obj]) == 0 && (fl.p.private(d) || fd.owner == nil || !givenOut(d.File.Pkg.Types, fd.owner)) {
		return "", false, nil // nobody reads it
	}
	switch {
	case fd.typ == types.Typ[types.String]:
		return fmt.Sprintf("%s, _ = %s.Extra(%q).(string)", x, tok, fd.key), false, nil
	case fd.typ == types.Typ[types.Float64]:
		return fmt.Sprintf("%s, _ = %s.Extra(%q).(float64)", x, tok, fd.key), false, nil
	case syntax.IsNumber(fd.typ):
		return fmt.Sprintf("if v, ok := %s.Extra(%q).(float64); ok {\n%s = %s(v)\n}", tok, fd.key, x, fl.typeText(d, fd.typ)), false, nil
	case fd.typ == types.Typ[types.Bool]:
		return fmt.Sprintf("%s, _ = %s.Extra(%q).(bool)", x, tok, fd.key), false, nil
	case types.IsInterface(fd.typ):
		return fmt.Sprintf("%s = %s.Extra(%q)", x, tok, fd.key), false, nil
	}
	return "", false, fmt.Errorf("%s (%s in the answer) has the type %s", x, fd.key, fd.typ)
}

// substitute replaces all reads of a local structure, if reads of known fields are all there is.
func (fl *filler) substitute(d *syntax.Func, id *ast.Ident, tok string, s ast.Stmt) (bool, change.Text) {
	f := d.File
	v, ok := f.Object(id).(*types.Var)
	if !ok || v.IsField() || v.Parent() == v.Pkg().Scope() {
		return false, change.Text{}
	}
	if _, isParam := d.Param(v); isParam {
		return false, change.Text{}
	}
	t := v.Type()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || t.String() == oauth2Path+".Token" || decodesItself(t) {
		return false, change.Text{}
	}
	keys := map[types.Object]string{}
	for _, fd := range jsonFields(st) {
		keys[fd.obj] = fd.key
	}
	repl := map[ast.Node]change.Text{}
	needLifetime := false
	for _, use := range fl.p.ix.Uses[v] {
		if fl.isDecodeArg(f, use) || fl.removed(f, use) {
			continue
		}
		sel, ok := f.Parent[use].(*ast.SelectorExpr)
		if !ok || sel.X != use || fl.written(f, sel) {
			return false, change.Text{}
		}
		switch keys[f.Object(sel.Sel)] {
		case "access_token":
			repl[sel] = change.Text{Src: tok + ".AccessToken"}
		case "token_type":
			repl[sel] = change.Text{Src: tok + ".TokenType"}
		case "refresh_token":
			repl[sel] = change.Text{Src: tok + ".RefreshToken"}
		case "expires_in":
			n, src, ok := fl.lifetimeAt(d, sel)
			if !ok {
				return false, change.Text{}
			}
			repl[n] = change.Text{Src: src}
			needLifetime = true
		default:
			return false, change.Text{}
		}
		if b, isBasic := f.TypeOf(sel).(*types.Basic); !isBasic || (b.Kind() != types.String && keys[f.Object(sel.Sel)] != "expires_in") {
			return false, change.Text{}
		}
	}
	if len(repl) == 0 || !follow(f, s, repl) {
		return false, change.Text{}
	}
	for n, text := range repl {
		fl.set.Replace[n] = text
	}
	if !needLifetime {
		return true, change.Text{}
	}
	return true, change.Text{Src: fl.declare(tok)}
}

// follow reports whether nodes are reached through s only: they stand in its block, or in one around it that
// it is in under no condition. Where they do not, the token may be nil there, or its name mean nothing.
func follow(f *syntax.File, s ast.Stmt, nodes map[ast.Node]change.Text) bool {
	var n ast.Node = s
	if i, ok := f.Parent[s].(*ast.IfStmt); ok && i.Init == s {
		n = i
	}
	block := f.Parent[n]
	for n := range nodes {
		if n.Pos() < block.Pos() || block.End() < n.End() {
			return false
		}
	}
	return true
}

// isDecodeArg reports whether the use is the &x, or the pointer x, of the decoding itself.
func (fl *filler) isDecodeArg(f *syntax.File, use *ast.Ident) bool {
	var n ast.Node = use
	if u, ok := f.Parent[n].(*ast.UnaryExpr); ok && u.Op == token.AND {
		n = u
	}
	c, ok := f.Parent[n].(*ast.CallExpr)
	return ok && c.Fun != n && hasName(syntax.CalleeName(c), "Unmarshal", "Decode", "decode") || ok && fl.p.targets[use]
}

// removed reports whether a use lies in a statement that goes anyway.
func (fl *filler) removed(f *syntax.File, n ast.Node) bool {
	for ; n != nil; n = f.Parent[n] {
		if _, ok := fl.set.Remove[n]; ok {
			return true
		}
	}
	return false
}

func (fl *filler) written(f *syntax.File, sel ast.Expr) bool {
	switch p := f.Parent[sel].(type) {
	case *ast.AssignStmt:
		for _, l := range p.Lhs {
			if l == sel {
				return true
			}
		}
	case *ast.IncDecStmt:
		return true
	case *ast.UnaryExpr:
		return p.Op == token.AND
	}
	return false
}
