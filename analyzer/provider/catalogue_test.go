package provider

import (
	"bytes"
	"strings"
	"testing"
)

func TestIDsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range All() {
		if seen[p.ID] {
			t.Errorf("two rows have the id %q", p.ID)
		}
		seen[p.ID] = true
	}
}

func TestRowsAreComplete(t *testing.T) {
	for _, p := range All() {
		if p.Name == "" || p.Advice == "" || len(p.Sources) == 0 {
			t.Errorf("%s: a row has a name, an advice and sources", p.ID)
		}
		if (p.Verdict == Keep) == p.Target.Supported {
			t.Errorf("%s: verdict %s, target supported: %v", p.ID, p.Verdict, p.Target.Supported)
		}
		if p.Verdict != Keep && len(p.Warnings) == 0 {
			t.Errorf("%s: what can be rewritten has warnings", p.ID)
		}
		for _, w := range p.Words {
			if w != fold(w) {
				t.Errorf("%s: word %q is not folded, so that nothing matches it", p.ID, w)
			}
		}
	}
}

func TestByID(t *testing.T) {
	p, ok := ByID("box")
	if !ok || p.Name != "Box" {
		t.Fatalf("ByID(box) = %v, %v", p, ok)
	}
	if _, ok := ByID("nobody"); ok {
		t.Fatal("ByID found a provider that there is not")
	}
}

func TestDescribeNamesEveryProvider(t *testing.T) {
	var b bytes.Buffer
	own := Provider{ID: "in-house", Name: "In-house", Verdict: Optional}
	if err := Describe(&b, own); err != nil {
		t.Fatal(err)
	}
	for _, p := range append(All(), &own) {
		if !strings.Contains(b.String(), "  "+p.ID+" ") {
			t.Errorf("Describe leaves out %s", p.ID)
		}
	}
}

// The names that people give the vendors: spelling apart, an id is the beginning of the name.
func TestIDsAreWhatPeopleCallThem(t *testing.T) {
	plain := strings.NewReplacer(" ", "", "-", "", "_", "", "/", "")
	for name, id := range map[string]string{
		"Adobe IMS": "adobe-ims", "Adobe IMS (UMAPI)": "adobe-ims", "Adobe IMS (Campaign)": "adobe-ims",
		"Atlassian Connect": "atlassian-connect", "Azure AD": "azure-ad", "Box": "box", "DC/OS": "dcos", "DocuSign": "docusign",
		"Google": "google", "Keycloak": "keycloak", "Okta": "okta", "SMART backend services": "smart-backend", "STACKIT": "stackit",
		"Salesforce": "salesforce", "ServiceNow": "servicenow", "UK Open Banking": "uk-open-banking", "Yandex Cloud": "yandex",
		"Zoom": "zoom", "login.gov": "login.gov", "GitHub App": "github-app", "Snowflake": "snowflake", "Auth0": "auth0",
		"Zitadel": "zitadel", "NetSuite": "netsuite", "Maskinporten": "maskinporten", "Apple": "apple", "Vonage": "vonage",
	} {
		if _, ok := ByID(id); !ok {
			t.Errorf("no provider %s", id)
		}
		if !strings.HasPrefix(plain.Replace(strings.ToLower(name)), plain.Replace(id)) {
			t.Errorf("%s is not the beginning of %q", id, name)
		}
	}
}

// A kind of flow that one vendor has has its row; a row that changes paths says the new one of each.
func TestOfKind(t *testing.T) {
	for kind, want := range map[string]string{"adobe-exchange": "adobe-ims", "token-exchange": ""} {
		got := ""
		if p := OfKind(kind); p != nil {
			got = p.ID
		}
		if got != want {
			t.Errorf("OfKind(%s) = %q, want %q", kind, got, want)
		}
	}
	for _, p := range All() {
		for _, c := range p.Target.Paths {
			if !strings.HasPrefix(c.Old, "/") || !strings.HasPrefix(c.New, "/") || strings.HasSuffix(c.Old, "/") || c.Old == c.New {
				t.Errorf("%s: %+v", p.ID, c)
			}
		}
	}
}

func TestMetascope(t *testing.T) {
	for claim, want := range map[string]string{"https://ims-na1.adobelogin.com/s/ent_user_sdk": "ent_user_sdk", "ent_user_sdk": "ent_user_sdk", "": "", "a/s/b/s/c": "c"} {
		if got := Metascope(claim); got != want {
			t.Errorf("Metascope(%q) = %q", claim, got)
		}
	}
}
