// Command cja-loader copies data views of Customer Journey Analytics to the warehouse.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"golang.org/x/oauth2"

	"example.com/bi/cja-loader/cja"
)

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	var src oauth2.TokenSource = oauth2.ReuseTokenSource(nil, &cja.TokenSource{
		Base:   os.Getenv("CJA_IMS"),
		Secret: os.Getenv("CJA_SECRET"),
		Key:    []byte(os.Getenv("CJA_KEY")),
	})
	client := oauth2.NewClient(ctx, src)
	for _, view := range []string{"dv_sales", "dv_service"} {
		body, err := cja.Get(client, "/data/dataviews/"+view)
		if err != nil {
			log.Fatalf("cja-loader: %v", err)
		}
		io.WriteString(os.Stdout, body)
	}
	tok, err := src.Token()
	if err != nil {
		log.Fatalf("cja-loader: %v", err)
	}
	fmt.Println("bearer:", tok.Type())
}
