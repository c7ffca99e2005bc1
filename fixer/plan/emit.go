package plan

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/fixer/change"
)

// literal writes the clientcredentials.Config.
func (r *request) literal() change.Text {
	var b strings.Builder
	b.WriteString("«" + clientCredentialsPath + "».Config{\n")
	fmt.Fprintf(&b, "ClientID: %s,\nClientSecret: %s,\nTokenURL: %s,\n", r.id.Src, r.secret.Src, r.url.Src)
	keeps := append(append(append([]ast.Node{}, r.id.Keeps...), r.secret.Keeps...), r.url.Keeps...)
	switch {
	case r.scopesExpr.Src != "":
		why := ""
		if !r.seconds {
			why = " // one comma-separated list, as Adobe wants it"
		}
		fmt.Fprintf(&b, "Scopes: %s,%s\n", r.scopesExpr.Src, why)
		keeps = append(keeps, r.scopesExpr.Keeps...)
	case r.seconds:
		if len(r.scopes) > 0 {
			fmt.Fprintf(&b, "Scopes: %#v,\n", r.scopes)
		}
	default:
		// Adobe takes a comma-separated list; x/oauth2 joins elements with a space, so it is one element.
		scopes := strconv.Quote(strings.Join(r.scopes, ","))
		if r.scopesParam != "" {
			scopes = r.scopesParam
		}
		fmt.Fprintf(&b, "Scopes: []string{%s}, // one comma-separated list, as Adobe wants it\n", scopes)
	}
	var params []string
	switch {
	case r.resources.Src != "":
		params = append(params, fmt.Sprintf("\"resource\": %s", r.resources.Src))
		keeps = append(keeps, r.resources.Keeps...)
	case len(r.resource) > 0:
		var list []string
		for _, t := range r.resource {
			list = append(list, t.Src)
			keeps = append(keeps, t.Keeps...)
		}
		params = append(params, fmt.Sprintf("\"resource\": {%s}", strings.Join(list, ", ")))
	}
	for _, p := range r.params {
		params = append(params, fmt.Sprintf("%q: {%s}", p.name, p.value.Src))
		keeps = append(keeps, p.value.Keeps...)
	}
	if len(params) > 0 {
		fmt.Fprintf(&b, "EndpointParams: «net/url».Values{%s},\n", strings.Join(params, ", "))
	}
	style := r.authStyle
	if style == "" {
		style = "AuthStyleInParams"
	}
	b.WriteString("AuthStyle: «" + oauth2Path + "»." + style + ",\n}")
	return change.Text{Src: b.String(), Keeps: keeps}
}

// ctx writes the context for Token, with the program's own client in it.
func (r *request) ctx() change.Text {
	if r.client.Src == "" {
		return r.context
	}
	return change.Text{
		Src:   fmt.Sprintf("«context».WithValue(%s, «%s».HTTPClient, %s)", r.context.Src, oauth2Path, r.client.Src),
		Keeps: append(append([]ast.Node{}, r.context.Keeps...), r.client.Keeps...),
	}
}

// emit puts the new call where the old one stood and deals with the answer.
// config is the parameter that brings the configuration, "" where it is written here.
func (p *planner) emit(pt *point, req *request, config string, set *change.Set) error {
	f := pt.fn.File
	taken := map[string]bool{}
	tok := syntax.FreshName(p.ix, pt.fn, taken, "token", "tok", "oauthToken", "accessToken")
	taken[tok] = true
	ctx := req.ctx()
	text := change.Text{Keeps: ctx.Keeps}
	if config == "" {
		config = syntax.FreshName(p.ix, pt.fn, taken, "config", "conf", "oauthConfig", "credentials")
		lit := req.literal()
		text.Src = config + " := " + lit.Src + "\n"
		text.Keeps = append(text.Keeps, lit.Keeps...)
	}
	fetch := fmt.Sprintf("%s.Token(%s)", config, ctx.Src)
	fill := &filler{p: p, set: set, millis: !req.seconds}
	ans := &answer{p: p, d: pt.fn, f: f, der: objects{}, skip: pt.stmt, tok: tok, err: pt.err, set: set, fill: fill}
	if pt.decoded {
		return p.emitDecoded(pt, ans, text, fetch)
	}
	if pt.target != nil {
		return p.emitTarget(pt, ans, text, fetch)
	}
	s := pt.stmt
	if _, plain := f.List(s); plain < 0 {
		return because("the exchange stands in the head of a statement (%s)", f.Place(s))
	}
	errName := "_"
	if pt.err != nil {
		errName = pt.err.Name()
	}
	if a, ok := s.(*ast.AssignStmt); !ok || a.Tok == token.DEFINE {
		text.Src += fmt.Sprintf("%s, %s := %s", tok, errName, fetch)
	} else {
		if err := p.declareOutside(pt, tok, errName, &text, fetch, set); err != nil {
			return err
		}
	}
	if err := p.addCarried(pt, errName, &text); err != nil {
		return err
	}
	set.Replace[s] = text
	ans.der = p.derived(pt)
	ans.findCheck(s)
	if err := ans.follow(); err != nil {
		return err
	}
	if !ans.checked {
		set.Look(safety.Unchecked, "the program did not look at every refusal of the token service; one that it took for a token is an error now ("+f.Place(s)+")")
	}
	return nil
}

