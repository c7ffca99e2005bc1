//go:build !windows

package terminaltest

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// TestInstalledVersion installs a version as users do, from a module proxy, and asks the binary which one it is.
func TestInstalledVersion(t *testing.T) {
	const path = "jwtretire.example"
	const version = "v1.2.3"
	proxy := filepath.Join(t.TempDir(), path, "@v")
	if err := os.MkdirAll(proxy, 0o777); err != nil {
		t.Fatal(err)
	}
	archive, err := os.Create(filepath.Join(proxy, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../../go.mod")
	info, _ := json.Marshal(map[string]string{"Version": version, "Time": "2026-11-30T08:00:00Z"})
	err = errors.Join(err, zip.CreateFromDir(archive, module.Version{Path: path, Version: version}, "../../.."), archive.Close(),
		os.WriteFile(filepath.Join(proxy, version+".mod"), mod, 0o666), os.WriteFile(filepath.Join(proxy, version+".info"), info, 0o666), os.WriteFile(filepath.Join(proxy, "list"), []byte(version+"\n"), 0o666))
	if err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("go", "env", "GOPROXY", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	usual, cache, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
	// A module cache of its own, which takes from the usual one what that has: the usual one stays as it was.
	bin, own := t.TempDir(), t.TempDir()
	cmd := exec.Command("go", "install", path+"/cmd/jwtretire@"+version)
	cmd.Dir = bin
	cmd.Env = append(os.Environ(), "GOBIN="+bin, "GOFLAGS=-modcacherw", "GOMODCACHE="+own, "GONOSUMDB="+path,
		"GOPROXY=file://"+filepath.Dir(filepath.Dir(proxy))+",file://"+filepath.Join(cache, "cache", "download")+","+usual)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(filepath.Join(bin, "jwtretire"), "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "jwtretire "+version+"\n") {
		t.Errorf("it says %q (%v), want %s", out, err, version)
	}
}
