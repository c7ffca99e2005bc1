package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwtretire.example/internal/document"
	"jwtretire.example/internal/report/html"
)

// hostile is text that means something to a browser, wherever text of a repository can be.
const hostile = `</pre></script></noscript><img src=x onerror=alert(1)><script>alert(2)</script>"'><svg onload=alert(3)>{{.}}${x}&lt;&#39;` + "\u202e\u2028"

// ledger makes a document of n findings. What varies does so by its number; every third needs a decision.
func ledger(n int, text string) *document.Document {
	runs := []document.Run{{Repository: "code.example/acme/shop", Revision: strings.Repeat("ab", 20), Command: "diff", Time: "2026-11-30T08:00:00Z", Tool: document.Tool{Name: "jwtretire", Version: "v1"}}}
	var findings []document.Finding
	var patch []document.FilePatch
	for i := range n {
		file := fmt.Sprintf("svc/%04d/token.go", i)
		status := []string{"fixable", "needs-input", "manual", "fixed"}[i%4]
		f := document.Finding{
			ID: fmt.Sprintf("id%04d", i), Kind: "adobe-exchange", Provider: "adobe-ims", ProviderName: []string{"Adobe IMS", "Zoom"}[i%2], Verdict: "retire", Package: "m.example/" + text,
			Position: document.Position{File: file, Line: 41, Column: 3},
			Message:  "Adobe IMS JWT exchange: this credential stopped working on 1 March 2026 " + text + " [jwtretire]",
			Status:   status, Safety: "review", Owners: []string{fmt.Sprintf("@acme/team-%d", i%7)},
			Trace: []document.Step{
				{Role: "key-load", Position: document.Position{File: file, Line: 18, Column: 14}, What: "os.ReadFile " + text},
				{Role: "sign", Position: document.Position{File: file, Line: 27, Column: 20}, What: "jwt.Token.SignedString"},
				{Role: "exchange", Position: document.Position{File: file, Line: 41, Column: 3}, What: "assertion put into jwt_token"},
				{Role: "response", Position: document.Position{File: "other.go", Line: 2, Column: 3}, What: "json.Unmarshal"},
			},
			Excerpts: []document.Excerpt{{File: file, Function: "accessToken", Lines: []document.Line{
				{Number: 18, Text: "\tpem, err := os.ReadFile(os.Getenv(\"ADOBE_PRIVATE_KEY_FILE\")) // " + text},
				{Number: 19, Text: "\tif err != nil {"}, {Number: 20, Text: "\t\treturn \"\", err"}, {Number: 21, Text: "\t}"},
				{Number: 27, Text: "\tassertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"},
				{Number: 38, Text: "\tresp, err := http.PostForm(imsHost+\"/ims/exchange/jwt\", url.Values{"}, {Number: 41, Text: "\t\t\"jwt_token\":     {assertion},"},
			}, Marks: []document.Mark{{Step: 0, Line: 18, Start: 13, End: 24}, {Step: 1, Line: 27, Start: 19, End: 36}, {Step: 2, Line: 41, Start: 2, End: 29}}}},
			Evidence:   []document.Evidence{{Kind: "url", Text: "token URL contains ims-na1.adobelogin.com"}},
			Credential: document.Credential{ClientID: "env ADOBE_CLIENT_ID", ClientSecret: "env ADOBE_CLIENT_SECRET", Key: "file named by env KEY " + text},
			Notes:      []string{"a note " + text}, Proved: []string{"types", "host"},
			Review: []document.Remark{{Code: "scopes", Text: "compare the scopes " + text}},
		}
		switch status {
		case "needs-input":
			f.Needs = []string{"scopes"}
			f.Decisions = []document.Decision{{Need: "scopes", Text: "scopes: give them with -scopes", Snippet: fmt.Sprintf("scopes:\n  ent_%d_sdk: openid,AdobeID\n# %s\n", i%8/4, text)}}
		case "manual":
			f.Reason, f.ReasonCode = "the answer goes out of sight "+text, "out-of-sight"
		case "fixable":
			f.Changes = []string{file, "go.mod"}
			patch = append(patch, document.FilePatch{File: file, Hunks: []document.Hunk{{OldLine: 17, NewLine: 17, Lines: []document.PatchLine{
				{Op: " ", Text: "func accessToken() (string, error) {"}, {Op: "-", Text: "\tpem, err := os.ReadFile(name) " + text}, {Op: "-", Text: "\tif err != nil {"}, {Op: "+", Text: "\tconfig := clientcredentials.Config{"}, {Op: " ", Text: "}"},
			}}}})
		}
		findings = append(findings, f)
	}
	patch = append(patch, document.FilePatch{File: "go.mod", Hunks: []document.Hunk{{OldLine: 5, NewLine: 5, Lines: []document.PatchLine{{Op: "+", Text: "require golang.org/x/oauth2 v0.35.0"}}}}})
	var todo []document.Todo
	for i, s := range []string{"Add the OAuth Server-to-Server credential.", "Delete the JWT credential.", "Tick this: " + text} {
		todo = append(todo, document.Todo{Kind: "console", Text: s, Provider: "adobe-ims", Findings: []string{fmt.Sprint(i)}})
	}
	todo = append(todo, document.Todo{Kind: "leftover", File: ".env", Line: 3, Text: "KEY " + text})
	return &document.Document{
		Head:       document.Head{Tool: runs[0].Tool, Runs: runs},
		Findings:   document.Each(findings),
		BlindSpots: document.Each([]document.BlindSpot{{File: "x_plan9.go", Kind: "build-tags", Detail: "left out " + text, Command: "GOOS=plan9 jwtretire"}}),
		Problems:   document.Each([]document.Problem{{Position: document.Position{File: "a.go", Line: 1}, Message: "no reason " + text}}),
		Todo:       document.Each(todo),
		Patch:      document.Each(patch),
	}
}

// page writes a document as a file and returns its address.
func page(t *testing.T, d *document.Document) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := html.Render(f, d); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return "file://" + name
}
