// Command signin validates a code of "Sign in with Apple". There the client secret itself is a JWT.
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

const (
	appleToken = "https://appleid.apple.com/auth/token"
	bundleID   = "com.example.app"
)

func clientSecret(p8 []byte, team, keyID string) (string, error) {
	key, err := jwt.ParseECPrivateKeyFromPEM(p8)
	if err != nil {
		return "", err
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": team,
		"iat": time.Now().Unix(),
		"exp": time.Now().Add(5 * time.Minute).Unix(),
		"aud": "https://appleid.apple.com",
		"sub": bundleID,
	})
	token.Header["kid"] = keyID
	return token.SignedString(key)
}

func main() {
	p8, err := os.ReadFile("AuthKey.p8")
	if err != nil {
		log.Fatal(err)
	}
	secret, err := clientSecret(p8, os.Getenv("APPLE_TEAM"), os.Getenv("APPLE_KEY_ID"))
	if err != nil {
		log.Fatal(err)
	}
	resp, err := http.PostForm(appleToken, url.Values{
		"client_id":     {bundleID},
		"client_secret": {secret},
		"code":          {os.Args[1]},
		"grant_type":    {"authorization_code"},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	var t struct {
		IDToken string `json:"id_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(t.IDToken))
}
