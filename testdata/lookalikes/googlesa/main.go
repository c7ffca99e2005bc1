// Command export reads a spreadsheet with a Google service account, once by x/oauth2 and once by hand.
package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	"golang.org/x/oauth2/google"
	"golang.org/x/oauth2/jwt"
)

const scope = "https://www.googleapis.com/auth/spreadsheets.readonly"

func main() {
	raw, err := os.ReadFile(os.Getenv("GOOGLE_APPLICATION_CREDENTIALS"))
	if err != nil {
		log.Fatal(err)
	}
	cfg, err := google.JWTConfigFromJSON(raw, scope)
	if err != nil {
		log.Fatal(err)
	}
	delegate(cfg, "sheets@example.com")
	resp, err := cfg.Client(context.Background()).Get("https://sheets.googleapis.com/v4/spreadsheets/1")
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	token, err := byHand(cfg.Email, cfg.PrivateKey)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Status, len(token))
}

// delegate acts for a user of the domain.
func delegate(cfg *jwt.Config, user string) { cfg.Subject = user }

func byHand(email string, key []byte) (string, error) {
	block, _ := pem.Decode(key)
	if block == nil {
		return "", errors.New("no PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{
		"iss": email, "scope": scope, "aud": "https://oauth2.googleapis.com/token",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	})
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	input := enc.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + enc.EncodeToString(claims)
	sum := sha256.Sum256([]byte(input))
	sig, err := rsa.SignPKCS1v15(rand.Reader, parsed.(*rsa.PrivateKey), crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	resp, err := http.PostForm("https://oauth2.googleapis.com/token", url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
		"assertion":  {input + "." + enc.EncodeToString(sig)},
	})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var t struct {
		AccessToken string `json:"access_token"`
	}
	err = json.NewDecoder(resp.Body).Decode(&t)
	return t.AccessToken, err
}
