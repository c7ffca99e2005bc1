package behaviour_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestVetEqual shows that the go command's driver and our own find the same. Under go vet every
// package is a process of its own, and flows cross packages as facts in files.
func TestVetEqual(t *testing.T) {
	bin := tool(t)
	for _, p := range slices.Concat(programs(t), lookalikes(t)) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			c := p.lay(t)
			r := command(t, c.dir, goEnv(), "", "go", "vet", "-vettool="+bin, "-tags="+c.Tags, "./...")
			vet := places(t, c.dir, r.stdout+r.stderr)
			own := c.findingsHere(t)
			if !slices.Equal(vet, own) {
				t.Errorf("go vet reports %q\njwtretire reports %q\n%s", vet, own, r.stderr)
			}
		})
	}
}

var place = regexp.MustCompile(`(?m)^(?:vet: )?(\S+\.go):(\d+):\d+: .*\[jwtretire\]$`)

// places returns file:line of what go vet printed, sorted, each once: two flows may share an exchange.
func places(t *testing.T, dir, out string) []string {
	t.Helper()
	var list []string
	for _, m := range place.FindAllStringSubmatch(out, -1) {
		file := m[1]
		if rel, err := filepath.Rel(dir, file); filepath.IsAbs(file) && err == nil {
			file = rel
		}
		if strings.HasPrefix(file, "..") {
			continue // a module that a replace brings in from outside of the tree: nobody asked the tool for it
		}
		list = append(list, filepath.ToSlash(filepath.Clean(file))+":"+m[2])
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// findingsHere returns file:line of what the tool itself reports, without what it only finds on
// other platforms, where it looks unasked.
func (c *copied) findingsHere(t *testing.T) []string {
	t.Helper()
	r := c.jwtretire(t, "-format", "json")
	var rep struct {
		Findings []struct {
			Status   string   `json:"status"`
			Notes    []string `json:"notes"`
			Position struct {
				File string `json:"file"`
				Line int    `json:"line"`
			} `json:"position"`
		} `json:"findings"`
	}
	if err := json.Unmarshal([]byte(r.stdout), &rep); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range rep.Findings {
		elsewhere := func(n string) bool { return strings.HasPrefix(n, "found with ") }
		if f.Status != "suppressed" && !slices.ContainsFunc(f.Notes, elsewhere) {
			list = append(list, f.Position.File+":"+strconv.Itoa(f.Position.Line))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
