// Package conf reads offers.yaml.
package conf

import (
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
)

// Config is the file.
type Config struct {
	Adobe  Adobe    `yaml:"adobe"`
	Offers []string `yaml:"offers"`
}

// Adobe has the credentials of the integration.
type Adobe struct {
	IMS        string `yaml:"ims"`
	ClientID   string `yaml:"client_id"`
	Secret     string `yaml:"client_secret"`
	Org        string `yaml:"org"`
	Account    string `yaml:"technical_account"`
	PrivateKey string `yaml:"private_key"` // PEM, as a block
}

// Load reads and checks the file.
func Load(path string) (*Config, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("conf: %w", err)
	}
	var c Config
	if err := yaml.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("conf: %s: %w", path, err)
	}
	if c.Adobe.ClientID == "" {
		return nil, fmt.Errorf("conf: %s: adobe.client_id is empty", path)
	}
	return &c, nil
}
