package outcomes

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A generator draws one program.
type generator struct {
	*rand.Rand
	named  bool // the results have names
	inLoop bool
	fresh  int
}

func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }
func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }
func (g *generator) name() string            { g.fresh++; return fmt.Sprintf("v%d", g.fresh) }

const head = `
import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var (
	_ = bytes.NewReader
	_ = strings.NewReader
	_ = log.Fatal
	_ = io.ReadAll
	_ = json.Unmarshal
	_ = time.Now
	_ sync.Mutex
)

const exchange = "https://ims-na1.adobelogin.com/ims/exchange/jwt"

type answer struct {
	AccessToken string ` + "`json:\"access_token\"`" + `
	ExpiresIn   int    ` + "`json:\"expires_in\"`" + `
	Error       string ` + "`json:\"error\"`" + `
	Description string ` + "`json:\"error_description\"`" + `
}

var errAuth = errors.New("not authorised")

type apiError struct {
	Code int
	Text string
}

func (e *apiError) Error() string { return fmt.Sprint(e.Code, " ", e.Text) }

var (
	count  int
	last   string
	seen   = map[string]int{}
	alerts = make(chan string, 100)
	done   sync.WaitGroup
	ticks  atomic.Int64
	list   []string
)

type store struct {
	mu    sync.Mutex
	items int
}

func (s *store) add(item string) { s.items += len(item) }

var box store

func note(s string) error { fmt.Println("note", s); return nil }

func verbose() bool { return os.Getenv("VERBOSE") != "" }

func signed() (string, error) {
	pem, err := os.ReadFile(os.Getenv("ADOBE_KEY_FILE"))
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": os.Getenv("ADOBE_ORG"),
		"sub": os.Getenv("ADOBE_TECH"),
		"exp": time.Now().Add(time.Hour).Unix(),
		"https://ims-na1.adobelogin.com/s/ent_user_sdk": true,
	}).SignedString(key)
}

// Main prints what can be told of the end.
func Main() {
	t, err := token()
	done.Wait()
	close(alerts)
	for a := range alerts {
		fmt.Println("alert", a)
	}
	fmt.Println("state", count, ticks.Load(), last, seen, list, box.items)
	var ae *apiError
	switch {
	case errors.As(err, &ae):
		fmt.Println("error", ae.Code, ae.Text)
		os.Exit(4)
	case errors.Is(err, errAuth):
		fmt.Println("error auth")
		os.Exit(3)
	case err != nil:
		fmt.Println("error")
		os.Exit(1)
	}
	fmt.Println("token", len(t))
}
`

// program draws the source of one program, a package of that name.
func program(name string, rnd *rand.Rand) string {
	g := &generator{Rand: rnd}
	g.named = g.chance(20)
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n%s", name, head)
	send := g.one("http.PostForm(exchange, form)", "http.PostForm(exchange, form)", "http.DefaultClient.Do(req)", "post(form)")
	if g.chance(15) {
		send = "sendForm(form)"
		b.WriteString("\nfunc sendForm(form url.Values) (*http.Response, error) {\n\tc := &http.Client{}\n\treq, err := http.NewRequest(\"POST\", exchange, strings.NewReader(form.Encode()))\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\treq.Header.Set(\"Content-Type\", \"application/x-www-form-urlencoded\")\n\treturn c.Do(req)\n}\n")
	}
	if send == "post(form)" {
		b.WriteString("\nfunc post(form url.Values) (*http.Response, error) {\n\treturn http.PostForm(exchange, form)\n}\n")
	}
	main := &strings.Builder{}
	g.token(main, send)
	if strings.Contains(main.String(), "check(resp)") {
		fmt.Fprintf(&b, "\nfunc check(resp *http.Response) error {\n%s\treturn nil\n}\n", g.checker())
	}
	if strings.Contains(main.String(), "decode(resp.Body)") {
		b.WriteString("\nfunc decode(r io.Reader) (a answer, err error) {\n\terr = json.NewDecoder(r).Decode(&a)\n\treturn a, err\n}\n")
	}
	if strings.Contains(main.String(), "decodeAs[") {
		b.WriteString("\nfunc decodeAs[T any](resp *http.Response) (*T, error) {\n\tv := new(T)\n\tif err := json.NewDecoder(resp.Body).Decode(v); err != nil {\n\t\treturn nil, fmt.Errorf(\"decode: %w\", err)\n\t}\n\treturn v, nil\n}\n")
	}
	if strings.Contains(main.String(), "fill(resp") {
		b.WriteString("\nfunc fill(resp *http.Response, v any) error {\n" + g.one("", "\tif resp.StatusCode >= 500 {\n\t\treturn errAuth\n\t}\n", "\tif resp.StatusCode != 200 {\n\t\treturn &apiError{resp.StatusCode, \"fill\"}\n\t}\n") + "\treturn json.NewDecoder(resp.Body).Decode(v)\n}\n")
	}
	text := main.String()
	if g.chance(25) {
		text = strings.Replace(text, "func token() (", "func ask() (", 1) + g.asking()
	}
	b.WriteString(text)
	return b.String()
}

