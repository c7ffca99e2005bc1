package edit

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/library"
	"jwtretire.example/fixer/slice/program"
	"jwtretire.example/fixer/slice/report"
	"jwtretire.example/fixer/syntax"
)

// tagRules are struct tags that contain only rules for the value. The tags of a dead field are removed
// completely: without "required", an empty value would still violate the next rule, "file" or "min=1".
var tagRules = map[string]bool{"validate": true, "binding": true, "valid": true}

// tagDemands are struct tags that only make a value mandatory: kelseyhightower/envconfig and
// jessevdk/go-flags, ilyakaznacheev/cleanenv, kong.
var tagDemands = map[string]bool{"required": true, "env-required": true, "mandatory": true}

// tagWords are the options of a tag that make a value mandatory, or read a file with its name: caarlos0/env,
// sethvargo/go-envconfig, ardanlabs/conf, gorilla/schema, heetch/confita, alexflint/go-arg.
var tagWords = map[string]bool{"required": true, "notEmpty": true, "notempty": true, "nonempty": true, "nonzero": true, "mandatory": true, "file": true}

// relaxTag returns a struct tag, as in the source, without mandatory rules.
func relaxTag(src string) (string, bool) {
	tag, err := strconv.Unquote(src)
	if err != nil {
		return src, false
	}
	var out []string
	changed := false
	for rest := strings.TrimSpace(tag); rest != ""; rest = strings.TrimSpace(rest) {
		key, _, ok := strings.Cut(rest, ":")
		value, found := reflect.StructTag(rest).Lookup(key)
		if !ok || !found {
			return src, false
		}
		quoted, err := strconv.QuotedPrefix(rest[len(key)+1:])
		if err != nil {
			return src, false
		}
		rest = rest[len(key)+1+len(quoted):]
		if tagRules[key] || tagDemands[key] {
			changed = true
			continue
		}
		words := strings.Split(value, ",")
		kept := words[:0:0]
		for i, w := range words {
			if word := strings.TrimSpace(w); tagWords[word] && (i > 0 || len(words) > 1 || key == "conf" || key == "arg") {
				continue
			}
			kept = append(kept, w)
		}
		if len(kept) < len(words) {
			changed = true
			if len(kept) == 0 {
				continue
			}
			quoted = strconv.Quote(strings.Join(kept, ","))
		}
		out = append(out, key+":"+quoted)
	}
	if !changed {
		return src, false
	}
	text := strings.Join(out, " ")
	switch {
	case text == "":
		return "", true
	case src[0] == '`':
		return "`" + text + "`", true
	}
	return strconv.Quote(text), true
}

// relaxField removes the mandatory rules from the tag of a field that stays.
func (e *Editor) relaxField(f *syntax.File, fl *ast.Field, name string) {
	if fl.Tag == nil {
		return
	}
	text, ok := relaxTag(fl.Tag.Value)
	if !ok {
		return
	}
	if text == "" {
		e.remove(fl.Tag, "it asked for a value")
	} else {
		e.put[fl.Tag] = text
	}
	e.relaxed(fl, "the tag of "+name+" does not demand a value any more")
}

// relaxFlags removes the marks of flags without readers.
func (e *Editor) relaxFlags() {
	for _, f := range e.After.Funcs {
		for _, a := range f.Atoms {
			if e.Is.Live[a.Key] && !a.Removed && a.Flag {
				if name, dead := e.deadFlag(f, a); dead {
					e.deadFlags[name] = true
				}
			}
		}
	}
	for _, f := range e.prog.Files {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if n == nil || e.gone(n) {
				return false
			}
			switch n := n.(type) {
			case *ast.CallExpr:
				e.relaxMark(f, n)
			case *ast.CompositeLit:
				e.relaxFlagLiteral(f, n)
			}
			return true
		})
	}
}

// relaxMark removes a call that makes a dead flag mandatory, or the flag's name from the call.
func (e *Editor) relaxMark(f *syntax.File, c *ast.CallExpr) {
	fo := f.Callee(c)
	row := library.RowOf(fo)
	if row == nil || row.Requires == library.None {
		return
	}
	if row.Requires == library.Recv { // a chain that defines the flag
		if sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr); ok && e.deadFlags[flagName(f, sel.X)] {
			e.unwrap[c] = sel.X
			e.relaxed(c, "flag --"+flagName(f, sel.X)+" is not required any more")
		}
		return
	}
	names := program.ArgsAt(c, row.Requires)
	if _, several, _ := row.Requires.Arg(); !several {
		if len(names) > 0 && e.deadFlags[f.ConstString(names[0])] {
			e.unmark(f, c, f.ConstString(names[0]))
		}
		return
	}
	var dead []ast.Expr
	for _, arg := range names {
		if e.deadFlags[f.ConstString(arg)] {
			dead = append(dead, arg)
		}
	}
	left := len(c.Args) - len(dead)
	if len(dead) == 0 {
		return
	}
	if left == 0 || left == 1 && fo.Name() == "MarkFlagsRequiredTogether" {
		e.unmark(f, c, f.ConstString(dead[0]))
		return
	}
	for _, arg := range dead {
		e.remove(arg, "nobody reads the flag any more")
		e.relaxed(arg, "flag --"+f.ConstString(arg)+" is not required any more")
	}
}

