// Command seats counts the users of an organization.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	d := newDirectory(os.Getenv("IMS"), os.Getenv("API"))
	if err := d.login(); err != nil {
		log.Print(err)
		if errors.Is(err, errCredentials) {
			os.Exit(3)
		}
		os.Exit(1)
	}
	n, err := d.usage()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n)
}
