package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"jwtretire.example/fixer/reason"
	"jwtretire.example/internal/codes"
)

// TestReasonPages runs the examples of the pages of reasons. Each is a part of a program, testdata/reasons/CODE: before is
// declined with that code, and after, the same program changed as the page advises, is rewritten.
func TestReasonPages(t *testing.T) {
	root := filepath.Join("..", "..", "testdata", "reasons")
	cmd := exec.Command("jwtretire", "fix", "-diff", "-C", root, "-format", "json", "-cache=off", "-o", os.DevNull)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatal(err)
	}
	var report struct {
		Findings []struct {
			Position   struct{ File string }
			Status     string
			ReasonCode string `json:"reason_code"`
			Reason     string
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, f := range report.Findings {
		code, state := filepath.Split(filepath.Dir(filepath.FromSlash(f.Position.File)))
		code = filepath.Clean(code)
		found[filepath.Join(code, state)]++
		switch {
		case state == "before" && (f.Status != "skipped" || f.ReasonCode != code):
			t.Errorf("%s is %s: %s %s", f.Position.File, f.Status, f.ReasonCode, f.Reason)
		case state == "after" && f.Status != "fixable":
			t.Errorf("%s is %s: %s %s", f.Position.File, f.Status, f.ReasonCode, f.Reason)
		}
	}
	dirs, err := filepath.Glob(filepath.Join(root, "*", "*"))
	if err != nil || len(dirs) < 25 {
		t.Fatalf("there are %d programs (%v)", len(dirs), err)
	}
	for _, dir := range dirs {
		code, state := filepath.Base(filepath.Dir(dir)), filepath.Base(dir)
		if found[filepath.Join(code, state)] != 1 {
			t.Errorf("%s/%s has %d flows", code, state, found[filepath.Join(code, state)])
		}
		page := codes.Of(codes.Reason, code)
		if page == nil {
			t.Errorf("%s is no code", code)
			continue
		}
		example := page.Before
		if state == "after" {
			example = page.After
		}
		program := statements(source(t, dir))
		for line := range strings.Lines(example.Text) {
			if line = statements(line); !strings.Contains(program, line) {
				t.Errorf("%s: %s shows what the program does not have: %s", code, state, line)
			}
		}
	}
}

// TestEveryReason: each code of a reason is shown by a run: by a program of testdata/reasons, by an archive of the fixer with its code in
// the wanted result, or by a script with its code in brackets or in quotes. Two codes are shown elsewhere: budget needs a program of a size
// that bench/pathological writes, and internal-error a fault, which tests of fixer and fixer/plan cause.
func TestEveryReason(t *testing.T) {
	var shown strings.Builder
	err := filepath.WalkDir(filepath.Join("..", "..", "fixer"), func(name string, e os.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".txtar" {
			return err
		}
		ar, err := txtar.ParseFile(name)
		if err != nil {
			return err
		}
		for _, f := range ar.Files {
			if strings.HasPrefix(f.Name, "want") {
				shown.Write(f.Data)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	archives := strings.Fields(shown.String())
	scripts := source(t, filepath.Join("testdata", "script"))
	for _, code := range reason.Codes {
		if code == reason.Budget || code == reason.Internal {
			continue
		}
		_, err := os.Stat(filepath.Join("..", "..", "testdata", "reasons", string(code), "before"))
		if err == nil || slices.Contains(archives, string(code)) || strings.Contains(scripts, `\[`+string(code)+`\]`) || strings.Contains(scripts, `"`+string(code)+`"`) {
			continue
		}
		t.Errorf("no run shows %s", code)
	}
}

// TestScriptPages compares the examples of pages with the scripts that show these codes: each line of a Go example is in the script.
func TestScriptPages(t *testing.T) {
	for code, script := range map[reason.Code]string{
		reason.APIStays: "code_api_stays", reason.MadeElsewhere: "code_made_elsewhere", reason.TakenBack: "code_taken_back", reason.OnlyFix: "code_file_goes",
		reason.ResultTypes: "platforms_fail", reason.Copied: "fix_copy", reason.Overlap: "code_overlap",
	} {
		text, err := os.ReadFile(filepath.Join("testdata", "script", script+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		page, program := codes.Of(codes.Reason, string(code)), statements(string(text))
		for _, example := range []codes.Example{page.Before, page.After} {
			for line := range strings.Lines(example.Text) {
				if line = statements(line); example.Language != "console" && !strings.Contains(program, line) {
					t.Errorf("%s: script %s does not have %s", code, script, line)
				}
			}
		}
	}
}

// source is that of all files below a directory.
func source(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

var comment = regexp.MustCompile(`(?m)//.*$`)

// statements are those of a source, without layout and comments.
func statements(source string) string {
	return strings.Join(strings.Fields(comment.ReplaceAllString(source, "")), "")
}
