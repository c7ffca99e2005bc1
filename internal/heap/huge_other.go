//go:build !linux

package heap

func huge(int) {}
