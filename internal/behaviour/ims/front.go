package ims

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// A tlsFront lets programs keep the constant https://ims-na1.adobelogin.com/… in their source: with
// HTTPS_PROXY and SSL_CERT_FILE in their environment every Adobe host is the emulator. Rejected: a
// redirect in each program's transport, because then no program would use the plain default client.
type tlsFront struct {
	https *httptest.Server
	proxy *httptest.Server
	caPEM []byte
}

// frontNames are the hosts that the emulator answers for.
var frontNames = []string{"*.adobelogin.com", "*.services.adobe.com", "*.adobe.io", "*.adobe.net"}

func startFront(h http.Handler) (*tlsFront, error) {
	cert, caPEM, err := newCertificate(frontNames)
	if err != nil {
		return nil, err
	}
	f := &tlsFront{caPEM: caPEM, https: httptest.NewUnstartedServer(h)}
	f.https.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	f.https.StartTLS()
	f.proxy = httptest.NewServer(http.HandlerFunc(f.connect))
	return f, nil
}

func (f *tlsFront) close() {
	f.proxy.CloseClientConnections()
	f.proxy.Close()
	f.https.CloseClientConnections()
	f.https.Close()
}

// connect tunnels to the TLS listener. Any other host is refused: no test may reach the network.
func (f *tlsFront) connect(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || !isFrontName(host) {
		http.Error(w, "the emulator stands for Adobe's hosts only, not for "+r.Host, http.StatusBadGateway)
		return
	}
	back, err := net.Dial("tcp", f.https.Listener.Addr().String())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		back.Close()
		return
	}
	fmt.Fprint(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		defer back.Close()
		io.Copy(back, client)
	}()
	go func() {
		defer client.Close()
		io.Copy(client, back)
	}()
}

func isFrontName(host string) bool {
	for _, name := range frontNames {
		if strings.HasSuffix(host, strings.TrimPrefix(name, "*")) {
			return true
		}
	}
	return false
}

// newCertificate returns a self-signed server certificate and its PEM, to be trusted as its own authority.
func newCertificate(names []string) (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	tmpl := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "emulated Adobe hosts"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		DNSNames:              names,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
