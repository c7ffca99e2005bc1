package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	a := Authenticator{
		Endpoint: os.Getenv("DUMPER_IMS"),
		ClientID: "dumper",
		Secret:   os.Getenv("DUMPER_SECRET"),
		Key:      os.Getenv("DUMPER_KEY"),
	}
	resp, err := a.Authenticate()
	if err != nil {
		fmt.Fprintln(os.Stderr, "no connection:", err)
		os.Exit(1)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		io.Copy(os.Stderr, resp.Body)
		os.Exit(2)
	}
	var t struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&t); err != nil {
		fmt.Fprintln(os.Stderr, "answer:", err)
		os.Exit(1)
	}
	fmt.Println("token", t.AccessToken)
}
