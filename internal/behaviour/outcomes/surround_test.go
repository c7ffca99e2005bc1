package outcomes

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// surrounded draws the source of a program whose exchange is an ordinary one, and whose surroundings vary: where
// the settings come from, how the key is loaded, what the claims are made of, who holds the token, and who else
// uses the parts.
func surrounded(name string, rnd *rand.Rand) string {
	g := &surroundings{generator: &generator{Rand: rnd}}
	g.draw()
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n", name)
	b.WriteString(g.head())
	for _, p := range g.parts {
		b.WriteString("\n" + p)
	}
	return b.String()
}

// surroundings collects the declarations of one program.
type surroundings struct {
	*generator
	parts   []string // declarations
	state   []string // what Main prints at the end
	steps   []string // what Main does once there are settings, before it fetches the token
	checked bool     // the settings have a method validate
}

func (g *surroundings) part(format string, args ...any) {
	g.parts = append(g.parts, fmt.Sprintf(format, args...)+"\n")
}

// head imports everything; what is not used is imported for nothing but its name.
func (g *surroundings) head() string {
	all := strings.Join(g.parts, "")
	var b strings.Builder
	b.WriteString("\nimport (\n")
	for _, p := range []string{"context", "crypto", "crypto/rand", "crypto/rsa", "crypto/sha256", "crypto/x509", "encoding/json", "encoding/pem", "errors", "flag", "fmt", "net/http", "net/url", "os", "slices", "strings", "sync", "time"} {
		if strings.Contains(all, p[strings.LastIndex(p, "/")+1:]+".") {
			fmt.Fprintf(&b, "\t%q\n", p)
		}
	}
	b.WriteString("\n\t\"github.com/golang-jwt/jwt/v5\"\n)\n")
	return b.String()
}

// quiet draws a statement that has nothing to do with the token, and can be seen.
func (g *surroundings) quiet() string {
	switch g.IntN(14) {
	case 0:
		return "count++\n"
	case 1:
		return "fmt.Println(\"" + g.name() + "\")\n"
	case 2:
		return "steps = append(steps, \"" + g.name() + "\")\n"
	case 3:
		return "hits[\"" + g.name() + "\"]++\n"
	case 4:
		return "note(\"" + g.name() + "\")\n"
	case 5:
		return "defer note(\"" + g.name() + "\")\n"
	}
	return ""
}

func (g *surroundings) draw() {
	g.part("var (\n\tcount int\n\tsteps []string\n\thits  = map[string]int{}\n)\n\nfunc note(s string) { steps = append(steps, \"note \"+s) }")
	g.state = append(g.state, "count", "steps", "hits")
	g.settings()
	g.key()
	g.claims()
	g.exchange()
	g.owner()
	g.others()
	g.main()
}

