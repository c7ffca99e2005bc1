package outcome

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"sync"
	"testing"

	"jwtretire.example/fixer/change"
	"jwtretire.example/fixer/outcome/emit"
	"jwtretire.example/fixer/outcome/evaluate"
	"jwtretire.example/fixer/outcome/value"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/fixer/syntax"
	"jwtretire.example/internal/load"
)

const source = `package p

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
)

var (
	_ = json.Unmarshal
	_ = errors.New
	_ = fmt.Sprint
	_ = io.ReadAll
	_ = log.Fatal
	_ = os.Exit
	_ = strings.Contains
)

type answer struct {
	AccessToken string ` + "`json:\"access_token\"`" + `
	Error       string ` + "`json:\"error\"`" + `
}

var errAuth = errors.New("not authorised")

var count int

var form url.Values

func send() (*http.Response, error) { return http.PostForm("https://ims-na1.adobelogin.com", form) }

func check(resp *http.Response) error {
	if resp.StatusCode == 401 {
		return errAuth
	}
	return nil
}

func use(...any) {}

var end = func() { os.Exit(count) }

func init() {
	if count > 3 {
		end = func() {}
	}
}

func fetch() (string, error) {
`

// std is the standard library, type-checked once from its sources.
var std = sync.OnceValue(func() types.Importer { return importer.ForCompiler(token.NewFileSet(), "source", nil) })

// evaluated prepares the evaluation of a function body, after the first call of http.PostForm in it.
func evaluated(t *testing.T, body string) (*evaluate.Run, error) {
	t.Helper()
	fset := token.NewFileSet()
	src := source + body + "\n}\n"
	file, err := parser.ParseFile(fset, "/m/p.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	pkg := &load.Package{Path: "example.com/p", Name: "p", Dir: "/m", Fset: fset, Files: []string{"/m/p.go"}, Syntax: []*ast.File{file},
		Source: map[string][]byte{"/m/p.go": []byte(src)},
		Info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{}, Instances: map[*ast.Ident]types.Instance{}}}
	conf := types.Config{Importer: std()}
	if pkg.Types, err = conf.Check(pkg.Path, fset, pkg.Syntax, pkg.Info); err != nil {
		t.Fatal(err)
	}
	ix := syntax.NewIndex([]*load.Package{pkg})
	var call *ast.CallExpr
	var f *syntax.File
	for _, g := range ix.Files {
		f = g
	}
	ast.Inspect(file, func(n ast.Node) bool {
		d, ok := n.(*ast.FuncDecl)
		if ok && d.Name.Name != "fetch" {
			return false
		}
		if c, ok := n.(*ast.CallExpr); ok && call == nil && strings.HasPrefix(f.Text(c), "http.PostForm(") {
			call = c
		}
		return true
	})
	if call == nil {
		t.Fatal("the body does not send")
	}
	r := newRun(ix, evaluate.Exchange{Func: ix.Enclosing(f, call), Call: call, Millis: true, Closed: true}, evaluate.Names{Token: "tok", Lifetime: "expiresIn"})
	return r, name(r)
}

// settled evaluates until no round asks for more.
func settled(t *testing.T, r *evaluate.Run) error {
	t.Helper()
	for range maxRounds {
		more, err := round(r)
		if w, ok := errors.AsType[*evaluate.FillRequest](err); ok {
			r.Fill[w.Fill] = true
			continue
		}
		if err != nil || !more {
			return err
		}
	}
	return errors.New("no end")
}

const sent = "resp, err := http.PostForm(\"x\", form)\n"

