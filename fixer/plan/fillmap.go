package plan

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strconv"
	"strings"

	"jwtretire.example/fixer/syntax"

	"jwtretire.example/fixer/change"
)

func (fl *filler) fillMap(f *syntax.File, e ast.Expr, m *types.Map, tok string) (change.Text, error) {
	x := f.Text(e)
	lines := []string{x + " = " + fl.mapText(m) + "{"}
	elem := m.Elem()
	switch {
	case types.IsInterface(elem):
		lines = append(lines, `"access_token": `+tok+".AccessToken,", `"token_type": `+tok+".TokenType,")
		reads, known := fl.mapReads(f, e)
		switch {
		case fl.millis && known && len(reads) == 0:
			// nobody asks for the lifetime
		case fl.millis && !fl.mapSeconds(f, reads, known):
			lines = append([]string{fl.declare(tok)}, lines...)
			lines = append(lines, `"expires_in": `+fl.lifetime+" * 1000, // milliseconds, as the JWT exchange gave them")
		default:
			lines = append(lines, `"expires_in": `+tok+`.Extra("expires_in"),`)
		}
	case syntax.IsString(elem):
		// A number does not decode into a string, so expires_in was never there.
		lines = append(lines, `"access_token": `+tok+".AccessToken,", `"token_type": `+tok+".TokenType,")
	default:
		return change.Text{}, because("the answer is decoded into a %s (%s)", m, f.Place(e))
	}
	more, err := fl.otherKeys(f, e, elem, tok)
	if err != nil {
		return change.Text{}, err
	}
	lines = append(append(lines, more...), "}")
	return change.Text{Src: strings.Join(lines, "\n"), Keeps: []ast.Node{e}}, nil
}

// otherKeys returns the elements that are read beside those that every answer has. A token tells a value
// that is not there from none by nil only, so whoever asks whether one is there is declined.
func (fl *filler) otherKeys(f *syntax.File, e ast.Expr, elem types.Type, tok string) (lines []string, err error) {
	id := syntax.IdentOf(ast.Unparen(e))
	if id == nil {
		return nil, nil
	}
	seen := map[string]bool{"access_token": true, "token_type": true, "expires_in": true}
	for _, use := range fl.p.ix.Uses[f.Object(id)] {
		g := fl.p.ix.In[use]
		x, ok := g.Parent[use].(*ast.IndexExpr)
		if fl.isDecodeArg(g, use) || fl.removed(g, use) || ok && fl.written(g, x) {
			continue
		}
		var key constant.Value
		if ok && x.X == use {
			key = g.Pkg.Info.Types[x.Index].Value
		}
		if key == nil || key.Kind() != constant.String {
			if !fl.millis {
				return nil, because("the map of the answer goes on as a whole, with fields that may be the vendor's own (%s)", g.Place(use))
			}
			continue // Adobe's answer has no other fields
		}
		name := constant.StringVal(key)
		if seen[name] || strings.HasPrefix(name, "error") {
			continue
		}
		seen[name] = true
		as, assigned := g.Parent[x].(*ast.AssignStmt)
		if !types.IsInterface(elem) || assigned && len(as.Lhs) == 2 && len(as.Rhs) == 1 {
			return nil, because("the program asks the answer for %s (%s)", name, g.Place(x))
		}
		lines = append(lines, strconv.Quote(name)+": "+tok+".Extra("+strconv.Quote(name)+"),")
	}
	return lines, nil
}

// substituteMap replaces all reads of a local map, if each is of a known key and asserts its type.
func (fl *filler) substituteMap(d *syntax.Func, e ast.Expr, tok string, s ast.Stmt) (change.Text, bool) {
	f := d.File
	if _, known := fl.mapReads(f, e); !known {
		return change.Text{}, false
	}
	repl := map[ast.Node]change.Text{}
	needLifetime := false
	for _, use := range fl.p.ix.Uses[f.Object(syntax.IdentOf(ast.Unparen(e)))] {
		if fl.isDecodeArg(f, use) || fl.removed(f, use) {
			continue
		}
		x := f.Parent[use].(*ast.IndexExpr)
		a, ok := f.Parent[x].(*ast.TypeAssertExpr)
		if !ok {
			return change.Text{}, false
		}
		if as, ok := f.Parent[a].(*ast.AssignStmt); ok && len(as.Lhs) == 2 && len(as.Rhs) == 1 {
			return change.Text{}, false // v, ok := m["k"].(string)
		}
		switch key := constant.StringVal(f.Pkg.Info.Types[x.Index].Value); {
		case key == "access_token" && f.TypeOf(a) == types.Typ[types.String]:
			repl[a] = change.Text{Src: tok + ".AccessToken"}
		case key == "token_type" && f.TypeOf(a) == types.Typ[types.String]:
			repl[a] = change.Text{Src: tok + ".TokenType"}
		case key == "expires_in" && f.TypeOf(a) == types.Typ[types.Float64]:
			n, src, ok := fl.lifetimeAt(d, a)
			if !ok {
				return change.Text{}, false
			}
			repl[n] = change.Text{Src: src}
			needLifetime = true
		default:
			return change.Text{}, false
		}
	}
	if len(repl) == 0 || !follow(f, s, repl) {
		return change.Text{}, false
	}
	for n, text := range repl {
		fl.set.Replace[n] = text
	}
	if !needLifetime {
		return change.Text{}, true
	}
	return change.Text{Src: fl.declare(tok)}, true
}

// mapReads returns the reads of expires_in from a local map; known is false where the map goes
// anywhere but into reads by constant keys.
func (fl *filler) mapReads(f *syntax.File, e ast.Expr) (reads []*ast.IndexExpr, known bool) {
	id := syntax.IdentOf(ast.Unparen(e))
	if id == nil {
		return nil, false
	}
	v, ok := f.Object(id).(*types.Var)
	if !ok || v.IsField() || v.Parent() == v.Pkg().Scope() {
		return nil, false
	}
	for _, use := range fl.p.ix.Uses[v] {
		if fl.isDecodeArg(f, use) || fl.removed(f, use) {
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

// mapSeconds turns the reads to seconds, if each is `m["expires_in"].(float64)` in an expression that
// says what the unit was.
func (fl *filler) mapSeconds(f *syntax.File, reads []*ast.IndexExpr, known bool) bool {
	if !known {
		return false
	}
	repl := map[ast.Node]string{}
	for _, r := range reads {
		a, ok := f.Parent[r].(*ast.TypeAssertExpr)
		if !ok || f.TypeOf(a) != types.Typ[types.Float64] {
			return false
		}
		change, ok := secondsAt(f, a)
		if !ok {
			return false
		}
		for n, src := range change {
			repl[n] = src
		}
	}
	for n, src := range repl {
		fl.set.Replace[n] = change.Text{Src: src, Keeps: kept(n, src)}
	}
	return true
}

func (fl *filler) mapText(m *types.Map) string {
	if types.IsInterface(m.Elem()) {
		return "map[string]any"
	}
	return "map[string]string"
}