// settings draws the type of the settings and the function load.
func (g *surroundings) settings() {
	g.part("type settings struct {\n\tClientID, Secret string\n\tOrg, Tech        string\n\tKeyFile          string\n\tDebug            bool\n}")
	fields := "ClientID: %s, Secret: %s, Org: %s, Tech: %s, KeyFile: %s"
	names := []any{"ADOBE_CLIENT_ID", "ADOBE_CLIENT_SECRET", "ADOBE_ORG", "ADOBE_TECH", "ADOBE_KEY_FILE"}
	with := func(format string) string {
		var each []any
		for _, n := range names {
			each = append(each, fmt.Sprintf(format, n))
		}
		return fmt.Sprintf(fields, each...)
	}
	switch g.IntN(7) {
	case 0:
		g.part("func load() (settings, error) {\n%sreturn settings{%s}, nil\n}", g.quiet(), with("os.Getenv(%q)"))
	case 1:
		g.part("func env(name, or string) string {\nif v := os.Getenv(name); v != \"\" {\nreturn v\n}\n%sreturn or\n}", g.one("", "", "count++\n"))
		g.part("func load() (settings, error) {\n%sreturn settings{%s, Debug: env(\"DEBUG\", \"no\") == \"yes\"}, nil\n}", g.quiet(), with("env(%q, \"none\")"))
	case 2:
		g.part("func load() (s settings, err error) {\nfor name, field := range map[string]*string{\"ADOBE_CLIENT_ID\": &s.ClientID, \"ADOBE_CLIENT_SECRET\": &s.Secret, \"ADOBE_ORG\": &s.Org, \"ADOBE_TECH\": &s.Tech, \"ADOBE_KEY_FILE\": &s.KeyFile} {\nif *field = os.Getenv(name); *field == \"\" {\nerr = errors.Join(err, fmt.Errorf(\"%%s is not set\", name))\n}\n}\nreturn s, err\n}")
	case 3:
		g.part("func must(name string) string {\nv := os.Getenv(name)\nif v == \"\" {\npanic(name + \" is not set\")\n}\nreturn v\n}")
		g.part("func load() (settings, error) {\ns := settings{%s}\n%sreturn s, nil\n}", with("must(%q)"), g.quiet())
	case 4:
		g.part("func load() (settings, error) {\nvar s settings\nfs := flag.NewFlagSet(\"x\", flag.ContinueOnError)\nfs.StringVar(&s.ClientID, \"id\", os.Getenv(\"ADOBE_CLIENT_ID\"), \"client id\")\nfs.StringVar(&s.Secret, \"secret\", os.Getenv(\"ADOBE_CLIENT_SECRET\"), \"secret\")\nfs.StringVar(&s.Org, \"org\", \"\", \"organization\")\nfs.StringVar(&s.Tech, \"tech\", os.Getenv(\"ADOBE_TECH\"), \"technical account\")\nfs.StringVar(&s.KeyFile, \"key\", os.Getenv(\"ADOBE_KEY_FILE\"), \"private key\")\nerr := fs.Parse([]string{\"-org\", \"acme\"})\nreturn s, err\n}")
	case 5:
		g.part("const defaults = `{\"Org\": \"acme\", \"Tech\": \"t@techacct\", \"Debug\": true}`")
		g.part("func load() (settings, error) {\nvar s settings\nif err := json.Unmarshal([]byte(defaults), &s); err != nil {\nreturn s, fmt.Errorf(\"defaults: %%w\", err)\n}\ns.ClientID, s.Secret = os.Getenv(\"ADOBE_CLIENT_ID\"), os.Getenv(\"ADOBE_CLIENT_SECRET\")\nif f, ok := os.LookupEnv(\"ADOBE_KEY_FILE\"); ok {\ns.KeyFile = f\n%s}\nreturn s, nil\n}", g.quiet())
	case 6:
		g.part("var keyFile = os.Getenv(\"ADOBE_KEY_FILE\")")
		g.part("func load() (settings, error) {\nvals := map[string]string{}\nfor _, n := range []string{\"CLIENT_ID\", \"CLIENT_SECRET\", \"ORG\", \"TECH\"} {\nv := os.Getenv(\"ADOBE_\" + n)\nif v == \"\" {\nreturn settings{}, errors.New(n)\n}\nvals[n] = v\n}\nreturn settings{ClientID: vals[\"CLIENT_ID\"], Secret: vals[\"CLIENT_SECRET\"], Org: vals[\"ORG\"], Tech: vals[\"TECH\"], KeyFile: keyFile}, nil\n}")
	}
	if g.chance(40) {
		g.checked = true
		switch g.IntN(3) {
		case 0:
			g.part("func (s settings) validate() error {\nvar missing []string\nif s.ClientID == \"\" {\nmissing = append(missing, \"id\")\n}\nif s.KeyFile == \"\" {\nmissing = append(missing, \"key\")\n}\nif s.Tech == \"\" {\nmissing = append(missing, \"tech\")\n}\nif len(missing) > 0 {\nreturn fmt.Errorf(\"missing: %%s\", strings.Join(missing, \", \"))\n}\n%sreturn nil\n}", g.quiet())
		case 1:
			g.part("func (s *settings) validate() error {\nswitch {\ncase s.ClientID == \"\", s.Secret == \"\":\nreturn errors.New(\"no client\")\ncase s.KeyFile == \"\":\nreturn errors.New(\"no key\")\n}\n%sreturn nil\n}", g.quiet())
		case 2:
			g.part("func (s settings) validate() error {\nif _, err := os.Stat(s.KeyFile); err != nil {\nreturn fmt.Errorf(\"key: %%w\", err)\n}\nif s.Org == \"\" || s.Tech == \"\" {\nreturn errors.New(\"no account\")\n}\nreturn nil\n}")
		}
	}
}

