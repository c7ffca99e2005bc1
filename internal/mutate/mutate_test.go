package mutate

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sample has a place for every mutation.
const sample = `package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/ioutil"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"context"
)

const formKey = "jwt_token"

// client is.
type client struct {
	base   string
	Secret string "json:\"secret\""
}

// send sends.
func (c *client) send(form url.Values) (*http.Response, error) {
	return http.PostForm(c.base, form)
}

func helper(a string, b int) (string, error) {
	if a == "" {
		return "", fmt.Errorf("nothing %d", b)
	}
	x, err := os.ReadFile("file")
	if err != nil {
		return "", err
	}
	y, _ := ioutil.ReadFile("file")
	return a + "x" + string(x) + string(y), nil
}

func requests(c *client) error {
	form := url.Values{"a": {"b"}}
	form.Set(formKey, "v")
	form.Add("k", "v")
	header := http.Header{}
	header.Set("a", "b")
	header.Add("a", "b")
	req, err := http.NewRequest("POST", c.base, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req2, err := http.NewRequestWithContext(context.Background(), http.MethodPost, c.base, bytes.NewBufferString("x"))
	if err != nil {
		return err
	}
	req3, err := http.NewRequest(http.MethodPost, c.base, nil)
	_, _ = req2, req3
	hc := &http.Client{Timeout: time.Second * 10}
	resp, err := hc.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		return fmt.Errorf("status")
	}
	raw, err := io.ReadAll(resp.Body)
	old, err := ioutil.ReadAll(resp.Body)
	_, _ = raw, old
	_, err = hc.PostForm(c.base, url.Values{"k": {"v"}})
	_, err = http.Post(c.base, "t", nil)
	var out struct{ A string }
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return err
	}
	fmt.Println(out.A)
	return nil
}

func main() {
	c := &client{base: "http://localhost"}
	s, err := helper("a", 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	t := client{base: s}
	u := 3
	var w = u
	some := len(s) > 0
	if some {
		fmt.Println("some")
	}
	if e := requests(c); e != nil {
		fmt.Println(e, w)
	}
	var v client
	fmt.Println(v.base, &v)
	func() {
		fmt.Println(s, t)
	}()
	_, err = c.send(nil)
	if err != nil {
		fmt.Println(err)
	}
}
`

func open(t *testing.T) *World {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module m\n\ngo 1.24\n", "main.go": sample} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	w, err := Open(context.Background(), dir, "", true, nil)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestTable shows that every row changes a program, that the result type-checks, and that equal seeds give
// equal variants.
func TestTable(t *testing.T) {
	w := open(t)
	for i, row := range Table() {
		if testing.Short() && i%5 != 0 {
			continue
		}
		t.Run(row.Name, func(t *testing.T) {
			if row.Doc == "" {
				t.Error("no word on what it does")
			}
			first := apply(t, w, row)
			if first == nil {
				t.Fatal("applies nowhere in the sample")
			}
			changed := false
			for path, src := range first.Files {
				changed = changed || !bytes.Equal(src, w.Original().Source()[path])
			}
			if !changed {
				t.Error("changes nothing")
			}
			for _, p := range first.Load.Packages {
				for _, e := range p.Errors {
					t.Error(e)
				}
			}
		})
	}
}

func apply(t *testing.T, w *World, row *Mutation) *Mutant {
	t.Helper()
	for seed := range uint64(20) {
		m, err := w.Mutate(context.Background(), w.Original(), row, rand.New(rand.NewPCG(seed, 0)))
		if err != nil {
			t.Fatal(err)
		}
		if m != nil {
			return m
		}
	}
	return nil
}

// TestRenameRefusesCapture shows that a name which would be captured is not given.
func TestRenameRefusesCapture(t *testing.T) {
	w := open(t)
	for seed := range uint64(40) {
		m, err := w.Mutate(context.Background(), w.Original(), row(t, "rename-local-hostile"), rand.New(rand.NewPCG(seed, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if m == nil {
			continue
		}
		src := string(m.Source()[filepath.Join(w.Dir, "main.go")])
		if strings.Count(src, "url.Values") != strings.Count(sample, "url.Values") || strings.Count(src, "json.NewDecoder") != 1 {
			t.Errorf("a package's name was renamed:\n%s", src)
		}
	}
}

func row(t *testing.T, name string) *Mutation {
	t.Helper()
	for _, r := range Table() {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no mutation %s", name)
	return nil
}
