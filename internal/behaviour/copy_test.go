package behaviour_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/internal/behaviour/ims"
)

// A copy is a program in a directory of its own, together with the stand-in modules that its go.mod
// names by a relative path.
type copied struct {
	*program
	dir string
}

// lay copies the program and places its keys and files.
func (p *program) lay(t *testing.T) *copied {
	t.Helper()
	root := t.TempDir()
	c := &copied{p, filepath.Join(root, "programs", p.Name)}
	copyTree(t, p.Dir, c.dir)
	if err := os.Remove(filepath.Join(c.dir, "case.json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	copyTree(t, filepath.Join(testdata, "standin"), filepath.Join(root, "standin"))
	for path, form := range p.Keys {
		c.write(t, path, testKey(t).encode(t, form))
	}
	return c
}

// configure writes the files that a run needs. The key in them is empty after the fix.
func (c *copied) configure(t *testing.T, s *ims.Server, withKey bool) {
	t.Helper()
	for path, text := range c.Files {
		if other, ok := c.AfterFiles[path]; ok && !withKey {
			text = other
		}
		c.write(t, path, []byte(c.expand(t, s, text, withKey)))
	}
}

// dropKeys deletes what a migrated program has no use for.
func (c *copied) dropKeys(t *testing.T) {
	t.Helper()
	for path := range c.Keys {
		if err := os.Remove(filepath.Join(c.dir, path)); err != nil {
			t.Fatal(err)
		}
	}
}

func (c *copied) write(t *testing.T, path string, data []byte) {
	t.Helper()
	full := filepath.Join(c.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// expand replaces ${IMS} (the emulator's base URL), ${IMS_HOST} (its host and port) and the key in
// the forms ${KEY_PEM}, ${KEY_BASE64}, ${KEY_JSON} (inside a JSON string), ${KEY_YAML} (a block indented by four).
func (c *copied) expand(t *testing.T, s *ims.Server, text string, withKey bool) string {
	pem, b64 := "", ""
	if withKey {
		pem = string(testKey(t).encode(t, "pkcs8"))
		b64 = string(testKey(t).encode(t, "base64"))
	}
	return strings.NewReplacer(
		"${IMS}", s.URL,
		"${IMS_HOST}", strings.TrimPrefix(s.URL, "http://"),
		"${KEY_PEM}", pem,
		"${KEY_BASE64}", b64,
		"${KEY_JSON}", strings.ReplaceAll(pem, "\n", `\n`),
		"${KEY_YAML}", strings.ReplaceAll(strings.TrimSpace(pem), "\n", "\n    "),
	).Replace(text)
}

func holdsKey(text string) bool { return strings.Contains(text, "${KEY_") }

// tree returns the content of all files by slash path, without the repository's own.
func (c *copied) tree(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" {
				return fs.SkipDir
			}
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(c.dir, path)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// goFiles returns the paths in tree that are Go, sorted.
func goFiles(tree map[string]string) []string {
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(tree)) {
		if strings.HasSuffix(path, ".go") {
			paths = append(paths, path)
		}
	}
	return paths
}

// changed names the files that differ between two trees, sorted.
func changed(a, b map[string]string) []string {
	var names []string
	for path, text := range a {
		if other, ok := b[path]; !ok || other != text {
			names = append(names, path)
		}
	}
	for path := range b {
		if _, ok := a[path]; !ok {
			names = append(names, path)
		}
	}
	slices.Sort(names)
	return names
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
