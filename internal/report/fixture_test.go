package report_test

import (
	"bytes"
	"path"
	"strings"
	"testing"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/report/sarif"
	"jwtretire.example/internal/report/text"
	"jwtretire.example/internal/suppress"
)

const tokenGo = "package ims\n\n// é𝕏 first\nfunc token() { post(exchange) }\n"

func span(file string, line, column int) flow.Span {
	return flow.Span{File: "/m/" + file, Line: line, Column: column, PkgPath: "m.example/ims"}
}

// adobe is a record with something in every field.
func adobe() *ledger.Record {
	exchange := span("ims/token.go", 4, 16)
	exchange.Offset, exchange.End, exchange.EnclosedBy = 44, 58, "m.example/ims.token"
	return &ledger.Record{
		Flow: flow.Flow{
			Sources: []flow.Source{{Part: flow.ClientID, What: "env ID"}, {Part: flow.PrivateKey, What: "file named by flag key"}},
			ID:      "3f9c2a7be1d04856", Kind: flow.AdobeExchange, Package: "m.example/ims",
			Provider: "adobe-ims", Verdict: provider.Retire,
			Evidence: []flow.Evidence{
				{Kind: "url", Text: "token URL contains ims-na1.adobelogin.com", Span: span("ims/url.go", 3, 7)},
				{Kind: "form-field", Text: "form field jwt_token"},
			},
			Steps: []flow.Step{
				{Role: flow.KeyLoad, Span: span("main.go", 12, 3), What: "file named by flag -key"},
				{Role: flow.Sign, Span: span("ims/sign.go", 30, 9), What: "jwt.Token.SignedString"},
				{Role: flow.Exchange, Span: exchange, What: "http.PostForm"},
			},
		},
		Status:    ledger.Fixable,
		Notes:     []string{"the Developer Console shows the credential's own scopes"},
		Safety:    safety.Review,
		Proved:    []safety.Proof{safety.Types},
		Looks:     []safety.Remark{{Look: safety.Scopes, Text: "the Developer Console shows the credential's own scopes"}},
		Leftovers: []ledger.Leftover{{File: "/m/key.pem", Kind: "pem-file", What: "only this flow read it"}},
	}
}

// full is a ledger with one record of every kind.
func full() *ledger.Ledger {
	needs := adobe()
	needs.Flow.ID, needs.Flow.Steps, needs.Status = "needs", []flow.Step{{Role: flow.Exchange, Span: span("b.go", 1, 1), What: "post"}}, ledger.NeedsInput
	needs.Needs = []string{"scopes"}
	needs.Reason, needs.Code = "no public source maps ent_audiencemanagerplatform_sdk", "unmapped-metascope"
	silenced := adobe()
	silenced.Flow.ID, silenced.Status = "silenced", ledger.Suppressed
	silenced.Flow.Steps = []flow.Step{{Role: flow.Exchange, Span: span("c.go", 1, 1), What: "post"}}
	silenced.Suppressed = &suppress.Why{By: "jwtretire:ignore", Reason: "frozen", File: "/m/c.go", Line: 1}
	kept := &ledger.Record{
		Status: ledger.Manual,
		Flow: flow.Flow{ID: "kept", Kind: flow.JWTBearer, Provider: "google", Verdict: provider.Keep, Package: "m.example/g",
			Steps: []flow.Step{{Role: flow.Exchange, Span: span("d.go", 1, 1), What: "jwt.Config.TokenSource"}}},
	}
	l := &ledger.Ledger{
		Records:    []*ledger.Record{adobe(), needs, silenced, kept},
		BlindSpots: []load.BlindSpot{{File: "/m/e_plan9.go", Kind: "build-tags", Detail: "built for plan9 only", Command: "GOOS=plan9 jwtretire ./..."}},
		Problems:   []suppress.Problem{{File: "/m/c.go", Line: 9, Column: 2, Message: "//jwtretire:ignore gives no reason"}},
		Source:     map[string][]byte{"/m/ims/token.go": []byte(tokenGo)},
	}
	l.Sort()
	return l
}

// An asked has the settings of a report. The zero value is that of a scan without -all, in /m.
type asked struct {
	dir     string
	all     bool
	mode    ledger.Mode
	style   text.Style
	verbose bool
	run     document.Run
	files   []patch.File
}

// made makes a document of a ledger.
func made(t *testing.T, l *ledger.Ledger, a asked) (*document.Document, report.Options) {
	t.Helper()
	if a.dir == "" {
		a.dir = "/m"
	}
	source := func(file string) []byte { return l.Source[file] }
	d, err := report.Document(l, report.Facts{Dir: a.dir, All: a.all, Mode: a.mode, Version: "v1.2.3", Run: a.run, Files: a.files, Text: source})
	if err != nil {
		t.Fatal(err)
	}
	return d, report.Options{
		Text:  text.Options{Style: a.style, All: a.all, Verbose: a.verbose},
		SARIF: sarif.Options{Root: strings.TrimSuffix(a.dir, "/"+a.run.Directory), Text: func(_ int, file string) []byte { return source(path.Join(a.dir, file)) }},
	}
}

// render renders a ledger twice, directly and after a round trip through JSON. Both must be equal.
func render(t *testing.T, format string, l *ledger.Ledger, a asked) string {
	t.Helper()
	d, opts := made(t, l, a)
	out, err := report.Bytes(format, d, opts)
	if err != nil {
		t.Fatal(err)
	}
	var asJSON bytes.Buffer
	if err := d.Write(&asJSON); err != nil {
		t.Fatal(err)
	}
	again, err := document.Read(asJSON.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := report.Bytes(format, again, opts); err != nil || !bytes.Equal(out, twice) {
		t.Errorf("read again from JSON the %s report is another one (%v):\n%s\nnot\n%s", format, err, twice, out)
	}
	return string(out)
}

func equal(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
