// Command admin lists users of a Zitadel instance with a service user's key, by x/oauth2's own JWT flow.
package main

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"os"

	"golang.org/x/oauth2/jwt"
)

// keyFile is what Zitadel offers for download.
type keyFile struct {
	KeyID  string `json:"keyId"`
	Key    string `json:"key"`
	UserID string `json:"userId"`
}

func main() {
	raw, err := os.ReadFile("zitadel-key.json")
	if err != nil {
		log.Fatal(err)
	}
	var k keyFile
	if err := json.Unmarshal(raw, &k); err != nil {
		log.Fatal(err)
	}
	const instance = "https://acme.zitadel.cloud"
	cfg := &jwt.Config{
		Email:        k.UserID,
		Subject:      k.UserID,
		PrivateKey:   []byte(k.Key),
		PrivateKeyID: k.KeyID,
		Audience:     instance,
		Scopes:       []string{"openid", "urn:zitadel:iam:org:project:id:zitadel:aud"},
		TokenURL:     instance + "/oauth/v2/token",
	}
	resp, err := cfg.Client(context.Background()).Get(instance + "/management/v1/orgs/me")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(os.Stdout, resp.Body)
}