// asking draws a function token() that leaves the exchange to ask(), and tells a refusal by the token that is missing.
func (g *generator) asking() string {
	is := g.one("t == \"\"", "len(t) == 0", "!usable(t)")
	check := g.one("if "+is+" {\nreturn \"\", errAuth\n}\n", "switch {\ncase "+is+":\nreturn \"\", &apiError{0, \"nothing\"}\n}\n", "if missing := "+is+"; missing {\nlast = \"missing\"\nreturn \"\", errAuth\n}\n")
	return "\nfunc usable(t string) bool { return t != \"\" }\n\nfunc token() (string, error) {\nt, err := ask()\nif err != nil {\nreturn \"\", err\n}\n" + check + "return t, nil\n}\n"
}

func (g *generator) checker() string {
	switch g.IntN(4) {
	case 0:
		return "if resp.StatusCode != http.StatusOK {\nreturn &apiError{resp.StatusCode, \"x\"}\n}\n"
	case 1:
		return "if resp.StatusCode >= 400 {\nreturn fmt.Errorf(\"status %s\", resp.Status)\n}\n"
	case 2:
		return "switch {\ncase resp.StatusCode == 401:\nreturn errAuth\ncase resp.StatusCode > 399:\nb, _ := io.ReadAll(resp.Body)\nreturn &apiError{resp.StatusCode, string(b)}\n}\n"
	}
	return "if resp.StatusCode/100 == 2 {\nreturn nil\n}\nif resp.StatusCode == http.StatusForbidden {\nreturn errAuth\n}\nreturn errors.New(resp.Status)\n"
}

// token draws the function that fetches the token.
func (g *generator) token(b *strings.Builder, send string) {
	w := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	results := "(string, error)"
	if g.named {
		results = "(tok string, err error)"
	}
	w("\nfunc token() %s {", results)
	if g.named && g.chance(50) {
		w("defer func() {\nif err != nil {\nerr = fmt.Errorf(\"token: %%w\", err)\n}\n}()")
	}
	w("s, err := signed()\nif err != nil {\nreturn \"\", err\n}")
	w("form := url.Values{\"client_id\": {os.Getenv(\"ADOBE_CLIENT_ID\")}, \"client_secret\": {os.Getenv(\"ADOBE_CLIENT_SECRET\")}, \"jwt_token\": {s}}")
	request := func() {
		if strings.Contains(send, "Do(req)") {
			w("req, err := http.NewRequest(http.MethodPost, exchange, strings.NewReader(form.Encode()))\nif err != nil {\nreturn \"\", err\n}")
			w("req.Header.Set(\"Content-Type\", \"application/x-www-form-urlencoded\")")
		}
	}
	switch g.IntN(8) {
	case 0: // a loop around the sending
		request()
		w("var resp *http.Response\nfor i := 0; i < 3; i++ {")
		w("resp, err = %s", send)
		w("if %s {\nbreak\n}", g.one("err == nil", "err == nil && resp.StatusCode < 500", "err == nil && resp.StatusCode == http.StatusOK"))
		w("%s}", g.effects(2, false))
		w("if err != nil {\n%sreturn \"\", %s\n}", g.effects(1, false), g.plain())
		g.rest(b)
		w("}")
	case 1: // a loop around all
		w("for i := 0; ; i++ {")
		request()
		w("resp, err := %s", send)
		w("if err != nil {\nif i < 2 {\n%scontinue\n}\n%sreturn \"\", %s\n}", g.effects(2, false), g.effects(1, false), g.plain())
		g.inLoop = true
		if g.chance(60) {
			w("if %s && i < 2 {\n%s%scontinue\n}", g.one("resp.StatusCode >= 500", "resp.StatusCode == http.StatusTooManyRequests", "resp.StatusCode != 200"), g.one("", "resp.Body.Close()\n"), g.effects(2, true))
		}
		g.rest(b)
		w("}\n}")
	case 3: // all in the branch of a success
		request()
		w("resp, err := %s\nif err != nil {\n%sreturn \"\", %s\n}", send, g.effects(1, false), g.plain())
		w("defer resp.Body.Close()\nif %s {", g.one("resp.StatusCode == http.StatusOK", "resp.StatusCode < 300", "resp.StatusCode/100 == 2"))
		w("%s}", g.decode())
		w("%s", g.effects(2, true))
		w("return \"\", %s\n}", g.one("errAuth", "&apiError{resp.StatusCode, resp.Status}", "fmt.Errorf(\"refused: %s\", resp.Status)"))
	case 4: // a switch without a tag
		request()
		w("resp, err := %s\nswitch {\ncase err != nil:\n%sreturn \"\", %s\ncase %s:\n%sdefault:\n%s}", send, g.effects(1, false), g.plain(),
			g.one("resp.StatusCode == 401", "resp.StatusCode >= 400", "resp.StatusCode != 200"), g.branch(), g.effects(1, true))
		g.rest(b)
		w("}")
	case 2: // in the head of an if
		request()
		w("resp, err := %s\nif err == nil {\ndefer resp.Body.Close()\n} else {\n%sreturn \"\", %s\n}", send, g.effects(1, false), g.plain())
		g.rest(b)
		w("}")
	default:
		request()
		w("resp, err := %s\nif err != nil {\n%sreturn \"\", %s\n}", send, g.effects(1, false), g.plain())
		g.rest(b)
		w("}")
	}
}

