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

// An Output is the output and the exit code of a run.
type Output struct {
	Report  []byte `json:"report,omitempty"`  // for standard output or the file of -o
	Message string `json:"message,omitempty"` // for standard error
	Code    int    `json:"code"`
}

// An answer is an Output with the inputs that it depends on.
type answer struct {
	Output
	Sum    []byte  `json:"sum"` // of the places
	Places []place `json:"places"`

	// Day is the day of the answer, if it is valid on that day only.
	Day string `json:"day,omitempty"`
}

// A Run can be answered by an earlier one. A nil Run has no answer and keeps none.
type Run struct {
	cache   *cache.Cache
	key     cache.Key
	started time.Time
}

// Begin returns the run with these circumstances, nil if one of them is unknown or c is nil.
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

// Answer returns the output of an earlier run, if all its inputs are unchanged.
func (r *Run) Answer() (*Output, bool) {
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
	return &a.Output, true
}

// Keep stores the output of this run for later ones. If an input changed during the run, it stores nothing,
// because the version that the run has read is unknown. Of the inputs it stores only hashes.
func (r *Run) Keep(out Output, in Inputs) {
	if r == nil || len(in.Dirs)+len(in.Files) == 0 {
		return
	}
	a := answer{Output: out, Places: in.places()}
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
