package flow_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/internal/settings"
)

// stubs declare what the programs of the tables use: the library table knows functions by path and name only. Real libraries are
// in testdata/flows and in analyzer/library/tabletest.
var stubs = map[string]string{
	"net/url": `package url; type Values map[string][]string; func (Values) Set(k, v string); func (Values) Add(k, v string); func (Values) Get(k string) string; func (Values) Encode() string; func QueryEscape(string) string`,
	"net/http": `package http; import ("io"; "net/url")
		type Header map[string][]string; func (Header) Set(k, v string)
		type Request struct { Header Header }; func (*Request) FormValue(string) string
		type Response struct { Body io.ReadCloser; StatusCode int }
		type Client struct{}; func (*Client) Do(*Request) (*Response, error); var DefaultClient *Client
		type ResponseWriter interface { Header() Header; Write([]byte) (int, error) }
		type Cookie struct { Name, Value string }; func SetCookie(ResponseWriter, *Cookie)
		func PostForm(string, url.Values) (*Response, error); func Post(url, typ string, body io.Reader) (*Response, error); func Get(string) (*Response, error)
		func NewRequest(method, url string, body io.Reader) (*Request, error)`,
	"io":            `package io; type Writer interface { Write([]byte) (int, error) }; type Reader interface { Read([]byte) (int, error) }; type ReadCloser interface { Reader; Close() error }; func ReadAll(Reader) ([]byte, error)`,
	"os":            `package os; func Getenv(string) string; func Setenv(k, v string) error; func ReadFile(string) ([]byte, error)`,
	"fmt":           `package fmt; func Sprintf(string, ...any) string; func Println(...any); func Printf(string, ...any)`,
	"text/template": `package template; import "io"; type Template struct{}; func New(string) *Template; func Must(*Template, error) *Template; func (*Template) Parse(string) (*Template, error); func (*Template) Execute(io.Writer, any) error`,
	"strings":       `package strings; type Reader struct{}; func (*Reader) Read([]byte) (int, error); func NewReader(string) *Reader; type Builder struct{}; func (*Builder) Write([]byte) (int, error); func (*Builder) WriteString(string) (int, error); func (*Builder) WriteByte(byte) error; func (*Builder) WriteRune(rune) (int, error); func (*Builder) Len() int; func (*Builder) String() string; func Join([]string, string) string`,
	"sync":          `package sync; type Map struct{}; func (*Map) Load(k any) (any, bool); func (*Map) Store(k, v any)`,
	"sync/atomic":   `package atomic; type Value struct{}; func (*Value) Load() any; func (*Value) Store(any); type Pointer[T any] struct{}; func (*Pointer[T]) Load() *T; func (*Pointer[T]) Store(*T)`,
	"encoding/json": `package json; func Marshal(any) ([]byte, error); func Unmarshal([]byte, any) error`,
	"github.com/golang-jwt/jwt/v5": `package jwt; type SigningMethod interface { Alg() string }; type RSA struct{}; func (*RSA) Alg() string; var SigningMethodRS256 *RSA
		type MapClaims map[string]any; type Token struct{}; func (*Token) SignedString(key any) (string, error); func NewWithClaims(SigningMethod, MapClaims) *Token
		func ParseRSAPrivateKeyFromPEM([]byte) (any, error)`,
}

const header = `
import ("encoding/json"; "fmt"; "io"; "net/http"; "net/url"; "os"; "strings"; "sync"; "sync/atomic"; "text/template"; "github.com/golang-jwt/jwt/v5")
var (_ = json.Marshal; _ = fmt.Println; _ = io.ReadAll; _ = http.Get; _ url.Values; _ = os.Getenv; _ = strings.Join; _ sync.Map; _ atomic.Value; _ = template.New)
const endpoint = "https://ims-na1.adobelogin.com/ims/exchange/jwt"
func sign() string {
	pem, _ := os.ReadFile("private.key")
	key, _ := jwt.ParseRSAPrivateKeyFromPEM(pem)
	s, _ := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"iss": "org", "sub": "account", "aud": "x", "https://ims-na1.adobelogin.com/s/ent_user_sdk": true}).SignedString(key)
	return s
}
var id, secret string
`

