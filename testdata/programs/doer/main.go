package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"example.com/crm/adobe-bridge/internal/ims"
	"example.com/crm/adobe-bridge/internal/transport"
)

func main() {
	log.SetFlags(0)
	logged := transport.Logged(&http.Client{Timeout: 30 * time.Second}, log.New(os.Stderr, "http ", 0))
	auth := ims.New(logged, ims.Settings{
		URL:          os.Getenv("BRIDGE_IMS"),
		ClientID:     "crm-bridge",
		ClientSecret: os.Getenv("BRIDGE_SECRET"),
		PrivateKey:   os.Getenv("BRIDGE_KEY"),
	})
	tok, err := auth.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	os.Stdout.WriteString(tok + "\n")
}
