// Package cross exchanges assertions that another package signs. No host is in sight. // want package:"reported flows"
package cross

import (
	"net/http"
	"net/url"

	"flows.example/sign"
)

type Client struct {
	Endpoint, ID, Secret string
	HTTP                 *http.Client
	Signer               *sign.Signer
}

func (c *Client) form() (url.Values, error) {
	jwt, err := c.Signer.Assertion(c.Endpoint + "/c/" + c.ID)
	if err != nil {
		return nil, err
	}
	v := url.Values{}
	v.Set("client_id", c.ID)
	v.Set("client_secret", c.Secret)
	v.Set("jwt_token", jwt)
	return v, nil
}

func (c *Client) Exchange() (*http.Response, error) {
	v, err := c.form()
	if err != nil {
		return nil, err
	}
	return c.post("/ims/exchange/v1/jwt", v)
}

func (c *Client) post(path string, v url.Values) (*http.Response, error) {
	return c.HTTP.PostForm(c.Endpoint+path, v) // want `.*Adobe`
}

// Refresh posts another form by the same way.
func (c *Client) Refresh(token string) (*http.Response, error) {
	return c.post("/ims/token/v3", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}