// key draws the function privateKey(settings), which gives a key.
func (g *surroundings) key() {
	parse := "jwt.ParseRSAPrivateKeyFromPEM(data)"
	if g.chance(40) {
		g.part("func parse(data []byte) (*rsa.PrivateKey, error) {\nblock, _ := pem.Decode(data)\nif block == nil {\nreturn nil, errors.New(\"no PEM\")\n}\n%sreturn x509.ParsePKCS1PrivateKey(block.Bytes)\n}", g.quiet())
		parse = "parse(data)"
	}
	read := "os.ReadFile(s.KeyFile)"
	if g.chance(30) {
		g.part("func slurp(path string) ([]byte, error) {\n%sb, err := os.ReadFile(path)\nif err != nil {\nreturn nil, fmt.Errorf(\"read %%s: %%w\", path, err)\n}\nreturn b, nil\n}", g.quiet())
		read = "slurp(s.KeyFile)"
		if g.chance(50) {
			g.steps = append(g.steps, "if b, err := slurp(\"/dev/null\"); err == nil {\nfmt.Println(\"null\", len(b))\n}\n")
		}
	}
	body := fmt.Sprintf("%sdata, err := %s\nif err != nil {\nreturn nil, err\n}\n%s", g.quiet(), read, g.quiet())
	switch g.IntN(4) {
	case 0:
		g.part("func privateKey(s settings) (*rsa.PrivateKey, error) {\n%sreturn %s\n}", body, parse)
	case 1:
		g.part("var (\n\tonce   sync.Once\n\tcached *rsa.PrivateKey\n\tkeyErr error\n)")
		g.part("func loadKey(s settings) (*rsa.PrivateKey, error) {\n%sreturn %s\n}", body, parse)
		g.part("func privateKey(s settings) (*rsa.PrivateKey, error) {\nonce.Do(func() { cached, keyErr = loadKey(s) })\nreturn cached, keyErr\n}")
	case 2:
		g.part("type keyring struct {\n\tkeys  map[string]*rsa.PrivateKey\n\tmu    sync.Mutex\n\treads int\n}\n\nvar ring = keyring{keys: map[string]*rsa.PrivateKey{}}")
		g.part("func (r *keyring) get(s settings) (*rsa.PrivateKey, error) {\nr.mu.Lock()\ndefer r.mu.Unlock()\nif k, ok := r.keys[s.KeyFile]; ok {\nreturn k, nil\n}\n%sk, err := %s\nif err != nil {\nreturn nil, fmt.Errorf(\"key: %%w\", err)\n}\nr.keys[s.KeyFile] = k\nr.reads++\nreturn k, nil\n}", body, parse)
		g.part("func privateKey(s settings) (*rsa.PrivateKey, error) { return ring.get(s) }")
		if g.chance(30) {
			g.state = append(g.state, "ring.reads")
		}
	case 3:
		g.part("func try[T any](v T, err error) T {\nif err != nil {\npanic(err)\n}\nreturn v\n}")
		g.part("func privateKey(s settings) (*rsa.PrivateKey, error) {\n%sdata := try(%s)\n%sreturn try(%s), nil\n}", g.quiet(), read, g.quiet(), parse)
	}
}

