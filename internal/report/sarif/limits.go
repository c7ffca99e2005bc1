package sarif

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"

	"jwtretire.example/internal/document"
)

// What GitHub takes, by "SARIF results exceed one or more limits" of its documentation (seen 2026-11): of a run 25,000 results,
// of a result 10,000 thread flow locations (1,000 are shown) and 1,000 locations (100 are shown); of a
// file 10 MB after gzip.
const (
	maxResults = 25000
	maxThread  = 1000
	maxRelated = 100
	maxBytes   = 10_000_000
)

// Limits are how much of a run is written.
type limits struct {
	results int
	related int
	extras  bool // code flows, fixes, the to-do list
}

// fitting returns a run that a code host takes, with as much as fits.
func (s *writer) fitting(i int, findings []document.Finding, b beside) run {
	cut := limits{results: cmp.Or(s.opts.Most, maxResults), related: maxRelated, extras: true}
	for {
		r := s.run(i, findings, b, cut)
		// Nothing near the limit is worth the time to compress it.
		if len(r.Results) < 500 || size(r) <= maxBytes {
			return r
		}
		if cut.extras {
			cut.extras = false
			continue
		}
		cut.results = len(r.Results) / 2
	}
}

// size is that of a run after gzip.
func size(r run) int {
	var n counter
	z := gzip.NewWriter(&n)
	_ = json.NewEncoder(z).Encode(r) // neither of these fails on such data
	_ = z.Close()
	return int(n)
}

type counter int

func (n *counter) Write(b []byte) (int, error) {
	*n += counter(len(b))
	return len(b), nil
}

var _ io.Writer = (*counter)(nil)

// word says what was cut, "" if nothing was.
func (l limits) word(found int) string {
	switch {
	case found > l.results:
		return fmt.Sprintf("%d of %d results are left out, because code scanning accepts no more; -format json has all", found-l.results, found)
	case !l.extras:
		return "code flows and fixes are left out, because code scanning takes files of 10 MB; -format json has all"
	}
	return ""
}
