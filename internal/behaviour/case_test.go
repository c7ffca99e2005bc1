package behaviour_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"jwtretire.example/internal/behaviour/ims"
)

const testdata = "../../testdata"

// A program is one module under testdata/programs with its case.json.
type program struct {
	Name string `json:"-"`
	Dir  string `json:"-"` // of the original, never written to

	Shape      string            `json:"shape"`       // what it stands for
	Package    string            `json:"package"`     // the command in it, "." by default
	Tags       string            `json:"tags"`        // build tags that the command and the tool need
	Clients    []ims.Client      `json:"clients"`     // known to the emulator
	Keys       map[string]string `json:"keys"`        // key files: path and form (pkcs8, pkcs1, base64); deleted after the fix
	Files      map[string]string `json:"files"`       // other files written before a run; ${…} is expanded
	AfterFiles map[string]string `json:"after_files"` // take the place of Files after the fix: what an operator has to change
	Runs       []run             `json:"runs"`        // at least one
	Findings   int               `json:"findings"`    // of the scan, 1 by default

	Fixes     []fix               `json:"fixes"`     // one fix without flags by default, that succeeds
	Identical []string            `json:"identical"` // files that a fix may not touch
	Survives  map[string][]string `json:"survives"`  // file to text (comments mostly) that is there before and after
	Gone      []string            `json:"gone"`      // text that some Go file has before and none has after
	Foreign   []foreign           `json:"foreign"`   // other platforms for which the module has to compile
}

// A run is one start of the command. Standard output, exit code and number of token requests
// have to be the same before and after.
type run struct {
	Name     string            `json:"name"`
	Args     []string          `json:"args"`
	Env      map[string]string `json:"env"`       // ${…} is expanded; an entry that holds the key is left out after the fix
	AfterEnv map[string]string `json:"after_env"` // takes the place of Env's entries after the fix: what an operator has to change
	Stdin    string            `json:"stdin"`
	Exit     int               `json:"exit"`
	Stdout   []string          `json:"stdout"`  // text that standard output holds
	Stderr   []string          `json:"stderr"`  // text that standard error holds, before and after
	Tokens   int               `json:"tokens"`  // requests for a token
	Refused  bool              `json:"refused"` // the emulator refuses them, and should
}

// A fix is one call of `jwtretire fix` on a fresh copy and what is to become of the findings.
type fix struct {
	Name     string            `json:"name"`
	Args     []string          `json:"args"`
	Files    map[string]string `json:"files"`    // written first, e.g. .jwtretire.yaml
	Statuses []string          `json:"statuses"` // every finding has one of them; the first is the one to hope for
	Code     string            `json:"code"`     // reason_code of a finding that is not fixed
	Reason   string            `json:"reason"`   // part of its reason, where the text comes from the program itself
	Needs    []string          `json:"needs"`
}

// A foreign platform is one on which this machine cannot run the program.
type foreign struct {
	GOOS string `json:"goos"`
	Tags string `json:"tags"`
	File string `json:"file"` // has a flow: it is rewritten or named as a blind spot
}

// inShort are the programs that run under -short: helpers in several files. Each is built, vetted and run several times, 3 s of cpu;
// package outcomes has more programs, of one module.
var inShort = []string{"helpers"}

// programs reads all cases below testdata/programs, under -short a few of them.
func programs(t *testing.T) []*program {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(testdata, "programs", "*", "case.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	var all []*program
	for _, path := range paths {
		p, err := readCase(path)
		if err != nil {
			t.Fatal(err)
		}
		if !testing.Short() || slices.Contains(inShort, p.Name) {
			all = append(all, p)
		}
	}
	return all
}

func readCase(path string) (*program, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	p := &program{Package: ".", Findings: 1}
	if err := dec.Decode(p); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p.Dir = filepath.Dir(path)
	p.Name = filepath.Base(p.Dir)
	if p.Shape == "" || len(p.Clients) == 0 || len(p.Runs) == 0 {
		return nil, fmt.Errorf("%s: shape, clients and runs are wanted", path)
	}
	if len(p.Fixes) == 0 {
		p.Fixes = []fix{{}}
	}
	for i := range p.Fixes {
		if len(p.Fixes[i].Statuses) == 0 {
			p.Fixes[i].Statuses = []string{"fixed"}
		}
	}
	return p, nil
}