// claims draws the function assertion(settings), which gives a signed JWT.
func (g *surroundings) claims() {
	now, jti := "time.Now()", "\"fixed\""
	if g.chance(30) {
		g.part("var serial int\n\nfunc nextID() string {\nserial++\nreturn fmt.Sprint(\"id-\", serial)\n}")
		jti = "nextID()"
		if g.chance(60) {
			g.steps = append(g.steps, "fmt.Println(nextID())\n")
		}
	}
	if g.chance(30) {
		g.part("var clock = time.Now")
		now = "clock()"
	}
	open := fmt.Sprintf("func assertion(s settings) (string, error) {\n%skey, err := privateKey(s)\nif err != nil {\nreturn \"\", fmt.Errorf(\"assertion: %%w\", err)\n}\n%s", g.quiet(), g.quiet())
	switch g.IntN(4) {
	case 0:
		g.part("%sreturn jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{\n\"iss\": s.Org,\n\"sub\": s.Tech,\n\"jti\": %s,\n\"aud\": \"https://ims-na1.adobelogin.com/c/\" + s.ClientID,\n\"exp\": %s.Add(time.Hour).Unix(),\n\"https://ims-na1.adobelogin.com/s/ent_user_sdk\": true,\n}).SignedString(key)\n}", open, jti, now)
	case 1:
		g.part("type serviceClaims struct {\n\tjwt.RegisteredClaims\n\tSDK bool `json:\"https://ims-na1.adobelogin.com/s/ent_user_sdk\"`\n}")
		g.part("%sclaims := serviceClaims{SDK: true}\nclaims.Issuer, claims.Subject, claims.ID = s.Org, s.Tech, %s\nclaims.Audience = jwt.ClaimStrings{\"https://ims-na1.adobelogin.com/c/\" + s.ClientID}\nclaims.ExpiresAt = jwt.NewNumericDate(%s.Add(time.Hour))\ntoken := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)\n%ssigned, err := token.SignedString(key)\nif err != nil {\nreturn \"\", err\n}\n%sreturn signed, nil\n}", open, jti, now, g.quiet(), g.quiet())
	case 2:
		g.part("var sdks = []string{\"ent_user_sdk\", \"ent_reactor_admin_sdk\"}")
		g.part("func claims(s settings) jwt.MapClaims {\nm := jwt.MapClaims{\"iss\": s.Org, \"sub\": s.Tech, \"jti\": %s, \"aud\": \"https://ims-na1.adobelogin.com/c/\" + s.ClientID}\nm[\"exp\"] = %s.Add(10 * time.Minute).Unix()\nfor _, sdk := range sdks {\nm[\"https://ims-na1.adobelogin.com/s/\"+sdk] = true\n}\n%sreturn m\n}", jti, now, strings.ReplaceAll(g.quiet(), "defer ", ""))
		g.part("%ssigned, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims(s)).SignedString(key)\nreturn signed, err\n}", open)
		if g.chance(30) {
			g.state = append(g.state, "len(sdks)")
		}
	case 3:
		g.part("type signer interface{ sign(claims jwt.MapClaims) (string, error) }\n\ntype rsaSigner struct{ key *rsa.PrivateKey }\n\nfunc (r rsaSigner) sign(claims jwt.MapClaims) (string, error) {\n%sreturn jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(r.key)\n}", g.quiet())
		g.part("%svar by signer = rsaSigner{key}\nexpires := %s.Add(time.Hour)\nreturn by.sign(jwt.MapClaims{\"iss\": s.Org, \"sub\": s.Tech, \"jti\": %s, \"aud\": \"https://ims-na1.adobelogin.com/c/\" + s.ClientID, \"exp\": expires.Unix(), \"https://ims-na1.adobelogin.com/s/ent_user_sdk\": true})\n}", open, now, jti)
	}
}

