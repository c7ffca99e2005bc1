// Package prove runs the go command over a result that is not written yet.
//
// The type-check, which every result has to pass, is package load's Recheck. What is here goes
// further, on request: the compiler and vet, or the project's own tests, through the go command's
// -overlay, so that the tree stays as it is.
package prove

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"sort"
	"strings"
)

// A Level says how much is proved.
type Level int

const (
	Types Level = iota // the result type-checks, with the packages that import it
	Build              // and the go command builds and vets the changed packages
	Test               // and their tests pass; this runs the project's code
)

// ParseLevel reads the value of -verify.
func ParseLevel(s string) (Level, error) {
	switch s {
	case "types":
		return Types, nil
	case "build":
		return Build, nil
	case "test":
		return Test, nil
	}
	return Types, fmt.Errorf("-verify is types, build or test, not %q", s)
}

// Run builds, vets or tests the packages in dirs with the files of an overlay.
func Run(ctx context.Context, level Level, overlay string, dirs map[string]bool, tags string, env []string) error {
	var names []string
	for d := range dirs {
		names = append(names, d)
	}
	sort.Strings(names)
	verbs := [][]string{{"build", "-o", "/dev/null"}, {"vet"}}
	if level >= Test {
		verbs = append(verbs, []string{"test"})
	}
	for _, dir := range names {
		for _, v := range verbs {
			args := append([]string{}, v...)
			if overlay != "" {
				args = append(args, "-overlay", overlay, "-mod=readonly")
			}
			if tags != "" {
				args = append(args, "-tags", tags)
			}
			cmd := exec.CommandContext(ctx, "go", append(args, ".")...)
			cmd.Dir, cmd.Env = dir, env
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("go %s fails on the rewritten code in %s: %s", v[0], dir, tail(out.String()))
			}
		}
	}
	return nil
}

// tail returns the lines of the go command's output that say what is wrong.
func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	var keep []string
	for _, l := range lines {
		if l != "" && !strings.HasPrefix(l, "#") {
			keep = append(keep, strings.TrimSpace(l))
		}
	}
	if len(keep) > 5 {
		keep = keep[:5]
	}
	return strings.Join(keep, "; ")
}
