package journal

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/fixer/patch"
	"jwtretire.example/internal/userkey"
)

// interrupted leaves a tree in which a fix died after it had replaced the first of two files.
func interrupted(t *testing.T) (root string) {
	t.Helper()
	p := program{old: map[string]string{"a.go": "old a", "b.go": "old b"}, new: map[string]string{"a.go": "new a", "b.go": "new b"}}
	root = t.TempDir()
	p.put(t, root)
	s := open(t, root)
	defer func() {
		if recover() == nil {
			t.Fatal("it was not interrupted")
		}
	}()
	exchanges := 0
	s.fs = &editing{FS: s.fs, when: func(op, _ string) bool {
		if op == "exchange" || op == "link" {
			exchanges++
		}
		return exchanges == 2
	}, edit: func() { panic(errDead) }}
	files := p.files(root)
	slices.SortFunc(files, func(a, b patch.File) int { return strings.Compare(a.Path, b.Path) })
	s.Write(files)
	return root
}

func TestSettle(t *testing.T) {
	for _, test := range []struct {
		name string
		to   Direction
		edit map[string]string
		want map[string]string
		fwd  bool
	}{
		{"by itself", Either, nil, map[string]string{"a.go": "new a", "b.go": "new b"}, true},
		{"continue", Forward, nil, map[string]string{"a.go": "new a", "b.go": "new b"}, true},
		{"abort", Backward, nil, map[string]string{"a.go": "old a", "b.go": "old b"}, false},
		{"continue, a new one edited", Forward, map[string]string{"a.go": "mine"}, map[string]string{"a.go": "mine", "b.go": "new b"}, true},
		{"continue, an old one edited", Forward, map[string]string{"b.go": "mine"}, map[string]string{"a.go": "new a", "b.go": "mine"}, true},
		{"abort, a new one edited", Backward, map[string]string{"a.go": "mine"}, map[string]string{"a.go": "mine", "b.go": "old b"}, false},
		{"abort, an old one edited", Backward, map[string]string{"b.go": "mine"}, map[string]string{"a.go": "old a", "b.go": "mine"}, false},
		{"the new contents were cleaned away", Either, map[string]string{"*.tmp": ""}, map[string]string{"a.go": "old a", "b.go": "old b"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := interrupted(t)
			for name, text := range test.edit {
				if text == "" {
					list, _ := filepath.Glob(filepath.Join(root, ".jwtretire-*.tmp"))
					if len(list) == 0 {
						t.Fatal("nothing lies aside")
					}
					for _, f := range list {
						os.Remove(f)
					}
					continue
				}
				put(t, filepath.Join(root, name), []byte(text), 0o644)
			}
			got, err := open(t, root).Settle(test.to)
			if err != nil {
				t.Fatal(err)
			}
			if got.Forward != test.fwd || got.PID != os.Getpid() || len(got.Files) != 2 || len(got.Edited) != len(test.edit) && test.to != Either {
				t.Errorf("it says %+v", got)
			}
			if files := tree(t, root); !maps.Equal(files, test.want) {
				t.Errorf("files %q", files)
			}
		})
	}
}

func TestSettleStopsAtEdits(t *testing.T) {
	root := interrupted(t)
	put(t, filepath.Join(root, "b.go"), []byte("mine"), 0o644)
	before := tree(t, root)
	_, err := open(t, root).Settle(Either)
	var edited *EditedError
	if !errors.As(err, &edited) || !slices.Equal(edited.Files, []string{"b.go"}) {
		t.Errorf("error is %v", err)
	}
	if !maps.Equal(tree(t, root), before) {
		t.Error("something was changed")
	}
}

// TestUnsignedJournals: a tree may come with a journal from anybody.
func TestUnsignedJournals(t *testing.T) {
	for name, plant := range map[string]func(t *testing.T, root string){
		"of another user":   func(t *testing.T, root string) { resign(t, root, userkey.Key("another"), nil) },
		"without signature": func(t *testing.T, root string) { resign(t, root, nil, nil) },
		"of another tree":   func(t *testing.T, root string) { resign(t, root, testKey, func(r *record) { r.Root = "/elsewhere" }) },
		"no folder": func(t *testing.T, root string) {
			os.RemoveAll(filepath.Join(root, Dir))
			put(t, filepath.Join(root, Dir), []byte("x"), 0o644)
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := interrupted(t)
			plant(t, root)
			before := tree(t, root)
			if _, err := open(t, root).Settle(Either); !errors.Is(err, ErrUnsigned) {
				t.Errorf("error is %v", err)
			}
			if !maps.Equal(tree(t, root), before) {
				t.Error("something was changed")
			}
		})
	}
}