// flowsOf analyses one package per source, each with the header; a package may use those before it as p0, p1, …
func flowsOf(t *testing.T, sources ...string) []*flow.Flow {
	t.Helper()
	fset := token.NewFileSet()
	done := map[string]*packages.Package{}
	var load func(path, src string) *packages.Package
	load = func(path, src string) *packages.Package {
		f, err := parser.ParseFile(fset, "/"+path+"/x.go", src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		p := &packages.Package{ID: path, PkgPath: path, Fset: fset, Syntax: []*ast.File{f}, Imports: map[string]*packages.Package{}, TypesSizes: types.SizesFor("gc", "amd64"), TypesInfo: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Instances: map[*ast.Ident]types.Instance{},
			Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
		}}
		if strings.HasPrefix(path, "example.com/") {
			p.Module = &packages.Module{Path: "example.com"}
		}
		conf := types.Config{Importer: importer(func(path string) (*types.Package, error) {
			if done[path] == nil && stubs[path] != "" {
				done[path] = load(path, stubs[path])
			}
			if done[path] == nil {
				return nil, errors.New("there is no package " + path)
			}
			p.Imports[path] = done[path]
			return done[path].Types, nil
		})}
		if p.Types, err = conf.Check(path, fset, p.Syntax, p.TypesInfo); err != nil && !strings.Contains(err.Error(), "missing function body") {
			t.Fatalf("%v in\n%s", err, src)
		}
		p.Name = p.Types.Name()
		return p
	}
	var list []*packages.Package
	for i, src := range sources {
		path := fmt.Sprintf("example.com/p%d", i)
		head := header
		for j := range i {
			if strings.Contains(src, fmt.Sprintf("p%d.", j)) {
				head = fmt.Sprintf("\nimport \"example.com/p%d\"", j) + head
			}
		}
		done[path] = load(path, fmt.Sprintf("package p%d", i)+head+src)
		list = append(list, done[path])
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{flow.With(settings.Fixed(settings.Settings{All: true}))}, list, &checker.Options{Sequential: true})
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*flow.Flow{}
	var ids []string
	for _, root := range graph.Roots {
		if root.Err != nil {
			t.Fatal(root.Err)
		}
		for _, f := range root.Result.(*flow.Result).Flows {
			if byID[f.ID] == nil {
				ids = append(ids, f.ID)
			}
			byID[f.ID] = f // that of the highest package, which knows most
		}
	}
	var out []*flow.Flow
	for _, id := range ids {
		out = append(out, byID[id])
	}
	return out
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }

// describe says what a flow is: its vendor, whether it is signed in sight, and its parameters.
func describe(fl *flow.Flow) string {
	var keys []string
	for _, f := range fl.Fields {
		if !slices.Contains(keys, f.Key) {
			keys = append(keys, f.Key)
		}
	}
	slices.Sort(keys)
	signed := "signed"
	if fl.Presigned {
		signed = "presigned"
	}
	return fl.Provider + " " + signed + " " + strings.Join(keys, " ")
}

const whole = "adobe-ims signed client_id client_secret jwt_token"

