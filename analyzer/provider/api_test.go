package provider

import (
	"slices"
	"testing"
)

// apis has an example of everything that tells an API of a vendor.
var apis = []struct {
	name    string
	id      string
	marks   Marks
	verdict Verdict
}{
	{"zoom, account, by a whole URL", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2/users/me/meetings"}}, Retire},
	{"zoom, account, by a path of its own piece", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2", "/webinars/"}}, Retire},
	{"zoom, account, by a path beside", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2"}, Paths: []string{"report/daily"}}, Retire},
	{"zoom, account, by a name beside", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2"}, Names: []string{"CreateMeeting"}}, Retire},
	{"zoom, Build, by its path", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2/videosdk/sessions"}}, Keep},
	{"zoom, Build, by a path with parameters", "zoom", Marks{URLText: []string{"%s/videosdk/sessions?from=%s", "https://api.zoom.us/v2"}}, Keep},
	{"zoom, Build, though its paths have users in them", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2/videosdk/sessions/1/users"}}, Keep},
	{"zoom, Build, by another path", "zoom", Marks{URLText: []string{"https://api.zoom.us", "/v2/aiservices/scribe"}}, Keep},
	{"zoom, Build, by a claim", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2"}, ClaimKeys: []string{"app_key", "tpc"}}, Keep},
	{"zoom, Build, by a setting", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2"}, Settings: []string{"VIDEO_SDK_API_KEY"}}, Keep},
	{"zoom, by an element that a client with a base is given", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2/", "users"}}, Retire},
	{"zoom, both by paths of their requests", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2", "/videosdk/sessions", "/users"}}, Retire},
	{"zoom, both beside", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2"}, Paths: []string{"/videosdk/sessions", "/users"}}, Unknown},
	{"zoom, settings that both have", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2/accounts/me/settings"}}, Unknown},
	{"zoom, neither", "zoom", Marks{URLText: []string{"https://api.zoom.us/v2"}}, Unknown},
	{"SharePoint by its scope", "azure-ad", Marks{URLText: []string{"https://login.microsoftonline.com/common/oauth2/v2.0/token"},
		Fields: map[string]string{"scope": "https://acme.sharepoint.com/.default"}}, Keep},
	{"SharePoint by its resource", "azure-ad", Marks{URLText: []string{"https://login.microsoftonline.com/common/oauth2/token"},
		Fields: map[string]string{"resource": "00000003-0000-0ff1-ce00-000000000000/acme.sharepoint.com@x"}}, Keep},
	{"Graph", "azure-ad", Marks{URLText: []string{"https://login.microsoftonline.com/common/oauth2/v2.0/token"},
		Fields: map[string]string{"scope": "https://graph.microsoft.com/.default"}}, Optional},
}

func TestAPIs(t *testing.T) {
	told := map[string]bool{}
	for _, tt := range apis {
		p, _ := ByID(tt.id)
		tt.marks.Kind = p.Kinds[0]
		m := Judge(tt.marks, nil)
		if m.Provider.ID != tt.id || m.Verdict != tt.verdict {
			t.Errorf("%s: %s %s, want %s %s (%v)", tt.name, m.Provider.ID, m.Verdict, tt.id, tt.verdict, m.Reasons)
		}
		if m.API != nil {
			told[m.API.Name] = true
		}
	}
	for _, p := range All() {
		for _, a := range p.APIs {
			if !told[a.Name] {
				t.Errorf("no test tells %s of %s", a.Name, p.Name)
			}
			if a.Verdict == p.Otherwise || len(a.Sources) == 0 || p.Otherwise == "" {
				t.Errorf("%s of %s has a verdict that differs from what holds otherwise, and sources", a.Name, p.Name)
			}
			for _, w := range a.Words {
				if w != fold(w) {
					t.Errorf("%s: word %q is not folded, so that nothing matches it", a.Name, w)
				}
			}
		}
		// A verdict by API is no way around the one of the row: that is what Describe lists it under.
		if len(p.APIs) > 0 && p.Verdict != p.Otherwise && !slices.ContainsFunc(p.APIs, func(a API) bool { return a.Verdict == p.Verdict }) {
			t.Errorf("%s: nothing of it has its verdict", p.Name)
		}
	}
}
