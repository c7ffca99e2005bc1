package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// The key is baked in, so that the binary is all that has to be copied to a build agent.
//
//go:embed keys/iomanage.pem
var iomanageKey []byte

const (
	ioClient = "io-management-cli"
	ioOrg    = "0000AAAA1111BBBB2222CCCC@AdobeOrg"
	ioTech   = "3333DDDD4444EEEE5555FFFF@techacct.adobe.com"
)

type api struct {
	ims    string
	secret string
	client *http.Client
}

func newAPI(ims, secret string, timeout time.Duration) *api {
	return &api{ims: strings.TrimSuffix(ims, "/"), secret: secret, client: &http.Client{Timeout: timeout}}
}

// projects needs a token first.
func (a *api) projects() (string, error) {
	token, ttl, err := a.login()
	if err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	req, err := http.NewRequest("GET", "https://api.adobe.io/console/organizations/42/projects", nil)
	if err != nil {
		return "", err
	}
	req.Header = http.Header{"Authorization": {"Bearer " + token}, "X-Api-Key": {ioClient}}
	res, err := a.client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var out struct{ Login, Path string }
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s (as %s, for the next %s)", out.Path, out.Login, ttl.Round(time.Hour)), nil
}

// login gets a token and how long it is good for.
func (a *api) login() (string, time.Duration, error) {
	assertion, err := a.assertion()
	if err != nil {
		return "", 0, err
	}
	values := make(url.Values)
	values.Add("client_id", ioClient)
	values.Add("client_secret", a.secret)
	values.Add("jwt_token", assertion)
	res, err := a.client.PostForm(a.ims+"/ims/exchange/jwt", values)
	if err != nil {
		return "", 0, err
	}
	defer res.Body.Close()
	if res.StatusCode >= 400 {
		return "", 0, fmt.Errorf("status %d", res.StatusCode)
	}
	token := &struct {
		Value string `json:"access_token"`
		MS    int64  `json:"expires_in"`
	}{}
	if err := json.NewDecoder(res.Body).Decode(token); err != nil {
		return "", 0, err
	}
	return token.Value, time.Duration(token.MS) * time.Millisecond, nil
}

func (a *api) assertion() (string, error) {
	key, err := parseKey(iomanageKey)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: key},
		(&jose.SignerOptions{}).WithType("JWT"),
	)
	if err != nil {
		return "", fmt.Errorf("signer: %w", err)
	}
	registered := jwt.Claims{
		Issuer:   ioOrg,
		Subject:  ioTech,
		Audience: jwt.Audience{a.ims + "/c/" + ioClient},
		Expiry:   jwt.NewNumericDate(time.Now().Add(time.Hour)),
	}
	metascopes := map[string]any{
		a.ims + "/s/ent_adobeio_sdk": true,
	}
	return jwt.Signed(signer).Claims(registered).Claims(metascopes).Serialize()
}
