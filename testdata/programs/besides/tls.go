package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
)

// listenerCertificate loads the key pair of the HTTPS listener. The chain is in the same file as the certificate.
func listenerCertificate(certFile, keyFile string) (tls.Certificate, error) {
	certPEM, err := os.ReadFile(certFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyPEM, err := os.ReadFile(keyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	if block, _ := pem.Decode(keyPEM); block != nil && block.Type == "EC PRIVATE KEY" {
		// Fails early and with a better message than X509KeyPair.
		if _, err := x509.ParseECPrivateKey(block.Bytes); err != nil {
			return tls.Certificate{}, err
		}
	}
	return tls.X509KeyPair(certPEM, keyPEM)
}