// declareOutside handles `resp, err = call`, where the variables were declared before.
func (p *planner) declareOutside(pt *point, tok, errName string, text *change.Text, fetch string, set *change.Set) error {
	f := pt.fn.File
	decl := p.varDecl(f, pt.resp)
	if decl == nil {
		if pt.resp.Parent() == nil {
			return because("the answer is kept in %s (%s)", pt.resp.Name(), f.Place(pt.stmt))
		}
		// resp is a named result or was assigned before; a token of its own does.
		if pt.err != nil && pt.err.Parent() != f.Pkg.Types.Scope().Innermost(pt.stmt.Pos()) {
			text.Src += fmt.Sprintf("var %s *«%s».Token\n%s, %s = %s", tok, oauth2Path, tok, errName, fetch)
			return nil
		}
		text.Src += fmt.Sprintf("%s, %s := %s", tok, errName, fetch)
		return nil
	}
	if decl.file != f {
		return because("the answer is kept outside of the function (%s)", f.Place(pt.stmt))
	}
	set.Replace[decl.stmt] = change.Text{Src: fmt.Sprintf("var %s *«%s».Token", tok, oauth2Path)}
	text.Src += fmt.Sprintf("%s, %s = %s", tok, errName, fetch)
	return nil
}

type varDecl struct {
	file *syntax.File
	stmt *ast.DeclStmt
}

// varDecl finds `var resp *http.Response`, alone in its declaration.
func (p *planner) varDecl(f *syntax.File, obj types.Object) *varDecl {
	var found *varDecl
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		s, ok := n.(*ast.DeclStmt)
		if !ok {
			return found == nil
		}
		g, ok := s.Decl.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR || len(g.Specs) != 1 {
			return true
		}
		vs := g.Specs[0].(*ast.ValueSpec)
		if len(vs.Names) == 1 && len(vs.Values) == 0 && f.Object(vs.Names[0]) == obj {
			found = &varDecl{f, s}
		}
		return true
	})
	return found
}

