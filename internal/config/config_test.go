package config

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"jwtretire.example/analyzer/provider"
)

// small stands for the catalogue, whose rows are not this package's business.
var small = func() catalogue {
	rows := []provider.Provider{
		{ID: "box", Name: "Box", Verdict: provider.Optional},
		{ID: "apple", Name: "Apple", Verdict: provider.Keep},
		{ID: "keycloak", Name: "Keycloak", Verdict: provider.Optional, Endpoints: []provider.Endpoint{{Path: "/realms/*/protocol/openid-connect/token"}}},
	}
	return catalogue{
		byID: func(id string) (*provider.Provider, bool) {
			for i := range rows {
				if rows[i].ID == id {
					return &rows[i], true
				}
			}
			return nil, false
		},
		all: func() (all []*provider.Provider) {
			for i := range rows {
				all = append(all, &rows[i])
			}
			return all
		},
	}
}()

func read(t *testing.T, text string) *Config {
	t.Helper()
	c, err := parse("/m/.jwtretire.yaml", []byte(text), small)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEmptyFiles(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "---\n", "scopes:\nproviders:\nignore:\n"} {
		if c := read(t, text); len(c.Scopes)+len(c.OptIns)+len(c.Ignores) != 0 {
			t.Errorf("%q: %+v", text, c)
		}
	}
}

func TestScopes(t *testing.T) {
	c := read(t, "scopes:\n  ent_a_sdk: [openid, AdobeID]\n  ent_b_sdk: 'openid, read_organizations'\n  adobe: openid,AdobeID,x.y\n")
	for _, row := range []struct {
		name       string
		metascopes []string
		want       string
	}{
		{"one metascope", []string{"ent_a_sdk"}, "openid AdobeID"},
		{"two metascopes, joined", []string{"ent_a_sdk", "ent_b_sdk"}, "openid AdobeID read_organizations"},
		{"one unknown: the provider's", []string{"ent_a_sdk", "ent_c_sdk"}, "openid AdobeID x.y"},
		{"none: the provider's", nil, "openid AdobeID x.y"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, ok := c.ScopesFor("adobe", row.metascopes)
			if !ok || strings.Join(got, " ") != row.want {
				t.Errorf("scopes = %v, %v; want %s", got, ok, row.want)
			}
		})
	}
	if got, ok := c.ScopesFor("box", []string{"ent_c_sdk"}); ok || got != nil {
		t.Errorf("scopes that nobody gave: %v", got)
	}
}

func TestOptIns(t *testing.T) {
	want := OptIn{ID: "box", ClientSecret: Value{Env: "BOX_SECRET"}}
	for _, row := range []struct{ name, text string }{
		{"map", "providers:\n  box:\n    client_secret: {env: BOX_SECRET}\n"},
		{"list of maps", "providers:\n  - id: box\n    client_secret: {env: BOX_SECRET}\n"},
		{"alias", "providers:\n  keycloak: &s\n    client_secret: {env: BOX_SECRET}\n  box: *s\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := read(t, row.text).OptIns["box"]
			got.Line = 0
			if !reflect.DeepEqual(got, want) {
				t.Errorf("opt-in = %+v", got)
			}
		})
	}
	for _, text := range []string{"providers: [box, keycloak]\n", "providers:\n  box:\n  keycloak: {}\n"} {
		c := read(t, text)
		if got := slices.Sorted(maps.Keys(c.OptIns)); !slices.Equal(got, []string{"box", "keycloak"}) || len(c.Providers) != 0 {
			t.Errorf("%q: opted in %v, described %v", text, got, c.Providers)
		}
	}
}

