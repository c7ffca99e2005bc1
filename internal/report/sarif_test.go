package report_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
)

// sarifRun returns the only run of a log.
func sarifRun(t *testing.T, l *ledger.Ledger, opts asked) map[string]any {
	t.Helper()
	return decode(t, render(t, "sarif", l, opts))["runs"].([]any)[0].(map[string]any)
}

// at returns the value at a path of keys and indexes, as JSON.
func at(t *testing.T, v any, path ...any) string {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			v = v.(map[string]any)[p]
		case int:
			v = v.([]any)[p]
		}
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// one is a run with the one record that has everything.
func one(t *testing.T) any {
	return sarifRun(t, &ledger.Ledger{Records: []*ledger.Record{adobe()}, Source: map[string][]byte{"/m/ims/token.go": []byte(tokenGo)}}, asked{})["results"].([]any)[0]
}

func TestSARIFLocation(t *testing.T) {
	// In bytes the call is at 44 to 58 of the file; é and 𝕏 before it are two and four of them.
	equal(t, at(t, one(t), "locations", 0, "physicalLocation"),
		`{"artifactLocation":{"uri":"ims/token.go","uriBaseId":"SRCROOT"},`+
			`"region":{"byteLength":14,"byteOffset":44,"charLength":14,"charOffset":41,"endColumn":30,"endLine":4,"startColumn":16,"startLine":4}}`)
}

func TestSARIFCodeFlow(t *testing.T) {
	r := one(t)
	for i, want := range []string{"key-load: file named by flag -key", "sign: jwt.Token.SignedString", "exchange: http.PostForm"} {
		equal(t, at(t, r, "codeFlows", 0, "threadFlows", 0, "locations", i, "location", "message", "text"), `"`+want+`"`)
	}
	equal(t, at(t, r, "codeFlows", 0, "threadFlows", 0, "locations", 2, "importance"), `"essential"`)
}

// fixing is a run of fix -diff with one record and its change.
func fixing(t *testing.T, before, after string) map[string]any {
	l := &ledger.Ledger{Records: []*ledger.Record{adobe()}, Source: map[string][]byte{"/m/ims/token.go": []byte(before)}}
	return sarifRun(t, l, asked{mode: ledger.Diff, files: []patch.File{{Path: "/m/ims/token.go", Old: []byte(before), New: []byte(after)}}})
}

func TestSARIFFix(t *testing.T) {
	r := fixing(t, tokenGo, strings.Replace(tokenGo, "post(exchange)", "cfg.Token(ctx)", 1))["results"].([]any)[0]
	equal(t, at(t, r, "fixes", 0, "artifactChanges", 0), `{"artifactLocation":{"uri":"ims/token.go","uriBaseId":"SRCROOT"},"replacements":[{`+
		`"deletedRegion":{"endColumn":1,"endLine":5,"startColumn":1,"startLine":1},`+
		`"insertedContent":{"text":"package ims\n\n// é𝕏 first\nfunc token() { cfg.Token(ctx) }\n"}}]}`)
}

// A fix that cannot be applied as it stands is none.
func TestSARIFHasNoFix(t *testing.T) {
	secret := `func token() { sign("` + strings.Repeat("Ab3dEf6h", 6) + `") }` + "\n"
	for name, row := range map[string][2]string{
		"key material":         {tokenGo + secret, tokenGo},
		"line ends":            {strings.ReplaceAll(tokenGo, "\n", "\r\n"), "package ims\r\n"},
		"file goes":            {tokenGo, ""},
		"last line":            {strings.TrimSuffix(tokenGo, "\n"), "package ims"},
		"long line":            {tokenGo + "// " + strings.Repeat("long ", 100) + "\n", tokenGo},
		"long line that comes": {tokenGo, tokenGo + "// " + strings.Repeat("long ", 100) + "\n"},
	} {
		after := []byte(row[1])
		if name == "file goes" {
			after = nil
		}
		l := &ledger.Ledger{Records: []*ledger.Record{adobe()}, Source: map[string][]byte{"/m/ims/token.go": []byte(row[0])}}
		run := sarifRun(t, l, asked{mode: ledger.Diff, files: []patch.File{{Path: "/m/ims/token.go", Old: []byte(row[0]), New: after}}})
		if got := at(t, run, "results", 0, "fixes"); got != "null" {
			t.Errorf("%s: %s", name, got)
		}
	}
	t.Run("shared file", func(t *testing.T) {
		other := adobe()
		other.Flow.ID = "other"
		l := &ledger.Ledger{Records: []*ledger.Record{adobe(), other}}
		run := sarifRun(t, l, asked{mode: ledger.Diff, files: []patch.File{{Path: "/m/ims/token.go", Old: []byte(tokenGo), New: []byte("package ims\n")}}})
		equal(t, at(t, run, "results", 0, "fixes"), "null")
	})
}

