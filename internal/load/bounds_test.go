package load

import (
	"fmt"
	"strings"
	"testing"

	limit "jwtretire.example/internal/budget"
)

// What the allowance leaves out although names connect it with an exchange is told, with the flag that has it loaded.
func TestAllowanceTold(t *testing.T) {
	files := `
-- go.mod --
module m
go 1.24
-- end/end.go --
package end

func Token(key string) string { EXCHANGE; return key }
`
	n := limit.Connected.Usual + 5
	for i := range n {
		files += fmt.Sprintf("-- user%d/user.go --\npackage user\n\nimport \"m/end\"\n\nfunc Run() string { return end.Token(\"k\") }\n", i)
	}
	dir := tree(t, files)
	for budget, want := range map[int]string{1: "more than 100 packages that only names connect with an exchange; -budget 2 allows twice as many; 5 packages were left out, this one among them", 2: ""} {
		r := narrowed(t, dir, Config{Budget: budget})
		got := ""
		for _, s := range r.BlindSpots {
			if s.Kind == SpotBudget {
				got += s.Detail
				if s.Command != "jwtretire -budget 2" || !strings.HasPrefix(s.File, dir) {
					t.Errorf("the spot is at %s, covered by %s", s.File, s.Command)
				}
			}
		}
		if got != want {
			t.Errorf("with a budget of %d: %q, want %q", budget, got, want)
		}
		loaded := 0
		for _, p := range r.Packages {
			if strings.HasPrefix(p.Path, "m/user") {
				loaded++
			}
		}
		if all := loaded == n; all != (want == "") {
			t.Errorf("with a budget of %d: %d of %d packages loaded", budget, loaded, n)
		}
	}
}
