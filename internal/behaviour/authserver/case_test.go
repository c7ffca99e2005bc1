package authserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"jwtretire.example/internal/behaviour/authserver"
)

const testdata = "../../../testdata"

// A program is one module under testdata/optin with its case.json.
type program struct {
	Name string `json:"-"`
	Dir  string `json:"-"` // of the original, never written to

	Shape      string            `json:"shape"` // what it stands for
	Vendor     authserver.Vendor `json:"vendor"`
	Keys       map[string]string `json:"keys"`        // key files: path and form (pkcs8, pkcs1, jwk); deleted after the fix
	Files      map[string]string `json:"files"`       // other files written before a run; ${…} is expanded
	AfterFiles map[string]string `json:"after_files"` // take the place of Files after the fix
	Runs       []run             `json:"runs"`
	Fixes      []fix             `json:"fixes"` // at least one; each on a fresh copy

	Gone     []string            `json:"gone"`     // text that some Go file has before and none has after
	Survives map[string][]string `json:"survives"` // file to text that is there before and after
}

// A run is one start of the command. Standard output, exit code and number of token requests have to be
// the same before and after.
type run struct {
	Args     []string          `json:"args"`
	Env      map[string]string `json:"env"`       // ${…} is expanded; an entry that holds the key is left out after the fix
	AfterEnv map[string]string `json:"after_env"` // the secret mostly; added or put in the place of Env's after the fix
	Exit     int               `json:"exit"`
	Stdout   []string          `json:"stdout"`  // text that standard output holds
	Tokens   int               `json:"tokens"`  // requests for a token
	Refused  bool              `json:"refused"` // the server refuses them, and should
	After    int               `json:"after"`   // as many more after the fix: one, where there was no exchange
}

// A fix is one call of `jwtretire fix` on a fresh copy, and what becomes of the findings.
type fix struct {
	Name   string   `json:"name"`
	Args   []string `json:"args"`
	Config []string `json:"config"` // lines of .jwtretire.yaml
	Status string   `json:"status"` // of every finding, "fixed" by default
	Needs  []string `json:"needs"`
	Code   string   `json:"code"`   // of the reason
	Reason string   `json:"reason"` // part of it, where it has something to be copied
	Notes  []string `json:"notes"`  // parts of notes
}

func programs(t *testing.T) []*program {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(testdata, "optin", "*", "case.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	var all []*program
	for _, path := range paths {
		p, err := readCase(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
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
	p := &program{Dir: filepath.Dir(path), Name: filepath.Base(filepath.Dir(path))}
	if err := dec.Decode(p); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if p.Shape == "" || len(p.Vendor.Clients) == 0 || len(p.Runs) == 0 || len(p.Fixes) == 0 {
		return nil, fmt.Errorf("%s: shape, clients, runs and fixes are wanted", path)
	}
	for i := range p.Fixes {
		if p.Fixes[i].Status == "" {
			p.Fixes[i].Status = "fixed"
		}
	}
	return p, nil
}