// TestUnsignedOnRequest: it names what a fix writes, so it is carried out for who asks for it.
func TestUnsignedOnRequest(t *testing.T) {
	root := interrupted(t)
	resign(t, root, userkey.Key("another"), nil)
	if _, err := open(t, root).Settle(Backward); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, root); !maps.Equal(got, map[string]string{"a.go": "old a", "b.go": "old b"}) {
		t.Errorf("files %q", got)
	}
}

// TestEvilRecords are not followed whoever signed them.
func TestEvilRecords(t *testing.T) {
	for name, change := range map[string]func(e *entry){
		"a path out of the tree":        func(e *entry) { e.Path, e.Aside = "../x.go", "../.jwtretire-aaaaaaaaaa0000.tmp" },
		"an absolute path":              func(e *entry) { e.Path, e.Aside = "/etc/x.go", "/etc/.jwtretire-aaaaaaaaaa0000.tmp" },
		"a path that is not clean":      func(e *entry) { e.Path = "x/../a.go" },
		"git's configuration":           func(e *entry) { e.Path, e.Aside = ".git/config", ".git/.jwtretire-aaaaaaaaaa0000.tmp" },
		"a hook that ends in .go":       func(e *entry) { e.Path, e.Aside = ".git/hooks/x.go", ".git/hooks/.jwtretire-aaaaaaaaaa0000.tmp" },
		"git's, as some systems see it": func(e *entry) { e.Path, e.Aside = ".GIT/x.go", ".GIT/.jwtretire-aaaaaaaaaa0000.tmp" },
		"a file of another kind":        func(e *entry) { e.Path = "Makefile" },
		"contents aside anywhere":       func(e *entry) { e.Aside = "c.go" },
		"contents aside elsewhere":      func(e *entry) { e.Aside = "x/.jwtretire-aaaaaaaaaa0000.tmp" },
		"a copy anywhere":               func(e *entry) { e.Copy = "../../etc/passwd" },
		"no copy":                       func(e *entry) { e.Copy = "" },
	} {
		for _, to := range []Direction{Either, Forward, Backward} {
			root := interrupted(t)
			resign(t, root, testKey, func(r *record) { change(r.Entries[0]) })
			before := tree(t, root)
			if got, err := open(t, root).Settle(to); err == nil {
				t.Errorf("%s, direction %d: it was carried out: %+v", name, to, got)
			}
			if !maps.Equal(tree(t, root), before) {
				t.Errorf("%s, direction %d: something was changed", name, to)
			}
		}
	}
}

// TestLinksThatCameLater: a folder of the record has become a link out of the tree.
func TestLinksThatCameLater(t *testing.T) {
	root, other := interrupted(t), t.TempDir()
	put(t, filepath.Join(other, "a.go"), []byte("old a"), 0o644)
	resign(t, root, testKey, func(r *record) {
		r.Entries[0].Path = "d/a.go"
		r.Entries[0].Aside = "d/.jwtretire-aaaaaaaaaa0000.tmp"
	})
	put(t, filepath.Join(other, ".jwtretire-aaaaaaaaaa0000.tmp"), []byte("new a"), 0o644)
	if err := os.Symlink(other, filepath.Join(root, "d")); err != nil {
		t.Skip(err)
	}
	for _, to := range []Direction{Either, Forward, Backward} {
		if _, err := open(t, root).Settle(to); err == nil {
			t.Errorf("direction %d: a link out of the tree was followed", to)
		}
	}
	contents(t, filepath.Join(other, "a.go"), "old a")
}

func TestNothingToSettle(t *testing.T) {
	if got, err := open(t, t.TempDir()).Settle(Either); got != nil || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// resign changes the record of a tree and signs it with another key.
func resign(t *testing.T, root string, key userkey.Key, change func(*record)) {
	t.Helper()
	s := open(t, root)
	r, err := s.load()
	if err != nil || r == nil {
		t.Fatal(r, err)
	}
	if change != nil {
		change(r)
	}
	s.key = key
	if err := s.save(r); err != nil {
		t.Fatal(err)
	}
}
