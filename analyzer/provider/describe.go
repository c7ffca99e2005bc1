package provider

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Describe prints the catalogue as text for people, followed by the providers of the configuration.
func Describe(w io.Writer, extra ...Provider) error {
	b := bufio.NewWriter(w)
	all := All()
	for i := range extra {
		all = append(all, &extra[i])
	}
	for _, v := range []Verdict{Retire, Optional, Keep, Unknown} {
		rows := slices.DeleteFunc(slices.Clone(all), func(p *Provider) bool { return p.Verdict != v })
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(b, "%s: %s\n\n", v, v.meaning())
		for _, p := range rows {
			p.describe(b)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("listing the providers: %w", err)
	}
	return nil
}

func (v Verdict) meaning() string {
	switch v {
	case Retire:
		return "the vendor withdrew its JWT flow: migrate"
	case Optional:
		return "both work, a shared secret is weaker: rewritten on request only"
	case Keep:
		return "no client secret takes the key's place: never rewritten"
	}
	return "nothing is known of the vendor's plans"
}

func (p *Provider) describe(b *bufio.Writer) {
	fmt.Fprintf(b, "  %-18s %s\n", p.ID, p.Name)
	line := func(label, format string, args ...any) {
		fmt.Fprintf(b, "      %-14s %s\n", label, fmt.Sprintf(format, args...))
	}
	if len(p.Kinds) > 0 {
		line("flow", "%s", strings.Join(p.Kinds, ", "))
	}
	var marks []string
	for _, e := range p.Endpoints {
		marks = append(marks, e.Host+e.Path)
	}
	for _, f := range p.FieldSets {
		marks = append(marks, strings.Join(f, "+"))
	}
	marks = append(marks, p.Claims...)
	marks = append(marks, p.Scopes...)
	if len(marks) > 0 {
		line("recognised by", "%s", strings.Join(marks, ", "))
	}
	for _, a := range p.APIs {
		line("of it", "%s: %s", a.Name, a.Verdict)
		if a.Advice != "" {
			line("", "%s", a.Advice)
		}
	}
	if len(p.APIs) > 0 {
		line("", "the rest, and where that cannot be told: %s", p.Otherwise)
	}
	if t := p.Target; t.Supported {
		url := t.TokenURL
		if url == "" {
			url = "the same URL"
		}
		style := t.AuthStyle
		if style == "" {
			style = "as set for the application"
		}
		line("instead", "client credentials at %s, %s, scopes: %s", url, style, t.ScopeForm.meaning())
		for _, q := range t.Params {
			line("", "%s", q.describe())
		}
	}
	for _, s := range p.Lost {
		line("lost", "%s", s)
	}
	if p.Advice != "" {
		line("vendor", "%s", p.Advice)
	}
	for _, s := range p.Warnings {
		line("note", "%s", s)
	}
	for _, s := range p.Sources {
		line("source", "%s", s)
	}
	fmt.Fprintln(b)
}

func (f ScopeForm) meaning() string {
	switch f {
	case ScopeComma:
		return "one element, joined with commas"
	case ScopeList:
		return "one element each"
	case ScopeServer:
		return "fixed at the vendor"
	}
	return "as before"
}

func (q Param) describe() string {
	var from string
	switch {
	case q.Value != "":
		return fmt.Sprintf("with %s=%s", q.Name, q.Value)
	case q.Claim != "":
		from = "the claim " + q.Claim
	case q.Field != "":
		from = "the old request's " + q.Field
	default:
		from = "a setting"
	}
	if !q.Required {
		from += ", if there is one"
	}
	return fmt.Sprintf("with %s from %s", q.Name, from)
}
