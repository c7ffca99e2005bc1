package report_test

import (
	"strings"
	"testing"

	"jwtretire.example/fixer"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/report"
)

// The code of the reason why a flow is declined reaches every format from the plan, as it is.
func TestReasonCode(t *testing.T) {
	r := adobe()
	fixer.Settle(r, &plan.Plan{Flow: &r.Flow, Reason: "the body of the answer is read a second time (token.go:7)", ReasonCode: "body-read-twice"})
	if r.Status != ledger.Manual {
		t.Fatalf("status is %s", r.Status)
	}
	for _, format := range report.Formats {
		if got := render(t, format, &ledger.Ledger{Records: []*ledger.Record{r}}, asked{}); !strings.Contains(got, "body-read-twice") {
			t.Errorf("%s does not say it:\n%s", format, got)
		}
	}
	d, _ := made(t, &ledger.Ledger{Records: []*ledger.Record{r}}, asked{})
	for f := range d.Findings {
		if f.ReasonCode != "body-read-twice" {
			t.Errorf("the document has %q", f.ReasonCode)
		}
	}
	// A flow whose reason has no code has no brackets, and an empty one in JSON.
	r.Code = ""
	for _, format := range []string{"text", "github"} {
		if got := render(t, format, &ledger.Ledger{Records: []*ledger.Record{r}}, asked{}); strings.Contains(got, "[]") {
			t.Errorf("%s has empty brackets:\n%s", format, got)
		}
	}
	if got := render(t, "json", &ledger.Ledger{Records: []*ledger.Record{r}}, asked{}); !strings.Contains(got, `"reason_code": ""`) {
		t.Errorf("JSON has no reason_code:\n%s", got)
	}
}
