package adobe

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

var (
	cacheMu    sync.RWMutex
	cacheToken string
	cacheUntil time.Time

	keyOnce sync.Once
	rsaKey  *rsa.PrivateKey
	keyErr  error
)

// loadKey is called at most once. The variable holds base64 because of docker --env-file.
func loadKey() (*rsa.PrivateKey, error) {
	keyOnce.Do(func() {
		var pem []byte
		pem, keyErr = base64.StdEncoding.DecodeString(os.Getenv("EXPORTER_KEY"))
		if keyErr != nil {
			return
		}
		rsaKey, keyErr = jwt.ParseRSAPrivateKeyFromPEM(pem)
	})
	return rsaKey, keyErr
}

// AccessToken returns the process-wide token.
func AccessToken() (string, error) {
	cacheMu.RLock()
	if time.Now().Before(cacheUntil) {
		defer cacheMu.RUnlock()
		return cacheToken, nil
	}
	cacheMu.RUnlock()

	cacheMu.Lock()
	defer cacheMu.Unlock()
	if time.Now().Before(cacheUntil) { // somebody was faster
		return cacheToken, nil
	}
	t, err := refresh()
	if err != nil {
		return "", err
	}
	cacheToken = t.AccessToken
	cacheUntil = time.Now().Add(time.Duration(t.ExpiresIn/1000)*time.Second - 30*time.Second)
	return cacheToken, nil
}

// Token is what Adobe answers.
type Token struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
}

func refresh() (Token, error) {
	var t Token
	ims := os.Getenv("EXPORTER_IMS")
	key, err := loadKey()
	if err != nil {
		return t, err
	}
	sign := func(claims jwt.Claims) (string, error) {
		return jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(key)
	}
	assertion, err := sign(jwt.MapClaims{
		"iss":                                    "EEEEEEEEEEEEEEEEEEEEEEEE@AdobeOrg",
		"sub":                                    "FFFFFFFFFFFFFFFFFFFFFFFF@techacct.adobe.com",
		"aud":                                    ims + "/c/" + ClientID,
		"exp":                                    time.Now().Add(time.Minute).Unix(),
		ims + "/s/ent_analytics_bulk_ingest_sdk": true,
	})
	if err != nil {
		return t, err
	}
	post := http.PostForm
	resp, err := post(ims+"/ims/exchange/jwt", url.Values{
		"client_id":     {ClientID},
		"client_secret": {os.Getenv("EXPORTER_SECRET")},
		"jwt_token":     {assertion},
	})
	if err != nil {
		return t, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return t, fmt.Errorf("adobe: HTTP %d", resp.StatusCode)
	}
	err = json.NewDecoder(resp.Body).Decode(&t)
	return t, err
}
