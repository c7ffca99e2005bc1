// Package cja gets data from Customer Journey Analytics.
package cja

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"
)

const (
	clientID = "cja-loader"
	orgID    = "CJACJACJACJACJACJACJACJA@AdobeOrg"
	account  = "CJBCJBCJBCJBCJBCJBCJBCJB@techacct.adobe.com"
)

// TokenSource implements oauth2.TokenSource by the JWT exchange.
type TokenSource struct {
	Base   string // of IMS
	Secret string
	Key    []byte // PEM
}

// Token gets a new token each time; wrap the source in oauth2.ReuseTokenSource.
func (s *TokenSource) Token() (*oauth2.Token, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM(s.Key)
	if err != nil {
		return nil, fmt.Errorf("cja: key: %w", err)
	}
	claims := jwt.MapClaims{
		"iss": orgID,
		"sub": account,
		"aud": fmt.Sprintf("%s/c/%s", s.Base, clientID),
		"exp": time.Now().Add(time.Hour).Unix(),
	}
	// CJA needs the Experience Platform, too.
	for _, scope := range []string{"ent_cja_sdk", "ent_dataservices_sdk"} {
		claims[fmt.Sprintf("%s/s/%s", s.Base, scope)] = true
	}
	assertion, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		return nil, fmt.Errorf("cja: sign: %w", err)
	}
	resp, err := http.PostForm(s.Base+"/ims/exchange/jwt", url.Values{
		"client_id":     {clientID},
		"client_secret": {s.Secret},
		"jwt_token":     {assertion},
	})
	if err != nil {
		return nil, fmt.Errorf("cja: token: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("cja: token: %s", resp.Status)
	}
	var body struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return nil, fmt.Errorf("cja: token: %w", err)
	}
	return &oauth2.Token{
		AccessToken: body.AccessToken,
		TokenType:   body.TokenType,
		Expiry:      time.Now().Add(time.Duration(body.ExpiresIn) * time.Millisecond),
	}, nil
}

// Get returns the answer's body.
func Get(client *http.Client, path string) (string, error) {
	req, err := http.NewRequest(http.MethodGet, "https://cja.adobe.io"+path, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("X-Api-Key", clientID)
	req.Header.Set("X-Gw-Ims-Org-Id", orgID)
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return string(raw), err
}
