package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type tenant struct {
	Name   string
	ID     string
	Secret string
	Org    string
	Acct   string
	Key    []byte
}

type session struct {
	tenant tenant
	token  string
	until  int64 // unix seconds
}

func logger(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

func open(base string, t tenant) (*session, error) {
	priv, err := jwt.ParseRSAPrivateKeyFromPEM(t.Key)
	if err != nil {
		logger("tenant %s: bad key", t.Name)
		return nil, err
	}
	aud, err := url.JoinPath(base, "c", t.ID)
	if err != nil {
		return nil, err
	}
	scope, err := url.JoinPath(base, "s", "ent_analytics_bulk_ingest_sdk")
	if err != nil {
		return nil, err
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": t.Org, "sub": t.Acct, "aud": aud, scope: true,
		"exp": time.Now().Add(time.Hour).Unix(),
	}).SignedString(priv)
	if err != nil {
		return nil, err
	}
	logger("tenant %s: logging in", t.Name)
	endpoint, err := url.JoinPath(base, "ims", "exchange", "jwt")
	if err != nil {
		return nil, err
	}
	values := url.Values{}
	for k, v := range map[string]string{
		"client_id":     t.ID,
		"client_secret": t.Secret,
		"jwt_token":     signed,
	} {
		values.Set(k, v)
	}
	res, err := http.PostForm(endpoint, values)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 400 {
		return nil, fmt.Errorf("tenant %s: %s", t.Name, data)
	}
	var ans struct {
		Token string `json:"access_token"`
		MS    int64  `json:"expires_in"`
	}
	if err := json.Unmarshal(data, &ans); err != nil {
		return nil, fmt.Errorf("tenant %s: %w", t.Name, err)
	}
	return &session{tenant: t, token: ans.Token, until: time.Now().Unix() + ans.MS/1000}, nil
}

func main() {
	key := []byte(os.Getenv("PRIVATE_KEY"))
	var errs []error
	for _, name := range []string{"one", "two"} {
		s, err := open(os.Getenv("IMS"), tenant{
			Name: name, ID: os.Getenv("CLIENT_ID"), Secret: os.Getenv("CLIENT_SECRET"),
			Org: os.Getenv("ORG_ID"), Acct: os.Getenv("TECH_ACCT"), Key: key,
		})
		if err != nil {
			errs = append(errs, err)
			continue
		}
		req, _ := http.NewRequest("GET", os.Getenv("API")+"/"+name, nil)
		req.Header.Set("Authorization", "Bearer "+s.token)
		req.Header.Set("x-api-key", s.tenant.ID)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		var me struct{ Login string }
		json.NewDecoder(res.Body).Decode(&me)
		res.Body.Close()
		fmt.Println(s.tenant.ID, me.Login, s.until-time.Now().Unix() > 80000, s.until-time.Now().Unix() < 90000)
	}
	if err := errors.Join(errs...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
