package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jwt"
)

var errToken = errors.New("no token")

type publisher struct {
	secret string
	key    jwk.Key

	bearer  string
	refresh time.Time
}

func newPublisher() (*publisher, error) {
	key, err := jwk.ParseKey([]byte(privateKeyPEM), jwk.WithPEM(true))
	if err != nil {
		return nil, fmt.Errorf("parse key: %w", err)
	}
	return &publisher{secret: os.Getenv("EVENTPUSH_SECRET"), key: key}, nil
}

// publish sends one event and returns what the service says of it.
func (p *publisher) publish(data string) (string, error) {
	if time.Now().After(p.refresh) {
		if err := p.login(); err != nil {
			return "", fmt.Errorf("%w: %w", errToken, err)
		}
	}
	event, err := json.Marshal(map[string]string{"specversion": "1.0", "source": providerID, "type": "line", "id": data, "data": data})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequest(http.MethodPost, "https://eventsingress.adobe.io/", bytes.NewReader(event))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/cloudevents+json")
	req.Header.Set("Authorization", "Bearer "+p.bearer)
	req.Header.Set("x-api-key", clientKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var body struct{ Login string }
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		return "", err
	}
	return resp.Status + " " + body.Login, nil
}

func (p *publisher) login() error {
	base := os.Getenv("EVENTPUSH_IMS")
	if base == "" {
		base = "https://ims-na1.adobelogin.com"
	}
	tok, err := jwt.NewBuilder().
		Issuer(imsOrg).
		Subject(techAcct).
		Audience([]string{base + "/c/" + clientKey}).
		Expiration(time.Now().Add(2*time.Minute)).
		Claim(base+"/s/event_receiver_api", true).
		Build()
	if err != nil {
		return fmt.Errorf("build: %w", err)
	}
	signed, err := jwt.Sign(tok, jwt.WithKey(jwa.RS256, p.key))
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	form := url.Values{}
	form.Set("client_id", clientKey)
	form.Set("client_secret", p.secret)
	form.Set("jwt_token", string(signed))
	resp, err := http.PostForm(base+"/ims/exchange/jwt", form)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
		Error       string `json:"error"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if answer.Error != "" {
		return errors.New(answer.Error)
	}
	p.bearer = answer.AccessToken
	// One minute in hand. expires_in is in milliseconds.
	p.refresh = time.Now().Add(time.Duration(answer.ExpiresIn-60_000) * time.Millisecond)
	return nil
}
