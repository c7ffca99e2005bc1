// Command meetings lists today's Zoom meetings. The JWT is the access token itself; there is no exchange.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

func bearer(apiKey, apiSecret string) (string, error) {
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.StandardClaims{
		Issuer:    apiKey,
		ExpiresAt: time.Now().Add(time.Minute).Unix(),
	}).SignedString([]byte(apiSecret))
}

func main() {
	token, err := bearer(os.Getenv("ZOOM_API_KEY"), os.Getenv("ZOOM_API_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, "https://api.zoom.us/v2/users/me/meetings", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		log.Fatal(resp.Status)
	}
	io.Copy(os.Stdout, resp.Body)
	fmt.Println()
}
