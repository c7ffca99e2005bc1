package ledger_test

import (
	"slices"
	"testing"

	"jwtretire.example/analyzer/flow"
	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/ledger"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/suppress"
)

func record(id, file string, line int, steps int, status ledger.Status) *ledger.Record {
	r := &ledger.Record{
		Flow:   flow.Flow{ID: id, Package: "m/p", Verdict: provider.Retire},
		Status: status,
	}
	for range steps - 1 {
		r.Flow.Steps = append(r.Flow.Steps, flow.Step{Role: flow.Sign, Span: flow.Span{File: file, Line: 1, Column: 1}})
	}
	r.Flow.Steps = append(r.Flow.Steps, flow.Step{Role: flow.Exchange, Span: flow.Span{File: file, Line: line, Column: 2}})
	return r
}

func ids(l *ledger.Ledger) []string {
	var out []string
	for _, r := range l.Records {
		out = append(out, r.Flow.ID)
	}
	return out
}

func TestReportsOfOneFlowAreOne(t *testing.T) {
	for _, order := range []string{"short first", "long first"} {
		t.Run(order, func(t *testing.T) {
			rs := []*ledger.Record{record("a", "/m/a.go", 9, 1, ledger.Manual), record("a", "/m/a.go", 9, 4, ledger.Fixable)}
			if order == "long first" {
				slices.Reverse(rs)
			}
			var l ledger.Ledger
			for _, r := range rs {
				l.Add(r)
			}
			if len(l.Records) != 1 || len(l.Records[0].Flow.Steps) != 4 {
				t.Errorf("records = %+v", l.Records)
			}
		})
	}
}

func TestMergeDoesNotDependOnOrder(t *testing.T) {
	for i := range 2 {
		rs := []*ledger.Record{record("x", "/m/a.go", 9, 2, ledger.Manual), record("x", "/m/b.go", 9, 2, ledger.Manual)}
		if i == 1 {
			slices.Reverse(rs)
		}
		var l ledger.Ledger
		l.Add(rs[0])
		l.Add(rs[1])
		if len(l.Records) != 1 || l.Records[0].Position().File != "/m/a.go" || len(l.Records[0].Flow.Steps) != 4 {
			t.Errorf("kept %+v", l.Records[0])
		}
	}
}

func TestMergeKeepsAllMetascopes(t *testing.T) {
	a, b := record("x", "/m/a.go", 9, 2, ledger.Manual), record("x", "/m/a.go", 9, 3, ledger.Manual)
	a.Flow.Metascopes, b.Flow.Metascopes = []string{"ent_b_sdk"}, []string{"ent_a_sdk"}
	var l ledger.Ledger
	l.Add(a)
	l.Add(b)
	if got := l.Records[0].Flow.AllMetascopes; !slices.Equal(got, []string{"ent_a_sdk", "ent_b_sdk"}) {
		t.Errorf("metascopes of all callers are %v", got)
	}
}

func TestMergeKeepsSuppression(t *testing.T) {
	silenced := record("a", "/m/a.go", 9, 1, ledger.Suppressed)
	silenced.Suppressed = &suppress.Why{Reason: "frozen"}
	var l ledger.Ledger
	l.Add(silenced)
	l.Add(record("a", "/m/a.go", 9, 4, ledger.Fixable))
	if r := l.Records[0]; r.Status != ledger.Suppressed || r.Suppressed == nil || len(r.Flow.Steps) != 4 {
		t.Errorf("record = %+v", r)
	}
}

func TestFlowsWithoutIDAreNotMerged(t *testing.T) {
	l := ledger.New(make([]flow.Flow, 2))
	if len(l.Records) != 2 {
		t.Errorf("%d records, want 2", len(l.Records))
	}
}

func TestSortIsByPosition(t *testing.T) {
	l := &ledger.Ledger{Records: []*ledger.Record{
		record("late", "/m/b.go", 3, 1, ledger.Manual),
		record("second", "/m/a.go", 20, 1, ledger.Manual),
		record("first", "/m/a.go", 9, 1, ledger.Manual),
	}}
	l.BlindSpots = []load.BlindSpot{{File: "/m/z.go", Kind: "cgo"}, {File: "/m/c.go", Kind: "cgo"}, {File: "/m/z.go", Kind: "cgo"}}
	l.Sort()
	if got := ids(l); !slices.Equal(got, []string{"first", "second", "late"}) {
		t.Errorf("order = %v", got)
	}
	if len(l.BlindSpots) != 2 || l.BlindSpots[0].File != "/m/c.go" {
		t.Errorf("blind spots = %+v", l.BlindSpots)
	}
}

