// Command stock reads stock levels through an API of SAP BTP.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	client := &http.Client{
		Timeout: time.Minute,
		Transport: &transport{
			base:     http.DefaultTransport,
			tenant:   os.Getenv("IAS_URL"),
			clientID: os.Getenv("IAS_CLIENT_ID"),
			keyPEM:   os.Getenv("IAS_KEY"),
		},
	}
	for range 2 {
		resp, err := client.Get(os.Getenv("IAS_URL") + "/stock")
		if err != nil {
			log.Fatal(err)
		}
		io.Copy(os.Stdout, resp.Body)
		resp.Body.Close()
	}
}
