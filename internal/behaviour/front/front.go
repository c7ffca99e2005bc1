// Package front makes an HTTP handler answer for hosts of the outside world, so that programs keep the
// constant https://… in their source: with HTTPS_PROXY and SSL_CERT_FILE in their environment every one
// of these hosts is the handler. Rejected: a redirect in each program's transport, because then no
// program would use the plain default client.
package front

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

// A Front is a TLS server and the CONNECT proxy that leads to it. Close ends both.
type Front struct {
	Proxy  string // URL, for HTTPS_PROXY
	CACert []byte // PEM of the authority behind the hosts' certificate, for SSL_CERT_FILE

	names []string
	https *httptest.Server
	proxy *httptest.Server
}

// Start serves h for the named hosts; "*.example.com" is any host one label below example.com.
func Start(h http.Handler, names ...string) (*Front, error) {
	cert, caPEM, err := newCertificate(names)
	if err != nil {
		return nil, err
	}
	f := &Front{CACert: caPEM, names: names, https: httptest.NewUnstartedServer(h)}
	f.https.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	f.https.StartTLS()
	f.proxy = httptest.NewServer(http.HandlerFunc(f.connect))
	f.Proxy = f.proxy.URL
	return f, nil
}

// Close stops both servers and waits for the requests under way.
func (f *Front) Close() {
	f.proxy.CloseClientConnections()
	f.proxy.Close()
	f.https.CloseClientConnections()
	f.https.Close()
}

// connect tunnels to the TLS listener. Any other host is refused: no test may reach the network.
func (f *Front) connect(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || !f.has(host) {
		http.Error(w, "the test stands for "+strings.Join(f.names, ", ")+" only, not for "+r.Host, http.StatusBadGateway)
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

func (f *Front) has(host string) bool {
	for _, name := range f.names {
		if suffix, ok := strings.CutPrefix(name, "*"); host == name || ok && strings.HasSuffix(host, suffix) {
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
		Subject:               pkix.Name{CommonName: "hosts of a test"},
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
