package scan

import (
	"os"
	"path/filepath"
	"testing"
)

// A file whose name is not UTF-8 is compiled like any other, and read like any other.
func TestNameOfNoEncoding(t *testing.T) {
	dir := unpackKind(t, "testdata/kinds/scripts.txtar")
	for _, name := range []string{"lib.go", "gen", "example", "snippets", "twofiles", "disabled", "token.go"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(filepath.Join(dir, "platform/token.go"), filepath.Join(dir, "platform/tok\xffen.go")); err != nil {
		t.Skip("the file system has no such names: ", err)
	}
	found := scanKind(t, options(dir))
	if len(found) != 1 || filepath.Base(found[0].Position().File) != "tok\xffen.go" {
		t.Errorf("found %s", toldEach(dir, found))
	}
}
