package ims_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"jwtretire.example/internal/behaviour/ims"
)

var client = ims.Client{
	ID: "id", Secret: "secret", Org: "org@AdobeOrg", Account: "acct@techacct.adobe.com",
	Metascopes: []string{"ent_user_sdk"},
	Scopes:     []string{"openid", "AdobeID", "user_management_sdk"},
}

var key = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func start(t *testing.T, mode ims.Mode, c ims.Client) *ims.Server {
	t.Helper()
	s, err := ims.Start(mode, &key().PublicKey, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func goodClaims(base string) map[string]any {
	return map[string]any{
		"iss": client.Org, "sub": client.Account, "aud": base + "/c/id",
		"exp":                    time.Now().Add(time.Hour).Unix(),
		base + "/s/ent_user_sdk": true,
	}
}

func sign(t *testing.T, k *rsa.PrivateKey, alg string, claims map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	input := enc([]byte(`{"alg":"`+alg+`"}`)) + "." + enc(raw)
	sum := sha256.Sum256([]byte(input))
	sig, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + enc(sig)
}

type reply struct {
	Status      int
	Error       string `json:"error"`
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
}

func send(t *testing.T, hc *http.Client, req *http.Request) reply {
	t.Helper()
	resp, err := hc.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{Status: resp.StatusCode}
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return r
}

func post(t *testing.T, u string, form url.Values) *http.Request {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, u, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}

func exchangeForm(assertion string) url.Values {
	return url.Values{"client_id": {"id"}, "client_secret": {"secret"}, "jwt_token": {assertion}}
}

func TestExchange(t *testing.T) {
	tests := []struct {
		name   string
		claims map[string]any // laid over the good ones; nil removes
		form   url.Values     // likewise
		want   string         // error code, "" for a token
	}{
		{name: "good"},
		{name: "audience as a list", claims: map[string]any{"aud": []string{"https://ims-na1.adobelogin.com/c/id"}}},
		{name: "wrong secret", form: url.Values{"client_secret": {"other"}}, want: "invalid_client"},
		{name: "unknown client", form: url.Values{"client_id": {"other"}}, want: "invalid_client"},
		{name: "grant type", form: url.Values{"grant_type": {"client_credentials"}}, want: "bad_request"},
		{name: "resource not expected", form: url.Values{"resource": {"x"}}, want: "bad_request"},
		{name: "no assertion", form: url.Values{"jwt_token": nil}, want: "invalid_token"},
		{name: "issuer", claims: map[string]any{"iss": "x"}, want: "invalid_token"},
		{name: "subject", claims: map[string]any{"sub": nil}, want: "invalid_token"},
		{name: "audience of another client", claims: map[string]any{"aud": "https://ims-na1.adobelogin.com/c/x"}, want: "invalid_client"},
		{name: "audience at another host", claims: map[string]any{"aud": "https://example.com/c/id"}, want: "invalid_client"},
		{name: "expired", claims: map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}, want: "invalid_token"},
		{name: "expiry in milliseconds", claims: map[string]any{"exp": time.Now().Add(time.Hour).UnixMilli()}, want: "invalid_token"},
		{name: "expiry as text", claims: map[string]any{"exp": "soon"}, want: "invalid_token"},
		{name: "unbound metascope", claims: map[string]any{"https://ims-na1.adobelogin.com/s/ent_cja_sdk": true}, want: "invalid_scope"},
		{name: "metascope as text", claims: map[string]any{"https://ims-na1.adobelogin.com/s/ent_user_sdk": "true"}, want: "invalid_token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, ims.Before, client)
			claims := goodClaims(s.URL)
			maps.Copy(claims, tt.claims)
			form := exchangeForm(sign(t, key(), "RS256", claims))
			maps.Copy(form, tt.form)
			got := send(t, http.DefaultClient, post(t, s.URL+"/ims/exchange/jwt/", form))
			if got.Error != tt.want {
				t.Errorf("error %q, want %q: %+v", got.Error, tt.want, s.Violations())
			}
			if tt.want == "" && (got.ExpiresIn != 86399995 || got.AccessToken != ims.AccessToken("id")) {
				t.Errorf("answer %+v", got)
			}
		})
	}
}

func TestExchangeNoMetascope(t *testing.T) {
	s := start(t, ims.Before, client)
	claims := goodClaims(s.URL)
	delete(claims, s.URL+"/s/ent_user_sdk")
	got := send(t, http.DefaultClient, post(t, s.URL+"/ims/exchange/jwt", exchangeForm(sign(t, key(), "RS256", claims))))
	if got.Error != "invalid_scope" {
		t.Errorf("answer %+v", got)
	}
}