// emitTarget handles a carrier that decodes into an argument: the token is fetched in its place,
// and the argument is filled after the check of the error.
func (p *planner) emitTarget(pt *point, ans *answer, text change.Text, fetch string) error {
	f := pt.fn.File
	target := ast.Unparen(pt.target)
	if u, ok := target.(*ast.UnaryExpr); ok && u.Op == token.AND {
		target = u.X
	}
	if id := syntax.IdentOf(target); id != nil {
		p.targets[id] = true
	}
	fill, err := ans.fill.target(pt.fn, target, ans.tok, pt.stmt)
	if err != nil {
		return err
	}
	set := ans.set
	switch s := pt.stmt.(type) {
	case *ast.ReturnStmt:
		if list, _ := f.List(s); list == nil || pt.fn.Type.Results == nil || len(s.Results) != 1 {
			return because("the exchange's error is returned among others (%s)", f.Place(s))
		}
		text.Src += fmt.Sprintf("%s, err := %s", ans.tok, fetch)
		if err := p.addCarried(pt, "err", &text); err != nil {
			return err
		}
		text.Src += "\nif err != nil {\nreturn err\n}\n" + fill.Src
		text.Keeps = append(text.Keeps, fill.Keeps...)
		set.Before[s] = text
		set.Replace[pt.call] = change.Text{Src: "nil"}
		return nil
	case *ast.ExprStmt:
		text.Src += fmt.Sprintf("%s, _ := %s\n%s", ans.tok, fetch, fill.Src)
		text.Keeps = append(text.Keeps, fill.Keeps...)
		set.Replace[s] = text
		return nil
	case *ast.AssignStmt:
		errName := "_"
		if pt.err != nil {
			errName = pt.err.Name()
		}
		if i, ok := f.Parent[s].(*ast.IfStmt); ok && i.Init == s {
			return p.emitIfInit(pt, ans, i, s, text, fill, fetch)
		}
		list, at := f.List(s)
		if list == nil || at+1 >= len(list) {
			return because("the exchange stands where nothing can follow it (%s)", f.Place(s))
		}
		op := ":="
		text.Src += fmt.Sprintf("%s, %s %s %s", ans.tok, errName, op, fetch)
		if s.Tok == token.ASSIGN && pt.err != nil && pt.err.Parent() != f.Pkg.Types.Scope().Innermost(s.Pos()) {
			text.Src = strings.Replace(text.Src, fmt.Sprintf("%s, %s := ", ans.tok, errName), fmt.Sprintf("var %s *«%s».Token\n%s, %s = ", ans.tok, oauth2Path, ans.tok, errName), 1)
		}
		if err := p.addCarried(pt, errName, &text); err != nil {
			return err
		}
		set.Replace[s] = text
		after := at + 1
		if i, ok := list[after].(*ast.IfStmt); ok && i.Init == nil && ans.checks(i.Cond, pt.err) {
			after++
		}
		return p.fillAt(set, f, list, after, fill, s)
	}
	return because("the exchange stands in a statement that cannot be rewritten (%s)", f.Place(pt.stmt))
}

func (p *planner) fillAt(set *change.Set, f *syntax.File, list []ast.Stmt, at int, fill change.Text, s ast.Stmt) error {
	if fill.Src == "" {
		return nil
	}
	if at >= len(list) {
		return because("the exchange stands where nothing can follow it (%s)", f.Place(s))
	}
	set.Before[list[at]] = fill
	return nil
}

// emitIfInit handles `if err := carrier(…, &x); err != nil { … }`.
func (p *planner) emitIfInit(pt *point, ans *answer, i *ast.IfStmt, s *ast.AssignStmt, text, fill change.Text, fetch string) error {
	f := pt.fn.File
	list, at := f.List(i)
	if list == nil || i.Else != nil || pt.err == nil {
		return because("the exchange stands in the head of a statement (%s)", f.Place(i))
	}
	set := ans.set
	name := pt.err.Name()
	outer := (&expresser{ix: p.ix, at: pt.fn, pos: i.Pos()}).lookup(name)
	if s.Tok == token.DEFINE && (redefined(f, list[at+1:], name) || outer != nil) {
		name = syntax.FreshName(p.ix, pt.fn, map[string]bool{ans.tok: true}, "tokenErr", "fetchErr")
	}
	op := ":="
	if s.Tok == token.ASSIGN && pt.err.Parent() != f.Pkg.Types.Scope().Innermost(i.Pos()) {
		text.Src += fmt.Sprintf("var %s *«%s».Token\n", ans.tok, oauth2Path)
		op = "="
	}
	// The whole statement is said again: its error is that of Token now.
	rename := map[types.Object]string{pt.err: name}
	text.Src += fmt.Sprintf("%s, %s %s %s", ans.tok, name, op, fetch)
	if err := p.addCarried(pt, name, &text); err != nil {
		return err
	}
	text.Src += fmt.Sprintf("\nif %s %s", quote(f, i.Cond, rename), quote(f, i.Body, rename))
	ast.Inspect(i, func(n ast.Node) bool {
		if n == s {
			return false
		}
		if id, ok := n.(*ast.Ident); ok && f.Object(id) != pt.err {
			text.Keeps = append(text.Keeps, id)
		}
		return true
	})
	set.Replace[i] = text
	return p.fillAt(set, f, list, at+1, fill, s)
}

