// Command licences counts the users of our Adobe licences. Edited on Windows.
package main

import (
	"fmt"
	"os"
)

func main() {
	c := NewUMAPI(os.Getenv("UMAPI_IMS"), os.Getenv("UMAPI_SECRET"), os.Getenv("UMAPI_KEYFILE"))
	n, err := c.Count("Photoshop")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(n)
}
