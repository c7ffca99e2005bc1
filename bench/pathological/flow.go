package main

import (
	"fmt"
	"strings"
)

// A module is the files of one, by name.
type module map[string]string

// A program is a flow in pieces; a shape makes one of them large.
type program struct {
	pkg  string // name of the package
	sfx  string // of names on package level: several flows can share a package
	sign string // the call that returns the assertion, of a client id
	with string // statements between the assertion and the request
	rest string // statements behind the decoded answer, up to the end of the function; the token is answer.AccessToken
	decl string // declarations
	main string // the body of main; no main if ""
}

// signed returns the function that loads the key and signs.
func signed(sfx string) string {
	return strings.ReplaceAll(`
func sign§(clientID string) (string, error) {
	pem, err := os.ReadFile(os.Getenv("PRIVATE_KEY_FILE§"))
	if err != nil {
		return "", fmt.Errorf("private key: %w", err)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return "", fmt.Errorf("private key: %w", err)
	}
	return jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": os.Getenv("ORG_ID§"),
		"sub": os.Getenv("TECHNICAL_ACCOUNT§"),
		"aud": imsHost + "/c/" + clientID,
		"exp": time.Now().Add(5 * time.Minute).Unix(),
		imsHost + "/s/ent_analytics_bulk_ingest_sdk": true,
	}).SignedString(key)
}
`, "§", sfx)
}

const imports = `
import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)
`

const host = `
const imsHost = "https://ims-na1.adobelogin.com"
`

// token returns the function that sends.
func (p program) token() string {
	sign := p.sign
	if sign == "" {
		sign = "sign" + p.sfx
	}
	rest := p.rest
	if rest == "" {
		rest = "\treturn answer.AccessToken, nil\n"
	}
	return strings.NewReplacer("§", p.sfx, "SIGN", sign, "WITH", p.with, "REST", rest).Replace(`
// fetch§ returns an access token.
func fetch§() (string, error) {
	clientID := os.Getenv("CLIENT_ID§")
	assertion, err := SIGN(clientID)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
WITH	resp, err := http.PostForm(imsHost+"/ims/exchange/jwt", url.Values{
		"client_id":     {clientID},
		"client_secret": {os.Getenv("CLIENT_SECRET§")},
		"jwt_token":     {assertion},
	})
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("token: %s", resp.Status)
	}
	var answer struct {
		AccessToken string ` + "`json:\"access_token\"`" + `
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
REST}
`)
}

// file returns the program as one file.
func (p program) file() string {
	if p.pkg == "" {
		p.pkg = "main"
	}
	text := "package " + p.pkg + "\n" + imports + host + signed(p.sfx) + p.token() + p.decl
	if p.main != "" {
		text += "\nfunc main() {\n" + p.main + "}\n"
	}
	return text
}

const printed = `	t, err := fetch()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(len(t))
`

// times joins n texts.
func times(n int, f func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(f(i))
	}
	return b.String()
}

func textf(format string) func(int) string {
	return func(i int) string { return strings.ReplaceAll(format, "#", fmt.Sprint(i)) }
}
