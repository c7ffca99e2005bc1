// Package transport has what all our HTTP clients share.
package transport

import (
	"log"
	"net/http"
	"time"
)

// A Doer sends requests. *http.Client is one.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

type logged struct {
	next Doer
	log  *log.Logger
}

// Logged logs method, URL and status of every request.
func Logged(next Doer, l *log.Logger) Doer { return &logged{next, l} }

func (d *logged) Do(req *http.Request) (*http.Response, error) {
	start := time.Now()
	resp, err := d.next.Do(req)
	if err != nil {
		d.log.Printf("%s %s: %v", req.Method, req.URL.Path, err)
		return nil, err
	}
	d.log.Printf("%s %s: %d in %s", req.Method, req.URL.Path, resp.StatusCode, time.Since(start))
	return resp, nil
}
