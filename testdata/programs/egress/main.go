// Command content-audit lists assets without an owner. It runs in a network where nothing but the
// egress gateway is reachable.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	log.SetFlags(0)
	gateway := os.Getenv("EGRESS_GATEWAY")
	if gateway == "" {
		log.Fatal("EGRESS_GATEWAY is not set")
	}
	hc := &http.Client{
		Timeout:   10 * time.Second,
		Transport: &egressTransport{gateway: gateway, next: http.DefaultTransport},
	}
	audit := &auditor{http: hc}
	if err := audit.run(context.Background()); err != nil {
		log.Fatalf("content-audit: %v", err)
	}
	fmt.Println("requests through the gateway:", hc.Transport.(*egressTransport).count())
}