// unmark removes the statement of a call that may fail together with the check of its error.
func (e *Editor) unmark(f *syntax.File, c *ast.CallExpr, name string) {
	const why = "nobody reads the flag any more"
	done := func() { e.relaxed(c, "flag --"+name+" is not required any more") }
	var n ast.Node = c
	up := e.prog.Parent[n]
	if o, ok := up.(*ast.CallExpr); ok && len(o.Args) == 1 && o.Args[0] == c { // cobra.CheckErr(…), must(…)
		n, up = o, e.prog.Parent[o]
	}
	switch s := up.(type) {
	case *ast.ExprStmt:
		e.remove(s, why)
		done()
		return
	case *ast.AssignStmt:
		switch in := e.prog.Parent[s].(type) {
		case *ast.IfStmt: // if err := cmd.MarkFlagRequired(…); err != nil { … }
			if in.Init == ast.Stmt(s) && in.Else == nil {
				e.remove(in, why)
				done()
				return
			}
		case *ast.BlockStmt:
			id, ok := s.Lhs[0].(*ast.Ident)
			if !ok || len(s.Lhs) != 1 {
				break
			}
			if id.Name == "_" {
				e.remove(s, why)
				done()
				return
			}
			obj := f.Object(id)
			for i, st := range in.List {
				if st != ast.Stmt(s) || i+1 >= len(in.List) {
					continue
				}
				next, ok := in.List[i+1].(*ast.IfStmt)
				if ok && next.Init == nil && next.Else == nil && e.onlyAsks(f, next.Cond, obj) && !(s.Tok == token.ASSIGN && e.readNext(f, obj, next) || s.Tok != token.ASSIGN && e.usedBeyond(obj, s, next)) {
					e.remove(s, why)
					e.remove(next, why)
					done()
					return
				}
			}
		}
	}
	e.rep.Demands = append(e.rep.Demands, report.Demand{Statement: report.Statement{Pos: f.Pos(c), Text: firstLine(f.Text(c))}, Setting: "flag --" + name})
}

// onlyAsks reports whether a condition is err != nil.
func (e *Editor) onlyAsks(f *syntax.File, cond ast.Expr, err types.Object) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ {
		return false
	}
	id, ok := ast.Unparen(b.X).(*ast.Ident)
	return ok && err != nil && f.Object(id) == err
}

// usedBeyond reports whether a variable is used outside of two statements.
func (e *Editor) usedBeyond(obj types.Object, a, b ast.Node) bool {
	for _, id := range e.prog.Uses[obj] {
		if !e.prog.Within(id, a) && !e.prog.Within(id, b) {
			return true
		}
	}
	return false
}

// readNext reports whether the first use of a variable after a statement, in the order of the source, reads it.
func (e *Editor) readNext(f *syntax.File, obj types.Object, s ast.Stmt) bool {
	for _, id := range e.prog.Uses[obj] { // in the order of the source
		if id.Pos() > s.End() {
			a := f.Assigned(id)
			return a == nil || a.Tok != token.ASSIGN && a.Tok != token.DEFINE || slices.ContainsFunc(a.Rhs, func(r ast.Expr) bool { return f.Mentions(r, obj) })
		}
	}
	return false
}

// literalFlag returns the name of the flag that a literal defines, and whether it has no readers any more.
func (e *Editor) literalFlag(f *syntax.File, lit *ast.CompositeLit) (string, bool) {
	if !program.FlagLiteral(f, lit) {
		return "", false
	}
	name := f.ConstString(syntax.Element(lit, "Name"))
	if e.diedKey(program.FlagKey + program.EnvKey(name)) {
		return name, true
	}
	u, ok := syntax.Element(lit, "Destination").(*ast.UnaryExpr)
	if !ok {
		return name, false
	}
	obj := f.Denoted(u.X)
	return name, obj != nil && e.Died(obj)
}

// relaxFlagLiteral removes Required from the literal of a dead flag: &cli.StringFlag{Name: "key", Required: true}.
func (e *Editor) relaxFlagLiteral(f *syntax.File, lit *ast.CompositeLit) {
	name, dead := e.literalFlag(f, lit)
	if !dead {
		return
	}
	pos := f.Pos(lit)
	e.rep.Kept = append(e.rep.Kept, report.Kept{Name: "flag -" + name, Why: "a command line that passes it would fail; it is accepted and ignored", Pos: pos})
	e.rep.Leftovers = append(e.rep.Leftovers, report.Leftover{Kind: "flag", Name: name, Pos: pos, Kept: true})
	for _, field := range []string{"EnvVars", "EnvVar", "Sources"} {
		if v := syntax.Element(lit, field); v != nil {
			e.environment(f, v)
		}
	}
	if v := syntax.Element(lit, "Required"); v != nil {
		e.remove(e.rosterNode(v), "nobody reads the flag any more")
		e.relaxed(v, "flag --"+name+" is not required any more")
	}
}
