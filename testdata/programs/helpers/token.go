package main

import (
	"encoding/json"
	"fmt"
	"io/ioutil"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// accessResponse is the body of the token endpoint's answer.
type accessResponse struct {
	TokenType   string `json:"token_type"`
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
	ExpiresOn   string
}

// checkToken renews the token when it is not there or too old.
func (s *syncer) checkToken() {
	if s.token != nil {
		expires, err := strconv.ParseInt(s.token.ExpiresOn, 10, 64)
		if err == nil && time.Unix(expires, 0).After(time.Now().Add(time.Minute)) {
			return
		}
	}
	assertion, err := s.generateJWT()
	if err != nil {
		s.log.Print(err)
		return
	}
	token, err := s.requestAccess(s.accessRequestBody(assertion))
	if err != nil {
		s.log.Print(err)
		return
	}
	// Adobe counts in milliseconds.
	token.ExpiresOn = strconv.FormatInt(time.Now().Add(time.Duration(token.ExpiresIn)*time.Millisecond).Unix(), 10)
	s.token = token
	s.log.Printf("token renewed, type %s", token.TokenType)
}

// accessRequestBody puts the signed JWT into a form.
func (s *syncer) accessRequestBody(assertion string) string {
	vals := url.Values{}
	vals.Set("client_id", s.cfg.Enterprise["apiKey"])
	vals.Set("client_secret", s.cfg.Enterprise["clientSecret"])
	vals.Set("jwt_token", assertion)
	return vals.Encode()
}

// requestAccess sends the form to IMS.
func (s *syncer) requestAccess(body string) (*accessResponse, error) {
	var httpClient = &http.Client{
		Timeout: time.Second * 10,
	}
	req, err := http.NewRequest("POST", s.cfg.Server["imsBase"]+"/ims/exchange/jwt/", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Add("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Add("Cache-Control", "no-cache")
	resp, err := httpClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	output, err := ioutil.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != 200 {
		return nil, fmt.Errorf("token request: %s: %s", resp.Status, output)
	}
	var access accessResponse
	if err := json.Unmarshal(output, &access); err != nil {
		return nil, err
	}
	return &access, nil
}
