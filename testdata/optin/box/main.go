// Command boxup lists a Box folder. The app's settings are the JSON that Box offers for download.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const boxToken = "https://api.box.com/oauth2/token"

type settings struct {
	App struct {
		ClientID     string `json:"clientID"`
		ClientSecret string `json:"clientSecret"`
		Auth         struct {
			KeyID      string `json:"publicKeyID"`
			PrivateKey string `json:"privateKey"`
		} `json:"appAuth"`
	} `json:"boxAppSettings"`
	EnterpriseID string `json:"enterpriseID"`
}

type boxClaims struct {
	SubType string `json:"box_sub_type"`
	jwt.RegisteredClaims
}

func main() {
	raw, err := os.ReadFile("box.json")
	if err != nil {
		log.Fatal(err)
	}
	var s settings
	if err := json.Unmarshal(raw, &s); err != nil {
		log.Fatal(err)
	}
	token, lifetime, err := login(&s)
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, "https://api.box.com/2.0/folders/0/items", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(os.Stdout, resp.Body)
	fmt.Println("\n# token for", lifetime)
}

// login acts as the enterprise's service account.
func login(s *settings) (string, time.Duration, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(s.App.Auth.PrivateKey))
	if err != nil {
		return "", 0, fmt.Errorf("box: private key: %w", err)
	}
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return "", 0, err
	}
	t := jwt.NewWithClaims(jwt.SigningMethodRS512, boxClaims{
		SubType: "enterprise",
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    s.App.ClientID,
			Subject:   s.EnterpriseID,
			Audience:  jwt.ClaimStrings{boxToken},
			ID:        hex.EncodeToString(id),
			ExpiresAt: jwt.NewNumericDate(time.Now().Add(45 * time.Second)),
		},
	})
	t.Header["kid"] = s.App.Auth.KeyID
	assertion, err := t.SignedString(key)
	if err != nil {
		return "", 0, fmt.Errorf("box: sign: %w", err)
	}
	resp, err := http.PostForm(boxToken, url.Values{
		"grant_type":    {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":     {assertion},
		"client_id":     {s.App.ClientID},
		"client_secret": {s.App.ClientSecret},
	})
	if err != nil {
		return "", 0, fmt.Errorf("box: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", 0, fmt.Errorf("box: %s", resp.Status)
	}
	var body struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return "", 0, fmt.Errorf("box: %w", err)
	}
	return body.AccessToken, time.Duration(body.ExpiresIn) * time.Second, nil
}
