package ims

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// adobeHosts are the hosts that an audience or a metascope claim may name beside the emulator's own.
var adobeHosts = []string{
	"https://ims-na1.adobelogin.com",
	"https://ims-na1-stg1.adobelogin.com",
}

// checkAssertion verifies signature and claims of a compact JWT. On failure it also gives
// the code under which Adobe reported that kind.
func (s *Server) checkAssertion(token string, c Client) (code string, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "invalid_token", errors.New("jwt_token is not a compact JWT")
	}
	var header struct {
		Alg string `json:"alg"`
	}
	if err := decodePart(parts[0], &header); err != nil {
		return "invalid_token", fmt.Errorf("header: %w", err)
	}
	if header.Alg != "RS256" {
		return "invalid_signature", fmt.Errorf("alg is %q, want RS256", header.Alg)
	}
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return "invalid_token", fmt.Errorf("signature: %w", err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(s.key, crypto.SHA256, sum[:], sig); err != nil {
		return "invalid_signature", errors.New("the signature is not by a certificate of this client")
	}
	var claims map[string]any
	if err := decodePart(parts[1], &claims); err != nil {
		return "invalid_token", fmt.Errorf("claims: %w", err)
	}
	return s.checkClaims(claims, c)
}

func decodePart(part string, into any) error {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

func (s *Server) checkClaims(claims map[string]any, c Client) (code string, err error) {
	if claims["iss"] != c.Org {
		return "invalid_token", fmt.Errorf("iss is %v, want %s", claims["iss"], c.Org)
	}
	if claims["sub"] != c.Account {
		return "invalid_token", fmt.Errorf("sub is %v, want %s", claims["sub"], c.Account)
	}
	if !s.isAudience(claims["aud"], c.ID) {
		return "invalid_client", fmt.Errorf("client_id and aud disagree: aud is %v", claims["aud"])
	}
	if err := checkExpiry(claims["exp"]); err != nil {
		return "invalid_token", err
	}
	return s.checkMetascopes(claims, c)
}

// isAudience reports whether aud is <host>/c/<client id>, as a string or as the only element of a list
// (which is what golang-jwt v5 and jwx make of one audience by default).
func (s *Server) isAudience(aud any, clientID string) bool {
	if list, ok := aud.([]any); ok && len(list) == 1 {
		aud = list[0]
	}
	text, ok := aud.(string)
	if !ok {
		return false
	}
	host, id, found := strings.Cut(text, "/c/")
	return found && id == clientID && s.isHost(host)
}

func (s *Server) isHost(base string) bool {
	return base == s.URL || slices.Contains(adobeHosts, base)
}

// checkExpiry takes absolute seconds. A value in milliseconds would lie in the far future,
// hence the upper bound.
func checkExpiry(exp any) error {
	n, ok := exp.(float64)
	if !ok || n != math.Trunc(n) {
		return fmt.Errorf("exp is %v, want absolute seconds", exp)
	}
	at := time.Unix(int64(n), 0)
	if now := time.Now(); at.Before(now) || at.After(now.AddDate(1, 0, 0)) {
		return fmt.Errorf("exp is %s, want a time soon after now", at)
	}
	return nil
}

func (s *Server) checkMetascopes(claims map[string]any, c Client) (code string, err error) {
	found := 0
	for name, value := range claims {
		host, scope, ok := strings.Cut(name, "/s/")
		if !ok {
			continue
		}
		if !s.isHost(host) {
			return "invalid_scope", fmt.Errorf("metascope claim of a foreign host: %s", name)
		}
		if value != true {
			return "invalid_token", fmt.Errorf("claim %s is %v, want true", name, value)
		}
		if !slices.Contains(c.Metascopes, scope) {
			return "invalid_scope", fmt.Errorf("metascope %s is not bound to the client", scope)
		}
		found++
	}
	if found == 0 {
		return "invalid_scope", errors.New("no metascope claim")
	}
	return "", nil
}