// rest draws what follows once there is an answer.
func (g *generator) rest(b *strings.Builder) {
	w := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	switch g.IntN(4) {
	case 0:
		w("defer func() { _ = resp.Body.Close() }()")
	case 1, 2:
		w("defer resp.Body.Close()")
	}
	b.WriteString(g.some(1))
	for range g.IntN(3) {
		b.WriteString(g.statusCheck())
	}
	b.WriteString(g.decode())
}

// some draws effects that happen whatever the answer.
func (g *generator) some(n int) string {
	if g.chance(70) {
		return ""
	}
	return g.effects(n, true)
}

func (g *generator) plain() string {
	return g.one("err", "err", `fmt.Errorf("send: %w", err)`, `errors.New("no connection")`)
}

// statusCheck draws a question about the status.
func (g *generator) statusCheck() string {
	cond := g.one("resp.StatusCode != http.StatusOK", "resp.StatusCode != 200", "resp.StatusCode >= 400", "resp.StatusCode/100 != 2",
		"resp.StatusCode == http.StatusUnauthorized", "resp.StatusCode >= 500", "resp.StatusCode == 400 || resp.StatusCode == 429", "!(resp.StatusCode < 300)",
		"resp.StatusCode > 399 && resp.StatusCode < 500", "resp.StatusCode < 200 || resp.StatusCode > 299")
	switch g.IntN(9) {
	case 0:
		return fmt.Sprintf("switch resp.StatusCode {\ncase http.StatusOK:\ncase http.StatusUnauthorized, http.StatusForbidden:\n%sdefault:\n%s}\n", g.branch(), g.branch())
	case 1:
		return fmt.Sprintf("switch {\ncase resp.StatusCode == 429:\n%scase resp.StatusCode >= 500:\n%s}\n", g.branch(), g.branch())
	case 2:
		return fmt.Sprintf("if err := check(resp); err != nil {\n%sreturn \"\", err\n}\n", g.effects(1, false))
	case 3:
		v := g.name()
		return fmt.Sprintf("if %s := resp.StatusCode; %s != 200 {\n%s}\n", v, v, g.branch())
	case 4:
		return fmt.Sprintf("if %s {\n%s} else if verbose() {\n%s}\n", cond, g.branch(), g.effects(1, false))
	case 5:
		v := g.name()
		return fmt.Sprintf("%s := %s\nif %s {\n%s}\n", v, cond, v, g.branch())
	}
	return fmt.Sprintf("if %s {\n%s}\n", cond, g.branch())
}

