package schematest

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/document"
	"jwtretire.example/internal/fleet"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
)

// strict is the schema of docs, which allows keys that it does not name, without that: every key that is written is
// documented.
func strict(t *testing.T) *gojsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "ledger.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	var close func(v any)
	close = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if _, ok := v["properties"]; ok && v["type"] == "object" {
				v["additionalProperties"] = false
			}
			for _, x := range v {
				close(x)
			}
		case []any:
			for _, x := range v {
				close(x)
			}
		}
	}
	close(schema)
	s, err := gojsonschema.NewSchema(gojsonschema.NewGoLoader(schema))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// whole is a document with everything that one can have.
func whole(t *testing.T) *document.Document {
	t.Helper()
	l := everything()
	d, err := report.Document(l, report.Facts{
		Dir: "/m", Version: "v1.2.3", All: true, Mode: ledger.Diff, Owners: func(string) []string { return []string{"@o"} },
		Run:   document.Run{Repository: "code.example/o/r", Revision: "abc", Directory: "sub", Time: "2026-11-30T08:00:00Z"},
		Text:  func(file string) []byte { return l.Source[file] },
		Files: []patch.File{{Path: "/m/main.go", Old: []byte("package main\n"), New: []byte("package main\n\n")}, {Path: "/m/new.go", New: []byte("package main\n")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLedger(t *testing.T) {
	schema := strict(t)
	var one bytes.Buffer
	if err := whole(t).Write(&one); err != nil {
		t.Fatal(err)
	}
	for _, e := range validate(t, schema, one.Bytes()) {
		t.Error(e)
	}
	dir := t.TempDir()
	first, damaged := filepath.Join(dir, "a.json"), filepath.Join(dir, "b.json")
	if err := errors.Join(os.WriteFile(first, one.Bytes(), 0o666), os.WriteFile(damaged, nil, 0o666)); err != nil {
		t.Fatal(err)
	}
	m, err := fleet.Merge([]string{first, damaged}, true)
	if err != nil {
		t.Fatal(err)
	}
	var merged bytes.Buffer
	if err := m.Write(&merged); err != nil {
		t.Fatal(err)
	}
	for _, e := range validate(t, schema, merged.Bytes()) {
		t.Errorf("merged: %v", e)
	}
}

// Every key that the schema names is written by something, and a document that breaks the contract is noticed.
func TestLedgerSchemaBites(t *testing.T) {
	schema := strict(t)
	var one bytes.Buffer
	if err := whole(t).Write(&one); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ old, new string }{
		{`"schema": 1`, `"schema": 2`},
		{`"status": "fixable"`, `"status": "open"`},
		{`"role": "exchange"`, `"role": "post"`},
		{`"line": 2`, `"line": -2`},
		{`"needs": [`, `"needed": [`},
		{`"summary": {`, `"summery": {`},
	} {
		doc := bytes.Replace(one.Bytes(), []byte(row.old), []byte(row.new), 1)
		if bytes.Equal(doc, one.Bytes()) || len(validate(t, schema, doc)) == 0 {
			t.Errorf("%s is taken for valid", row.new)
		}
	}
}
