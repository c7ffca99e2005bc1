package drive

import "time"

// SetPatience changes how long the analysis of a package may take, and returns a function that changes it back.
func SetPatience(d time.Duration) func() {
	old := analysisTimeout
	analysisTimeout = d
	return func() { analysisTimeout = old }
}
