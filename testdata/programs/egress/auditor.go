package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	imsExchange = "https://ims-na1.adobelogin.com/ims/exchange/jwt"
	auditClient = "content-audit"
)

type auditor struct {
	http *http.Client
}

func (a *auditor) run(ctx context.Context) error {
	token, err := a.token(ctx)
	if err != nil {
		return fmt.Errorf("authenticate: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://asset-compute.adobe.io/assets?owner=", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("x-api-key", auditClient)
	resp, err := a.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var list struct{ Login, Query string }
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		return err
	}
	fmt.Println(list.Query, list.Login)
	return nil
}

// token goes through the gateway like everything else.
func (a *auditor) token(ctx context.Context) (string, error) {
	pem, err := os.ReadFile("audit.pem")
	if errors.Is(err, os.ErrNotExist) {
		return "", errors.New("audit.pem is missing, see the installation guide")
	} else if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return "", err
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": "BABABABABABABABABABABABA@AdobeOrg",
		"sub": "BBBBBBBBBBBBBBBBBBBBBBBA@techacct.adobe.com",
		"aud": "https://ims-na1.adobelogin.com/c/" + auditClient,
		"exp": time.Now().Add(5 * time.Minute).Unix(),
		"https://ims-na1.adobelogin.com/s/ent_ccas_sdk": true,
	})
	assertion, err := token.SignedString(key)
	if err != nil {
		return "", err
	}
	body := url.Values{
		"client_id":     {auditClient},
		"client_secret": {os.Getenv("AUDIT_SECRET")},
		"jwt_token":     {assertion},
	}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, imsExchange, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := a.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		detail, _ := io.ReadAll(resp.Body)
		return "", fmt.Errorf("%s: %s", resp.Status, detail)
	}
	var parsed struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&parsed); err != nil {
		return "", err
	}
	return parsed.AccessToken, nil
}
