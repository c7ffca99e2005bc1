package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/harbourline/platformkit/assert"
	"github.com/harbourline/platformkit/platform"
)

func main() {
	key, err := os.ReadFile(os.Getenv("AEP_PRIVATE_KEY_FILE"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	session, err := platform.Login(platform.Credentials{
		Claims: assert.Claims{
			Organization: "ABCDEF0123456789ABCDEF01@AdobeOrg",
			TechnicalID:  "FEDCBA9876543210FEDCBA98@techacct.adobe.com",
			ClientID:     "aep-sandboxes",
		},
		ClientSecret: os.Getenv("AEP_CLIENT_SECRET"),
		PrivateKey:   key,
	})
	switch {
	case errors.Is(err, platform.ErrLogin):
		fmt.Println("login refused") // a monitor greps for this line
		os.Exit(3)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out, err := session.Get("/data/foundation/sandbox-management/sandboxes")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s: %s, token for %d minutes\n", out["org"], out["path"], session.Minutes)
}
