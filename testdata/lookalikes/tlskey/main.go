// Command mtlsproxy presents a client certificate to Adobe's partner gateway and posts a form with a secret.
package main

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
)

func certificate() (tls.Certificate, error) {
	keyPEM, err := os.ReadFile("client.key")
	if err != nil {
		return tls.Certificate{}, err
	}
	block, _ := pem.Decode(keyPEM)
	if block == nil {
		return tls.Certificate{}, fmt.Errorf("client.key: no PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return tls.Certificate{}, err
	}
	if _, ok := key.(*rsa.PrivateKey); !ok {
		return tls.Certificate{}, fmt.Errorf("client.key: want RSA")
	}
	certPEM, err := os.ReadFile("client.crt")
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certPEM, keyPEM)
}

func main() {
	cert, err := certificate()
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{cert}}}}
	resp, err := client.PostForm("https://partner.adobe.io/token", url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {"proxy"},
		"client_secret": {os.Getenv("PROXY_SECRET")},
	})
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	fmt.Println(resp.Status)
}
