package prove

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What answers for the token service in a test is found by its strings: in the test itself, in a helper, or in a table.
func TestOldTests(t *testing.T) {
	dir := t.TempDir()
	src := `package p

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestLogin(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("jwt_token") == "" {
			t.Error("no assertion")
		}
	}))
	defer srv.Close()
}

func TestHelper(t *testing.T) { defer fake(t).Close() }

func fake(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc(path, nil)
	return httptest.NewServer(mux)
}

const path = "/ims/exchange/jwt"

type transport struct{}

func TestTransport(t *testing.T) {
	var _ http.RoundTripper = nil
	_ = "assertion"
}

// Nothing answers for a service here.
func TestURL(t *testing.T) { _ = "/ims/exchange/jwt" }

// Another service.
func TestReports(t *testing.T) { httptest.NewServer(nil).Close() }

func Testing(t *testing.T) { fake(t) }
`
	gone := "package p\n\nimport \"net/http/httptest\"\n\nfunc TestGone(t *testing.T) { httptest.NewServer(nil); _ = \"jwt_token\" }\n"
	for name, text := range map[string]string{"p_test.go": src, "gone_test.go": gone} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, id := range OldTests([]string{dir}, func(path string) ([]byte, error) {
		if filepath.Base(path) == "gone_test.go" {
			return nil, errors.New("the rewrite removes it")
		}
		return os.ReadFile(path)
	}) {
		got = append(got, id.Name)
	}
	if want := []string{"TestLogin", "TestHelper", "TestTransport"}; !slices.Equal(got, want) {
		t.Errorf("old tests are %v, want %v", got, want)
	}
}
