package scan

import (
	"context"
	"encoding/json"
	"path/filepath"
	"runtime"
	"testing"

	"jwtretire.example/internal/config"
)

// On one processor everything is read, type-checked and analysed in one order; on more the order
// is another one in every run.
func TestSameOnAnyNumberOfProcessors(t *testing.T) {
	if testing.Short() {
		t.Skip("scans all flows three times")
	}
	dir, err := filepath.Abs("../../analyzer/flow/testdata/flows")
	if err != nil {
		t.Fatal(err)
	}
	look := func(processors int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		res, err := Run(context.Background(), Options{Dir: dir, Tests: true, All: true, Config: &config.Config{}})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Ledger.Records) == 0 {
			t.Fatal("nothing was found")
		}
		out, err := json.MarshalIndent(struct{ Records, BlindSpots any }{res.Ledger.Records, res.Ledger.BlindSpots}, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	want := look(1)
	for _, processors := range []int{2, 8} {
		if got := look(processors); got != want {
			t.Errorf("with %d processors the ledger is\n%s\nwith one it is\n%s", processors, got, want)
		}
	}
}
