// Command newsletter sends the ministry's newsletter by Adobe Campaign.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Config is newsletter.json. Every environment has its own.
type Config struct {
	TokenURL     string `json:"token_url"` // complete, with path
	Audience     string `json:"audience"`
	Metascope    string `json:"metascope"` // the complete claim
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	OrgID        string `json:"org_id"`
	TechAccount  string `json:"tech_account"`
	KeyFile      string `json:"key_file"`
	APIBase      string `json:"api_base"`
}

func main() {
	log.SetFlags(0)
	raw, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var cfg Config
	if err := json.Unmarshal(raw, &cfg); err != nil {
		log.Fatal(err)
	}
	token, err := getToken(&cfg)
	if err != nil {
		log.Fatalf("token: %v", err)
	}
	req, err := http.NewRequest("GET", cfg.APIBase+"/campaign/newsletters", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", cfg.ClientID)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]string
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		log.Fatal(err)
	}
	fmt.Println(out["login"], out["path"])
}

func getToken(cfg *Config) (string, error) {
	pem, err := os.ReadFile(cfg.KeyFile)
	if err != nil {
		return "", err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return "", err
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss":         cfg.OrgID,
		"sub":         cfg.TechAccount,
		"aud":         cfg.Audience,
		"exp":         time.Now().Add(time.Hour).Unix(),
		cfg.Metascope: true,
	}).SignedString(key)
	if err != nil {
		return "", err
	}
	resp, err := http.PostForm(cfg.TokenURL, url.Values{
		"client_id":     {cfg.ClientID},
		"client_secret": {cfg.ClientSecret},
		"jwt_token":     {signed},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s", resp.Status)
	}
	var t struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		return "", err
	}
	return t.AccessToken, nil
}
