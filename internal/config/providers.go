package config

import (
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
	"jwtretire.example/analyzer/provider"
)

// providers reads the key providers: a list of ids and maps, or a map from ids to details.
func (r *reader) providers(n *yaml.Node, c *Config, cat catalogue) {
	c.OptIns = map[string]OptIn{}
	m := resolve(n)
	switch {
	case isNull(m):
	case m.Kind == yaml.MappingNode:
		r.pairs(m, "providers", func(id string, k, v *yaml.Node) { r.provider(id, k, v, c, cat) })
	case m.Kind == yaml.SequenceNode:
		for _, e := range m.Content {
			switch e := resolve(e); {
			case e.Kind == yaml.ScalarNode:
				r.provider(r.text(e, "a provider"), e, nil, c, cat)
			case e.Kind == yaml.MappingNode:
				id, at := "", e
				for i := 0; i+1 < len(e.Content); i += 2 {
					if e.Content[i].Value == "id" {
						at = e.Content[i+1]
						id = r.text(at, "id")
					}
				}
				if id == "" {
					r.errorf(e, "provider without an id")
					continue
				}
				r.provider(id, at, e, c, cat)
			default:
				r.errorf(e, "a provider must be a name or a map, not %s", kindName(e))
			}
		}
	default:
		r.errorf(n, "providers must be a list of names or a map, not %s", kindName(m))
	}
}

// provider reads one provider; v is nil or null if there is only its id.
func (r *reader) provider(id string, at, v *yaml.Node, c *Config, cat catalogue) {
	if !providerID.MatchString(id) {
		r.errorf(at, "provider id %q must be lower-case letters, digits, dots and dashes", id)
		return
	}
	if c.OptedIn(id) {
		r.errorf(at, "provider %s is there twice", id)
		return
	}
	before := len(r.errs)
	d := description{}
	if v != nil && !isNull(resolve(v)) {
		r.fields(v, "provider "+id, d.keys(r, id))
	}
	opt := OptIn{ID: id, ClientSecret: d.secret, ClientID: d.clientID, TokenURL: d.tokenAt, Params: d.given, Line: at.Line}

	row, known := cat.byID(id)
	switch {
	case len(r.errs) > before: // reported already
		return
	case known && row.Verdict == provider.Keep && (d.first == nil || d.verdict != "" && d.verdict != provider.Keep):
		r.errorf(at, "provider %s has no client-secret grant that could take the place of its JWT flow", id)
		return
	case known && d.first == nil:
	case known:
		// The vendor on the user's hosts: its row with additional endpoints.
		p := *row
		p.Endpoints = append(p.Endpoints[:len(p.Endpoints):len(p.Endpoints)], d.endpoints(row)...)
		d.apply(&p)
		c.Providers = append(c.Providers, p)
	case len(d.hosts) == 0 && len(d.paths) == 0 && len(d.findings) == 0:
		var ids []string
		for _, p := range cat.all() {
			ids = append(ids, p.ID)
		}
		r.errorf(at, "provider %q is not in the catalogue, which has %s; to describe it give hosts or paths, or the ids of findings", id, strings.Join(ids, ", "))
		return
	default:
		p := provider.Provider{
			ID: id, Name: id, Verdict: provider.Retire,
			Endpoints: d.endpoints(nil),
			Target:    provider.Target{Supported: true, AuthStyle: "AuthStyleInParams", ScopeForm: provider.ScopeList},
			Sources:   []string{r.file},
		}
		d.apply(&p)
		c.Providers = append(c.Providers, p)
	}
	if n := len(c.Providers); n > 0 && c.Providers[n-1].ID == id && c.Providers[n-1].Verdict == provider.Keep {
		return // described for the report only, not to be migrated
	}
	c.OptIns[id] = opt
}

// A description is a provider in the file. Missing keys are zero.
type description struct {
	first *yaml.Node // the first key that is a description, not an opt-in

	name         string
	hosts, paths []string
	findings     []string
	verdict      provider.Verdict
	tokenURL     string
	authStyle    string
	scopeForm    provider.ScopeForm
	params       []provider.Param

	secret, clientID, tokenAt Value
	given                     map[string]Value // params with a source; constants are in the provider
}

// scopeForms maps separators, and names for them, to those of the catalogue.
var scopeForms = map[string]provider.ScopeForm{
	",": provider.ScopeComma, "comma": provider.ScopeComma,
	" ": provider.ScopeList, "space": provider.ScopeList,
	"": provider.ScopeServer, "none": provider.ScopeServer,
}