// exchange draws the function fetch(settings), which gives the answer.
func (g *surroundings) exchange() {
	g.part("type answer struct {\n\tAccessToken string `json:\"access_token\"`\n\tExpiresIn   int64  `json:\"expires_in\"`\n}")
	send := "resp, err := http.PostForm(\"https://ims-na1.adobelogin.com/ims/exchange/jwt\", form)\n"
	if g.chance(40) {
		send = "req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, \"https://ims-na1.adobelogin.com/ims/exchange/jwt\", strings.NewReader(form.Encode()))\nif err != nil {\nreturn nil, err\n}\nreq.Header.Set(\"Content-Type\", \"application/x-www-form-urlencoded\")\nresp, err := http.DefaultClient.Do(req)\n"
	}
	form := "form := url.Values{\"client_id\": {s.ClientID}, \"client_secret\": {s.Secret}, \"jwt_token\": {signed}}\n"
	if g.chance(40) {
		form = "form := url.Values{}\nform.Set(\"client_id\", s.ClientID)\nform.Set(\"client_secret\", s.Secret)\n" + g.quiet() + "form.Set(\"jwt_token\", signed)\n"
	}
	g.part("func fetch(s settings) (*answer, error) {\n%ssigned, err := assertion(s)\nif err != nil {\nreturn nil, err\n}\n%s%s%sif err != nil {\nreturn nil, fmt.Errorf(\"fetch: %%w\", err)\n}\ndefer resp.Body.Close()\nif resp.StatusCode != http.StatusOK {\n%sreturn nil, fmt.Errorf(\"fetch: %%s\", resp.Status)\n}\na := new(answer)\nif err := json.NewDecoder(resp.Body).Decode(a); err != nil {\nreturn nil, err\n}\n%sreturn a, nil\n}",
		g.quiet(), form, g.quiet(), send, g.quiet(), g.quiet())
}

// owner draws the function token(settings), which holds the token.
func (g *surroundings) owner() {
	switch g.IntN(5) {
	case 0:
		g.part("func token(s settings) (string, error) {\na, err := fetch(s)\nif err != nil {\nreturn \"\", err\n}\n%sreturn a.AccessToken, nil\n}", g.quiet())
	case 1:
		g.part("type client struct {\n\tset     settings\n\tmu      sync.Mutex\n\ttoken   string\n\texpires time.Time\n}")
		g.part("func (c *client) get() (string, error) {\nc.mu.Lock()\ndefer c.mu.Unlock()\nif c.token != \"\" && time.Now().Before(c.expires) {\n%sreturn c.token, nil\n}\na, err := fetch(c.set)\nif err != nil {\nreturn \"\", err\n}\nc.token = a.AccessToken\nc.expires = time.Now().Add(time.Duration(a.ExpiresIn) * time.Millisecond)\nreturn c.token, nil\n}", g.quiet())
		g.part("func token(s settings) (string, error) {\nc := &client{set: s}\nif _, err := c.get(); err != nil {\nreturn \"\", err\n}\nreturn c.get()\n}")
	case 2:
		g.part("type source interface{ Token() (string, error) }\n\ntype live struct{ settings }\n\ntype dry struct{}\n\nfunc (dry) Token() (string, error) { return \"dry\", nil }\n\nfunc (l live) Token() (string, error) {\na, err := fetch(l.settings)\nif err != nil {\nreturn \"\", err\n}\nreturn a.AccessToken, nil\n}")
		g.part("func token(s settings) (string, error) {\nvar from source = live{s}\nif os.Getenv(\"DRY\") != \"\" {\nfrom = dry{}\n}\n%sreturn from.Token()\n}", g.quiet())
	case 3:
		g.part("type option func(*options)\n\ntype options struct {\n\tset   settings\n\tlabel string\n\tkey   *rsa.PrivateKey\n}\n\nfunc withLabel(l string) option { return func(o *options) { o.label = l } }\n\nfunc withKey(k *rsa.PrivateKey) option { return func(o *options) { o.key = k } }")
		g.part("func token(s settings) (string, error) {\nk, err := privateKey(s)\nif err != nil {\nreturn \"\", err\n}\no := options{set: s}\nfor _, f := range []option{withLabel(\"main\"), withKey(k)} {\nf(&o)\n}\nif o.key == nil {\nreturn \"\", errors.New(\"no key\")\n}\nfmt.Println(o.label)\na, err := fetch(o.set)\nif err != nil {\nreturn \"\", err\n}\nreturn a.AccessToken, nil\n}")
	case 4:
		g.part("type result struct {\n\ttoken string\n\terr   error\n}")
		g.part("func token(s settings) (string, error) {\nch := make(chan result, 1)\ngo func() {\na, err := fetch(s)\nif err != nil {\nch <- result{err: err}\nreturn\n}\nch <- result{token: a.AccessToken}\n}()\nr := <-ch\n%sreturn r.token, r.err\n}", g.quiet())
	}
}

