package patch

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
)

// blob returns the short name that git gives a content. git apply does without it, but
// with it "git apply --3way" works and the patch reads as git's own.
func blob(content []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))[:12]
}