func TestPositionWithoutExchangeStep(t *testing.T) {
	send := flow.Span{File: "/m/a.go", Line: 7}
	r := &ledger.Record{Flow: flow.Flow{Send: send, Steps: []flow.Step{{Role: flow.Sign, Span: flow.Span{File: "/m/b.go", Line: 1}}}}}
	if got := r.Position(); got != send {
		t.Errorf("position = %+v", got)
	}
}

func TestExitCode(t *testing.T) {
	type codes struct{ scan, fix, diff int }
	rows := []struct {
		name    string
		verdict provider.Verdict
		optedIn bool
		status  ledger.Status
		want    codes
	}{
		{"fixable", provider.Retire, false, ledger.Fixable, codes{1, 1, 1}},
		{"needs input", provider.Retire, false, ledger.NeedsInput, codes{1, 1, 0}},
		{"manual", provider.Retire, false, ledger.Manual, codes{1, 1, 0}},
		{"fixed", provider.Retire, false, ledger.Fixed, codes{1, 0, 1}},
		{"skipped", provider.Retire, false, ledger.Skipped, codes{1, 1, 0}},
		{"failed", provider.Retire, false, ledger.Failed, codes{1, 1, 0}},
		{"suppressed", provider.Retire, false, ledger.Suppressed, codes{0, 0, 0}},
		{"optional", provider.Optional, false, ledger.Manual, codes{0, 0, 0}},
		{"optional, opted in", provider.Optional, true, ledger.Fixable, codes{1, 1, 1}},
		{"keep", provider.Keep, false, ledger.Manual, codes{0, 0, 0}},
		{"unknown", provider.Unknown, false, ledger.Manual, codes{0, 0, 0}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := record("a", "/m/a.go", 1, 1, row.status)
			r.Flow.Verdict, r.OptedIn = row.verdict, row.optedIn
			l := &ledger.Ledger{Records: []*ledger.Record{r}}
			got := codes{l.ExitCode(ledger.Scan), l.ExitCode(ledger.Fix), l.ExitCode(ledger.Diff)}
			if got != row.want {
				t.Errorf("exit codes = %+v, want %+v", got, row.want)
			}
		})
	}
}

func TestBlindSpotsAreNotFindings(t *testing.T) {
	l := &ledger.Ledger{BlindSpots: []load.BlindSpot{{File: "/m/a.go"}}, Problems: []suppress.Problem{{File: "/m/a.go"}}}
	if got := l.ExitCode(ledger.Scan); got != 0 {
		t.Errorf("exit code = %d", got)
	}
}

func TestSuppressLeavesFixed(t *testing.T) {
	l := &ledger.Ledger{Records: []*ledger.Record{
		record("a", "/m/a.go", 1, 1, ledger.Fixable), record("b", "/m/a.go", 2, 1, ledger.Fixed),
	}}
	l.Suppress(func(*ledger.Record) *suppress.Why { return &suppress.Why{Reason: "frozen"} })
	if l.Records[0].Status != ledger.Suppressed || l.Records[1].Status != ledger.Fixed {
		t.Errorf("statuses = %s, %s", l.Records[0].Status, l.Records[1].Status)
	}
}

func TestSummary(t *testing.T) {
	hidden := record("d", "/m/d.go", 1, 1, ledger.Manual)
	hidden.Flow.Verdict = provider.Unknown
	l := &ledger.Ledger{Records: []*ledger.Record{
		record("a", "/m/a.go", 1, 1, ledger.Fixed), record("b", "/m/b.go", 1, 1, ledger.Manual),
		record("c", "/m/c.go", 1, 1, ledger.Suppressed), hidden,
	}}
	s := l.Summary()
	if s.Findings != 4 || s.ToRetire != 1 || s.Hidden != 1 || s.ByStatus[ledger.Manual] != 2 || s.ByVerdict[provider.Retire] != 3 {
		t.Errorf("summary = %+v", s)
	}
}
