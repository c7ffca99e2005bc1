package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const clientID = "keeper"

type tokenResponse struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
}

// login trades our key for a token.
func login(ctx context.Context, ims string) (string, error) {
	b, err := os.ReadFile("keeper.key")
	if err != nil {
		return "", err
	}
	k, err := jwt.ParseRSAPrivateKeyFromPEM(b)
	if err != nil {
		return "", err
	}
	s, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":                                    "CDCDCDCDCDCDCDCDCDCDCDCD@AdobeOrg",
		"sub":                                    "cdcdcdcdcdcdcdcdcdcdcdcd@techacct.adobe.com",
		"aud":                                    ims + "/c/" + clientID,
		"exp":                                    time.Now().Add(time.Hour).Unix(),
		ims + "/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(k)
	if err != nil {
		return "", err
	}
	form := url.Values{}
	form.Set("client_id", clientID)
	form.Set("client_secret", os.Getenv("KEEPER_SECRET"))
	form.Set("jwt_token", s)
	var tr tokenResponse
	if err := postForm(ctx, ims+"/ims/exchange/jwt", form, "", &tr); err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	return tr.AccessToken, nil
}
