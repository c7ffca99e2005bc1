package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/quayside/opsbot/adobe"
)

var (
	keyFile = flag.String("private-key", "", "`file` with the private key of the service account")
	imsURL  = flag.String("ims", "", "base URL of IMS")
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	token, err := adobe.Login(ctx, *imsURL, *keyFile)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	names, err := adobe.Names(ctx, token, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, name := range names {
		fmt.Println(name)
	}
}
