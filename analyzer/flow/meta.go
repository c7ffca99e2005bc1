package flow

import "jwtretire.example/internal/lazyregexp"

// A metascope is what stands behind /s/ in the name of one of Adobe's claims.
var (
	metaIn   = lazyregexp.New(`/s/([a-zA-Z][a-zA-Z0-9_]+)`)
	metaName = lazyregexp.New(`^(?:ent|event|act)_[a-z0-9_]+$|^[a-z0-9_]+_sdk$`)
	metaEnd  = lazyregexp.New(`(?:^|/)s(?:/(?:%[a-z])?)?$`) // base + "/s/" + name, url.JoinPath(base, "s", name)
)

// metaText notes the metascopes that a constant text names.
func (f *finder) metaText(c *candidate, text string) bool {
	found := false
	for _, m := range metaIn.FindAllStringSubmatch(text, -1) {
		c.claims.meta[m[1]] = true
		found = true
	}
	return found
}

// metaKey notes the metascope that a claim's name is made of: base + "/s/" + name. open tells that a
// metascope is named there, whether its name was found or not.
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
