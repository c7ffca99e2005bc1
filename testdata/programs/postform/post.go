package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

var hc = &http.Client{Timeout: 15 * time.Second}

// postForm sends a form and decodes the answer into out. With a token the request is authorized.
func postForm(ctx context.Context, u string, form url.Values, token string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("x-api-key", clientID)
	}
	resp, err := hc.Do(req)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("post: %s: %s", resp.Status, body)
	}
	return json.Unmarshal(body, out)
}
