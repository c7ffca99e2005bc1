// Command keeper fetches a token, uses it, and reports to our own audit log.
package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
)

func main() {
	ctx := context.Background()
	tok, err := login(ctx, os.Getenv("KEEPER_IMS"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "keeper:", err)
		os.Exit(1)
	}
	// The job endpoint takes a form, like everything from that team.
	var job struct {
		Login  string `json:"login"`
		Method string `json:"method"`
	}
	err = postForm(ctx, "https://analytics.adobe.io/jobs", url.Values{"what": {"export"}}, tok, &job)
	if err != nil {
		fmt.Fprintln(os.Stderr, "keeper:", err)
		os.Exit(1)
	}
	fmt.Println(job.Method, job.Login)
}
