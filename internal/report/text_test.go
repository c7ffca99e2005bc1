package report_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/message"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/report/text"
)

func TestText(t *testing.T) {
	equal(t, render(t, "text", full(), asked{}), `b.go:1:1: Adobe IMS JWT exchange: this credential stopped working on 1 March 2026; move to OAuth Server-to-Server (jwtretire fix) [jwtretire]
 --> b.go:1:1 exchange: post
  = why: token URL contains ims-na1.adobelogin.com; form field jwt_token
  = reason: no public source maps ent_audiencemanagerplatform_sdk [unmapped-metascope]
  = needs: scopes: give them with -scopes, or under scopes: in .jwtretire.yaml
  = review: types proved
  = note: the Developer Console shows the credential's own scopes [scopes]
  = left over: key.pem: key file
  = to do: take the decision, then run `+"`jwtretire fix`"+`
ims/token.go:4:16: Adobe IMS JWT exchange: this credential stopped working on 1 March 2026; move to OAuth Server-to-Server (jwtretire fix) [jwtretire]
 --> main.go:12:3 key-load: file named by flag -key
 --> ims/sign.go:30:9 sign: jwt.Token.SignedString
 --> ims/token.go:4 in token
  |
4 | func token() { post(exchange) }
  |                ^^^^^^^^^^^^^^ exchange: http.PostForm
  = why: token URL contains ims-na1.adobelogin.com; form field jwt_token
  = review: types proved
  = note: the Developer Console shows the credential's own scopes [scopes]
  = left over: key.pem: key file
  = to do: run `+"`jwtretire fix`, or `jwtretire fix -diff`"+` for a patch
c.go:9:2: //jwtretire:ignore gives no reason [jwtretire]
1 place could not be analysed (1 build-tags); -all lists them
2 flows: 1 fixable, 1 needs-input
decisions to take: scopes (1 flow)
  jwtretire fix -diff            prints the patch; jwtretire fix writes it
  jwtretire explain needs-input  how to give the decisions that are named above
  jwtretire explain CODE         explains the codes in brackets: scopes, unmapped-metascope
`)
}

// flowOf is a ledger with one flow through the lines of one file; a step is at the text that it names.
func flowOf(src string, steps ...[3]string) *ledger.Ledger {
	r := &ledger.Record{Status: ledger.Manual, Flow: flow.Flow{ID: "1", Kind: flow.AdobeExchange, Provider: "adobe-ims", Verdict: provider.Retire}}
	for _, s := range steps {
		at := strings.Index(src, s[1])
		line := strings.Count(src[:at], "\n") + 1
		r.Flow.Steps = append(r.Flow.Steps, flow.Step{Role: flow.Role(s[0]), What: s[2], Span: flow.Span{
			File: "/m/a.go", Line: line, Column: at - strings.LastIndexByte(src[:at], '\n'), Offset: at, End: at + len(s[1]), EnclosedBy: "m.example/a.F",
		}})
	}
	return &ledger.Ledger{Records: []*ledger.Record{r}, Source: map[string][]byte{"/m/a.go": []byte(src)}}
}

// excerptOf is the part of a report that shows source.
func excerptOf(t *testing.T, l *ledger.Ledger, a asked) string {
	t.Helper()
	_, rest, _ := strings.Cut(render(t, "text", l, a), "\n")
	shown, _, _ := strings.Cut(rest, "\n   = ")
	shown, _, _ = strings.Cut(shown, "\n  = ")
	shown, _, _ = strings.Cut(shown, "\n1 flow")
	return shown + "\n"
}

const long = `package a

func F() {
	pem := read("k.pem")
	x := 1
	y := 2
	key := parse(pem)
	one()
	two()
	three()
	post(url.Values{
		"jwt_token": {sign(key)},
	})
}
`

// Lines of one function are one excerpt: short gaps are filled, long ones cut out.
func TestExcerpt(t *testing.T) {
	l := flowOf(long, [3]string{"key-load", `read("k.pem")`, "read k.pem"}, [3]string{"key-parse", "parse(pem)", "parse"},
		[3]string{"sign", "sign(key)", "sign"}, [3]string{"exchange", `"jwt_token": {sign(key)}`, "assertion put into jwt_token"})
	equal(t, excerptOf(t, l, asked{}), `  --> a.go:4 in F
   |
 4 |     pem := read("k.pem")
   |            ------------- key-load: read k.pem
 5 |     x := 1
 6 |     y := 2
 7 |     key := parse(pem)
   |            ---------- key-parse: parse
...
12 |         "jwt_token": {sign(key)},
   |         ^^^^^^^^^^^^^^^^^^^^^^^^ exchange: assertion put into jwt_token
   |                       --------- sign
`)
}

