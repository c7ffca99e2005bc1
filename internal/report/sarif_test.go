package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
)

// sarifRun returns the only run of a log.
func sarifRun(t *testing.T, l *ledger.Ledger, opts report.Options) map[string]any {
	t.Helper()
	return decode(t, render(t, "sarif", l, opts))["runs"].([]any)[0].(map[string]any)
}

// at returns what a path of keys and indexes leads to, as JSON.
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
	return sarifRun(t, &ledger.Ledger{Records: []*ledger.Record{adobe()}, Source: map[string][]byte{"/m/ims/token.go": []byte(tokenGo)}}, report.Options{})["results"].([]any)[0]
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

func TestSARIFFix(t *testing.T) {
	r := one(t)
	equal(t, at(t, r, "fixes", 0, "artifactChanges", 0, "artifactLocation", "uri"), `"ims/token.go"`)
	equal(t, at(t, r, "fixes", 0, "artifactChanges", 0, "replacements", 0, "insertedContent", "text"), `"cfg.Token(ctx)"`)
	// An insertion deletes nothing.
	equal(t, at(t, r, "fixes", 0, "artifactChanges", 0, "replacements", 1, "deletedRegion"),
		`{"byteLength":0,"byteOffset":13,"charLength":0,"charOffset":13,"endColumn":1,"endLine":3,"startColumn":1,"startLine":3}`)
}

func TestSARIFHasNoFixOfWhatIsWritten(t *testing.T) {
	r := adobe()
	r.Status = ledger.Fixed
	run := sarifRun(t, &ledger.Ledger{Records: []*ledger.Record{r}}, report.Options{Mode: ledger.Fix})
	equal(t, at(t, run, "results", 0, "fixes"), "null")
}

func TestSARIFHasNoFixWithoutSource(t *testing.T) {
	run := sarifRun(t, &ledger.Ledger{Records: []*ledger.Record{adobe()}}, report.Options{})
	equal(t, at(t, run, "results", 0, "fixes"), "null")
	// The position is then the one that the finder gave.
	equal(t, at(t, run, "results", 0, "locations", 0, "physicalLocation", "region"), `{"startColumn":16,"startLine":4}`)
}

func TestSARIFByteOrderMark(t *testing.T) {
	r := adobe()
	r.Fix = []ledger.Edit{{File: "/m/ims/token.go", Start: 3, End: 10, New: "x"}}
	l := &ledger.Ledger{Records: []*ledger.Record{r}, Source: map[string][]byte{"/m/ims/token.go": []byte("\ufeff" + tokenGo)}}
	equal(t, at(t, sarifRun(t, l, report.Options{}), "results", 0, "fixes", 0, "artifactChanges", 0, "replacements", 0, "deletedRegion"),
		`{"byteLength":7,"byteOffset":3,"charLength":7,"charOffset":0,"endColumn":8,"endLine":1,"startColumn":1,"startLine":1}`)
}

func TestSARIFFingerprint(t *testing.T) {
	equal(t, at(t, one(t), "partialFingerprints"), `{"jwtretireFindingId/v1":"3f9c2a7be1d04856"}`)
}

func TestSARIFRelated(t *testing.T) {
	equal(t, at(t, one(t), "relatedLocations", 0, "message", "text"), `"token URL contains ims-na1.adobelogin.com"`)
	equal(t, at(t, one(t), "relatedLocations", 1, "message", "text"), `"left over: key file"`)
}

func TestSARIFLevels(t *testing.T) {
	run := sarifRun(t, full(), report.Options{All: true})
	for i, want := range []string{`"error"`, `"error"`, `"none"`, `"error"`} {
		equal(t, at(t, run, "results", i, "level"), want)
	}
	equal(t, at(t, run, "results", 2, "kind"), `"informational"`)
}

func TestSARIFSuppression(t *testing.T) {
	run := sarifRun(t, full(), report.Options{})
	equal(t, at(t, run, "results", 1, "suppressions"), `[{"justification":"frozen","kind":"inSource","location":{"physicalLocation":{"artifactLocation":{"uri":"c.go","uriBaseId":"SRCROOT"},"region":{"startLine":1}}},"status":"accepted"}]`)
	equal(t, at(t, run, "results", 0, "suppressions"), `[]`)
}

func TestSARIFNotifications(t *testing.T) {
	inv := sarifRun(t, full(), report.Options{})["invocations"].([]any)[0]
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
		run := sarifRun(t, &ledger.Ledger{Records: []*ledger.Record{r}}, report.Options{})
		equal(t, at(t, run, "results", 0, "locations", 0, "physicalLocation", "artifactLocation"), row.want)
	}
	equal(t, at(t, sarifRun(t, &ledger.Ledger{}, report.Options{}), "originalUriBaseIds"), `{"SRCROOT":{"uri":"file:///m/"}}`)
}

func TestSARIFOfNothingIsALog(t *testing.T) {
	if got := render(t, "sarif", &ledger.Ledger{}, report.Options{}); !strings.Contains(got, `"results": []`) {
		t.Errorf("got:\n%s", got)
	}
}