func TestExchangeSignature(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, ims.Before, client)
	for name, assertion := range map[string]string{
		"another key": sign(t, other, "RS256", goodClaims(s.URL)),
		"another alg": sign(t, key(), "none", goodClaims(s.URL)),
	} {
		got := send(t, http.DefaultClient, post(t, s.URL+"/ims/exchange/v1/jwt", exchangeForm(assertion)))
		if got.Error != "invalid_signature" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestExchangeMultipart(t *testing.T) {
	s := start(t, ims.Before, client)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range exchangeForm(sign(t, key(), "RS256", goodClaims(s.URL))) {
		w.WriteField(name, values[0])
	}
	w.Close()
	req, err := http.NewRequest(http.MethodPost, s.URL+"/ims/exchange/jwt", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	if got := send(t, http.DefaultClient, req); got.Status != http.StatusOK {
		t.Errorf("answer %+v", got)
	}
}

func TestClientCredentials(t *testing.T) {
	good := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"id"}, "client_secret": {"secret"},
		"scope": {"AdobeID,openid,user_management_sdk"},
	}
	tests := []struct {
		name string
		path string
		form url.Values
		edit func(*http.Request)
		want string
	}{
		{name: "good"},
		{name: "scopes with blanks", form: url.Values{"scope": {"openid AdobeID user_management_sdk"}}, want: "invalid_scope"},
		{name: "a scope too many", form: url.Values{"scope": {"openid,AdobeID,user_management_sdk,session"}}, want: "invalid_scope"},
		{name: "a scope twice", form: url.Values{"scope": {"openid,openid,AdobeID,user_management_sdk"}}, want: "invalid_scope"},
		{name: "two scope parameters", form: url.Values{"scope": {"openid", "AdobeID"}}, want: "invalid_request"},
		{name: "no grant type", form: url.Values{"grant_type": {""}}, want: "unsupported_grant_type"},
		{name: "left over assertion", form: url.Values{"jwt_token": {"x"}}, want: "invalid_request"},
		{name: "wrong secret", form: url.Values{"client_secret": {"x"}}, want: "invalid_client"},
		{name: "Basic", edit: func(r *http.Request) { r.SetBasicAuth("id", "secret") }, want: "invalid_request"},
		{name: "query", path: "/ims/token/v3?client_id=id", want: "invalid_request"},
		{name: "version 2", path: "/ims/token/v2", want: "invalid_request"},
		{name: "the exchange", path: "/ims/exchange/jwt", want: "invalid_client"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, ims.After, client)
			form := maps.Clone(good)
			maps.Copy(form, tt.form)
			path := tt.path
			if path == "" {
				path = "/ims/token/v3"
			}
			req := post(t, s.URL+path, form)
			if tt.edit != nil {
				tt.edit(req)
			}
			got := send(t, http.DefaultClient, req)
			if got.Error != tt.want {
				t.Errorf("error %q, want %q: %+v", got.Error, tt.want, s.Violations())
			}
			if tt.want == "" && (got.ExpiresIn != 86399 || got.AccessToken != ims.AccessToken("id")) {
				t.Errorf("answer %+v", got)
			}
			if refused := len(s.Violations()) == 1; refused != (tt.want != "") || len(s.TokenRequests()) != 1 {
				t.Errorf("log: %+v", s.TokenRequests())
			}
		})
	}
}

func TestClientCredentialsNotYet(t *testing.T) {
	s := start(t, ims.Before, client)
	got := send(t, http.DefaultClient, post(t, s.URL+"/ims/token/v3", url.Values{"grant_type": {"client_credentials"}, "client_id": {"id"}}))
	if got.Status != http.StatusBadRequest || len(s.Violations()) != 1 {
		t.Errorf("answer %+v, violations %+v", got, s.Violations())
	}
}

func TestResources(t *testing.T) {
	c := client
	c.Resources = []string{"a", "b"}
	for _, tt := range []struct {
		sent []string
		want string
	}{{[]string{"a", "b"}, ""}, {[]string{"a"}, "invalid_request"}} {
		s := start(t, ims.After, c)
		got := send(t, http.DefaultClient, post(t, s.URL+"/ims/token/v3", url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"id"}, "client_secret": {"secret"},
			"scope": {"openid,AdobeID,user_management_sdk"}, "resource": tt.sent,
		}))
		if got.Error != tt.want {
			t.Errorf("%v: error %q, want %q", tt.sent, got.Error, tt.want)
		}
	}
}

// TestFront reaches the emulator under a constant Adobe URL, by proxy and certificate alone.
func TestFront(t *testing.T) {
	s := start(t, ims.After, client)
	proxy, err := url.Parse(s.Proxy)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.CACert)
	hc := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: pool}}}
	defer hc.CloseIdleConnections()

	req, err := http.NewRequest(http.MethodGet, "https://usermanagement.adobe.io/v2/users?page=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+ims.AccessToken("id"))
	req.Header.Set("x-api-key", "id")
	if got := send(t, hc, req); got.Status != http.StatusOK {
		t.Errorf("answer %+v", got)
	}
	if _, err := hc.Get("https://example.com/"); err == nil {
		t.Error("the proxy let a foreign host through")
	}
}

func TestAPIWantsBearer(t *testing.T) {
	s := start(t, ims.After, client)
	req, err := http.NewRequest(http.MethodGet, s.URL+"/api/whoami", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("x-api-key", "id")
	if got := send(t, http.DefaultClient, req); got.Status != http.StatusUnauthorized {
		t.Errorf("answer %+v", got)
	}
}
