// Command leads prints what Salesforce has of a lead.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"example.com/crm/leads/internal/salesforce"
)

func main() {
	key, err := os.ReadFile(os.Getenv("SF_JWT_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	client, err := salesforce.New(os.Getenv("SF_CLIENT_ID"), os.Getenv("SF_USER"), key,
		salesforce.WithDomain(os.Getenv("SF_DOMAIN")),
		salesforce.WithHTTPClient(&http.Client{Timeout: 20 * time.Second}),
	)
	if err != nil {
		log.Fatal(err)
	}
	for _, id := range os.Args[1:] {
		body, err := client.Get(context.Background(), "/services/data/v60.0/sobjects/Lead/"+id)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(body)
	}
}
