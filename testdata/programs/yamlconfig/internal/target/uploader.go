// Package target uploads offers.
package target

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"example.com/retail/offers/internal/conf"
)

// Uploader uploads with one token for all offers.
type Uploader struct {
	cfg   conf.Adobe
	http  http.Client
	token *token
}

// NewUploader returns an uploader that has no token yet.
func NewUploader(cfg conf.Adobe) *Uploader {
	return &Uploader{cfg: cfg, http: http.Client{Timeout: time.Minute}}
}

type token struct {
	Value     string `json:"access_token"`
	ExpiresIn int64  `json:"expires_in"`
	fetched   time.Time
}

// fresh tells whether the token can be used for another ten minutes.
func (t *token) fresh() bool {
	if t == nil {
		return false
	}
	return time.Since(t.fetched) < time.Duration(t.ExpiresIn)*time.Millisecond-10*time.Minute
}

func (u *Uploader) authorization() (string, error) {
	if u.token.fresh() {
		return "Bearer " + u.token.Value, nil
	}
	assertion, err := signJWT(u.cfg)
	if err != nil {
		return "", err
	}
	form := url.Values{}
	form.Set("client_id", u.cfg.ClientID)
	form.Set("client_secret", u.cfg.Secret)
	form.Set("jwt_token", assertion)
	resp, err := u.http.PostForm(u.cfg.IMS+"/ims/exchange/jwt", form)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", errors.New("target: no token: " + resp.Status)
	}
	t := &token{fetched: time.Now()}
	if err := json.NewDecoder(resp.Body).Decode(t); err != nil {
		return "", err
	}
	u.token = t
	return "Bearer " + t.Value, nil
}

// Upload creates one offer.
func (u *Uploader) Upload(name string) (string, error) {
	auth, err := u.authorization()
	if err != nil {
		return "", err
	}
	req, err := http.NewRequest(http.MethodPost, "https://mc.adobe.io/retail/target/offers/content/"+url.PathEscape(name), nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", auth)
	req.Header.Set("X-Api-Key", u.cfg.ClientID)
	resp, err := u.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var out struct{ Method, Path, Login string }
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return "", fmt.Errorf("target: %s: %w", name, err)
	}
	return out.Method + " " + out.Path + " " + out.Login, nil
}
