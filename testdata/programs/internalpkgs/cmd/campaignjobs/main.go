// Command campaignjobs starts the nightly deliveries of Adobe Campaign Standard.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"example.org/campaignjobs/internal/assertion"
	"example.org/campaignjobs/internal/campaign"
	"example.org/campaignjobs/internal/imsauth"
)

func main() {
	ims := flag.String("ims", "https://ims-na1.adobelogin.com", "base `URL` of the identity service")
	flag.Parse()

	// CAMPAIGN_KEY holds the PEM itself, the way the vault agent injects it.
	signer, err := assertion.NewSigner([]byte(os.Getenv("CAMPAIGN_KEY")))
	if err != nil {
		fail(err)
	}
	auth := imsauth.New(*ims, os.Getenv("CAMPAIGN_CLIENT_ID"), os.Getenv("CAMPAIGN_CLIENT_SECRET"), signer,
		assertion.Account{Org: os.Getenv("CAMPAIGN_ORG"), ID: os.Getenv("CAMPAIGN_ACCOUNT")})
	ctx := context.Background()
	for _, job := range flag.Args() {
		line, err := campaign.Start(ctx, auth, job)
		if err != nil {
			fail(err)
		}
		fmt.Println(line)
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "campaignjobs: %v\n", err)
	os.Exit(2)
}
