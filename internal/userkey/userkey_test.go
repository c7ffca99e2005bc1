package userkey_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"jwtretire.example/internal/userkey"
)

func TestKey(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("HOME", dir)
	t.Setenv("AppData", dir)
	if k := userkey.Existing("a"); k != nil {
		t.Fatal("there is a key before one was made")
	}
	var keys [8]userkey.Key
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() { keys[i] = userkey.For("a") })
	}
	wg.Wait()
	for _, k := range keys {
		if k == nil || !bytes.Equal(k, keys[0]) {
			t.Fatalf("keys %x and %x", keys[0], k)
		}
	}
	if !bytes.Equal(userkey.Existing("a"), keys[0]) {
		t.Error("the key is not the same again")
	}
	if bytes.Equal(userkey.For("b"), keys[0]) {
		t.Error("two purposes have one key")
	}
	sum := keys[0].Sum([]byte("x"), []byte("y"))
	for _, test := range []struct {
		name string
		key  userkey.Key
		data [][]byte
		want bool
	}{
		{"the same", keys[0], [][]byte{[]byte("x"), []byte("y")}, true},
		{"other parts", keys[0], [][]byte{[]byte("xy"), nil}, false},
		{"another purpose", userkey.For("b"), [][]byte{[]byte("x"), []byte("y")}, false},
		{"no key", nil, [][]byte{[]byte("x"), []byte("y")}, false},
	} {
		if got := test.key.Check(sum, test.data...); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestNoKeyIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CONFIG_HOME", file)
	t.Setenv("HOME", file)
	t.Setenv("AppData", file)
	if k := userkey.For("a"); k != nil {
		t.Errorf("key %x", k)
	}
}