// quote repeats source with the file's package names as paths, and with other names for some variables.
func quote(f *syntax.File, n ast.Node, rename map[types.Object]string) string {
	var b strings.Builder
	src, base := f.Text(n), f.Offset(n.Pos())
	last := 0
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := f.Object(id)
		name, ok := rename[obj]
		if pkg, isPkg := obj.(*types.PkgName); isPkg {
			name, ok = "«"+pkg.Imported().Path()+"»", true
		}
		if ok {
			at := f.Offset(id.Pos()) - base
			b.WriteString(src[last:at])
			b.WriteString(name)
			last = at + len(id.Name)
		}
		return true
	})
	b.WriteString(src[last:])
	return b.String()
}

// redefined reports whether a later statement of the block is a := that defines name and nothing
// else: with name in scope already it would not compile.
func redefined(f *syntax.File, list []ast.Stmt, name string) bool {
	for _, s := range list {
		if a, ok := s.(*ast.AssignStmt); ok && a.Tok == token.DEFINE && len(a.Lhs) == 1 {
			if id := syntax.IdentOf(a.Lhs[0]); id != nil && id.Name == name {
				return true
			}
		}
	}
	return false
}

// handDown builds the configuration in the caller, which has the values, and hands it down in the
// place of the form. It returns the name of the parameter.
func (p *planner) handDown(fl *flow.Flow, pt *point, req *request, set *change.Set, missing error) (string, error) {
	if pt.fn.Obj == nil {
		return "", because("%v", missing)
	}
	sites, all := p.ix.Callers(pt.fn.Obj)
	if len(sites) != 1 || !all {
		return "", because("%v", missing)
	}
	if pt.fn.Obj.Exported() && !p.private(pt.fn) {
		return "", because("%v; %s is exported, so its parameters stay", missing, pt.fn.Obj.Name())
	}
	at := p.formParam(fl, pt, sites[0])
	if at < 0 {
		return "", because("%v", missing)
	}
	site := sites[0]
	caller := p.ix.Enclosing(site.File, site.Call)
	if caller == nil {
		return "", because("%v", missing)
	}
	x := &expresser{ix: p.ix, at: caller, pos: site.Call.Pos()}
	if err := p.parameters(fl, x, req, set); err != nil {
		return "", because("%v", err)
	}
	name := syntax.FreshName(p.ix, pt.fn, nil, "config", "conf", "oauthConfig")
	var field *ast.Field
	n := 0
	for _, fd := range pt.fn.Type.Params.List {
		for range fd.Names {
			if n == at {
				field = fd
			}
			n++
		}
	}
	switch {
	case field == nil:
		return "", because("%v", missing)
	case len(field.Names) == 1:
		set.Replace[field.Type] = change.Text{Src: "*«" + clientCredentialsPath + "».Config"}
		set.Replace[field.Names[0]] = change.Text{Src: name}
	default: // u, body string
		set.Replace[pt.fn.Params()[at]] = change.Text{Src: name + " *«" + clientCredentialsPath + "».Config"}
	}
	lit := req.literal()
	lit.Src = "&" + lit.Src
	set.Replace[site.Call.Args[at]] = lit
	return name, nil
}

// private reports whether nobody outside of the module can call the function.
func (p *planner) private(d *syntax.Func) bool { return p.ix.Private(d) }

// formParam finds the parameter that brings the form, its encoding or the finished request.
func (p *planner) formParam(fl *flow.Flow, pt *point, site syntax.CallSite) int {
	best := -1
	for i, id := range pt.fn.Params() {
		if id == nil || i >= len(site.Call.Args) {
			continue
		}
		t := pt.fn.File.TypeOf(id)
		if t == nil {
			continue
		}
		switch t.String() {
		case "net/url.Values", "*net/http.Request", "io.Reader", "*strings.Reader", "*bytes.Buffer", "*bytes.Reader", "map[string]string", "map[string][]string":
			return i
		case "string", "[]byte":
			// the body's text, unless it is the URL
			if hasName(strings.ToLower(id.Name), "body", "form", "payload", "data", "encoded", "params", "post", "req") {
				best = i
			}
		}
	}
	return best
}
