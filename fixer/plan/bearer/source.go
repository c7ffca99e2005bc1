package bearer

import (
	"fmt"
	"go/ast"
	"strings"
	"unicode"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/plan/express"
	"jwtretire.example/fixer/plan/find"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/syntax"
)

// directConfig returns the text of the configuration. Each value is a decision, or a constant of the vendor.
func directConfig(p *find.Finder, fl *flow.Flow, v *provider.Provider, f *syntax.File) (string, error) {
	in := p.Decisions.Providers[fl.Provider]
	var missing, keys []string
	get := func(key, text, hint string) string {
		if text == "" {
			missing, keys = append(missing, key), append(keys, hint)
		}
		return text
	}
	id := get("client_id", in.ID, "client_id: {env: NAME}")
	secret := get("client_secret", in.Secret, "client_secret: {env: NAME}")
	var params, further []string
	for _, pm := range p.Decisions.Further(v) {
		text := in.Params[pm.Name]
		if text == "" && pm.Value != "" {
			text = fmt.Sprintf("%q", pm.Value)
		}
		if text == "" {
			if pm.Required {
				missing, further = append(missing, pm.Name), append(further, pm.Name+": {env: NAME}")
			}
			continue
		}
		params = append(params, fmt.Sprintf("%q: {%s},\n", pm.Name, text))
	}
	if len(further) > 0 {
		keys = append(keys, "params: {"+strings.Join(further, ", ")+"}")
	}
	if len(missing) > 0 {
		return "", &decision.Needed{What: strings.Join(missing, " "), Msg: fmt.Sprintf("the credential of the new grant is another one, and no value is invented: say where the program gets it from in .jwtretire.yaml, providers: {%s: {%s}}", v.ID, strings.Join(keys, ", "))}
	}
	for _, text := range append([]string{id, secret}, params...) {
		if name := express.UnknownName(f, text); name != "" {
			return "", reason.New(reason.OtherFunction, "%s is not known where the token source is kept, at package level: give an environment variable ({env: NAME}) or an expression of package-level names", name)
		}
	}
	if find.FixedURL(v) == "" {
		return "", reason.New(reason.NoURL, "the token URL of %s is not known; give token_url under providers: %s: in .jwtretire.yaml", v.Name, v.ID)
	}
	style := v.Target.AuthStyle
	if style == "" {
		style = "AuthStyleInHeader"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "«%s».Config{\nClientID: %s,\nClientSecret: %s,\nTokenURL: %q,\n", find.ClientCredentialsPath, id, secret, v.Target.TokenURL)
	if len(params) > 0 {
		fmt.Fprintf(&b, "EndpointParams: «net/url».Values{\n%s},\n", strings.Join(params, ""))
	}
	fmt.Fprintf(&b, "AuthStyle: «%s».%s,\n}", find.OAuth2Path, style)
	return b.String(), nil
}

// topName returns an unused name for a declaration of the package.
func topName(f *syntax.File, wish string) string {
	used := map[string]bool{}
	for _, s := range f.Pkg.Syntax {
		ast.Inspect(s, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[id.Name] = true
			}
			return true
		})
	}
	name := wish
	for i := 2; used[name]; i++ {
		name = fmt.Sprint(wish, i)
	}
	return name
}

// lowerCamel converts a provider's id to a Go name.
func lowerCamel(id string) string {
	var b strings.Builder
	up := false
	for _, r := range id {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			up = b.Len() > 0
		case up:
			b.WriteRune(unicode.ToUpper(r))
			up = false
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	if b.Len() == 0 || unicode.IsDigit([]rune(b.String())[0]) {
		return "vendor" + b.String()
	}
	return b.String()
}