// keys returns the readers of the keys of a provider. All of them are descriptions except id, client_secret,
// client_id and params; a param with a constant value is one.
func (d *description) keys(r *reader, id string) map[string]func(*yaml.Node) {
	where := func(key string) string { return "provider " + id + ": " + key }
	keys := map[string]func(*yaml.Node){
		"name":     func(n *yaml.Node) { d.name = r.literal(n, where("name")) },
		"hosts":    func(n *yaml.Node) { d.hosts = r.hosts(n, where("hosts")) },
		"paths":    func(n *yaml.Node) { d.paths = r.paths(n, where("paths")) },
		"findings": func(n *yaml.Node) { d.findings = r.list(n, where("findings")) },
		"verdict": func(n *yaml.Node) {
			d.verdict = oneOf(r, n, where("verdict"), []string{"retire", "optional", "keep"},
				map[string]provider.Verdict{"retire": provider.Retire, "optional": provider.Optional, "keep": provider.Keep})
		},
		"token_url": func(n *yaml.Node) {
			if resolve(n).Kind == yaml.MappingNode {
				d.tokenAt = r.value(n, where("token_url"))
				return
			}
			d.tokenURL = r.literal(n, where("token_url"))
			r.secure(n, where("token_url"), d.tokenURL)
			if u, err := url.Parse(d.tokenURL); d.tokenURL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
				r.errorf(n, "%s is not an absolute http or https URL", where("token_url"))
			}
		},
		"auth_style": func(n *yaml.Node) {
			d.authStyle = oneOf(r, n, where("auth_style"), []string{"params", "header"},
				map[string]string{"params": "AuthStyleInParams", "header": "AuthStyleInHeader"})
		},
		"scope_separator": func(n *yaml.Node) {
			d.scopeForm = oneOf(r, n, where("scope_separator"), []string{`","`, `" "`, `"" (no scopes)`}, scopeForms)
		},
	}
	for key, f := range keys {
		keys[key] = func(n *yaml.Node) {
			if d.first == nil {
				d.first = n
			}
			f(n)
		}
	}
	keys["id"] = func(*yaml.Node) {} // of the list form; read already
	keys["client_secret"] = func(n *yaml.Node) { d.secret = r.value(n, where("client_secret")) }
	keys["client_id"] = func(n *yaml.Node) { d.clientID = r.value(n, where("client_id")) }
	keys["params"] = func(n *yaml.Node) {
		r.pairs(n, where("params"), func(key string, k, v *yaml.Node) {
			r.literal(k, "a key of "+where("params"))
			if resolve(v).Kind == yaml.MappingNode {
				if d.given == nil {
					d.given = map[string]Value{}
				}
				d.given[key] = r.value(v, where("params."+key))
				return
			}
			if d.first == nil {
				d.first = k
			}
			d.params = append(d.params, provider.Param{Name: key, Value: r.literal(v, where("params."+key)), Required: true})
		})
	}
	return keys
}

// endpoints returns each host with each path. If the file has no paths, those of the catalogue's row apply to
// the new hosts.
func (d *description) endpoints(row *provider.Provider) []provider.Endpoint {
	paths := d.paths
	if len(paths) == 0 && row != nil {
		for _, e := range row.Endpoints {
			paths = append(paths, e.Path)
		}
	}
	if len(paths) == 0 {
		paths = []string{""}
	}
	hosts := d.hosts
	if len(hosts) == 0 {
		if len(d.paths) == 0 {
			return nil
		}
		hosts = []string{""}
	}
	var out []provider.Endpoint
	seen := map[provider.Endpoint]bool{}
	for _, h := range hosts {
		for _, p := range paths {
			if e := (provider.Endpoint{Host: h, Path: p}); !seen[e] {
				seen[e] = true
				out = append(out, e)
			}
		}
	}
	return out
}

// apply overwrites fields of a row with those of the file.
func (d *description) apply(p *provider.Provider) {
	set := func(dst *string, s string) {
		if s != "" {
			*dst = s
		}
	}
	set(&p.Name, d.name)
	p.Findings = d.findings
	set((*string)(&p.Verdict), string(d.verdict))
	set(&p.Target.TokenURL, d.tokenURL)
	set(&p.Target.AuthStyle, d.authStyle)
	set((*string)(&p.Target.ScopeForm), string(d.scopeForm))
	said := func(pm provider.Param) bool {
		return slices.ContainsFunc(d.params, func(o provider.Param) bool { return o.Name == pm.Name })
	}
	p.Target.Params = append(slices.DeleteFunc(slices.Clone(p.Target.Params), said), d.params...)
}

// hosts reads host names. A wildcard can only be the whole first label.
func (r *reader) hosts(n *yaml.Node, where string) []string {
	list := r.list(n, where)
	for _, h := range list {
		if strings.ContainsAny(h, "/: ") || strings.Contains(strings.TrimPrefix(h, "*."), "*") {
			r.errorf(n, "%s: %q is not a host name; write login.acme.example or *.acme.example, without scheme, port or path", where, h)
		}
	}
	return list
}

func (r *reader) paths(n *yaml.Node, where string) []string {
	list := r.list(n, where)
	for _, p := range list {
		if !strings.HasPrefix(p, "/") {
			r.errorf(n, "%s: %q must begin with a slash", where, p)
		}
	}
	return list
}
