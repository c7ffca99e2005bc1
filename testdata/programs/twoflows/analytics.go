package main

import (
	"fmt"
	"os"
)

const analyticsClient = "feeds-analytics"

// analyticsToken is for the nightly segments.
func analyticsToken(base string) (string, error) {
	signed, err := sign(base, "keys/analytics.pem", identity{
		client:  analyticsClient,
		account: "A11A11A11A11A11A11A11A11@techacct.adobe.com",
	}, "ent_analytics_bulk_ingest_sdk")
	if err != nil {
		return "", fmt.Errorf("analytics: %w", err)
	}
	answer, err := trade(base, analyticsClient, os.Getenv("ANALYTICS_SECRET"), signed)
	if err != nil {
		return "", fmt.Errorf("analytics: %w", err)
	}
	return answer.AccessToken, nil
}
