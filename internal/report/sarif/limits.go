package sarif

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"

	"jwtretire.example/internal/document"
)

// The limits of GitHub, by "SARIF results exceed one or more limits" in its documentation (seen 2026-11): 25,000 results per run;
// 10,000 thread flow locations (1,000 are shown) and 1,000 locations (100 are shown) per result; 10 MB per file
// after gzip.
const (
	maxResults = 25000
	maxThread  = 1000
	maxRelated = 100
	maxBytes   = 10_000_000
)

// Limits select the part of a run that is written.
type limits struct {
	results int
	related int
	extras  bool // code flows, fixes, the to-do list
}

// fitting returns a run within the limits, with as many results as possible.
func (s *writer) fitting(i int, findings []document.Finding, b beside) run {
	cut := limits{results: cmp.Or(s.opts.Most, maxResults), related: maxRelated, extras: true}
	for {
		r := s.run(i, findings, b, cut)
		// So few results are far below the limit, and not compressed to find out.
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

// size is the size of a run in bytes after gzip.
func size(r run) int {
	var n counter
	z := gzip.NewWriter(&n)
	_ = json.NewEncoder(z).Encode(r) // it cannot fail on such data
	_ = z.Close()
	return int(n)
}

type counter int

func (n *counter) Write(b []byte) (int, error) {
	*n += counter(len(b))
	return len(b), nil
}

var _ io.Writer = (*counter)(nil)

// word describes the omitted part, "" for none.
func (l limits) word(found int) string {
	switch {
	case found > l.results:
		return fmt.Sprintf("%d of %d results are left out, because code scanning accepts no more; -format json has all", found-l.results, found)
	case !l.extras:
		return "code flows and fixes are left out, because code scanning takes files of 10 MB; -format json has all"
	}
	return ""
}
