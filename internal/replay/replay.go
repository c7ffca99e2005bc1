// Package replay repeats the output of an earlier run if none of its inputs has changed.
//
// Input: the circumstances of a run (user, arguments, directory) and, after the run, the directories and
// files that it read. Output: the output of that run, as long as all inputs are the same, byte for byte.
//
// The unit is a whole run: to read and hash a tree takes a tenth of the time that the go
// command needs to list the packages of a flow, so results for each package, as other tools cache them,
// would save only the cheaper part of the work. Only contents of files count, not their times.
package replay

import (
	"encoding/json"
	"time"

	"jwtretire.example/internal/cache"
)

// A Said is what a run wrote, and how it ended.
type Said struct {
	Report  []byte `json:"report,omitempty"`  // for standard output or the file of -o
	Message string `json:"message,omitempty"` // for standard error
	Code    int    `json:"code"`
}

// An answer is a Said with what it depends on.
type answer struct {
	Said
	Sum    []byte  `json:"sum"` // of the places
	Places []place `json:"places"`

	// Day is the day on which the answer was given, if it holds for that day only.
	Day string `json:"day,omitempty"`
}

// A Run is a run that may be answered by an earlier one. The nil Run is not, and leaves nothing.
type Run struct {
	cache   *cache.Cache
	key     cache.Key
	started time.Time
}

// Begin returns the run of these circumstances, nil if it depends on something that cannot be known.
func Begin(c *cache.Cache, in Circumstances) *Run {
	if c == nil {
		return nil
	}
	key, ok := in.key()
	if !ok {
		return nil
	}
	return &Run{c, key, time.Now()}
}

// Answer returns what an earlier run said, if that still holds.
func (r *Run) Answer() (*Said, bool) {
	if r == nil {
		return nil, false
	}
	data, ok := r.cache.Get(r.key)
	if !ok {
		return nil, false
	}
	var a answer
	if json.Unmarshal(data, &a) != nil || a.Day != "" && a.Day != today() {
		return nil, false
	}
	if sum, ok := sumOf(a.Places); !ok || string(sum) != string(a.Sum) {
		return nil, false
	}
	return &a.Said, true
}

// Keep leaves what this run said for later ones. Where an input changed while the run was looking at it
// nothing is kept: nobody knows what it saw. Nothing of the contents of a file is kept, only hashes.
func (r *Run) Keep(said Said, in Inputs) {
	if r == nil || len(in.Dirs)+len(in.Files) == 0 {
		return
	}
	a := answer{Said: said, Places: in.places()}
	if in.Dated {
		a.Day = today()
	}
	if changedSince(a.Places, r.started) {
		return
	}
	var ok bool
	if a.Sum, ok = sumOf(a.Places); !ok {
		return
	}
	data, err := json.Marshal(a)
	if err != nil {
		return
	}
	r.cache.Put(r.key, data)
	r.cache.Close()
}

// today returns the day; tests replace it.
var today = func() string { return time.Now().Format(time.DateOnly) }
