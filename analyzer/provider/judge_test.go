package provider

import (
	"slices"
	"testing"
)

// recognised has, for each row, its token URL in the forms in which source has it: whole, formatted,
// in pieces, and where the path is the vendor's own, the path alone.
var recognised = []struct {
	id   string
	kind string
	urls [][]string
}{
	{"adobe-ims", "adobe-exchange", [][]string{
		{"https://ims-na1.adobelogin.com/ims/exchange/jwt"}, {"https://ims-na1-stg1.adobelogin.com/ims/exchange/v1/jwt/"},
		{"https://%s/ims/exchange/jwt/"}, {"/ims/exchange/v1/jwt"}, {"ims-na1.adobelogin.com"}, {"https://", ".adobelogin.com", "/ims/exchange/jwt"},
		{"https://adobeid-na1.services.adobe.com/ims/exchange/jwt"}, {"%v/ims/exchange/jwt?x=%s"}}},
	{"zoom", "direct-bearer", [][]string{{"https://api.zoom.us/v2/users"}, {"api.zoom.us"}, {"https://api.zoom.us/v2/%s"}}},
	{"salesforce", "jwt-bearer", [][]string{
		{"https://login.salesforce.com/services/oauth2/token"}, {"https://%s.my.salesforce.com/services/oauth2/token"}, {"/services/oauth2/token"},
		{"https://", "/services/oauth2/token"}, {".my.salesforce.com"}}},
	{"box", "jwt-bearer", [][]string{{"https://api.box.com/oauth2/token"}, {"https://api.box.com", "/oauth2/token"}, {"api.box.com"}}},
	{"okta", "client-assertion", [][]string{
		{"https://example.okta.com/oauth2/v1/token"}, {"https://%s.okta.com/oauth2/v1/token"}, {"/oauth2/v1/token"}, {"https://%s.oktapreview.com"}, {"%s/oauth2/v1/token"}}},
	{"okta-custom", "client-assertion", [][]string{
		{"https://example.okta.com/oauth2/default/v1/token"}, {"https://%s/oauth2/%s/v1/token"}, {"/oauth2/default/v1/token"}, {"https://%s.oktapreview.com", "/oauth2/aus1/v1/token"},
		{"/oauth2/", "/v1/token"}, {"https://example.okta.com/oauth2/", "/v1/token"}}},
	{"auth0", "client-assertion", [][]string{{"https://tenant.eu.auth0.com/oauth/token"}, {"https://%s.auth0.com/oauth/token"}, {".auth0.com"}}},
	{"azure-ad", "client-assertion", [][]string{
		{"https://login.microsoftonline.com/common/oauth2/v2.0/token"}, {"https://login.microsoftonline.com/%s/oauth2/token"}, {"/%s/oauth2/v2.0/token"}, {"/oauth2/v2.0/token"},
		{"https://login.microsoftonline.us/%s/oauth2/v2.0/token"}, {"https://login.partner.microsoftonline.cn"}, {"https://login.chinacloudapi.cn/%s/oauth2/token"}}},
	{"google", "jwt-bearer", [][]string{
		{"https://oauth2.googleapis.com/token"}, {"https://accounts.google.com/o/oauth2/token"}, {"https://www.googleapis.com/oauth2/v4/token"}, {"oauth2.googleapis.com"}}},
	{"docusign", "jwt-bearer", [][]string{{"https://account-d.docusign.com/oauth/token"}, {"account.docusign.com"}, {"https://", "account-d.docusign.com", "/oauth/token"}}},
	{"github-app", "direct-bearer", [][]string{{"https://api.github.com/app/installations/%v/access_tokens"}, {"%s/app/installations/%v/access_tokens"}, {"/app/installations/1/access_tokens"}}},
	{"apple", "direct-bearer", [][]string{{"https://api.appstoreconnect.apple.com/v1/apps"}, {"https://api.push.apple.com"}, {"https://api.sandbox.push.apple.com/3/device/%s"}}},
	{"snowflake", "direct-bearer", [][]string{{"https://org-account.snowflakecomputing.com/api/v2/statements"}, {"https://%s.snowflakecomputing.com"}}},
	{"maskinporten", "jwt-bearer", [][]string{{"https://maskinporten.no/token"}, {"https://test.maskinporten.no/token"}, {"https://%smaskinporten.no/token", "https://test.maskinporten.no/"}}},
	{"zitadel", "jwt-bearer", [][]string{{"https://instance.zitadel.cloud/oauth/v2/token"}, {"https://%s/oauth/v2/token"}, {"/oauth/v2/token"}}},
	{"keycloak", "client-assertion", [][]string{
		{"https://sso.example.com/realms/main/protocol/openid-connect/token"}, {"%s/auth/realms/%s/protocol/openid-connect/token"}, {"/protocol/openid-connect/token"}}},
	{"ping", "client-assertion", [][]string{{"https://auth.pingone.eu/%s/as/token"}, {"https://sso.example.com/as/token.oauth2"}, {"/as/token.oauth2"}}},
	{"servicenow", "jwt-bearer", [][]string{{"https://dev1.service-now.com/oauth_token.do"}, {"https://%s.service-now.com/oauth_token.do"}, {"/oauth_token.do"}}},
	{"sap-btp", "client-assertion", [][]string{{"https://x.authentication.eu10.hana.ondemand.com/oauth/token"}, {"https://%s.accounts.ondemand.com/oauth2/token"}}},
	{"workday", "jwt-bearer", [][]string{{"https://wd2-impl-services1.workday.com/ccx/oauth2/acme/token"}, {"https://%s/ccx/oauth2/%s/token"}, {"/ccx/oauth2/acme/token"}}},
	{"netsuite", "client-assertion", [][]string{
		{"https://1234.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"}, {"https://%s.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"}, {"/services/rest/auth/oauth2/v1/token"}}},
	{"vonage", "direct-bearer", [][]string{{"https://api.nexmo.com/v1/calls"}, {"https://api.vonage.com/%s"}}},
	{"yandex", "jwt-bearer", [][]string{{"https://iam.api.cloud.yandex.net/iam/v1/tokens"}, {"/iam/v1/tokens"}}},
	{"stackit", "jwt-bearer", [][]string{{"https://service-account.api.stackit.cloud/token"}}},
	{"dcos", "jwt-bearer", [][]string{{"https://%s/acs/api/v1/auth/login"}, {"/acs/api/v1/auth/login"}}},
	{"login.gov", "client-assertion", [][]string{{"https://secure.login.gov/api/openid_connect/token"}, {"secure.login.gov", "/api/openid_connect/token"}}},
	{"uk-open-banking", "client-assertion", [][]string{{"https://as.aspsp.ob.forgerock.openbanking.org.uk/token"}}},
	{"atlassian-connect", "jwt-bearer", [][]string{{"https://auth.atlassian.io/oauth2/token"}}},
	{"line-works", "jwt-bearer", [][]string{{"https://auth.worksmobile.com/oauth2/v2.0/token"}}},
	{"ebay", "", [][]string{{"https://api.ebay.com/identity/v1/oauth2/token"}}},
	{"paypal", "", [][]string{{"https://api-m.sandbox.paypal.com/v1/oauth2/token"}}},
	{"xero", "", [][]string{{"https://identity.xero.com/connect/token"}}},
	{"marketo", "", [][]string{{"https://123-abc-456.mktorest.com/identity/oauth/token"}}},
	{"linkedin", "", [][]string{{"https://www.linkedin.com/oauth/v2/accessToken"}}},
	{"hubspot", "", [][]string{{"https://api.hubapi.com/oauth/v1/token"}}},
	{"smart-backend", "client-assertion", nil}, // has no URL of its own
}

