package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// cachedToken is what lies on disk. Scripts in other languages read this file, too.
type cachedToken struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`           // as Adobe sent it
	ExpiresAt   int64  `json:"expires_at,omitempty"` // Unix time in milliseconds
}

func (t *cachedToken) valid() bool {
	return t.AccessToken != "" && t.ExpiresAt > time.Now().UnixMilli()+60_000
}

type tokenFile struct{ path string }

// get returns the token and whether it was on disk.
func (f *tokenFile) get() (string, bool, error) {
	tok, err := f.read()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", false, err
	}
	if tok != nil && tok.valid() {
		return tok.AccessToken, true, nil
	}
	tok, err = exchange()
	if err != nil {
		return "", false, fmt.Errorf("exchange: %w", err)
	}
	tok.ExpiresAt = time.Now().UnixMilli() + tok.ExpiresIn
	if left := time.Until(time.UnixMilli(tok.ExpiresAt)); left < 23*time.Hour || left > 25*time.Hour {
		return "", false, fmt.Errorf("strange lifetime: %s", left)
	}
	return tok.AccessToken, false, f.write(tok)
}

func (f *tokenFile) read() (*cachedToken, error) {
	data, err := os.ReadFile(f.path)
	if err != nil {
		return nil, err
	}
	tok := new(cachedToken)
	return tok, json.Unmarshal(data, tok)
}

func (f *tokenFile) write(tok *cachedToken) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	data, err := json.MarshalIndent(tok, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(f.path, data, 0o600)
}
