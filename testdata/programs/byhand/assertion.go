package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"time"
)

const imsHost = "https://ims-na1.adobelogin.com"

// newAssertion makes the RS256 JWT by hand: three base64url parts with dots between them.
func newAssertion(clientID string) (string, error) {
	key, err := privateKey()
	if err != nil {
		return "", err
	}
	header, err := json.Marshal(map[string]string{"alg": "RS256", "typ": "JWT"})
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{
		"iss":                            "112233445566778899AABBCC@AdobeOrg",
		"sub":                            "CCBBAA998877665544332211@techacct.adobe.com",
		"aud":                            imsHost + "/c/" + clientID,
		"exp":                            time.Now().Unix() + 300,
		imsHost + "/s/ent_marketing_sdk": true,
	})
	if err != nil {
		return "", err
	}
	signingInput := b64(header) + "." + b64(claims)
	digest := sha256.Sum256([]byte(signingInput))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return signingInput + "." + b64(sig), nil
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// privateKey decodes TARGET_KEY_B64, the base64 of a PEM file: our CI cannot store line ends.
func privateKey() (*rsa.PrivateKey, error) {
	text, err := base64.StdEncoding.DecodeString(os.Getenv("TARGET_KEY_B64"))
	if err != nil {
		return nil, fmt.Errorf("TARGET_KEY_B64: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("TARGET_KEY_B64: no PEM block")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("TARGET_KEY_B64: %w", err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("TARGET_KEY_B64: not an RSA key")
	}
	return key, nil
}
