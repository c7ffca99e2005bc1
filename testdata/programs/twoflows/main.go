// Command feeds pulls numbers from Analytics and people from User Management.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	base := os.Getenv("IMS_URL")
	suites, err := analyticsToken(base)
	if err != nil {
		exit(err)
	}
	line, err := call(suites, analyticsClient, "https://analytics.adobe.io/api/datahub/segments")
	if err != nil {
		exit(err)
	}
	fmt.Println("analytics:", line)

	people, lifetime, err := peopleToken(base)
	if err != nil {
		exit(err)
	}
	line, err = call(people, peopleClient, "https://usermanagement.adobe.io/v2/usermanagement/users/1/0")
	if err != nil {
		exit(err)
	}
	fmt.Printf("people: %s (%s)\n", line, lifetime.Round(time.Hour))
}

func exit(err error) {
	fmt.Fprintln(os.Stderr, "feeds:", err)
	os.Exit(1)
}
