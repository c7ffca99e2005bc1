package document_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"jwtretire.example/internal/document"
)

// whole is a document with one of everything.
func whole() *document.Document {
	f := document.Finding{
		ID: "1", Provider: "adobe-ims", Verdict: "retire", Status: "fixable", Message: "a <b> & c",
		Trace:    []document.Step{{Role: "exchange", Position: document.Position{File: "a.go", Line: 1, Column: 2, EndLine: 1, EndColumn: 5}, What: "post", Passing: true}},
		Excerpts: []document.Excerpt{{File: "a.go", Function: "f", Lines: []document.Line{{Number: 1, Text: "post()"}}, Marks: []document.Mark{{Line: 1, End: 4}}}},
	}
	return &document.Document{
		Head: document.Head{
			Tool:    document.Tool{Name: "jwtretire", Version: "v1"},
			Runs:    []document.Run{{Repository: "h/o/r", Modules: []string{"m"}, Tool: document.Tool{Name: "jwtretire", Version: "v1"}}},
			Summary: document.Summary{Findings: 1, ByStatus: map[string]int{"fixable": 1}},
		},
		Findings:   document.Each([]document.Finding{f}),
		BlindSpots: document.Each([]document.BlindSpot{{File: "x.go", Kind: "cgo"}}),
		Problems:   document.Each([]document.Problem{{Position: document.Position{File: "a.go", Line: 3}, Message: "m"}}),
		Todo:       document.Each([]document.Todo{{Kind: "console", Text: "t", Findings: []string{"1"}}}),
		Patch:      document.Each([]document.FilePatch{{File: "a.go", Hunks: []document.Hunk{{OldLine: 1, NewLine: 1, Lines: []document.PatchLine{{Op: "-", Text: "x"}}}}}}),
	}
}

func written(t *testing.T, d *document.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The output of the streaming writer equals that of encoding/json, and reading it returns the same document.
func TestRoundTrip(t *testing.T) {
	for name, d := range map[string]*document.Document{"whole": whole(), "empty": {
		Findings: document.Each[document.Finding](nil), BlindSpots: document.Each[document.BlindSpot](nil), Problems: document.Each[document.Problem](nil),
		Todo: document.Each[document.Todo](nil), Patch: document.Each[document.FilePatch](nil),
	}} {
		text := written(t, d)
		var any map[string]any
		if err := json.Unmarshal(text, &any); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, text, "", "  "); err != nil || indented.String() != string(text) {
			t.Errorf("%s is not laid out as JSON is:\n%s", name, text)
		}
		again, err := document.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		once := written(t, again)
		twice, err := document.Read(once)
		if err != nil || !bytes.Equal(written(t, twice), once) {
			t.Errorf("%s: read and written again it is\n%s\nnot\n%s", name, written(t, twice), once)
		}
		if name == "whole" && !bytes.Contains(text, []byte("a <b> & c")) {
			t.Error("text is escaped for a page")
		}
	}
}

// Lists that an older version did not write are empty, not null; the run is one that nothing is known of but the tool.
func TestOlder(t *testing.T) {
	d, err := document.Read([]byte(`{"schema":1,"tool":{"name":"jwtretire","version":"v0"},"findings":[{"id":"1","verdict":"retire","status":"manual","trace":[]}],"blind_spots":null}`))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(written(t, d)); strings.Contains(text, "null,") && !strings.Contains(text, `"modules": null`) {
		t.Errorf("null in\n%s", text)
	}
	if want := []document.Run{{Tool: document.Tool{Name: "jwtretire", Version: "v0"}}}; !reflect.DeepEqual(d.Runs, want) {
		t.Errorf("runs are %+v", d.Runs)
	}
}

func TestRefused(t *testing.T) {
	good := string(written(t, whole()))
	for name, row := range map[string]struct{ text, want string }{
		"newer schema":   {strings.Replace(good, `"schema": 1`, `"schema": 2`, 1), "it has schema 2, and this version reads up to 1"},
		"no schema":      {`{"findings": []}`, "it has no schema number"},
		"cut off":        {good[:len(good)/2], "damaged"},
		"empty":          {"", "unexpected EOF"},
		"another format": {"<html>", "damaged"},
		"array":          {"[]", "it does not begin with an object"},
		"wrong type":     {strings.Replace(good, `"id": "1"`, `"id": 1`, 1), "damaged"},
		"no list":        {`{"schema": 1, "findings": {}}`, "a list was expected"},
	} {
		_, err := document.Read([]byte(row.text))
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", name, err, row.want)
		}
		if newer := errors.Is(err, document.ErrNewer); newer != (name == "newer schema") {
			t.Errorf("%s: newer is %v", name, newer)
		}
	}
}

// Keys that a newer version adds are passed over.
func TestUnknownKeys(t *testing.T) {
	text := strings.Replace(string(written(t, whole())), `"tool": {`, `"future": [{"a": {}}], "tool": {"x": 1, `, 1)
	if d, err := document.Read([]byte(text)); err != nil || d.Tool.Version != "v1" {
		t.Errorf("%v", err)
	}
}

// A sequence that ends with an error ends the report with it.
func TestWriteStops(t *testing.T) {
	d := whole()
	d.Findings = func(yield func(*document.Finding, error) bool) {
		yield(nil, fmt.Errorf("gone: %w", io.ErrUnexpectedEOF))
	}
	if err := d.Write(io.Discard); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error is %v", err)
	}
}

func TestVisitStopsWithTheVisitor(t *testing.T) {
	mine := errors.New("enough")
	_, err := document.Visit(bytes.NewReader(written(t, whole())), document.Visitor{Todo: func(*document.Todo) error { return mine }})
	if err != mine {
		t.Errorf("error is %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"schema":1,"findings":[{"id":"1","trace":[{"role":"x","file":"a"}]}],"runs":[{}]}`))
	f.Add([]byte(`{"schema":1,"patch":[{"hunks":[{"lines":[{}]}]}],"todo":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := document.Read(data)
		if err != nil {
			return
		}
		if _, err := document.Read(written(t, d)); err != nil {
			t.Errorf("what it writes it does not read: %v", err)
		}
	})
}
