package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// config is umsync.json. The layout is that of user-sync's connector-umapi.yml, because
// the people who fill it in know that one.
type config struct {
	Server     map[string]string `json:"server"`     // imsBase, jwtPath, apiBase
	Enterprise map[string]string `json:"enterprise"` // orgID, apiKey, clientSecret, techAcct, privKeyPath
}

func loadConfig(path string) (*config, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	c := new(config)
	if err := json.Unmarshal(raw, c); err != nil {
		return nil, fmt.Errorf("configuration %s: %w", path, err)
	}
	return c, nil
}