func TestParams(t *testing.T) {
	c := read(t, "providers:\n  keycloak:\n    params: {tenant: {env: TENANT}}\n  box:\n    params: {box_subject_type: enterprise}\n")
	if got := c.OptIns["keycloak"].Params["tenant"]; got.Env != "TENANT" || len(c.Providers) != 1 {
		t.Errorf("looked up at run time: %+v, described %v", c.OptIns["keycloak"], c.Providers)
	}
	var got []provider.Param
	for _, p := range c.Providers[0].Target.Params {
		if p.Name == "box_subject_type" {
			got = append(got, p)
		}
	}
	want := []provider.Param{{Name: "box_subject_type", Value: "enterprise", Required: true}}
	if !slices.Equal(got, want) {
		t.Errorf("constant = %+v, want %+v in the place of the catalogue's", got, want)
	}
}

func TestDescribedProvider(t *testing.T) {
	c := read(t, `
providers:
  acme:
    name: Acme Cloud
    hosts: [login.acme.example, "*.acme.example"]
    paths: [/oauth/token]
    token_url: https://login.acme.example/v2/token
    auth_style: header
    scope_separator: ","
    params: {audience: https://api.acme.example}
    client_secret: {expr: cfg.Secret}
`)
	want := []provider.Provider{{
		ID: "acme", Name: "Acme Cloud", Verdict: provider.Retire,
		Endpoints: []provider.Endpoint{{Host: "login.acme.example", Path: "/oauth/token"}, {Host: "*.acme.example", Path: "/oauth/token"}},
		Target: provider.Target{
			Supported: true, TokenURL: "https://login.acme.example/v2/token", AuthStyle: "AuthStyleInHeader", ScopeForm: provider.ScopeComma,
			Params: []provider.Param{{Name: "audience", Value: "https://api.acme.example", Required: true}},
		},
		Sources: []string{"/m/.jwtretire.yaml"},
	}}
	if !reflect.DeepEqual(c.Providers, want) {
		t.Errorf("providers = %+v", c.Providers)
	}
	if o := c.OptIns["acme"]; o.ClientSecret.Expr != "cfg.Secret" {
		t.Errorf("opt-in = %+v", o)
	}
}

func TestDescribedProviderDefaults(t *testing.T) {
	c := read(t, "providers:\n  acme: {paths: /acme/token}\n")
	p := c.Providers[0]
	if p.Name != "acme" || p.Verdict != provider.Retire || p.Target.AuthStyle != "AuthStyleInParams" || p.Target.ScopeForm != provider.ScopeList {
		t.Errorf("provider = %+v", p)
	}
	if !slices.Equal(p.Endpoints, []provider.Endpoint{{Path: "/acme/token"}}) {
		t.Errorf("endpoints = %+v", p.Endpoints)
	}
}

func TestKeepIsNotOptedIn(t *testing.T) {
	c := read(t, "providers:\n  acme: {hosts: login.acme.example, verdict: keep}\n")
	if c.OptedIn("acme") || len(c.Providers) != 1 {
		t.Errorf("config = %+v", c)
	}
}

func TestTokenURL(t *testing.T) {
	c := read(t, "providers:\n  box: {token_url: {env: BOX_URL}}\n  keycloak: {token_url: 'https://sso.example.com/token'}\n")
	if got := c.OptIns["box"].TokenURL; got != (Value{Env: "BOX_URL"}) {
		t.Errorf("box: %+v", got)
	}
	last := c.Providers[len(c.Providers)-1]
	if last.ID != "keycloak" || last.Target.TokenURL != "https://sso.example.com/token" {
		t.Errorf("keycloak: %+v", last.Target)
	}
}

func TestOwnHostOfKnownProvider(t *testing.T) {
	c := read(t, "providers:\n  keycloak:\n    hosts: [sso.example.com]\n")
	want := []provider.Endpoint{
		{Path: "/realms/*/protocol/openid-connect/token"},
		{Host: "sso.example.com", Path: "/realms/*/protocol/openid-connect/token"},
	}
	if !c.OptedIn("keycloak") || !slices.Equal(c.Providers[0].Endpoints, want) {
		t.Errorf("endpoints = %+v", c.Providers[0].Endpoints)
	}
	if row, _ := small.byID("keycloak"); len(row.Endpoints) != 1 {
		t.Error("the catalogue's row was changed")
	}
}