// The exchange is found in the forms that people write it in: how many lists of statements are around it, the innermost
// first, or why it is declined.
func TestNormalise(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		frames     int
		code       reason.Code
	}{
		{"assignment", sent + "use(resp)\nreturn \"\", err", 1, ""},
		{"head of an if", "if resp, err := http.PostForm(\"x\", form); err != nil {\nreturn \"\", err\n} else {\nuse(resp)\n}\nreturn \"\", nil", 1, ""},
		{"else if", "if count > 0 {\nreturn \"\", nil\n} else if resp, err := http.PostForm(\"x\", form); err == nil {\nuse(resp)\n}\nreturn \"\", nil", 2, ""},
		{"head of a switch", "switch resp, err := http.PostForm(\"x\", form); {\ncase err != nil:\nreturn \"\", err\ndefault:\nuse(resp)\n}\nreturn \"\", nil", 1, ""},
		{"in a loop", "for range 3 {\n" + sent + "use(resp, err)\n}\nreturn \"\", nil", 2, ""},
		{"in a case in a loop", "for range 3 {\nswitch count {\ncase 1:\n" + sent + "use(resp, err)\n}\n}\nreturn \"\", nil", 3, ""},
		{"in a block", "{\n" + sent + "use(resp, err)\n}\nreturn \"\", nil", 2, ""},
		{"a declaration", "var resp, err = http.PostForm(\"x\", form)\nuse(resp)\nreturn \"\", err", 1, ""},
		{"an argument", "use(http.PostForm(\"x\", form))\nreturn \"\", nil", 1, ""},
		{"condition of an if", "if got := fmt.Sprint(http.PostForm(\"x\", form)); got == \"\" {\n}\nreturn \"\", nil", 1, ""},
		{"head of a loop", "for resp, err := http.PostForm(\"x\", form); err == nil; {\nuse(resp)\n}\nreturn \"\", nil", 0, reason.Nested},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := evaluated(t, tt.body)
			if code(err) != tt.code {
				t.Fatalf("error %v, want code %q", err, tt.code)
			}
			if err == nil && len(r.Frames) != tt.frames {
				t.Errorf("%d lists, want %d", len(r.Frames), tt.frames)
			}
		})
	}
}

func code(err error) reason.Code {
	if r, ok := errors.AsType[*reason.Error](err); ok {
		return r.Code
	}
	return ""
}

// What is known of an expression at the end, in an outcome: true, false or nothing, or the statuses for which it is true.
func TestEvaluate(t *testing.T) {
	const decoded = "var a answer\nif err := json.NewDecoder(resp.Body).Decode(&a); err != nil {\nreturn \"\", err\n}\n"
	for _, tt := range []struct {
		before, expr string
		what         value.Outcome
		want         string
	}{
		{"", "err != nil", evaluate.Granted, "false"},
		{"", "err != nil", evaluate.Failed, "true"},
		{"", "err != nil", evaluate.Refused, "false"},
		{"", "resp == nil", evaluate.Failed, "true"},
		{"", "resp.StatusCode == http.StatusOK", evaluate.Granted, "true"},
		{"", "resp.StatusCode/100 != 2", evaluate.Granted, "false"},
		{"", "resp.StatusCode == 401 || resp.StatusCode == 403", evaluate.Refused, "401 403"},
		{"", "resp.StatusCode > 400 && resp.StatusCode%100 == 3 && resp.StatusCode < 450", evaluate.Refused, "403"},
		{"", "!(resp.StatusCode != 503)", evaluate.Refused, "503"},
		{"code := resp.StatusCode", "code == 429", evaluate.Refused, "429"},
		{"ok := resp.StatusCode == 418", "ok", evaluate.Refused, "418"},
		{"if resp.StatusCode != 404 {\nreturn \"\", errAuth\n}", "resp.StatusCode == 404", evaluate.Refused, "true"},
		{"if resp.StatusCode >= 500 {\nreturn \"\", errAuth\n}", "resp.StatusCode < 500", evaluate.Refused, "true"},
		{"", "count > 0", evaluate.Granted, "unknown"},
		{"", "err == nil && count > 0", evaluate.Failed, "false"},
		{"", "err == nil || count > 0", evaluate.Granted, "true"},
		{"count = 3", "count == 3", evaluate.Granted, "unknown"}, // a package variable: others may write it
		{"n := 3", "n == 3", evaluate.Granted, "true"},
		{"n := 3\nfunc() { n = 4 }()", "n == 3", evaluate.Granted, "unknown"},
		{decoded, "a.AccessToken == \"\"", evaluate.Granted, "false"},
		{decoded, "len(a.AccessToken) > 0", evaluate.Granted, "true"},
		{decoded, "a.Error != \"\"", evaluate.Granted, "false"},
		{"", "check(resp) == nil", evaluate.Granted, "true"},
		{"body, err := io.ReadAll(resp.Body)\nif resp.StatusCode != 200 {\nuse(body)\n}", "err != nil", evaluate.Granted, "false"},
		{"", "errors.Is(err, errAuth)", evaluate.Granted, "false"},
	} {
		t.Run(tt.expr+" after "+tt.before, func(t *testing.T) {
			r, err := evaluated(t, sent+tt.before+"\nuse("+tt.expr+", resp, err)\nreturn \"\", nil")
			if err != nil {
				t.Fatal(err)
			}
			list := r.Ex.Func.Body.List
			use := list[len(list)-2].(*ast.ExprStmt).X.(*ast.CallExpr)
			got := "not reached"
			func() {
				defer evaluate.Catch(&err)
				ev := &evaluate.Evaluator{Run: r, What: tt.what, F: r.Ex.Func.File, D: r.Ex.Func, Args: map[types.Object]value.Value{}}
				r.Decisions, r.TokenDecodings, r.Targets = map[ast.Node][2]bool{}, map[ast.Node]bool{}, map[types.Object]bool{}
				r.Why, r.Entered, r.Changed = map[ast.Node]error{}, map[evaluate.Entry]bool{}, map[ast.Node]evaluate.Rendering{}
				en, _ := ev.Start(r.Stmt, r.Ex.Call, r.Chain(ev))
				if _, falls := ev.List(list[1:len(list)-2], en); falls {
					got = truths(ev.Eval(use.Args[0], en), en)
				}
			}()
			if err != nil || got != tt.want {
				t.Errorf("%s (%v), want %s", got, err, tt.want)
			}
		})
	}
}