// TestForms writes the request in many ways: the flow and all of its parameters are found in each.
func TestForms(t *testing.T) {
	const post = `http.Post(endpoint, "application/x-www-form-urlencoded", strings.NewReader(body))`
	for _, tt := range []struct{ name, src, want string }{
		{"literal", `func f() { http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {sign()}}) }`, whole},
		{"setters", `func f() { v := url.Values{}; v.Set("client_id", id); v.Add("client_secret", secret); v["jwt_token"] = []string{sign()}; http.PostForm(endpoint, v) }`, whole},
		{"names in variables", `var n = "client_secret"; func f() { k := "jwt_token"; v := url.Values{"client_id": {id}, n: {secret}}; v.Set(k, sign()); http.PostForm(endpoint, v) }`, whole},
		{"name put together", `func f() { v := url.Values{"client_id": {id}, "client_secret": {secret}}; p := "jwt"; v.Set(p+"_token", sign()); http.PostForm(endpoint, v) }`, whole},
		{"loop over a map", `func f() { v := url.Values{}; for k, x := range map[string]string{"client_id": id, "client_secret": secret, "jwt_token": sign()} { v.Set(k, x) }; http.PostForm(endpoint, v) }`, whole},
		{"loop over a map, presigned", `func f() { v := url.Values{}; for k, x := range map[string]string{"client_id": id, "client_secret": secret, "jwt_token": os.Getenv("JWT")} { v.Set(k, x) }; http.PostForm(endpoint, v) }`, "adobe-ims presigned client_id client_secret jwt_token"},
		{"list of structures", `func f() { v := url.Values{}; for _, p := range []struct{ name, value string }{{"client_id", id}, {"client_secret", secret}, {"jwt_token", sign()}} { v.Set(p.name, p.value) }; http.PostForm(endpoint, v) }`, whole},
		{"list of structures, presigned", `func f() { v := url.Values{}; for _, p := range []struct{ name, value string }{{"client_id", id}, {"client_secret", secret}, {"jwt_token", os.Getenv("JWT")}} { v.Set(p.name, p.value) }; http.PostForm(endpoint, v) }`, "adobe-ims presigned client_id client_secret jwt_token"},
		{"list of structures with more fields", `type p struct { n int; key string; secret bool; val string }; func f() { v := url.Values{}; for _, p := range []p{{1, "client_id", false, id}, {key: "client_secret", val: secret}, {key: "jwt_token", val: sign()}} { v.Set(p.key, p.val) }; http.PostForm(endpoint, v) }`, whole},
		{"list of pointers", `type p struct{ k, v string }; func f() { m := url.Values{}; for _, p := range []*p{{"client_id", id}, {"client_secret", secret}, {"jwt_token", sign()}} { m[p.k] = []string{p.v} }; http.PostForm(endpoint, m) }`, whole},
		{"list that grows", `type p struct{ k, v string }; func f() { l := []p{{"client_id", id}}; l = append(l, p{"client_secret", secret}); l = append(l, p{"jwt_token", sign()}); v := url.Values{}; for i := range l { v.Set(l[i].k, l[i].v) }; http.PostForm(endpoint, v) }`, whole},
		{"list of a helper", `type p struct{ k, v string }; func form(l ...p) url.Values { v := url.Values{}; for _, p := range l { v.Set(p.k, p.v) }; return v }; func f() { http.PostForm(endpoint, form(p{"client_id", id}, p{"client_secret", secret}, p{"jwt_token", sign()})) }; func g() { http.PostForm(endpoint, form(p{"refresh_token", id})) }`, whole},
		{"list of arrays", `func f() { v := url.Values{}; for _, p := range [][2]string{{"client_id", id}, {"client_secret", secret}, {"jwt_token", sign()}} { v.Set(p[0], p[1]) }; http.PostForm(endpoint, v) }`, whole},
		{"list of slices of a helper", `func form(l ...[]string) url.Values { v := url.Values{}; for _, p := range l { v.Add(p[0], p[1]) }; return v }; func f() { http.PostForm(endpoint, form([]string{"client_id", id}, []string{"client_secret", secret}, []string{"jwt_token", sign()})) }`, whole},
		{"list of slices, the value first", `func f() { v := url.Values{}; for _, p := range [][]string{{id, "client_id"}, {secret, "client_secret"}, {sign(), "jwt_token"}} { v.Add(p[1], p[0]) }; http.PostForm(endpoint, v) }`, whole},
		{"list of arrays, as text", `func f() { body := ""; for _, p := range [][2]string{{"client_id", id}, {"client_secret", secret}, {"jwt_token", sign()}} { body += url.QueryEscape(p[0]) + "=" + url.QueryEscape(p[1]) + "&" }; ` + post + ` }`, whole},
		{"names and values in turn", `func form(kv ...string) url.Values { v := url.Values{}; for i := 0; i+1 < len(kv); i += 2 { v.Set(kv[i], kv[i+1]) }; return v }; func f() { http.PostForm(endpoint, form("client_id", id, "client_secret", secret, "jwt_token", sign())) }`, whole},
		{"names and values of two lists", `func f() { v := url.Values{}; values := []string{id, secret, sign()}; for i, n := range []string{"client_id", "client_secret", "jwt_token"} { v.Set(n, values[i]) }; http.PostForm(endpoint, v) }`, "adobe-ims signed jwt_token"},
		{"text of a helper that escapes", `func kv(k, v string) string { return url.QueryEscape(k) + "=" + url.QueryEscape(v) }; func f() { body := strings.Join([]string{kv("client_id", id), kv("client_secret", secret), kv("jwt_token", sign())}, "&"); ` + post + ` }`, whole},
		{"joined pairs", `func f() { body := strings.Join([]string{"client_id=" + id, strings.Join([]string{"client_secret", secret}, "="), strings.Join([]string{"jwt_token", sign()}, "=")}, "&"); ` + post + ` }`, whole},
		{"functions that set", `func param(k, x string) func(url.Values) { return func(v url.Values) { v.Set(k, x) } }; func f() { v := url.Values{}; for _, o := range []func(url.Values){param("client_id", id), param("client_secret", secret), param("jwt_token", sign())} { o(v) }; http.PostForm(endpoint, v) }`, whole},
		{"chain of a builder", `type b struct{ v url.Values }; func (b *b) with(k, x string) *b { b.v.Set(k, x); return b }; func f() { r := (&b{url.Values{}}).with("client_id", id).with("client_secret", secret).with("jwt_token", sign()); http.PostForm(endpoint, r.v) }`, whole},
		{"method as a callback", `func each(m map[string]string, do func(k, v string)) { for k, x := range m { do(k, x) } }; func f() { v := url.Values{}; each(map[string]string{"client_id": id, "client_secret": secret, "jwt_token": sign()}, v.Set); http.PostForm(endpoint, v) }`, whole},
		{"names written piece by piece, variadic", `func enc(p ...string) string { var b strings.Builder; for i := 0; i+1 < len(p); i += 2 { if b.Len() > 0 { b.WriteByte('&') }; b.WriteString(p[i]); b.WriteByte('='); b.WriteString(url.QueryEscape(p[i+1])) }; return b.String() }; func f() { body := enc("client_id", id, "client_secret", secret, "jwt_token", sign()); ` + post + ` }`, whole},
		{"names written piece by piece, map", `func f() { var b strings.Builder; for k, v := range map[string]string{"client_id": id, "client_secret": secret, "jwt_token": sign()} { b.WriteString(url.QueryEscape(k)); b.WriteString("="); b.WriteString(url.QueryEscape(v)); b.WriteString("&") }; body := b.String(); ` + post + ` }`, whole},
		{"names written piece by piece, list", `func f() { var b strings.Builder; for _, p := range [][2]string{{"client_id", id}, {"client_secret", secret}, {"jwt_token", sign()}} { b.WriteString(p[0]); b.WriteRune('='); b.WriteString(p[1]); b.WriteRune('&') }; body := b.String(); ` + post + ` }`, whole},
		{"name with its separator", `func f() { var b strings.Builder; for k, v := range map[string]string{"client_id": id, "client_secret": secret, "jwt_token": sign()} { b.WriteString(k + "="); b.WriteString(url.QueryEscape(v)); b.WriteByte('&') }; body := b.String(); ` + post + ` }`, whole},
		{"list written as text", `type p struct{ k, v string }; func f() { body := ""; for _, p := range []p{{"client_id", id}, {"client_secret", secret}, {"jwt_token", sign()}} { body += p.k + "=" + url.QueryEscape(p.v) + "&" }; ` + post + ` }`, whole},
		{"text", `func f() { body := "client_id=" + id + "&client_secret=" + secret + "&jwt_token=" + sign(); ` + post + ` }`, whole},
		{"text of variables", `func f() { k := "&jwt_token="; amp := "&"; body := "client_id=" + id + amp + "client_secret=" + secret + k + sign(); ` + post + ` }`, whole},
		{"text piece by piece", `func f() { body := "client_id=" + id; body += "&client_secret=" + secret; body += "&jwt_token="; body += sign(); ` + post + ` }`, whole},
		{"text of a helper", `func kv(k, v string) string { return k + "=" + v }; func f() { body := kv("client_id", id) + "&" + kv("client_secret", secret) + "&" + kv("jwt_token", sign()); ` + post + ` }`, whole},
		{"formatted", `func f() { body := fmt.Sprintf("client_id=%s&client_secret=%s&jwt_token=%s", id, secret, sign()); ` + post + ` }`, whole},
		{"formatted, with a constant", `const own = "c0ffee"; func f() { body := fmt.Sprintf("client_id=%s&client_secret=%s&jwt_token=%s", own, secret, sign()); ` + post + ` }`, whole},
		{"text, with a constant", `const own = "c0ffee"; func f() { body := "client_id=" + own + "&client_secret=" + secret + "&jwt_token=" + sign(); ` + post + ` }`, whole},
		{"formatted by a variable", `func f() { format := "client_id=%s&client_secret=%s&jwt_token=%s"; body := fmt.Sprintf(format, id, secret, sign()); ` + post + ` }`, whole},
		{"template", `var form = template.Must(template.New("f").Parse("client_id={{.ID}}&client_secret={{.Secret | urlquery}}&jwt_token={{.JWT}}")); func f() { b := new(strings.Builder); form.Execute(b, struct{ ID, Secret, JWT string }{id, secret, sign()}); body := b.String(); ` + post + ` }`, whole},
		{"template of a map", `func f() { b := new(strings.Builder); m := map[string]string{"id": id, "secret": secret, "jwt": sign()}; template.Must(template.New("f").Parse("client_id={{.id}}&client_secret={{.secret}}&jwt_token={{urlquery .jwt}}")).Execute(b, m); body := b.String(); ` + post + ` }`, whole},
		{"template of JSON", `type req struct{ Key, Pass, Signed string }; func f() { t := template.Must(template.New("f").Parse("{\"client_id\": \"{{.Key}}\", \"client_secret\": \"{{.Pass}}\", \"jwt_token\": \"{{.Signed}}\"}")); b := new(strings.Builder); t.Execute(b, &req{Key: id, Pass: secret, Signed: sign()}); body := b.String(); ` + post + ` }`, whole},
		{"formatted with the name", `func f() { body := fmt.Sprintf("client_id=%s&client_secret=%s&%s=%s", id, secret, "jwt_token", sign()); ` + post + ` }`, whole},
		{"JSON of a map", `func f() { b, _ := json.Marshal(map[string]string{"client_id": id, "client_secret": secret, "jwt_token": sign()}); http.Post(endpoint, "application/json", strings.NewReader(string(b))) }`, whole},
		{"JSON of a structure", "type r struct { ID string `json:\"client_id\"`; Secret string `json:\"client_secret\"`; JWT string `json:\"jwt_token\"` }; func f() { b, _ := json.Marshal(r{id, secret, sign()}); http.Post(endpoint, \"application/json\", strings.NewReader(string(b))) }", whole},
		{"function value that posts", `func f() { post := http.PostForm; post(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {sign()}}) }`, whole},
		{"map of functions that sign", `var signers = map[string]func() string{"a": sign}; func f() { http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {signers["a"]()}}) }`, whole},
		{"pointer that a helper fills", `func fill(s *string) { *s = sign() }; func f() { var token string; fill(&token); http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {token}}) }`, whole},
		{"channel", `func f() { c := make(chan string); go func() { c <- sign() }(); http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {<-c}}) }`, whole},
		{"atomic value", `var box atomic.Value; func keep() { box.Store(sign()) }; func f() { http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {box.Load().(string)}}) }`, whole},
		{"atomic pointer", `var box atomic.Pointer[string]; func keep() { s := sign(); box.Store(&s) }; func f() { http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {*box.Load()}}) }`, whole},
		{"concurrent map", `var tokens sync.Map; func keep() { tokens.Store("a", sign()) }; func f() { v, _ := tokens.Load("a"); http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {v.(string)}}) }`, whole},
		{"deferred", `func f() { v := url.Values{"client_id": {id}, "client_secret": {secret}}; defer func() { http.PostForm(endpoint, v) }(); v.Set("jwt_token", sign()) }`, whole},
		{"generic wrapper", `type opt[T any] struct{ v T }; func some[T any](v T) opt[T] { return opt[T]{v} }; func f() { http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {some(sign()).v}}) }`, whole},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := flowsOf(t, tt.src)
			if len(found) != 1 {
				t.Fatalf("%d flows in\n%s", len(found), tt.src)
			}
			if got := describe(found[0]); got != tt.want {
				t.Errorf("found %s, want %s in\n%s", got, tt.want, tt.src)
			}
		})
	}
}

