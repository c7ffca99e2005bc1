package behaviour_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// toolDir is set by TestMain; the binary is built at the first use, once for all tests.
var toolDir string

// TestMain has the tool keep nothing in its user's cache. The go command may.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "jwtretire-behaviour")
	if err != nil {
		panic(err)
	}
	toolDir = dir
	if err := keepApart(dir); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// keepApart sets the user's cache directory to one below dir, for all but the go command.
func keepApart(dir string) error {
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return err
	}
	return errors.Join(os.Setenv("GOCACHE", strings.TrimSpace(string(out))), os.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache")))
}

var buildOnce sync.Once

// tool returns the path of the built command.
func tool(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(toolDir, "jwtretire")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	buildOnce.Do(func() {
		r := command(t, "../..", goEnv(), "", "go", "build", "-ldflags=-s -w", "-o", bin, "./cmd/jwtretire")
		if r.exit != 0 {
			t.Logf("go build ./cmd/jwtretire:\n%s%s", r.stdout, r.stderr)
		}
	})
	if _, err := os.Stat(bin); err != nil {
		t.Fatal("cmd/jwtretire does not build, so there is nothing to test")
	}
	return bin
}

// A report is what these tests read of the JSON report.
type report struct {
	Findings   []finding   `json:"findings"`
	BlindSpots []blindSpot `json:"blind_spots"`
}

type finding struct {
	ID       string   `json:"id"`
	Status   string   `json:"status"`
	Reason   string   `json:"reason"`
	Code     string   `json:"reason_code"`
	Needs    []string `json:"needs"`
	Position struct {
		File string `json:"file"`
		Line int    `json:"line"`
	} `json:"position"`
}

type blindSpot struct {
	File string `json:"file"`
}

// jwtretire runs the tool in the copy. Arguments come before the tags and the pattern.
func (c *copied) jwtretire(t *testing.T, args ...string) result {
	t.Helper()
	if c.Tags != "" {
		args = append(args, "-tags", c.Tags)
	}
	r := command(t, c.dir, goEnv(), "", tool(t), append(args, "./...")...)
	if r.exit == 2 {
		t.Fatalf("jwtretire %v: exit 2\n%s", args, r.stderr)
	}
	return r
}

// reported runs the tool for its JSON report.
func (c *copied) reported(t *testing.T, args ...string) (report, int) {
	t.Helper()
	r := c.jwtretire(t, append(args, "-format", "json")...)
	var rep report
	if err := json.Unmarshal([]byte(r.stdout), &rep); err != nil {
		t.Fatalf("jwtretire %v: no JSON: %v\n%s\n%s", args, err, r.stdout, r.stderr)
	}
	return rep, r.exit
}