func truths(v value.Value, en *value.Env) string {
	var yes []string
	no := 0
	for _, s := range en.Status {
		switch v.Fact(s).Truth() {
		case 1:
			yes = append(yes, fmt.Sprint(s))
		case 0:
			no++
		default:
			return "unknown"
		}
	}
	switch {
	case no == 0:
		return "true"
	case len(yes) == 0:
		return "false"
	}
	return strings.Join(yes, " ")
}

// What is left of the statements in an outcome.
func TestSpecialise(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		what       value.Outcome
		want       string
	}{
		{"a certain condition goes", "if err != nil {\nuse(1)\nreturn \"\", err\n}\nuse(2)", evaluate.Granted, "use(2)"},
		{"and its branch stays", "if err != nil {\nuse(1)\nreturn \"\", err\n}\nuse(2)", evaluate.Failed, "use(1)\nreturn \"\", err"},
		{"a status is said by the refusal", "if resp.StatusCode == 401 {\nuse(1)\n}", evaluate.Refused, "if refused.Response.StatusCode == 401 {\nuse(1)\n}"},
		{"what was asked is known behind", "if resp.StatusCode == 401 {\nreturn \"\", errAuth\n}\nif resp.StatusCode == 401 {\nuse(1)\n}", evaluate.Refused,
			"if refused.Response.StatusCode == 401 {\nreturn \"\", errAuth\n}"},
		{"else stays in place", "if resp.StatusCode == 200 {\nuse(1)\n} else {\nuse(2)\n}", evaluate.Granted, "use(1)"},
		{"a discarded call stays", "_ = os.Remove(\"x\")", evaluate.Granted, "_ = os.Remove(\"x\")"},
		{"a switch has the cases that can be", "switch resp.StatusCode {\ncase 200:\nuse(1)\ncase 401:\nuse(2)\ndefault:\nuse(3)\n}", evaluate.Granted, "use(1)"},
		{"closing the answer goes", "defer resp.Body.Close()\nuse(2)", evaluate.Granted, "use(2)"},
		{"the error of closing is nil", "var a answer\nerr = json.NewDecoder(resp.Body).Decode(&a)\nif cerr := resp.Body.Close(); err == nil {\nerr = cerr\n}\nif err != nil {\nuse(1)\nreturn \"\", err\n}\nif a.AccessToken == \"\" {\nuse(2)\nreturn \"\", errAuth\n}\nuse(a.AccessToken)", evaluate.Granted,
			"use(tok.AccessToken)"},
		{"and a decoding that may fail keeps its own", "var a answer\nerr = json.NewDecoder(resp.Body).Decode(&a)\nif cerr := resp.Body.Close(); err == nil {\nerr = cerr\n}\nif err != nil {\nuse(1)\nreturn \"\", err\n}\nif a.AccessToken == \"\" {\nuse(2)\nreturn \"\", errAuth\n}\nuse(a.AccessToken)", evaluate.Refused,
			"var a answer\nerr = json.NewDecoder(bytes.NewReader(refused.Body)).Decode(&a)\nif err != nil {\nuse(1)\nreturn \"\", err\n}\nuse(2)\nreturn \"\", errAuth"},
		{"an effect that is deferred stays", "defer use(2)", evaluate.Refused, "defer use(2)"},
		{"the end of the program", "if resp.StatusCode != 200 {\nos.Exit(3)\n}", evaluate.Refused, "if refused.Response.StatusCode != 200 {\nos.Exit(3)\n}"},
		{"the end of the program in a function literal", "fail := func(n int) {\nuse(n)\nos.Exit(n)\n}\nif err != nil {\nfail(1)\n}\nuse(resp.Status)", evaluate.Failed,
			"fail := func(n int) {\nuse(n)\nos.Exit(n)\n}\nfail(1)"},
		{"the end of the program in a variable", "die := log.Fatal\nif err != nil {\ndie(1)\n}\nuse(resp.Status)", evaluate.Failed, "die := log.Fatal\ndie(1)"},
		{"the body is that of the refusal", "if resp.StatusCode != 200 {\nb, _ := io.ReadAll(resp.Body)\nuse(b)\n}", evaluate.Refused, "if refused.Response.StatusCode != 200 {\nuse(refused.Body)\n}"},
		{"also through a limit that oauth2 has", "if resp.StatusCode != 200 {\nb, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))\nuse(b)\n}", evaluate.Refused, "if refused.Response.StatusCode != 200 {\nuse(refused.Body)\n}"},
		{"a shorter one is read again", "if resp.StatusCode != 200 {\nb, err := io.ReadAll(io.LimitReader(resp.Body, 64))\nif err != nil {\nreturn \"\", err\n}\nuse(b)\n}", evaluate.Refused,
			"if refused.Response.StatusCode != 200 {\nb, _ := io.ReadAll(io.LimitReader(bytes.NewReader(refused.Body), 64))\nuse(b)\n}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := evaluated(t, sent+"_, _ = resp, err\n"+tt.body+"\nreturn \"\", nil")
			if err == nil {
				err = settled(t, r)
			}
			if err != nil {
				t.Fatal(err)
			}
			items := evaluate.Prune(r.Worlds[tt.what].Levels[0].Items)
			got := strings.NewReplacer("«", "", "»", "", "net/http", "http", "encoding/json", "json").Replace((&evaluate.Printer{}).List(items))
			got = strings.TrimSuffix(strings.TrimSpace(got), "return \"\", nil")
			if got = strings.TrimSpace(got); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// Two ways to deal with errors are alike where nobody can tell one from the other.
func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		name, refused, failed string // what is done about both
		alike                 bool
	}{
		{"plain errors", `return "", fmt.Errorf("status %d", resp.StatusCode)`, `return "", fmt.Errorf("send: %w", err)`, true},
		{"a sentinel", `return "", errAuth`, `return "", err`, false},
		{"a wrapped sentinel", `return "", fmt.Errorf("%w: no", errAuth)`, `return "", err`, false},
		{"another value beside", `return "old", errors.New("a")`, `return "", errors.New("b")`, false},
		{"an effect more", "count++\nreturn \"\", errors.New(\"a\")", `return "", err`, false},
		{"the same effect", "count++\nreturn \"\", errors.New(\"a\")", "count++\nreturn \"\", err", true},
		{"another exit code", "os.Exit(2)", "os.Exit(3)", false},
		{"fatal texts", "log.Fatal(resp.Status)", "log.Fatal(err)", true},
		{"a text that is printed", `fmt.Println("refused")`, `fmt.Println("failed")`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := evaluated(t, sent+"if err != nil {\n"+tt.failed+"\n}\nif resp.StatusCode != 200 {\n"+tt.refused+"\n}\n"+
				"var a answer\nif err := json.NewDecoder(resp.Body).Decode(&a); err != nil {\n"+tt.failed+"\n}\nreturn a.AccessToken, nil")
			if err == nil {
				err = settled(t, r)
			}
			if err != nil {
				t.Fatal(err)
			}
			e := &emit.Emitter{Run: r}
			refused, _ := e.At(evaluate.Refused, 0)
			failed, _ := e.At(evaluate.Failed, 0)
			part := e.ErrorsOf(evaluate.Flat(refused), evaluate.Flat(failed), true, true, false)
			if got := len(evaluate.Flat(part.Refused)) == 0; got != tt.alike {
				t.Errorf("alike %v, want %v: what is left of the refusal is\n%s", got, tt.alike, (&evaluate.Printer{}).List(part.Refused))
			}
		})
	}
}