// TestResponse has programs that go on after the exchange: only the answer of the exchange is its response.
func TestResponse(t *testing.T) {
	const exchange = "type answer struct { Token string `json:\"access_token\"` }\n" + `func token() string { resp, _ := http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {sign()}}); b, _ := io.ReadAll(resp.Body); var a answer; json.Unmarshal(b, &a); return a.Token }; type group struct{ Name string }
`
	for _, tt := range []struct{ name, src string }{
		{"nothing more", `func f() { fmt.Println(token()) }`},
		{"a request with the token in a header", `func f() { req, _ := http.NewRequest("GET", "https://api.example", nil); req.Header.Set("Authorization", "Bearer "+token()); resp, _ := http.DefaultClient.Do(req); b, _ := io.ReadAll(resp.Body); var g group; json.Unmarshal(b, &g) }`},
		{"the same, in a header of another name", `func f() { req, _ := http.NewRequest("GET", "https://api.example", nil); req.Header.Set("X-Token", token()); resp, _ := http.DefaultClient.Do(req); b, _ := io.ReadAll(resp.Body); var g group; json.Unmarshal(b, &g) }`},
		{"a request with the token in its body", `func f() { req, _ := http.NewRequest("POST", "https://api.example", strings.NewReader(token())); resp, _ := http.DefaultClient.Do(req); b, _ := io.ReadAll(resp.Body); var g group; json.Unmarshal(b, &g) }`},
		{"a call with the token in its URL", `func f() { resp, _ := http.Get("https://api.example?token=" + token()); b, _ := io.ReadAll(resp.Body); var g group; json.Unmarshal(b, &g) }`},
		{"a call with the token in a form", `func f() { resp, _ := http.PostForm("https://api.example", url.Values{"t": {token()}}); b, _ := io.ReadAll(resp.Body); var g group; json.Unmarshal(b, &g) }`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := flowsOf(t, exchange+tt.src)
			if len(found) != 1 {
				t.Fatalf("%d flows", len(found))
			}
			n := 0
			for _, s := range found[0].Steps {
				if s.Role == flow.Response {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%d responses in\n%s", n, tt.src)
			}
		})
	}
}

