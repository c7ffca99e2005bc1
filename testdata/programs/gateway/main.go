// Command personalisation is a gateway before Adobe Target. With -selftest it serves three requests to itself.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	log.SetFlags(0)
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on")
	selftest := flag.Bool("selftest", false, "serve some requests to itself and end")
	flag.Parse()

	auth, err := newAuthenticator(os.Getenv("TARGET_CREDENTIALS"))
	if err != nil {
		log.Fatal(err)
	}
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Handler: &handler{auth: auth}, ReadHeaderTimeout: 5 * time.Second}
	go srv.Serve(ln)
	if !*selftest {
		select {}
	}
	// Each request has its own context, which ends with it. The token has to outlive it.
	for i := range 3 {
		resp, err := http.Get(fmt.Sprintf("http://%s/offer/%d", ln.Addr(), i))
		if err != nil {
			log.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Printf("%d %s\n", resp.StatusCode, body)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	srv.Shutdown(ctx)
}
