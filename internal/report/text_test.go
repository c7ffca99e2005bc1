package report_test

import (
	"jwtretire.example/internal/message"
	"strings"
	"testing"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/report"
)

func TestText(t *testing.T) {
	equal(t, render(t, "text", full(), report.Options{}), `b.go:1:1: Adobe IMS JWT exchange: this credential stopped working on 1 March 2026; move to OAuth Server-to-Server (jwtretire fix) [jwtretire]
	b.go:1:1: exchange: post
	why: token URL contains ims-na1.adobelogin.com; form field jwt_token
	reason: no public source maps ent_audiencemanagerplatform_sdk
	needs: scopes: give them with -scopes, or under scopes: in .jwtretire.yaml
	review: types proved
	note: the Developer Console shows the credential's own scopes [scopes]
	left over: key.pem: key file
	to do: take the decision, then run `+"`jwtretire fix`"+`
ims/token.go:4:16: Adobe IMS JWT exchange: this credential stopped working on 1 March 2026; move to OAuth Server-to-Server (jwtretire fix) [jwtretire]
	main.go:12:3: key-load: file named by flag -key
	ims/sign.go:30:9: sign: jwt.Token.SignedString
	ims/token.go:4:16: exchange: http.PostForm
	why: token URL contains ims-na1.adobelogin.com; form field jwt_token
	review: types proved
	note: the Developer Console shows the credential's own scopes [scopes]
	left over: key.pem: key file
	to do: run `+"`jwtretire fix`, or `jwtretire fix -diff`"+` for a patch
c.go:9:2: //jwtretire:ignore gives no reason [jwtretire]
1 place could not be looked at (1 build-tags); -all lists them
`)
}

func TestTextAllListsEverything(t *testing.T) {
	got := render(t, "text", full(), report.Options{All: true})
	for _, want := range []string{
		"\nc.go:1:1: Adobe IMS JWT exchange",
		"\n\tsuppressed: frozen (jwtretire:ignore, c.go:1)\n",
		"\nd.go:1:1: Google JWT bearer grant: the vendor has no client-secret grant that could take its place [jwtretire]\n",
		"\ne_plan9.go: not looked at: build-tags: built for plan9 only; covered by `GOOS=plan9 jwtretire ./...`\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestTextOfNothingIsEmpty(t *testing.T) {
	for _, format := range []string{"text", "github"} {
		l := &ledger.Ledger{BlindSpots: []load.BlindSpot{{File: "/m/a.go", Kind: "cgo"}}}
		equal(t, render(t, format, l, report.Options{}), "")
	}
}

func TestTextNamesFilesFromBelow(t *testing.T) {
	if got := render(t, "text", full(), report.Options{Dir: "/m/ims"}); !strings.Contains(got, "\n\t../main.go:12:3: key-load:") {
		t.Errorf("got:\n%s", got)
	}
}

func TestTextColour(t *testing.T) {
	if got := render(t, "text", full(), report.Options{Color: true}); !strings.HasPrefix(got, "\x1b[1mb.go:1:1:\x1b[0m Adobe") {
		t.Errorf("got:\n%s", got)
	}
}

// After a fix the statement says what became of the finding.
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
		got := render(t, "text", &ledger.Ledger{Records: []*ledger.Record{r}}, report.Options{Mode: ledger.Fix})
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
	err := report.Render(nil, "yaml", &ledger.Ledger{}, report.Options{})
	if err == nil || err.Error() != `unknown format "yaml": use one of text, json, sarif, github` {
		t.Errorf("error = %v", err)
	}
}
