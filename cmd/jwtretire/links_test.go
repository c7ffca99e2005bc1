package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The command depends on no package that needs libc if cgo is on. go vet and hooks start it often, and dynamic linking
// is a quarter of a start.
func TestStatic(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	for _, p := range []string{"runtime/cgo", "net", "os/user", "plugin"} {
		if slices.Contains(deps, p) {
			t.Errorf("it depends on %s", p)
		}
	}
	if !slices.Contains(deps, "os") {
		t.Error("go list printed something else")
	}
}
