//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package journal

func tryLock(string) (release func(), busy bool) { return func() {}, false }
