// Command export lists the groups of a tenant by Microsoft Graph.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	auth := &authenticator{
		doer:     http.DefaultClient,
		host:     getenv("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com"),
		tenant:   os.Getenv("AZURE_TENANT_ID"),
		clientID: os.Getenv("AZURE_CLIENT_ID"),
		certPath: os.Getenv("AZURE_CLIENT_CERTIFICATE_PATH"),
	}
	header, err := auth.header(os.Getenv("GRAPH_RESOURCE") + "/.default")
	if err != nil {
		log.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, os.Getenv("GRAPH_URL")+"/v1.0/groups", nil)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", header)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", body)
}

func getenv(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}
