// Command indexer has left the JWT exchange (/ims/exchange/jwt, jwt_token) behind, in three ways.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"

	"github.com/adobe/ims-go/ims"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

func main() {
	ctx := context.Background()
	for _, get := range []func(context.Context) (string, error){byLibrary, bySDK, byHand} {
		token, err := get(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(token))
	}
}

func byLibrary(ctx context.Context) (string, error) {
	cfg := clientcredentials.Config{
		ClientID:     "indexer",
		ClientSecret: os.Getenv("INDEXER_SECRET"),
		TokenURL:     "https://ims-na1.adobelogin.com/ims/token/v3",
		Scopes:       []string{"openid,AdobeID,read_organizations"},
		AuthStyle:    oauth2.AuthStyleInParams,
	}
	t, err := cfg.Token(ctx)
	if err != nil {
		return "", err
	}
	return t.AccessToken, nil
}

func bySDK(ctx context.Context) (string, error) {
	c, err := ims.NewClient(&ims.ClientConfig{URL: "https://ims-na1.adobelogin.com"})
	if err != nil {
		return "", err
	}
	t, err := c.TokenWithContext(ctx, &ims.TokenRequest{
		GrantType:    "client_credentials",
		ClientID:     "indexer",
		ClientSecret: os.Getenv("INDEXER_SECRET"),
		Scope:        []string{"openid", "AdobeID"},
	})
	if err != nil {
		return "", err
	}
	return t.AccessToken, nil
}

func byHand(context.Context) (string, error) {
	resp, err := http.PostForm("https://ims-na1.adobelogin.com/ims/token/v3", url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {"indexer"},
		"client_secret": {os.Getenv("INDEXER_SECRET")},
		"scope":         {"openid,AdobeID"},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var t struct {
		AccessToken string `json:"access_token"`
	}
	err = json.NewDecoder(resp.Body).Decode(&t)
	return t.AccessToken, err
}
