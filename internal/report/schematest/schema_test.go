package schematest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // carries the schema
	"github.com/xeipuuv/gojsonschema"
	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/fixer/safety"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/report"
	"jwtretire.example/internal/report/sarif"
	"jwtretire.example/internal/suppress"
)

// officialSchema returns the schema's text.
func officialSchema(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		t.Fatalf("finding go-sarif: %v", err)
	}
	name := filepath.Join(strings.TrimSpace(string(out)), "pkg", "report", "v210", "sarif", "schema.go")
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && strings.Contains(lit.Value, "json-schema.org") {
			text, err = strconv.Unquote(lit.Value)
		}
		return true
	})
	if err != nil || text == "" {
		t.Fatalf("no schema in %s: %v", name, err)
	}
	return text
}

func validate(t *testing.T, schema *gojsonschema.Schema, doc []byte) []gojsonschema.ResultError {
	t.Helper()
	res, err := schema.Validate(gojsonschema.NewBytesLoader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return res.Errors()
}

func span(file string, line int) flow.Span {
	return flow.Span{File: "/m/" + file, Line: line, Column: 3}
}

func record(id string, status ledger.Status, verdict provider.Verdict) *ledger.Record {
	return &ledger.Record{
		Flow: flow.Flow{
			ID: id, Kind: flow.AdobeExchange, Package: "m.example/ims", Provider: "adobe-ims", Verdict: verdict,
			Evidence: []flow.Evidence{{Kind: "url", Text: "token URL", Span: span("url.go", 3)}, {Kind: "form-field", Text: "jwt_token"}},
			Steps: []flow.Step{
				{Role: flow.KeyLoad, Span: span("main.go", 1), What: "file"},
				{Role: flow.Exchange, Span: span("a b.go", 2), What: "http.PostForm"},
			},
		},
		Status: status, Reason: "reason", Needs: []string{"scopes"}, Notes: []string{"note"},
		Safety: safety.Review, Looks: []safety.Remark{{Look: safety.Comment, Text: "comment"}},

		Leftovers: []ledger.Leftover{{File: "/m/key.pem", Kind: "pem-file", What: "only this flow read it"}},
	}
}

// everything is a ledger that makes the renderer write every object that it can write.
func everything() *ledger.Ledger {
	l := &ledger.Ledger{
		BlindSpots: []load.BlindSpot{{File: "/m/x.go", Kind: "build-tags", Detail: "plan9", Command: "GOOS=plan9 jwtretire"}, {Kind: "dependency"}},
		Problems:   []suppress.Problem{{File: "/m/x.go", Line: 1, Column: 1, Message: "no reason"}},
		Source:     map[string][]byte{"/m/main.go": []byte("package main\n"), "/m/a b.go": []byte("package main\n\nfunc main() {}\n")},
	}
	for i, status := range ledger.Statuses {
		for j, verdict := range []provider.Verdict{provider.Retire, provider.Optional, provider.Keep, provider.Unknown} {
			r := record(strconv.Itoa(10*i+j), status, verdict)
			if status == ledger.Suppressed {
				r.Suppressed = &suppress.Why{By: []string{"nolint", "config"}[j%2], Reason: "frozen", File: "/m/x.go", Line: 1}
			}
			l.Records = append(l.Records, r)
		}
	}
	l.Records = append(l.Records, &ledger.Record{Flow: flow.Flow{Steps: []flow.Step{{Role: flow.Exchange, Span: flow.Span{File: "/elsewhere/a.go", Line: 1, Column: 1}}}, Verdict: provider.Retire}, Status: ledger.Manual})
	return l
}

// rendered is a ledger as SARIF.
func rendered(t *testing.T, l *ledger.Ledger, facts report.Facts) []byte {
	t.Helper()
	facts.Text = func(file string) []byte { return l.Source[file] }
	d, err := report.Document(l, facts)
	if err != nil {
		t.Fatal(err)
	}
	out, err := report.Bytes("sarif", d, report.Options{SARIF: sarif.Options{Root: facts.Dir, Text: func(_ int, file string) []byte { return l.Source["/m/"+file] }}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A fix is offered of a finding that shares its files with no other.
func TestFixIsValid(t *testing.T) {
	schema, err := gojsonschema.NewSchema(gojsonschema.NewStringLoader(officialSchema(t)))
	if err != nil {
		t.Fatal(err)
	}
	old := []byte("package main\n")
	l := &ledger.Ledger{Records: []*ledger.Record{record("1", ledger.Fixable, provider.Retire)}, Source: map[string][]byte{"/m/main.go": old}}
	log := rendered(t, l, report.Facts{Dir: "/m", Mode: ledger.Diff, Files: []patch.File{{Path: "/m/main.go", Old: old, New: []byte("package main\n\n")}}})
	for _, e := range validate(t, schema, log) {
		t.Error(e)
	}
	if !bytes.Contains(log, []byte(`"fixes": `)) {
		t.Error("there is no fix")
	}
}

func TestValid(t *testing.T) {
	schema, err := gojsonschema.NewSchema(gojsonschema.NewStringLoader(officialSchema(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name   string
		ledger *ledger.Ledger
		facts  report.Facts
	}{
		{"nothing", &ledger.Ledger{}, report.Facts{Dir: "/m", Version: "v1.2.3"}},
		{"scan", everything(), report.Facts{Dir: "/m", Version: "v1.2.3", All: true}},
		{"diff", everything(), report.Facts{Dir: "/m", Version: "v1.2.3", All: true, Mode: ledger.Diff, Files: []patch.File{{Path: "/m/main.go", Old: []byte("package main\n"), New: []byte("package main\n\n")}}}},
		{"fix", everything(), report.Facts{Dir: "/m", Version: "v1.2.3", All: true, Mode: ledger.Fix}},
		{"repository", everything(), report.Facts{Dir: "/m", Version: "v1.2.3", Run: document.Run{Repository: "code.example/o/r", Revision: "abc", Directory: "sub"}}},
		{"no version, no directory", everything(), report.Facts{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			log := rendered(t, row.ledger, row.facts)
			for _, e := range validate(t, schema, log) {
				t.Error(e)
			}
			if row.name == "diff" {
				for _, key := range []string{"codeFlows", "relatedLocations", "suppressions", "toolExecutionNotifications", "toolConfigurationNotifications", "partialFingerprints"} {
					if !strings.Contains(string(log), `"`+key+`": `) {
						t.Errorf("nothing was written as %s, so it was not validated", key)
					}
				}
			}
		})
	}
}

// A test that cannot fail proves nothing.
func TestInvalidIsNoticed(t *testing.T) {
	schema, err := gojsonschema.NewSchema(gojsonschema.NewStringLoader(officialSchema(t)))
	if err != nil {
		t.Fatal(err)
	}
	log := rendered(t, everything(), report.Facts{Dir: "/m"})
	for _, row := range []struct{ old, new string }{
		{`"level": "error"`, `"level": "fatal"`},
		{`"startLine": 1`, `"startLine": 0`},
		{`"ruleId"`, `"ruleIdentifier"`},
		{`"threadFlows"`, `"threadflows"`},
	} {
		doc := bytes.ReplaceAll(log, []byte(row.old), []byte(row.new))
		if len(validate(t, schema, doc)) == 0 {
			t.Errorf("%s is taken for valid", row.new)
		}
	}
}
