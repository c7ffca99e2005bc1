// Command exhibit shows how a token was got in 2019.
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

func main() {
	ims := os.Getenv("EXHIBIT_IMS")
	pem, err := os.ReadFile("exhibit.key")
	if err != nil {
		log.Fatal(err)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		log.Fatal(err)
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": "EXEXEXEXEXEXEXEXEXEXEXEX@AdobeOrg", "sub": "EYEYEYEYEYEYEYEYEYEYEYEY@techacct.adobe.com",
		"aud": ims + "/c/exhibit", "exp": time.Now().Add(time.Hour).Unix(),
		ims + "/s/ent_user_sdk": true,
	}).SignedString(key)
	if err != nil {
		log.Fatal(err)
	}
	form := url.Values{"client_id": {"exhibit"}, "client_secret": {"glass case"}, "jwt_token": {signed}}
	//jwtretire:ignore the exhibit talks to an emulator, it shows the old way on purpose
	resp, err := http.PostForm(ims+"/ims/exchange/jwt", form)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
		log.Fatal(err)
	}
	fmt.Println("got a token of", len(token.AccessToken), "characters")
}
