package excerpt

import (
	"go/token"
	"strings"
	"unicode"

	"jwtretire.example/internal/lazyregexp"
)

// A context has the last tokens before a literal.
type context struct {
	toks []token.Token
	lits []string
}

func (c *context) push(tok token.Token, lit string) {
	c.toks, c.lits = append(c.toks, tok), append(c.lits, lit)
	if len(c.toks) > 16 {
		c.toks, c.lits = c.toks[4:], c.lits[4:]
	}
}

// secret reports whether a literal belongs to the name of a secret: in an assignment, a declaration, an element
// of a literal, a comparison, or as the argument after such a name.
func (c *context) secret(text string) bool {
	if text == "" || harmless(text) {
		return false
	}
	for i := len(c.toks) - 1; i >= 0; i-- {
		switch c.toks[i] {
		case token.LPAREN:
			// f("…"): the name of a function describes its result, not its argument. A conversion keeps the value.
			if i > 0 && c.toks[i-1] == token.IDENT && c.lits[i-1] != "string" {
				if c.lits[i-1] != "byte" {
					return false
				}
				i -= 3 // []byte
			}
		case token.ASSIGN, token.DEFINE, token.COLON, token.COMMA, token.LBRACE, token.LBRACK, token.RBRACK, token.ADD, token.EQL, token.NEQ:
		case token.IDENT:
			if c.lits[i] == "string" || c.lits[i] == "byte" {
				continue // the matching token
			}
			return speaks(c.lits[i])
		case token.STRING:
			if i+1 < len(c.toks) && c.toks[i+1] == token.ADD {
				continue // its other half
			}
			return speaks(strings.Trim(c.lits[i], "`\"")) || c.assigned(i)
		default:
			return false
		}
	}
	return false
}

// assigned reports whether the values that end at a token are assigned to names of which one is that of a
// secret: user, password := "…", "…".
func (c *context) assigned(i int) bool {
	for ; i >= 0 && (c.toks[i] == token.STRING || c.toks[i] == token.COMMA); i-- {
	}
	if i < 0 || c.toks[i] != token.ASSIGN && c.toks[i] != token.DEFINE {
		return false
	}
	for i--; i >= 0 && (c.toks[i] == token.IDENT || c.toks[i] == token.COMMA || c.toks[i] == token.PERIOD); i-- {
		if c.toks[i] == token.IDENT && speaks(c.lits[i]) {
			return true
		}
	}
	return false
}

var (
	secretName = lazyregexp.New(`(?i)secret|passw|passphrase|pass$|\bpwd|private_?key|api_?key|access_?key|signing_?key|hmac|credential|bearer|authorization|token$|_token|jwt$|^pem$|\bkey$|[a-z]Key$`)
	placeName  = lazyregexp.New(`(?i)(file|path|dir|folder|url|uri|host|endpoint|name|env|id|type|kind|field|param|parameter|header|prefix|suffix|format|scope|scopes|var|variable|flag|arn|ref|version|label|title|usage|help|msg|message|err|error)$`)

	// Values of such names that are no secrets: the name of an environment variable, of an OAuth parameter, of a
	// file, a template; the word before a value.
	envName  = lazyregexp.New(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`)
	wireName = lazyregexp.New(`(?i)^(client[_-]?|bearer[_-]?)?(secret|password|token|assertion|key|id)$|^(private|api|access|signing|public|refresh|jwt|id)[_-]?(key|token|secret)$|^client[_-]?credentials$|^authorization$`)
	fileName = lazyregexp.New(`(?i)^[\w./~ -]*\.(pem|key|crt|cer|cert|der|p8|p12|pfx|jks|jwks?|json|ya?ml|toml|env|txt|conf|cfg|ini|properties|pub)$`)
	pathName = lazyregexp.New(`^(~|\.{1,2}|[A-Za-z]:)?([/\\]\.?[A-Za-z_-]+\d?)+[/\\]?$|^[a-z_-]+(/[a-z_-]+)+$`)
	leading  = lazyregexp.New(`(?i)^(bearer|basic|token)\s*$`)
	plainURL = lazyregexp.New(`^\w+://[^@]*$`)
	verb     = lazyregexp.New(`%[-+# 0]*[sdvqxXwT]`)

	// The value of a header with a credential.
	authorization = lazyregexp.New(`(?i)^(basic|bearer)\s+[A-Za-z0-9+/_.=-]{6,}$`)

	// In a text: the password of a URL; a name and its value, in a query, a form, a header, a setting or JSON.
	userinfo = lazyregexp.New(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@"]*:([^\s/@"%{]+)@`)
	pair     = lazyregexp.New("([A-Za-z][A-Za-z0-9_.-]*)(?:\\\\?[\"'`])?\\s*(?::?=|:)\\s*(?:\\\\?[\"'`])?(?:(?i:bearer|basic)\\s+)?([^\\s\"'`&;,}\\\\]+)")

	// A placeholder or a constant in the place of a value.
	placeholder = lazyregexp.New(`^[%$<{\[(…]|^\.\.\.|^(true|false|nil|null|required|string|bytes?|\d{1,5})$|\($|^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*\(`)

	// A name in a sentence.
	prose = lazyregexp.New(`^: [a-z]+,? [a-zA-Z]`)

	// A struct tag, and the default value in it.
	tag        = lazyregexp.New("^[a-z][A-Za-z0-9_]*:\"")
	tagDefault = lazyregexp.New(`(?:^| )(?:env-?[dD]efault|default|secret|value):"([^"]+)"`)
)

// speaks reports whether a name is that of a secret, and not of its source or its name.
func speaks(name string) bool {
	return secretName.MatchString(name) && !placeName.MatchString(name)
}

// harmless reports whether a text is a name, or a template for other text. Sentences cannot be distinguished
// from passphrases.
func harmless(text string) bool {
	switch {
	case authorization.MatchString(text):
		return false
	case strings.Contains(text, "://"):
		return plainURL.MatchString(text)
	}
	return envName.MatchString(text) || wireName.MatchString(text) || fileName.MatchString(text) || pathName.MatchString(text) || leading.MatchString(text) || verb.MatchString(text)
}

// random reports whether a text looks like encoded bytes: long, with letters and digits that change often. Some
// identifiers of vendors match, too, which does no harm.
func random(text string) bool {
	if len(text) < 20 || strings.ContainsAny(text, " %{}()<>,;") || strings.Contains(text, "://") || strings.Count(text, "/") > 2 {
		return false
	}
	digits, upper, lower, other := 0, 0, 0, 0
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		default:
			other++
		}
	}
	if other > 4 || digits < 3 {
		return false
	}
	return digits*6 >= len(text) || upper > 2 && lower > 2 && digits*12 >= len(text)
}
