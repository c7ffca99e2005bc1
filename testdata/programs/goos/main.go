// Command inventory reports installed Adobe products. It runs on clients with Windows and on servers with Linux.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	token, err := fetchToken(os.Getenv("INVENTORY_IMS"), os.Getenv("INVENTORY_SECRET"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "inventory:", err)
		os.Exit(1)
	}
	req, err := http.NewRequest(http.MethodGet, "https://usermanagement.adobe.io/v2/usermanagement/inventory", nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, "inventory:", err)
		os.Exit(1)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", clientID)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Fprintln(os.Stderr, "inventory:", err)
		os.Exit(1)
	}
	defer resp.Body.Close()
	var r struct{ Login string }
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		fmt.Fprintln(os.Stderr, "inventory:", err)
		os.Exit(1)
	}
	fmt.Println("reported by", r.Login)
}
