// Package tags lists tags.
package tags

import (
	"context"
	"encoding/json"
	"net/http"

	"example.com/cms/bridge/internal/authn"
)

// All returns a description of all tags.
func All(ctx context.Context, auth authn.Provider) (string, error) {
	token, err := auth.AccessToken(ctx)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://reactor.adobe.io/tags", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", auth.APIKey())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var t struct{ Path, Login string }
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		return "", err
	}
	return t.Path + " for " + t.Login, nil
}
