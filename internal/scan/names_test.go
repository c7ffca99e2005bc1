package scan

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jwtretire.example/analyzer/provider"
	"jwtretire.example/internal/sift"
)

// Any name can be the evidence for a vendor whose API took the signed JWT itself. For all names of the
// catalogue, in all places and in all pairs of places, a scan without flags finds the flow if the judge would:
// the prefilter and the judge agree.
func TestVendorByNames(t *testing.T) {
	if testing.Short() {
		t.Skip("scans a few hundred programs")
	}
	sums, err := os.ReadFile("testdata/kinds/go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for _, vendor := range provider.All() {
		if vendor.Verdict != provider.Retire || !slices.Contains(vendor.Kinds, "direct-bearer") {
			continue
		}
		// Programs with their own module path are separate modules. The others form one module, so their
		// imports are read twice only.
		dir, alone := t.TempDir(), t.TempDir()
		write := func(path string, content string) {
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		programs := 0
		for w, word := range vendor.Words {
			for i := range nameSlots {
				for j := i; j < len(nameSlots); j++ {
					root := map[bool]string{true: fmt.Sprint("named", w), false: "plain"}[i == 0]
					at := fmt.Sprintf("p%d%d%d", w, i, j)
					module, files := namedProgram(word, root, at, i, j)
					programs++
					for _, where := range []string{filepath.Join(dir, root), filepath.Join(alone, at)} {
						write(filepath.Join(where, "go.mod"), "module "+module+"\n\ngo 1.25.0\n\nrequire github.com/golang-jwt/jwt/v5 v5.3.1\n")
						write(filepath.Join(where, "go.sum"), string(sums))
						for name, content := range files {
							write(filepath.Join(where, at, filepath.FromSlash(name)), content)
						}
					}
				}
			}
		}
		every, _ := lettingAll(t, dir)
		usual := options(dir)
		usual.All = false
		seen := map[string]bool{}
		for _, r := range scanKind(t, usual) {
			seen[r.Position().File] = true
		}
		retired := 0
		for _, r := range every {
			if r.Flow.Verdict != provider.Retire {
				continue
			}
			retired++
			at := strings.TrimPrefix(r.Position().File, dir)
			if !seen[r.Position().File] {
				t.Errorf("a scan misses %s (%v)", at, r.Flow.Evidence)
			}
			tree, err := sift.Tree(context.Background(), sift.Options{Dir: filepath.Join(alone, strings.Split(at, string(filepath.Separator))[2])})
			if err != nil {
				t.Fatal(err)
			}
			if tree.Empty() {
				t.Errorf("alone, %s is not looked at", at)
			}
		}
		t.Logf("%s: %d of %d programs are judged to be its", vendor.ID, retired, programs)
		if retired < len(nameSlots) {
			t.Errorf("%s is told by names in %d programs only", vendor.ID, retired)
		}
	}
}

// nameSlots are the places of a program in which a name can stand.
var nameSlots = []string{"module", "dir", "package", "file", "comment", "host", "env", "function", "field", "text"}

// namedProgram returns a client with a vendor's word in two places, and no other evidence for the vendor.
func namedProgram(word, root, at string, slots ...int) (module string, files map[string]string) {
	in := map[string]string{
		"module": "example.com/" + root, "dir": "remote", "package": "remote", "file": "calls.go", "comment": "docs.example.com/api", "host": "api.example.com",
		"env": "APP_SECRET", "function": "fetch", "field": "base", "text": "/users/me/meetings",
	}
	filled := map[string]string{
		"module": "example.com/" + word + "-svc", "dir": word, "package": word, "file": word + "_calls.go", "comment": "marketplace." + word + ".us/docs", "host": "api." + word + ".us",
		"env": strings.ToUpper(word) + "_SECRET", "function": "fetch" + strings.ToUpper(word[:1]) + word[1:] + "Users", "field": word + "API", "text": "/users/" + word,
	}
	for _, i := range slots {
		in[nameSlots[i]] = filled[nameSlots[i]]
	}
	client := fmt.Sprintf(`package %[1]s

import (
	"net/http"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Client calls an API, see https://%[2]s.
type Client struct{ %[3]s, secret string }

func New() *Client { return &Client{%[3]s: os.Getenv("BASE"), secret: os.Getenv(%[4]q)} }

func (c *Client) %[5]s() error {
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{
		ExpiresAt: jwt.NewNumericDate(time.Now().Add(time.Minute)),
	}).SignedString([]byte(c.secret))
	if err != nil {
		return err
	}
	req, err := http.NewRequest("GET", c.%[3]s+%[6]q, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+signed)
	_, err = http.DefaultClient.Do(req)
	return err
}

// Ping asks whether anybody is there.
func (c *Client) Ping() error {
	_, err := http.Get("https://%[7]s/ping")
	return err
}

// Fetch fetches.
func Fetch() error { return New().%[5]s() }
`, in["package"], in["comment"], in["field"], in["env"], in["function"], in["text"], in["host"])
	return in["module"], map[string]string{
		in["dir"] + "/" + in["file"]: client,
		"main.go":                    fmt.Sprintf("package main\n\nimport remote %q\n\nfunc main() { _ = remote.Fetch() }\n", in["module"]+"/"+at+"/"+in["dir"]),
	}
}
