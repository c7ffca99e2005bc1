// Command portal is the customer portal. This is its self test: it logs a user in and shows a report.
package main

import (
	"crypto/rand"
	"fmt"
	"log"
)

func main() {
	log.SetFlags(0)
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		log.Fatal(err)
	}
	sessions := &sessions{secret: secret}
	cookie, err := sessions.issue("maria")
	if err != nil {
		log.Fatal(err)
	}
	user, err := sessions.verify(cookie)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("session of", user)

	cert, err := listenerCertificate("tls/server.crt", "tls/server.key")
	fmt.Println("certificate:", len(cert.Certificate), err != nil)

	report, err := usage()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("usage:", report)
}