// Every message begins with file:line:column.
var mistakes = []struct{ name, text, want string }{
	{"unknown key", "scopes: {}\nscope: {}\n", `2:1: unknown key "scope" in the configuration; known keys: functions, ignore, providers, scopes`},
	{"unknown key below", "providers:\n  box:\n    secret: x\n", `3:5: unknown key "secret" in provider box; known keys: auth_style, client_id,`},
	{"unknown key in ignore", "ignore:\n  - {id: a, reason: b, expires: c}\n", `2:24: unknown key "expires" in an ignore entry; known keys: id, reason, until`},
	{"key twice", "scopes: {}\nscopes: {}\n", `2:1: key "scopes" of the configuration is already on line 1`},
	{"syntax", "scopes: [a\nx: }\n", `2:2: did not find expected`},
	{"two documents", "scopes: {}\n---\nscopes: {}\n", `2: a second YAML document`},
	{"top is a list", "- a\n", "1:1: the configuration must be a map, not a list"},
	{"scopes are a list", "scopes: [a]\n", "1:9: scopes must be a map, not a list"},
	{"scopes are numbers", "scopes: {a: 1}\n", "1:13: scopes of a must be a list of strings or one string with commas, not a number"},
	{"no scopes", "scopes: {a: []}\n", "1:10: scopes of a are empty"},
	{"scopes with blanks", "scopes: {a: openid AdobeID}\n", `1:13: scope "openid AdobeID" of a contains a blank`},
	{"unknown provider", "providers: [acme]\n", `1:13: provider "acme" is not in the catalogue, which has box, apple, keycloak; to describe it give hosts or paths`},
	{"provider without a grant", "providers: [apple]\n", "1:13: provider apple has no client-secret grant"},
	{"provider whose target is kept", "providers: {apple: {hosts: a.example, verdict: optional}}\n", "1:13: provider apple has no client-secret grant"},
	{"provider twice", "providers: [box, box]\n", "1:18: provider box is there twice"},
	{"provider id", "providers: [Box]\n", `1:13: provider id "Box" must be lower-case`},
	{"provider is a list", "providers: [[box]]\n", "1:13: a provider must be a name or a map, not a list"},
	{"provider map without id", "providers: [{client_secret: {env: A}}]\n", "1:13: provider without an id"},
	{"providers is a number", "providers: 3\n", "1:12: providers must be a list of names or a map, not a number"},
	{"env and expr", "providers: {box: {client_secret: {env: A, expr: b}}}\n", "has both env and expr"},
	{"env name", "providers: {box: {client_secret: {env: a-b}}}\n", "client_secret.env is not the name of an environment variable"},
	{"expression", "providers: {box: {client_secret: {expr: 'cfg.('}}}\n", "client_secret.expr is not a Go expression"},
	{"a literal", "providers: {box: {client_secret: {expr: '\"s\"'}}}\n", "client_secret.expr is the value itself"},
	{"auth style", "providers: {a: {hosts: a.example, auth_style: basic}}\n", `auth_style is "basic"; it must be one of params, header`},
	{"verdict", "providers: {a: {hosts: a.example, verdict: no}}\n", `verdict`},
	{"host with scheme", "providers: {a: {hosts: 'https://a.example'}}\n", `hosts: "https://a.example" is not a host name`},
	{"path", "providers: {a: {paths: token}}\n", `paths: "token" must begin with a slash`},
	{"token URL", "providers: {a: {hosts: a.example, token_url: a.example/token}}\n", "token_url is not an absolute http or https URL"},
	{"ignore is a map", "ignore: {id: a}\n", "1:9: ignore must be a list of {id, reason, until}, not a map"},
	{"ignore without reason", "ignore:\n  - id: a\n", "2:5: ignore entry a without a reason; say why it stays"},
	{"ignore without id", "ignore:\n  - reason: a\n", "2:5: ignore entry without an id"},
	{"ignore twice", "ignore:\n  - {id: a, reason: b}\n  - {id: a, reason: b}\n", "3:5: ignore entry a is there twice"},
	{"ignore date", "ignore:\n  - {id: a, reason: b, until: next year}\n", `2:31: until is "next year"; it must be a date like 2027-03-31`},
	{"ignore reason is a list", "ignore:\n  - {id: a, reason: [b]}\n", "2:21: reason must be a string, not a list"},
}

