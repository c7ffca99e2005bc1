package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jwtretire.example/internal/config"
)

// TestShownCommands runs every command that README and docs show, in a copy of the sample, with the ledgers and patches
// there that they speak of.
func TestShownCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("runs some thirty commands")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	root := filepath.Join("..", "..")
	n := 0
	seen := map[string]bool{}
	for _, file := range documents(t, root) {
		for _, line := range shown(t, filepath.Join(root, file)) {
			if seen[line] || strings.Contains(line, "[flags]") || strings.Contains(line, "[command]") { // how commands are called, in general
				continue
			}
			if !strings.HasPrefix(line, "jwtretire ") && !strings.HasPrefix(line, "go vet -vettool") && !strings.HasPrefix(line, "go fix -fixtool") && !strings.HasPrefix(line, "source <(jwtretire") {
				continue
			}
			n++
			seen[line] = true
			t.Run(file+" "+line, func(t *testing.T) {
				t.Parallel()
				dir := prepared(t)
				command, _, _ := strings.Cut(line, "   ") // what it does stands behind it
				cmd := exec.Command("bash", "-c", command)
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				var exit *exec.ExitError
				if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
	if n < 15 {
		t.Errorf("%d commands were found only", n)
	}
}

// TestShownConfiguration reads every configuration that README and docs show.
func TestShownConfiguration(t *testing.T) {
	root := filepath.Join("..", "..")
	n := 0
	for _, file := range documents(t, root) {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(text), "```yaml\n")[1:] {
			block, _, _ := strings.Cut(part, "```")
			if !strings.Contains(block, "scopes:") && !strings.Contains(block, "providers:") && !strings.Contains(block, "ignore:") {
				continue // of another program
			}
			n++
			if _, err := config.Parse(file, []byte(block)); err != nil {
				t.Errorf("%v\n%s", err, block)
			}
		}
	}
	if n < 5 {
		t.Errorf("%d configurations were found only", n)
	}
}

// TestLinks looks whether what README and docs link to is there.
func TestLinks(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, file := range append(documents(t, root), "ARCHITECTURE.md", "CONTRIBUTING.md", "testdata/README.md") {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(text), "](")[1:] {
			to, _, _ := strings.Cut(part, ")")
			if strings.Contains(to, "://") || strings.HasPrefix(to, "#") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(file), to)); err != nil {
				t.Errorf("%s links to %s: %v", file, to, err)
			}
		}
	}
}

// TestNamedFiles looks for the files and folders that ARCHITECTURE and CONTRIBUTING name: a guide that sends people to a file that
// has moved is worse than none. A name in capitals stands for any.
func TestNamedFiles(t *testing.T) {
	root := filepath.Join("..", "..")
	name := regexp.MustCompile("`(?:\\./)?((?:analyzer|cmd|docs|examples|fixer|internal|plugin|testdata)/[a-z0-9/_.*]+)`")
	for _, file := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		found := name.FindAllStringSubmatch(string(text), -1)
		if len(found) < 10 {
			t.Errorf("%s names %d files only", file, len(found))
		}
		for _, m := range found {
			if paths, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(m[1]))); err != nil || len(paths) == 0 {
				t.Errorf("%s names %s, which does not exist (%v)", file, m[1], err)
			}
		}
	}
}

// documents are README and the pages of docs.
func documents(t *testing.T, root string) []string {
	t.Helper()
	out := []string{"README.md", "examples/fleet/README.md"}
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(pages) < 6 {
		t.Fatalf("docs has %d pages (%v)", len(pages), err)
	}
	for _, p := range pages {
		out = append(out, "docs/"+filepath.Base(p))
	}
	return out
}

// shown are the lines of a document's blocks of code.
func shown(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	fenced := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced:
			out = append(out, strings.TrimSpace(line))
		case strings.HasPrefix(line, "    "):
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// prepared is a copy of the sample with the prerequisites of the documents.
func prepared(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "sample"))); err != nil {
		t.Fatal(err)
	}
	ledger := []byte(`{"schema": 1, "tool": {"name": "jwtretire", "version": "v1"}, "findings": []}`)
	if err := os.Mkdir(filepath.Join(dir, "ledgers"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ledgers/a.json", "ledgers/b.json", "LEDGER.json…", "OLD.json", "NEW.json", "baseline.json", "now.json", "old.json", "new.json", "NAME.json"} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), ledger, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	git := exec.Command("git", "init", "-q", dir)
	if out, err := git.CombinedOutput(); err != nil {
		t.Fatal(fmt.Errorf("%w\n%s", err, out))
	}
	for _, args := range [][]string{{"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return dir
}

// TestBeforeAndAfter compares the two columns of README's example with the sample and its patch, line by line.
// "…" means omitted lines.
func TestBeforeAndAfter(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "```go\n")
	block, _, _ = strings.Cut(block, "```")
	head, _, _ := strings.Cut(block, "\n")
	column := strings.Index(head, "// after")
	if column < 0 {
		t.Fatal("there is no example")
	}
	dir := prepared(t)
	before, err := os.ReadFile(filepath.Join(dir, "token.go"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("jwtretire", "fix", "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	after, err := os.ReadFile(filepath.Join(dir, "token.go"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(block) {
		r := []rune(strings.TrimRight(line, "\n"))
		for i, part := range []string{string(r[:min(column, len(r))]), string(r[min(column, len(r)):])} {
			part = strings.TrimSpace(part)
			if part == "" || part == "…" || strings.HasPrefix(part, "//") {
				continue
			}
			n++
			want := regexp.MustCompile(`(?s)` + strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSuffix(dense(part), ",")), "…", ".*"))
			if !want.MatchString(dense(string([][]byte{before, after}[i]))) {
				t.Errorf("the sample has no %s", part)
			}
		}
	}
	if n < 12 {
		t.Errorf("%d lines were found only", n)
	}
}

// dense is source without its layout.
func dense(source string) string {
	return strings.NewReplacer(",}", "}", ",)", ")").Replace(strings.Join(strings.Fields(source), ""))
}
