package plan

import (
	"strings"
)

const (
	oauth2Path            = "golang.org/x/oauth2"
	clientCredentialsPath = "golang.org/x/oauth2/clientcredentials"
)

// speaksOfMillis reports whether a comment is about the unit that expires_in had.
func speaksOfMillis(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "millisec") || strings.Contains(text, " ms ") || strings.HasSuffix(strings.TrimRight(text, ". \n"), " ms") || strings.Contains(text, "1000")
}
