package outcome

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/reason"

	"jwtretire.example/fixer/syntax"
)

// If the program only reads members of the decoded value, the reads are replaced by the token. If the decoded
// value is used in another way, it is filled from the token, so that its readers get the same values as before:
// expires_in stays in milliseconds there, unless every reader of the field is known and can be changed to
// seconds.

// fillTarget returns the statements that fill the target of a decoding from the token.
func (ev *evaluator) fillTarget(target ast.Expr, obj types.Object, en *env) []*item {
	x := ast.Unparen(target)
	isAddr := false
	if u, ok := x.(*ast.UnaryExpr); ok {
		x, isAddr = ast.Unparen(u.X), true
	}
	name, t := "", ev.f.TypeOf(x)
	var keeps []ast.Node
	switch {
	case ev.caller != nil && obj != nil: // the variable of a caller, by its address
		if home := ev.ex.Func; obj.Pos() < home.Type.Pos() || obj.Pos() >= home.Body.End() {
			fail(reason.New(reason.OtherFunction, "%s is a variable of another function than that where the token is fetched (%s)", obj.Name(), ev.f.Place(target)))
		}
		name, t, isAddr = obj.Name(), obj.Type(), true
	case ev.caller != nil:
		fail(reason.New(reason.OtherFunction, "%s decodes the answer into %s (%s)", ev.name(), ev.f.Text(target), ev.f.Place(target)))
	default:
		s := ev.render(x, en)
		name, keeps = s.text, s.keeps
	}
	text := ev.filled(name, t, isAddr, ev.f.Place(target), obj)
	return []*item{{verb: written, text: rendering{text: text, keeps: keeps}}}
}