// A step where the value only comes by is folded, unless nothing else is known of its role; -v shows all.
func TestFolding(t *testing.T) {
	l := flowOf(long, [3]string{"key-load", `read("k.pem")`, "read k.pem"}, [3]string{"key-load", "pem := ", "field pem is set"},
		[3]string{"key-parse", "parse(pem)", "got from parse"}, [3]string{"exchange", "post(url", "post"})
	got := render(t, "text", l, asked{})
	if strings.Contains(got, "field pem is set") || !strings.Contains(got, "got from parse") || !strings.Contains(got, "= folded: 1 step where a value is only passed on; -v shows all\n") {
		t.Errorf("got:\n%s", got)
	}
	if got := render(t, "text", l, asked{verbose: true}); !strings.Contains(got, "field pem is set") || strings.Contains(got, "folded") {
		t.Errorf("with -v:\n%s", got)
	}
}

// Text fits the terminal: prose is wrapped, source is cut around its mark.
func TestWidth(t *testing.T) {
	src := "package a\n\nfunc F() {\n\tx := " + strings.Repeat("f(", 60) + "sign(key)" + strings.Repeat(")", 60) + "\n}\n"
	l := flowOf(src, [3]string{"sign", "sign(key)", "sign"})
	l.Records[0].Reason = strings.Repeat("words and words ", 30)
	for _, width := range []int{40, 80, 120} {
		got := render(t, "text", l, asked{style: text.Style{Width: width}})
		_, below, _ := strings.Cut(got, "\n") // the first line is one line, for editors
		for line := range strings.Lines(below) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width && !strings.HasPrefix(line, "  jwtretire ") {
				t.Errorf("%d columns: %d in %q", width, n, line)
			}
		}
		if !strings.Contains(got, "sign(key)") {
			t.Errorf("%d columns: the mark is cut off:\n%s", width, got)
		}
	}
}

