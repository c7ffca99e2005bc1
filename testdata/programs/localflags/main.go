// Command adobetoken prints an access token, for use in shell scripts:
//
//	curl -H "Authorization: Bearer $(adobetoken -key private.key)" …
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "adobetoken:", err)
		os.Exit(1)
	}
}

// run is main without the process around it.
func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("adobetoken", flag.ContinueOnError)
	var (
		ims        = flags.String("ims", "https://ims-na1.adobelogin.com", "identity `URL`")
		keyFile    = flags.String("key", "private.key", "private key `file` in PEM")
		client     = flags.String("client", "", "client id")
		secret     = flags.String("secret", os.Getenv("ADOBE_SECRET"), "client secret")
		org        = flags.String("org", "", "organisation")
		account    = flags.String("account", "", "technical account")
		metascopes = flags.String("metascopes", "ent_user_sdk", "metascopes, with commas")
		verbose    = flags.Bool("v", false, "also print how long the token lasts")
	)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *client == "" {
		return fmt.Errorf("-client is required")
	}

	keyPEM, err := os.ReadFile(*keyFile)
	if err != nil {
		return fmt.Errorf("reading the key: %w", err)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(keyPEM)
	if err != nil {
		return fmt.Errorf("parsing the key: %w", err)
	}
	claims := jwt.MapClaims{
		"iss": *org,
		"sub": *account,
		"aud": *ims + "/c/" + *client,
		"exp": time.Now().Add(time.Hour).Unix(),
	}
	for _, m := range strings.Split(*metascopes, ",") {
		claims[*ims+"/s/"+strings.TrimSpace(m)] = true
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	if err != nil {
		return fmt.Errorf("signing: %w", err)
	}

	resp, err := http.PostForm(*ims+"/ims/exchange/jwt", url.Values{
		"client_id":     {*client},
		"client_secret": {*secret},
		"jwt_token":     {signed},
	})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("exchange: %s", resp.Status)
	}
	var token struct {
		AccessToken string        `json:"access_token"`
		ExpiresIn   time.Duration `json:"expires_in"` // in milliseconds
	}
	if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
		return fmt.Errorf("exchange: %w", err)
	}
	fmt.Fprintln(stdout, token.AccessToken)
	if *verbose {
		fmt.Fprintln(stdout, "# expires in", (token.ExpiresIn * time.Millisecond).Round(time.Hour))
	}
	return nil
}