// branch draws what is done about a refusal: effects, and mostly a way out.
func (g *generator) branch() string {
	out := g.effects(2, true)
	switch g.IntN(12) {
	case 0, 1:
		return out + `return "", fmt.Errorf("token endpoint: %s", resp.Status)` + "\n"
	case 2, 3:
		return out + `return "", &apiError{resp.StatusCode, "refused"}` + "\n"
	case 4:
		return out + `return "", errAuth` + "\n"
	case 5:
		return out + `return "", fmt.Errorf("%w: %d", errAuth, resp.StatusCode)` + "\n"
	case 6:
		return out + fmt.Sprintf("os.Exit(%d)\n", 5+g.IntN(3))
	case 7:
		return out + `return "cached", nil` + "\n"
	case 8:
		if g.inLoop {
			return out + "if i < 2 {\ncontinue\n}\nreturn \"\", errAuth\n"
		}
		return out + `return "", errors.New("refused")` + "\n"
	case 9:
		v := g.name()
		return out + fmt.Sprintf("%s, _ := io.ReadAll(resp.Body)\nreturn \"\", &apiError{resp.StatusCode, string(%s)}\n", v, v)
	case 10:
		v := g.name()
		return out + fmt.Sprintf("var %s answer\n%sjson.NewDecoder(resp.Body).Decode(&%s)\nreturn \"\", &apiError{resp.StatusCode, %s.Error}\n", v, g.one("", "_ = "), v, v)
	}
	return out
}

// effects draws up to n statements that somebody can see. With an answer at hand some of them read it.
func (g *generator) effects(n int, answer bool) string {
	var out string
	for range g.IntN(n + 1) {
		kinds := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 25, 26, 27, 28, 29, 30, 31}
		if answer {
			kinds = append(kinds, 21, 22, 23, 24)
		}
		switch kinds[g.IntN(len(kinds))] {
		case 0:
			out += fmt.Sprintf("fmt.Println(%q)\n", g.name())
		case 1:
			out += "count++\n"
		case 2:
			out += "alerts <- \"refused\"\n"
		case 3:
			out += "done.Add(1)\ngo func() {\ndefer done.Done()\nticks.Add(1)\n}()\n"
		case 4:
			out += fmt.Sprintf("os.WriteFile(\"state\", []byte(%q), 0o600)\n", g.name())
		case 5:
			out += "http.Get(\"https://alerts.example/refused\")\n"
		case 6:
			out += fmt.Sprintf("defer fmt.Println(%q)\n", g.name())
		case 7:
			out += "seen[\"refused\"]++\n"
		case 8:
			out += "list = append(list, \"x\")\n"
		case 9:
			out += "_ = note(\"blank\")\n"
		case 10:
			out += fmt.Sprintf("note(%q)\n", g.name())
		case 11:
			out += "func() { count += 2 }()\n"
		case 12:
			out += "select {\ncase alerts <- \"s\":\ndefault:\n}\n"
		case 13:
			out += "for range 2 {\ncount++\n}\n"
		case 14:
			out += fmt.Sprintf("if err := note(%q); err != nil {\nreturn \"\", err\n}\n", g.name())
		case 15:
			v := g.name()
			out += fmt.Sprintf("%s := count + 1\nlast = fmt.Sprint(%s)\n", v, v)
		case 16:
			out += "last = \"refused\"\n"
		case 17:
			out += "for _, s := range []string{\"a\", \"b\"} {\nif s == \"b\" {\nbreak\n}\nlist = append(list, s)\n}\n"
		case 18:
			out += "switch count {\ncase 0:\ncount = 10\ndefault:\ncount--\n}\n"
		case 19:
			out += "if count > 2 {\nfmt.Println(\"often\")\n} else {\ncount++\n}\n"
		case 20:
			out += "delete(seen, \"refused\")\n"
		case 25:
			out += "later := func() { list = append(list, \"later\") }\nlater()\n"
			out = "{\n" + out + "}\n"
		case 26:
			out += "box.add(\"m\")\n"
		case 27:
			out += "if n, err := fmt.Println(\"printed\"); err == nil && n > 0 {\ncount += n\n}\n"
		case 28:
			l := "loop" + g.name()
			out += l + ":\nfor i := range 3 {\nfor j := range 3 {\nif j == 1 {\ncontinue " + l + "\n}\nif i == 2 {\nbreak " + l + "\n}\ncount++\n}\n}\n"
		case 29:
			out += "var kind any = count\nswitch k := kind.(type) {\ncase int:\ncount = k + 1\ncase string:\nlast = k\n}\n"
			out = "{\n" + out + "}\n"
		case 30:
			out += "box.mu.Lock()\nbox.items++\nbox.mu.Unlock()\n"
		case 31:
			out += "for k := range seen {\nif strings.HasPrefix(k, \"r\") {\ndelete(seen, k)\n}\n}\n"
		case 21:
			out += "fmt.Println(\"status\", resp.StatusCode/100)\n"
		case 22:
			out += "seen[fmt.Sprint(resp.StatusCode)]++\n"
		case 23:
			out += "last = http.StatusText(resp.StatusCode)\n"
		case 24:
			out += "if resp.StatusCode == 429 {\ncount += 100\n}\n"
		}
	}
	return out
}

