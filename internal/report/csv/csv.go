// Package csv writes the inventory: one row for each credential, with the sources of its parts. It is a checklist for
// the work in the vendor's console.
package csv

import (
	"encoding/csv"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"jwtretire.example/internal/document"
)

// columns are the names of the columns; docs/formats.md describes them.
var columns = []string{
	"repository", "revision", "places", "vendor", "verdict", "client_id", "client_secret", "key", "organisation", "technical_account",
	"metascopes", "scopes", "state", "reason_code", "needs", "owners", "findings",
}

// Render writes the inventory. Flows of one repository share a row if their client id and key have the same
// sources, because they use one credential. Memory has the rows of one run at a time. The error is that of the
// document or of w.
func Render(w io.Writer, d *document.Document) error {
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return err
	}
	var rows []*row
	at := 0
	flush := func() error {
		for _, r := range rows {
			if err := out.Write(r.cells(d.Of(at))); err != nil {
				return err
			}
		}
		rows = nil
		return nil
	}
	for f, err := range d.Findings {
		if err != nil {
			return err
		}
		if f.Run != at {
			if err := flush(); err != nil {
				return err
			}
			at = f.Run
		}
		i := slices.IndexFunc(rows, func(r *row) bool { return r.same(f) })
		if i < 0 {
			rows = append(rows, &row{first: f})
			i = len(rows) - 1
		}
		rows[i].add(f, d.Of(at))
	}
	if err := flush(); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// A row is one credential.
type row struct {
	first                                                      *document.Finding
	places, states, reasons, needs, owners, ids, metas, scopes []string
}

// same reports whether a flow uses the credential of a row. Parts without a known source are not compared.
func (r *row) same(f *document.Finding) bool {
	a, b := r.first.Credential, f.Credential
	return r.first.Provider == f.Provider && a.ClientID != "" && a.ClientID == b.ClientID && a.Key == b.Key &&
		a.ClientID != document.Literal
}

func (r *row) add(f *document.Finding, run *document.Run) {
	r.places = with(r.places, path.Join(run.Directory, f.Position.File)+":"+strconv.Itoa(f.Position.Line))
	r.states = with(r.states, f.Status)
	r.reasons = with(r.reasons, f.ReasonCode)
	r.needs = with(r.needs, f.Needs...)
	r.owners = with(r.owners, f.Owners...)
	r.ids = with(r.ids, f.ID)
	r.metas = with(r.metas, f.Credential.Metascopes...)
	r.scopes = with(r.scopes, f.Credential.Scopes...)
}

func with(list []string, more ...string) []string {
	for _, s := range more {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

func (r *row) cells(run *document.Run) []string {
	f, c := r.first, r.first.Credential
	name := run.Repository
	if name == "" {
		name = run.Ledger
	}
	cells := []string{
		name, run.Revision, joined(r.places), f.ProviderName, f.Verdict, c.ClientID, c.ClientSecret, c.Key, c.Organisation, c.TechnicalAccount,
		joined(r.metas), strings.Join(r.scopes, ","), joined(r.states), joined(r.reasons), joined(r.needs), joined(r.owners), joined(r.ids),
	}
	for i, s := range cells {
		cells[i] = safe(s)
	}
	return cells
}

func joined(list []string) string { return strings.Join(list, "; ") }

// safe changes text that a spreadsheet would take for a formula.
func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
