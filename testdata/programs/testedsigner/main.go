package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"example.com/ads/audience-sync/aep"
)

func main() {
	key, err := os.ReadFile("aep.key")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	token, err := aep.Token(aep.Integration{
		IMS:     os.Getenv("AEP_IMS"),
		Client:  "audience-sync",
		Secret:  os.Getenv("AEP_SECRET"),
		Org:     "A0D1A0D1A0D1A0D1A0D1A0D1@AdobeOrg",
		Account: "A0D2A0D2A0D2A0D2A0D2A0D2@techacct.adobe.com",
	}, key)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	req, err := http.NewRequest("GET", "https://platform.adobe.io/data/core/ups/segment/definitions", nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", "audience-sync")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer resp.Body.Close()
	var s struct{ Org, Path string }
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(s.Org, s.Path)
}
