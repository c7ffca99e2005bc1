package load

import (
	"fmt"
	"strings"
	"testing"
)

// If an identifier would cause a large load, its package is loaded alone first.
func TestFalseEnds(t *testing.T) {
	const common = `
-- go.mod --
module m
go 1.24
require example.com/ext v1.0.0
-- vendor/modules.txt --
# example.com/ext v1.0.0
## explicit; go 1.24
example.com/ext
-- vendor/example.com/ext/ext.go --
package ext

type Config struct {
	ClientAssertion string
	Inner           struct{ ClientAssertion string }
}

type Request struct {
	ClientAssertion string ` + "`json:\"client_assertion\"`" + `
}

const ClientAssertion = "client_" + "assertion"
-- end/end.go --
package end

import "example.com/ext"

func New() any { return EXPR }
`
	many := ""
	for i := range largePackages {
		many += fmt.Sprintf("-- user%d/user.go --\npackage user\n\nimport \"m/end\"\n\nvar _ = end.New()\n", i)
	}
	for expr, ends := range map[string]int{
		`ext.Config{ClientAssertion: ""}`:    0,
		`ext.Config{}.Inner.ClientAssertion`: 0,
		`ext.Request{ClientAssertion: ""}`:   1, // sent as client_assertion
		`ext.ClientAssertion`:                1,
		`missing.ClientAssertion`:            1,
	} {
		archive := strings.ReplaceAll(common, "EXPR", expr)
		if got := len(narrowed(t, tree(t, archive+many), Config{}).Packages); got != ends*(largePackages+1) {
			t.Errorf("%s: %d packages were loaded, want %d", expr, got, ends*(largePackages+1))
		}
	}
	// Where little would be loaded, looking first costs more than it saves.
	expect(t, paths(narrowed(t, tree(t, strings.ReplaceAll(common, "EXPR", `ext.Config{ClientAssertion: ""}`)), Config{})), "m/end")
}