func TestEveryRowIsRecognisedByItsURL(t *testing.T) {
	for _, r := range recognised {
		for _, urls := range r.urls {
			if m := Judge(Marks{URLText: urls, Kind: r.kind}, nil); m.Provider.ID != r.id {
				t.Errorf("%q: %s, want %s (%v)", urls, m.Provider.ID, r.id, m.Reasons)
			}
		}
	}
}

func TestEveryRowIsTested(t *testing.T) {
	for _, p := range All() {
		if !slices.ContainsFunc(recognised, func(r struct {
			id   string
			kind string
			urls [][]string
		}) bool {
			return r.id == p.ID
		}) {
			t.Errorf("no test has %s", p.ID)
		}
	}
}

// A whole URL belongs to one row; the others give it nothing but by the path that they claim too.
func TestNoCrossTalk(t *testing.T) {
	for _, r := range recognised {
		for _, urls := range r.urls {
			ev := collect(Marks{URLText: urls, Kind: r.kind})
			own := 0
			for _, p := range All() {
				n, _ := ev.weigh(p)
				if p.ID == r.id {
					own = n
				}
			}
			for _, p := range All() {
				if n, reasons := ev.weigh(p); p.ID != r.id && n >= own {
					t.Errorf("%q of %s: %s has %d against %d (%v)", urls, r.id, p.ID, n, own, reasons)
				}
			}
		}
	}
}

