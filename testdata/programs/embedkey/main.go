// Command iomanage prints the I/O Management projects of our organisation.
package main

import (
	"embed"
	"flag"
	"fmt"
	"os"
	"time"
)

//go:embed templates/*.txt
var templates embed.FS

func main() {
	var (
		imsURL  = flag.String("ims", "https://ims-na1.adobelogin.com", "identity service")
		timeout = flag.Duration("timeout", 15*time.Second, "for each request")
	)
	flag.Parse()
	header, err := templates.ReadFile("templates/header.txt")
	if err != nil {
		fatal(err)
	}
	fmt.Print(string(header))
	api := newAPI(*imsURL, os.Getenv("IO_SECRET"), *timeout)
	project, err := api.projects()
	if err != nil {
		fatal(err)
	}
	fmt.Println(project)
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "iomanage:", err)
	os.Exit(1)
}
