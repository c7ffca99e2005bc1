// Command audit reads the events of a Zitadel instance as a service user.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
)

func run(ctx context.Context) error {
	sa, err := loadServiceAccount("service-user.json")
	if err != nil {
		return err
	}
	issuer := os.Getenv("ZITADEL_URL")
	token, err := sa.Token(ctx, issuer, "openid", "urn:zitadel:iam:org:project:id:zitadel:aud")
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, issuer+"/admin/v1/events/_search", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(os.Stdout, resp.Body)
	return err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal(fmt.Errorf("audit: %w", err))
	}
}
