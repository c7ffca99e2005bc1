package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/fixer/plan"
	"jwtretire.example/fixer/plan/decision"
	"jwtretire.example/fixer/reason"
	"jwtretire.example/internal/budget"
	"jwtretire.example/internal/cache"
	"jwtretire.example/internal/config"
	"jwtretire.example/internal/load"
	"jwtretire.example/internal/scan"
	"jwtretire.example/internal/userkey"
)

// look writes a shape into a directory, scans it, and plans its flows. types may be nil.
func look(t *testing.T, dir string, types *cache.Cache, shape string, n, times int) (spots []load.BlindSpot, plans []*plan.Plan) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(dir, shape, n); err != nil {
		t.Fatal(err)
	}
	res, err := scan.Run(context.Background(), scan.Options{Dir: dir, Tests: true, Config: &config.Config{}, Changes: true, Budget: times, Cache: types})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range res.Ledger.BlindSpots {
		if b.Kind == load.SpotBudget {
			spots = append(spots, b)
		}
	}
	for _, p := range res.Platforms {
		plans = append(plans, plan.Make(p.Load.Packages, p.Flows(), decision.Decisions{Budget: times})...)
	}
	return spots, plans
}

// Whatever is large, a small one of its kind has one flow that is planned, and no limit is met.
func TestShapes(t *testing.T) {
	for i, s := range shapes {
		if testing.Short() && i%6 > 0 {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			spots, plans := look(t, t.TempDir(), nil, s.name, min(s.size, 60), 1)
			want := 1
			switch s.name {
			case "flows", "flows-broken":
				want = 60
			case "generated-words":
				want = len(plans) // a few of such functions are flows
			}
			if len(plans) == 0 || len(plans) != want || len(spots) > 0 {
				t.Errorf("%d flows, limits %v", len(plans), spots)
			}
		})
	}
}

// Each limit says so where it is met, with the flag that raises it; and with the flag it is not met.
func TestBudgets(t *testing.T) {
	dir := t.TempDir() // for all shapes in turn, so the standard library is read from source once
	types := cache.At(t.TempDir(), cache.Limit, userkey.Key("types"))
	for _, c := range []struct {
		limit *budget.Limit
		low   int // in the test
		shape string
		n     int
	}{
		{&budget.OpenCalls, 20, "chain-key", 30},
		{&budget.States, 50, "chain-checked", 30},
		{&budget.Distance, 70, "chain-load", 100},
		{&budget.PackageBytes, 20_000, "string", 30_000},
		{&budget.RunBytes, 20_000, "string", 30_000},
		{&budget.TableBytes, 100_000, "table-structs", 150_000},
		{&budget.Evaluations, 300, "parentheses", 40},
	} {
		t.Run(c.limit.What, func(t *testing.T) {
			defer func(usual int) { c.limit.Usual = usual }(c.limit.Usual)
			c.limit.Usual = c.low
			spots, plans := look(t, dir, types, c.shape, c.n, 1)
			told := slices.ContainsFunc(spots, func(b load.BlindSpot) bool {
				return b.File != "" && strings.Contains(b.Detail, c.limit.What) && strings.Contains(b.Command, "-budget 2")
			}) || slices.ContainsFunc(plans, func(p *plan.Plan) bool {
				return p.ReasonCode == string(reason.Budget) && strings.Contains(p.Reason, c.limit.What) && strings.Contains(p.Reason, "-budget 2") && strings.Contains(p.Reason, "main.go:")
			})
			if !told {
				t.Errorf("nothing says that the limit was met: %v", spots)
			}
			spots, plans = look(t, dir, types, c.shape, c.n, 100)
			if len(spots) > 0 || len(plans) != 1 || plans[0].Reason != "" {
				t.Errorf("with -budget 100: %d flows, %v", len(plans), spots)
				for _, p := range plans {
					t.Log(p.Reason)
				}
			}
		})
	}
}
