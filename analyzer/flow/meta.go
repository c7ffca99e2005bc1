package flow

import "jwtretire.example/internal/lazyregexp"

// A metascope is the part after /s/ of the name of an Adobe claim.
var (
	metaIn   = lazyregexp.New(`/s/([a-zA-Z][a-zA-Z0-9_]+)`)
	metaName = lazyregexp.New(`^(?:ent|event|act)_[a-z0-9_]+$|^[a-z0-9_]+_sdk$`)
	metaEnd  = lazyregexp.New(`(?:^|/)s(?:/(?:%[a-z])?)?$`) // base + "/s/" + name, url.JoinPath(base, "s", name)
)

// metaText adds the metascopes in a constant text.
func (f *finder) metaText(c *candidate, text string) bool {
	found := false
	for _, m := range metaIn.FindAllStringSubmatch(text, -1) {
		c.claims.meta[m[1]] = true
		found = true
	}
	return found
}

// metaKey adds the metascope in the name of a claim, such as base + "/s/" + name. open reports whether the name has the form of a
// metascope, even if the metascope itself is unknown.
func (f *finder) metaKey(c *candidate, parts []Literal) (found, open bool) {
	for _, p := range parts {
		if f.metaText(c, p.Text) {
			found = true
		}
		if metaEnd.MatchString(p.Text) {
			open = true
		}
	}
	if !open {
		return found, open
	}
	for _, p := range parts {
		if metaName.MatchString(p.Text) {
			c.claims.meta[p.Text] = true
			found = true
		}
	}
	return found, open
}