func TestTextAllListsEverything(t *testing.T) {
	got := render(t, "text", full(), asked{all: true})
	for _, want := range []string{
		"\nc.go:1:1: Adobe IMS JWT exchange",
		"\n  = suppressed: frozen (jwtretire:ignore, c.go:1)\n",
		"\nd.go:1:1: Google JWT bearer grant: the vendor has no client-secret grant that could take its place [jwtretire]\n",
		"\ne_plan9.go: not analysed: build-tags: built for plan9 only; covered by `GOOS=plan9 jwtretire ./...`\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestTextOfNothingIsEmpty(t *testing.T) {
	for _, format := range []string{"text", "github"} {
		l := &ledger.Ledger{BlindSpots: []load.BlindSpot{{File: "/m/a.go", Kind: "cgo"}}}
		equal(t, render(t, format, l, asked{}), "")
	}
}

func TestTextNamesFilesFromBelow(t *testing.T) {
	if got := render(t, "text", full(), asked{dir: "/m/ims"}); !strings.Contains(got, "\n --> ../main.go:12:3 key-load:") {
		t.Errorf("got:\n%s", got)
	}
}

// Colour adds escape sequences and nothing else.
func TestTextColour(t *testing.T) {
	got := render(t, "text", full(), asked{style: text.Style{Color: true}})
	if !strings.HasPrefix(got, "\x1b[1mb.go:1:1:\x1b[0m Adobe") {
		t.Errorf("got:\n%s", got)
	}
	equal(t, regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(got, ""), render(t, "text", full(), asked{}))
}

// explain shows every step, and all that is known.
func TestExplain(t *testing.T) {
	l := flowOf(long, [3]string{"key-load", `read("k.pem")`, "read k.pem"}, [3]string{"key-load", "pem := ", "field pem is set"}, [3]string{"exchange", "post(url", "post"})
	l.Records[0].Reason, l.Records[0].Code = "the answer goes out of sight", "out-of-sight"
	l.Records[0].Flow.Sources = []flow.Source{{Part: flow.PrivateKey, What: "file k.pem"}}
	d, _ := made(t, l, asked{all: true})
	var b strings.Builder
	if err := text.Explain(&b, d, text.Style{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1: Adobe IMS, adobe-exchange, verdict retire, manual\n", "key-load: field pem is set", "  private key        file k.pem\n", "  reason             the answer goes out of sight [out-of-sight]\n", "What would change the verdict\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

// A long note is written once; repetitions are abbreviated.
func TestNotesAreNotRepeated(t *testing.T) {
	a, b := adobe(), adobe()
	b.Flow.ID, b.Flow.Steps = "b", []flow.Step{{Role: flow.Exchange, Span: span("z.go", 1, 1), What: "post"}}
	long := strings.Repeat("The Developer Console shows the list. ", 5)
	for _, r := range []*ledger.Record{a, b} {
		r.Notes, r.Looks = []string{long}, []safety.Remark{{Look: safety.Scopes, Text: long}}
	}
	got := render(t, "text", &ledger.Ledger{Records: []*ledger.Record{a, b}}, asked{})
	if strings.Count(got, strings.TrimSpace(long)) != 1 || strings.Count(got, "… (as above) [scopes]") != 1 {
		t.Errorf("got:\n%s", got)
	}
}

// After a fix, the statement has the outcome of the finding.
func TestOutcomes(t *testing.T) {
	for _, row := range []struct {
		status ledger.Status
		reason string
		want   string
	}{
		{ledger.Fixed, "", "rewritten to OAuth client credentials"},
		{ledger.Skipped, "generated file", "not rewritten: generated file"},
		{ledger.Failed, "undefined: x", "the rewrite was taken back: undefined: x"},
		{ledger.NeedsInput, "", "not rewritten: it needs a decision on scopes"},
		{ledger.Manual, "the token escapes", "not rewritten, this is work for a person: the token escapes"},
	} {
		r := adobe()
		r.Status, r.Reason, r.Needs = row.status, row.reason, []string{"scopes"}
		got := render(t, "text", &ledger.Ledger{Records: []*ledger.Record{r}}, asked{mode: ledger.Fix})
		if line, _, _ := strings.Cut(got, "\n"); line != "ims/token.go:4:16: Adobe IMS JWT exchange: "+row.want+" [jwtretire]" {
			t.Errorf("%s: %s", row.status, line)
		}
	}
}

func TestMessages(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*ledger.Record)
		want   string
	}{
		{"zoom", func(r *ledger.Record) { r.Flow.Provider, r.Flow.Kind = "zoom", "direct-bearer" },
			"Zoom JWT as bearer token: JWT apps stopped working in September 2023; move to a Server-to-Server OAuth app (jwtretire fix) [jwtretire]"},
		{"optional", func(r *ledger.Record) {
			r.Flow.Provider, r.Flow.Verdict, r.Flow.Kind = "box", provider.Optional, "jwt-bearer"
		},
			"Box JWT bearer grant: it still works, and a client secret is the weaker credential; migrated only on request [jwtretire]"},
		{"opted in", func(r *ledger.Record) {
			r.Flow.Provider, r.Flow.Verdict, r.Flow.Kind, r.OptedIn = "box", provider.Optional, "jwt-bearer", true
		},
			"Box JWT bearer grant: to be moved to OAuth client credentials, as you asked (jwtretire fix) [jwtretire]"},
		{"described", func(r *ledger.Record) {
			r.Flow.Provider, r.Flow.Kind = "acme", "client-assertion"
			r.Provider = &provider.Provider{ID: "acme", Name: "Acme Cloud", Verdict: provider.Retire}
		},
			"Acme Cloud JWT client authentication: the vendor withdrew this credential; move to OAuth client credentials (jwtretire fix) [jwtretire]"},
		{"unknown", func(r *ledger.Record) {
			r.Flow.Provider, r.Flow.Verdict, r.Flow.Kind = "unknown", provider.Unknown, "jwt-bearer"
		},
			"JWT bearer grant: the provider could not be told; check whether the vendor retires it [jwtretire]"},
		{"presigned", func(r *ledger.Record) { r.Flow.Presigned = true },
			"Adobe IMS JWT exchange of an assertion that is signed elsewhere: this credential stopped working on 1 March 2026; move to OAuth Server-to-Server (jwtretire fix) [jwtretire]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := adobe()
			row.change(r)
			equal(t, message.WithRule(message.Of(r)), row.want)
		})
	}
}

// go vet makes no plans, and its findings must read the same.
func TestMessageDoesNotDependOnStatus(t *testing.T) {
	want := message.WithRule(message.Of(adobe()))
	for _, status := range ledger.Statuses {
		r := adobe()
		r.Status = status
		equal(t, message.WithRule(message.Of(r)), want)
	}
}

func TestUnknownFormat(t *testing.T) {
	d, opts := made(t, &ledger.Ledger{}, asked{})
	err := report.Render(nil, "yaml", d, opts)
	if err == nil || !strings.HasPrefix(err.Error(), `unknown format "yaml": use one of text, json, sarif, github`) {
		t.Errorf("error = %v", err)
	}
}
