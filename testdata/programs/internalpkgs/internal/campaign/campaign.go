// Package campaign starts workflows.
package campaign

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Tokener gives access tokens; *imsauth.Auth is one.
type Tokener interface {
	ClientID() string
	Token(context.Context) (string, error)
}

// Start triggers the workflow and returns a line for the log.
func Start(ctx context.Context, auth Tokener, workflow string) (string, error) {
	token, err := auth.Token(ctx)
	if err != nil {
		return "", fmt.Errorf("start %s: %w", workflow, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"https://mc.adobe.io/acme/campaign/workflow/execution/"+workflow+"/commands", strings.NewReader(`{"method":"start"}`))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", auth.ClientID())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("start %s: %w", workflow, err)
	}
	defer res.Body.Close()
	var out map[string]string
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		return "", fmt.Errorf("start %s: %w", workflow, err)
	}
	return fmt.Sprintf("%s %s as %s", out["method"], out["path"], out["login"]), nil
}