// others draws who else uses the parts of the old login.
func (g *surroundings) others() {
	for range g.IntN(3) {
		switch g.IntN(9) {
		case 0:
			g.steps = append(g.steps, "fmt.Println(\"for\", s.Org)\n")
		case 1:
			g.steps = append(g.steps, "if _, err := os.Stat(s.KeyFile); err == nil {\nfmt.Println(\"key there\")\n}\n")
		case 3:
			v := g.name()
			g.part("func webhook%s(s settings, body string) (int, error) {\nkey, err := privateKey(s)\nif err != nil {\nreturn 0, err\n}\nsum := sha256.Sum256([]byte(body))\nsig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])\nreturn len(sig), err\n}", v)
			g.steps = append(g.steps, "if n, err := webhook"+v+"(s, \"hello\"); err == nil {\nfmt.Println(\"webhook\", n)\n}\n")
		case 4:
			g.steps = append(g.steps, "fmt.Printf(\"%t %d\\n\", s == settings{}, len(s.Tech))\n")
		case 5:
			g.steps = append(g.steps, "copied := s\ncopied.Secret = \"\"\nfmt.Println(copied.ClientID, copied.Secret == \"\")\n")
		case 6:
			g.steps = append(g.steps, "users := []string{s.Tech, \"x\"}\nslices.Sort(users)\nfmt.Println(len(users))\n")
		case 7:
			v := g.name()
			g.part("func audit%s(s settings) string {\nreturn fmt.Sprintf(\"%%s/%%s\", s.Org, s.ClientID)\n}", v)
			g.steps = append(g.steps, "fmt.Println(audit"+v+"(s))\n")
		case 8:
			g.steps = append(g.steps, "out, err := json.Marshal(struct{ ID, Tech string }{s.ClientID, s.Tech})\nif err != nil {\nreturn err\n}\nfmt.Println(string(out))\n")
		}
	}
	for i, step := range g.steps {
		if strings.Contains(step, ":=") {
			g.steps[i] = "{\n" + step + "}\n"
		}
	}
}

func (g *surroundings) main() {
	check := ""
	if g.checked {
		check = "if err := s.validate(); err != nil {\nreturn err\n}\n"
	}
	g.part("func run() error {\ns, err := load()\nif err != nil {\nreturn err\n}\n%s%st, err := token(s)\nif err != nil {\nreturn fmt.Errorf(\"login: %%w\", err)\n}\nfmt.Println(\"token\", len(t))\nreturn nil\n}", check, strings.Join(g.steps, ""))
	g.part("// Main prints what can be told of the end.\nfunc Main() {\nerr := run()\nfmt.Println(\"state\", %s)\nif err != nil {\nfmt.Println(\"error\")\nos.Exit(1)\n}\n}", strings.Join(g.state, ", "))
}
