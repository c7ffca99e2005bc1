package evaluate

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// If the program only reads members of the decoded value, the reads are replaced by the token. If the decoded
// value is used in another way, it is filled from the token, so that its readers get the same values as before:
// expires_in stays in milliseconds there, unless every reader of the field is known and can be changed to
// seconds.

// fillTarget returns the statements that fill the target of a decoding from the token.
func (ev *Evaluator) fillTarget(target ast.Expr, obj types.Object, en *value.Env) []*Item {
	x := ast.Unparen(target)
	isAddr := false
	if u, ok := x.(*ast.UnaryExpr); ok {
		x, isAddr = ast.Unparen(u.X), true
	}
	name, t := "", ev.F.TypeOf(x)
	var keeps []ast.Node
	switch {
	case ev.caller != nil && obj != nil: // the variable of a caller, by its address
		if home := ev.Ex.Func; obj.Pos() < home.Type.Pos() || obj.Pos() >= home.Body.End() {
			Fail(reason.New(reason.OtherFunction, "%s is a variable of another function than the token request (%s)", obj.Name(), ev.F.Place(target)))
		}
		name, t, isAddr = obj.Name(), obj.Type(), true
	case ev.caller != nil:
		Fail(reason.New(reason.OtherFunction, "%s decodes the answer into %s (%s)", ev.name(), ev.F.Text(target), ev.F.Place(target)))
	default:
		s := ev.render(x, en)
		name, keeps = s.Text, s.Keeps
	}
	text := ev.filled(name, t, isAddr, ev.F.Place(target), obj)
	return []*Item{{Verb: Written, Text: Rendering{Text: text, Keeps: keeps}}}
}

