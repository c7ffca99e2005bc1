// Package browsertest opens the HTML report in Debian's Chromium. It is a module of its own, because only this test needs one;
// where chromium or npm are missing it skips.
package browsertest