// The change that is written, by what it says and what it takes, and the remarks with it.
func TestEmit(t *testing.T) {
	const decodes = "var a answer\nif err := json.NewDecoder(resp.Body).Decode(&a); err != nil {\nreturn \"\", err\n}\nreturn a.AccessToken, nil"
	const life = "if err != nil {\nreturn \"\", err\n}\nif resp.StatusCode != 200 {\nreturn \"\", errors.New(\"no\")\n}\nvar l struct {\nAccessToken string `json:\"access_token\"`\nExpiresIn int `json:\"expires_in\"`\n}\nif err := json.NewDecoder(resp.Body).Decode(&l); err != nil {\nreturn \"\", err\n}\n"
	for _, tt := range []struct {
		name, body string
		says       []string // in the texts that come
		never      string   // not in them
		looks      []safety.Look
		code       reason.Code
	}{
		{name: "one check for both errors", body: "if err != nil {\nreturn \"\", err\n}\nif resp.StatusCode != 200 {\nreturn \"\", errors.New(resp.Status)\n}\n" + decodes,
			says: []string{"err := config.Token(ctx)"}, never: "RetrieveError"},
		{name: "a branch of its own", body: "if err != nil {\nreturn \"\", err\n}\nif resp.StatusCode == 401 {\nreturn \"\", errAuth\n}\nif resp.StatusCode != 200 {\nreturn \"\", errors.New(\"no\")\n}\n" + decodes,
			says: []string{"errors».As(err, &refused) && refused.Response.StatusCode == 401", "return \"\", errAuth"}},
		{name: "a refusal that is not looked at", body: "if err != nil {\nreturn \"\", err\n}\nvar a answer\nif err := json.NewDecoder(resp.Body).Decode(&a); err != nil {\nreturn \"\", err\n}\nreturn a.AccessToken, nil",
			says: []string{"tok.AccessToken"}, looks: []safety.Look{safety.Unchecked}},
		{name: "an answer that is no token does something else", body: "if err != nil {\nreturn \"\", err\n}\nif resp.StatusCode != 200 {\nreturn \"\", err\n}\nvar a answer\nif err := json.NewDecoder(resp.Body).Decode(&a); err != nil {\ncount++\nreturn \"\", err\n}\nreturn a.AccessToken, nil",
			looks: []safety.Look{safety.Garbled}},
		{name: "an effect before an answer is read that is not there", body: "if err != nil {\ncount++\n}\nif resp.StatusCode != 200 {\nreturn \"\", errAuth\n}\n" + decodes,
			says: []string{"errors».As(err, &refused)", "if err != nil {\ncount++\npanic("}},
		{name: "a call that may end the program", body: "if err != nil {\nend()\n}\nif resp.StatusCode != 200 {\nend()\n}\n" + decodes,
			says: []string{"if err != nil {\nend()\npanic("}},
		{name: "an answer that is not there is read on one way only", body: "if err != nil {\nif count > 0 {\nuse(resp.Status)\n}\nreturn \"\", errAuth\n}\nif resp.StatusCode != 200 {\nreturn \"\", err\n}\n" + decodes,
			says: []string{"if count > 0 {\npanic("}},
		{name: "only an answer that is not there is read", body: "_ = err\nif resp.StatusCode != 200 {\nreturn \"\", errAuth\n}\n" + decodes, never: "panic"},
		{name: "the name of an error in the text of the answer", body: "if err != nil {\nreturn \"\", err\n}\nraw, err := io.ReadAll(resp.Body)\nif err != nil {\nreturn \"\", err\n}\nif strings.Contains(string(raw), `\"error\"`) {\ncount++\nreturn \"\", errAuth\n}\nvar a answer\nif err := json.Unmarshal(raw, &a); err != nil {\nreturn \"\", err\n}\nreturn a.AccessToken, nil",
			says: []string{"«strings».Contains(string(refused.Body), `\"error\"`)", "count++"}},
		{name: "a word in the text of the answer", body: "if err != nil {\nreturn \"\", err\n}\nraw, err := io.ReadAll(resp.Body)\nif err != nil {\nreturn \"\", err\n}\nif strings.Contains(string(raw), \"error\") {\nreturn \"\", errAuth\n}\nvar a answer\nif err := json.Unmarshal(raw, &a); err != nil {\nreturn \"\", err\n}\nreturn a.AccessToken, nil", code: reason.ValueUnavailable},
		{name: "minutes of milliseconds", body: life + "use(l.ExpiresIn / 60000)\nreturn l.AccessToken, nil", says: []string{"int(expiresIn) / 60"}},
		{name: "a part of milliseconds", body: life + "use(l.ExpiresIn / 4)\nreturn l.AccessToken, nil", says: []string{"int(expiresIn * 250)"}},
		{name: "a divisor that leaves a rest", body: life + "use(l.ExpiresIn / 7)\nreturn l.AccessToken, nil", says: []string{"int(expiresIn * 1000)"}, never: "/ 60"},
		{name: "arithmetic on nothing", body: "if err != nil {\nreturn \"\", err\n}\nif resp.StatusCode != 200 {\nreturn \"\", errAuth\n}\nvar l struct {\nAccessToken string `json:\"access_token\"`\nExpiresIn int `json:\"expires_in\"`\n}\nerr = json.NewDecoder(resp.Body).Decode(&l)\nuse(l.ExpiresIn / 1000 / 60)\nreturn l.AccessToken, err",
			says: []string{"use(0)"}, never: "0 / 1000"},
		{name: "a type that only the granted outcome names", body: "if err != nil {\nreturn \"\", err\n}\ntype reply struct {\nAccessToken string `json:\"access_token\"`\n}\nif resp.StatusCode == 401 {\ncount++\nreturn \"\", errAuth\n}\nif resp.StatusCode != 200 {\nreturn \"\", err\n}\nvar a reply\nif err := json.NewDecoder(resp.Body).Decode(&a); err != nil {\nreturn \"\", err\n}\nreturn a.AccessToken, nil",
			says: []string{"count++"}, never: "type reply"},
		{name: "a header", body: "if err != nil {\nreturn \"\", err\n}\nuse(resp.Header.Get(\"X-Id\"))\nreturn \"\", nil", code: reason.ValueUnavailable},
		{name: "the answer leaves", body: "use(resp)\nreturn \"\", err", code: reason.ValueUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := evaluated(t, sent+tt.body)
			if err != nil {
				t.Fatal(err)
			}
			set := change.NewSet()
			err = Rewrite(r.Ix, *r.Ex, evaluate.Names{Token: "tok", Lifetime: "expiresIn"}, emit.Fetch{Call: change.Text{Src: "config.Token(ctx)"}}, set)
			if code(err) != tt.code {
				t.Fatalf("error %v, want code %q", err, tt.code)
			}
			if err != nil && !set.Empty() {
				t.Error("it failed and changed something")
			}
			var texts []string
			for _, text := range set.Replace {
				texts = append(texts, text.Src)
			}
			for _, text := range set.Before {
				texts = append(texts, text.Src)
			}
			all := strings.Join(texts, "\n")
			for _, want := range tt.says {
				if !strings.Contains(all, want) {
					t.Errorf("nothing says %q in\n%s", want, all)
				}
			}
			if tt.never != "" && strings.Contains(all, tt.never) {
				t.Errorf("%q is said in\n%s", tt.never, all)
			}
			var looks []safety.Look
			for _, l := range set.Looks {
				looks = append(looks, l)
			}
			for _, want := range tt.looks {
				if !slices.Contains(looks, want) {
					t.Errorf("no remark %s, only %v", want, looks)
				}
			}
		})
	}
}
