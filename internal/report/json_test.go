package report_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/internal/ledger"
)

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func keys(m any) string {
	return strings.Join(slices.Sorted(maps.Keys(m.(map[string]any))), " ")
}

// The keys are a contract.
func TestJSONKeys(t *testing.T) {
	doc := decode(t, render(t, "json", full(), asked{}))
	equal(t, keys(doc), "blind_spots findings patch problems runs schema summary todo tool")
	f := doc["findings"].([]any)[2].(map[string]any)
	equal(t, keys(f), "changes credential decisions evidence excerpts id kind leftovers message needs next notes opted_in owners package partial position proved provider provider_name reason reason_code review run safety safety_reasons status trace verdict")
	equal(t, keys(f["position"]), "column end_column end_line file line")
	equal(t, keys(f["trace"].([]any)[0]), "column file line role what")
	equal(t, keys(doc["tool"]), "name version")
	if doc["schema"] != 1.0 {
		t.Errorf("schema = %v", doc["schema"])
	}
}

func TestJSONValues(t *testing.T) {
	doc := decode(t, render(t, "json", full(), asked{}))
	f := doc["findings"].([]any)[2].(map[string]any)
	got, _ := json.Marshal(map[string]any{"id": f["id"], "status": f["status"], "position": f["position"], "first": f["trace"].([]any)[0]})
	equal(t, string(got), `{"first":{"column":3,"file":"main.go","line":12,"role":"key-load","what":"file named by flag -key"},"id":"3f9c2a7be1d04856","position":{"column":16,"end_column":30,"end_line":4,"file":"ims/token.go","line":4},"status":"fixable"}`)
}

func TestJSONArraysAreNeverNull(t *testing.T) {
	for _, l := range []*ledger.Ledger{{}, {Records: []*ledger.Record{{OptedIn: true}}}} {
		if got := render(t, "json", l, asked{}); strings.Contains(got, "null") {
			t.Errorf("got:\n%s", got)
		}
	}
}

func TestJSONAll(t *testing.T) {
	for _, row := range []struct {
		all  bool
		want int
	}{{false, 3}, {true, 4}} {
		doc := decode(t, render(t, "json", full(), asked{all: row.all}))
		sum := doc["summary"].(map[string]any)
		if got := len(doc["findings"].([]any)); got != row.want || sum["findings"] != 4.0 || sum["listed"] != float64(row.want) || sum["to_retire"] != 2.0 {
			t.Errorf("all=%v: %d findings, summary %v", row.all, got, sum)
		}
	}
}

func TestJSONSuppressed(t *testing.T) {
	doc := decode(t, render(t, "json", full(), asked{}))
	f := doc["findings"].([]any)[1].(map[string]any)
	got, _ := json.Marshal(f["suppressed"])
	if f["status"] != "suppressed" {
		t.Errorf("status = %v", f["status"])
	}
	equal(t, string(got), `{"by":"jwtretire:ignore","file":"c.go","line":1,"reason":"frozen"}`)
}
