package main

import (
	"flag"
	"fmt"
	"os"

	"example.com/tested/client/internal/aep"
)

func main() {
	env := flag.String("env", "prod", "stage or prod")
	flag.Parse()
	c, err := aep.New(*env, aep.Config{ID: "tested", Secret: os.Getenv("TESTED_SECRET"), KeyFile: "tested.key",
		Org: "ADADADADADADADADADADADAD@AdobeOrg", Account: "adadadadadadadadadadadad@techacct.adobe.com"})
	if err == nil {
		var tok string
		if tok, err = c.Token(); err == nil {
			fmt.Println(*env, tok)
			return
		}
	}
	fmt.Fprintln(os.Stderr, "client:", err)
	os.Exit(1)
}
