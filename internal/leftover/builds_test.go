package leftover_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwtretire.example/internal/leftover"
)

func TestBuilds(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"BUILD.bazel":       "load()\n\ngo_library(\n    deps = [\"@com_github_golang_jwt_jwt_v5//:jwt\"],\n)\n",
		"svc/BUILD":         "go_library(\n    name = \"x\",\n)\n",
		"other/BUILD.bazel": "go_library(deps = [\"@com_github_golang_jwt_jwt_v5//:jwt\"])\n",
		"MODULE.bazel":      "module()\nuse_repo(go_deps, \"com_github_golang_jwt_jwt_v5\")\n",
		"WORKSPACE":         "workspace(name = \"x\")\n",
		"gomod2nix.toml":    "schema = 3\n\n[mod.\"github.com/golang-jwt/jwt/v5\"]\n",
		"flake.nix":         "{\n  vendorHash = \"sha256-x\";\n}\n",
		"shell.nix":         "{}\n",
		"svc/BUCK":          "go_binary(name = \"x\")\n",
		"docs/BUILD":        "filegroup(name = \"x\")\n",
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	mod := filepath.Join(root, "go.mod")
	old := []byte("module m\nrequire github.com/golang-jwt/jwt/v5 v5.3.0\n")
	look := func(new string) string {
		var out []string
		for _, p := range leftover.Builds(leftover.Build{
			Root: root, Dirs: []string{root, filepath.Join(root, "svc"), filepath.Join(root, "docs")},
			Mods: map[string][]byte{mod: old}, Change: map[string][]byte{mod: []byte(new)},
		}) {
			rel, _ := filepath.Rel(root, p.File)
			out = append(out, fmt.Sprintf("%s:%d %s", filepath.ToSlash(rel), p.Line, p.Kind))
			if p.Name == "" {
				t.Errorf("%s: nothing says what to do", p.Kind)
			}
		}
		return strings.Join(out, "\n")
	}
	if got, want := look("module m\nrequire golang.org/x/oauth2 v0.35.0\n"), "BUILD.bazel:4 bazel-package\nMODULE.bazel:2 bazel-module\nflake.nix:2 nix-hash\ngomod2nix.toml:3 gomod2nix\nsvc/BUCK:1 buck\nsvc/BUILD:1 bazel-package"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// Imports have changed, modules have not.
	if got, want := look(string(old)), "BUILD.bazel:4 bazel-package\nsvc/BUCK:1 buck\nsvc/BUILD:1 bazel-package"; got != want {
		t.Errorf("without a change of go.mod\n%s\nwant\n%s", got, want)
	}
}