func TestMistakes(t *testing.T) {
	for _, row := range mistakes {
		t.Run(row.name, func(t *testing.T) {
			_, err := parse("/m/.jwtretire.yaml", []byte(row.text), small)
			if err == nil {
				t.Fatal("no error")
			}
			if msg := err.Error(); !strings.HasPrefix(msg, "/m/.jwtretire.yaml:") || !strings.Contains(msg, row.want) {
				t.Errorf("error = %s\nwant %s", msg, row.want)
			}
		})
	}
}

func TestSecretsAreNotRepeated(t *testing.T) {
	for _, text := range []string{
		"providers: {box: {client_secret: s3cr3t-value}}\n",
		"providers: {box: {client_secret: {env: s3cr3t-value}}}\n",
		"providers: {box: {client_secret: {expr: 's3cr3t-value ('}}}\n",
	} {
		_, err := parse("/m/.jwtretire.yaml", []byte(text), small)
		if err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAllMistakesAreNamed(t *testing.T) {
	_, err := parse("/m/.jwtretire.yaml", []byte("scope: {}\nignores: []\n"), small)
	if err == nil || strings.Count(err.Error(), "unknown key") != 2 {
		t.Errorf("error = %v", err)
	}
}

func TestIgnores(t *testing.T) {
	c := read(t, "ignore:\n  - {id: open, reason: r1}\n  - {id: dated, reason: r2, until: 2027-03-31}\n  - {id: 12345678, reason: r3}\n")
	day := func(s string) time.Time {
		d, err := time.ParseInLocation(time.DateTime, s, time.Local)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, row := range []struct {
		name, id, now, reason string
	}{
		{"no end", "open", "2099-01-01 00:00:00", "r1"},
		{"before the last day", "dated", "2027-01-01 00:00:00", "r2"},
		{"on the last day", "dated", "2027-03-31 23:59:59", "r2"},
		{"the day after", "dated", "2027-04-01 00:00:00", ""},
		{"an id of digits", "12345678", "2027-04-01 00:00:00", "r3"},
		{"another", "other", "2027-01-01 00:00:00", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ""
			if w := c.Ignored(row.id, day(row.now)); w != nil {
				got = w.Reason
			}
			if got != row.reason {
				t.Errorf("reason = %q, want %q", got, row.reason)
			}
		})
	}
}

func TestIgnoreProblems(t *testing.T) {
	text := "ignore:\n  - {id: used, reason: r, until: 2020-01-01}\n  - {id: stale, reason: r}\n"
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := read(t, text)
	c.Ignored("used", now)
	ps := c.Problems(now, true)
	if len(ps) != 2 || ps[0].Line != 2 || !strings.Contains(ps[0].Message, "expired on 2020-01-01") ||
		ps[1].Line != 3 || !strings.Contains(ps[1].Message, "stale matches no finding") {
		t.Errorf("problems = %+v", ps)
	}
	if ps := read(t, text).Problems(now, false); len(ps) != 0 {
		t.Errorf("a run over a part of the tree reports %+v", ps)
	}
}

func TestFindGoesUp(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "repo", ".git", "x")
	if err := os.MkdirAll(deep, 0o777); err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(root, FileName)
	if err := os.WriteFile(want, []byte("scopes: {adobe: openid}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(deep); err != nil || got != want {
		t.Errorf("found %q, %v", got, err)
	}
	c, err := Load("", deep)
	if err != nil || c.File != want || len(c.Scopes) != 1 {
		t.Errorf("loaded %+v, %v", c, err)
	}
}

func TestNamedFileMustExist(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none.yaml"), "."); err == nil {
		t.Error("no error")
	}
}
