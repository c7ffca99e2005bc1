package config

import (
	"strings"
	"testing"
	"time"
)

// FuzzParse shows that any bytes are either a usable configuration or an error with the name of the file.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "scopes:\n  ent_x: openid,AdobeID\n", "scopes:\n  ent_x: [openid, AdobeID]\n",
		"ignore:\n- id: 88367e3e9fa4\n  reason: old\n  until: 2027-03-31\n", "providers:\n  zoom:\n    client_secret: {env: ZOOM}\n",
		"providers:\n  zoom: {client_secret: {expr: \"cfg.Secret\"}}\n", "unknown: 1\n", "scopes: &a {x: *a}\n", "{", "- a\n- b\n", "scopes: 1\n", "\ufeffscopes: {}\n",
		"ignore:\n- {id: 1, until: x}\n", "a: !!binary x\n", "scopes: {a: a, a: b}\n", "---\nscopes: {}\n---\nscopes: {}\n", "scopes:\r\n  a: b\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("/x/.jwtretire.yaml", data)
		if err != nil {
			if !strings.Contains(err.Error(), ".jwtretire.yaml") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		now := time.Unix(1_800_000_000, 0)
		for _, ig := range c.Ignores {
			c.Ignored(ig.ID, now)
		}
		for m := range c.Scopes {
			if scopes, ok := c.ScopesFor("adobe", []string{m}); ok && len(scopes) == 0 {
				t.Errorf("no scopes for %q, and they count as given", m)
			}
		}
		c.Problems(now, true)
	})
}
