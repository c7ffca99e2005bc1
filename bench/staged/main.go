// Staged writes a git repository of a hundred Go files in twenty packages, of which ten are changed and staged. None has a part of a flow, which
// is the case that a pre-commit hook meets nearly every time.
//
//	staged -dir DIRECTORY
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	dir := flag.String("dir", "", "`DIRECTORY` that the repository is written to")
	flag.Parse()
	if *dir == "" {
		fmt.Fprintln(os.Stderr, "staged: usage: staged -dir DIRECTORY")
		os.Exit(2)
	}
	if err := write(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "staged:", err)
		os.Exit(2)
	}
}

func write(dir string) error {
	if err := put(filepath.Join(dir, "go.mod"), "module example.com/staged\n\ngo 1.24\n"); err != nil {
		return err
	}
	file := func(i int) string { return filepath.Join(dir, fmt.Sprintf("p%d", i/5), fmt.Sprintf("f%d.go", i)) }
	text := func(i int, more string) string {
		return fmt.Sprintf("package p%d\n\nimport \"strings\"\n\n// F%d counts.\nfunc F%d(s string) int {\n\treturn strings.Count(s, \"%d\")%s\n}\n", i/5, i, i, i, more)
	}
	for i := range 100 {
		if err := put(file(i), text(i, "")); err != nil {
			return err
		}
	}
	commit := []string{"-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "first"}
	if err := git(dir, []string{"init", "-q"}, []string{"add", "."}, commit); err != nil {
		return err
	}
	for i := 0; i < 100; i += 10 {
		if err := put(file(i), text(i, " + 1")); err != nil {
			return err
		}
	}
	return git(dir, []string{"add", "."})
}

func git(dir string, commands ...[]string) error {
	for _, args := range commands {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w\n%s", args[0], err, out)
		}
	}
	return nil
}

func put(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o666)
}
