package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	clientID  = "dmp-traits"
	metascope = "https://ims-na1.adobelogin.com/s/ent_audiencemanagerplatform_sdk"
)

type dmp struct {
	bearer string
}

// open logs in. A new RBAC user has to be made once by GET /v1/users/self, see the runbook.
func open(ctx context.Context) (*dmp, error) {
	assertion, err := assertion()
	if err != nil {
		return nil, err
	}
	data := url.Values{}
	data.Set("client_id", clientID)
	data.Set("client_secret", os.Getenv("DMP_CLIENT_SECRET"))
	data.Set("jwt_token", assertion)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://ims-na1.adobelogin.com/ims/exchange/jwt", strings.NewReader(data.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("login: %s", resp.Status)
	}
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	return &dmp{bearer: "Bearer " + body.AccessToken}, nil
}

func assertion() (string, error) {
	pem, err := os.ReadFile("dmp.pem")
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return "", fmt.Errorf("dmp.pem: %w", err)
	}
	claims := jwt.MapClaims{
		"iss":     "DADADADADADADADADADADADA@AdobeOrg",
		"sub":     "DBDBDBDBDBDBDBDBDBDBDBDB@techacct.adobe.com",
		"aud":     "https://ims-na1.adobelogin.com/c/" + clientID,
		"exp":     time.Now().Add(5 * time.Minute).Unix(),
		metascope: true,
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
}

func (d *dmp) folder(ctx context.Context, id int) ([]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("https://aam.adobe.io/v1/traits/?folderId=%d", id), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", d.bearer)
	req.Header.Set("x-api-key", clientID)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var t struct{ Login, Query string }
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		return nil, err
	}
	return []string{t.Login, t.Query}, nil
}