// filled returns the statements that fill x, a variable of type t. With alloc a pointer is set first. place is for messages.
func (r *Run) filled(x string, t types.Type, alloc bool, place string, obj types.Object) string {
	r.TokUsed = true
	if t == nil {
		Fail(reason.New(reason.TargetType, "the type of %s is not known (%s)", x, place))
	}
	if t.String() == Oauth2Path+".Token" {
		return x + " = *" + r.Tok
	}
	if len(r.Ex.Fields) > 0 {
		amp, what := "", t
		if _, isPtr := syntax.Under(t).(*types.Pointer); isPtr {
			amp, what = "&", elem(t)
		}
		var elements []string
		for _, name := range slices.Sorted(maps.Keys(r.Ex.Fields)) {
			switch r.Ex.Fields[name] {
			case "access_token":
				elements = append(elements, name+": "+r.Tok+".AccessToken,")
			case "expires_in":
				elements = append(elements, name+": «time».Duration("+r.lifetimeName()+") * «time».Second,")
			}
		}
		return x + " = " + amp + r.TypeText(what) + "{\n" + strings.Join(elements, "\n") + "\n}"
	}
	var lines []string
	if _, isPtr := syntax.Under(t).(*types.Pointer); isPtr && alloc {
		lines = append(lines, fmt.Sprintf("%s = &%s{}", x, r.TypeText(elem(t))))
	}
	t = elem(t)
	if m, ok := syntax.Under(t).(*types.Map); ok {
		return r.filledMap(x, m, place, obj)
	}
	st, ok := syntax.Under(t).(*types.Struct)
	if !ok {
		Fail(reason.New(reason.TargetType, "the answer is decoded into %s, a %s (%s)", x, types.TypeString(t, (*types.Package).Name), place))
	}
	if decodesItself(t) {
		Fail(reason.New(reason.OwnDecoder, "%s decodes the answer by its own method (%s)", types.TypeString(t, (*types.Package).Name), place))
	}
	before := len(lines)
	owner, _ := types.Unalias(t).(*types.Named)
	for _, fd := range jsonFields(st) {
		if line := r.filledField(x+"."+fd.path, fd, owner, t); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == before {
		Fail(reason.New(reason.TargetType, "%s has no known member of the answer (%s)", types.TypeString(t, (*types.Package).Name), place))
	}
	return strings.Join(lines, "\n")
}

// filledField returns the statement that fills one field, "" if nothing reads it.
func (r *Run) filledField(x string, fd jsonField, owner *types.Named, whole types.Type) string {
	wrong := func() string {
		Fail(reason.New(reason.TargetType, "%s, %s in the answer, has the type %s, which the token cannot fill", x, fd.key, types.TypeString(fd.typ, (*types.Package).Name)))
		return ""
	}
	switch fd.key {
	case "access_token", "token_type", "refresh_token", "expires_in":
		if decodesItself(fd.typ) && fd.key == "expires_in" {
			return r.decodedLifetime(x)
		}
		if decodesItself(fd.typ) {
			Fail(reason.New(reason.OwnDecoder, "%s decodes its value of the answer by its own method", x))
		}
	}
	text := func(v string) string {
		switch {
		case types.Identical(fd.typ, types.Typ[types.String]), types.IsInterface(fd.typ):
			return x + " = " + v
		case syntax.IsString(fd.typ):
			return x + " = " + r.TypeText(fd.typ) + "(" + v + ")"
		}
		if p, ok := fd.typ.(*types.Pointer); ok && types.Identical(p.Elem(), types.Typ[types.String]) {
			return x + " = &" + v
		}
		return wrong()
	}
	switch fd.key {
	case "access_token":
		return text(r.Tok + ".AccessToken")
	case "token_type":
		return text(r.Tok + ".TokenType")
	case "refresh_token":
		return text(r.Tok + ".RefreshToken")
	case "error", "error_description", "error_uri", "errorcode", "error_code":
		return "" // an answer with an error is an error of Token now
	case "expires_in":
		v, note := r.lifetimeName(), ""
		if r.Ex.Millis && !r.toSeconds(whole, fd) {
			v, note = v+" * 1000", " // milliseconds, as the JWT exchange gave them"
		}
		switch {
		case r.Numbers && types.IsInterface(fd.typ), fd.typ.String() == "encoding/json.Number":
			return x + " = " + jsonNumber(v) + note
		case types.Identical(fd.typ, types.Typ[types.Float64]), types.IsInterface(fd.typ):
			return x + " = " + v + note
		case fd.typ.String() == "time.Duration" && r.Ex.Durations:
			return x + " = «time».Duration(" + r.lifetimeName() + ") * «time».Second"
		case syntax.IsNumber(fd.typ):
			return x + " = " + r.TypeText(fd.typ) + "(" + v + ")" + note
		}
		if p, ok := fd.typ.(*types.Pointer); ok && syntax.IsNumber(p.Elem()) {
			return x + " = new(" + r.TypeText(p.Elem()) + ")\n*" + x + " = " + r.TypeText(p.Elem()) + "(" + v + ")" + note
		}
		return wrong()
	}
	d := r.Ex.Func
	if r.Ex.Closed {
		return "" // the old answer had no such member, so the field stays empty
	}
	if len(r.Ix.Uses[fd.obj]) == 0 && (r.Ix.Private(d) || owner == nil || !givenOut(d.File.Pkg.Types, owner)) {
		return "" // nothing reads it
	}
	extra := fmt.Sprintf("%s.Extra(%q)", r.Tok, fd.key)
	switch {
	case types.Identical(fd.typ, types.Typ[types.String]), types.Identical(fd.typ, types.Typ[types.Float64]), types.Identical(fd.typ, types.Typ[types.Bool]):
		return fmt.Sprintf("%s, _ = %s.(%s)", x, extra, fd.typ)
	case syntax.IsNumber(fd.typ):
		return fmt.Sprintf("if v, ok := %s.(float64); ok {\n%s = %s(v)\n}", extra, x, r.TypeText(fd.typ))
	case types.IsInterface(fd.typ) && !r.Numbers:
		return x + " = " + extra
	}
	return wrong()
}

// decodedLifetime returns the statement by which a type with a decoder of its own gets the lifetime: from the number that the old answer
// had. The decoder took such a number, or the old program never got a token.
func (r *Run) decodedLifetime(x string) string {
	v, note := r.lifetimeName(), ""
	if r.Ex.Millis {
		v, note = v+" * 1000", " // milliseconds, as the JWT exchange gave them"
	}
	return "_ = «encoding/json».Unmarshal(«strconv».AppendInt(nil, int64(" + v + "), 10), &" + x + ")" + note
}

// jsonNumber writes a number of the answer as a decoder with UseNumber does.
func jsonNumber(v string) string {
	return "«encoding/json».Number(«strconv».FormatInt(int64(" + v + "), 10))"
}

// filledMap returns the assignment of a map with the members that the program reads.
func (r *Run) filledMap(x string, m *types.Map, place string, obj types.Object) string {
	what := "map[string]any"
	if syntax.IsString(m.Elem()) {
		what = "map[string]string"
	} else if !types.IsInterface(m.Elem()) {
		Fail(reason.New(reason.TargetType, "the answer is decoded into a %s (%s)", m, place))
	}
	lines := []string{x + " = " + what + "{", `"access_token": ` + r.Tok + ".AccessToken,", `"token_type": ` + r.Tok + ".TokenType,"}
	reads, known := r.mapReads(obj)
	if types.IsInterface(m.Elem()) { // a number does not decode into a string
		switch {
		case r.Ex.Millis && known && len(reads) == 0:
			// nothing reads the lifetime
		case r.Numbers && r.Ex.Millis:
			lines = append(lines, `"expires_in": `+jsonNumber(r.lifetimeName()+" * 1000")+", // milliseconds, as the JWT exchange gave them")
		case r.Numbers:
			lines = append(lines, `"expires_in": `+jsonNumber(r.lifetimeName())+",")
		case r.Ex.Millis && !r.mapSeconds(reads, known):
			lines = append(lines, `"expires_in": `+r.lifetimeName()+" * 1000, // milliseconds, as the JWT exchange gave them")
		default:
			lines = append(lines, `"expires_in": `+r.Tok+`.Extra("expires_in"),`)
		}
	}
	lines = append(lines, r.otherKeys(obj, m.Elem())...)
	return strings.Join(append(lines, "}"), "\n")
}

// otherKeys returns the elements that are read beside those that every answer has. Token.Extra returns nil
// for an absent member and for null, so a test for presence is declined.
func (r *Run) otherKeys(obj types.Object, elem types.Type) (lines []string) {
	seen := []string{"access_token", "token_type", "expires_in"}
	for _, use := range r.Ix.Uses[obj] {
		f := r.Ix.FileOf(use)
		x, ok := f.Parent[use].(*ast.IndexExpr)
		if ok && IsWritten(f, x) || r.inDecoding(f, use) {
			continue
		}
		var key constant.Value
		if ok && x.X == use {
			key = f.Pkg.Info.Types[x.Index].Value
		}
		if key == nil || key.Kind() != constant.String {
			if !r.Ex.Closed {
				Fail(reason.New(reason.WholeAnswer, "the map of the answer is passed on as a whole, with members that may be vendor-specific (%s)", f.Place(use)))
			}
			continue
		}
		name := constant.StringVal(key)
		if slices.Contains(seen, name) || strings.HasPrefix(name, "error") {
			continue
		}
		seen = append(seen, name)
		as, assigned := f.Parent[x].(*ast.AssignStmt)
		if !types.IsInterface(elem) || r.Numbers || assigned && len(as.Lhs) == 2 && len(as.Rhs) == 1 {
			Fail(reason.New(reason.WholeAnswer, "the program reads %s of the answer, which the new grant does not provide (%s)", name, f.Place(x)))
		}
		lines = append(lines, strconv.Quote(name)+": "+r.Tok+".Extra("+strconv.Quote(name)+"),")
	}
	return lines
}

// mapReads returns the reads of expires_in from a local map; known is false if the map goes
// anywhere but into reads by constant keys.
func (r *Run) mapReads(obj types.Object) (reads []*ast.IndexExpr, known bool) {
	v, ok := obj.(*types.Var)
	if !ok || !syntax.IsLocal(v) {
		return nil, false
	}
	for _, use := range r.Ix.Uses[v] {
		f := r.Ix.FileOf(use)
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
func (r *Run) inDecoding(f *syntax.File, use *ast.Ident) bool {
	for n := f.Parent[use]; n != nil; n = f.Parent[n] {
		if c, ok := n.(*ast.CallExpr); ok {
			return r.TokenDecodings[c]
		}
		if _, ok := n.(ast.Stmt); ok {
			return false
		}
	}
	return false
}

const Oauth2Path = "golang.org/x/oauth2"
