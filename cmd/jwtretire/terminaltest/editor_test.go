//go:build !windows

package terminaltest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNeovim writes a file in a real Neovim that has the settings of docs/hosts.md, and reads its quickfix list.
func TestNeovim(t *testing.T) {
	nvim, err := exec.LookPath("nvim")
	if err != nil {
		t.Skip("Neovim is not installed")
	}
	text, err := os.ReadFile("../../../docs/hosts.md")
	if err != nil {
		t.Fatal(err)
	}
	_, settings, ok := strings.Cut(string(text), "```lua\n")
	settings, _, ok2 := strings.Cut(settings, "```")
	if !ok || !ok2 {
		t.Fatal("docs/hosts.md has no settings for Neovim")
	}
	config, dir, list := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "list")
	if err := os.CopyFS(dir, os.DirFS("../../../testdata/sample")); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	put(filepath.Join(config, "nvim", "after", "ftplugin", "go.lua"), settings)
	script := filepath.Join(config, "script.vim")
	put(script, "edit token.go\nwrite\ncall writefile(map(getqflist(), 'bufname(v:val.bufnr) . \":\" . v:val.lnum . \":\" . v:val.col . \": \" . v:val.text'), '"+list+"')\nqall!\n")
	cmd := exec.Command(nvim, "--headless", "-n", "-S", script)
	cmd.Dir, cmd.WaitDelay = dir, time.Minute
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(build(t))+string(os.PathListSeparator)+os.Getenv("PATH"), "SHELL=/bin/sh", "XDG_CONFIG_HOME="+config, "XDG_DATA_HOME="+config, "XDG_STATE_HOME="+config)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := os.ReadFile(list)
	if err != nil || !strings.HasPrefix(string(got), "token.go:41:3: Adobe IMS JWT exchange: this credential stopped working") || !strings.Contains(string(got), "\ntoken.go:18:14: \tkey-load: os.ReadFile\n") {
		t.Errorf("the quickfix list is\n%s\n(%v)\n%s", got, err, out)
	}
}
