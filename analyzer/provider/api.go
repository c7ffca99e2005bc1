package provider

import (
	"fmt"
	"slices"
	"strings"

	"jwtretire.example/internal/lazyregexp"
)

// api returns the API of a provider that the evidence names, with the reason. The requests of the flow have
// precedence over its token, and this over names near the flow. If the requests name several APIs, the first
// row counts: a client of two APIs is a client of the withdrawn one. If only names near the flow name several,
// there is no result.
func (e *evidence) api(p *Provider) (*API, Reason) {
	var texts []string
	for _, u := range e.pieces {
		texts = append(texts, u.text)
	}
	texts = append(texts, e.URLText...) // a client with a base URL has only "users" in the call
	if api, text := named(p, func(a *API) string { return onPath(a, texts) }); api != nil {
		return api, Reason{"url", fmt.Sprintf("%s: request path %s", api.Name, text), text}
	}
	if api, text := named(p, e.claimed); api != nil {
		return api, Reason{"claim", fmt.Sprintf("%s: claim or parameter %s", api.Name, text), text}
	}
	near := func(a *API) string {
		if text := onPath(a, e.Paths); text != "" {
			return text
		}
		return e.called(a)
	}
	api, text := named(p, near)
	if api == nil {
		return nil, Reason{}
	}
	for i := range p.APIs {
		if other := &p.APIs[i]; other != api && near(other) != "" {
			return nil, Reason{}
		}
	}
	return api, Reason{"config", fmt.Sprintf("%s: %s beside the flow", api.Name, text), text}
}

// named returns the first API for which find returns a text.
func named(p *Provider, find func(*API) string) (*API, string) {
	for i := range p.APIs {
		if text := find(&p.APIs[i]); text != "" {
			return &p.APIs[i], text
		}
	}
	return nil, ""
}

var version = lazyregexp.New(`^v[0-9]+$`)

// onPath returns the text of a request's URL, or of a part of one, whose path begins like those of the API.
func onPath(a *API, texts []string) string {
	for _, t := range texts {
		if first := firstElement(t); first != "" && slices.ContainsFunc(a.Paths, func(p string) bool { return strings.EqualFold(p, first) }) {
			return t
		}
	}
	return ""
}

// firstElement returns the first element of the path in a text, after host and version: "users" for
// "https://api.zoom.us/v2/users/me", "/users" and "users/%s".
func firstElement(text string) string {
	text, _, _ = strings.Cut(text, "?")
	if i := strings.Index(text, "://"); i >= 0 {
		_, text, _ = strings.Cut(text[i+3:], "/")
	} else if head, rest, ok := strings.Cut(text, "/"); ok && strings.ContainsAny(head, ".%:{") {
		text = rest // a host, or a placeholder for one
	}
	for element := range strings.SplitSeq(strings.Trim(text, "/"), "/") {
		if !version.MatchString(element) {
			return element
		}
	}
	return ""
}

// claimed returns the claim, scope or audience that belongs to the API.
func (e *evidence) claimed(a *API) string {
	for _, pattern := range a.Claims {
		for _, k := range e.ClaimKeys {
			if wild(pattern, k) {
				return k
			}
		}
	}
	for _, pattern := range a.Scopes {
		for _, v := range slices.Concat(e.scopes, e.values) {
			if wild(pattern, v) {
				return v
			}
		}
	}
	return ""
}

// called returns the name near the flow that is a word of the API.
func (e *evidence) called(a *API) string {
	for _, w := range a.Words {
		for _, name := range slices.Concat([]string{e.ModulePath, e.PackagePath}, e.Settings, e.Config, e.Names) {
			if !strings.Contains(name, "://") && hasWord(name, w) {
				return name
			}
		}
	}
	return ""
}