// Without the file's text the position is the one that the finder gave.
func TestSARIFWithoutSource(t *testing.T) {
	run := sarifRun(t, &ledger.Ledger{Records: []*ledger.Record{adobe()}}, asked{})
	equal(t, at(t, run, "results", 0, "locations", 0, "physicalLocation", "region"), `{"startColumn":16,"startLine":4}`)
}

func TestSARIFByteOrderMark(t *testing.T) {
	r := adobe()
	first := &r.Flow.Steps[2].Span
	first.Line, first.Column, first.Offset, first.End = 1, 4, 3, 10
	l := &ledger.Ledger{Records: []*ledger.Record{r}, Source: map[string][]byte{"/m/ims/token.go": []byte("\ufeff" + tokenGo)}}
	equal(t, at(t, sarifRun(t, l, asked{}), "results", 0, "locations", 0, "physicalLocation", "region"),
		`{"byteLength":7,"byteOffset":3,"charLength":7,"charOffset":0,"endColumn":8,"endLine":1,"startColumn":1,"startLine":1}`)
}

// Code hosts take names from the top of the repository, wherever the tool was run.
func TestNamesFromTheTop(t *testing.T) {
	in := asked{dir: "/m/ims", run: document.Run{Directory: "ims", Repository: "code.example/o/r", Revision: "abc"}}
	l := &ledger.Ledger{Records: []*ledger.Record{adobe()}, Source: map[string][]byte{"/m/ims/token.go": []byte(tokenGo)}}
	run := sarifRun(t, l, in)
	equal(t, at(t, run, "results", 0, "locations", 0, "physicalLocation", "artifactLocation"), `{"uri":"ims/token.go","uriBaseId":"SRCROOT"}`)
	equal(t, at(t, run, "results", 0, "codeFlows", 0, "threadFlows", 0, "locations", 0, "location", "physicalLocation", "artifactLocation", "uri"), `"main.go"`)
	equal(t, at(t, run, "originalUriBaseIds"), `{"SRCROOT":{"uri":"file:///m/"}}`)
	equal(t, at(t, run, "versionControlProvenance", 0), `{"mappedTo":{"uri":"","uriBaseId":"SRCROOT"},"repositoryUri":"https://code.example/o/r","revisionId":"abc"}`)
	if got := render(t, "github", l, in); !strings.HasPrefix(got, "::error file=ims/token.go,line=4,") || !strings.Contains(got, "%0Amain.go:12:3: key-load") {
		t.Errorf("annotations:\n%s", got)
	}
}

// The help of the rule has the pages of the codes that these results have, and no others.
func TestSARIFHelp(t *testing.T) {
	help := at(t, sarifRun(t, full(), asked{}), "tool", "driver", "rules", 0, "help", "markdown")
	for code, want := range map[string]bool{"### `scopes`: The scopes come from the catalogue": true, "### `needs-input`": true, "### `header`": false} {
		if strings.Contains(help, code) != want {
			t.Errorf("%s: %v in\n%s", code, !want, help)
		}
	}
}

