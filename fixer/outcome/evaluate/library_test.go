package evaluate

import (
	"go/token"
	"go/types"
	"testing"

	"jwtretire.example/fixer/outcome/value"
)

// Each accessor of an answer gives what the library's source says, in each outcome.
func TestAccessors(t *testing.T) {
	pkg := types.NewPackage("github.com/go-resty/resty/v2", "resty")
	resp := types.NewPointer(types.NewNamed(types.NewTypeName(token.NoPos, pkg, "Response", nil), types.NewStruct(nil, nil), nil))
	for _, c := range []struct {
		method                   string
		granted, refused, failed string // what the new program says; facts in brackets
	}{
		{"StatusCode", "«net/http».StatusOK", "refused.Response.StatusCode", "0"},
		{"Status", `"200 OK"`, "refused.Response.Status", `""`},
		{"IsSuccess", "[true]", "refused.Response.StatusCode < 300", "[false]"},
		{"IsError", "[false]", "refused.Response.StatusCode >= 400", "[false]"},
		{"Body", "", "refused.Body", ""},
		{"String", "", "«strings».TrimSpace(string(refused.Body))", `""`},
		{"Header", "", "refused.Response.Header", ""},
		{"Time", "", "", ""},
	} {
		for what, want := range map[value.Outcome]string{Granted: c.granted, Refused: c.refused, Failed: c.failed} {
			r := &Run{Refused: "refused", Ex: &Exchange{}}
			ev := &Evaluator{Run: r, What: what}
			en := &value.Env{Status: domain(what)}
			v, ok := ev.accessed(r.answered(what, resp), c.method, en)
			if !ok {
				t.Fatalf("%s: not read", c.method)
			}
			got := v.Text
			if f := v.Sure(en.Status); got == "" && f.What == value.IsConst {
				got = "[" + f.C.ExactString() + "]"
			}
			if got != want {
				t.Errorf("%s, %s: %s, want %s", c.method, what, got, want)
			}
			if want == "" && !v.Kind.Handle() {
				t.Errorf("%s, %s: the new program does not have it, and nobody would notice", c.method, what)
			}
		}
	}
}

// A target holds what was decoded for the statuses that the library decodes, and its zero value for others.
func TestBearing(t *testing.T) {
	for _, c := range []struct {
		b      value.DecodedFor
		status int
		want   bool
	}{{successes, 200, true}, {successes, 302, false}, {successes, 400, false}, {failures, 200, false}, {failures, 399, false}, {failures, 400, true}, {failures, 599, true}} {
		if decodes(c.b, c.status) != c.want {
			t.Errorf("bearing %d, status %d: %v", c.b, c.status, !c.want)
		}
	}
	ev := &Evaluator{Run: &Run{Refused: "refused", Ex: &Exchange{}}, What: Refused}
	m := ev.member(value.Value{Kind: value.Decoded, DecodedFor: failures}, "error", types.Typ[types.String])
	for name, c := range map[string]struct {
		status []int
		want   string
	}{"decoded": {[]int{400, 401}, "refused.ErrorCode"}, "not decoded": {[]int{302}, `""`}, "either": {[]int{302, 400}, ""}} {
		if got := ev.textOfDecoded(m, &value.Env{Status: c.status}); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