// filled returns the statements that fill x, a variable of type t. With alloc a pointer is set first. place is for messages.
func (r *run) filled(x string, t types.Type, alloc bool, place string, obj types.Object) string {
	r.tokUsed = true
	if t == nil {
		fail(reason.New(reason.TargetType, "the type of %s is not known (%s)", x, place))
	}
	if t.String() == oauth2Path+".Token" {
		return x + " = *" + r.tok
	}
	if len(r.ex.Fields) > 0 {
		amp, what := "", t
		if _, isPtr := syntax.Under(t).(*types.Pointer); isPtr {
			amp, what = "&", elem(t)
		}
		var elements []string
		for _, name := range slices.Sorted(maps.Keys(r.ex.Fields)) {
			switch r.ex.Fields[name] {
			case "access_token":
				elements = append(elements, name+": "+r.tok+".AccessToken,")
			case "expires_in":
				elements = append(elements, name+": «time».Duration("+r.lifetimeName()+") * «time».Second,")
			}
		}
		return x + " = " + amp + r.typeText(what) + "{\n" + strings.Join(elements, "\n") + "\n}"
	}
	var lines []string
	if _, isPtr := syntax.Under(t).(*types.Pointer); isPtr && alloc {
		lines = append(lines, fmt.Sprintf("%s = &%s{}", x, r.typeText(elem(t))))
	}
	t = elem(t)
	if m, ok := syntax.Under(t).(*types.Map); ok {
		return r.filledMap(x, m, place, obj)
	}
	st, ok := syntax.Under(t).(*types.Struct)
	if !ok {
		fail(reason.New(reason.TargetType, "the answer is decoded into %s, a %s (%s)", x, types.TypeString(t, (*types.Package).Name), place))
	}
	if decodesItself(t) {
		fail(reason.New(reason.OwnDecoder, "%s reads the answer by a method of its own (%s)", types.TypeString(t, (*types.Package).Name), place))
	}
	before := len(lines)
	owner, _ := types.Unalias(t).(*types.Named)
	for _, fd := range jsonFields(st) {
		if line := r.filledField(x+"."+fd.path, fd, owner, t); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == before {
		fail(reason.New(reason.TargetType, "nothing of the answer was recognised in %s (%s)", types.TypeString(t, (*types.Package).Name), place))
	}
	return strings.Join(lines, "\n")
}

// filledField returns the statement that fills one field, "" if nothing reads it.
func (r *run) filledField(x string, fd jsonField, owner *types.Named, whole types.Type) string {
	wrong := func() string {
		fail(reason.New(reason.TargetType, "%s, %s in the answer, has the type %s, which the token does not give", x, fd.key, types.TypeString(fd.typ, (*types.Package).Name)))
		return ""
	}
	switch fd.key {
	case "access_token", "token_type", "refresh_token", "expires_in":
		if decodesItself(fd.typ) {
			fail(reason.New(reason.OwnDecoder, "%s reads its value of the answer by a method of its own", x))
		}
	}
	text := func(v string) string {
		switch {
		case types.Identical(fd.typ, types.Typ[types.String]), types.IsInterface(fd.typ):
			return x + " = " + v
		case syntax.IsString(fd.typ):
			return x + " = " + r.typeText(fd.typ) + "(" + v + ")"
		}
		if p, ok := fd.typ.(*types.Pointer); ok && types.Identical(p.Elem(), types.Typ[types.String]) {
			return x + " = &" + v
		}
		return wrong()
	}
	switch fd.key {
	case "access_token":
		return text(r.tok + ".AccessToken")
	case "token_type":
		return text(r.tok + ".TokenType")
	case "refresh_token":
		return text(r.tok + ".RefreshToken")
	case "error", "error_description", "error_uri", "errorcode", "error_code":
		return "" // an answer with an error is an error of Token now
	case "expires_in":
		v, note := r.lifetimeName(), ""
		if r.ex.Millis && !r.toSeconds(whole, fd) {
			v, note = v+" * 1000", " // milliseconds, as the JWT exchange gave them"
		}
		switch {
		case r.numbers && types.IsInterface(fd.typ), fd.typ.String() == "encoding/json.Number":
			return x + " = " + jsonNumber(v) + note
		case types.Identical(fd.typ, types.Typ[types.Float64]), types.IsInterface(fd.typ):
			return x + " = " + v + note
		case fd.typ.String() == "time.Duration" && r.ex.Durations:
			return x + " = «time».Duration(" + r.lifetimeName() + ") * «time».Second"
		case syntax.IsNumber(fd.typ):
			return x + " = " + r.typeText(fd.typ) + "(" + v + ")" + note
		}
		return wrong()
	}
	d := r.ex.Func
	if len(r.ix.Uses[fd.obj]) == 0 && (r.ix.Private(d) || owner == nil || !givenOut(d.File.Pkg.Types, owner)) {
		return "" // nothing reads it
	}
	extra := fmt.Sprintf("%s.Extra(%q)", r.tok, fd.key)
	switch {
	case types.Identical(fd.typ, types.Typ[types.String]), types.Identical(fd.typ, types.Typ[types.Float64]), types.Identical(fd.typ, types.Typ[types.Bool]):
		return fmt.Sprintf("%s, _ = %s.(%s)", x, extra, fd.typ)
	case syntax.IsNumber(fd.typ):
		return fmt.Sprintf("if v, ok := %s.(float64); ok {\n%s = %s(v)\n}", extra, x, r.typeText(fd.typ))
	case types.IsInterface(fd.typ) && !r.numbers:
		return x + " = " + extra
	}
	return wrong()
}

// jsonNumber writes a number of the answer as a decoder with UseNumber does.
func jsonNumber(v string) string {
	return "«encoding/json».Number(«strconv».FormatInt(int64(" + v + "), 10))"
}

// filledMap returns the assignment of a map with the members that the program reads.
func (r *run) filledMap(x string, m *types.Map, place string, obj types.Object) string {
	what := "map[string]any"
	if syntax.IsString(m.Elem()) {
		what = "map[string]string"
	} else if !types.IsInterface(m.Elem()) {
		fail(reason.New(reason.TargetType, "the answer is decoded into a %s (%s)", m, place))
	}
	lines := []string{x + " = " + what + "{", `"access_token": ` + r.tok + ".AccessToken,", `"token_type": ` + r.tok + ".TokenType,"}
	reads, known := r.mapReads(obj)
	if types.IsInterface(m.Elem()) { // a number does not decode into a string
		switch {
		case r.ex.Millis && known && len(reads) == 0:
			// nothing reads the lifetime
		case r.numbers && r.ex.Millis:
			lines = append(lines, `"expires_in": `+jsonNumber(r.lifetimeName()+" * 1000")+", // milliseconds, as the JWT exchange gave them")
		case r.numbers:
			lines = append(lines, `"expires_in": `+jsonNumber(r.lifetimeName())+",")
		case r.ex.Millis && !r.mapSeconds(reads, known):
			lines = append(lines, `"expires_in": `+r.lifetimeName()+" * 1000, // milliseconds, as the JWT exchange gave them")
		default:
			lines = append(lines, `"expires_in": `+r.tok+`.Extra("expires_in"),`)
		}
	}
	lines = append(lines, r.otherKeys(obj, m.Elem())...)
	return strings.Join(append(lines, "}"), "\n")
}

// otherKeys returns the elements that are read beside those that every answer has. Token.Extra returns nil
// for an absent member and for null, so a test for presence is declined.
func (r *run) otherKeys(obj types.Object, elem types.Type) (lines []string) {
	seen := []string{"access_token", "token_type", "expires_in"}
	for _, use := range r.ix.Uses[obj] {
		f := r.ix.In[use]
		x, ok := f.Parent[use].(*ast.IndexExpr)
		if ok && isWritten(f, x) || r.inDecoding(f, use) {
			continue
		}
		var key constant.Value
		if ok && x.X == use {
			key = f.Pkg.Info.Types[x.Index].Value
		}
		if key == nil || key.Kind() != constant.String {
			if !r.ex.Closed {
				fail(reason.New(reason.WholeAnswer, "the map of the answer goes on as a whole, with members that may be the vendor's own (%s)", f.Place(use)))
			}
			continue
		}
		name := constant.StringVal(key)
		if slices.Contains(seen, name) || strings.HasPrefix(name, "error") {
			continue
		}
		seen = append(seen, name)
		as, assigned := f.Parent[x].(*ast.AssignStmt)
		if !types.IsInterface(elem) || r.numbers || assigned && len(as.Lhs) == 2 && len(as.Rhs) == 1 {
			fail(reason.New(reason.WholeAnswer, "the program asks the answer for %s (%s)", name, f.Place(x)))
		}
		lines = append(lines, strconv.Quote(name)+": "+r.tok+".Extra("+strconv.Quote(name)+"),")
	}
	return lines
}

// mapReads returns the reads of expires_in from a local map; known is false if the map goes
// anywhere but into reads by constant keys.
func (r *run) mapReads(obj types.Object) (reads []*ast.IndexExpr, known bool) {
	v, ok := obj.(*types.Var)
	if !ok || v.IsField() || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
		return nil, false
	}
	for _, use := range r.ix.Uses[v] {
		f := r.ix.In[use]
		if r.inDecoding(f, use) {
			continue
		}
		x, ok := f.Parent[use].(*ast.IndexExpr)
		if !ok || x.X != use {
			return nil, false
		}
		key := f.Pkg.Info.Types[x.Index].Value
		if key == nil || key.Kind() != constant.String {
			return nil, false
		}
		if constant.StringVal(key) == "expires_in" {
			reads = append(reads, x)
		}
	}
	return reads, true
}

// inDecoding reports whether a use of a variable is the operand of a call that decodes the token into it.
func (r *run) inDecoding(f *syntax.File, use *ast.Ident) bool {
	for n := f.Parent[use]; n != nil; n = f.Parent[n] {
		if c, ok := n.(*ast.CallExpr); ok {
			return r.tokenDecodings[c]
		}
		if _, ok := n.(ast.Stmt); ok {
			return false
		}
	}
	return false
}

// isWritten reports whether an expression is assigned to, or its address taken.
func isWritten(f *syntax.File, e ast.Expr) bool {
	switch p := f.Parent[e].(type) {
	case *ast.AssignStmt:
		return slices.Contains(p.Lhs, e)
	case *ast.IncDecStmt:
		return true
	case *ast.UnaryExpr:
		return p.Op.String() == "&"
	}
	return false
}

const oauth2Path = "golang.org/x/oauth2"
