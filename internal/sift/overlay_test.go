package sift

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOverlay(t *testing.T) {
	const flow = "package m\n\nvar form = \"jwt_token\"\n"
	for _, tc := range []struct {
		name    string
		disk    string // of a.go
		overlay map[string][]byte
		hot     bool
	}{
		{"only on disk", flow, nil, true},
		{"only in the overlay", "package m\n", map[string][]byte{"a.go": []byte(flow)}, true},
		{"overlaid by nothing special", flow, map[string][]byte{"a.go": []byte("package m\n")}, false},
		{"taken away", flow, map[string][]byte{"a.go": nil, "b.go": []byte("package m\n")}, false},
		{"a file that is not on disk", "package m\n", map[string][]byte{"b.go": []byte(flow)}, true},
		{"a directory that is not on disk", "package m\n", map[string][]byte{"d/e/b.go": []byte(flow)}, true},
		{"a directory that is passed over", "package m\n", map[string][]byte{"testdata/b.go": []byte(flow)}, false},
		{"no Go file", "package m\n", map[string][]byte{"b.txt": []byte(flow)}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{"go.mod": "module m\n", "a.go": tc.disk} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			overlay := map[string][]byte{}
			for name, text := range tc.overlay {
				overlay[filepath.Join(dir, name)] = text
			}
			res, err := Tree(t.Context(), Options{Dir: dir, Overlay: overlay})
			if err != nil {
				t.Fatal(err)
			}
			if res.Empty() == tc.hot {
				t.Errorf("Empty() = %v", res.Empty())
			}
		})
	}
}

func TestOverlayRoot(t *testing.T) {
	dir := tree(t, "-- go.mod --\nmodule m\n-- a.go --\npackage m\n")
	gone := filepath.Join(dir, "d")
	r := sifted(t, Options{Roots: []string{gone}, Overlay: map[string][]byte{filepath.Join(gone, "b.go"): []byte("package d\n")}})
	expect(t, dirs(r, dir), "(.)", "d")
}
