// Command sync asks every realm of a Keycloak for its users.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"sort"
)

// A realm is one tenant.
type realm struct {
	Name     string   `json:"name"`
	ClientID string   `json:"client_id"`
	Scopes   []string `json:"scopes"`
}

type config struct {
	BaseURL string           `json:"base_url"`
	KeyFile string           `json:"key_file"`
	Realms  map[string]realm `json:"realms"`
}

func main() {
	raw, err := os.ReadFile("sync.json")
	if err != nil {
		log.Fatal(err)
	}
	var cfg config
	if err := json.Unmarshal(raw, &cfg); err != nil {
		log.Fatal(err)
	}
	store, err := newTokenStore(cfg)
	if err != nil {
		log.Fatal(err)
	}
	var names []string
	for name := range cfg.Realms {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range append(names, names...) {
		token, err := store.token(cfg.Realms[name])
		if err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		req, err := http.NewRequest(http.MethodGet, cfg.BaseURL+"/admin/realms/"+name+"/users", nil)
		if err != nil {
			log.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			log.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s", name, body)
	}
}