// TestAcross has the parts of a flow in different packages.
func TestAcross(t *testing.T) {
	for _, tt := range []struct {
		name    string
		sources []string
	}{
		{"the lower signs", []string{`func Sign() string { return sign() }`, `func f() { http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {p0.Sign()}}) }`}},
		{"the lower sends", []string{`func Send(v url.Values) { http.PostForm(endpoint, v) }`, `func f() { p0.Send(url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {sign()}}) }`}},
		{"the lower names the parameter", []string{`func Set(v url.Values, token string) { v.Set("jwt_token", token) }`, `func f() { v := url.Values{"client_id": {id}, "client_secret": {secret}}; p0.Set(v, sign()); http.PostForm(endpoint, v) }`}},
		{"the middle hands on", []string{`func Sign() string { return sign() }`, `func Token() string { return p0.Sign() }`, `func f() { http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {p1.Token()}}) }`}},
		{"a field of the lower", []string{`type C struct { Token string }; func New() *C { return &C{Token: sign()} }`, `func f() { c := p0.New(); http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {c.Token}}) }`}},
		{"an interface of the lower", []string{`type Signer interface { Sign() string }; func Send(s Signer) { http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {s.Sign()}}) }`, `type s struct{}; func (s) Sign() string { return sign() }; func f() { p0.Send(s{}) }`}},
		{"a function given to the lower", []string{`func Send(sign func() string) { http.PostForm(endpoint, url.Values{"client_id": {id}, "client_secret": {secret}, "jwt_token": {sign()}}) }`, `func f() { p0.Send(sign) }`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := flowsOf(t, tt.sources...)
			if len(found) != 1 {
				t.Fatalf("%d flows", len(found))
			}
			if got := describe(found[0]); !strings.HasPrefix(got, "adobe-ims signed ") {
				t.Errorf("found %s", got)
			}
		})
	}
}

