// Command gateway calls an API as itself, and for a user with the refresh token of an earlier login.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	c, err := newClient(os.Getenv("PING_ISSUER"), os.Getenv("PING_CLIENT_ID"), os.Getenv("PING_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	tokens, err := c.ask(ctx, grant{kind: machine, scope: "orders"})
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, os.Getenv("PING_ISSUER")+"/orders", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+tokens.Access)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(os.Stdout, resp.Body)
	if rt := os.Getenv("PING_REFRESH_TOKEN"); rt != "" {
		tokens, err = c.ask(ctx, grant{kind: renewal, refresh: rt})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("renewed", tokens.Lifetime)
	}
}
