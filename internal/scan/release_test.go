package scan

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"jwtretire.example/fixer"
	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/plan/decision"
)

// The release of syntax during the analysis makes no difference to findings and plans.
func TestReleased(t *testing.T) {
	dirs, err := filepath.Glob("../../testdata/programs/*/go.mod")
	if err != nil || len(dirs) < 30 {
		t.Fatalf("%d programs, %v", len(dirs), err)
	}
	each := 4
	if testing.Short() {
		each = 24
	}
	planned := 0
	for i := 0; i < len(dirs); i += each {
		dir, err := filepath.Abs(filepath.Dir(dirs[i]))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			look := func() (string, []*plan.Plan) {
				res, err := Run(context.Background(), options(dir))
				if err != nil {
					t.Fatal(err)
				}
				var plans []*plan.Plan
				var planned []any
				for _, p := range res.Platforms {
					pkgs, err := p.Source(context.Background(), plan.Open(p.Flows(), decision.Decisions{}))
					if err != nil {
						t.Fatal(err)
					}
					for _, pl := range fixer.Plans(pkgs, p.Flows(), decision.Decisions{}) {
						plans = append(plans, pl)
						planned = append(planned, pl.Fixable(), pl.Reason, pl.Notes, pl.Needs)
					}
				}
				text, err := json.MarshalIndent([]any{res.Ledger.Records, res.Ledger.BlindSpots, res.Ledger.Problems, planned}, "", " ")
				if err != nil {
					t.Fatal(err)
				}
				return string(text), plans
			}
			kept, plans := look()
			defer func(old int) { releaseSize = old }(releaseSize)
			releaseSize = 1
			released, _ := look()
			if kept != released {
				t.Errorf("with syntax kept:\n%s\ngiven up:\n%s", kept, released)
			}
			planned += len(plans)
		})
	}
	if planned == 0 {
		t.Error("nothing was planned")
	}
}