// Results beyond the limit of a code host are omitted, with a notification.
func TestSARIFLimit(t *testing.T) {
	l := &ledger.Ledger{}
	for i := range 30 {
		r := &ledger.Record{Status: ledger.Manual, Flow: flow.Flow{ID: strconv.Itoa(i), Verdict: provider.Retire, Steps: []flow.Step{{Role: flow.Exchange, Span: span("a.go", i+1, 1)}}}}
		l.Records = append(l.Records, r)
	}
	d, opts := made(t, l, asked{})
	opts.SARIF.Most = 20
	out, err := report.Bytes("sarif", d, opts)
	if err != nil {
		t.Fatal(err)
	}
	run := decode(t, string(out))["runs"].([]any)[0].(map[string]any)
	if n := len(run["results"].([]any)); n != 20 {
		t.Errorf("%d results", n)
	}
	equal(t, at(t, run, "invocations", 0, "toolExecutionNotifications", 0, "message", "text"), `"10 of 30 results are left out, because code scanning accepts no more; -format json has all"`)
}

func TestSARIFFingerprint(t *testing.T) {
	equal(t, at(t, one(t), "partialFingerprints"), `{"jwtretireFindingId/v1":"3f9c2a7be1d04856"}`)
}

func TestSARIFRelated(t *testing.T) {
	equal(t, at(t, one(t), "relatedLocations", 0, "message", "text"), `"token URL contains ims-na1.adobelogin.com"`)
	equal(t, at(t, one(t), "relatedLocations", 1, "message", "text"), `"left over: key file"`)
}

func TestSARIFLevels(t *testing.T) {
	run := sarifRun(t, full(), asked{all: true})
	for i, want := range []string{`"error"`, `"error"`, `"none"`, `"error"`} {
		equal(t, at(t, run, "results", i, "level"), want)
	}
	equal(t, at(t, run, "results", 2, "kind"), `"informational"`)
}

func TestSARIFSuppression(t *testing.T) {
	run := sarifRun(t, full(), asked{})
	equal(t, at(t, run, "results", 1, "suppressions"), `[{"justification":"frozen","kind":"inSource","location":{"physicalLocation":{"artifactLocation":{"uri":"c.go","uriBaseId":"SRCROOT"},"region":{"startLine":1}}},"status":"accepted"}]`)
	equal(t, at(t, run, "results", 0, "suppressions"), `[]`)
}

func TestSARIFNotifications(t *testing.T) {
	inv := sarifRun(t, full(), asked{})["invocations"].([]any)[0]
	equal(t, at(t, inv, "toolExecutionNotifications", 0, "descriptor", "id"), `"blind-spot/build-tags"`)
	equal(t, at(t, inv, "toolExecutionNotifications", 0, "locations", 0, "physicalLocation", "artifactLocation", "uri"), `"e_plan9.go"`)
	equal(t, at(t, inv, "toolConfigurationNotifications", 0, "message", "text"), `"//jwtretire:ignore gives no reason"`)
}

func TestSARIFNames(t *testing.T) {
	for _, row := range []struct{ file, want string }{
		{"/m/a b#c.go", `{"uri":"a%20b%23c.go","uriBaseId":"SRCROOT"}`},
		{"/m/x:y.go", `{"uri":"./x:y.go","uriBaseId":"SRCROOT"}`},
		{"/other/a.go", `{"uri":"file:///other/a.go"}`},
	} {
		r := adobe()
		for i := range r.Flow.Steps {
			r.Flow.Steps[i].Span.File = row.file
		}
		run := sarifRun(t, &ledger.Ledger{Records: []*ledger.Record{r}}, asked{})
		equal(t, at(t, run, "results", 0, "locations", 0, "physicalLocation", "artifactLocation"), row.want)
	}
	equal(t, at(t, sarifRun(t, &ledger.Ledger{}, asked{}), "originalUriBaseIds"), `{"SRCROOT":{"uri":"file:///m/"}}`)
}

func TestSARIFOfNothingIsALog(t *testing.T) {
	if got := render(t, "sarif", &ledger.Ledger{}, asked{}); !strings.Contains(got, `"results": []`) {
		t.Errorf("got:\n%s", got)
	}
}
