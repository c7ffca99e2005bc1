// Command upload is called by the CI. A Python step before it writes the signed JWT to standard output.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

func main() {
	assertion, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && assertion == "" {
		fmt.Fprintln(os.Stderr, "upload: no assertion on standard input")
		os.Exit(2)
	}
	base := os.Getenv("UPLOAD_IMS")
	resp, err := http.PostForm(base+"/ims/exchange/jwt", url.Values{
		"client_id":     {os.Getenv("UPLOAD_CLIENT")},
		"client_secret": {os.Getenv("UPLOAD_SECRET")},
		"jwt_token":     {strings.TrimSpace(assertion)},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "upload:", err)
		os.Exit(1)
	}
	defer resp.Body.Close()
	var t struct {
		AccessToken string `json:"access_token"`
		Error       string `json:"error"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		fmt.Fprintln(os.Stderr, "upload:", err)
		os.Exit(1)
	}
	if t.Error != "" {
		fmt.Println("refused")
		os.Exit(1)
	}
	fmt.Println("token of", len(t.AccessToken))
}
