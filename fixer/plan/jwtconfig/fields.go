package jwtconfig

import (
	"fmt"
	"go/ast"
	"go/constant"
	"maps"
	"slices"
	"strings"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/plan/carrier"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// fill handles every field, in literals and in assignments.
func (j *jwtConfig) fill() error {
	j.emailSet = len(j.assigned["Email"]) > 0
	for _, l := range j.literals {
		var err error
		if lit, ok := l.Node.(*ast.CompositeLit); ok {
			err = j.literal(l.File, lit)
		}
		if err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(j.assigned)) {
		for _, u := range j.assigned[name] {
			if err := j.assignment(name, u); err != nil {
				return err
			}
		}
	}
	if j.urls == 0 {
		return reason.New(reason.NoURL, "no token URL is given to the jwt.Config")
	}
	return nil
}

// literal changes the elements of one composite literal.
func (j *jwtConfig) literal(f *syntax.File, lit *ast.CompositeLit) error {
	fields := j.fields[lit]
	if len(fields) == 0 {
		return nil // assignments set the fields
	}
	email, url := fields["Email"], fields["TokenURL"]
	var head []string
	if email != nil || url != nil && !j.emailSet {
		id, secret, err := j.credentials(f, lit, email, fields["PrivateKey"])
		if err != nil {
			return err
		}
		head = append(head, "ClientID: "+id.Src, "ClientSecret: "+secret.Src)
	}
	var tail []string
	if url != nil {
		j.urls++
		if err := j.notFromKeyFile(f, url.Value, fields["PrivateKey"], "token URL"); err != nil {
			return err
		}
		more, err := j.beside(f, lit, fields)
		if err != nil {
			return err
		}
		value, err := j.tokenURL(f, lit, url.Value)
		if err != nil {
			return err
		}
		tail = append([]string{"TokenURL: " + value.Src}, more...)
		if email == nil {
			tail = append(head, tail...)
		}
		j.set.Replace[url] = change.Text{Src: strings.Join(tail, ",\n")}
	}
	if email != nil {
		j.set.Replace[email] = change.Text{Src: strings.Join(head, ",\n")}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		kv := fields[name]
		switch name {
		case "Email", "TokenURL":
		case "Scopes":
			text, err := j.scopes(f, kv.Value)
			if err != nil {
				return err
			}
			switch {
			case text == nil:
				j.drop(name)
				j.set.Remove[kv] = "scopes are fixed at the vendor"
			case text.Src != "":
				text.Src = "Scopes: " + text.Src
				j.set.Replace[kv] = *text
			}
		default:
			if name == "Subject" {
				if err := j.subject(f, kv.Value, email); err != nil {
					return err
				}
			}
			j.drop(name)
			j.set.Remove[kv] = "claim or key of the assertion"
		}
	}
	return nil
}

// drop records a field that only the assertion had.
func (j *jwtConfig) drop(name string) {
	if name != "PrivateKey" && name != "UseIDToken" {
		j.dropped[name] = true
	}
}

// assignment changes cfg.Field = value.
func (j *jwtConfig) assignment(name string, u carrier.UseAt) error {
	f := u.File
	var at ast.Node = f.Parent[u.Sel]
	if name == "PrivateClaims[" {
		at = f.Parent[at]
	}
	s := at.(*ast.AssignStmt)
	target := express.Quote(f, u.Sel.X, nil)
	switch name {
	case "Email":
		kv := &ast.KeyValueExpr{Value: s.Rhs[0]}
		id, secret, err := j.credentials(f, s, kv, nil)
		if err != nil {
			return err
		}
		j.set.Replace[s] = change.Text{Src: fmt.Sprintf("%s.ClientID = %s\n%s.ClientSecret = %s", target, id.Src, target, secret.Src)}
	case "TokenURL":
		j.urls++
		more, err := j.beside(f, s, j.near(u))
		if err != nil {
			return err
		}
		value, err := j.tokenURL(f, s, s.Rhs[0])
		if err != nil {
			return err
		}
		lines := []string{target + ".TokenURL = " + value.Src}
		if !j.emailSet && !j.emailGiven() {
			id, secret, err := j.credentials(f, s, nil, nil)
			if err != nil {
				return err
			}
			lines = append(lines, target+".ClientID = "+id.Src, target+".ClientSecret = "+secret.Src)
		}
		for _, m := range more {
			key, v, _ := strings.Cut(m, ": ")
			lines = append(lines, target+"."+key+" = "+v)
		}
		j.set.Replace[s] = change.Text{Src: strings.Join(lines, "\n")}
	case "Scopes":
		text, err := j.scopes(f, s.Rhs[0])
		switch {
		case err != nil:
			return err
		case text == nil:
			j.drop(name)
			j.set.Remove[s] = "scopes are fixed at the vendor"
		case text.Src != "":
			j.set.Replace[s.Rhs[0]] = *text
		}
	case "Subject":
		if j.param("sub") || !fixedValue(f, s.Rhs[0]) {
			return reason.New(reason.PerUser, "the subject is set by itself (%s): each token may be for another user, and the client-credentials grant is for the client alone", f.Place(s))
		}
		j.drop(name)
		j.set.Remove[s] = "claim of the assertion"
	default:
		j.drop(strings.TrimSuffix(name, "["))
		j.set.Remove[s] = "claim or key of the assertion"
	}
	return nil
}

// near returns the other fields that are assigned in the function of an assignment, as elements.
func (j *jwtConfig) near(u carrier.UseAt) map[string]*ast.KeyValueExpr {
	d := j.p.Index.Enclosing(u.File, u.Sel)
	out := map[string]*ast.KeyValueExpr{}
	for name, list := range j.assigned {
		for _, o := range list {
			s, ok := o.File.Parent[o.Sel].(*ast.AssignStmt)
			if e := j.p.Index.Enclosing(o.File, o.Sel); ok && d != nil && e != nil && e.Node == d.Node {
				out[name] = &ast.KeyValueExpr{Value: s.Rhs[0]}
			}
		}
	}
	return out
}

func (j *jwtConfig) emailGiven() bool {
	for _, fields := range j.fields {
		if fields["Email"] != nil {
			return true
		}
	}
	return false
}

// scopes returns the scopes: nil if the vendor takes none, an empty text if they do not change.
func (j *jwtConfig) scopes(f *syntax.File, e ast.Expr) (*change.Text, error) {
	list := j.decided()
	form := j.vendor.Target.ScopeForm
	switch {
	case form == provider.ScopeServer && len(list) == 0:
		return nil, nil
	case len(list) > 0 && form == provider.ScopeComma:
		return &change.Text{Src: fmt.Sprintf("%#v", []string{strings.Join(list, ",")})}, nil
	case len(list) > 0:
		return &change.Text{Src: fmt.Sprintf("%#v", list)}, nil
	case form == provider.ScopeComma:
		return &change.Text{Src: "[]string{«strings».Join(" + express.Quote(f, e, nil) + ", \",\")}"}, nil
	}
	return &change.Text{}, nil
}

func (j *jwtConfig) decided() []string {
	if len(j.p.Decisions.Scopes) > 0 {
		return j.p.Decisions.Scopes
	}
	return j.p.Decisions.ScopesFor[j.fl.Provider]
}

// beside returns the fields that the old configuration does not have: EndpointParams and AuthStyle, and the
// scopes that the user decided on if there were none.
func (j *jwtConfig) beside(f *syntax.File, at ast.Node, fields map[string]*ast.KeyValueExpr) (lines []string, err error) {
	if list := j.decided(); len(list) > 0 && fields["Scopes"] == nil && len(j.assigned["Scopes"]) == 0 {
		if j.vendor.Target.ScopeForm == provider.ScopeComma {
			list = []string{strings.Join(list, ",")}
		}
		lines = append(lines, fmt.Sprintf("Scopes: %#v", list))
	}
	var params []string
	for _, pm := range j.p.Decisions.Further(j.vendor) {
		var text change.Text
		if src := j.p.Decisions.Providers[j.fl.Provider].Params[pm.Name]; src != "" {
			if text, err = j.configured(f, at, pm.Name, src); err != nil {
				return nil, err
			}
		}
		var e ast.Expr
		switch {
		case text.Src != "":
		case pm.Value != "":
			text.Src = fmt.Sprintf("%q", pm.Value)
		case pm.Claim == "iss" && fields["Email"] != nil:
			e = fields["Email"].Value
		case pm.Claim == "sub" && fields["Subject"] != nil:
			e = fields["Subject"].Value
		case pm.Claim == "aud" && fields["Audience"] != nil:
			e = fields["Audience"].Value
		case pm.Claim != "" && fields["PrivateClaims"] != nil:
			e = privateClaim(f, fields["PrivateClaims"].Value, pm.Claim)
		}
		if e != nil {
			text = change.Text{Src: express.Quote(f, e, nil)}
		}
		if t := f.TypeOf(e); e != nil && !syntax.IsString(t) {
			text.Src = "«fmt».Sprint(" + text.Src + ")"
		}
		if text.Src == "" {
			if pm.Required {
				return nil, &decision.Needed{What: pm.Name, Msg: fmt.Sprintf("the new grant needs %s, and the configuration does not say it: give it under providers: %s: params: %s: {env: NAME} in .jwtretire.yaml", pm.Name, j.vendor.ID, pm.Name)}
			}
			continue
		}
		params = append(params, fmt.Sprintf("%q: {%s}", pm.Name, text.Src))
	}
	if len(params) > 0 {
		lines = append(lines, "EndpointParams: «net/url».Values{"+strings.Join(params, ", ")+"}")
	}
	lines = append(lines, "AuthStyle: «"+find.OAuth2Path+"»."+find.AuthStyle(j.vendor, j.set))
	return lines, nil
}

// privateClaim returns the value of a claim in a literal of PrivateClaims.
func privateClaim(f *syntax.File, e ast.Expr, name string) ast.Expr {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return nil
	}
	for _, el := range lit.Elts {
		kv, ok := el.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if v := f.Pkg.Info.Types[kv.Key].Value; v != nil && v.Kind() == constant.String && constant.StringVal(v) == name {
			return kv.Value
		}
	}
	return nil
}
