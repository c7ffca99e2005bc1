package jwtconfig

import (
	"fmt"
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/lazyregexp"
)

// subject checks the subject of the assertion.
func (j *jwtConfig) subject(f *syntax.File, e ast.Expr, email *ast.KeyValueExpr) error {
	if email != nil && f.Text(email.Value) == f.Text(e) {
		return nil
	}
	if !j.param("sub") && j.perCall(f, e) {
		return reason.New(reason.PerUser, "the subject is a parameter (%s): each token may be for another user, and the client-credentials grant is for the client alone", f.Place(e))
	}
	return nil
}

// perCall reports whether a value is a parameter with several callers.
func (j *jwtConfig) perCall(f *syntax.File, e ast.Expr) bool {
	found := false
	d := j.p.Index.Enclosing(f, e)
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || d == nil || !syntax.IsString(f.TypeOf(id)) {
			return true
		}
		if i, isParam := d.Param(f.Object(id)); isParam && i >= 0 {
			if d.Obj == nil {
				found = true
				return false
			}
			sites, all := j.p.Index.Callers(d.Obj)
			found = found || len(sites) != 1 || !all || d.Obj.Exported() && !j.p.Private(d)
		}
		return !found
	})
	return found
}

// fixedValue reports whether a value is the same in each evaluation: a constant, or a setting of the
// environment.
func fixedValue(f *syntax.File, e ast.Expr) bool {
	if f.Pkg.Info.Types[e].Value != nil {
		return true
	}
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && syntax.CalleeName(c) == "Getenv"
}

// credentials returns the client's id and secret. email is nil if the configuration has none.
func (j *jwtConfig) credentials(f *syntax.File, at ast.Node, email, key *ast.KeyValueExpr) (id, secret change.Text, err error) {
	in := j.p.Decisions.Providers[j.fl.Provider]
	if in.Secret == "" {
		return id, secret, &decision.Needed{What: "client_secret", Msg: "jwt.Config has no client secret, and none is invented: " + decision.GiveIn(j.vendor.ID, "client_secret", "-secret-env")}
	}
	if secret, err = j.configured(f, at, "client_secret", in.Secret); err != nil {
		return id, secret, err
	}
	if in.ID != "" {
		id, err = j.configured(f, at, "client_id", in.ID)
		return id, secret, err
	}
	ask := func(why string) error {
		return &decision.Needed{What: "client_id", Msg: why + ": " + decision.GiveIn(j.vendor.ID, "client_id", "")}
	}
	if j.vendor.Target.NewClient {
		return id, secret, ask(j.vendor.Name + " gives the new grant a client id of its own, which the program does not have")
	}
	if email == nil {
		return id, secret, ask("the configuration names no client")
	}
	if !j.issuerIsClient(f, email.Value) {
		return id, secret, ask(fmt.Sprintf("whether the issuer of the assertion (%s) is the client id is not known of %s", f.Place(email.Value), j.vendor.Name))
	}
	if key != nil && j.fromKeyFile(f, email.Value, key.Value) {
		return id, secret, ask(fmt.Sprintf("%s comes from the key file (%s), which is not read any more", syntax.OneLine(f.Text(email.Value)), f.Place(email.Value)))
	}
	j.idFrom = true
	return change.Text{Src: express.Quote(f, email.Value, nil)}, secret, nil
}

// oneClient returns an error if the program may have several clients, for stages or tenants, and the decisions
// are those of one: the secret is an environment variable, or there is a client id. An expression for the
// secret can differ for each client.
func (j *jwtConfig) oneClient() error {
	in := j.p.Decisions.Providers[j.fl.Provider]
	if !strings.Contains(in.Secret, "«") && in.ID == "" {
		return nil
	}
	roots := map[any]bool{}
	for _, other := range j.p.Flows {
		f, call, ok := Via(j.p, other)
		if !ok || other.Provider != j.fl.Provider {
			continue
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			roots[j.c.Root(j.c.Held(f, sel))] = true
		}
	}
	first, where := "", ""
	for _, at := range j.c.Values("Email") {
		if !roots[j.c.Root(at.Of)] {
			continue
		}
		text := at.File.Text(at.Value)
		if v := at.File.Pkg.Info.Types[at.Value].Value; v != nil {
			text = v.ExactString()
		}
		switch {
		case first == "":
			first, where = text, at.File.Place(at.Value)
		case text != first:
			return reason.New(reason.SeveralAccounts, "the program has several clients of %s (%s, %s), and the decisions in the configuration are for one", j.vendor.Name, where, at.File.Place(at.Value))
		}
	}
	return nil
}

// clientWord matches names of client ids in programs.
var clientWord = lazyregexp.New(`(?i)client|consumer|app(lication)?_?id`)

// issuerIsClient reports whether iss is the client id: by the vendor's row, or, for a vendor of the
// configuration, by its name in the program.
func (j *jwtConfig) issuerIsClient(f *syntax.File, e ast.Expr) bool {
	if _, ok := provider.ByID(j.vendor.ID); ok {
		return true
	}
	return clientWord.MatchString(f.Text(e))
}

// fromKeyFile reports whether a value comes from the struct with the key, and that struct from a file for the
// key.
func (j *jwtConfig) fromKeyFile(f *syntax.File, e, key ast.Expr) bool {
	r := syntax.Root(e)
	if r == nil || syntax.IdentOf(ast.Unparen(e)) != nil {
		return false
	}
	same := false
	ast.Inspect(key, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && f.Object(id) == f.Object(r) {
			same = true
		}
		return !same
	})
	if !same {
		return false
	}
	return slices.ContainsFunc(j.fl.Steps, find.KeyFileRead)
}

func (j *jwtConfig) notFromKeyFile(f *syntax.File, e ast.Expr, key *ast.KeyValueExpr, what string) error {
	if key == nil || !j.fromKeyFile(f, e, key.Value) {
		return nil
	}
	return reason.New(reason.FromKeyFile, "the %s comes from the key file (%s), which is not read any more", what, f.Place(e))
}

// tokenURL returns the token URL: the same one, unless the vendor has another one for the new grant.
func (j *jwtConfig) tokenURL(f *syntax.File, at ast.Node, e ast.Expr) (change.Text, error) {
	if in := j.p.Decisions.Providers[j.fl.Provider]; in.TokenURL != "" {
		return j.configured(f, at, "token_url", in.TokenURL)
	}
	if u := find.FixedURL(j.vendor); u != "" {
		return change.Text{Src: strconv.Quote(u)}, nil
	}
	if host := j.p.OldHost(j.fl, j.vendor, f, e); host != "" {
		return change.Text{}, find.AskURL(j.vendor, host)
	}
	return change.Text{Src: express.Quote(f, e, nil)}, nil
}

// configured returns an expression that the user decided on, for the place of a literal or an assignment.
func (j *jwtConfig) configured(f *syntax.File, at ast.Node, what, src string) (change.Text, error) {
	if d := j.p.Index.Enclosing(f, at); d != nil {
		return (&express.Expresser{Index: j.p.Index, At: d, Pos: at.Pos()}).Configured(what, src)
	}
	if name := express.UnknownName(f, src); name != "" {
		return change.Text{}, reason.New(reason.BadExpression, "the expression for %s uses %s, which is not defined at package level (%s)", what, name, f.Place(at))
	}
	return change.Text{Src: src}, nil
}
