// Command mover lists folders, as a user who logged in before or as the app's service account.
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
	ctx := context.Background()
	a := newAuth(http.DefaultClient)
	var t *tokens
	var err error
	if rt := os.Getenv("BOX_REFRESH_TOKEN"); rt != "" {
		t, err = a.refresh(ctx, rt)
	} else {
		t, err = a.serviceAccount(ctx)
	}
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.box.com/2.0/folders/0", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+t.Access)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	io.Copy(os.Stdout, resp.Body)
	fmt.Println(t.ExpiresIn)
}
