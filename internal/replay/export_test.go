package replay

import "testing"

// SetDay makes another day today.
func SetDay(t *testing.T, day string) {
	old := today
	today = func() string { return day }
	t.Cleanup(func() { today = old })
}
