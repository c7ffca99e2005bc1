// Package platform talks to the Experience Platform. Other teams import it: keep the exported
// names as they are, see CONTRIBUTING.
package platform

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/harbourline/platformkit/assert"
)

// Credentials is what a caller has to know.
type Credentials struct {
	assert.Claims
	ClientSecret string
	PrivateKey   []byte // PEM
}

// Session is an access token with its lifetime.
type Session struct {
	Token   string
	Minutes int64 // that the token is good for, at the time of Login
	apiKey  string
}

// ErrLogin is wrapped by the errors of Login.
var ErrLogin = errors.New("platform: login failed")

// Login trades the credentials for a session.
func Login(cred Credentials) (*Session, error) {
	signed, err := assert.Build(cred.Claims, cred.PrivateKey)
	if err != nil {
		return nil, err
	}
	resp, err := http.PostForm("https://ims-na1.adobelogin.com/ims/exchange/v1/jwt", url.Values{
		"client_id":     {cred.ClientID},
		"client_secret": {cred.ClientSecret},
		"jwt_token":     {signed},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrLogin, err)
	}
	defer resp.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrLogin, err)
	}
	token, ok := body["access_token"].(string)
	if !ok {
		return nil, fmt.Errorf("%w: %v: %v", ErrLogin, body["error"], body["error_description"])
	}
	seconds := int64(body["expires_in"].(float64)) / 1000
	return &Session{Token: token, Minutes: seconds / 60, apiKey: cred.ClientID}, nil
}

// Get asks an endpoint of the platform.
func (s *Session) Get(path string) (map[string]string, error) {
	req, err := http.NewRequest(http.MethodGet, "https://platform.adobe.io"+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+s.Token)
	req.Header.Set("x-api-key", s.apiKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var out map[string]string
	return out, json.NewDecoder(resp.Body).Decode(&out)
}
