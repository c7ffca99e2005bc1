// Package adobe is what opsbot knows of Adobe.
package adobe

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	imsclient "github.com/adobe/ims-go/ims"
)

const clientID = "opsbot-ams"

// Login returns an access token for Cloud Manager and the I/O console.
func Login(ctx context.Context, imsURL, keyFile string) (string, error) {
	c, err := imsclient.NewClient(&imsclient.ClientConfig{URL: imsURL})
	if err != nil {
		return "", fmt.Errorf("adobe: %w", err)
	}
	pem, err := os.ReadFile(keyFile)
	if err != nil {
		return "", fmt.Errorf("adobe: %w", err)
	}
	resp, err := c.ExchangeJWTWithContext(ctx, &imsclient.ExchangeJWTRequest{
		PrivateKey:   pem,
		Expiration:   time.Now().Add(time.Minute),
		Issuer:       os.Getenv("OPSBOT_ORG"),
		Subject:      os.Getenv("OPSBOT_ACCOUNT"),
		ClientID:     clientID,
		ClientSecret: os.Getenv("OPSBOT_SECRET"),
		MetaScope:    []imsclient.MetaScope{imsclient.MetaScopeCloudManager},
		Resources:    []string{"https://cloudmanager.adobe.io", "https://console.adobe.io"},
	})
	if err != nil {
		return "", fmt.Errorf("adobe: %w", err)
	}
	return resp.AccessToken, nil
}

// Names looks up the display names of programs.
func Names(ctx context.Context, token string, ids []string) ([]string, error) {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://cloudmanager.adobe.io/api/program/"+id, nil)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("X-Api-Key", clientID)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		var p struct{ Path, Org string }
		err = json.NewDecoder(resp.Body).Decode(&p)
		resp.Body.Close() // not deferred: this is a loop
		if err != nil {
			return nil, fmt.Errorf("program %s: %w", id, err)
		}
		names = append(names, p.Org+p.Path)
	}
	return names, nil
}