// TestSilence has programs that use the words of a flow for something else.
func TestSilence(t *testing.T) {
	for _, tt := range []struct{ name, src string }{
		{"cookies", `func f(w http.ResponseWriter) { for _, c := range []http.Cookie{{Name: "access_token", Value: sign()}, {Name: "jwt", Value: sign()}} { http.SetCookie(w, &c) } }`},
		{"headers of an answer", `type h struct{ k, v string }; func f(w http.ResponseWriter) { for _, h := range []h{{"Authorization", sign()}, {"jwt", sign()}} { w.Header().Set(h.k, h.v) } }`},
		{"an answer", `type h struct{ k, v string }; func f(w http.ResponseWriter) { m := map[string]string{}; for _, h := range []h{{"jwt", sign()}} { m[h.k] = h.v }; b, _ := json.Marshal(m); w.Write(b) }`},
		{"environment", `type h struct{ k, v string }; func f() { for _, h := range []h{{"client_assertion", sign()}} { os.Setenv(h.k, h.v) } }`},
		{"descriptions of parameters", `type h struct{ k, v string }; func f() { m := map[string]string{}; for _, h := range []h{{"jwt_token", "the signed token"}, {"client_secret", "the secret"}} { m[h.k] = h.v }; fmt.Println(m) }`},
		{"messages of a server", `type h struct{ k, v string }; func f(r *http.Request) map[string]string { m := map[string]string{}; for _, h := range []h{{"assertion", "missing assertion"}, {"grant_type", "missing grant"}} { if r.FormValue(h.k) == "" { m[h.k] = h.v } }; return m }`},
		{"a proxy", `type h struct{ k, v string }; func f(r *http.Request) { v := url.Values{}; for _, h := range []h{{"assertion", r.FormValue("assertion")}, {"grant_type", r.FormValue("grant_type")}} { v.Set(h.k, h.v) }; http.PostForm("https://x.example", v) }`},
		{"a name that is not known", `type h struct{ k, v string }; func f(n string) { v := url.Values{}; for _, h := range []h{{n, sign()}} { v.Set(h.k, h.v) }; http.PostForm("https://x.example", v) }`},
		{"pairs of a log line", `func f() { fmt.Println(strings.Join([]string{"jwt_token", sign()}, "=")) }`},
		{"pairs of a log line, escaped", `func kv(k, v string) string { return url.QueryEscape(k) + "=" + url.QueryEscape(v) }; func f() { fmt.Println(kv("assertion", sign())) }`},
		{"a log line", `func f() { k := "jwt="; fmt.Println(k + sign()); n := "assertion"; fmt.Printf("%s=%s", n, sign()) }`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, fl := range flowsOf(t, tt.src) {
				t.Errorf("found %s in\n%s", describe(fl), tt.src)
			}
		})
	}
}
