// Command indexer feeds the site search from Experience Manager assets.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

type settings struct {
	IMS          string `json:"ims_url"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	OrgID        string `json:"org_id"`
	Account      string `json:"technical_account_id"`
	KeyPath      string `json:"private_key_path"`
}

func main() {
	log.SetFlags(log.Lmsgprefix)
	log.SetPrefix("indexer: ")
	raw, err := os.ReadFile("indexer.json")
	if err != nil {
		log.Fatal(err)
	}
	var cfg settings
	if err := json.Unmarshal(raw, &cfg); err != nil {
		log.Fatalf("indexer.json: %v", err)
	}
	tokens, err := newTokens(cfg)
	if err != nil {
		log.Fatal(err)
	}
	for _, folder := range []string{"dam/press", "dam/products"} {
		token, err := tokens.get()
		if err != nil {
			log.Fatal(err)
		}
		if err := list(folder, token, cfg.ClientID); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("valid for %v\n", time.Until(tokens.until).Round(time.Hour))
}

func list(folder, token, apiKey string) error {
	req, err := http.NewRequest(http.MethodGet, "https://mc.adobe.io/assets/"+folder, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", apiKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var page struct{ Login, Path string }
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		return fmt.Errorf("list %s: %w", folder, err)
	}
	fmt.Println(page.Path, page.Login)
	return nil
}
