// Command meetings lists Zoom meetings. The JWT is the access token itself; there is no exchange.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

const apiURL = "https://api.zoom.us/v2"

// client calls the API for one account.
type client struct {
	key    string
	secret string
	http   *http.Client
}

func newClient() (*client, error) {
	c := &client{key: os.Getenv("ZOOM_API_KEY"), secret: os.Getenv("ZOOM_API_SECRET"), http: &http.Client{Timeout: 10 * time.Second}}
	if c.key == "" || c.secret == "" {
		return nil, errors.New("ZOOM_API_KEY and ZOOM_API_SECRET are needed")
	}
	return c, nil
}

func (c *client) jwtToken() (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.StandardClaims{
		Issuer:    c.key,
		ExpiresAt: time.Now().Add(time.Minute).Unix(),
	})
	return token.SignedString([]byte(c.secret))
}

// get prints what the API says at a path.
func (c *client) get(path string) error {
	token, err := c.jwtToken()
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodGet, apiURL+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, resp.Status)
	}
	_, err = io.Copy(os.Stdout, resp.Body)
	return err
}

func main() {
	c, err := newClient()
	if err != nil {
		log.Fatal(err)
	}
	for _, path := range []string{"/users/me/meetings", "/users/me/webinars"} {
		if err := c.get(path); err != nil {
			log.Fatal(err)
		}
	}
}
