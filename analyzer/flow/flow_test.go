package flow_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"jwtretire.example/analyzer/flow"
)

func flows(t *testing.T) map[string]*flow.Flow {
	t.Helper()
	dir := filepath.Join(analysistest.TestData(), "flows")
	byPackage := map[string]*flow.Flow{}
	for _, r := range analysistest.Run(t, dir, flow.Analyzer, "./...") {
		res, ok := r.Result.(*flow.Result)
		if !ok {
			continue
		}
		for _, f := range res.Flows {
			byPackage[filepath.Base(f.Package)] = f
		}
	}
	return byPackage
}

func text(t *testing.T, s flow.Span) string {
	t.Helper()
	if s.IsZero() {
		return ""
	}
	b, err := os.ReadFile(s.File)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[s.Offset:s.End])
}

func TestFlows(t *testing.T) {
	all := flows(t)

	t.Run("claims that are text are a step", func(t *testing.T) {
		if !slices.ContainsFunc(all["handjson"].Steps, func(s flow.Step) bool { return s.Role == flow.Claims && s.Span.Line == 15 }) {
			t.Errorf("steps are %+v", all["handjson"].Steps)
		}
	})

	t.Run("spans name the expressions", func(t *testing.T) {
		f := all["onefunc"]
		for _, tt := range []struct{ what, got, want string }{
			{"send", text(t, f.Send), `http.DefaultClient.Do(req)`},
			{"request", text(t, f.Request), `http.NewRequest("POST", imsHost+"/ims/exchange/jwt", strings.NewReader(form.Encode()))`},
			{"url", text(t, f.URL), `imsHost+"/ims/exchange/jwt"`},
			{"assertion", text(t, f.Assertion), `signed`},
			{"client id", text(t, f.Fields[0].Value), `id`},
			{"client id's element", text(t, f.Fields[0].Put), `"client_id": {id}`},
			{"assertion's put", text(t, f.Fields[2].Put), `form.Set("jwt_token", signed)`},
		} {
			if tt.got != tt.want {
				t.Errorf("%s is %q, want %q", tt.what, tt.got, tt.want)
			}
		}
	})

	t.Run("the URL of parameters in the query is what stands before it", func(t *testing.T) {
		for name, want := range map[string]string{"query": `host+"/ims/exchange/jwt"`, "queryvar": "host", "querywhole": ""} {
			f := all[name]
			if got := text(t, f.URL); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
			if got := text(t, f.Send); !strings.HasPrefix(got, "http.Post(") {
				t.Errorf("%s: sent by %q", name, got)
			}
		}
	})

	t.Run("metascopes", func(t *testing.T) {
		f := all["onefunc"]
		if want := []string{"ent_analytics_bulk_ingest_sdk", "ent_user_sdk"}; !slices.Equal(f.Metascopes, want) || f.MetascopesDynamic {
			t.Errorf("metascopes %v, dynamic %v; want %v", f.Metascopes, f.MetascopesDynamic, want)
		}
	})

	t.Run("roles across packages", func(t *testing.T) {
		f := all["cross"]
		have := map[flow.Role]string{}
		for _, s := range f.Steps {
			have[s.Role] = filepath.Base(s.Span.File)
		}
		for role, file := range map[flow.Role]string{flow.KeyLoad: "sign.go", flow.KeyParse: "sign.go", flow.Claims: "sign.go", flow.Sign: "sign.go", flow.Exchange: "cross.go"} {
			if have[role] != file {
				t.Errorf("%s is in %q, want %q", role, have[role], file)
			}
		}
		if want := []string{"ent_dataservices_sdk"}; !slices.Equal(f.Metascopes, want) {
			t.Errorf("metascopes %v, want %v", f.Metascopes, want)
		}
	})

	t.Run("another form by the same way is not part of it", func(t *testing.T) {
		for _, fd := range all["cross"].Fields {
			if fd.Key == "refresh_token" || fd.Key == "grant_type" {
				t.Errorf("%s of another form is among the fields", fd.Key)
			}
		}
	})

	t.Run("where the credential comes from", func(t *testing.T) {
		got := map[flow.Part]string{}
		for _, s := range all["origins"].Sources {
			got[s.Part] = s.What
		}
		for part, want := range map[flow.Part]string{
			flow.ClientID:         "field settings.Client.ID",
			flow.ClientSecret:     "env SECRET_ONE; env SECRET_TWO",
			flow.PrivateKey:       "file named by env KEY_FILE",
			flow.Organisation:     "flag org",
			flow.TechnicalAccount: "literal",
		} {
			if got[part] != want {
				t.Errorf("%s comes from %q, want %q", part, got[part], want)
			}
		}
		if s := fmt.Sprint(got); strings.Contains(s, "1234") {
			t.Errorf("a value is among the places: %s", s)
		}
	})

	t.Run("presigned", func(t *testing.T) {
		if !all["presigned"].Presigned || all["onefunc"].Presigned {
			t.Error("only the package that signs nothing is presigned")
		}
	})

	t.Run("lookalikes", func(t *testing.T) {
		for _, p := range []string{"session", "server", "sign"} {
			if all[p] != nil {
				t.Errorf("%s has a flow", p)
			}
		}
	})
}