func TestJudge(t *testing.T) {
	for name, tt := range map[string]struct {
		marks   Marks
		id      string
		verdict Verdict
	}{
		"Adobe by its two parameters, no host": {
			Marks{Fields: map[string]string{"client_id": "", "client_secret": "", "jwt_token": ""}, Kind: "adobe-exchange"}, "adobe-ims", Retire},
		"jwt_token alone is anybody's": {
			Marks{Fields: map[string]string{"jwt_token": ""}}, "unknown", Unknown},
		"Adobe by a metascope claim": {
			Marks{ClaimKeys: []string{"https://ims-na1.adobelogin.com/s/ent_user_sdk"}, Kind: "adobe-exchange"}, "adobe-ims", Retire},
		"Adobe by a formatted metascope claim": {
			Marks{ClaimKeys: []string{"%s/s/ent_dataservices_sdk"}}, "adobe-ims", Retire},
		"Adobe's assertion signed elsewhere is still to be retired": {
			Marks{URLText: []string{"https://ims-na1.adobelogin.com/ims/exchange/jwt"}, Kind: "adobe-exchange", Presigned: true}, "adobe-ims", Retire},
		"Adobe's own client": {
			Marks{SDK: "adobe-ims", Kind: "adobe-exchange"}, "adobe-ims", Retire},
		"Box by its claim": {
			Marks{ClaimKeys: []string{"iss", "sub", "box_sub_type"}, Kind: "jwt-bearer"}, "box", Optional},
		"Okta by its management scopes": {
			Marks{Scopes: []string{"okta.users.read okta.groups.read"}, Kind: "client-assertion"}, "okta", Keep},
		"Okta by a comment, where all else is configured": {
			Marks{Docs: []string{"https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/"}, Kind: "client-assertion"}, "okta", Keep},
		"SMART by its scopes": {
			Marks{Scopes: []string{"system/Patient.read"}, Algorithm: "RS384", Kind: "client-assertion"}, "smart-backend", Keep},
		"SMART by the module and the algorithm": {
			Marks{ModulePath: "example.com/bulk_fhir_tools", Algorithm: "RS384", Kind: "client-assertion"}, "smart-backend", Keep},
		"an algorithm alone names nobody": {
			Marks{Algorithm: "RS384", Kind: "client-assertion"}, "unknown", Unknown},
		"Google by a scope": {
			Marks{Scopes: []string{"https://www.googleapis.com/auth/cloud-platform"}, Kind: "jwt-bearer"}, "google", Keep},
		"Google by the first draft's grant": {
			Marks{Fields: map[string]string{"grant_type": "assertion", "assertion_type": "http://oauth.net/grant_type/jwt/1.0/bearer", "assertion": ""}}, "google", Keep},
		"Google by the import": {
			Marks{Imports: []string{"golang.org/x/oauth2/google", "golang.org/x/oauth2/jwt"}, Kind: "jwt-bearer"}, "google", Keep},
		"Google's own package": {
			Marks{ModulePath: "golang.org/x/oauth2", PackagePath: "golang.org/x/oauth2/google", Kind: "jwt-bearer"}, "google", Keep},
		"the package beside it": {
			Marks{ModulePath: "golang.org/x/oauth2", PackagePath: "golang.org/x/oauth2/jwt", Kind: "jwt-bearer"}, "unknown", Unknown},
		"an import of Google beside somebody's client assertion": {
			Marks{Imports: []string{"golang.org/x/oauth2/google"}, Kind: "client-assertion"}, "unknown", Unknown},
		"DocuSign by its scope": {
			Marks{Scopes: []string{"signature impersonation"}, Kind: "jwt-bearer"}, "docusign", Keep},
		"Salesforce by the type's name": {
			Marks{Config: []string{"SalesforceClient", "tokenURL"}, Kind: "jwt-bearer"}, "salesforce", Optional},
		"Salesforce by the module": {
			Marks{ModulePath: "github.com/someone/gosalesforcejwt", Kind: "jwt-bearer"}, "salesforce", Optional},
		"Zoom by a host near a direct bearer, its API by nothing": {
			Marks{Config: []string{"https://api.zoom.us/v2"}, Kind: "direct-bearer"}, "zoom", Unknown},
		"Snowflake by a header": {
			Marks{Headers: map[string]string{"X-Snowflake-Authorization-Token-Type": "KEYPAIR_JWT"}, Kind: "direct-bearer"}, "snowflake", Keep},
		"Atlassian by a claim's value": {
			Marks{ClaimValues: []string{"urn:atlassian:connect:clientid:%s"}, Kind: "jwt-bearer"}, "atlassian-connect", Keep},
		"workload identity: no key here": {
			Marks{URLText: []string{"https://login.microsoftonline.com/%s/oauth2/v2.0/token"}, Kind: "client-assertion", Presigned: true}, "azure-ad", Keep},
		"a grant whose assertion the caller gives": {
			Marks{URLText: []string{"/oauth_token.do"}, Kind: "jwt-bearer", Presigned: true}, "servicenow", Optional},
		"any server of RFC 7523": {
			Marks{Fields: map[string]string{"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": ""}, Kind: "jwt-bearer",
				ModulePath: "example.com/monitoring/common", PackagePath: "example.com/monitoring/common/config", Config: []string{"jwtSource", "TokenURL"}}, "unknown", Unknown},
		"two vendors with equal hints": {
			Marks{Config: []string{"NewAuth0Source", "NewKeycloakSource"}, Kind: "client-assertion"}, "unknown", Unknown},
		"a name does not outweigh a host": {
			Marks{URLText: []string{"https://api.box.com/oauth2/token"}, ModulePath: "example.com/salesforce-sync", Config: []string{"salesforceToken"}, Kind: "jwt-bearer"}, "box", Optional},
		"a bearer for a vendor that takes no such token": {
			Marks{URLText: []string{"https://login.microsoftonline.com/%s/oauth2/v2.0/token"}, Kind: "direct-bearer"}, "unknown", Unknown},
		"a word inside another word": {
			Marks{Config: []string{"pineapple", "sandbox", "inbox"}, Kind: "direct-bearer"}, "unknown", Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			m := Judge(tt.marks, nil)
			if m.Provider.ID != tt.id || m.Verdict != tt.verdict {
				t.Fatalf("%s, %s; want %s, %s (%v)", m.Provider.ID, m.Verdict, tt.id, tt.verdict, m.Reasons)
			}
		})
	}
}

