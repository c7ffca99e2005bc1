package report_test

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
)

// The page loads nothing: its policy forbids it, and it has no references. Style and script are those of the
// policy.
func TestHTMLLoadsNothing(t *testing.T) {
	got := render(t, "html", full(), asked{all: true})
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(got)
	if policy == nil {
		t.Fatal("there is no policy")
	}
	said := strings.ReplaceAll(strings.ReplaceAll(policy[1], "&#39;", "'"), "&#43;", "+")
	for _, tag := range []string{"style", "script"} {
		text := regexp.MustCompile(`(?s)<`+tag+`>(.*?)</`+tag+`>`).FindAllStringSubmatch(got, -1)
		if len(text) != 1 {
			t.Fatalf("%d %s elements", len(text), tag)
		}
		sum := sha256.Sum256([]byte(text[0][1]))
		if want := tag + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(said, want) {
			t.Errorf("policy %s\nlacks %s", said, want)
		}
	}
	if !strings.HasPrefix(said, "default-src 'none';") {
		t.Errorf("policy is %s", said)
	}
	if found := regexp.MustCompile(`(?i)<[^>]+\s((src|srcset|action|data|background)=|href="[^#])[^>]*>|url\(|@import`).FindAllString(got, -1); found != nil {
		t.Errorf("it asks for %q", found)
	}
}

func TestHTMLSaysWhatOthersSay(t *testing.T) {
	old := []byte(tokenGo)
	got := render(t, "html", full(), asked{all: true, mode: ledger.Diff, files: []patch.File{
		{Path: "/m/ims/token.go", Old: old, New: []byte(strings.Replace(tokenGo, "post(exchange)", "cfg.Token(ctx)", 1))},
		{Path: "/m/go.mod", Old: []byte("module m\n"), New: []byte("module m\n\nrequire golang.org/x/oauth2 v0.35.0\n")},
	}})
	for _, want := range []string{
		`<strong>2</strong> of 4 flows are still to be retired`,
		`The patch rewrites <strong>1</strong> of them.`,
		`<strong>1</strong> decision waits`,
		`<a href="#code-proof-types"><code>types</code></a> The result type-checks`,
		`id="code-proof-types"`,
		`  adobe-ims: openid,AdobeID,…   # the list that the Developer Console shows`,
		`<mark>post(exchange)</mark>`,
		`<td class="del"><code>func token() { post(exchange) }</code></td>`,
		`<td class="ins"><code>func token() { cfg.Token(ctx) }</code></td>`,
		`require golang.org/x/oauth2 v0.35.0`,
		`<th scope="row">Private key</th><td>file named by flag key</td>`,
		`<a href="#code-remark-scopes"><code>scopes</code></a>`,
		`id="code-remark-scopes"`,
		`frozen`,
		`GOOS=plan9 jwtretire ./...`,
		`//jwtretire:ignore gives no reason`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
}

// In a report of many repositories each has its heading, and its files are named from its own top.
func TestHTMLOfMany(t *testing.T) {
	d, opts := made(t, full(), asked{})
	one, err := document.All(d.Findings)
	if err != nil {
		t.Fatal(err)
	}
	second := one[1]
	second.Run = 1
	d.Runs = []document.Run{{Repository: "h/o/a"}, {Repository: "h/o/b", Directory: "svc"}}
	d.Findings = document.Each([]document.Finding{one[0], second})
	out, err := report.Bytes("html", d, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<h3 class="run">h/o/a</h3>`, `<h3 class="run">h/o/b/svc</h3>`, `<span class="place">h/o/b/svc/c.go:1</span>`, `data-repository="h/o/a"`, "2 ledgers", `data-filter="repository"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %s", want)
		}
	}
}