// decode draws the decoding of the answer and what follows it.
func (g *generator) decode() string {
	access, failure, desc := "a.AccessToken", "a.Error", "a.Description"
	var out string
	failed := fmt.Sprintf("%sreturn \"\", %s\n", g.effects(1, false), g.one("err", `fmt.Errorf("decode: %w", err)`))
	switch g.IntN(11) {
	case 0:
		v := g.name()
		out = fmt.Sprintf("%s, err := io.ReadAll(%s)\nif err != nil {\nreturn \"\", err\n}\nvar a answer\nif err := json.Unmarshal(%s, &a); err != nil {\n%s}\n", v, g.one("resp.Body", "io.LimitReader(resp.Body, 1<<20)", "io.LimitReader(resp.Body, 1<<16)"), v, failed)
	case 1:
		out = fmt.Sprintf("a := new(answer)\nif err := json.NewDecoder(resp.Body).Decode(a); err != nil {\n%s}\n", failed)
	case 2:
		out = fmt.Sprintf("a, err := decode(resp.Body)\nif err != nil {\n%s}\n", failed)
	case 6:
		out = fmt.Sprintf("a, err := decodeAs[answer](resp)\nif err != nil {\n%s}\n", failed)
	case 7:
		out = fmt.Sprintf("var a answer\nif err := fill(resp, &a); err != nil {\n%s}\n", failed)
	case 3:
		out = g.one("var a answer\n_ = json.NewDecoder(resp.Body).Decode(&a)\n", "var a answer\njson.NewDecoder(resp.Body).Decode(&a)\n")
	case 4:
		m := g.name()
		out = fmt.Sprintf("%s := map[string]any{}\nif err := json.NewDecoder(resp.Body).Decode(&%s); err != nil {\n%s}\n", m, m, failed)
		tok := g.name()
		out += fmt.Sprintf("%s, ok := %s[\"access_token\"].(string)\nif !ok {\n%sreturn \"\", %s\n}\n", tok, m, g.effects(2, false), g.one("errAuth", `errors.New("no token")`, `fmt.Errorf("no token: %v", `+m+`["error"])`))
		return out + g.success(tok) + "return " + tok + ", nil\n"
	case 5:
		out = fmt.Sprintf("var buf bytes.Buffer\nif _, err := io.Copy(&buf, resp.Body); err != nil {\nreturn \"\", err\n}\nvar a answer\nif err := json.Unmarshal(buf.Bytes(), &a); err != nil {\n%s}\n", failed)
	default:
		out = fmt.Sprintf("var a answer\nif err := json.NewDecoder(resp.Body).Decode(&a); err != nil {\n%s}\n", failed)
	}
	if g.chance(30) {
		out += fmt.Sprintf("if %s {\n%sreturn \"\", %s\n}\n", g.one(failure+" != \"\"", "len("+failure+") > 0", failure+" != \"\" && "+access+" == \"\""), g.effects(2, false),
			g.one("errAuth", "errors.New("+failure+")", "fmt.Errorf(\"%s: %s\", "+failure+", "+desc+")", "&apiError{1, "+failure+"}"))
	}
	if g.chance(30) {
		out += fmt.Sprintf("if %s {\n%sreturn \"\", %s\n}\n", g.one(access+" == \"\"", "len("+access+") == 0"), g.effects(2, false), g.one("errAuth", `errors.New("no token")`, `&apiError{2, ""}`))
	}
	return out + g.success(access) + "return " + access + ", nil\n"
}

// success draws what is done once there is a token.
func (g *generator) success(access string) string {
	var out string
	for range g.IntN(3) {
		switch g.IntN(6) {
		case 0:
			out += "os.WriteFile(\"token\", []byte(" + access + "), 0o600)\n"
		case 1:
			out += "fmt.Println(\"logged in\")\n"
		case 2:
			out += "last = " + access + "\n"
		case 3:
			out += "count++\n"
		case 4:
			out += "if " + access + " == \"tok-1234\" {\nnote(\"known\")\n}\n"
		case 5:
			out += g.effects(1, false)
		}
	}
	return out
}
