package report_test

import (
	"bytes"
	"testing"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/suppress"
)

const tokenGo = "package ims\n\n// é𝕏 first\nfunc token() { post(exchange) }\n"

func span(file string, line, column int) flow.Span {
	return flow.Span{File: "/m/" + file, Line: line, Column: column, PkgPath: "m.example/ims"}
}

// adobe is a record with something in every field.
func adobe() *ledger.Record {
	exchange := span("ims/token.go", 4, 16)
	exchange.Offset, exchange.End = 44, 58
	return &ledger.Record{
		Flow: flow.Flow{
			ID: "3f9c2a7be1d04856", Kind: flow.AdobeExchange, Package: "m.example/ims",
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
		Fix: []ledger.Edit{
			{File: "/m/ims/token.go", Start: 44, End: 58, New: "cfg.Token(ctx)"},
			{File: "/m/ims/token.go", Start: 13, End: 13, New: "import _ \"x\"\n"},
		},
	}
}

// full is a ledger with one record of every kind.
func full() *ledger.Ledger {
	needs := adobe()
	needs.Flow.ID, needs.Flow.Steps, needs.Status, needs.Fix = "needs", []flow.Step{{Role: flow.Exchange, Span: span("b.go", 1, 1), What: "post"}}, ledger.NeedsInput, nil
	needs.Needs = []string{"scopes"}
	needs.Reason = "no public source maps ent_audiencemanagerplatform_sdk"
	silenced := adobe()
	silenced.Flow.ID, silenced.Status, silenced.Fix = "silenced", ledger.Suppressed, nil
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

func render(t *testing.T, format string, l *ledger.Ledger, opts report.Options) string {
	t.Helper()
	if opts.Dir == "" {
		opts.Dir = "/m"
	}
	opts.ToolVersion = "v1.2.3"
	var buf bytes.Buffer
	if err := report.Render(&buf, format, l, opts); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func equal(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