func TestJudgeGivesReasons(t *testing.T) {
	m := Judge(Marks{URLText: []string{"https://ims-na1.adobelogin.com/ims/exchange/jwt"}, Fields: map[string]string{"jwt_token": "", "client_secret": ""}}, nil)
	if len(m.Reasons) < 2 || m.Reasons[0].Text != "token URL contains ims-na1.adobelogin.com" || m.Reasons[0].Mark == "" {
		t.Fatalf("reasons %v", m.Reasons)
	}
}

func TestConfiguredProviderWins(t *testing.T) {
	own := Provider{ID: "in-house", Verdict: Optional, Endpoints: []Endpoint{{Host: "api.box.com"}}}
	if m := Judge(Marks{URLText: []string{"https://api.box.com/oauth2/token"}}, []Provider{own}); m.Provider.ID != "in-house" {
		t.Fatalf("%s", m.Provider.ID)
	}
}

// hints must stay weaker than any evidence of what is sent.
func TestHintsAreWeaker(t *testing.T) {
	for _, n := range []int{byModule, byDocs, byWord, byAlg, ofUser} {
		if n > hints {
			t.Errorf("a hint counts %d", n)
		}
	}
	if sum := byImport + byModule + byDocs + byWord + byAlg + ofUser; sum >= byHost {
		t.Errorf("all hints together count %d, a host %d", sum, byHost)
	}
}
