// Command audit prints who may do what.
package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
)

func main() {
	os.Exit(run())
}

func run() int {
	api, err := newAPI(os.Getenv("AUDIT_IMS"), os.Getenv("AUDIT_SECRET"), []byte(os.Getenv("AUDIT_KEY")))
	if err == nil {
		var line string
		if line, err = api.get("/users/me"); err == nil {
			fmt.Println(line)
			return 0
		}
	}
	var apiErr *APIError
	if errors.As(err, &apiErr) {
		fmt.Fprintf(os.Stderr, "audit: status %d\n", apiErr.Status)
		if apiErr.Status == http.StatusUnauthorized {
			return 77
		}
		return 69
	}
	fmt.Fprintln(os.Stderr, "audit:", err)
	return 1
}
