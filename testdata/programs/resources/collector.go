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
	collectorID = "edge-collector"
	collectorMS = "/s/ent_dataservices_sdk"
)

// collector sends hits to the Edge network.
type collector struct {
	base  string
	token string
}

// authorize gets a token that is good for the resources: each of them becomes an audience of it.
func (c *collector) authorize(ctx context.Context, resources ...string) error {
	signed, err := c.assertion()
	if err != nil {
		return fmt.Errorf("assertion: %w", err)
	}
	form := url.Values{
		"client_id":     {collectorID},
		"client_secret": {os.Getenv("COLLECTOR_SECRET")},
		"jwt_token":     {signed},
	}
	for _, r := range resources {
		form.Add("resource", r)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/ims/exchange/v1/jwt", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("authorize: %s", res.Status)
	}
	var t struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&t); err != nil {
		return fmt.Errorf("authorize: %w", err)
	}
	c.token = t.AccessToken
	return nil
}

func (c *collector) assertion() (string, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(os.Getenv("COLLECTOR_KEY")))
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":                "EDGEEDGEEDGEEDGEEDGEEDGE@AdobeOrg",
		"sub":                "EDGFEDGFEDGFEDGFEDGFEDGF@techacct.adobe.com",
		"aud":                c.base + "/c/" + collectorID,
		"exp":                time.Now().Add(time.Minute).Unix(),
		c.base + collectorMS: true,
	}).SignedString(key)
}

// send sends one hit.
func (c *collector) send(ctx context.Context, hit string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://edge.adobe.net/ee/v2/collect?hit="+hit, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("X-Api-Key", collectorID)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var a struct{ Login, Query string }
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		return "", err
	}
	return a.Login + "?" + a.Query, nil
}
